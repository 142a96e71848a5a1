"""Turns the draws of all schemes into how often one is better than another, and how many draws a run would need."""

from collections.abc import Mapping
from itertools import permutations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.schemas.schemes import OUTCOMES
from analysis.uncertainty.intervals import HIGH, LOW, standard_error

Cube = NDArray[np.float64]

LOWER_IS_BETTER = frozenset({"firm_outlay_sek_per_kw_year", "outlay_msek"})
CONFIDENCE_FACTOR = 1.96
TARGET_HALF_WIDTH_PU = 0.02
"""METHODS 7: the 95 % interval of national firm power within two per cent, or more draws."""
POTENTIAL = "potential"
SPREAD_5_TO_95 = 2 * 1.645


def by_scheme(draws: pd.DataFrame, year: int, outcome: str) -> pd.DataFrame:
    """One outcome of one year: a row a draw, a column a scheme."""
    rows = draws[draws["year"] == year]
    return rows.pivot(index="draw", columns="scheme", values=outcome)


def compare_schemes(draws: pd.DataFrame, year: int) -> pd.DataFrame:
    """Table ``SchemeComparison``: every ordered pair of schemes, each outcome, on common random numbers.

    Parameters
    ----------
    draws
        ``SchemeDraws`` of all schemes. Draw 7 of one scheme and draw 7 of another are the same state of the world.
    year
        Which year's draws.

    Returns
    -------
    pd.DataFrame
        ``better_pu`` is the share of draws in which the first has more social value or firm power, or less outlay, in
        all or for a firm kW; a tie is better for neither. ``difference`` is the mean of first minus other and stands
        with its 5-95 %. A pair without a common draw that has a value is null.

    Examples
    --------
    Values 1, 2, 3, 4 against 0, 3, 2, 0: better in 3 of 4 draws, difference 1.25.
    """
    rows = []
    for outcome in OUTCOMES:
        wide = by_scheme(draws, year, outcome)
        for scheme, other in permutations(wide.columns, 2):
            pair = wide[[scheme, other]].to_numpy(dtype=float)
            first, second = pair[np.isfinite(pair).all(axis=1)].T
            rows.append({"scheme": scheme, "other": other, "outcome": outcome} | _compared(first, second, outcome))
    if rows:
        return pd.DataFrame(rows)
    # a run with one scheme has nobody to compare it with: no rows, and columns of the right kind
    nobody = {"scheme": "", "other": "", "outcome": ""} | _compared(np.empty(0), np.empty(0), "")
    return pd.DataFrame([nobody]).iloc[:0]


def _compared(first: Cube, second: Cube, outcome: str) -> dict[str, Any]:
    count = len(first)
    difference = first - second
    gain = -difference if outcome in LOWER_IS_BETTER else difference
    better = float(np.mean(gain > 0)) if count else np.nan
    low, high = np.quantile(difference, [LOW, HIGH]) if count else (np.nan, np.nan)
    return {
        "better_pu": better,
        "standard_error_pu": probability_error_pu(better, count),
        "difference": float(np.mean(difference)) if count else np.nan,
        "difference_low": float(low),
        "difference_high": float(high),
        "draw_count": count,
    }


def probability_error_pu(probability_pu: float, count: int) -> float:
    """Standard error of a share of draws; not zero at 0 or 1, for no number of draws proves that.

    Examples
    --------
    Half of 99 draws: 0.05. None of 99: sqrt(0.005 · 0.995 / 100) = 0.0071.
    """
    # ASSUME: half a draw is added on either side (Jeffreys); stratified draws do somewhat better than this says.
    shrunk = (probability_pu * count + 0.5) / (count + 1)
    return float(np.sqrt(shrunk * (1 - shrunk) / (count + 1))) if count else float("nan")


def convergence(draws: pd.DataFrame, year: int, potential: pd.DataFrame, draw_count: int) -> pd.DataFrame:
    """Table ``Convergence``: how close each national mean is, and the draws that two per cent would take.

    Parameters
    ----------
    draws, year
        ``SchemeDraws`` of all schemes, and which year of them.
    potential, draw_count
        ``PotentialSummary``, for national firm power by itself, and the draws behind it.

    References
    ----------
    METHODS 7 (report the standard error; firm power within two per cent or more draws).
    """
    rows = []
    for outcome, unit in OUTCOMES.items():
        for scheme, values in by_scheme(draws, year, outcome).items():
            known = values[np.isfinite(values)].to_numpy(dtype=float)
            mean = float(known.mean()) if len(known) else np.nan
            rows.append(_row(str(scheme), outcome, mean, standard_error(known), len(known), unit))
    firm = potential.query("price_area == 'SE' and tier == 'firm' and service == 'discharge_1h'")
    firm = firm[(firm["year"] == year) & (firm["occasion"] == "dearest_50")]
    for _, row in firm.iterrows():
        # ASSUME: the summary holds middle and 5-95 % of the draws, not the draws: their spread is read off as a
        # normal one's.
        error = (row["power_high_mw"] - row["power_low_mw"]) / SPREAD_5_TO_95 / np.sqrt(draw_count)
        rows.append(_row(POTENTIAL, "national_firm_mw", float(row["power_mw"]), float(error), draw_count, "MW"))
    return pd.DataFrame(rows)


def _row(subject: str, measure: str, mean: float, error: float, count: int, unit: str) -> Mapping[str, object]:
    has_scale = np.isfinite(error) and mean != 0
    half_width = CONFIDENCE_FACTOR * error / abs(mean) if has_scale else np.nan
    return {
        "subject": subject,
        "measure": measure,
        "value": mean,
        "unit": unit,
        "half_width_pu": half_width,
        "draw_count": count,
        "needed_draw_count": needed_draws(half_width, count),
    }


def needed_draws(half_width_pu: float, count: int) -> float:
    """Draws at which the half width is two per cent of the mean; the error falls with the root of their number.

    Examples
    --------
    4 % with 2 000 draws: 8 000.
    """
    return float(np.ceil(count * (half_width_pu / TARGET_HALF_WIDTH_PU) ** 2))
