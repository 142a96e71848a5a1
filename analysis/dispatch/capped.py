"""Solves one car's problem under a capacity tariff: the plain problem again and again, under caps on the site's import.

Where the plain problem is convex each trial is exact and its marginal values are those of stored energy; else lattices
are walked. Source: METHODS 3.2 (top_n).
"""

import numpy as np

from analysis.dispatch.energy import EnergyPieces, plain_pieces, solve_energy, stored_worths
from analysis.dispatch.flows import billed_kw
from analysis.dispatch.lattice import margins_of, walk_lattice
from analysis.dispatch.layout import FREE, DischargePrice, ImportCap, steered_sek
from analysis.dispatch.peaks import HALVINGS, CapSearch, Trial, slots_of
from analysis.dispatch.problem import Dispatch, Strategy, Vector, VehicleProblem
from analysis.dispatch.verify import TOLERANCE_KW
from analysis.market.capacity_tariff import PeakCharge
from analysis.units import HOURS_PER_DAY

COARSE, GRID = 13, 4
"""Halvings of a cap where lattices are walked, and parts into which the caps between least and free are cut then."""
BEYOND = 2.0
"""What an hour beyond a cap costs, times what a kW of the highest slot does: more than the charge, so that none is."""


def solve_peaks(
    problem: VehicleProblem, strategy: Strategy, peak: PeakCharge, price: DischargePrice = FREE
) -> Dispatch | None:
    """Find the cheapest schedule under a capacity tariff.

    Measured against the linear programme on generated cars, share of the bill:

    - convex: one peak 0.001 % at most (weeks and years); three peaks of working days 0.0003 % at most; three peaks of
      all hours, the house three times as large, 0.3 % in the middle and 1.6 % at most: caps of days that lean on each
      other through what is stored are not found one by one;
    - with reserves 0.06 % in the middle, 0.3 % at most (0.08 % of the value), what the lattice misses without a tariff;
    - days with V2X on are chosen anew under every cap, so that no search on caps is exact: 0.1-0.7 % in the middle,
      7 % at most, of a bill of some 20 SEK.

    Returns
    -------
    Dispatch | None
        None where no cap lets the period close.
    """
    slots = slots_of(problem, strategy, peak)
    beyond = BEYOND * float(slots.share.max(initial=0.0)) / problem.step_h

    def solve_under(limit_kw: Vector, known: Dispatch | None) -> Trial | None:
        return solve_under_cap(problem, strategy, price, import_cap(problem, strategy, limit_kw, beyond), known)

    is_convex = plain_pieces(problem, strategy, price) is not None
    search = CapSearch(slots, solve_under, lambda schedule: steered_sek(problem, schedule, price))
    free = search.begin()
    if free is None:
        return None
    search.halve(HALVINGS if is_convex else COARSE)
    if not is_convex:
        search.try_between(billed_kw(problem, free), GRID)
    return search.best


def import_cap(problem: VehicleProblem, strategy: Strategy, limit_kw: Vector, beyond: float) -> ImportCap:
    """Turn what the site may import in each step into what it asks of the car."""
    own = np.maximum(problem.net_load_kw, 0.0)
    served = problem.load_limit_kw * float(strategy.self_use)
    return ImportCap(
        charge_kw=np.minimum(problem.charge_limit_kw, np.maximum(limit_kw - own, 0.0)),
        serve_kw=np.minimum(np.maximum(own - limit_kw, 0.0), served),
        beyond_sek_per_kwh=beyond,
    )


def solve_under_cap(
    problem: VehicleProblem, strategy: Strategy, price: DischargePrice, cap: ImportCap, known: Dispatch | None
) -> Trial | None:
    """Solve under a cap on import, with what a kW more of it would save in each step; ``known`` is the best so far."""
    pieces = plain_pieces(problem, strategy, price, cap)
    if pieces is None:
        return _walked(problem, strategy, price, cap, known)
    return _followed(problem, strategy, cap, pieces)


def _followed(problem: VehicleProblem, strategy: Strategy, cap: ImportCap, pieces: EnergyPieces) -> Trial | None:
    schedule = solve_energy(problem, strategy, pieces)
    if schedule is None:
        return None
    serves, charges = cap.serve_kw > 0.0, cap.charge_kw < problem.charge_limit_kw
    per_kw = np.where(serves, 1 / problem.load_efficiency_pu, problem.charge_efficiency_pu * charges)
    slope = np.where(serves, pieces.slopes[:, 1], pieces.slopes[:, 0])
    least, most = (
        problem.step_h * per_kw * np.maximum(worth + slope, 0.0) for worth in stored_worths(problem, pieces, schedule)
    )
    return Trial(schedule, least, most)


def _walked(
    problem: VehicleProblem, strategy: Strategy, price: DischargePrice, cap: ImportCap, known: Dispatch | None
) -> Trial | None:
    """Walk lattices; where days with V2X on are chosen, those of the best schedule known are tried too."""
    trials = [walk_lattice(problem, strategy, None, price, cap)]
    if known is not None and strategy.is_two_way and problem.standby_kw > 0.0 and not strategy.always_on:
        days_on = known.enabled_pu[:: round(HOURS_PER_DAY / problem.step_h)].astype(np.int64)
        trials.append(walk_lattice(problem, strategy, None, price, cap, days_on))
    found = min(filter(None, trials), key=lambda pair: steered_sek(problem, pair[0], price), default=None)
    if found is None:
        return None
    schedule = found[0]
    charges = (cap.charge_kw < problem.charge_limit_kw) & (schedule.charge_kw >= cap.charge_kw - TOLERANCE_KW)
    serves = (cap.serve_kw > 0.0) & (schedule.load_discharge_kw <= cap.serve_kw + TOLERANCE_KW)
    missed = schedule.load_discharge_kw < cap.serve_kw - TOLERANCE_KW
    saved = np.where(charges | serves, np.maximum(margins_of(problem, *found), 0.0), 0.0)
    saved = np.where(missed, problem.step_h * cap.beyond_sek_per_kwh, saved)
    return Trial(schedule, saved, saved)
