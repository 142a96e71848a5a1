"""Measures the stages on this machine and writes data/results/bench.csv: figure, baseline, ratio, machine.

Each measure is the best of a few runs: shared machines only ever make a run slower. ``edit_scheme`` needs a finished
run of ``default`` in this folder.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.io import atomic_path, read_csv_table, read_table
from analysis.schemas.assumptions import Parameters
from analysis.settings.load import dataset_name, load_settings
from analysis.settings.parameters import parameter_set
from workflow.bench_dispatch import dispatch_rows
from workflow.bench_linopy import linopy_rows
from workflow.bench_pages import page_rows
from workflow.bench_profiles import cluster_rows

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "data" / "results" / "bench.csv"
FLEET_SIZES = (1_000, 10_000)


@dataclass(frozen=True)
class Figure:
    """One row of the table; ``baseline`` names what the figure is held against."""

    measure: str
    value: float
    unit: str
    baseline: str
    baseline_value: float

    @property
    def ratio(self) -> float:
        """How the figure stands to its baseline."""
        return self.value / self.baseline_value if self.baseline_value else float("nan")


def best_seconds(job: Callable[[], object], runs: int = 3) -> float:
    """Shortest wall-clock time of a few runs."""
    times = []
    for _ in range(runs):
        begun = time.perf_counter()
        job()
        times.append(time.perf_counter() - begun)
    return min(times)


def machine() -> str:
    """Processor, cores and Python of this machine, in one line without commas."""
    name = platform.processor() or platform.machine()
    for line in Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []:
        if line.startswith("model name"):
            name = line.partition(":")[2].strip()
            break
    return f"{name}; {os.cpu_count()} cores; Python {platform.python_version()}".replace(",", " ")


def clean_trips_figures(scratch: Path) -> list[Figure]:
    """Read, clean, check and write trips from a file: 1 million against 5 s, 20 million against 1.5 GiB.

    The files are written before the clock starts; each is cleaned in a process of its own, so that its peak of memory
    is its own.
    """
    figures = []
    for name, count, runs in (("1m", 1_000_000, 3), ("20m", 20_000_000, 1)):
        file = scratch / f"trips_{name}.csv"
        python_child(scratch, "workflow/bench_trips.py", "write", str(file), "--trips", str(count))
        found = [python_child(scratch, "workflow/bench_trips.py", "clean", str(file)) for _ in range(runs)]
        file.unlink()
        seconds, peak_gib = (min(one[key] for one in found) for key in ("seconds", "peak_gib"))
        budget = ("budget", 5.0) if name == "1m" else ("20 times the budget of 1 million", 100.0)
        figures.append(Figure(f"clean_trips_{name}", seconds, "s", *budget))
        figures.append(Figure(f"clean_trips_{name}_peak_memory", peak_gib, "GiB", "budget", 1.5))
    return figures


def python_child(scratch: Path, *arguments: str, folder: Path = ROOT) -> dict[str, float]:
    """Run Python in a process of its own: its seconds and peak memory, and what it printed as JSON over these."""
    output = scratch / "printed"
    command = [sys.executable, str(ROOT / "workflow" / "bench_child.py"), str(output), sys.executable, *arguments]
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    told = subprocess.run(command, cwd=folder, check=True, env=environment, stdout=subprocess.PIPE, text=True).stdout
    printed = output.read_text(encoding="utf-8")
    return {**json.loads(told), **(json.loads(printed) if printed.startswith("{") else {})}


def price_year_figure() -> Figure:
    """Generating one price year of four areas and three reserve products."""
    from analysis.schemas.price_statistics import PriceStatisticQuantiles, PriceStatisticShapes, PriceStatisticValues
    from analysis.synthetic.price_statistics import read_price_statistics
    from analysis.synthetic.price_year import generate_price_year

    schemas = {"": PriceStatisticValues, "_shapes": PriceStatisticShapes, "_quantiles": PriceStatisticQuantiles}
    tables = {
        name.removeprefix("_") or "values": read_csv_table(ROOT / f"data/reference/price_statistics{name}.csv", model)
        for name, model in schemas.items()
    }
    statistics = read_price_statistics(tables)
    return Figure("price_year", best_seconds(lambda: generate_price_year(2025, statistics, 1)), "s", "budget", 2.0)


def run_figures(scratch: Path, folder: Path) -> dict[str, float]:
    """Seconds of one Snakemake call in a folder and the peak memory of its largest job."""
    return python_child(scratch, "-m", "snakemake", "--cores", "2", "--quiet", "all", folder=folder)


def edit_scheme_figure(scratch: Path) -> Figure:
    """From a finished run of ``default``: edit one scheme and make the report again."""
    folder = scratch / "project"
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(".git", ".venv", "__pycache__", ".*_cache"))
    scheme = folder / "data" / "policy" / "se" / "task53.yaml"
    scheme.write_text(scheme.read_text(encoding="utf-8") + "\n# edited\n", encoding="utf-8")
    return Figure("edit_scheme", run_figures(scratch, folder)["seconds"], "s", "budget", 25.0)


def report_figures(scratch: Path) -> list[Figure]:
    """The default report from nothing, set-up of the environment not included."""
    folder = scratch / "anew"
    left_out = (".git", ".venv", "__pycache__", ".*_cache", "interim", "results", "build", "logs", ".snakemake")
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*left_out))
    found = run_figures(scratch, folder)
    return [
        Figure("report_without_set_up", found["seconds"], "s", "budget with set-up", 360.0),
        Figure("report_peak_memory_of_one_job", found["peak_gib"], "GiB", "budget", 3.0),
    ]


def dispatch_figures() -> list[Figure]:
    """Dispatch of four cars at SE3 prices of 2025: all options, strategies and reserve levels, on one core.

    Needs the data set of a finished run of ``default``; the baseline is the budget of the production engine.
    """
    from analysis.dispatch.values import dispatch_vehicles
    from analysis.schemas import market, mobility
    from analysis.schemas.sample import DispatchSample

    settings = load_settings("default", ROOT / "workflow" / "config")
    folder = ROOT / "data" / "interim" / dataset_name(settings)
    if not (folder / "availability_weeks.parquet").exists():
        return []
    models = (mobility.AvailabilityWeeks, mobility.RepresentativeWeeks, mobility.Vehicles, DispatchSample,
              market.DayAheadPrices, market.ReservePrices, market.HouseholdLoad)  # fmt: skip
    names = ("availability_weeks", "representative_weeks", "vehicles", "dispatch_sample", "day_ahead_prices",
             "reserve_prices", "household_load")  # fmt: skip
    tables = {name: read_table(folder / f"{name}.parquet", model) for name, model in zip(names, models, strict=True)}
    tables["dispatch_sample"] = tables["dispatch_sample"].head(4)
    parameters = parameter_set(read_csv_table(ROOT / "data/assumptions/parameters.csv", Parameters))

    def job() -> object:
        return dispatch_vehicles(
            **tables, parameters=parameters, price_area="SE3", price_year=2025, scope=settings.scope
        )

    weeks = (tables["representative_weeks"]["price_year"] == 2025).sum()
    runs = 4 * len(settings.scope.charger_options)
    seconds = best_seconds(job)
    unit = "vehicle-years/s per core, representative weeks, all strategies and levels"
    return [
        Figure("dispatch_linear", runs / seconds, unit, "budget of the production engine", 20.0),
        Figure(
            "dispatch_linear_week", 1000 * seconds / (runs * weeks), "ms per vehicle, week and option", "budget", 50.0
        ),
    ]


def dispatch_memory_figures(scratch: Path) -> list[Figure]:
    """Peak memory of each engine on three years with reserves, and of fleets solved in chunks, each on its own."""
    fleets = {
        count: python_child(scratch, "workflow/bench_dispatch.py", str(count))["peak_gib"] for count in FLEET_SIZES
    }
    return [
        Figure(
            f"dispatch_memory_{count}_cars",
            peak,
            "GiB, years in chunks",
            "of the smallest fleet",
            fleets[FLEET_SIZES[0]],
        )
        for count, peak in fleets.items()
    ] + [
        Figure(
            f"dispatch_memory_{engine}",
            python_child(scratch, "workflow/bench_dispatch.py", engine)["peak_gib"],
            "GiB, three years with reserves",
            "budget of a report",
            3.0,
        )
        for engine in ("dynamic", "linear")
    ]


def main() -> int:
    """Print and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", default="data/raw")
    parser.parse_args()
    rows = [price_year_figure(), *dispatch_figures()]
    rows.extend(Figure(*row) for row in (*page_rows(ROOT / "reports" / "build" / "default"), *dispatch_rows(ROOT)))
    rows.extend(Figure(*row) for row in cluster_rows())
    with tempfile.TemporaryDirectory() as scratch:
        rows.extend(dispatch_memory_figures(Path(scratch)))
        rows.extend(report_figures(Path(scratch)))
        rows.extend(clean_trips_figures(Path(scratch)))
        rows.extend(Figure(*row) for row in linopy_rows(python_child, Path(scratch)))
        if (ROOT / "reports" / "build" / "default" / "index.html").exists():
            rows.append(edit_scheme_figure(Path(scratch)))
    table = pd.DataFrame(
        [(f.measure, f.value, f.unit, f.baseline, f.baseline_value, f.ratio, machine()) for f in rows],
        columns=["measure", "value", "unit", "baseline", "baseline_value", "ratio", "machine"],
    )
    with atomic_path(TABLE) as temporary:
        table.to_csv(temporary, index=False, float_format="%.4g")
    print(table.drop(columns="machine").to_string(index=False, float_format=lambda value: f"{value:.3g}"))
    print(f"{machine()}\n{TABLE}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
