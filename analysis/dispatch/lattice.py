"""Solves one car's problem on ever finer lattices of stored energy, each around the path that the one before found.

Reserves, V2X on or off by the day, losses by power, least power, prices below zero: what ``thresholds`` cannot hold.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analysis.dispatch import corridor, corridor_margins, corridor_on, moves
from analysis.dispatch.corner_table import COLUMNS, TABLES, UNSOLD
from analysis.dispatch.corridor_pairs import SAME_KWH
from analysis.dispatch.flows import activation_costs, activation_drain_kwh, offered_prices, standby_kwh
from analysis.dispatch.layout import (
    FREE,
    DischargePrice,
    ImportCap,
    flows_of,
    lay_hours,
    lay_physics,
    schedule_of,
    steered_sek,
)
from analysis.dispatch.problem import Dispatch, Strategy, Vector, VehicleProblem
from analysis.dispatch.reserve_vertices import binding_matrix, dual_bases
from analysis.dispatch.verify import broken_rules
from analysis.units import HOURS_PER_DAY

Index = NDArray[np.int64]

PREFIX_DAYS = 14
NODES = 16
SHARES = (1 / 15, 1 / 36, 1 / 90, 1 / 225, 1 / 560, 1 / 1400)
"""Distance between nodes in one walk after another, as a share of the battery's width."""
STEADY_SHARES = (1 / 15, 1 / 22, 1 / 45, 1 / 120, 1 / 400, 1 / 1400)
"""The same where no days are chosen: the first walks reach further, so that a week's path never lies beyond them."""
EXACT_DAYS = 5
"""A period up to this long is tried from every node; a longer one forgets where it began."""
SHORT_DAYS, SECOND_PU = 14, 0.8
"""A period up to this long is walked again on other nodes where days are to be chosen: in a longer one, what a wrong
choice of the first lattice costs evens out."""
OPEN_WALKS = 4
"""Walks that choose the days; later ones, too fine for what standby draws, keep them."""
DEAD_PU = 0.5
"""Share of the distance between nodes within which a move is taken for a kink of its step."""
ROUNDS = 8
CLOSING_STEPS = 12
CLOSING_KW = 0.1
OFF, ON, EITHER = 0, 1, 2


@dataclass(frozen=True)
class Ground:
    """What the walks read and never change; arrays by mode have off first.

    ``hours`` mode × step × column and ``physics`` as in ``moves``; ``counts`` and ``standing`` mode × step: corners of
    each step and what standby draws, kWh; ``modes`` one a day.
    """

    hours: Vector
    physics: Vector
    table: Vector
    counts: Index
    binding: Vector
    standing: Vector
    modes: Index
    per_day: int


def solve_lattice(
    problem: VehicleProblem,
    strategy: Strategy,
    shares: tuple[float, ...] | None = None,
    price: DischargePrice = FREE,
    cap: ImportCap | None = None,
) -> Dispatch | None:
    """Find the best schedule on lattices of stored energy.

    Parameters
    ----------
    problem, strategy
        As for ``dynamic.solve``; hourly steps where reserves are sold.
    shares
        Distance between nodes, walk by walk, as a share of the battery's width; None: as the problem asks for.
    price
        What scheduled discharge is made to cost; the schedule's cost does not bear it.
    cap
        What the site may import; None: no bound.

    Returns
    -------
    Dispatch | None
        None where the period does not close.
    """
    found = walk_lattice(problem, strategy, shares, price, cap)
    return None if found is None else found[0]


def walk_lattice(
    problem: VehicleProblem, strategy: Strategy, shares: tuple[float, ...] | None, price: DischargePrice,
    cap: ImportCap | None, days_on: Index | None = None,
) -> "tuple[Dispatch, Walker] | None":  # fmt: skip
    """As :func:`solve_lattice`, with the walker that found the schedule; on the days given, if any are."""
    ground, found = lay_ground(problem, strategy, price, cap), []
    chooses = EITHER in ground.modes
    steps = shares or (SHARES if chooses else STEADY_SHARES)
    if days_on is not None and chooses:
        ground = replace(ground, modes=days_on)

    def walk(pu: float, from_floor: bool = False) -> None:
        walker = Walker(ground, from_floor)
        schedule = walk_all(problem, strategy, walker, tuple(pu * share for share in steps))
        found.extend([] if schedule is None else [(schedule, walker)])

    walk(1.0)
    if chooses and len(ground.modes) <= SHORT_DAYS:
        walk(SECOND_PU)
    if not found:
        walk(1.0, from_floor=True)
    return min(found, key=lambda pair: steered_sek(problem, pair[0], price), default=None)


def margins_of(problem: VehicleProblem, schedule: Dispatch, walker: "Walker") -> Vector:
    """Say what a kW less of net discharge would be worth in each step of a schedule, SEK."""
    ground, found, on = walker.ground, np.empty(problem.step_count), schedule.enabled_pu > 0.5
    counts = np.where(on, ground.counts[ON], ground.counts[OFF])
    hours = np.where(on[:, None], ground.hours[ON], ground.hours[OFF])
    corridor_margins.margins(hours, ground.physics, ground.table, counts, schedule.state_kwh,
                             flows_of(problem, schedule), walker.worth[1], found)  # fmt: skip
    return found


def walk_all(
    problem: VehicleProblem, strategy: Strategy, walker: "Walker", shares: tuple[float, ...]
) -> Dispatch | None:
    """Walk lattice after lattice, and give the schedule of the last; None where its period does not close."""
    ground, closed = walker.ground, False
    width = float(problem.ceiling_kwh.max()) - problem.floor_kwh
    for walk, share in enumerate(shares):
        closed = walker.walk(width * share, walk == len(shares) - 1)
        if walk == OPEN_WALKS - 1:
            walker.modes = walker.chosen.copy()
    enabled = np.repeat(walker.chosen, ground.per_day)[: problem.step_count].astype(float)
    found = schedule_of(problem, strategy, float(walker.path[0]), walker.flows, enabled)
    return found if closed else close_period(problem, strategy, found)


def close_period(problem: VehicleProblem, strategy: Strategy, schedule: Dispatch) -> Dispatch | None:
    """Let one step that charges make up for what a period misses of where it began, or it and one that rested.

    A car that charges seldom, at full power and at no less than its least power, may end a little beside its start,
    round after round.

    Returns
    -------
    Dispatch | None
        The cheapest; None where none keeps every rule.
    """
    missed, physics = float(schedule.state_kwh[-1] - schedule.state_kwh[0]), lay_physics(problem, strategy)
    least_kw = max(problem.least_charge_kw, CLOSING_KW)
    rests = (schedule.charge_kw <= 0.0) & (schedule.discharge_kw <= 0.0) & (problem.charge_limit_kw >= least_kw)
    cheapest = np.flatnonzero(rests)[np.argsort(problem.buy_sek_per_kwh[rests])][:CLOSING_STEPS]
    charges = np.flatnonzero(schedule.charge_kw > 0.0)[::-1][:CLOSING_STEPS]
    trials = [(step, step) for step in charges] + [(step, rest) for rest in cheapest for step in charges]
    best = None
    for step, rest in trials:
        if best is not None and step != rest:
            break
        added = moves.stored_kwh(least_kw, physics) if rest != step else 0.0
        stored = moves.stored_kwh(schedule.charge_kw[step], physics) - missed - added
        charge = schedule.charge_kw.copy()
        charge[rest] = least_kw if rest != step else charge[rest]
        charge[step] = moves.charge_for_kw(stored, physics) if stored > 0.0 else 0.0
        flows = flows_of(problem, schedule)
        flows[0] = charge
        found = schedule_of(problem, strategy, float(schedule.state_kwh[0]), flows, schedule.enabled_pu)
        if (best is None or found.penalised_sek < best.penalised_sek) and not broken_rules(problem, strategy, found):
            best = found
    return best


def lay_ground(
    problem: VehicleProblem, strategy: Strategy, price: DischargePrice = FREE, cap: ImportCap | None = None
) -> Ground:
    """Lay out both modes of a problem: V2X off (no discharge, no reserves, no standby) and on."""
    steps, per_day = problem.step_count, round(HOURS_PER_DAY / problem.step_h)
    hours = np.repeat(lay_hours(problem, strategy, cap)[None], 2, axis=0)
    hours[OFF][:, [moves.DISCHARGE, moves.LOAD]] = 0.0
    standing = np.array([np.zeros(steps), standby_kwh(problem, np.ones(steps))])
    counts, table = np.zeros((2, steps), np.int64), np.zeros((1, COLUMNS, 4))
    binding = binding_matrix(map(problem.rule, problem.products))
    if strategy.sells_reserves:
        prices = net_prices(problem, strategy)
        table, listed = TABLES.table(prices, problem.step_h * np.array(activation_drain_kwh(problem)), binding)
        counts[ON] = listed * ((problem.plugged_pu > 1 - 1e-9) & (problem.discharge_limit_kw > 0))
        hours[ON][:, moves.PRICES :] = prices
    mode = OFF
    if strategy.is_two_way or strategy.sells_reserves:
        mode = EITHER if problem.standby_kw > 0.0 and not strategy.always_on else ON
    modes = np.full(-(-steps // per_day), mode, np.int64)
    physics = lay_physics(problem, strategy, price, cap)
    return Ground(hours, physics, table, counts, binding, standing, modes, per_day)


def net_prices(problem: VehicleProblem, strategy: Strategy) -> Vector:
    """Net price of each product but for what it drains, SEK per kW and step; far below zero where unsold.

    Step × product, as many as the problem has.
    """
    parts = zip(problem.products, offered_prices(problem, strategy), activation_costs(problem), strict=True)
    net = [
        np.where(np.isnan(price) | (strategy.level_pu(product) <= 0), UNSOLD, problem.reserve_net_pu * price - moved)
        for product, price, moved in parts
    ]
    return np.asarray(problem.step_h * np.column_stack(net))


class Walker:
    """Holds the path found so far and walks a lattice around it.

    # ASSUME: until a path is known, stored energy is worth what charging costs at the mean price of import.

    ``from_floor`` starts with the least energy and takes no move for another close to it: a car that drives less than
    its least charge closes its period by charging on the road alone.
    """

    def __init__(self, ground: Ground, from_floor: bool = False) -> None:
        steps = ground.hours.shape[1]
        self.ground, self.modes, self.walks, self.from_floor = ground, ground.modes, 0, from_floor
        self.dead_pu = 0.0 if from_floor else DEAD_PU
        self.chosen, self.inverses = np.zeros(len(ground.modes), np.int64), dual_bases(ground.binding)
        self.centers, self.drained = np.full(steps + 1, ground.physics[moves.FLOOR]), ground.standing.copy()
        self.least, self.worth = np.empty(steps), np.tile(ground.hours[ON][:, moves.SHADOW], (2, 1))
        self.path, self.nodes = np.empty(steps + 1), np.empty(steps + 1, np.int64)
        self.drain_on = np.zeros(steps)
        self.flows = np.zeros((corridor_on.OFFERS + len(ground.binding), steps))
        self.kept, self.best = np.zeros((2, steps, NODES)), np.zeros((2, steps, NODES))
        self.day_values = np.zeros((2, len(ground.modes), NODES))
        most = ON if ground.modes.max(initial=OFF) != OFF else OFF
        corridor_on.lay_least(ground.hours[ON], ground.physics, ground.standing[most], self.least)
        if from_floor:
            self.least[:] = ground.physics[moves.FLOOR]

    def walk(self, spacing_kwh: float, is_last: bool) -> bool:
        """Walk back and on; gives whether the period closes. The last walk ends where it began."""
        ground, steps = self.ground, len(self.drain_on)
        middle = 0 if self.walks == 0 else (NODES - self.walks % 2) // 2
        if self.walks == 0 and not self.from_floor:
            corridor.align_centers(ground.hours[ON], ground.physics[moves.FLOOR], spacing_kwh, self.centers)
        node = NODES // 2 if self.walks == 0 and not self.from_floor else middle
        most = max(float(ground.hours[ON][0, moves.CEILING]), self.centers[0])
        states = np.clip(self.centers[0] + spacing_kwh * (np.arange(NODES) - middle),
                         min(self.least[0], self.centers[0]), most)  # fmt: skip
        if self.from_floor:
            self._back_to(node, spacing_kwh, middle)
        elif steps <= EXACT_DAYS * ground.per_day:
            node = self._best_node(spacing_kwh, middle)
        elif is_last:
            self._back_to(node, spacing_kwh, middle)
        else:
            value = -self.worth[0, -1] * states
            for last in (min(steps, PREFIX_DAYS * ground.per_day), steps):
                value -= value[middle]
                self._back(last, spacing_kwh, middle, value)
        self.path[:] = -1.0
        closed = self._on(float(states[node]), node, spacing_kwh, middle, is_last)
        self.centers = self.path.copy()
        self.centers[-1] = self.centers[0]
        on = np.repeat(self.chosen, ground.per_day)[:steps] == ON
        self.drained[ON] = np.where(on, self.drain_on, ground.standing[ON])
        self.walks += 1
        return closed

    def _back_to(self, node: int, spacing_kwh: float, middle: int) -> float:
        """Walk back from one node at the end; gives what it costs to begin there too."""
        value = np.where(np.arange(NODES) == node, 0.0, moves.FAR)
        self._back(len(self.drain_on), spacing_kwh, middle, value)
        return float(value[node])

    def _best_node(self, spacing_kwh: float, middle: int) -> int:
        """Find the node at which a short period best begins and ends, and walk back from it."""
        node = int(np.argmin([self._back_to(trial, spacing_kwh, middle) for trial in range(NODES)]))
        self._back_to(node, spacing_kwh, middle)
        return node

    def _back(self, last: int, spacing_kwh: float, middle: int, value: Vector) -> None:
        ground = self.ground
        corridor.days_back(
            ground.hours, last, ground.per_day, self.modes, ground.physics, ground.table, ground.counts, self.centers,
            self.least, ground.standing, self.drained, self.worth[0], spacing_kwh, middle, self.dead_pu * spacing_kwh,
            value, self.kept, self.best, self.day_values,
        )  # fmt: skip

    def _on(self, start: float, node: int, spacing_kwh: float, middle: int, is_last: bool) -> bool:
        ground = self.ground
        by_mode = (ground.hours, ground.counts, ground.standing, self.drained, self.kept, self.best)
        for _ in range(ROUNDS):
            end, reached = corridor_on.days_on(
                start, node, ground.per_day, by_mode, ground.physics, ground.table, ground.binding, self.inverses,
                self.centers, self.least, self.worth, spacing_kwh, middle, self.dead_pu * spacing_kwh,
                self.day_values, is_last, self.path, self.nodes, self.drain_on, self.flows, self.chosen,
            )  # fmt: skip
            if abs(end - start) < SAME_KWH:
                return True
            start, node = end, reached
        return False
