"""Turns a year of hourly prices into what they are worth to one reference car: the yardstick of a generated price year.

The car (see ``ReferenceCar``) is plugged in at home from evening to morning. Three values: what discharging adds to
the best charging plan, what the best charging plan saves over charging at once, and what reserves pay in the plugged
hours.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from scipy.optimize import linprog

from analysis.errors import DataError, Fault
from analysis.synthetic.price_clock import LOCAL_TIME, Floats
from analysis.units import KW_PER_MW, KWH_PER_MWH

FCR_D_SHARE: Final = 1 / 1.20
FCR_N_SHARE: Final = 1 / 1.34
# SOURCE: METHODS 3.4, power rows of the limited-energy table: of 11 kW, 9.17 FCR-D up and down together, or 8.2 FCR-N.


@dataclass(frozen=True)
class ReferenceCar:
    """One car with one habit, the same in every area and year.

    Plugged in on weekdays 17-07 and on weekends 18-10 local time, 7 kWh driven on each day, spread over the hours away.
    ``wear_eur_per_mwh`` is paid per MWh discharged at the connection.
    """

    # ASSUME: the yardstick car; it judges the price years and feeds no result.
    capacity_kwh: float = 60.0
    window_low_pu: float = 0.2
    window_high_pu: float = 0.8
    power_kw: float = 11.0
    one_way_efficiency_pu: float = 0.9327  # SOURCE: METHODS 3.6, root of the 87 % round trip at 11 kW
    driving_kwh_per_day: float = 7.0
    # SOURCE: METHODS 3.7, 0.25 SEK/kWh at 11.06 SEK per euro of 2025 (MF0379), taken for every year.
    wear_eur_per_mwh: float = 22.6


@dataclass(frozen=True)
class CarYear:
    """The calendar of the reference car on the hours of a price year."""

    plugged: npt.NDArray[np.bool_]
    driving_kwh: Floats

    @property
    def plugged_hours(self) -> npt.NDArray[np.intp]:
        """Positions of the plugged hours."""
        return np.flatnonzero(self.plugged)

    @property
    def driven_after_kwh(self) -> Floats:
        """Energy driven between each plugged hour and the next; the last one holds what remains of the year."""
        summed: Floats = np.add.reduceat(self.driving_kwh, self.plugged_hours)
        return summed


def car_year(start_utc: pd.DatetimeIndex, car: ReferenceCar) -> CarYear:
    """Lay the reference car's habit on consecutive hours that begin at local midnight.

    Raises
    ------
    DataError
        If an hour is missing: a value per year means nothing then.
    """
    if len(start_utc) < 2 or not (np.diff(start_utc.as_unit("s").asi8) == 3600).all():
        raise DataError(Fault("price year", "hours missing or repeated", "consecutive hours", "Give a whole year."))
    local = start_utc.tz_convert(LOCAL_TIME)
    hour = local.hour.to_numpy()
    is_weekend = local.day_of_week.to_numpy() >= 5
    plugged = np.where(is_weekend, (hour >= 18) | (hour < 10), (hour >= 17) | (hour < 7))
    away_hours = pd.Series(~plugged).groupby(local.day_of_year.to_numpy()).transform("sum").to_numpy()
    return CarYear(plugged, np.where(plugged, 0.0, car.driving_kwh_per_day / np.maximum(away_hours, 1)))


def uncontrolled_cost_eur(price_eur_per_mwh: Floats, year: CarYear, car: ReferenceCar) -> float:
    """Cost at spot of charging at full power from plug-in until the window is full."""
    full = car.window_high_pu * car.capacity_kwh
    missing_kwh = 0.0
    cost = 0.0
    for plugged, driven, price in zip(year.plugged, year.driving_kwh, price_eur_per_mwh, strict=True):
        if plugged and missing_kwh > 0:
            charge = min(car.power_kw, missing_kwh / car.one_way_efficiency_pu)
            missing_kwh -= charge * car.one_way_efficiency_pu
            cost += charge * price / KWH_PER_MWH
        missing_kwh += driven
    if missing_kwh > full:
        raise DataError(Fault("reference car", "an empty battery", "plug-in every day", "Give whole local days."))
    return float(cost)


def least_cost_eur(
    price_eur_per_mwh: Floats, year: CarYear, car: ReferenceCar, can_discharge: bool, wear_eur_per_mwh: float = 0.0
) -> float:
    """Least cost at spot over the year with perfect foresight, by linear programming; wear included.

    The year starts and ends with the middle of the window in the battery. Discharging is closed in hours with a
    negative price, where it would only make room to burn energy (METHODS 3.3).

    Parameters
    ----------
    price_eur_per_mwh
        One price an hour, the same for buying and selling.

    Raises
    ------
    DataError
        If no plan serves the driving.
    """
    price = price_eur_per_mwh[year.plugged_hours] / KWH_PER_MWH
    flows, lower, upper, need = _battery_year(year, car)
    cost = [price, np.zeros(len(price))]
    if can_discharge:
        flows.append(sparse.eye_array(len(price), format="csc") / car.one_way_efficiency_pu)
        cost.append(wear_eur_per_mwh / KWH_PER_MWH - price)
        lower.append(np.zeros(len(price)))
        upper.append(np.where(price >= 0, car.power_kw, 0.0))
    solved = linprog(  # type: ignore[call-overload]  # the stubs know no sparse matrix, SciPy does
        np.concatenate(cost),
        A_eq=sparse.hstack(flows, format="csc"),
        b_eq=need,
        bounds=np.column_stack([np.concatenate(lower), np.concatenate(upper)]),
        method="highs",
    )
    if solved.status != 0:
        raise DataError(Fault("reference car", str(solved.message), "a feasible year", "Give whole local days."))
    return float(solved.fun)


def _battery_year(year: CarYear, car: ReferenceCar) -> tuple[list[sparse.sparray], list[Floats], list[Floats], Floats]:
    """Energy balance of a car that only charges: columns of charging and of stored energy, their bounds, the need.

    Stored energy is that after the driving that follows a plugged hour, so the upper bound leaves room for it.
    """
    driven = year.driven_after_kwh
    count = len(driven)
    low, high = car.window_low_pu * car.capacity_kwh, car.window_high_pu * car.capacity_kwh
    middle = (low + high) / 2
    unit = sparse.eye_array(count, format="csc")
    change = unit - sparse.eye_array(count, k=-1, format="csc")
    lower = [np.zeros(count), np.full(count, low)]
    upper = [np.full(count, car.power_kw), high - driven]
    lower[1][-1] = upper[1][-1] = middle
    need = -driven
    need[0] += middle - year.driving_kwh[: year.plugged_hours[0]].sum()
    flows: list[sparse.sparray] = [-car.one_way_efficiency_pu * unit, change]
    return flows, lower, upper, need


def energy_values(price_eur_per_mwh: Floats, year: CarYear, car: ReferenceCar) -> dict[str, float]:
    """Give the car's values at the day-ahead price, EUR per car and year.

    Household fees per kWh are the same for both charging plans and cancel in the saving; arbitrage is spot in, spot
    out.

    Returns
    -------
    dict
        ``arbitrage``: V2G over smart charging, net of wear; ``arbitrage_gross``: the same where wear costs nothing;
        ``smart_saving``: smart over uncontrolled charging.
    """
    smart = least_cost_eur(price_eur_per_mwh, year, car, can_discharge=False)
    net = least_cost_eur(price_eur_per_mwh, year, car, can_discharge=True, wear_eur_per_mwh=car.wear_eur_per_mwh)
    gross = least_cost_eur(price_eur_per_mwh, year, car, can_discharge=True)
    return {
        "arbitrage": smart - net,
        "arbitrage_gross": smart - gross,
        "smart_saving": uncontrolled_cost_eur(price_eur_per_mwh, year, car) - smart,
    }


def reserve_values(price_eur_per_mw_h: dict[str, Floats], year: CarYear, car: ReferenceCar) -> dict[str, float]:
    """Give what reserves pay in the plugged hours at full sale, EUR per car and year; absent products pay nothing.

    Returns
    -------
    dict
        ``fcr_d`` (up and down together, 9.17 kW of 11) and ``fcr_n`` (8.2 kW of 11), before fees and acceptance.
    """
    paid = {product: float(price[year.plugged].sum()) for product, price in price_eur_per_mw_h.items()}
    fcr_d = paid.get("fcr_d_up", 0.0) + paid.get("fcr_d_down", 0.0)
    power_mw = car.power_kw / KW_PER_MW
    return {"fcr_d": fcr_d * power_mw * FCR_D_SHARE, "fcr_n": paid.get("fcr_n", 0.0) * power_mw * FCR_N_SHARE}
