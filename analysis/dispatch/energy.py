"""Solves one car's problem without reserves exactly where it is convex: lays its choices out, follows thresholds.

The walks are those of ``thresholds``; what a stored kWh is worth along the schedule is that of ``costates``.
"""

from dataclasses import dataclass

import numpy as np

from analysis.dispatch import costates, thresholds
from analysis.dispatch.flows import peak_change_sek
from analysis.dispatch.layout import FREE, DischargePrice, ImportCap
from analysis.dispatch.problem import FORCED_PENALTY_SEK_PER_KWH, Dispatch, Strategy, Vector, VehicleProblem
from analysis.units import HOURS_PER_DAY

PREFIX_DAYS = 14
PASSES = 6


@dataclass(frozen=True)
class EnergyPieces:
    """What a stored kWh costs or earns in each step: charge, serve the house, export; battery side.

    ``slopes`` in SEK per kWh stored (negative: energy is worth that), ``lengths`` in kWh; step × 3. ``is_convex``:
    whether charging and discharging at once, or exporting before serving the house, would never pay. ``must_serve_kw``
    (AC) and ``must_draw_kwh``: what serves the house in any case and is no choice.
    """

    slopes: Vector
    lengths: Vector
    is_convex: bool
    must_serve_kw: Vector | float = 0.0
    must_draw_kwh: Vector | float = 0.0


def energy_pieces(
    problem: VehicleProblem, strategy: Strategy, price: DischargePrice = FREE, cap: ImportCap | None = None
) -> EnergyPieces:
    """Lay out a step's choices by what they are worth per stored kWh (constant efficiencies, no reserves)."""
    slopes, lengths = np.empty((problem.step_count, 3)), np.empty((problem.step_count, 3))
    discharge_kw = problem.discharge_limit_kw * float(strategy.is_two_way)
    load_kw = np.minimum(problem.load_limit_kw, discharge_kw) * float(strategy.self_use)
    charge_kw, serve_kw, draw_kwh = problem.charge_limit_kw, np.zeros(()), np.zeros(())
    if cap is not None:
        charge_kw, serve_kw = cap.charge_kw, cap.serve_kw
        load_kw, discharge_kw = load_kw - serve_kw, discharge_kw - serve_kw
        draw_kwh = problem.step_h * serve_kw / problem.load_efficiency_pu
    convex = thresholds.lay_choices(
        problem.buy_sek_per_kwh, problem.sell_sek_per_kwh, charge_kw, load_kw, discharge_kw,
        problem.load_efficiency_pu, problem.charge_efficiency_pu, problem.discharge_efficiency_pu,
        problem.wear_sek_per_kwh + price.sek_per_kwh, problem.step_h, strategy.export, slopes, lengths,
    )  # fmt: skip
    return EnergyPieces(slopes, lengths, bool(convex), serve_kw, draw_kwh)


def plain_pieces(
    problem: VehicleProblem, strategy: Strategy, price: DischargePrice, cap: ImportCap | None = None
) -> EnergyPieces | None:
    """Lay out the choices of a problem that is exact without a lattice; None where it is not."""
    plain = problem.curve is None and problem.least_charge_kw <= 0.0 and not strategy.sells_reserves
    if not plain or price.sek_per_h > 0.0 or (strategy.is_two_way and problem.standby_kw > 0.0):
        return None
    pieces = energy_pieces(problem, strategy, price, cap)
    return pieces if pieces.is_convex else None


def solve_energy(problem: VehicleProblem, strategy: Strategy, pieces: EnergyPieces) -> Dispatch | None:
    """Find the optimum of a convex problem without reserves: exact, no grid.

    What must serve the house is drawn as driving is, and what is missing of it is not served: an import cap that cannot
    be kept is exceeded, at the price of charging on the road.

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
    flows, road = np.zeros((4, problem.step_count)), _road_sek_per_kwh(problem)
    prefix = min(problem.step_count, round(PREFIX_DAYS * HOURS_PER_DAY / problem.step_h))
    drawn = problem.driving_dc_kwh + pieces.must_draw_kwh
    data = (drawn, pieces.slopes, pieces.lengths, -road, problem.floor_kwh, problem.ceiling_kwh)
    start, passes, failed = thresholds.solve_closed(*data, prefix, PASSES, flows)
    if failed >= 0:
        return None
    if not passes:
        start, cost = thresholds.search_start(*data, flows)
        if not np.isfinite(cost):
            return None
    missed = np.minimum(flows[3], pieces.must_draw_kwh)
    flows[3] -= missed
    flows[1] += pieces.must_draw_kwh - missed
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
        objective_sek=float(cost) + peak_change_sek(problem, flows[0], flows[1]), solve_count=max(passes, 1),
    )  # fmt: skip


def _road_sek_per_kwh(problem: VehicleProblem) -> float:
    return problem.forced_charge_sek_per_kwh + FORCED_PENALTY_SEK_PER_KWH


def stored_worths(problem: VehicleProblem, pieces: EnergyPieces, schedule: Dispatch) -> tuple[Vector, Vector]:
    """Give the least and the most that a stored kWh may be worth after each step of an optimal schedule, SEK."""
    step, load_pu = problem.step_h, problem.load_efficiency_pu
    due_kwh = np.broadcast_to(pieces.must_draw_kwh, problem.step_count)
    served = step * schedule.load_discharge_kw / load_pu
    missed = np.maximum(due_kwh - served, 0.0)
    flows = np.array([
        step * schedule.charge_kw * problem.charge_efficiency_pu, served - due_kwh + missed,
        step * schedule.export_discharge_kw / problem.discharge_efficiency_pu, schedule.forced_dc_kwh + missed,
    ])  # fmt: skip
    least, most = np.empty(problem.step_count), np.empty(problem.step_count)
    drawn = problem.driving_dc_kwh + due_kwh
    costates.price_flows(flows, pieces.slopes, pieces.lengths, drawn, _road_sek_per_kwh(problem), least, most)
    costates.carry(schedule.state_kwh, problem.floor_kwh, problem.ceiling_kwh, least, most)
    return least, most
