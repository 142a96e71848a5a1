"""Turns the tables of one price area and price year into arrays by week and step: prices, load, plug and driving."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.dispatch.problem import Vector
from analysis.dispatch.products import CONTAINMENT, RESTORATION
from analysis.errors import DataError, Fault
from analysis.units import DAYS_PER_WEEK, HOURS_PER_WEEK, KWH_PER_MWH

LOCAL_ZONE = "Europe/Stockholm"
RESERVE_AREA = "SE"
DEFAULT_DWELLING = "detached"
"""# ASSUME: a car whose dwelling is not known stands at a detached house."""


@dataclass(frozen=True)
class MarketWeek:
    """One representative week: its clock, prices and household load; arrays have one entry a step."""

    week_id: str
    season: str
    weight_weeks: float
    steps_utc: pd.DatetimeIndex
    hour_of_week: np.ndarray
    spot_sek_per_kwh: Vector
    reserve_sek_per_kw_h: dict[str, Vector]
    load_kw: dict[str, Vector]


def market_weeks(
    representative_weeks: pd.DataFrame,
    day_ahead_prices: pd.DataFrame,
    reserve_prices: pd.DataFrame,
    household_load: pd.DataFrame,
    *,
    price_area: str,
    price_year: int,
    step_h: float,
) -> list[MarketWeek]:
    """Cut the tables into the representative weeks of a year (grain: week).

    Prices of a coarser interval are repeated, of a finer one averaged. An hour without a reserve price is NaN: nothing
    was bought. FCR has one price for Sweden (area ``SE``); aFRR and mFRR have one for each price area, and stand in a
    week only where the table has them.

    Raises
    ------
    DataError
        With one fault per week and table in which an interval of day-ahead price or household load is missing.
    """
    chosen = representative_weeks[representative_weeks["price_year"] == price_year].sort_values("week_start_utc")
    spot = _series(day_ahead_prices[day_ahead_prices["price_area"] == price_area], "price_sek_per_mwh")
    reserves = _reserve_series(reserve_prices, price_area)
    loads = {
        str(name): _series(rows, "load_kw")
        for name, rows in household_load[household_load["price_area"] == price_area].groupby("dwelling")
    }
    weeks: list[MarketWeek] = []
    faults: list[Fault] = []
    for row in chosen.to_dict("records"):
        steps = pd.date_range(
            pd.Timestamp(row["week_start_utc"]), periods=round(HOURS_PER_WEEK / step_h), freq=pd.Timedelta(hours=step_h)
        )
        local = steps.tz_convert(LOCAL_ZONE)
        week = MarketWeek(
            week_id=str(row["week_id"]), season=str(row["season"]), weight_weeks=float(row["weight_weeks"]),
            steps_utc=steps,
            hour_of_week=np.asarray(local.day_of_week * (HOURS_PER_WEEK // DAYS_PER_WEEK) + local.hour),
            spot_sek_per_kwh=_on_steps(spot, steps, step_h) / KWH_PER_MWH,
            reserve_sek_per_kw_h={name: _on_steps(s, steps, step_h) / KWH_PER_MWH for name, s in reserves.items()},
            load_kw={name: _on_steps(series, steps, step_h) for name, series in loads.items()},
        )  # fmt: skip
        faults += _gaps(week, price_area, {"day_ahead_prices": week.spot_sek_per_kwh,
                                           **{f"household_load {k}": v for k, v in week.load_kw.items()}})  # fmt: skip
        weeks.append(week)
    if not weeks:
        faults.append(Fault("representative_weeks", f"no week of {price_year}", "at least one", "Choose weeks first."))
    if faults:
        raise DataError(faults)
    return weeks


def _reserve_series(reserve_prices: pd.DataFrame, price_area: str) -> dict[str, "pd.Series[float]"]:
    found: dict[str, pd.Series[float]] = {}
    for area, products in ((RESERVE_AREA, CONTAINMENT), (price_area, RESTORATION)):
        within = reserve_prices[reserve_prices["price_area"] == area]
        for product in products:
            rows = within[within["product"] == product.name]
            if product in CONTAINMENT or len(rows):
                found[product.name] = _series(rows, "price_sek_per_mw_h")
    return found


def _gaps(week: MarketWeek, price_area: str, arrays: dict[str, Vector]) -> Iterable[Fault]:
    for name, values in arrays.items():
        missing = int(np.isnan(values).sum())
        if missing:
            yield Fault(f"{name} {price_area} week {week.week_id}", f"{missing} steps without a value",
                        f"{len(values)} values", "Give the whole week or choose another.")  # fmt: skip


def _series(rows: pd.DataFrame, value: str) -> "pd.Series[float]":
    return pd.Series(rows[value].to_numpy(), index=pd.DatetimeIndex(rows["interval_start_utc"])).sort_index()


def _on_steps(series: "pd.Series[float]", steps: pd.DatetimeIndex, step_h: float) -> Vector:
    """Average finer values into the step, repeat coarser ones over it; NaN where there is none."""
    if series.empty:
        return np.full(len(steps), np.nan)
    step = pd.Timedelta(hours=step_h)
    window = series[(series.index >= steps[0].floor("h")) & (series.index < steps[-1] + step)]
    at = pd.DatetimeIndex(window.index)
    averaged = window.groupby(at.floor(step)).mean().reindex(steps).to_numpy()
    hourly = window[at == at.floor("h")].reindex(steps.floor("h")).to_numpy()
    # a price quoted by the hour holds for its quarters; a gap in quarterly data is not filled by another quarter
    is_hourly = window.groupby(at.floor("h")).size().reindex(steps.floor("h")).to_numpy() == 1
    return np.where(~np.isnan(averaged), averaged, np.where(is_hourly, hourly, np.nan)).astype(float)


def northern_share(tariffs: pd.DataFrame, price_area: str) -> float:
    """Share of the area's cars with reduced energy tax (AreaTariffs)."""
    return float(tariffs.set_index("price_area")["northern_pu"][price_area])


def vehicle_weeks(
    availability_weeks: pd.DataFrame, weeks: list[MarketWeek], *, price_area: str, price_year: int, step_h: float
) -> dict[tuple[str, str], tuple[Vector, Vector]]:
    """Give (plugged share, driven kWh) by step for each (vehicle, week).

    Raises
    ------
    DataError
        For each vehicle and week whose steps are not all there.
    """
    rows = availability_weeks[
        (availability_weeks["price_area"] == price_area) & (availability_weeks["price_year"] == price_year)
    ]
    starts = {week.week_id: week.steps_utc for week in weeks}
    found: dict[tuple[str, str], tuple[Vector, Vector]] = {}
    faults = []
    for (vehicle, week_id), part in rows.groupby(["vehicle_id", "week_id"], sort=True):
        if week_id not in starts:
            continue
        steps = starts[week_id]
        ordered = part.sort_values("interval_start_utc")
        found_steps = pd.DatetimeIndex(ordered["interval_start_utc"])
        if len(found_steps) != len(steps) or not (found_steps == steps).all():
            faults.append(Fault(f"availability_weeks {vehicle} week {week_id}", f"{len(ordered)} steps",
                                f"{len(steps)} steps of {step_h} h from {steps[0]}", "Build it anew."))  # fmt: skip
            continue
        found[str(vehicle), str(week_id)] = (
            ordered["plugged_pu"].to_numpy(float), ordered["driving_dc_kwh"].to_numpy(float)
        )  # fmt: skip
    if faults:
        raise DataError(faults)
    return found
