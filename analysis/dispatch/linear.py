"""Solves one vehicle's problem by linear programming on HiGHS; one model serves all strategies and price levels.

What is not linear is found by branching (:mod:`analysis.dispatch.branching`). Source: METHODS 3.1-3.5.
"""

from collections.abc import Sequence

import highspy
import numpy as np

from analysis.dispatch.branching import DEFAULT_LIMITS, Change, Search, SearchLimits, charging_kw
from analysis.dispatch.columns import Layout, end_bounds, lay_out, node_bounds, rows_of
from analysis.dispatch.flows import (
    activation_costs,
    house_peak_sek,
    net_stored_kwh,
    offered_prices,
    within_site,
    without_gaps,
)
from analysis.dispatch.problem import FORCED_PENALTY_SEK_PER_KWH, Dispatch, Strategy, Vector, VehicleProblem
from analysis.dispatch.shadow import ShadowPrices, shadow_prices_of
from analysis.errors import DataError, Fault

ROUNDING_KWH = 1e-7

SETTLED = (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kInfeasible)


class LinearModel:
    """One vehicle's horizon in HiGHS, with or without the reserve rows.

    Build it once per vehicle and week; :meth:`solve` changes costs and bounds only.

    Parameters
    ----------
    problem
        The car, its site and its prices.
    with_reserves
        Whether to build the rows of METHODS 3.4; without them the model is a third of the size.
    most_forced_kwh
        Charging on the road by step that no schedule may exceed on any outing (that of one-way charging); no limit
        by default.
    """

    def __init__(self, problem: VehicleProblem, with_reserves: bool, most_forced_kwh: Vector | None = None) -> None:
        if np.isfinite(problem.horizon_discharge_limit_h):
            raise DataError(Fault("dispatch problem: horizon_discharge_limit_h", "a budget of hours",
                                  "none: it counts whole steps, which no linear row does",
                                  "Use the dynamic engine or the mixed-integer programme."))  # fmt: skip
        self.problem = problem = within_site(problem)
        self.layout = lay_out(problem, with_reserves)
        self.with_reserves = with_reserves
        self.most_forced_kwh = most_forced_kwh
        self._highs = _new_solver()
        self.rows = rows_of(problem, self.layout)
        matrix, lower, upper = self.rows.matrix()
        count = self.layout.column_count
        self._all = np.arange(count, dtype=np.int32)
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = count, matrix.shape[0]
        model.offset_ = -house_peak_sek(problem)
        model.col_cost_, model.col_lower_ = np.zeros(count), np.zeros(count)
        model.col_upper_ = np.full(count, np.inf)
        model.row_lower_, model.row_upper_ = lower, upper
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.num_col_, model.a_matrix_.num_row_ = count, matrix.shape[0]
        model.a_matrix_.start_ = matrix.indptr
        model.a_matrix_.index_ = matrix.indices
        model.a_matrix_.value_ = matrix.data
        self._highs.passModel(model)

    def solve(
        self,
        strategy: Strategy,
        known_sek: float = np.inf,
        limits: SearchLimits = DEFAULT_LIMITS,
    ) -> Dispatch | None:
        """Find the cheapest schedule of a strategy.

        Parameters
        ----------
        strategy
            What the car may do.
        known_sek
            Objective of a schedule already known to be allowed (the one-way optimum); branches that cannot beat it
            are cut.
        limits
            When to stop.

        Returns
        -------
        Dispatch | None
            None when nothing beats ``known_sek``.

        Raises
        ------
        DataError
            If the problem has no schedule at all (a floor above a ceiling, an unbounded price).
        """
        search = self._search(strategy, known_sek, limits)
        if search.best is None:
            if np.isinf(known_sek):
                raise _no_schedule(strategy, search.status)
            return None
        return _dispatch_of(self, search)

    def shadow_prices(self, strategy: Strategy, limits: SearchLimits = DEFAULT_LIMITS) -> ShadowPrices:
        """Solve a strategy and give what one more unit of each limit would save at its schedule.

        V2X on or off by day and the direction of each step are held at the optimum: prices are those of the linear
        programme that remains.

        Raises
        ------
        DataError
            If the problem has no schedule at all.
        """
        search = self._search(strategy, np.inf, limits)
        if search.best is None:
            raise _no_schedule(strategy, search.status)
        days = self.layout.block("day")
        on = np.round(search.best[days])
        held = (*search.best_changes, (np.arange(days.start, days.stop), on, on))
        self.run(search.lower, search.upper, held)
        solution = self._highs.getSolution()
        return shadow_prices_of(self.problem, self.layout, self.rows.marks, np.asarray(solution.col_value),
                                np.asarray(solution.row_dual), np.asarray(solution.col_dual))  # fmt: skip

    def _search(self, strategy: Strategy, known_sek: float, limits: SearchLimits) -> Search:
        if strategy.sells_reserves and not self.with_reserves:
            raise ValueError("build the model with_reserves to sell reserves")
        moved = activation_costs(self.problem) if self.with_reserves else ()  # wear may have been set anew
        cost = _costs(self.problem, self.layout, strategy, moved)
        lower, upper = _bounds(self.problem, self.layout, strategy, self.most_forced_kwh)
        self._highs.changeColsCost(len(self._all), self._all, cost)
        search = Search(self, lower, upper, known_sek, limits)
        search.run()
        return search

    def run(self, lower: Vector, upper: Vector, changes: Sequence[Change]) -> tuple[str, float, Vector]:
        """Set all bounds, lay changes over them, solve from the last basis; give status, objective and columns."""
        self._highs.changeColsBounds(len(self._all), self._all, lower, upper)
        for columns, lower, upper in changes:
            self._highs.changeColsBounds(len(columns), columns.astype(np.int32), lower, upper)
        status = self._run_once()
        if status not in SETTLED:
            # a basis carried over from another strategy may stall: start afresh, once
            self._highs.clearSolver()
            status = self._run_once()
        text = str(self._highs.modelStatusToString(status))
        if status not in SETTLED:
            raise DataError(Fault("dispatch", f"solver status {text}", "optimal or infeasible", "Check the prices."))
        if status != highspy.HighsModelStatus.kOptimal:
            return text, np.inf, np.empty(0)
        values = np.asarray(self._highs.getSolution().col_value)
        return text, float(self._highs.getInfo().objective_function_value), values

    def _run_once(self) -> highspy.HighsModelStatus:
        self._highs.run()
        return self._highs.getModelStatus()


def _no_schedule(strategy: Strategy, status: str) -> DataError:
    return DataError(Fault(f"dispatch {strategy.name}", f"solver status {status}", "a feasible schedule",
                           "Check floor, ceiling and prices of the vehicle."))  # fmt: skip


def _new_solver() -> highspy.Highs:
    """One thread, no presolve (the basis is kept between solves), fixed seed: the same input gives the same bytes."""
    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    highs.setOptionValue("parallel", "off")
    highs.setOptionValue("presolve", "off")
    highs.setOptionValue("random_seed", 0)
    return highs


def _costs(problem: VehicleProblem, layout: Layout, strategy: Strategy, moved_sek: Sequence[Vector]) -> Vector:
    """Cost of each column: energy at the household's marginal price, wear, reserves net of fee and margin.

    ``moved_sek`` is the cost of activation of each product; empty: no reserves.
    """
    cost = np.zeros(layout.column_count)
    steps, step, wear = layout.steps, problem.step_h, problem.wear_sek_per_kwh
    buy, sell = problem.buy_sek_per_kwh, problem.sell_sek_per_kwh
    cost[layout.block("charge")] = step * buy[steps]
    cost[layout.block("load")] = step * (wear - buy[steps])
    cost[layout.block("export")] = step * (wear - sell[steps])
    cost[layout.block("forced")] = problem.forced_charge_sek_per_kwh + FORCED_PENALTY_SEK_PER_KWH
    cost[layout.block("surplus")] = step * problem.solar_price[steps[layout.surplus_at]]
    if problem.peak is not None:
        cost[layout.block("peak")] = problem.peak.price_sek_per_kw
        cost[layout.block("over")] = (problem.peak.price_sek_per_kw / problem.peak.peak_count)[
            problem.peak.period_of_slot
        ]
    offered = offered_prices(problem, strategy) if moved_sek else ()
    for product, price, moved in zip(layout.products, offered, moved_sek, strict=bool(moved_sek)):
        per_step = step * (moved - problem.reserve_net_pu * without_gaps(price))
        starts = layout.hour_starts
        cost[layout.block(product.name)] = sum(per_step[starts + offset] for offset in range(layout.hours_per_offer))
    if not layout.is_periodic:
        cost[layout.block("end")] = 0.0, -problem.terminal_sek_per_kwh
    return cost


def _bounds(
    problem: VehicleProblem, layout: Layout, strategy: Strategy, most_forced_kwh: Vector | None
) -> tuple[Vector, Vector]:
    lower, upper = np.zeros(layout.column_count), np.zeros(layout.column_count)
    energy, steps = layout.block("energy"), layout.steps
    lower[energy], upper[energy] = node_bounds(problem, layout)
    upper[layout.block("charge")] = problem.charge_limit_kw[steps]
    upper[layout.block("load")] = problem.load_limit_kw[steps] * strategy.self_use
    upper[layout.block("export")] = problem.discharge_limit_kw[steps] * strategy.export
    upper[layout.block("forced")] = np.inf
    if most_forced_kwh is not None:
        by_node = np.bincount(layout.node_of_step, weights=most_forced_kwh, minlength=layout.node_count)
        upper[layout.block("forced")] = by_node[layout.forced_nodes] + ROUNDING_KWH
    upper[layout.block("day")] = float(strategy.is_two_way or strategy.sells_reserves)
    lower[layout.block("day")] = float(strategy.always_on)
    upper[layout.block("surplus")] = problem.surplus_limit_kw[steps[layout.surplus_at]]
    upper[layout.block("spill")] = problem.spill_limit_kw[steps[layout.spill_at]]
    upper[layout.blocks["peak"].start :] = np.inf
    starts = layout.hour_starts
    offered = offered_prices(problem, strategy) if len(starts) else ()
    for product, price in zip(layout.products, offered, strict=bool(len(starts))):
        shut = np.isnan(price[starts]) | (strategy.level_pu(product) <= 0)
        upper[layout.block(product.name)] = np.where(shut, 0.0, np.inf)
    if not layout.is_periodic:
        lower[layout.block("end")], upper[layout.block("end")] = end_bounds(problem)
    _hold_committed(problem, layout, strategy, lower, upper)
    return lower, upper


def _hold_committed(problem: VehicleProblem, layout: Layout, strategy: Strategy, lower: Vector, upper: Vector) -> None:
    """Hold V2X on or off on days on which it was settled, and offers to what was sold."""
    settled = problem.committed.get("enabled_pu")
    if settled is not None and (strategy.is_two_way or strategy.sells_reserves):
        by_day = settled[np.searchsorted(layout.day_of_step, np.arange(layout.day_count))]
        days = layout.block("day").start + np.flatnonzero(np.isfinite(by_day))
        lower[days] = upper[days] = by_day[np.isfinite(by_day)]
    for product in layout.products:
        sold = problem.committed.get(f"{product.name}_kw")
        if sold is not None:
            most = np.where(np.isnan(sold), np.inf, sold)[layout.hour_starts]
            offers = layout.block(product.name)
            upper[offers] = np.minimum(upper[offers], most)


def _dispatch_of(model: LinearModel, search: Search) -> Dispatch:
    """Spread the columns over the steps of the horizon and rebuild the state step by step."""
    assert search.best is not None
    problem, layout, columns = model.problem, model.layout, search.best
    count = problem.step_count

    def by_step(power: Vector) -> Vector:
        spread = np.zeros(count)
        spread[layout.steps] = np.maximum(power, 0.0)
        return spread

    def by_hour(name: str) -> Vector:
        spread = np.zeros(count)
        for offset in range(layout.hours_per_offer):
            spread[layout.hour_starts + offset] = np.maximum(columns[layout.block(name)], 0.0)
        return spread

    forced = _forced_by_step(problem, layout, columns)
    enabled = np.round(columns[layout.block("day")])[layout.day_of_step]
    start = float(columns[layout.block("energy")][0])
    flows = {
        "charge_kw": by_step(charging_kw(layout, columns)),
        "load_discharge_kw": by_step(columns[layout.block("load")]),
        "export_discharge_kw": by_step(columns[layout.block("export")]),
        "forced_dc_kwh": forced,
        "enabled_pu": enabled,
        **{f"{product.name}_kw": by_hour(product.name) for product in layout.products},
    }
    state = start + np.r_[0.0, np.cumsum(net_stored_kwh(problem, **flows))]
    return Dispatch(
        **flows,
        state_kwh=state,
        objective_sek=search.best_sek - FORCED_PENALTY_SEK_PER_KWH * float(forced.sum()),
        solve_count=search.solve_count,
        simultaneous_count=len(search.simultaneous),
        gap_sek=max(search.best_sek - search.bound_sek, 0.0),
    )


def _forced_by_step(problem: VehicleProblem, layout: Layout, columns: Vector) -> Vector:
    """Put charging on the road into the steps in which the car would fall below its floor."""
    forced = np.zeros(problem.step_count)
    energy = columns[layout.block("energy")]
    for node, amount in zip(layout.forced_nodes, columns[layout.block("forced")], strict=True):
        if amount <= 0:
            continue
        state, left = float(energy[node]), float(amount)
        driven = np.flatnonzero((layout.node_of_step == node) & (problem.driving_dc_kwh > 0))
        for step in driven:
            state -= float(problem.driving_dc_kwh[step])
            taken = min(left, max(problem.floor_kwh - state, 0.0))
            forced[step], state, left = taken, state + taken, left - taken
        forced[driven[-1]] += left
    return forced
