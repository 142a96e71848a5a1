"""Turns the tables of one price area and year into rows of Wear for a handful of cars: chemistry × basis × strategy."""

import logging
from collections.abc import Iterator

import pandas as pd

from analysis.battery.cost import BASES, CHEMISTRIES
from analysis.dispatch.inputs import market_weeks, vehicle_weeks
from analysis.dispatch.options import ChargerPhysics, charger_physics
from analysis.dispatch.problem import Strategy
from analysis.dispatch.strategies import GRID, Terms, build_problem, terms_of
from analysis.dispatch.values import cars_of_sample
from analysis.dispatch.wear import CarWear, CarYear, settle_car
from analysis.schemas.wear import Wear
from analysis.settings.model import ReserveLevel, Scope
from analysis.settings.parameters import ParameterSet

log = logging.getLogger(__name__)


def handful(dispatch_sample: pd.DataFrame, count: int) -> pd.DataFrame:
    """Choose cars that stand for as much as possible: profile after profile, the heaviest car of each first.

    Returns
    -------
    pd.DataFrame
        ``count`` rows of DispatchSample, or all where it has fewer.

    Examples
    --------
    Four cars of a sample with four profiles are one of each.
    """
    ordered = dispatch_sample.sort_values(["profile_id", "weight", "vehicle_id"], ascending=[True, False, True])
    turn = ordered.groupby("profile_id").cumcount()
    return ordered.assign(turn=turn).sort_values(["turn", "profile_id"], kind="stable").drop(columns="turn")[:count]


def wear_strategies(levels: tuple[ReserveLevel, ...]) -> tuple[Strategy, Strategy]:
    """Day-ahead V2G alone, and with reserves at the full price of the year: the two ends of how a car may be used."""
    full = next(level for level in levels if (level.fcr_n_pu, level.fcr_d_pu) == (1.0, 1.0))
    return GRID, Strategy("grid_reserve", full.level_id, True, True, full.fcr_n_pu, full.fcr_d_pu)


def settle_vehicles(
    *,
    availability_weeks: pd.DataFrame,
    representative_weeks: pd.DataFrame,
    vehicles: pd.DataFrame,
    dispatch_sample: pd.DataFrame,
    day_ahead_prices: pd.DataFrame,
    reserve_prices: pd.DataFrame,
    household_load: pd.DataFrame,
    parameters: ParameterSet,
    price_area: str,
    price_year: int,
    scope: Scope,
    northern_pu: float = 0.0,
) -> pd.DataFrame:
    """Let dispatch and ageing agree for a handful of cars under every two-way charger option.

    Parameters
    ----------
    availability_weeks, representative_weeks, vehicles, dispatch_sample, day_ahead_prices, reserve_prices
        Contract tables of the same names.
    household_load
        Contract table; other areas than the one asked for are ignored.
    scope
        Charger options, step, and ``wear_vehicle_count``.
    northern_pu
        Share of the area's cars with reduced energy tax.

    Returns
    -------
    pd.DataFrame
        Wear; empty of rows where no option is two-way. What did not settle says so in ``outcome`` and in the log.

    Raises
    ------
    DataError
        If a car, week, price, load or dwelling is missing: all of them named.

    References
    ----------
    METHODS 3.7; check T6.
    """
    terms = terms_of(parameters, scope.reserve_levels, scope.step_h, northern_pu)
    weeks = market_weeks(
        representative_weeks, day_ahead_prices, reserve_prices, household_load,
        price_area=price_area, price_year=price_year, step_h=scope.step_h,
    )  # fmt: skip
    driven = vehicle_weeks(availability_weeks, weeks, price_area=price_area, price_year=price_year, step_h=scope.step_h)
    cars = cars_of_sample(vehicles, handful(dispatch_sample, scope.wear_vehicle_count), parameters, weeks, driven)
    chargers = [charger_physics(name, parameters) for name in scope.charger_options]
    rows: list[dict[str, object]] = []
    for vehicle_id, dwelling, capacity_kwh in cars:
        for charger in (each for each in chargers if each.is_bidirectional):
            problems = [
                (week, build_problem(
                    terms, charger, week, plugged_pu=driven[vehicle_id, week.week_id][0],
                    driving_dc_kwh=driven[vehicle_id, week.week_id][1], load_kw=week.load_kw[dwelling],
                    capacity_kwh=capacity_kwh,
                ))
                for week in weeks
            ]  # fmt: skip
            for strategy in wear_strategies(scope.reserve_levels):
                year = CarYear(terms, charger, problems, capacity_kwh, strategy)
                car = {"price_area": price_area, "price_year": price_year, "vehicle_id": vehicle_id}
                rows.extend({**car, **row} for row in _rows(terms, charger, year, strategy))
    _report(rows, price_area, price_year)
    return pd.DataFrame(rows) if rows else _no_rows()


def _no_rows() -> pd.DataFrame:
    columns = Wear.to_schema().columns
    return pd.DataFrame({name: pd.Series(dtype=str(column.dtype)) for name, column in columns.items()})


def _rows(terms: Terms, charger: ChargerPhysics, year: CarYear, strategy: Strategy) -> Iterator[dict[str, object]]:
    for chemistry in CHEMISTRIES:
        for basis in BASES:
            start = terms.parameters[f"deg.c_deg_{chemistry}"]
            found = settle_car(terms.parameters, year, chemistry, basis, start)
            yield {
                "charger_option": charger.charger_option, "strategy": strategy.name,
                "reserve_level_id": strategy.level_id, "chemistry": chemistry, "basis": basis,
                "start_wear_sek_per_kwh": start, **_columns_of(found, year.smart.net_cost_sek),
            }  # fmt: skip


def _columns_of(found: CarWear, smart_cost_sek: float) -> dict[str, object]:
    settled = found.settled
    return {
        "wear_sek_per_kwh": settled.wear_sek_per_kwh,
        "net_wear_sek_per_kwh": settled.net_wear_sek_per_kwh,
        "residual_sek_per_kwh": settled.residual_sek_per_kwh,
        "iteration_count": settled.iteration_count,
        "is_converged": settled.is_converged,
        "outcome": settled.outcome,
        "smart_capacity_loss_pu": found.smart_capacity_loss_pu,
        "v2x_capacity_loss_pu": found.v2x_capacity_loss_pu,
        "smart_standing_loss_pu": found.smart_standing_loss_pu,
        "v2x_standing_loss_pu": found.v2x_standing_loss_pu,
        "start_discharge_ac_kwh": found.start.discharge_ac_kwh,
        "discharge_ac_kwh": found.end.discharge_ac_kwh,
        "start_net_value_over_smart_sek": smart_cost_sek - found.start.net_cost_sek,
        "net_value_over_smart_sek": smart_cost_sek - found.end.net_cost_sek,
    }


def _report(rows: list[dict[str, object]], price_area: str, price_year: int) -> None:
    """Log how many cases settled, and each that did not, by name."""
    counts = pd.Series([str(row["outcome"]) for row in rows], dtype=str).value_counts().sort_index().to_dict()
    log.info("wear %s %d: %s", price_area, price_year, counts)
    for row in rows:
        if row["outcome"] == "unsettled":
            case = " ".join(
                str(row[name]) for name in ("vehicle_id", "charger_option", "strategy", "chemistry", "basis")
            )
            log.warning("wear %s %d: %s did not settle", price_area, price_year, case)
