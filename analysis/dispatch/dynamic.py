"""Solves one car's problem by dynamic programming, compiled: the production engine beside ``linear``, its reference.

Where the problem is convex and sells no reserves the optimum is exact (``thresholds``); else a grid of stored energy
is walked (``grid_back``, ``grid_on``): reserves, V2X on or off by the day, losses by power, least power, prices below
zero.
"""

from dataclasses import dataclass, replace

import numpy as np

from analysis.dispatch import grid_back, grid_on, moves, thresholds
from analysis.dispatch.flows import (
    activation_costs,
    activation_drain_kwh,
    net_stored_kwh,
    offered_prices,
)
from analysis.dispatch.problem import FORCED_PENALTY_SEK_PER_KWH, Dispatch, Strategy, Vector, VehicleProblem
from analysis.dispatch.reserve_vertices import binding_matrix, dual_bases
from analysis.units import HOURS_PER_DAY

PREFIX_DAYS = 14
PASSES = 6
ROUNDS = 8
CLOSED_KWH = 1e-7
CLOSING_SEK_PER_KWH = 20.0
NODES = 41
"""Nodes between the floor and the daily limit; see ``data/results/bench.csv`` for what fewer and more cost and miss."""
FIRST_GUESS_PU = 0.6


@dataclass(frozen=True)
class EnergyPieces:
    """What a stored kWh costs or earns in each step: charge, serve the house, export; battery side.

    ``slopes`` in SEK per kWh stored (negative: energy is worth that), ``lengths`` in kWh; step × 3. ``is_convex``:
    whether charging and discharging at once, or exporting before serving the house, would never pay.
    """

    slopes: Vector
    lengths: Vector
    is_convex: bool


def energy_pieces(problem: VehicleProblem, strategy: Strategy) -> EnergyPieces:
    """Lay out a step's choices by what they are worth per stored kWh (constant efficiencies, no reserves)."""
    slopes, lengths = np.empty((problem.step_count, 3)), np.empty((problem.step_count, 3))
    discharge_kw = problem.discharge_limit_kw * float(strategy.is_two_way)
    convex = thresholds.lay_choices(
        problem.buy_sek_per_kwh, problem.sell_sek_per_kwh, problem.charge_limit_kw,
        np.minimum(problem.load_limit_kw, discharge_kw) * float(strategy.self_use), discharge_kw,
        problem.load_efficiency_pu, problem.charge_efficiency_pu, problem.discharge_efficiency_pu,
        problem.wear_sek_per_kwh, problem.step_h, strategy.export, slopes, lengths,
    )  # fmt: skip
    return EnergyPieces(slopes, lengths, bool(convex))


def solve(problem: VehicleProblem, strategy: Strategy, nodes: int = NODES) -> Dispatch | None:
    """Find the cheapest schedule of a strategy.

    Parameters
    ----------
    problem
        The car, its site and its prices; any whole number of days.
    strategy
        What the car may do.
    nodes
        Nodes of the grid between floor and daily limit, where a grid is needed.

    Returns
    -------
    Dispatch | None
        None where this engine does not hold: a daily limit on discharge, reserves sold in steps shorter than an hour,
        an open horizon, anything settled before, what :attr:`VehicleProblem.extras` names, or a period that does not
        close. The caller falls back to ``linear`` and says so.
    """
    if np.isfinite(problem.daily_discharge_limit_kwh) or (strategy.sells_reserves and problem.step_h != 1.0):
        return None
    if not problem.is_periodic or problem.committed or problem.extras:
        return None
    plain = problem.curve is None and problem.least_charge_kw <= 0.0 and not strategy.sells_reserves
    if plain and (not strategy.is_two_way or problem.standby_kw <= 0.0):
        pieces = energy_pieces(problem, strategy)
        if pieces.is_convex:
            return solve_energy(problem, strategy, pieces)
    return solve_grid(problem, strategy, nodes)


def solve_energy(problem: VehicleProblem, strategy: Strategy, pieces: EnergyPieces) -> Dispatch | None:
    """Find the optimum of a convex problem without reserves: exact, no grid.

    Returns
    -------
    Dispatch | None
        None where no schedule closes the period.

    Raises
    ------
    ValueError
        If the pieces are not convex: the rule would be wrong.
    """
    if not pieces.is_convex:
        raise ValueError("energy pieces are not convex; solve by the grid")
    flows = np.zeros((4, problem.step_count))
    road = problem.forced_charge_sek_per_kwh + FORCED_PENALTY_SEK_PER_KWH
    prefix = min(problem.step_count, round(PREFIX_DAYS * HOURS_PER_DAY / problem.step_h))
    data = (problem.driving_dc_kwh, pieces.slopes, pieces.lengths, -road, problem.floor_kwh, problem.ceiling_kwh)
    start, passes, failed = thresholds.solve_closed(*data, prefix, PASSES, flows)
    if failed >= 0:
        return None
    if not passes:
        start, cost = thresholds.search_start(*data, flows)
        if not np.isfinite(cost):
            return None
    state, zero = np.empty(problem.step_count + 1), np.zeros(problem.step_count)
    cost = thresholds.lay_schedule(
        start, flows, problem.driving_dc_kwh, problem.buy_sek_per_kwh, problem.sell_sek_per_kwh,
        problem.load_efficiency_pu, problem.charge_efficiency_pu, problem.discharge_efficiency_pu,
        problem.wear_sek_per_kwh, problem.step_h, problem.forced_charge_sek_per_kwh, state,
    )  # fmt: skip
    return Dispatch(
        charge_kw=flows[0], load_discharge_kw=flows[1], export_discharge_kw=flows[2], forced_dc_kwh=flows[3],
        fcr_n_kw=zero, fcr_d_up_kw=zero, fcr_d_down_kw=zero,
        enabled_pu=np.full(problem.step_count, float(strategy.is_two_way)), state_kwh=state,
        objective_sek=float(cost), solve_count=max(passes, 1),
    )  # fmt: skip


def objective_sek(problem: VehicleProblem, strategy: Strategy, schedule: Dispatch) -> float:
    """Cost of a schedule, SEK: energy at the margin, wear, road, less reserves net of fee and activation."""
    buy, sell, wear = problem.buy_sek_per_kwh, problem.sell_sek_per_kwh, problem.wear_sek_per_kwh
    cost = schedule.charge_kw @ buy - schedule.load_discharge_kw @ (buy - wear)
    cost -= schedule.export_discharge_kw @ (sell - wear)
    offers = (schedule.fcr_n_kw, schedule.fcr_d_up_kw, schedule.fcr_d_down_kw)
    for offer, price, moved in zip(offers, offered_prices(problem, strategy), activation_costs(problem), strict=True):
        cost -= offer @ (problem.reserve_net_pu * np.nan_to_num(price) - moved)
    return float(problem.step_h * cost + problem.forced_charge_sek_per_kwh * schedule.forced_dc_kwh.sum())


def solve_grid(problem: VehicleProblem, strategy: Strategy, nodes: int = NODES) -> Dispatch | None:
    """Find the best schedule over a grid of stored energy; between nodes the moves are searched, not rounded.

    Returns
    -------
    Dispatch | None
        None where the period does not close, or a car kept awake runs below its floor.
    """
    hours, physics, count = lay_grid(problem, strategy, nodes)
    binding = binding_matrix(problem.rules)
    steps, per_day = problem.step_count, round(HOURS_PER_DAY / problem.step_h)
    modes = 0 if not (strategy.is_two_way or strategy.sells_reserves) else 2
    if modes and not strategy.always_on and problem.standby_kw > 0.0:
        modes = 1
    kept = np.zeros((2, 2, steps, count))
    tables = (physics, binding, dual_bases(binding), kept[0], kept[1], np.zeros((2, -(-steps // per_day), count)))
    shadow = float(hours[0, moves.SHADOW])
    value = -shadow * physics[moves.GRID] * np.arange(count)
    for last in (min(steps, PREFIX_DAYS * per_day), steps):
        value -= value[0]
        grid_back.year_back(hours, last, per_day, modes, value, *tables)
    flows, enabled, states = np.zeros((6, steps)), np.zeros(steps), np.full(steps + 1, -1.0)
    start = problem.floor_kwh + FIRST_GUESS_PU * (problem.ceiling_kwh[0] - problem.floor_kwh)
    for _ in range(ROUNDS):
        reached = grid_on.year_on(start, hours, per_day, modes, *tables, flows, enabled, states)
        if abs(reached - start) < CLOSED_KWH:
            return _grid_dispatch(problem, strategy, start, flows, enabled)
        start = reached
    start = _close_by_force(hours, physics, start, value)
    grid_back.year_back(hours, steps, per_day, modes, value, *tables)
    states[:] = -1.0
    reached = grid_on.year_on(start, hours, per_day, modes, *tables, flows, enabled, states)
    return _grid_dispatch(problem, strategy, start, flows, enabled) if abs(reached - start) < CLOSED_KWH else None


def _close_by_force(hours: Vector, physics: Vector, start_kwh: float, value: Vector) -> float:
    """Make the period end at the node nearest to a state: leaving it costs, and the last step sells no reserves.

    Some rounds never come back to where they began but go through several states in turn: a car that charges at no
    less than its least power overshoots a little, round after round.
    """
    node = round((start_kwh - physics[moves.FLOOR]) / physics[moves.GRID])
    value += CLOSING_SEK_PER_KWH * physics[moves.GRID] * np.abs(np.arange(len(value)) - node)
    hours[-1, moves.PRICE_N : moves.PRICE_DOWN + 1] = 0.0
    return float(physics[moves.FLOOR] + node * physics[moves.GRID])


def lay_grid(problem: VehicleProblem, strategy: Strategy, nodes: int) -> tuple[Vector, Vector, int]:
    """Lay the problem out for the grid: steps × columns, physics, number of nodes up to the highest ceiling.

    # ASSUME: what the activation of reserves drains is priced at the mean price of import while the grid is walked
    # back; the schedule itself carries the drain as it is.
    """
    price_of_drain = float(problem.buy_sek_per_kwh.mean()) / problem.charge_efficiency_pu
    whole = (problem.plugged_pu > 1 - 1e-9) & (problem.discharge_limit_kw > 0)
    drains, net = activation_drain_kwh(problem), problem.reserve_net_pu
    shares = (strategy.fcr_n_pu, strategy.fcr_d_pu, strategy.fcr_d_pu)
    parts = zip(offered_prices(problem, strategy), activation_costs(problem), drains, shares, strict=True)
    rewards = [
        problem.step_h * np.nan_to_num(net * price - moved - price_of_drain * drain) * (whole & (share > 0))
        for price, moved, drain, share in parts
    ]
    constant = problem.curve is None
    extra = 1 / problem.load_efficiency_pu - 1 / problem.discharge_efficiency_pu if constant else np.zeros_like(whole)
    columns = [
        problem.buy_sek_per_kwh, problem.sell_sek_per_kwh, problem.charge_limit_kw, problem.discharge_limit_kw,
        problem.load_limit_kw * strategy.self_use, extra, problem.driving_dc_kwh, problem.ceiling_kwh,
        problem.required_kwh, problem.plugged_pu, *rewards, np.full(problem.step_count, price_of_drain),
    ]  # fmt: skip
    daily = float(np.median(problem.ceiling_kwh))
    spacing = (daily - problem.floor_kwh) / (nodes - 1)
    count = nodes + int(np.ceil((float(problem.ceiling_kwh.max()) - daily) / spacing - 1e-9))
    road = problem.forced_charge_sek_per_kwh + FORCED_PENALTY_SEK_PER_KWH
    into, out = _loss_terms(problem)
    physics = [problem.step_h, problem.floor_kwh, problem.discharge_efficiency_pu, problem.charge_efficiency_pu, *into,
               *out, problem.least_charge_kw, problem.standby_kw, problem.wear_sek_per_kwh, road,
               float(strategy.export), *drains, spacing]  # fmt: skip
    return np.column_stack(columns).astype(float), np.array(physics), count


def _loss_terms(problem: VehicleProblem) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    """No-load, linear and square loss of charging and of discharging."""
    if problem.curve is None:
        return (0.0, 1 - problem.charge_efficiency_pu, 0.0), (0.0, 1 / problem.discharge_efficiency_pu - 1, 0.0)
    curve = problem.curve
    terms = (curve.no_load_kw, curve.linear_pu + curve.extra_pu, curve.square_per_kw)
    return terms, terms


def _grid_dispatch(
    problem: VehicleProblem, strategy: Strategy, start: float, flows: Vector, enabled: Vector
) -> Dispatch:
    load = np.minimum(flows[1], problem.load_limit_kw * strategy.self_use)
    parts = {"charge_kw": flows[0], "load_discharge_kw": load, "export_discharge_kw": flows[1] - load,
             "forced_dc_kwh": flows[2], "fcr_n_kw": flows[3], "fcr_d_up_kw": flows[4], "fcr_d_down_kw": flows[5],
             "enabled_pu": enabled}  # fmt: skip
    state = start + np.r_[0.0, np.cumsum(net_stored_kwh(problem, **parts))]
    schedule = Dispatch(**parts, state_kwh=state, objective_sek=0.0, solve_count=1)
    return replace(schedule, objective_sek=objective_sek(problem, strategy, schedule))
