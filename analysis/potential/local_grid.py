"""Turns a neighbourhood's houses, roofs and cars into net load at their transformer, under five ways of charging.

Cars that follow the same price meet in the same hour; cars steered for the feeder fill its valleys. What two-way
charging adds is told beside what one-way charging does already (published: PR011, PR042, PR043).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.dispatch.fleet_states import FleetStates
from analysis.potential.feeder_schedule import flattest_schedule
from analysis.schemas.resilience import SEASONS
from analysis.units import HOURS_PER_WEEK, HOURS_PER_YEAR

FloatArray = NDArray[np.float64]

CARS_ON_FEEDER = 12
CAR_SHARES_PU = (0.4, 1.0)
SOLAR_SHARE_PU = 0.4
ROOF_KW = 8.0
"""# ASSUME: installed power of a roof with panels."""
SEASONS_SHOWN = ("winter", "summer")
BY_PRICE = {"price_one_way": "smart", "price_two_way": "grid"}
BY_FEEDER = {"flat_one_way": False, "flat_two_way": True}


@dataclass(frozen=True)
class Feeder:
    """What stands behind one transformer in one season's week; arrays by step, power in kW."""

    household_count: int
    base_kw: FloatArray
    solar_kw: FloatArray
    charger_kw: float
    step_h: float

    @property
    def other_kw(self) -> FloatArray:
        """Net load without the cars."""
        return self.base_kw - self.solar_kw


def feeder(
    car_count: int, car_share_pu: float, household_kw: FloatArray, solar_kw_per_kw: FloatArray, charger_kw: float,
    step_h: float,
) -> Feeder:  # fmt: skip
    """Put as many houses round the cars as the car share says.

    # ASSUME: the sum of a neighbourhood's houses is the mean house times their number: their short peaks even out.

    Examples
    --------
    12 cars at 0.4 cars a household: 30 houses.
    """
    count = round(car_count / car_share_pu)
    return Feeder(count, count * household_kw, count * SOLAR_SHARE_PU * ROOF_KW * solar_kw_per_kw, charger_kw, step_h)


def local_grid_table(
    states: FleetStates, household_kw: Sequence[FloatArray], solar_kw_per_kw: Sequence[FloatArray], charger_kw: float
) -> pd.DataFrame:
    """Give ``LocalGrid``.

    Parameters
    ----------
    states
        Solved cars; some of them, spread over the sample, stand on the feeder.
    household_kw, solar_kw_per_kw
        Load of the mean house and output of an installed kW, by season of ``SEASONS``.
    charger_kw
        Power of one charger.
    """
    return pd.DataFrame(list(_rows(states, household_kw, solar_kw_per_kw, charger_kw)))


def _rows(
    states: FleetStates, household_kw: Sequence[FloatArray], solar_kw_per_kw: Sequence[FloatArray], charger_kw: float
) -> Iterator[dict[str, object]]:
    chosen = np.unique(np.linspace(0, len(states.capacity_kwh) - 1, CARS_ON_FEEDER).round().astype(int))
    for car_share in CAR_SHARES_PU:
        for season in SEASONS_SHOWN:
            place = SEASONS.index(season)
            site = feeder(len(chosen), car_share, household_kw[place], solar_kw_per_kw[place], charger_kw,
                          states.step_h)  # fmt: skip
            before: dict[str, float] | None = None
            for control, (charge, discharge) in _controls(states, chosen, place, site).items():
                told = measures(site, charge, discharge)
                before = before or told
                yield {
                    "car_share_pu": len(chosen) / site.household_count, "solar_share_pu": SOLAR_SHARE_PU,
                    "season": season, "control": control, "household_count": site.household_count,
                    "car_count": len(chosen), **told, **changes(told, before),
                }  # fmt: skip


def _controls(
    states: FleetStates, chosen: NDArray[np.int64], place: int, site: Feeder
) -> dict[str, tuple[FloatArray, FloatArray]]:
    """Charging and discharging power, car × step, by control; uncontrolled first."""
    found = {
        control: (states.charge_kw[strategy][chosen, place], states.discharge_kw[strategy][chosen, place])
        for control, strategy in {"uncontrolled": "uncontrolled", **BY_PRICE}.items()
    }
    problems = [states.problems[car][place] for car in chosen]
    for control, is_two_way in BY_FEEDER.items():
        flat = flattest_schedule(problems, site.other_kw, is_two_way)
        found[control] = flat.charge_kw, flat.discharge_kw
    return found


def measures(site: Feeder, charge_kw: FloatArray, discharge_kw: FloatArray) -> dict[str, float]:
    """Peak, spread, coincidence, discharge and solar use of one feeder under one control.

    Solar energy is used on the feeder as far as houses and charging take it at the same time; what is discharged came
    out of the battery before and does not count against it.
    """
    net = site.other_kw + (charge_kw - discharge_kw).sum(axis=0)
    sun = float(site.solar_kw.sum())
    taken = np.minimum(site.solar_kw, np.maximum(site.solar_kw + net, 0.0))
    weeks = HOURS_PER_YEAR / HOURS_PER_WEEK
    return {
        "peak_import_kw": float(max(net.max(), 0.0)), "peak_export_kw": float(max(-net.min(), 0.0)),
        "net_load_spread_kw": float(net.std()),
        "charging_coincidence_pu": float(charge_kw.sum(axis=0).max() / (len(charge_kw) * site.charger_kw)),
        "discharge_kwh_per_car_year": float(discharge_kw.sum() * site.step_h / len(discharge_kw) * weeks),
        "solar_used_pu": float(taken.sum()) / sun if sun > 0 else np.nan,
    }  # fmt: skip


def changes(told: dict[str, float], before: dict[str, float]) -> dict[str, float]:
    """Change of variance, peak and solar use against uncontrolled charging, as shares of it."""
    return {
        "net_variance_change_pu": (told["net_load_spread_kw"] / before["net_load_spread_kw"]) ** 2 - 1.0,
        "net_peak_change_pu": told["peak_import_kw"] / before["peak_import_kw"] - 1.0,
        "net_solar_use_change_pu": told["solar_used_pu"] / before["solar_used_pu"] - 1.0,
    }
