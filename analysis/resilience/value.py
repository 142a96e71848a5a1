"""Turns kWh served in outages into what a household may pay for island equipment, and the risk that would repay it.

Value a year: cost of an undelivered kWh × what the car delivers × how often (METHODS 8). Ordinary outages are minutes a
year; the answer rests on rare long ones, whose chance nobody knows: it is the axis, not a number.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.dispatch.fleet_states import FleetStates
from analysis.resilience.backup import STRATEGIES_SHOWN, NeedCase, expected_kwh
from analysis.schemas.resilience import PRESENCE
from analysis.settings.parameters import ParameterSet
from analysis.units import MINUTES_PER_HOUR

CRISIS_CHANCES_PU = (0.002, 0.005, 0.01, 0.02, 0.03)
"""SOURCE: METHODS 8: p_crisis 0.2-3 % a year."""
OUTAGE_COSTS_SEK_PER_KWH = (10.0, 25.0, 50.0, 100.0, 150.0)
"""SOURCE: METHODS 8: 10-150 SEK/kWh; the official value of all customers is added from ``rsl.voll_official``."""
EQUIPMENT_SEK = (15_000.0, 30_000.0, 60_000.0)
"""SOURCE: METHODS 8: thresholds at which equipment of 15-60 thousand SEK breaks even; no price of it was read."""


def outage_value_sek(served_kwh: float, outage_cost_sek_per_kwh: float) -> float:
    """Worth of what is served in an outage.

    Examples
    --------
    95 minutes a year at 1 kW: 40 SEK at 25 SEK/kWh, 126 SEK at 79.8 SEK/kWh.
    """
    return served_kwh * outage_cost_sek_per_kwh


def annuity_years(rate_pu: float, life_years: float) -> float:
    """Σ 1/(1+r)^t over the years 1..T: what a crown a year is worth today. Whole years; 10 at 3.5 % give 8.32."""
    years = np.arange(1, round(life_years) + 1)
    return float(((1.0 + rate_pu) ** -years).sum())


def break_even_sek(
    ordinary_sek: float, crisis_sek: float, crisis_chance_pu: float, rate_pu: float, life_years: float
) -> float:
    """C* = Σ_t (V_ordinary + p·V_crisis)/(1+r)^t; the chance that the car is there lies in both values."""
    return (ordinary_sek + crisis_chance_pu * crisis_sek) * annuity_years(rate_pu, life_years)


def crises_to_repay(
    price_sek: float, ordinary_sek: float, crisis_sek: float, rate_pu: float, life_years: float
) -> float:
    """Crises a year at which equipment of a price is repaid; may be above 1, NaN where a crisis is worth nothing.

    Examples
    --------
    15 000 SEK over 10 years at 3.5 % are 1 804 SEK a year: 6.3 crises worth 287 SEK each.
    """
    wanted = price_sek / annuity_years(rate_pu, life_years) - ordinary_sek
    if wanted <= 0:
        return 0.0
    return wanted / crisis_sek if crisis_sek > 0 else float("nan")


@dataclass(frozen=True)
class ValueTerms:
    """What the worth of backup is counted with."""

    outage_costs_sek_per_kwh: tuple[float, ...]
    rates_pu: tuple[float, ...]
    life_years: float
    ordinary_h: float
    crisis_h: float
    kept_pu: float


def value_terms(parameters: ParameterSet) -> ValueTerms:
    """Read the terms from the parameters.

    # ASSUME: a household weighs the equipment at its own discount rate (``ado.implicit_discount``); the social rate
    # stands beside it. Island equipment lasts as long as the charger (``cap.life``).
    """
    costs = sorted({*OUTAGE_COSTS_SEK_PER_KWH, parameters["rsl.voll_official"]})
    rates = (parameters["cba.social_rate"], parameters["ado.implicit_discount"])
    return ValueTerms(
        tuple(costs), rates, parameters["cap.life"], parameters["rsl.saidi"] / MINUTES_PER_HOUR,
        parameters["rsl.crisis_h"], parameters["veh.soc_min_user"],
    )  # fmt: skip


def value_tables(
    states: FleetStates, cases: Sequence[NeedCase], terms: ValueTerms
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give ``BackupValue`` and ``BackupThreshold`` for the central critical load and the full load of each house.

    # ASSUME: the outage cost of a kWh is that of what must not stop. Laid on heat that can wait it is far too high: the
    # rows of the full load are an upper bound, and no headline.

    # ASSUME: the minutes a household is without power in a year come as one outage.
    """
    values, thresholds = [], []
    for case in cases:
        if case.load_case not in ("critical", "full"):
            continue
        for strategy in STRATEGIES_SHOWN:
            for presence in PRESENCE:
                served = [
                    expected_kwh(states, case, strategy, presence, terms.kept_pu, hours)
                    for hours in (terms.ordinary_h, terms.crisis_h)
                ]
                key = {"house_type": case.house_type, "load_case": case.load_case, "strategy": strategy,
                       "presence": presence}  # fmt: skip
                values += [{**key, **row} for row in _value_rows(served[0], served[1], terms)]
                thresholds += [{**key, **row} for row in _threshold_rows(served[0], served[1], terms)]
    return pd.DataFrame(values), pd.DataFrame(thresholds)


def _value_rows(ordinary_kwh: float, crisis_kwh: float, terms: ValueTerms) -> Iterator[dict[str, float]]:
    for rate in terms.rates_pu:
        for cost in terms.outage_costs_sek_per_kwh:
            ordinary, crisis = (outage_value_sek(kwh, cost) for kwh in (ordinary_kwh, crisis_kwh))
            for chance in CRISIS_CHANCES_PU:
                yield {
                    "discount_rate_pu": rate, "outage_cost_sek_per_kwh": cost, "crisis_chance_pu": chance,
                    "ordinary_kwh": ordinary_kwh, "crisis_kwh": crisis_kwh, "ordinary_value_sek": ordinary,
                    "crisis_value_sek": crisis,
                    "break_even_sek": break_even_sek(ordinary, crisis, chance, rate, terms.life_years),
                }  # fmt: skip


def _threshold_rows(ordinary_kwh: float, crisis_kwh: float, terms: ValueTerms) -> Iterator[dict[str, float]]:
    for rate in terms.rates_pu:
        for cost in terms.outage_costs_sek_per_kwh:
            ordinary, crisis = (outage_value_sek(kwh, cost) for kwh in (ordinary_kwh, crisis_kwh))
            for price in EQUIPMENT_SEK:
                yield {
                    "discount_rate_pu": rate, "outage_cost_sek_per_kwh": cost, "equipment_sek": price,
                    "crisis_count_per_year": crises_to_repay(price, ordinary, crisis, rate,
                                                             terms.life_years),
                }  # fmt: skip
