"""Turns the sampled cars into what stands in their batteries at every hour of a week a season, strategy by strategy.

An outage asks for what is there: the car, or not; the energy that driving and the strategy have left, or not. Both come
out of the same schedule that earned the money, so that the same battery is not emptied twice (METHODS 8).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.dispatch.inputs import MarketWeek
from analysis.dispatch.options import ChargerPhysics
from analysis.dispatch.problem import Vector
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
            Fault("representative_weeks", f"no week of {', '.join(missing)}", "one of each season", "Choose weeks anew.")
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
    stored: dict[str, list[list[FloatArray]]] = {}
    plugged = np.array([[driven[name, week.week_id][0] for week in shown] for name, _, _ in cars])
    for vehicle_id, dwelling, capacity_kwh in cars:
        rows: dict[str, list[FloatArray]] = {}
        for week in shown:
            share, driving = driven[vehicle_id, week.week_id]
            problem = build_problem(terms, charger, week, plugged_pu=share, driving_dc_kwh=driving,
                                    load_kw=week.load_kw[dwelling], capacity_kwh=capacity_kwh)  # fmt: skip
            for strategy, schedule in solve_strategies(problem, (level,), True, terms.limits).items():
                rows.setdefault(strategy.name, []).append(schedule.state_kwh[:-1])
        for name, states in rows.items():
            stored.setdefault(name, []).append(states)
    hours = np.array([week.hour_of_week for week in shown])
    habit = np.array([home_pu[name] for name, _, _ in cars])[:, hours]
    car_weight = np.array([weight[name] for name, _, _ in cars], dtype=float)
    of_season = [sum(week.weight_weeks for week in weeks if week.season == season) for season in SEASONS]
    return FleetStates(
        car_weight=car_weight / car_weight.sum(), season_weight=np.array(of_season) / sum(of_season),
        capacity_kwh=np.array([capacity for _, _, capacity in cars]), hour_of_week=hours,
        steps_utc=tuple(week.steps_utc for week in shown),
        there_pu=dict(zip(PRESENCE, (plugged, at_home(plugged, habit)), strict=True)),
        stored_kwh={name: np.array(states) for name, states in stored.items()}, step_h=terms.step_h,
    )  # fmt: skip


def at_home(plugged_pu: FloatArray, habit_pu: FloatArray) -> FloatArray:
    """Chance that the car stands at home: surely where it is plugged in, by its habit at that hour where it is not.

    Never below what is plugged in: who counts all cars at home counts those on a plug too.
    """
    return np.asarray(np.maximum(plugged_pu, habit_pu))


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
