"""Solves one vehicle's problem by linear programming on HiGHS; one model serves all strategies and price levels.

What is not linear is found by branching on bounds alone, so that every node starts from the basis of the one before:
whether V2X is switched on that day (standby is drawn all day when it is), and steps in which the relaxed schedule
charges and discharges at once (profitable when the price of import is negative) or exports before it has served the
house (profitable when export pays more than import costs).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import highspy
import numpy as np

from analysis.dispatch.columns import Index, Layout, end_bounds, lay_out, node_bounds, rows_of
from analysis.dispatch.flows import activation_costs, net_stored_kwh, offered_prices, without_gaps
from analysis.dispatch.problem import FORCED_PENALTY_SEK_PER_KWH, Dispatch, Strategy, Vector, VehicleProblem
from analysis.errors import DataError, Fault

ROUNDING_KWH = 1e-7
FLOW_TOLERANCE_KW = 1e-6
ON_TOLERANCE = 1e-6

SETTLED = (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kInfeasible)

Change = tuple[Index, Vector, Vector]


@dataclass(frozen=True)
class SearchLimits:
    """When the search over days and steps stops: proven gap (absolute and relative) or number of solves."""

    gap_sek: float = 0.01
    gap_pu: float = 1e-4
    solve_count: int = 200


DEFAULT_LIMITS = SearchLimits()


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
        self.problem = problem
        self.layout = lay_out(problem, with_reserves)
        self.with_reserves = with_reserves
        self.most_forced_kwh = most_forced_kwh
        self._highs = _new_solver()
        matrix, lower, upper = rows_of(problem, self.layout)
        count = self.layout.column_count
        self._all = np.arange(count, dtype=np.int32)
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = count, matrix.shape[0]
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
        if strategy.sells_reserves and not self.with_reserves:
            raise ValueError("build the model with_reserves to sell reserves")
        cost = _costs(self.problem, self.layout, strategy)
        lower, upper = _bounds(self.problem, self.layout, strategy, self.most_forced_kwh)
        self._highs.changeColsCost(len(self._all), self._all, cost)
        search = _Search(self, lower, upper, known_sek, limits)
        search.run()
        if search.best is None:
            if np.isinf(known_sek):
                raise DataError(
                    Fault(f"dispatch {strategy.name}", f"solver status {search.status}", "a feasible schedule",
                          "Check floor, ceiling and prices of the vehicle.")
                )  # fmt: skip
            return None
        return _dispatch_of(self, search)

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


def _new_solver() -> highspy.Highs:
    """One thread, no presolve (the basis is kept between solves), fixed seed: the same input gives the same bytes."""
    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    highs.setOptionValue("parallel", "off")
    highs.setOptionValue("presolve", "off")
    highs.setOptionValue("random_seed", 0)
    return highs


def _costs(problem: VehicleProblem, layout: Layout, strategy: Strategy) -> Vector:
    """Cost of each column: energy at the household's marginal price, wear, reserves net of fee and margin."""
    cost = np.zeros(layout.column_count)
    steps, step, wear = layout.steps, problem.step_h, problem.wear_sek_per_kwh
    buy, sell = problem.buy_sek_per_kwh, problem.sell_sek_per_kwh
    cost[layout.block("charge")] = step * buy[steps]
    cost[layout.block("load")] = step * (wear - buy[steps])
    cost[layout.block("export")] = step * (wear - sell[steps])
    cost[layout.block("forced")] = problem.forced_charge_sek_per_kwh + FORCED_PENALTY_SEK_PER_KWH
    for name, price, moved in zip(("n", "up", "down"), offered_prices(problem, strategy),
                                  activation_costs(problem), strict=True):  # fmt: skip
        per_step = step * (moved - problem.reserve_net_pu * without_gaps(price))
        starts = layout.hour_starts
        cost[layout.block(name)] = sum(per_step[starts + offset] for offset in range(layout.hours_per_offer))
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
    starts = layout.hour_starts
    for name, price, share in zip(("n", "up", "down"), offered_prices(problem, strategy),
                                  (strategy.fcr_n_pu, strategy.fcr_d_pu, strategy.fcr_d_pu), strict=True):  # fmt: skip
        upper[layout.block(name)] = np.where(np.isnan(price[starts]) | (share <= 0), 0.0, np.inf)
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
    for name, flow in (("n", "fcr_n_kw"), ("up", "fcr_d_up_kw"), ("down", "fcr_d_down_kw")):
        sold = problem.committed.get(flow)
        if sold is not None:
            most = np.where(np.isnan(sold), np.inf, sold)[layout.hour_starts]
            upper[layout.block(name)] = np.minimum(upper[layout.block(name)], most)


class _Search:
    """Depth-first branch and bound over days on/off and over steps that must choose a direction."""

    def __init__(
        self, model: LinearModel, lower: Vector, upper: Vector, known_sek: float, limits: SearchLimits
    ) -> None:
        self.model, self.limits = model, limits
        self.lower, self.upper = lower, upper
        self.best: Vector | None = None
        self.best_sek = known_sek
        self.bound_sek = np.inf
        self.solve_count = 0
        self.simultaneous: set[int] = set()
        self.status = "not solved"

    def run(self) -> None:
        """Walk the tree; the bound of unexplored branches gives the proven gap."""
        stack: list[tuple[tuple[Change, ...], float]] = [((), -np.inf)]
        while stack:
            changes, parent = stack.pop()
            if parent >= self._cut():
                self._note_bound(parent)
                continue
            if self.solve_count >= self.limits.solve_count and (self.best is not None or np.isfinite(self.best_sek)):
                self._note_bound(parent)
                continue
            self.status, value, columns = self.model.run(self.lower, self.upper, changes)
            self.solve_count += 1
            if value >= self._cut():
                self._note_bound(value)
                continue
            branch = self._branch(columns)
            if branch is None:
                self.best, self.best_sek = columns, value
                self._note_bound(value)
                continue
            stack.extend(((*changes, choice), value) for choice in branch)

    def _cut(self) -> float:
        if np.isinf(self.best_sek):
            return np.inf
        return self.best_sek - max(self.limits.gap_sek, self.limits.gap_pu * abs(self.best_sek))

    def _note_bound(self, value: float) -> None:
        self.bound_sek = min(self.bound_sek, value)

    def _branch(self, columns: Vector) -> tuple[Change, Change] | None:
        """Give the two ways on where the relaxed schedule cannot stand; None where it can. The last is tried first."""
        wrong = self._simultaneous(columns)
        if wrong is not None:
            return wrong
        block = self.model.layout.block("day")
        days = columns[block]
        open_days = np.minimum(days, 1 - days)
        if open_days.max(initial=0.0) <= ON_TOLERANCE:
            return None
        day = block.start + int(open_days.argmax())
        off, on = self._fix(day, 0.0, 0.0), self._fix(day, 1.0, 1.0)
        return (off, on) if columns[day] > 0.5 else (on, off)

    @staticmethod
    def _fix(column: int, lower: float, upper: float) -> Change:
        return np.array([column]), np.array([lower]), np.array([upper])

    def _simultaneous(self, columns: Vector) -> tuple[Change, Change] | None:
        layout = self.model.layout
        charge, load, export = (columns[layout.block(name)] for name in ("charge", "load", "export"))
        overlap = np.minimum(charge, load + export)
        at = int(overlap.argmax()) if len(overlap) else 0
        if len(overlap) and overlap[at] > FLOW_TOLERANCE_KW:
            self.simultaneous.add(int(layout.steps[at]))
            out = np.array([layout.block("load").start + at, layout.block("export").start + at])
            zero = np.zeros(2)
            return self._fix(layout.block("charge").start + at, 0.0, 0.0), (out, zero, zero)
        room = self.upper[layout.block("load")] - load
        early = np.where(room > FLOW_TOLERANCE_KW, export, 0.0)
        at = int(early.argmax()) if len(early) else 0
        if not len(early) or early[at] <= FLOW_TOLERANCE_KW or self.upper[layout.block("load")][at] <= 0:
            return None
        self.simultaneous.add(int(layout.steps[at]))
        most = float(self.upper[layout.block("load")][at])
        return self._fix(layout.block("load").start + at, most, most), self._fix(
            layout.block("export").start + at, 0.0, 0.0
        )


def _dispatch_of(model: LinearModel, search: _Search) -> Dispatch:
    """Spread the columns over the steps of the horizon and rebuild the state step by step."""
    assert search.best is not None
    problem, layout, columns = model.problem, model.layout, search.best
    count = problem.step_count

    def by_step(name: str) -> Vector:
        spread = np.zeros(count)
        spread[layout.steps] = np.maximum(columns[layout.block(name)], 0.0)
        return spread

    def by_hour(name: str) -> Vector:
        spread = np.zeros(count)
        for offset in range(layout.hours_per_offer):
            spread[layout.hour_starts + offset] = np.maximum(columns[layout.block(name)], 0.0)
        return spread

    forced = _forced_by_step(problem, layout, columns)
    enabled = np.round(columns[layout.block("day")])[layout.day_of_step]
    start = float(columns[layout.block("energy")][0])
    flows = {"charge_kw": by_step("charge"), "load_discharge_kw": by_step("load"),
             "export_discharge_kw": by_step("export"), "forced_dc_kwh": forced, "fcr_n_kw": by_hour("n"),
             "fcr_d_up_kw": by_hour("up"), "fcr_d_down_kw": by_hour("down"), "enabled_pu": enabled}  # fmt: skip
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
