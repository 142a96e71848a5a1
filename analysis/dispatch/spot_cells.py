"""Turns price years into what day-ahead charging and discharging saves, by battery, power and way of paying.

Spot in and spot out, as a published study of vans has it, beside what a Swedish household's taxes and fees leave of the
same cells (check T14; PR027, PR028).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.dispatch.inputs import MarketWeek
from analysis.dispatch.linear import LinearModel
from analysis.dispatch.options import charger_physics
from analysis.dispatch.problem import Dispatch, Strategy, Vector, VehicleProblem
from analysis.dispatch.requirement import uncontrolled
from analysis.dispatch.strategies import SMART, Terms, build_problem, terms_of
from analysis.market.tariff import Tariff
from analysis.settings.model import ReserveLevel
from analysis.settings.parameters import ParameterSet

EXPORT = Strategy("grid", export=True)
PUBLISHED_SAVING_EUR = (220.0, 1080.0)
"""SOURCE: PR027, day-ahead saving of 1 731 electric vans, EUR a year."""
PUBLISHED_CYCLE_COUNT = (20.0, 80.0)
"""SOURCE: PR028, extra full cycles a year in the same runs."""
SPOT_ONLY = Tariff(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
FREE = ("loss.P_standby_enabled", "deg.c_deg_nmc")
WORKING_DAYS = 5


@dataclass(frozen=True)
class Van:
    """A van's week: away 07-17 on working days, energy driven evenly over these hours.

    # ASSUME: a van's habit; that of the study is not published in numbers. It feeds no result.
    """

    first_hour: int = 7
    end_hour: int = 17
    driven_dc_kwh_per_day: float = 15.0


def spot_cells(
    weeks: dict[int, list[MarketWeek]],
    parameters: ParameterSet,
    *,
    capacities_kwh: tuple[float, ...],
    charger_options: tuple[str, ...],
    sek_per_eur: float,
    van: Van = Van(),
) -> pd.DataFrame:
    """Saving against charging at once, and cycles, in every cell of battery × power × price year, both ways of paying.

    # ASSUME: spot in and spot out has no wear and no standby, as the published runs; the Swedish wedge has both.

    Parameters
    ----------
    weeks
        Representative weeks by price year, their weights a year.
    sek_per_eur
        Rate of the run's price year, in whose real money the prices are.

    Returns
    -------
    pd.DataFrame
        ``SpotCells``: real EUR of the run's price year, one van, one year. ``is_inside`` where saving and extra cycles
        both lie in the published ranges.

    Examples
    --------
    A cell of 500 EUR and 60 cycles is inside; one of 500 EUR and 100 cycles is not.
    """
    rows = []
    for year, listed in sorted(weeks.items()):
        for capacity_kwh in capacities_kwh:
            for option in charger_options:
                for pays in ("spot", "household"):
                    terms = _terms(parameters, pays)
                    saved = _year(terms, listed, option, capacity_kwh, van)
                    rows.append(
                        {"price_year": year, "battery_usable_kwh": capacity_kwh, "charger_option": option, "pays": pays,
                         **_cell(saved, capacity_kwh, sek_per_eur)}
                    )  # fmt: skip
    return pd.DataFrame(rows)


def _terms(parameters: ParameterSet, pays: str) -> Terms:
    levels = (ReserveLevel(level_id="none", fcr_n_pu=0.0, fcr_d_pu=0.0),)
    if pays == "household":
        return terms_of(parameters, levels, 1.0)
    return replace(terms_of(parameters.with_values(dict.fromkeys(FREE, 0.0)), levels, 1.0), tariff=SPOT_ONLY)


def _year(terms: Terms, weeks: list[MarketWeek], option: str, capacity_kwh: float, van: Van) -> dict[str, float]:
    """Sums over the weeks by their weights: cost of charging at once, smart and both ways; kWh discharged."""
    charger = charger_physics(option, terms.parameters)
    sums = {"uncontrolled_sek": 0.0, "smart_sek": 0.0, "grid_sek": 0.0, "discharge_ac_kwh": 0.0, "charge_ac_kwh": 0.0}
    for week in weeks:
        plugged, driving = van_week(week.steps_utc, van)
        problem = build_problem(
            terms, charger, week, plugged_pu=plugged, driving_dc_kwh=driving, load_kw=np.zeros(len(plugged)),
            capacity_kwh=capacity_kwh,
        )  # fmt: skip
        for name, amount in _week(problem):
            sums[name] += week.weight_weeks * amount
    return sums


def _week(problem: VehicleProblem) -> Iterator[tuple[str, float]]:
    at_once, model = uncontrolled(problem), LinearModel(problem, with_reserves=False)
    smart = model.solve(SMART)
    assert smart is not None
    model.most_forced_kwh = smart.forced_dc_kwh
    both: Dispatch = model.solve(EXPORT, smart.penalised_sek) or smart
    yield "uncontrolled_sek", at_once.objective_sek
    yield "smart_sek", smart.objective_sek
    yield "grid_sek", both.objective_sek
    yield "discharge_ac_kwh", problem.step_h * float(both.discharge_kw.sum())
    yield "charge_ac_kwh", problem.step_h * float(both.charge_kw.sum())


def van_week(steps_utc: pd.DatetimeIndex, van: Van) -> tuple[Vector, Vector]:
    """Give (plugged share, driven kWh) of each hour."""
    local = steps_utc.tz_convert("Europe/Stockholm")
    away = (local.day_of_week < WORKING_DAYS) & (local.hour >= van.first_hour) & (local.hour < van.end_hour)
    driven = np.where(away, van.driven_dc_kwh_per_day / (van.end_hour - van.first_hour), 0.0)
    return (~away).astype(np.float64), driven


def _cell(saved: dict[str, float], capacity_kwh: float, sek_per_eur: float) -> dict[str, object]:
    total = (saved["uncontrolled_sek"] - saved["grid_sek"]) / sek_per_eur
    extra = (saved["smart_sek"] - saved["grid_sek"]) / sek_per_eur
    cycles = saved["discharge_ac_kwh"] / capacity_kwh
    return {
        "net_saving_eur": total,
        "net_two_way_saving_eur": extra,
        "full_cycle_count": cycles,
        "is_inside": PUBLISHED_SAVING_EUR[0] <= total <= PUBLISHED_SAVING_EUR[1]
        and PUBLISHED_CYCLE_COUNT[0] <= cycles <= PUBLISHED_CYCLE_COUNT[1],
    }
