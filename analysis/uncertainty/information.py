"""Turns the draws of all schemes and of the parameters into what it would be worth to know before choosing a scheme.

The decision is which scheme of the run to adopt; its net benefit is the social net value. Perfect information is worth
the mean of the best scheme of each draw less the best mean. Knowledge of a group of parameters is worth what the best
scheme given the group brings; what each scheme brings given the group is a regression on the group's draws.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.settings.parameters import ParameterSet
from analysis.uncertainty.draws import DRAWN, UNIFORMS, draw_all
from analysis.uncertainty.latents import PRICE_YEAR

Cube = NDArray[np.float64]
Index = NDArray[np.int64]

ALL = "all"
NEGLIGIBLE_PU = 1e-4
GROUPS: dict[str, tuple[str, ...]] = {
    "standby_power": ("loss.P_standby",),
    "plug_in_and_enrolment": ("res.accept_rate", "res.kappa_", "res.agg_fee"),
    "dc_price": ("cap.dc_",),
    "ac_and_one_way_price": ("cap.ac_",),
    "learning": ("cap.learning_rate", "cap.world_doublings", "cap.soft_"),
    "tastes": ("ado.",),
    "erosion": ("res.elasticity_supply", "mkt."),
    "ageing": ("deg.",),
    "price_year": (PRICE_YEAR,),
    "standards": ("iop.",),
    "fleet_and_access": ("plug.", "tim.", "fleet_uniform", "capable_uniform"),
}
"""Groups whose knowledge is valued, and how the names of their parameters begin."""
REST = "others"


@dataclass(frozen=True)
class Worth:
    """What knowing something is worth, its error, fit of the regression, and how often it changes the choice."""

    value: float
    standard_error: float
    r2_pu: float
    switch_pu: float


def known_values(
    table: pd.DataFrame, parameters: ParameterSet, count: int, seed: int, overrides: Mapping[str, float],
    price_year: Cube,
) -> dict[str, Cube]:  # fmt: skip
    """What the run drew, by name: parameters, the fleet's uniforms, and the price year of each draw.

    The draws of a parameter are the same whoever asks (common random numbers), so that none is stored beside results.
    """
    drawn = draw_all(table, parameters, count, seed, overrides)
    return {name: drawn[name] for name in (*DRAWN, *UNIFORMS)} | {PRICE_YEAR: price_year}


def ways_of_supporting(benefits: pd.DataFrame, firm_mw: pd.DataFrame) -> pd.DataFrame:
    """Keep the schemes that one may choose from to support two-way charging: those that do not lower its firm power.

    A reading of the law, or money for one-way charging, that leaves fewer two-way cars than no support is compared with
    the others and is no choice among them.

    Parameters
    ----------
    benefits, firm_mw
        Net benefit and additional firm power, draw × scheme.
    """
    kept = [scheme for scheme in benefits.columns if float(firm_mw[scheme].median()) >= 0]
    return benefits[kept]


def group_names(names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Sort parameter names into the groups; what no group asks for is ``others``, and empty groups are left out."""
    found: dict[str, list[str]] = {}
    for name in names:
        group = next((group for group, starts in GROUPS.items() if name.startswith(starts)), REST)
        found.setdefault(group, []).append(name)
    return {group: tuple(found[group]) for group in (*GROUPS, REST) if group in found}


def perfect_information(benefits: Cube) -> Worth:
    """Value of perfect information: E[max over decisions] − max over decisions of E[net benefit].

    Parameters
    ----------
    benefits
        Net benefit, draw × decision, common random numbers.

    Examples
    --------
    Two decisions, a coin: 0 or 0 for the first, −1 or 3 for the second. The second is best now, with 1 on the mean; who
    knew the coin would have 1.5, so that knowing it is worth 0.5 and changes the choice half of the time.
    """
    now = int(np.argmax(benefits.mean(axis=0)))
    return _worth(benefits, now, np.argmax(benefits, axis=1), np.nan)


def partial_information(benefits: Cube, known: pd.DataFrame, seed: int) -> Worth:
    """Value of knowing the parameters in ``known`` (row a draw) before deciding, by regression.

    What every decision brings beyond today's choice is fitted on four fifths of the draws and foretold on the rest, in
    turn. A draw counts with what the foretold best decision truly brings in it, not with what the fit says it brings:
    noise in the fit then costs value in place of feigning it, and knowledge of no use is worth about nothing. The
    figure errs low where the fit is poor (``r2_pu``, held out); it never exceeds perfect information on the same draws.

    References
    ----------
    METHODS 7 (EVPPI by GAM); Strong, Oakley and Brennan 2014 (regression on the draws).
    """
    now = int(np.argmax(benefits.mean(axis=0)))
    gains = benefits - benefits[:, [now]]
    varies = np.ptp(gains, axis=0) > 0
    if not varies.any():
        return Worth(0.0, 0.0, np.nan, 0.0)
    # imported where it is used: it takes two seconds, and where no knowledge changes the choice nothing is fitted
    from analysis.uncertainty.foretelling import foretold_gains

    foretold = foretold_gains(gains, varies, known, seed)
    spread = np.sum((gains - gains.mean(axis=0)) ** 2)
    r2 = 1.0 - float(np.sum((gains - foretold) ** 2) / spread)
    return _worth(benefits, now, np.argmax(foretold, axis=1), r2)


def _worth(benefits: Cube, now: int, chosen: Index, r2_pu: float) -> Worth:
    count = len(benefits)
    gain = benefits[np.arange(count), chosen] - benefits[:, now]
    error = float(gain.std(ddof=1) / np.sqrt(count)) if count > 1 else 0.0
    # ASSUME: a value below zero is chance: who learns something of no use decides as before.
    return Worth(max(float(gain.mean()), 0.0), error, r2_pu, float(np.mean(chosen != now)))


def _of_group(values: Cube, known: pd.DataFrame, seed: int, perfect: Worth) -> Worth:
    """Worth of a group, which is never more than that of all of them together."""
    means = values.mean(axis=0)
    # ASSUME: less than a ten-thousandth of what lies between the best and the worst choice is worth nothing.
    if perfect.value <= NEGLIGIBLE_PU * float(np.ptp(means)):
        return Worth(0.0, 0.0, np.nan, 0.0)
    return partial_information(values, known, seed)


def value_of_information(benefits: pd.DataFrame, known: Mapping[str, Cube], seed: int) -> pd.DataFrame:
    """Table ``InformationValue``: each group of parameters, and all of them.

    Parameters
    ----------
    benefits
        Social net value in MSEK: a row a draw, a column a scheme (no support among them where the run compares it).
    known
        Values of every parameter that was drawn, in the order of the draws; ``price_year`` among them.
    seed
        Of the parting into fifths.
    """
    values = benefits.to_numpy(dtype=float)
    moving = {name: column for name, column in known.items() if np.ptp(column) > 0}
    frame = pd.DataFrame(moving)
    now = str(benefits.columns[int(np.argmax(values.mean(axis=0)))])
    perfect = perfect_information(values)
    found = {ALL: (tuple(moving), perfect)}
    for group, names in group_names(tuple(moving)).items():
        found[group] = (names, _of_group(values, frame[list(names)], seed, perfect))
    return pd.DataFrame(
        [
            {
                "group": group,
                "parameters": ", ".join(names),
                "value_msek": worth.value,
                "standard_error_msek": worth.standard_error,
                "r2_pu": worth.r2_pu,
                "decision_now": now,
                "switch_pu": worth.switch_pu,
            }
            for group, (names, worth) in found.items()
        ]
    )
