"""Says what a fleet of any size costs on any number of nodes, from the measured stages in ``workflow/scale.csv``.

A stage costs a start and a share per car: the line through its two largest measured sizes. Stages that can be cut by
cars are shared among all cores; the others run in one job each, one after the other. Nothing is added for a queue or
for moving files.

    python workflow/scale_cost.py --vehicles 5000000 --cores 16 --nodes 1 4 16 64
"""

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

TABLE = Path(__file__).resolve().parent / "scale.csv"
SHARED = {"ingest_trips", "build_availability", "dispatch_vehicles"}
"""Stages whose cars do not see each other: as many jobs as wanted, on parts of the fleet."""
PRICE_YEARS = 2
HOUR_S = 3600


@dataclass(frozen=True)
class Line:
    """What a stage takes: at the start, and per car; seconds of one core, and GiB of its largest process."""

    start_s: float
    car_s: float
    start_gib: float
    car_gib: float


def lines(table: pd.DataFrame) -> dict[str, Line]:
    """The line of each stage through its two largest sizes; nothing falls below nothing."""
    found = {}
    for stage, rows in table.sort_values("vehicles").groupby("stage"):
        small, large = rows.iloc[-2], rows.iloc[-1]
        cars = large["vehicles"] - small["vehicles"]
        car_s = max(0.0, (large["cpu_seconds"] - small["cpu_seconds"]) / cars)
        car_gib = max(0.0, (large["peak_gib"] - small["peak_gib"]) / cars)
        found[str(stage)] = Line(
            max(0.0, large["cpu_seconds"] - car_s * large["vehicles"]), car_s,
            max(0.0, large["peak_gib"] - car_gib * large["vehicles"]), car_gib,
        )  # fmt: skip
    return found


def core_hours(stages: dict[str, Line], vehicles: int, dispatched: int) -> pd.Series:
    """Core-hours of each stage; dispatch solves ``dispatched`` cars in each price year."""
    cars = {stage: PRICE_YEARS * dispatched if stage == "dispatch_vehicles" else vehicles for stage in stages}
    return pd.Series({stage: (line.start_s + line.car_s * cars[stage]) / HOUR_S for stage, line in stages.items()})


def wall_hours(hours: pd.Series, cores: int) -> float:
    """Hours from first job to last: shared stages over all cores, the others after each other on one core."""
    shared = hours[[stage for stage in hours.index if stage in SHARED]].sum()
    return float(shared / cores + hours.drop([stage for stage in hours.index if stage in SHARED]).sum())


def table_of(table: pd.DataFrame, vehicles: int, cores_per_node: int, nodes: list[int]) -> pd.DataFrame:
    """Hours on each number of nodes: a sample dispatched as in a report, and every car dispatched."""
    stages = lines(table)
    sample = core_hours(stages, vehicles, 160)
    every = core_hours(stages, vehicles, vehicles)
    return pd.DataFrame(
        [
            (count, count * cores_per_node, wall_hours(sample, count * cores_per_node),
             wall_hours(every, count * cores_per_node))
            for count in nodes
        ],
        columns=["nodes", "cores", "hours_sample_dispatched", "hours_every_car_dispatched"],
    )  # fmt: skip


def main() -> int:
    """Read the command line and print core-hours, the largest memory and hours by number of nodes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vehicles", type=int, default=5_000_000)
    parser.add_argument("--cores", type=int, default=16, help="cores of a node")
    parser.add_argument("--nodes", type=int, nargs="+", default=[1, 4, 16, 64])
    given = parser.parse_args()
    table = pd.read_csv(TABLE)
    stages = lines(table)
    hours = pd.DataFrame({
        "core_hours": core_hours(stages, given.vehicles, given.vehicles),
        "ms_per_car": pd.Series({stage: 1000 * line.car_s for stage, line in stages.items()}),
        "gib_in_one_job": pd.Series({stage: line.start_gib + line.car_gib * given.vehicles
                                     for stage, line in stages.items() if stage not in SHARED}),
    })  # fmt: skip
    print(f"{given.vehicles:,} cars, each of them dispatched in {PRICE_YEARS} price years")
    print(hours.round(3).to_string())
    print(table_of(table, given.vehicles, given.cores, given.nodes).round(2).to_string(index=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
