"""Turns use cases and price weeks into what each is worth to the owner of the charger, by the dispatch of all cars.

The owner decides objective and split: a household pays its bill with VAT, a firm without, an aggregator keeps the fee
and buys without a supplier; what the vehicle's user gets is a share that the row states.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from analysis.dispatch.accounts import cash_streams, use_of_battery
from analysis.dispatch.capability import dischargeable_kw
from analysis.dispatch.inputs import MarketWeek
from analysis.dispatch.options import charger_physics
from analysis.dispatch.problem import Dispatch, Strategy, Vector, VehicleProblem
from analysis.dispatch.promise import left_as_promised
from analysis.dispatch.strategies import HOME, SMART, Terms, attainable, build_problem, solve_strategies, terms_of
from analysis.errors import DataError, Fault
from analysis.fleet.site import SiteShare, site_share
from analysis.fleet.use_cases import Habit, UseCase, habit, seeded, vehicle_week
from analysis.market.capacity_tariff import CapacityTariff
from analysis.settings.model import ReserveLevel
from analysis.settings.parameters import ParameterSet

WHOLE_PRICE = ReserveLevel(level_id="full", fcr_n_pu=1.0, fcr_d_pu=1.0)
DURATION_H = 1.0
ENERGY = ("charge_ac_kwh", "discharge_ac_kwh", "export_kwh", "solar_charge_kwh", "driving_dc_kwh", "full_cycle_count",
          "forced_charge_count")  # fmt: skip
SEASON_ORDER = ("winter", "spring", "summer", "autumn")


@dataclass(frozen=True)
class GridTerms:
    """What a grid tariff lays over a run: its parameters (energy fee, network benefit) and its power charge."""

    parameters: ParameterSet
    capacity: CapacityTariff | None = None


def season_weeks(weeks: Sequence[MarketWeek], per_season: int = 1) -> list[MarketWeek]:
    """Keep the heaviest weeks of each season and let them stand for all of it.

    Examples
    --------
    Two winter weeks that weigh 8 and 5 become one that weighs 13.
    """
    kept = []
    for season in SEASON_ORDER:
        found = sorted((week for week in weeks if week.season == season), key=lambda week: -week.weight_weeks)
        total = sum(week.weight_weeks for week in found)
        chosen = found[:per_season]
        share = sum(week.weight_weeks for week in chosen)
        kept += [replace(week, weight_weeks=week.weight_weeks * total / share) for week in chosen]
    return kept


def owner_parameters(case: UseCase, parameters: ParameterSet) -> ParameterSet:
    """Lay over the parameters what the owner of the charger and the vehicle's battery change.

    A firm deducts VAT, on charging on the road too. An aggregator sells and buys itself: neither its fee nor a
    supplier's margins are a cost to it.
    """
    laid: dict[str, float] = {}
    if case.tariff_kind == "firm":
        laid["trv.forced_charge_price"] = parameters["trv.forced_charge_price"] / (1 + parameters["ret.vat"])
        laid["ret.vat"] = 0.0
    if case.charger_owner == "aggregator":
        laid |= {"res.agg_fee": 0.0, "ret.supplier_markup": 0.0, "ret.export_margin": 0.0}
    if case.chemistry == "lfp":
        laid["deg.c_deg_nmc"] = parameters["deg.c_deg_lfp"]
    return parameters.with_values(laid)


def dispatch_use_cases(
    cases: Sequence[UseCase],
    weeks: Mapping[str, Sequence[MarketWeek]],
    grids: Mapping[str, GridTerms],
    *,
    price_year: int,
    step_h: float,
    seed: int,
    vehicle_count: int,
    northern_pu: Mapping[str, float],
    spot_only: bool = False,
) -> pd.DataFrame:
    """Solve a handful of vehicles of each case under every strategy open to it.

    # ASSUME: a power charge is billed on each vehicle's own peaks, with its share of the site's load. Peaks of a site
    # fall together only in part, so a charge on the site as a whole would be lower.

    # ASSUME: reserves earn the whole price of the year: a case is a few vehicles, not the whole market.

    Parameters
    ----------
    weeks
        Weeks by price area that stand for the year.
    grids
        Terms by the name of each grid tariff that a case has.
    seed, vehicle_count
        Seed of the run; how many vehicles of each case are drawn, at most those of its site.
    northern_pu
        Share of each area with reduced energy tax.
    spot_only
        Pay spot for spot, without tax, fee, margin, power charge, wear and standby, as some published runs do.

    Returns
    -------
    pd.DataFrame
        ``UseCaseValues``.

    Raises
    ------
    DataError
        For each case whose price area or grid tariff is not there.
    """
    _refuse_unknown(cases, weeks, grids)
    rows: list[dict[str, object]] = []
    for case in cases:
        terms = _terms(case, grids[case.grid_tariff], step_h, northern_pu[case.price_area], spot_only)
        year = _CaseYear(case, terms, seed)
        # a site with one vehicle is a house: several houses are drawn
        for vehicle in range(vehicle_count if case.vehicle_count == 1 else min(vehicle_count, case.vehicle_count)):
            year.add_vehicle(weeks[case.price_area], seeded(case, seed, vehicle))
        keys = {"use_case": case.use_case, "price_area": case.price_area, "price_year": price_year,
                "charger_option": case.charger_option, "charger_owner": case.charger_owner,
                "vehicle_count": case.vehicle_count, "simulated_count": year.vehicle_count}  # fmt: skip
        rows.extend({**keys, **row} for row in year.rows())
    return pd.DataFrame(rows)


def _refuse_unknown(
    cases: Sequence[UseCase], weeks: Mapping[str, Sequence[MarketWeek]], grids: Mapping[str, GridTerms]
) -> None:
    faults = [
        Fault(f"use_cases.csv {case.use_case}: {name}", value, f"one of {', '.join(sorted(known))}",
              "Change the row, or run the scenario with it.")
        for case in cases
        for name, value, known in (("price_area", case.price_area, weeks), ("grid_tariff", case.grid_tariff, grids))
        if value not in known
    ]  # fmt: skip
    if faults:
        raise DataError(faults)


FREE = ("loss.P_standby_enabled", "deg.c_deg_nmc", "ret.vat", "ret.energy_tax", "ret.grid_energy_fee",
        "ret.supplier_markup", "ret.export_margin", "ret.network_benefit")  # fmt: skip


def _terms(case: UseCase, grid: GridTerms, step_h: float, northern_pu: float, spot_only: bool) -> Terms:
    levels = (WHOLE_PRICE,) if case.market == "spot_and_reserves" else ()
    parameters = owner_parameters(case, grid.parameters)
    if spot_only:
        return terms_of(parameters.with_values(dict.fromkeys(FREE, 0.0)), levels, step_h)
    return terms_of(parameters, levels, step_h, northern_pu, grid.capacity)


@dataclass
class _Tally:
    """Sums of one strategy over vehicles and weeks; hourly sums over vehicles by week."""

    sums: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    discharge_kw: dict[str, Vector] = field(default_factory=dict)
    import_kw: dict[str, Vector] = field(default_factory=dict)

    def add(self, week: MarketWeek, amounts: Mapping[str, float], discharge_kw: Vector, import_kw: Vector) -> None:
        """Add one vehicle's week."""
        for name, amount in amounts.items():
            self.sums[name] += amount * week.weight_weeks
        for kept, power in ((self.discharge_kw, discharge_kw), (self.import_kw, import_kw)):
            kept[week.week_id] = kept.get(week.week_id, np.zeros(len(power))) + power


class _CaseYear:
    """Sums the vehicles and weeks of one case."""

    def __init__(self, case: UseCase, terms: Terms, seed: int) -> None:
        self.case, self.terms, self.seed = case, terms, seed
        self.charger = charger_physics(case.charger_option, terms.parameters)
        self.vehicle_count = 0
        self.tallies: dict[Strategy, _Tally] = defaultdict(_Tally)

    def add_vehicle(self, weeks: Sequence[MarketWeek], random: np.random.Generator) -> None:
        """Draw one vehicle's habit and weeks, and solve them."""
        keeps = habit(self.case, random)
        for week in weeks:
            problem = self._problem(week, keeps, random)
            solved = solve_strategies(problem, self.terms.levels, True, self.terms.limits)
            enrolled = attainable(problem, solved[SMART])
            for strategy, schedule in solved.items():
                if strategy == HOME and not self.case.has_site:
                    continue
                amounts = self._amounts(week, problem, schedule, strategy)
                able = dischargeable_kw(enrolled, schedule, DURATION_H)
                amounts["deliverable_kw_h"] = problem.step_h * float(able.sum())
                imported = np.maximum(problem.net_load_kw + schedule.charge_kw - schedule.discharge_kw, 0.0)
                self.tallies[strategy].add(
                    week, amounts, _hourly(schedule.discharge_kw, problem.step_h), _hourly(imported, problem.step_h)
                )
        self.vehicle_count += 1

    def _problem(self, week: MarketWeek, keeps: Habit, random: np.random.Generator) -> VehicleProblem:
        case, step_h = self.case, self.terms.step_h
        share: SiteShare = site_share(case, week.steps_utc, week.load_kw, self.seed)
        plugged, driving = vehicle_week(case, keeps, week.season, len(week.steps_utc), step_h, random)
        problem = build_problem(
            self.terms, self.charger, week, plugged_pu=plugged, driving_dc_kwh=driving, load_kw=share.load_kw,
            capacity_kwh=case.battery_usable_kwh, solar_kw=share.solar_kw, site_limit_kw=share.limit_kw,
        )  # fmt: skip
        return left_as_promised(problem) if case.place == "visit" else problem

    def _amounts(
        self, week: MarketWeek, problem: VehicleProblem, schedule: Dispatch, strategy: Strategy
    ) -> dict[str, float]:
        cash = cash_streams(problem, schedule, strategy, self.terms.tariff, week.spot_sek_per_kwh)
        use = use_of_battery(problem, schedule, self.case.battery_usable_kwh)
        kept = {name: use[name] for name in (*ENERGY, "plugged_h", "horizon_h")}
        return {**kept, **{name: cash[name] for name in ("net_cost_sek", "reserve_net_revenue_sek")}}

    def rows(self) -> Iterator[dict[str, object]]:
        """One row a strategy: the mean vehicle."""
        count, case = self.vehicle_count, self.case
        smart_sek = self.tallies[SMART].sums["net_cost_sek"]
        fee = self.terms.parameters["res.agg_fee"]
        for strategy, tally in self.tallies.items():
            sums = tally.sums
            value = (smart_sek - sums["net_cost_sek"]) / count
            handed = case.user_share_pu * value if strategy.is_two_way else 0.0
            yield {
                "strategy": self._name(strategy),
                "net_cost_sek": sums["net_cost_sek"] / count,
                "net_value_over_smart_sek": value,
                "net_owner_sek": value - handed,
                "net_user_sek": handed,
                "aggregator_fee_sek": sums["reserve_net_revenue_sek"] * fee / (1 - fee) / count,
                **{name: sums[name] / count for name in ENERGY},
                "plugged_pu": sums["plugged_h"] / sums["horizon_h"],
                "deliverable_1h_kw": sums["deliverable_kw_h"] / sums["plugged_h"] if sums["plugged_h"] > 0 else 0.0,
                "joint_discharge_max_kw": _highest(tally.discharge_kw) / count,
                "peak_import_ac_kw": _highest(tally.import_kw) / count,
            }

    def _name(self, strategy: Strategy) -> str:
        is_building = strategy == HOME and self.case.charger_owner != "household"
        return "building" if is_building else strategy.name


def _hourly(power_kw: Vector, step_h: float) -> Vector:
    """Hourly means; the horizon is whole hours."""
    return np.asarray(power_kw.reshape(-1, round(1 / step_h)).mean(axis=1))


def _highest(by_week: Mapping[str, Vector]) -> float:
    return max(float(power.max()) for power in by_week.values())
