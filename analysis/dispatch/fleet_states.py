"""Turns the sampled cars into what each draws, gives and holds at every hour of a week a season, strategy by strategy.

An outage asks for what is there: the car, or not; the energy that driving and the strategy have left, or not. Both come
out of the same schedule that earned the money, so that the same battery is not emptied twice (METHODS 8). The feeder
asks for the powers of the same schedules.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.dispatch.inputs import MarketWeek
from analysis.dispatch.options import ChargerPhysics
from analysis.dispatch.problem import Dispatch, Vector, VehicleProblem
from analysis.dispatch.strategies import Terms, build_problem, solve_strategies
from analysis.errors import DataError, Fault
from analysis.schemas.resilience import PRESENCE, SEASONS
from analysis.settings.model import ReserveLevel

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class FleetStates:
    """Cars × seasons × steps of a week; seasons in the order of ``SEASONS``.

    Attributes
    ----------
    car_weight, season_weight
        Sum to 1.
    capacity_kwh
        Usable energy of each car.
    hour_of_week
        Season × step: local hour of the week, 0 = Monday 00-01.
    steps_utc
        Steps of each season's week.
    there_pu
        By presence: the chance that the car is there in the step. ``plugged_in`` from the car's own week; ``at_home``
        adds that it stands at home without a plug.
    stored_kwh
        By strategy: energy at the start of the step, battery side.
    charge_kw, discharge_kw
        By strategy: powers in the step, AC.
    cost_sek
        By strategy: what the plan of the week costs, car × season; wear and charging on the road included.
    problems
        Each car's problem in each season's week.
    step_h
        Length of a step.
    """

    car_weight: FloatArray
    season_weight: FloatArray
    capacity_kwh: FloatArray
    hour_of_week: NDArray[np.int64]
    steps_utc: tuple[pd.DatetimeIndex, ...]
    there_pu: Mapping[str, FloatArray]
    stored_kwh: Mapping[str, FloatArray]
    charge_kw: Mapping[str, FloatArray]
    discharge_kw: Mapping[str, FloatArray]
    cost_sek: Mapping[str, FloatArray]
    problems: Sequence[Sequence[VehicleProblem]]
    step_h: float


def season_weeks(weeks: Sequence[MarketWeek]) -> list[MarketWeek]:
    """Pick the representative week of each season that stands for most weeks; the first of equals.

    Raises
    ------
    DataError
        If a season has none.
    """
    missing = [season for season in SEASONS if not any(week.season == season for week in weeks)]
    if missing:
        raise DataError(
            Fault(
                "representative_weeks", f"no week of {', '.join(missing)}", "one of each season", "Choose weeks anew."
            )
        )
    return [max((w for w in weeks if w.season == season), key=lambda week: week.weight_weeks) for season in SEASONS]


def fleet_states(
    terms: Terms,
    charger: ChargerPhysics,
    level: ReserveLevel,
    weeks: Sequence[MarketWeek],
    driven: Mapping[tuple[str, str], tuple[Vector, Vector]],
    cars: Sequence[tuple[str, str, float]],
    weight: Mapping[str, float],
    home_pu: Mapping[str, FloatArray],
) -> FleetStates:
    """Solve every car's week of each season as the run does and keep what is stored.

    Parameters
    ----------
    weeks
        All representative weeks of the year: one a season is solved, the seasons weigh by all of theirs.
    driven, cars
        As :func:`analysis.dispatch.inputs.vehicle_weeks` and :func:`analysis.dispatch.values.cars_of_sample` give them.
    weight
        By car: what it counts in the sample.
    home_pu
        By car: share of each hour of the week in which it is parked at home, plugged in or not.

    Notes
    -----
    # ASSUME: whether a car that is not plugged in stands at home is drawn from its own habit at that hour of the week;
    # its state of charge is then that of the schedule, in which it might as well have been away.
    """
    shown = season_weeks(weeks)
    problems = [
        [_problem(terms, charger, week, driven[name, week.week_id], dwelling, capacity) for week in shown]
        for name, dwelling, capacity in cars
    ]
    solved = [[solve_strategies(problem, (level,), True, terms.limits) for problem in of_car] for of_car in problems]

    def gathered(read: Callable[[Dispatch], FloatArray]) -> dict[str, FloatArray]:
        return {
            strategy.name: np.array([[read(found[strategy]) for found in of_car] for of_car in solved])
            for strategy in solved[0][0]
        }

    plugged = np.array([[problem.plugged_pu for problem in of_car] for of_car in problems])
    hours = np.array([week.hour_of_week for week in shown])
    habit = np.array([home_pu[name] for name, _, _ in cars])[:, hours]
    car_weight = np.array([weight[name] for name, _, _ in cars], dtype=float)
    of_season = [sum(week.weight_weeks for week in weeks if week.season == season) for season in SEASONS]
    return FleetStates(
        car_weight=car_weight / car_weight.sum(), season_weight=np.array(of_season) / sum(of_season),
        capacity_kwh=np.array([capacity for _, _, capacity in cars]), hour_of_week=hours,
        steps_utc=tuple(week.steps_utc for week in shown),
        there_pu=dict(zip(PRESENCE, (plugged, at_home(plugged, habit)), strict=True)),
        stored_kwh=gathered(lambda schedule: schedule.state_kwh[:-1]),
        charge_kw=gathered(lambda schedule: schedule.charge_kw),
        discharge_kw=gathered(lambda schedule: schedule.discharge_kw),
        cost_sek=gathered(lambda schedule: np.asarray(schedule.objective_sek)), problems=problems, step_h=terms.step_h,
    )  # fmt: skip


def _problem(
    terms: Terms, charger: ChargerPhysics, week: MarketWeek, driven: tuple[Vector, Vector], dwelling: str,
    capacity_kwh: float,
) -> VehicleProblem:  # fmt: skip
    return build_problem(terms, charger, week, plugged_pu=driven[0], driving_dc_kwh=driven[1],
                         load_kw=week.load_kw[dwelling], capacity_kwh=capacity_kwh)  # fmt: skip


def at_home(plugged_pu: FloatArray, habit_pu: FloatArray) -> FloatArray:
    """Chance that the car stands at home: surely where it is plugged in, by its habit at that hour where it is not.

    Never below what is plugged in: who counts all cars at home counts those on a plug too.
    """
    return np.asarray(np.maximum(plugged_pu, habit_pu))


def fewer_cars(sample: pd.DataFrame, most: int) -> pd.DataFrame:
    """Take at most ``most`` cars of the dispatch sample: from each profile in proportion, evenly; its weight is kept.

    Parameters
    ----------
    sample
        ``DispatchSample``.
    most
        Cars to keep; every profile keeps at least one.
    """
    parts = []
    for _, rows in sample.sort_values("vehicle_id").groupby("profile_id", sort=True):
        count = min(len(rows), max(1, round(most * len(rows) / len(sample))))
        kept = rows.iloc[np.linspace(0, len(rows) - 1, count).round().astype(int)]
        parts.append(kept.assign(weight=kept["weight"] * float(rows["weight"].sum() / kept["weight"].sum())))
    return pd.concat(parts, ignore_index=True)


def home_habits(availability: pd.DataFrame, vehicle_ids: Sequence[str]) -> dict[str, FloatArray]:
    """Give each car's share of the hours of the week parked at home (``Availability``).

    Raises
    ------
    DataError
        For each car without its 168 hours.
    """
    rows = availability[availability["vehicle_id"].isin(set(vehicle_ids))]
    table = rows.pivot(index="vehicle_id", columns="hour_of_week", values="parked_home_pu").reindex(list(vehicle_ids))
    short = [str(name) for name in table.index[table.isna().any(axis=1)]]
    if short:
        raise DataError(
            Fault(f"availability {name}", "hours of the week missing", "168 hours", "Build availability anew.")
            for name in short
        )
    return {str(name): row for name, row in zip(table.index, table.to_numpy(float), strict=True)}
