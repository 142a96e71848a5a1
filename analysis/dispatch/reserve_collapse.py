"""Turns dispatch values of several price years into what reserves were worth in each: prices, captured, gross, net.

Source: METHODS 3.5 (gross at mean prices, capture price, never one year alone); checks T3, T10 and T15.
"""

import numpy as np
import pandas as pd

from analysis.dispatch.inputs import LOCAL_ZONE, RESERVE_AREA
from analysis.errors import DataError, Fault
from analysis.market.reserve_rules import gross_reserve_value, reserve_rules, symmetric_offer_kw
from analysis.settings.parameters import ParameterSet
from analysis.units import HOURS_PER_WEEK, HOURS_PER_YEAR, KW_PER_MW

HOURS_PLUGGED = 16.0 * 365
CASE_CAR = "plugged_16h"
CASE_FROM_HOUR, CASE_TO_HOUR = 17, 9
DAYS_PER_YEAR = 365
REFERENCE_KW = 11.0
FACTS = {"fcr_n": "FCR-N price mean", "fcr_d_up": "FCR-D up price mean", "fcr_d_down": "FCR-D down price mean"}
PLACE = ["price_area", "price_year", "charger_option"]


def reserve_collapse(
    values: pd.DataFrame, reserve_prices: pd.DataFrame, facts: pd.DataFrame, parameters: ParameterSet, level_id: str
) -> pd.DataFrame:
    """Lay the years side by side, every car alike in weight.

    Parameters
    ----------
    values
        ``DispatchValues`` with the same cars in every year.
    reserve_prices
        ``ReservePrices`` of all years.
    facts
        ``Facts`` with the mean prices of each year.
    level_id
        The reserve level at which reserves keep their whole price.

    Returns
    -------
    pd.DataFrame
        ``ReserveCollapse`` without ``is_generated_year``.

    Raises
    ------
    DataError
        If the years do not hold the same cars.
    """
    rows = []
    for (area, year, option), cars in values.groupby(PLACE, sort=True):
        by = {
            strategy: cars[(cars["strategy"] == strategy) & _at_level(cars, strategy, level_id)]
            for strategy in ("uncontrolled", "smart", "grid", "grid_reserve")
        }
        rows.append(
            {
                "price_area": area, "price_year": year, "charger_option": option,
                "vehicle_count": len(by["smart"]),
                **_prices(reserve_prices, int(str(year))),
                **_captured(by["grid_reserve"]),
                "published_gross_eur": published_gross_eur(facts, int(str(year)), parameters),
                **_values(by),
            }
        )  # fmt: skip
    _same_cars(values)
    return pd.DataFrame(rows)


def reserve_cases(
    values: pd.DataFrame,
    reserve_prices: pd.DataFrame,
    facts: pd.DataFrame,
    parameters: ParameterSet,
    level_id: str,
    fcr_d_level_id: str,
) -> pd.DataFrame:
    """Lay out the generated cars, the car plugged in 16 hours a day, and that car selling FCR-D alone.

    Returns
    -------
    pd.DataFrame
        ``ReserveCollapse`` without ``is_generated_year``.
    """
    is_case = values["vehicle_id"] == CASE_CAR
    cases = {
        "generated_cars": (values[~is_case], level_id),
        CASE_CAR: (values[is_case], level_id),
        f"{CASE_CAR}_fcr_d": (values[is_case], fcr_d_level_id),
    }
    laid = [
        reserve_collapse(pd.DataFrame(rows), reserve_prices, facts, parameters, level).assign(case=case)
        for case, (rows, level) in cases.items()
    ]
    return pd.concat(laid, ignore_index=True)


def _at_level(cars: pd.DataFrame, strategy: str, level_id: str) -> "pd.Series[bool]":
    return (cars["reserve_level_id"] == level_id) | (strategy != "grid_reserve")


def _same_cars(values: pd.DataFrame) -> None:
    listed = {
        int(year): set(values.loc[values["price_year"] == year, "vehicle_id"]) for year in values["price_year"].unique()
    }
    if len({frozenset(names) for names in listed.values()}) > 1:
        counts = ", ".join(f"{year} {len(names)}" for year, names in listed.items())
        raise DataError(Fault("dispatch_values", f"other cars in other years ({counts})", "the same cars in every year",
                              "Dispatch one sample in all price years."))  # fmt: skip


def _prices(reserve_prices: pd.DataFrame, year: int) -> dict[str, float]:
    local = reserve_prices["interval_start_utc"].dt.tz_convert(LOCAL_ZONE).dt.year
    bought = reserve_prices[(local == year) & (reserve_prices["price_area"] == RESERVE_AREA)]
    means = bought.groupby("product")["price_sek_per_mw_h"].mean().reindex(list(FACTS))
    return {f"{name}_price_sek_per_mw_h": float(means[name]) for name in FACTS}


def _captured(cars: pd.DataFrame) -> dict[str, float]:
    """Revenue over offer: the price that the cars' hours met; empty where nothing was offered."""
    captured = {}
    for name in FACTS:
        offered_kw_h = float(cars[f"{name}_mean_kw"].sum()) * HOURS_PER_YEAR
        revenue = float(cars[f"{name}_revenue_sek"].sum())
        captured[f"{name}_capture_sek_per_mw_h"] = (
            revenue / offered_kw_h * KW_PER_MW if offered_kw_h > 1 else float("nan")
        )
    return captured


def _values(by: dict[str, pd.DataFrame]) -> dict[str, float]:
    cost = {strategy: float(cars["net_cost_sek"].mean()) for strategy, cars in by.items()}
    reserve = by["grid_reserve"]
    value = cost["smart"] - cost["grid_reserve"]
    return {
        "uncontrolled_cost_sek": cost["uncontrolled"],
        "net_smart_cost_sek": cost["smart"],
        "net_grid_cost_sek": cost["grid"],
        "net_grid_reserve_cost_sek": cost["grid_reserve"],
        "reserve_gross_sek": float(reserve[[f"{name}_revenue_sek" for name in FACTS]].sum(axis=1).mean()),
        "net_value_over_smart_sek": value,
        "net_value_over_grid_sek": cost["grid"] - cost["grid_reserve"],
        "net_value_over_smart_sek_per_plugged_h": value / float(reserve["plugged_h"].mean()),
        "net_smart_change_pu": cost["smart"] / cost["uncontrolled"] - 1,
        "net_grid_reserve_change_pu": cost["grid_reserve"] / cost["uncontrolled"] - 1,
        "enabled_pu": float(reserve["enabled_pu"].mean()),
    }


def published_gross_eur(facts: pd.DataFrame, year: int, parameters: ParameterSet) -> float:
    """Gross value of 11 kW in 16 hours a day at the year's mean prices: the dearer of FCR-D and FCR-N, nominal EUR.

    A product that the facts do not have in the year was no market: it adds nothing, and FCR-D down alone missing leaves
    the offer upward as it is.

    Examples
    --------
    2025: FCR-D 642, FCR-N 1 289; so 1 289.
    """
    rows = facts[(facts["year"] == str(year)) & (facts["area"] == RESERVE_AREA)].set_index("metric")["value"]
    price = {name: float(rows[metric]) for name, metric in FACTS.items() if metric in rows.index}
    offer_d, offer_n = symmetric_offer_kw(REFERENCE_KW, reserve_rules(parameters))
    disturbance = sum(price.get(name, 0.0) for name in ("fcr_d_up", "fcr_d_down"))
    normal = price.get("fcr_n", 0.0)
    return max(
        gross_reserve_value(offer_d, disturbance, HOURS_PLUGGED), gross_reserve_value(offer_n, normal, HOURS_PLUGGED)
    )


def case_weeks(weeks: pd.DataFrame, price_area: str, parameters: ParameterSet) -> pd.DataFrame:
    """Availability of the one car of METHODS 3.5, plugged in 16 hours of every day, in representative weeks.

    # ASSUME: plugged in from 17 to 9 local time every day and driving the mean yearly distance in the eight hours
    # between; stands for the published Gothenburg case (PR029), whose own hours are not known. It feeds no result.

    Parameters
    ----------
    weeks
        RepresentativeWeeks.

    Returns
    -------
    pd.DataFrame
        AvailabilityWeeks of the vehicle ``plugged_16h``.
    """
    driven_kwh_per_day = parameters["veh.annual_km"] * parameters["veh.eps0"] / DAYS_PER_YEAR
    blocks = []
    for week in weeks.to_dict("records"):
        hours = pd.date_range(pd.Timestamp(week["week_start_utc"]), periods=HOURS_PER_WEEK, freq="h", unit="us")
        clock = hours.tz_convert(LOCAL_ZONE).hour
        away = (clock >= CASE_TO_HOUR) & (clock < CASE_FROM_HOUR)
        blocks.append(
            pd.DataFrame(
                {"price_area": price_area, "price_year": week["price_year"], "week_id": week["week_id"],
                 "vehicle_id": CASE_CAR, "interval_start_utc": hours, "plugged_pu": (~away).astype(np.float64),
                 "driving_dc_kwh": np.where(away, driven_kwh_per_day / (CASE_FROM_HOUR - CASE_TO_HOUR), 0.0)}
            )
        )  # fmt: skip
    return pd.concat(blocks, ignore_index=True)
