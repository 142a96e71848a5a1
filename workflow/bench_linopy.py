"""Measures our linear programme against the same problems stated in linopy: cost, seconds, peak memory.

Problems hold all that a site may have: sun, fuse, feed-in limit, capacity tariff, five reserves, budgets; weeks and a
whole year, hourly. Both engines are built and solved anew for each, by the same solver on one thread; each engine runs
in a process of its own, so that its peak of memory is its own.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.dispatch.flows import within_site
from analysis.dispatch.linear import LinearModel
from analysis.dispatch.problem import Strategy, VehicleProblem
from analysis.dispatch.requirement import energy_ceiling_kwh, required_energy_kwh
from analysis.dispatch.verify import broken_rules
from analysis.market.capacity_tariff import CapacityTariff, peak_charge
from analysis.units import HOURS_PER_DAY, HOURS_PER_WEEK, HOURS_PER_YEAR
from workflow.bench_dispatch import Row, Years

ROOT = Path(__file__).resolve().parent.parent
ALWAYS = Strategy("grid_reserve", "full", True, True, 1.0, 1.0, always_on=True, afrr_mfrr_pu=1.0)
SETS = {"week": (HOURS_PER_WEEK, 6), "year": (HOURS_PER_YEAR, 1)}
SOLLENTUNA = CapacityTariff((89.2,) * 3 + (44.6,) * 7 + (89.2,) * 2)
Child = Callable[..., dict[str, float]]


def whole_problem(years: Years, seed: int, hours: int) -> VehicleProblem:
    """A car's week or year at a house with 5 kW of sun, 16 A and a capacity tariff; aFRR is priced like FCR-D."""
    base = years.problem(seed, hours, standby=True)
    clock = np.arange(hours) % HOURS_PER_DAY
    sun = np.maximum(np.sin((clock - 5) / 14 * np.pi), 0.0) * np.random.default_rng(seed).uniform(0.0, 5.0, hours)
    steps = pd.date_range("2025-01-12 23:00", periods=hours, freq="h", tz="UTC")
    problem = within_site(
        replace(
            base, solar_kw=sun, fuse_kw=11.1, feed_in_kw=3.0, peak=peak_charge(SOLLENTUNA, steps, 1.0, 0.25),
            afrr_up_sek_per_kw_h=base.fcr_d_up_sek_per_kw_h, afrr_down_sek_per_kw_h=base.fcr_d_down_sek_per_kw_h,
            daily_discharge_limit_kwh=20.0, horizon_discharge_limit_kwh=10.0 * hours / HOURS_PER_DAY,
        )
    )  # fmt: skip
    required = required_energy_kwh(
        problem.driving_dc_kwh, problem.charge_limit_kw, 1.0, problem.charge_efficiency_pu, problem.floor_kwh
    )
    # a need above the daily limit is met on the road here: reserves hold energy above what can be reached
    required = np.minimum(required, 46.0)
    return replace(problem, required_kwh=required, ceiling_kwh=energy_ceiling_kwh(required, 48.0, 60.0))


def ours(problem: VehicleProblem) -> float:
    """Least cost by our rows; the schedule behind it must pass the check and need no branching."""
    found = LinearModel(problem, with_reserves=True).solve(ALWAYS)
    assert found is not None and found.solve_count == 1, "not convex: the relaxation would be another problem"
    assert broken_rules(problem, ALWAYS, found) == []
    return found.penalised_sek


def by_linopy(problem: VehicleProblem) -> float:
    """Least cost by linopy, imported here: our process shall not carry its memory."""
    sys.path.append(str(Path(sys.prefix) / "tools"))  # where linopy lies: beside the product's own libraries
    from workflow.linopy_problem import LinopyProblem

    return LinopyProblem(problem, ALWAYS).solve()


ENGINES = {"ours": ours, "linopy": by_linopy}


def linopy_rows(child: Child, scratch: Path) -> list[Row]:
    """Rows of both sets; ``child`` runs Python in a process of its own (``workflow/bench.py``)."""
    rows: list[Row] = []
    for name, (_, count) in SETS.items():
        found = {key: child(scratch, "workflow/bench_linopy.py", key, name) for key in ENGINES}
        costs = {key: np.asarray(one["costs_sek"], dtype=float) for key, one in found.items()}
        gap = float(np.max(np.abs(costs["ours"] - costs["linopy"]) / np.maximum(np.abs(costs["linopy"]), 1.0)))
        seconds = {key: one["solve_seconds"] / count for key, one in found.items()}
        rows += [
            (f"linear_{name}_gap_to_linopy", gap, "share of cost, largest", "budget, at most", 1e-6),
            (f"linear_{name}", seconds["ours"], "s of processor a problem", "linopy", seconds["linopy"]),
            (f"linear_{name}_peak_memory", found["ours"]["peak_gib"], "GiB", "linopy", found["linopy"]["peak_gib"]),
        ]
    return rows


def main() -> None:
    """Solve one set by one engine and print its costs and processor time as JSON, on the last line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("engine", choices=list(ENGINES))
    parser.add_argument("set", choices=list(SETS))
    chosen = parser.parse_args()
    hours, count = SETS[chosen.set]
    years = Years(ROOT)
    problems = [whole_problem(years, seed, hours) for seed in range(count)]
    begun = time.process_time()
    costs = [ENGINES[chosen.engine](problem) for problem in problems]
    print(json.dumps({"solve_seconds": time.process_time() - begun, "costs_sek": costs}))


if __name__ == "__main__":
    main()
