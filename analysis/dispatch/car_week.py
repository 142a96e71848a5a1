"""Shows one car's week step by step under several strategies: what it paid, did, offered and held."""

from collections.abc import Iterable

import pandas as pd

from analysis.dispatch.inputs import MarketWeek
from analysis.dispatch.options import ChargerPhysics
from analysis.dispatch.problem import Dispatch, Strategy, Vector, VehicleProblem
from analysis.dispatch.strategies import Terms, build_problem, solve_strategies
from analysis.errors import DataError, Fault


def car_week(
    terms: Terms,
    charger: ChargerPhysics,
    week: MarketWeek,
    *,
    plugged_pu: Vector,
    driving_dc_kwh: Vector,
    load_kw: Vector,
    capacity_kwh: float,
) -> pd.DataFrame:
    """Solve the week as a run does and give every step (grain: strategy × step; columns of CarWeek below the keys).

    Of the reserve levels only the first is shown, the year's full price.
    """
    problem = build_problem(
        terms, charger, week, plugged_pu=plugged_pu, driving_dc_kwh=driving_dc_kwh, load_kw=load_kw,
        capacity_kwh=capacity_kwh,
    )  # fmt: skip
    solved = solve_strategies(problem, terms.levels[:1], charger.is_bidirectional, terms.limits)
    steps = [_steps(problem, week, strategy, schedule, capacity_kwh) for strategy, schedule in solved.items()]
    return pd.concat(steps, ignore_index=True)


def _steps(
    problem: VehicleProblem, week: MarketWeek, strategy: Strategy, schedule: Dispatch, capacity_kwh: float
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "strategy": strategy.name,
            "interval_start_utc": week.steps_utc,
            "spot_sek_per_kwh": week.spot_sek_per_kwh,
            "buy_sek_per_kwh": problem.buy_sek_per_kwh,
            "sell_sek_per_kwh": problem.sell_sek_per_kwh,
            "plugged_pu": problem.plugged_pu,
            "charge_kw": schedule.charge_kw,
            "discharge_kw": schedule.discharge_kw,
            "fcr_n_kw": schedule.fcr_n_kw,
            "fcr_d_up_kw": schedule.fcr_d_up_kw,
            "fcr_d_down_kw": schedule.fcr_d_down_kw,
            "state_pu": schedule.state_kwh[:-1] / capacity_kwh,
            "required_pu": problem.required_kwh / capacity_kwh,
        }
    )


def busiest_week(weeks: Iterable[MarketWeek], driven: dict[tuple[str, str], tuple[Vector, Vector]], vehicle_id: str
                 ) -> MarketWeek:  # fmt: skip
    """Pick the winter week in which the car is plugged in most; the first of equals.

    Raises
    ------
    DataError
        If the car has no winter week.
    """
    known = [week for week in weeks if week.season == "winter" and (vehicle_id, week.week_id) in driven]
    if not known:
        raise DataError(
            Fault(
                f"availability_weeks {vehicle_id}",
                "no winter week",
                "at least one",
                "Show a car of the dispatch sample.",
            )
        )
    return max(known, key=lambda week: float(driven[vehicle_id, week.week_id][0].sum()))
