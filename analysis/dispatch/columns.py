"""Lays one vehicle's problem out as the columns and rows of a linear programme.

Steps without a plug carry no decision: each run of them is one node with one energy balance, which halves the problem.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from analysis.dispatch.flows import activation_drain_kwh
from analysis.dispatch.problem import Vector, VehicleProblem

Index = NDArray[np.int64]
HOURS_PER_DAY = 24
END_COLUMNS = 2


@dataclass(frozen=True)
class Layout:
    """Where each column stands.

    Blocks: energy, charge, load discharge, export discharge, forced, day, N, U, D; at an open end two more: the energy
    left, and how much of it has a price.
    """

    node_start: Index
    node_of_step: Index
    steps: Index
    forced_nodes: Index
    hour_starts: Index
    hours_per_offer: int
    day_of_step: Index
    day_count: int
    is_periodic: bool = True

    @property
    def node_count(self) -> int:
        """Number of energy balances."""
        return len(self.node_start)

    @cached_property
    def blocks(self) -> dict[str, slice]:
        """Columns of every block, in their order."""
        plugged, hours = len(self.steps), len(self.hour_starts)
        sizes = {
            "energy": self.node_count, "charge": plugged, "load": plugged, "export": plugged,
            "forced": len(self.forced_nodes), "day": self.day_count, "n": hours, "up": hours, "down": hours,
            "end": 0 if self.is_periodic else END_COLUMNS,
        }  # fmt: skip
        ends = accumulate(sizes.values())
        return {name: slice(end - size, end) for (name, size), end in zip(sizes.items(), ends, strict=True)}

    def block(self, name: str) -> slice:
        """Columns of one block."""
        return self.blocks[name]

    @property
    def column_count(self) -> int:
        """Number of columns."""
        return int(self.block("end").stop)

    @property
    def energy_by_moment(self) -> Index:
        """Columns of stored energy at the start of each node and at the end of the last."""
        energy = self.block("energy").start + np.arange(self.node_count)
        return np.append(energy, energy[0] if self.is_periodic else self.block("end").start)


def lay_out(problem: VehicleProblem, with_reserves: bool) -> Layout:
    """Number the nodes, the steps with a decision, the days and the hours in which reserves can be offered."""
    count = problem.step_count
    active = (problem.charge_limit_kw > 0) | (problem.discharge_limit_kw > 0)
    starts = np.flatnonzero(active | np.r_[True, active[:-1]])
    node_of_step = np.searchsorted(starts, np.arange(count), side="right") - 1
    energy = np.bincount(node_of_step, weights=problem.driving_dc_kwh, minlength=len(starts))
    per_hour = round(1 / problem.step_h)
    per_day = HOURS_PER_DAY * per_hour
    whole = (problem.plugged_pu > 1 - 1e-9) & active & (problem.discharge_limit_kw > 0)
    hours = np.flatnonzero(whole.reshape(-1, per_hour).all(axis=1)) * per_hour if with_reserves else np.empty(0, int)
    return Layout(
        node_start=starts,
        node_of_step=node_of_step,
        steps=np.flatnonzero(active),
        forced_nodes=np.flatnonzero(energy > 0),
        hour_starts=hours,
        hours_per_offer=per_hour,
        day_of_step=np.arange(count) // per_day,
        day_count=-(-count // per_day),
        is_periodic=problem.is_periodic,
    )


class _Rows:
    """Collects rows in triplets; each call appends rows of one kind."""

    def __init__(self, columns: int) -> None:
        self.columns = columns
        self.count = 0
        self.parts: list[tuple[Index, Index, Vector]] = []
        self.lower: list[Vector] = []
        self.upper: list[Vector] = []

    def add(self, terms: list[tuple[Index, Vector | float]], lower: Vector | float, upper: Vector | float) -> None:
        """Append ``len(terms[0][0])`` rows, one entry of each term in each."""
        size = len(terms[0][0])
        rows = self.count + np.arange(size)
        for columns, values in terms:
            self.parts.append((rows, columns, np.broadcast_to(np.asarray(values, float), size)))
        self.lower.append(np.broadcast_to(np.asarray(lower, float), size))
        self.upper.append(np.broadcast_to(np.asarray(upper, float), size))
        self.count += size

    def add_at(self, rows: Index, columns: Index, values: Vector | float) -> None:
        """Add entries to rows that are there already."""
        self.parts.append((rows, columns, np.broadcast_to(np.asarray(values, float), len(rows))))

    def matrix(self) -> tuple[sparse.csr_matrix, Vector, Vector]:
        """Give the matrix by rows and the bounds of the rows."""
        rows, columns, values = (np.concatenate([part[i] for part in self.parts]) for i in range(3))
        whole = sparse.csr_matrix((values, (rows, columns)), shape=(self.count, self.columns))
        return whole, np.concatenate(self.lower), np.concatenate(self.upper)


def rows_of(problem: VehicleProblem, layout: Layout) -> tuple[sparse.csr_matrix, Vector, Vector]:
    """Build all rows: energy balance, consent to V2X by day, and the reserve rows where reserves can be offered."""
    rows = _Rows(layout.column_count)
    _add_balance(rows, problem, layout)
    _add_enabling(rows, problem, layout)
    if len(layout.hour_starts):
        _add_reserve_power(rows, problem, layout)
        _add_reserve_energy(rows, problem, layout)
    return rows.matrix()


def _columns(layout: Layout, name: str) -> Index:
    block = layout.block(name)
    return np.arange(block.start, block.stop)


def _add_balance(rows: _Rows, problem: VehicleProblem, layout: Layout) -> None:
    """Next energy − energy − charged + discharged + standby − forced = −driven (METHODS 1.3)."""
    energy = layout.energy_by_moment
    driven = np.bincount(layout.node_of_step, weights=problem.driving_dc_kwh, minlength=layout.node_count)
    first = rows.count
    left = -driven.astype(np.float64)
    rows.add([(energy[1:], 1.0), (energy[:-1], -1.0)], left, left)
    if not layout.is_periodic:
        left_over, priced = (_columns(layout, "end")[[at]] for at in range(END_COLUMNS))
        rows.add([(left_over, 1.0), (priced, -1.0)], 0.0, np.inf)
    step, node = problem.step_h, first + layout.node_of_step[layout.steps]
    rows.add_at(node, _columns(layout, "charge"), -step * problem.charge_efficiency_pu)
    rows.add_at(node, _columns(layout, "load"), step / problem.load_efficiency_pu[layout.steps])
    rows.add_at(node, _columns(layout, "export"), step / problem.discharge_efficiency_pu)
    standby = problem.standby_kw * step * problem.plugged_pu[layout.steps]
    rows.add_at(node, layout.block("day").start + layout.day_of_step[layout.steps], standby)
    rows.add_at(first + layout.forced_nodes, _columns(layout, "forced"), -1.0)
    for name, drain in zip(("n", "up", "down"), activation_drain_kwh(problem), strict=True):
        for offset in range(layout.hours_per_offer):
            nodes = first + layout.node_of_step[layout.hour_starts + offset]
            rows.add_at(nodes, _columns(layout, name), step * drain)


def _add_enabling(rows: _Rows, problem: VehicleProblem, layout: Layout) -> None:
    """No discharge on a day on which V2X is off; each row has the tightest limit of its own flow."""
    days = layout.block("day").start + layout.day_of_step[layout.steps]
    load, most = problem.load_limit_kw[layout.steps], problem.discharge_limit_kw[layout.steps]
    rows.add([(_columns(layout, "load"), 1.0), (days, -load)], -np.inf, 0.0)
    rows.add([(_columns(layout, "export"), 1.0), (_columns(layout, "load"), 1.0), (days, -most)], -np.inf, 0.0)
    if np.isfinite(problem.daily_discharge_limit_kwh):
        first = rows.count
        rows.add([(_columns(layout, "day"), 0.0)], -np.inf, problem.daily_discharge_limit_kwh)
        for name in ("load", "export"):
            rows.add_at(first + layout.day_of_step[layout.steps], _columns(layout, name), problem.step_h)


def _hour_steps(layout: Layout, offset: int) -> tuple[Index, Index]:
    """Steps of the offer hours and where these steps stand in the plugged blocks."""
    steps = layout.hour_starts + offset
    return steps, np.searchsorted(layout.steps, steps)


def _add_reserve_power(rows: _Rows, problem: VehicleProblem, layout: Layout) -> None:
    """Power up and down of METHODS 3.4 in every step of the hour, and no offer on a day on which V2X is off."""
    rules = problem.rules
    offers = [_columns(layout, name) for name in ("n", "up", "down")]
    up = [rule.power_up_pu for rule in (rules.fcr_n, rules.fcr_d_up, rules.fcr_d_down)]
    down = [rule.power_down_pu for rule in (rules.fcr_n, rules.fcr_d_up, rules.fcr_d_down)]
    for offset in range(layout.hours_per_offer):
        steps, at = _hour_steps(layout, offset)
        charge, load, export = (layout.block(name).start + at for name in ("charge", "load", "export"))
        days = layout.block("day").start + layout.day_of_step[steps]
        out: list[tuple[Index, Vector | float]] = [(load, 1.0), (export, 1.0)]
        back: list[tuple[Index, Vector | float]] = [(load, -1.0), (export, -1.0)]
        most_up, most_down = problem.discharge_limit_kw[steps], problem.charge_limit_kw[steps]
        offered_up, offered_down = list(zip(offers, up, strict=True)), list(zip(offers, down, strict=True))
        # on a day on which V2X is off the first and the last row leave nothing to offer, and while it is half on they
        # bind tighter than the limits themselves; the row between is the power limit with charging in it
        rows.add([(charge, -1.0), *out, *offered_up, (days, -most_up)], -np.inf, 0.0)
        rows.add([(charge, 1.0), *back, *offered_down], -np.inf, most_down)
        rows.add([*back, *offered_down, (days, -most_down)], -np.inf, 0.0)


def _add_reserve_energy(rows: _Rows, problem: VehicleProblem, layout: Layout) -> None:
    """Energy up and down of METHODS 3.4 at the start and at the end of each hour, per car."""
    rules = problem.rules
    offers = [_columns(layout, name) for name in ("n", "up", "down")]
    up = [rule.energy_up_h for rule in (rules.fcr_n, rules.fcr_d_up, rules.fcr_d_down)]
    down = [rule.energy_down_h for rule in (rules.fcr_n, rules.fcr_d_up, rules.fcr_d_down)]
    out, into = problem.discharge_efficiency_pu, problem.charge_efficiency_pu
    last_steps = layout.hour_starts + layout.hours_per_offer - 1
    required, ceiling = problem.required_by_moment_kwh, problem.ceiling_by_moment_kwh
    for nodes, moments in (
        (layout.node_of_step[layout.hour_starts], layout.hour_starts),
        (layout.node_of_step[last_steps] + 1, last_steps + 1),
    ):
        energy = layout.energy_by_moment[nodes]
        # energy × η_d − hours × offer ≥ required × η_d ; energy / η_c + hours × offer ≤ ceiling / η_c
        least, most = required[moments] * out, ceiling[moments] / into
        rows.add([(energy, out), *((c, -h) for c, h in zip(offers, up, strict=True) if h)], least, np.inf)
        rows.add([(energy, 1 / into), *((c, h) for c, h in zip(offers, down, strict=True) if h)], -np.inf, most)


def node_bounds(problem: VehicleProblem, layout: Layout) -> tuple[Vector, Vector]:
    """Least and most energy at the start of each node; an open horizon starts with what is stored."""
    least, most = np.full(layout.node_count, problem.floor_kwh), problem.ceiling_kwh[layout.node_start]
    if problem.start_kwh is not None:
        least[0] = most[0] = problem.start_kwh
    return least, most


def end_bounds(problem: VehicleProblem) -> tuple[Vector, Vector]:
    """Least and most energy left at an open end, and least and most of it that has a price."""
    least = np.array([problem.floor_kwh, 0.0])
    return least, np.array([problem.ceiling_by_moment_kwh[-1], problem.terminal_target_kwh])
