"""Turns a use case into its vehicles' problems and schedules week by week, where a case asks for more than yearly sums.

Vehicles, weeks and terms are those of the dispatch of use cases, drawn with the same seeds.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.dispatch.accounts import cash_streams
from analysis.dispatch.inputs import MarketWeek
from analysis.dispatch.options import charger_physics
from analysis.dispatch.problem import Dispatch, Strategy, VehicleProblem
from analysis.dispatch.promise import left_as_promised
from analysis.dispatch.strategies import Terms, build_problem, solve_strategies, terms_of
from analysis.dispatch.use_cases import owner_parameters
from analysis.evidence.laboratory import Laboratory
from analysis.fleet.site import site_share
from analysis.fleet.use_cases import UseCase, habit, seeded, vehicle_week

FloatArray = NDArray[np.float64]
STEP_H = 1.0


@dataclass(frozen=True)
class SiteWeek:
    """One week of a site: each vehicle's problem, and its schedules by strategy."""

    week: MarketWeek
    problems: tuple[VehicleProblem, ...]
    schedules: tuple[dict[Strategy, Dispatch], ...]

    def imported_kw(self, strategy: Strategy) -> FloatArray:
        """Import of all vehicles and their shares of the site's load, by step."""
        each = [
            np.maximum(problem.net_load_kw + found[strategy].charge_kw - found[strategy].discharge_kw, 0.0)
            for problem, found in zip(self.problems, self.schedules, strict=True)
        ]
        return np.asarray(np.sum(each, axis=0))

    def charged_kw(self, strategy: Strategy) -> FloatArray:
        """Charging power of all vehicles, by step."""
        return np.asarray(np.sum([found[strategy].charge_kw for found in self.schedules], axis=0))


@dataclass(frozen=True)
class Site:
    """The solved vehicles of a use case in the weeks that stand for a year."""

    terms: Terms
    weeks: tuple[SiteWeek, ...]

    def charging_sek(self, strategy: Strategy) -> float:
        """What charging costs the site's owner in a year, all vehicles; charging on the road is the driver's."""
        return sum(
            one.week.weight_weeks * self._paid_sek(one.week, problem, found, strategy)
            for one in self.weeks
            for problem, found in zip(one.problems, one.schedules, strict=True)
        )

    def load_sek(self) -> float:
        """What the site's own load costs in a year at the same prices, the power charge on its own peaks included."""
        return sum(
            one.week.weight_weeks * _load_sek(problem) for one in self.weeks for problem in one.problems
        )  # fmt: skip

    def peak_kw(self, strategy: Strategy) -> float:
        """Highest import of all vehicles and the site's load together."""
        return max(float(one.imported_kw(strategy).max()) for one in self.weeks)

    def _paid_sek(
        self, week: MarketWeek, problem: VehicleProblem, found: dict[Strategy, Dispatch], strategy: Strategy
    ) -> float:
        cash = cash_streams(problem, found[strategy], strategy, self.terms.tariff, week.spot_sek_per_kwh)
        return cash["net_cost_sek"] - cash["forced_charge_cost_sek"]


@dataclass(frozen=True)
class NamedWeeks:
    """Weeks of a case's own, under a name that tells them from all others."""

    name: str
    weeks: tuple[MarketWeek, ...]


def _load_sek(problem: VehicleProblem) -> float:
    """Import of the site's share without a vehicle; what its panels give beyond the load earns the price of export."""
    net = problem.net_load_kw
    taken, given = np.maximum(net, 0.0), np.maximum(-net, 0.0)
    energy = problem.step_h * float(taken @ problem.buy_sek_per_kwh - given @ problem.solar_price)
    return energy + (problem.peak.cost_sek(taken) if problem.peak is not None else 0.0)


def solved_site(
    laboratory: Laboratory, case: UseCase, price_year: int, vehicle_count: int,
    weeks: NamedWeeks | None = None, is_two_way: bool = True,
) -> Site:  # fmt: skip
    """Solve some vehicles of a use case under the strategies without reserves, as the owner of the charger pays.

    Parameters
    ----------
    weeks
        Other weeks than those that stand for the year; they are built without parameters.
    is_two_way
        Whether the strategies that discharge are solved too, which takes most of the time.

    Examples
    --------
    Its yearly cost is the ``net_cost_sek`` of ``Laboratory.use_case_values`` less the charging on the road.
    """

    def make(lab: Laboratory) -> Site:
        grid = lab.grid_terms(case.grid_tariff, price_year)
        terms = terms_of(owner_parameters(case, grid.parameters), (), STEP_H, lab.northern_pu(case.price_area),
                         grid.capacity)  # fmt: skip
        chosen = weeks.weeks if weeks else lab.market_weeks(case.price_area, price_year)
        by_vehicle = [_problems(lab, case, terms, chosen, vehicle) for vehicle in range(vehicle_count)]
        found = []
        for place, week in enumerate(chosen):
            problems = tuple(of_vehicle[place] for of_vehicle in by_vehicle)
            solved = tuple(solve_strategies(problem, (), is_two_way, terms.limits) for problem in problems)
            found.append(SiteWeek(week, problems, solved))
        return Site(terms, tuple(found))

    key = ("solved_site", case, price_year, vehicle_count, weeks.name if weeks else None, is_two_way)
    return laboratory.made(key, make)


def _problems(
    lab: Laboratory, case: UseCase, terms: Terms, weeks: Sequence[MarketWeek], vehicle: int
) -> list[VehicleProblem]:
    """One vehicle's problem in each week; the same draws as in the dispatch of use cases."""
    random = seeded(case, lab.settings.seed, vehicle)
    keeps = habit(case, random)
    charger = charger_physics(case.charger_option, terms.parameters)
    problems = []
    for week in weeks:
        share = site_share(case, week.steps_utc, week.load_kw, lab.settings.seed)
        plugged, driving = vehicle_week(case, keeps, week.season, len(week.steps_utc), STEP_H, random)
        problem = build_problem(
            terms, charger, week, plugged_pu=plugged, driving_dc_kwh=driving, load_kw=share.load_kw,
            capacity_kwh=case.battery_usable_kwh, solar_kw=share.solar_kw, site_limit_kw=share.limit_kw,
        )  # fmt: skip
        problems.append(left_as_promised(problem) if case.place == "visit" else problem)
    return problems
