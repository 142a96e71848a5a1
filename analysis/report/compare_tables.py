"""Turns the result tables of two finished runs into one table of their differences: a row a number, nothing run again.

A range is the 5-95 % of a run's own draws. Two runs with the same seed, ranges and number of draws meet the same states
of the world: their schemes are then compared draw by draw too, which is surer than two ranges side by side.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.report import headlines as known
from analysis.report.elements import rows_of
from analysis.report.figures import DRAWN_STRATEGIES
from analysis.report.scheme_choice import BASELINE, FIRM, FIRM_COST, FREE, SOCIAL
from analysis.schemas.base import PRICE_AREAS_AND_SWEDEN
from analysis.uncertainty.intervals import HIGH, LOW

PARAMETERS = "data/assumptions/parameters.csv"
MEASURES = {
    SOCIAL: "net_social_npv_msek",
    FIRM: "net_firm_additional_mw",
    FIRM_COST: "firm_outlay_sek_per_kw_year",
    FREE: "free_rider_pu",
}
"""Measures of schemes that are put side by side, and their columns in ``SchemeDraws``."""
BEST = {known.EFFECTIVENESS: FIRM_COST, known.SOCIAL_VALUE: SOCIAL}
LEVELS = {
    known.FIRM: "area", known.VALUE_TODAY: "enrolled_car", known.VALUE_EQUILIBRIUM: "enrolled_car",
    known.EFFECTIVENESS: "firm_kw", FIRM_COST: "firm_kw", FREE: "recipient",
}  # fmt: skip
NATIONAL = "national"
VALUE = "net_value_over_smart_sek"
RESERVES = "grid_reserve"
KEYS = ["part", "subject", "measure", "price_area", "price_year", "charger_option"]
COLUMNS = [
    *KEYS, "level", "unit", "a_value", "a_low", "a_high", "b_value", "b_low", "b_high", "difference", "difference_low",
    "difference_high", "b_higher_pu", "ranges", "present",
]  # fmt: skip
"""The table to take away. ``difference`` is B less A; its low and high are the 5-95 % over draws that both runs share,
``b_higher_pu`` the share of those draws in which B has more; empty where the runs share none."""


@dataclass(frozen=True)
class Run:
    """A finished run: its name, ``run.yaml``, and its tables by their contracts' names; ``draws`` of all schemes."""

    name: str
    record: Mapping[str, Any]
    headlines: pd.DataFrame
    scheme_summary: pd.DataFrame
    value_summary: pd.DataFrame
    draws: pd.DataFrame

    @property
    def settings(self) -> dict[str, Any]:
        """The settings as they were resolved then; another version of the code may know other keys."""
        return dict(self.record["settings"])

    @property
    def year(self) -> int:
        """The year its pages show."""
        return int(self.settings["scope"]["target_years"][0])


def verdict(first: tuple[float, float, float], second: tuple[float, float, float]) -> str:
    """Say how two numbers lie, each ``(value, low, high)``; a missing bound is the value itself.

    Returns
    -------
    str
        ``missing`` where either has no value, ``same``, ``no_range`` where neither has width, ``overlap`` or ``apart``.

    Examples
    --------
    10 (8 to 12) and 13 (11 to 15) overlap; 10 (8 to 12) and 20 (18 to 22) are apart.
    """
    if math.isnan(first[0]) or math.isnan(second[0]):
        return "missing"
    ours, theirs = (tuple(each[0] if math.isnan(item) else item for item in each) for each in (first, second))
    if all(math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12) for one, other in zip(ours, theirs, strict=True)):
        return "same"
    if ours[1] == ours[2] and theirs[1] == theirs[2]:
        return "no_range"
    return "overlap" if ours[1] <= theirs[2] and theirs[1] <= ours[2] else "apart"


def share_draws(first: Run, second: Run) -> bool:
    """Say whether draw 7 of one run and draw 7 of the other are the same state of the world.

    Each parameter has a stream of its own, so that an override moves the draws of no other.
    """

    def basis(run: Run) -> tuple[Any, ...]:
        scope = run.settings["scope"]
        ranges = run.record["committed_inputs"].get(PARAMETERS)
        return run.settings["seed"], scope["draw_count"], list(scope["price_years"]), run.year, ranges

    return basis(first) == basis(second)


def compare_runs(first: Run, second: Run) -> pd.DataFrame:
    """Put two runs side by side.

    Parameters
    ----------
    first, second
        A and B.

    Returns
    -------
    pd.DataFrame
        Grain: part (``headline``, ``scheme``, ``value``) × subject × measure × price area × price year × charger
        option; ``COLUMNS``. Values of ``value`` are means over cars and their ranges the 5 % and 95 % cars,
        not an error: ``ranges`` is ``spread`` there.
    """
    sides = [pd.concat([_headline_rows(run), _scheme_rows(run), _value_rows(run)]) for run in (first, second)]
    both = sides[0].merge(sides[1], on=KEYS, how="outer", suffixes=("_a", "_b"), indicator=True, sort=False)
    shared = _paired(first, second) if share_draws(first, second) else {}
    rows = [_row(row, shared) for row in rows_of(both.rename(columns={"_merge": "side"}))]
    table = pd.DataFrame(rows, columns=COLUMNS)
    keys = [_order(row) for row in rows_of(table)]
    return table.iloc[sorted(range(len(table)), key=keys.__getitem__)].reset_index(drop=True)


def _headline_rows(run: Run) -> pd.DataFrame:
    rows = run.headlines.rename(columns={"headline_id": "subject"})
    return rows.assign(part="headline", measure="", price_year="", charger_option="")


def _scheme_rows(run: Run) -> pd.DataFrame:
    found = run.scheme_summary
    rows = found[(found["year"] == run.year) & found["measure"].isin(MEASURES) & (found["scheme"] != BASELINE)]
    told = rows.drop(columns="year").rename(columns={"scheme": "subject"})
    return told.assign(part="scheme", price_area="SE", price_year="", charger_option="", detail="")


def _value_rows(run: Run) -> pd.DataFrame:
    """Pick what a car is worth at undiminished reserve prices; strategies without reserves have one row, at any."""
    levels = run.settings["scope"]["reserve_levels"]
    full = next(level["level_id"] for level in levels if level["fcr_n_pu"] == level["fcr_d_pu"] == 1)
    found = run.value_summary
    rows = found[(found["reserve_level_id"] == full) | (found["strategy"] != RESERVES)]
    rows = rows[rows["strategy"].isin(DRAWN_STRATEGIES)]
    return pd.DataFrame(
        {
            "part": "value", "subject": rows["strategy"], "measure": VALUE, "price_area": rows["price_area"],
            "price_year": rows["price_year"].astype(str), "charger_option": rows["charger_option"],
            "value": rows[VALUE], "low": rows["net_value_over_smart_low_sek"],
            "high": rows["net_value_over_smart_high_sek"], "unit": "SEK/car,year", "detail": "",
        }
    )  # fmt: skip


def _row(row: Any, shared: Mapping[tuple[str, str], tuple[float, float, float]]) -> dict[str, Any]:
    triples = [tuple(_number(getattr(row, f"{name}_{side}")) for name in ("value", "low", "high")) for side in "ab"]
    present = {"both": "both", "left_only": "a", "right_only": "b"}[row.side]
    pair = shared.get(_scheme_and_measure(row), (math.nan,) * 3)
    level = "sample_car" if row.part == "value" else LEVELS.get(row.measure or row.subject, NATIONAL)
    numbers = {f"{side}_{name}": triples[place][at] for place, side in enumerate("ab")
               for at, name in enumerate(("value", "low", "high"))}  # fmt: skip
    return {
        **{key: getattr(row, key) for key in KEYS},
        "level": NATIONAL if level == "area" and row.price_area == "SE" else level,
        "unit": row.unit_a if present != "b" else row.unit_b,
        **numbers,
        "difference": triples[1][0] - triples[0][0],
        **dict(zip(("difference_low", "difference_high", "b_higher_pu"), pair, strict=True)),
        "ranges": _ranges(row.part, triples),
        "present": present,
    }


def _scheme_and_measure(row: Any) -> tuple[str, str]:
    """Name the scheme whose draws stand behind a row: of a best scheme only where both runs call the same one best."""
    if row.part == "headline":
        return (str(row.detail_a), BEST.get(row.subject, "")) if row.detail_a == row.detail_b else ("", "")
    return row.subject, row.measure


def _ranges(part: str, triples: list[Any]) -> str:
    told = verdict(*triples)
    return "spread" if part == "value" and told in ("overlap", "apart") else told


def _number(value: Any) -> float:
    return math.nan if pd.isna(value) else float(value)


def _paired(first: Run, second: Run) -> dict[tuple[str, str], tuple[float, float, float]]:
    """Compare each scheme and measure on the draws that both runs have a value in: 5 %, 95 %, share with more in B."""
    found = {}
    keys = ["scheme", "draw"]
    wide = first.draws[first.draws["year"] == first.year].merge(
        second.draws[second.draws["year"] == second.year], on=keys, suffixes=("_a", "_b")
    )
    for scheme, rows in wide.groupby("scheme", sort=True):
        for measure, column in MEASURES.items():
            difference = (rows[f"{column}_b"] - rows[f"{column}_a"]).to_numpy(dtype=float)
            difference = difference[np.isfinite(difference)]
            if len(difference):
                low, high = np.quantile(difference, [LOW, HIGH])
                found[str(scheme), measure] = float(low), float(high), float(np.mean(difference > 0))
    return found


def _order(row: Any) -> tuple[Any, ...]:
    parts = ("headline", "scheme", "value")
    order = {name: place for place, name in enumerate((*known.HEADLINES, *DRAWN_STRATEGIES, *MEASURES))}
    area = PRICE_AREAS_AND_SWEDEN.index(row.price_area)
    years = -int(row.price_year or 0)
    return (parts.index(row.part), years, row.charger_option, area if row.part == "value" else 0,
            order.get(row.subject, len(order)), row.subject, order.get(row.measure, 0), area)  # fmt: skip


def triple(row: Any, side: str) -> tuple[float, float, float]:
    """Give value, low and high of side ``a`` or ``b`` of a row."""
    return getattr(row, f"{side}_value"), getattr(row, f"{side}_low"), getattr(row, f"{side}_high")


def is_clear(row: Any) -> bool:
    """Say whether a difference stands out from what is not known: ranges apart, or one sign in 90 % of shared draws."""
    return row.ranges == "apart" or bool(row.difference_low > 0 or row.difference_high < 0)


def most_different(table: pd.DataFrame) -> Any | None:
    """Give the national headline that differs most: clear differences first, then by the larger of the two numbers.

    Returns
    -------
    tuple or None
        The row of :func:`compare_runs`; none where no headline that both have differs.

    Examples
    --------
    30 MW (28 to 32) against 20 MW (18 to 22) comes before 100 SEK (0 to 200) against 10 SEK (0 to 20).
    """
    leads = [group[0] for group in known.CARDS] + [known.VALUE_EQUILIBRIUM]
    rows = table[(table["part"] == "headline") & (table["price_area"] == "SE") & table["subject"].isin(leads)]
    moved = [row for row in rows_of(rows) if row.ranges not in ("missing", "same")]
    return max(moved, key=lambda row: (is_clear(row), relative(row)), default=None)


def relative(row: Any) -> float:
    """Give a difference over the larger of the two numbers: 0 where equal, up to 2 where signs differ."""
    largest = max(abs(row.a_value), abs(row.b_value))
    return float(abs(row.difference) / largest) if largest else 0.0


def caveats(first: Run, second: Run) -> list[str]:
    """Name the parts of the scope in which numbers of the same name are not the same thing."""
    ours, theirs = (
        {**{key: run.settings["scope"][key] for key in ("price_areas", "price_years")},
         "target_years": run.year, "price_year": run.settings["price_year"]}
        for run in (first, second)
    )  # fmt: skip
    return [key for key, value in ours.items() if value != theirs[key]]
