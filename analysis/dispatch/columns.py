"""Lays one vehicle's problem out as the columns and rows of a linear programme.

Steps without a plug carry no decision: each run of them is one node with one energy balance, which halves the problem.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from analysis.dispatch.flows import activation_drain_kwh, hourly_mean
from analysis.dispatch.problem import Vector, VehicleProblem
from analysis.dispatch.products import Product
from analysis.market.capacity_tariff import PeakCharge

Index = NDArray[np.int64]
Terms = list[tuple[Index, Vector | float]]
HOURS_PER_DAY = 24
END_COLUMNS = 2


@dataclass(frozen=True)
class Layout:
    """Where each column stands.

    Blocks: energy, charge, load discharge, export discharge, forced, day, one a product; then those that stand only
    where the problem has them: at an open end the energy left, and how much of it has a price; charging from own
    generation that is exported or spilled otherwise; of the capacity tariff the least billed peak of each period and
    what each slot exceeds it by.
    """

    node_start: Index
    node_of_step: Index
    steps: Index
    forced_nodes: Index
    hour_starts: Index
    hours_per_offer: int
    day_of_step: Index
    day_count: int
    products: tuple[Product, ...]
    surplus_at: Index
    spill_at: Index
    period_count: int
    slot_count: int
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
            "forced": len(self.forced_nodes), "day": self.day_count,
            **{product.name: hours for product in self.products}, "end": 0 if self.is_periodic else END_COLUMNS,
            "surplus": len(self.surplus_at), "spill": len(self.spill_at),
            "peak": self.period_count, "over": self.slot_count,
        }  # fmt: skip
        ends = accumulate(sizes.values())
        return {name: slice(end - size, end) for (name, size), end in zip(sizes.items(), ends, strict=True)}

    def block(self, name: str) -> slice:
        """Columns of one block."""
        return self.blocks[name]

    @property
    def column_count(self) -> int:
        """Number of columns."""
        return int(self.block("over").stop)

    @property
    def energy_by_moment(self) -> Index:
        """Columns of stored energy at the start of each node and at the end of the last."""
        energy = self.block("energy").start + np.arange(self.node_count)
        return np.append(energy, energy[0] if self.is_periodic else self.block("end").start)

    @cached_property
    def sources(self) -> tuple[tuple[str, Index], ...]:
        """Blocks of charging power, with the place of each of their columns among the steps with a decision."""
        every = np.arange(len(self.steps))
        return ("charge", every), ("surplus", self.surplus_at), ("spill", self.spill_at)

    @cached_property
    def orders(self) -> tuple[tuple[Index, Index, Index], ...]:
        """Columns that must be full before others run, those others, and their places among the steps.

        The house before export; what would be spilled before what would be exported, and both before import.
        """
        every, places = np.arange(len(self.steps)), dict(self.sources)
        found = [(self.block("load").start + every, self.block("export").start + every, every)]
        for first, then in (("surplus", "charge"), ("spill", "charge"), ("spill", "surplus")):
            at, earlier, later = np.intersect1d(places[first], places[then], return_indices=True)
            if len(at):
                found.append((self.block(first).start + earlier, self.block(then).start + later, at))
        return tuple(found)


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
    hours = np.flatnonzero(_by_hour(whole, per_hour).all(axis=1)) * per_hour if with_reserves else np.empty(0, int)
    steps, has_sun = np.flatnonzero(active), problem.solar_kw is not None
    peak = problem.peak
    return Layout(
        node_start=starts,
        node_of_step=node_of_step,
        steps=steps,
        forced_nodes=np.flatnonzero(energy > 0),
        hour_starts=hours,
        hours_per_offer=per_hour,
        day_of_step=np.arange(count) // per_day,
        day_count=-(-count // per_day),
        products=problem.products,
        surplus_at=np.flatnonzero(problem.surplus_limit_kw[steps]) if has_sun else np.empty(0, int),
        spill_at=np.flatnonzero(problem.spill_limit_kw[steps]) if has_sun else np.empty(0, int),
        period_count=0 if peak is None else len(peak.price_sek_per_kw),
        slot_count=0 if peak is None else len(peak.period_of_slot),
        is_periodic=problem.is_periodic,
    )


def _by_hour(values: NDArray[np.bool_], per_hour: int) -> NDArray[np.bool_]:
    """One row a whole hour; the steps of an hour that is cut short at the end are left out."""
    return values[: len(values) // per_hour * per_hour].reshape(-1, per_hour)


def _filled(values: Vector | float, size: int) -> Vector:
    """Give one value for each row."""
    return values if isinstance(values, np.ndarray) and values.ndim else np.full(size, float(values))


class Rows:
    """Collects rows in triplets; each call appends rows of one kind.

    ``marks`` tells which rows a limit stands in: the limit's name, its rows, the step (or day) of each, and the column
    that it is multiplied by there (−1: it is the bound itself). Shadow prices are read from it.
    """

    def __init__(self, columns: int) -> None:
        self.columns = columns
        self.count = 0
        self.parts: list[tuple[Index, Index, Vector]] = []
        self.lower: list[Vector] = []
        self.upper: list[Vector] = []
        self.marks: list[tuple[str, Index, Index, Index]] = []

    def mark(self, name: str, at: Index, columns: Index | None = None) -> None:
        """Say that a limit stands in the rows added last, one for each of ``at``."""
        rows = self.count - len(at) + np.arange(len(at))
        self.marks.append((name, rows, at, np.full(len(at), -1) if columns is None else columns))

    def add(self, terms: Terms, lower: Vector | float, upper: Vector | float) -> None:
        """Append ``len(terms[0][0])`` rows, one entry of each term in each."""
        size = len(terms[0][0])
        rows = self.count + np.arange(size)
        for columns, values in terms:
            self.parts.append((rows, columns, _filled(values, size)))
        self.lower.append(_filled(lower, size))
        self.upper.append(_filled(upper, size))
        self.count += size

    def add_at(self, rows: Index, columns: Index, values: Vector | float) -> None:
        """Add entries to rows that are there already."""
        self.parts.append((rows, columns, _filled(values, len(rows))))

    def matrix(self) -> tuple[sparse.csr_matrix, Vector, Vector]:
        """Give the matrix by rows and the bounds of the rows."""
        rows, columns, values = (np.concatenate([part[i] for part in self.parts]) for i in range(3))
        whole = sparse.csr_matrix((values, (rows, columns)), shape=(self.count, self.columns))
        return whole, np.concatenate(self.lower), np.concatenate(self.upper)


def rows_of(problem: VehicleProblem, layout: Layout) -> Rows:
    """Build all rows: energy balance, consent to V2X by day, budgets, own generation, capacity tariff, reserves."""
    rows = Rows(layout.column_count)
    _add_balance(rows, problem, layout)
    _add_enabling(rows, problem, layout)
    _add_budgets(rows, problem, layout)
    if len(layout.surplus_at) or len(layout.spill_at):
        _add_sources(rows, problem, layout)
    if problem.peak is not None:
        _add_peaks(rows, problem, problem.peak, layout)
    if len(layout.hour_starts):
        _add_reserve_power(rows, problem, layout)
        _add_reserve_energy(rows, problem, layout)
    return rows


def _columns(layout: Layout, name: str) -> Index:
    block = layout.block(name)
    return np.arange(block.start, block.stop)


def _add_balance(rows: Rows, problem: VehicleProblem, layout: Layout) -> None:
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
    for name, at in layout.sources:
        rows.add_at(node[at], _columns(layout, name), -step * problem.charge_efficiency_pu)
    rows.add_at(node, _columns(layout, "load"), step / problem.load_efficiency_pu[layout.steps])
    rows.add_at(node, _columns(layout, "export"), step / problem.discharge_efficiency_pu)
    standby = problem.standby_kw * step * problem.plugged_pu[layout.steps]
    rows.add_at(node, layout.block("day").start + layout.day_of_step[layout.steps], standby)
    rows.add_at(first + layout.forced_nodes, _columns(layout, "forced"), -1.0)
    for product, drain in zip(layout.products, activation_drain_kwh(problem), strict=True):
        for offset in range(layout.hours_per_offer):
            nodes = first + layout.node_of_step[layout.hour_starts + offset]
            rows.add_at(nodes, _columns(layout, product.name), step * drain)


def _add_enabling(rows: Rows, problem: VehicleProblem, layout: Layout) -> None:
    """No discharge on a day on which V2X is off; each row has the tightest limit of its own flow."""
    days = layout.block("day").start + layout.day_of_step[layout.steps]
    load, most = problem.load_limit_kw[layout.steps], problem.discharge_limit_kw[layout.steps]
    rows.add([(_columns(layout, "load"), 1.0), (days, -load)], -np.inf, 0.0)
    binds = np.flatnonzero(load >= most)
    rows.marks.append(("discharge", rows.count - len(load) + binds, layout.steps[binds], days[binds]))
    rows.add([(_columns(layout, "export"), 1.0), (_columns(layout, "load"), 1.0), (days, -most)], -np.inf, 0.0)
    rows.mark("discharge", layout.steps, days)


def _add_budgets(rows: Rows, problem: VehicleProblem, layout: Layout) -> None:
    """Scheduled discharge of each day and of the whole horizon."""
    for name, budget, count, of_step in (
        ("day_budget", problem.daily_discharge_limit_kwh, layout.day_count, layout.day_of_step),
        ("horizon_budget", problem.horizon_discharge_limit_kwh, 1, np.zeros_like(layout.day_of_step)),
    ):
        if not np.isfinite(budget):
            continue
        first = rows.count
        rows.add([(_columns(layout, "day")[:count], 0.0)], -np.inf, budget)
        rows.mark(name, np.arange(count))
        for flow in ("load", "export"):
            rows.add_at(first + of_step[layout.steps], _columns(layout, flow), problem.step_h)


def _add_sources(rows: Rows, problem: VehicleProblem, layout: Layout) -> None:
    """All charging of a step within its limit, whatever it comes from."""
    at = np.union1d(layout.surplus_at, layout.spill_at)
    first = rows.count
    rows.add([(_columns(layout, "charge")[at], 1.0)], -np.inf, problem.charge_limit_kw[layout.steps[at]])
    rows.mark("charge", layout.steps[at])
    for name, places in layout.sources[1:]:
        rows.add_at(first + np.searchsorted(at, places), _columns(layout, name), 1.0)


def _add_peaks(rows: Rows, problem: VehicleProblem, peak: PeakCharge, layout: Layout) -> None:
    """Least billed peak + what the slot exceeds it by ≥ mean import of each billed hour (METHODS 3.2, top_n)."""
    per_hour = layout.hours_per_offer
    hours = np.flatnonzero(peak.slot_of_hour >= 0)
    slots = peak.slot_of_hour[hours]
    first = rows.count
    least, over = _columns(layout, "peak")[peak.period_of_slot[slots]], _columns(layout, "over")[slots]
    own = hourly_mean(np.maximum(problem.net_load_kw, 0.0), problem.step_h)[hours]
    rows.add([(least, 1.0), (over, 1.0)], own, np.inf)
    place = np.full(len(peak.slot_of_hour), -1)
    place[hours] = np.arange(len(hours))
    row = place[layout.steps // per_hour]
    billed = row >= 0
    length = np.minimum(per_hour, problem.step_count - layout.steps // per_hour * per_hour)[billed]
    for name, sign in (("charge", -1.0), ("load", 1.0)):
        rows.add_at(first + row[billed], _columns(layout, name)[billed], sign / length)


def _hour_steps(layout: Layout, offset: int) -> tuple[Index, Index]:
    """Steps of the offer hours and where these steps stand in the plugged blocks."""
    steps = layout.hour_starts + offset
    return steps, np.searchsorted(layout.steps, steps)


def _add_reserve_power(rows: Rows, problem: VehicleProblem, layout: Layout) -> None:
    """Power up and down of METHODS 3.4 in every step of the hour, and no offer on a day on which V2X is off."""
    rules = [problem.rule(product) for product in layout.products]
    offers = [_columns(layout, product.name) for product in layout.products]
    up: Terms = [(column, rule.power_up_pu) for column, rule in zip(offers, rules, strict=True)]
    down: Terms = [(column, rule.power_down_pu) for column, rule in zip(offers, rules, strict=True)]
    for offset in range(layout.hours_per_offer):
        steps, at = _hour_steps(layout, offset)
        charge, load, export = (layout.block(name).start + at for name in ("charge", "load", "export"))
        days = layout.block("day").start + layout.day_of_step[steps]
        out: Terms = [(load, 1.0), (export, 1.0)]
        back: Terms = [(load, -1.0), (export, -1.0)]
        most_up, most_down = problem.discharge_limit_kw[steps], problem.charge_limit_kw[steps]
        # on a day on which V2X is off the first and the last row leave nothing to offer, and while it is half on they
        # bind tighter than the limits themselves; the row between is the power limit with charging in it
        rows.add([(charge, -1.0), *out, *up, (days, -most_up)], -np.inf, 0.0)
        rows.mark("discharge", steps, days)
        _add_other_sources(rows, layout, at, -1.0)
        rows.add([(charge, 1.0), *back, *down], -np.inf, most_down)
        rows.mark("charge", steps)
        _add_other_sources(rows, layout, at, 1.0)
        rows.add([*back, *down, (days, -most_down)], -np.inf, 0.0)
        rows.mark("charge", steps, days)


def _add_other_sources(rows: Rows, layout: Layout, at: Index, sign: float) -> None:
    """Add charging from own generation to the rows added last, one for each of the steps at these places."""
    first = rows.count - len(at)
    for name, places in layout.sources[1:]:
        _, among, own = np.intersect1d(at, places, return_indices=True)
        if len(own):
            rows.add_at(first + among, _columns(layout, name)[own], sign)


def _add_reserve_energy(rows: Rows, problem: VehicleProblem, layout: Layout) -> None:
    """Energy up and down of METHODS 3.4 at the start and at the end of each hour, per car."""
    rules = [problem.rule(product) for product in layout.products]
    offers = [_columns(layout, product.name) for product in layout.products]
    up: Terms = [(column, -rule.energy_up_h) for column, rule in zip(offers, rules, strict=True) if rule.energy_up_h]
    down: Terms = [
        (column, rule.energy_down_h) for column, rule in zip(offers, rules, strict=True) if rule.energy_down_h
    ]
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
        rows.add([(energy, out), *up], least, np.inf)
        rows.add([(energy, 1 / into), *down], -np.inf, most)


def node_bounds(problem: VehicleProblem, layout: Layout) -> tuple[Vector, Vector]:
    """Least and most energy at the start of each node; an open horizon starts with what is stored."""
    least, most = np.full(layout.node_count, problem.floor_kwh), problem.ceiling_kwh[layout.node_start]
    if problem.ready_kwh is not None:
        least = np.maximum(least, problem.ready_kwh[layout.node_start])
    if problem.start_kwh is not None:
        least[0] = most[0] = problem.start_kwh
    return least, most


def end_bounds(problem: VehicleProblem) -> tuple[Vector, Vector]:
    """Least and most energy left at an open end, and least and most of it that has a price."""
    least = np.array([problem.floor_kwh, 0.0])
    return least, np.array([problem.ceiling_by_moment_kwh[-1], problem.terminal_target_kwh])
