"""Measures the stages at the size of a register: ten thousand, a hundred thousand and a million cars, two weeks each.

Cars are copies of a few generated ones, in another order each time, shifted by some minutes and driving somewhat more
or less, so that a million cost what a million would and not what generating them would. Trips are read from a CSV
through a descriptor; each stage is the rule's own script in a process of its own. The table lies in
``workflow/scale.csv``: a size that is measured again replaces its rows.

    python workflow/bench_scale.py --vehicles 10000 100000 1000000
    python workflow/bench_scale.py --dispatch 10 40 160
"""

import argparse
import importlib.util
import json
import os
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv

from analysis.io import atomic_path, read_csv_table, read_table, table_writer
from analysis.schemas.assumptions import Parameters
from analysis.schemas.mobility import Vehicles
from analysis.schemas.sample import DispatchSample
from analysis.schemas.travel import TravelFacts
from analysis.settings.load import dataset_name, load_settings
from analysis.settings.parameters import parameter_set
from analysis.sources.descriptor import Descriptor
from analysis.sources.streams import ingest_trips
from analysis.synthetic.travel import generate_travel
from workflow.bench import machine, python_child
from workflow.bench_trips import DESCRIPTOR

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "workflow" / "scale.csv"
PARAMETERS = ROOT / "data/assumptions/parameters.csv"
COLUMNS = ["stage", "vehicles", "trips", "cpu_seconds", "wall_seconds", "peak_gib", "disk_mib", "cpu_ms_per_vehicle",
           "date", "machine"]  # fmt: skip
KIND_COUNT, WEEKS, SHIFT_MIN = 2_000, 2, 20
CLOCK = "%Y-%m-%d %H:%M"
PLACES = ("home", "work", "public", "depot", "other")
AREA, YEAR = "SE3", 2025
KEPT_TABLES = ("temperature", "day_ahead_prices", "reserve_prices", "municipalities", "household_load")
MADE = {
    "ingest_trips": ("trips", "dropped_trips"),
    "build_availability": ("availability",),
    "cluster_profiles": ("profile_membership", "profiles", "profile_shapes", "dispatch_sample"),
    "count_profiles": ("profile_counts",),
    "build_availability_weeks": ("availability_weeks", "representative_weeks"),
}
"""Stages in their order, and the tables by which their disk is counted."""


def settings_of(dispatch_count: int) -> Any:
    """The default settings with as many dispatched cars as asked for."""
    settings = load_settings("default", ROOT / "workflow" / "config")
    scope = settings.scope.model_copy(update={"dispatch_vehicle_count": dispatch_count})
    return settings.model_copy(update={"scope": scope})


def write_register(folder: Path, count: int) -> int:
    """Write ``trips.csv`` and ``vehicles.parquet`` of ``count`` cars; the number of trips."""
    settings = settings_of(40)
    facts = read_csv_table(ROOT / "data/reference/travel_facts.csv", TravelFacts)
    assumed = parameter_set(read_csv_table(PARAMETERS, Parameters), {})
    kinds, driven = generate_travel(KIND_COUNT, WEEKS, settings.seed, facts, assumed)
    number = pd.Series(range(len(kinds)), index=kinds["vehicle_id"])
    of_kind = driven["vehicle_id"].map(number).to_numpy()
    start, stop = (driven[name].dt.tz_convert("Europe/Stockholm").dt.tz_localize(None).dt.floor("min")
                   for name in ("depart_utc", "arrive_utc"))  # fmt: skip
    stop = np.maximum(stop, start + pd.Timedelta(minutes=1))
    generator, trips = np.random.default_rng(1), 0
    schema = pa.schema([(name, pa.string()) for name in ("car", "start", "stop")]
                       + [("km", pa.float64()), ("from", pa.string()), ("to", pa.string())])  # fmt: skip
    options = pyarrow.csv.WriteOptions(delimiter=";", quoting_style="none")
    with (
        pyarrow.csv.CSVWriter(folder / "trips.csv", schema, write_options=options) as csv,
        table_writer(folder / "vehicles.parquet", Vehicles) as write_vehicles,
    ):
        for first in range(0, count, KIND_COUNT):
            here = min(KIND_COUNT, count - first)
            names = np.char.add("car_", np.char.zfill((first + np.arange(here)).astype(str), 8))
            shuffled = generator.permutation(KIND_COUNT)
            write_vehicles(kinds.iloc[shuffled[:here]].assign(vehicle_id=names))
            place = np.argsort(shuffled)[of_kind]
            order = np.argsort(place, kind="stable")[: int((place < here).sum())]
            car = place[order]
            shift = pd.to_timedelta(generator.integers(-SHIFT_MIN, SHIFT_MIN + 1, here)[car], unit="min")
            km = driven["distance_km"].iloc[order] * generator.uniform(0.9, 1.1, here)[car]
            columns = [names[car], (start.iloc[order] + shift).dt.strftime(CLOCK),
                       (stop.iloc[order] + shift).dt.strftime(CLOCK), km.round(2).clip(0.1, 990),
                       driven["origin"].iloc[order], driven["destination"].iloc[order]]  # fmt: skip
            csv.write_table(pa.table([pa.array(column) for column in columns], schema=schema))
            trips += len(order)
    return trips


def script(name: str) -> Callable[..., None]:
    """The ``main`` of a rule's script."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "workflow" / "scripts" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    main: Callable[..., None] = module.main
    return main


def run_stage(stage: str, folder: Path, dispatch_count: int) -> None:
    """One stage on the tables of a folder."""
    if stage == "ingest_trips":
        same = {place: place for place in PLACES}
        fields = {**DESCRIPTOR["fields"], "vehicle_id": {"column": "car"},
                  "origin": {"column": "from", "map": same}, "destination": {"column": "to", "map": same}}  # fmt: skip
        descriptor = Descriptor.model_validate({**DESCRIPTOR, "fields": fields, "trips": {"max_speed_km_per_h": 400}})
        ingest_trips(descriptor, [folder / "trips.csv"], folder / "trips.parquet", folder / "dropped_trips.parquet")
        return
    settings = settings_of(dispatch_count).model_dump(mode="json")
    at = {path.stem: path for path in folder.glob("*.parquet")}
    made = {name: folder / f"{name}.parquet" for name in MADE.get(stage, ())}
    shared: dict[str, Any] = {"parameters": PARAMETERS, "settings": settings}
    statistics = {"plug_in_statistics": ROOT / "data/reference/plug_in_statistics.csv"}
    if stage == "build_availability":
        given = {name: at[name] for name in ("trips", "vehicles", "temperature")} | statistics
        script(stage)(**given, **made, **shared, plug_in_contracts=folder / "plug_in_contracts.parquet")
    elif stage == "cluster_profiles":
        script(stage)(**{name: at[name] for name in ("availability", "vehicles", "trips")}, **made, **shared)
    elif stage == "count_profiles":
        given = {name: at[name] for name in ("profile_membership", "vehicles", "municipalities")}
        beside = ("profile_link", "profile_count_seeds", "company_car_areas")
        del shared["settings"]
        script(stage)(**given, **made, **{name: folder / f"{name}.parquet" for name in beside}, parameters=PARAMETERS,
                      settings=settings)  # fmt: skip
    elif stage == "build_availability_weeks":
        names = ("trips", "vehicles", "temperature", "day_ahead_prices", "reserve_prices", "dispatch_sample")
        script(stage)(**{name: at[name] for name in names}, **statistics, **made, **shared)
    elif stage == "dispatch_vehicles":
        dispatch(folder, dispatch_count, shared)


def dispatch(folder: Path, count: int, shared: dict[str, Any]) -> None:
    """All strategies, options and reserve levels of a few of the sample's cars in one area and price year."""
    sample = read_table(folder / "dispatch_sample.parquet", DispatchSample).head(count)
    with table_writer(folder / "few.parquet", DispatchSample) as append:
        append(sample)
    names = ("availability_weeks", "representative_weeks", "vehicles", "day_ahead_prices", "reserve_prices",
             "household_load")  # fmt: skip
    outputs = ("values", "capability", "infeasible", "offers")
    script("dispatch_vehicles")(
        **{name: folder / f"{name}.parquet" for name in names},
        **{name: folder / f"out_{name}.parquet" for name in outputs},
        dispatch_sample=folder / "few.parquet", tariffs=ROOT / "data/assumptions/tariffs.csv",
        grid_tariffs=[ROOT / "data/reference/grid_tariffs.csv", ROOT / "data/assumptions/grid_tariff_archetypes.csv"],
        market_facts=ROOT / "data/reference/market_facts.csv", price_area=AREA, price_year=YEAR, **shared,
    )  # fmt: skip


def prepared(folder: Path, count: int) -> int:
    """A folder with the tables that do not grow with the fleet (of the default run), and a register; its trips."""
    source = ROOT / "data" / "interim" / dataset_name(load_settings("default", ROOT / "workflow" / "config"))
    for name in KEPT_TABLES:
        if not (source / f"{name}.parquet").exists():
            sys.exit(f"{source / name}.parquet: absent; expected a finished default run. Say: make report")
        (folder / f"{name}.parquet").symlink_to(source / f"{name}.parquet")
    return write_register(folder, count)


def measured(stage: str, folder: Path, vehicles: int, trips: int, dispatch_count: int) -> dict[str, Any]:
    """One row of the table."""
    arguments = ("workflow/bench_scale.py", "--stage", stage, "--folder", str(folder), "--count", str(dispatch_count))
    found = python_child(folder, *arguments)
    disk = sum((folder / f"{name}.parquet").stat().st_size for name in MADE.get(stage, ())) / 2**20
    row = {
        "stage": stage, "vehicles": vehicles, "trips": trips, "cpu_seconds": found["cpu_seconds"],
        "wall_seconds": found["seconds"], "peak_gib": found["peak_gib"], "disk_mib": disk,
        "cpu_ms_per_vehicle": 1000 * found["cpu_seconds"] / vehicles, "date": date.today().isoformat(),
        "machine": machine(),
    }  # fmt: skip
    print(json.dumps({name: value for name, value in row.items() if name not in ("date", "machine")}), flush=True)
    return row


def keep(rows: list[dict[str, Any]]) -> None:
    """Put rows into the committed table in place of those of the same stage and size."""
    new = pd.DataFrame(rows, columns=COLUMNS)
    known = pd.read_csv(TABLE) if TABLE.exists() else new.head(0)
    both = pd.concat([known, new]) if len(known) else new
    table = both.drop_duplicates(["stage", "vehicles"], keep="last").sort_values(["stage", "vehicles"])
    with atomic_path(TABLE) as temporary:
        table.to_csv(temporary, index=False, float_format="%.4g")


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vehicles", type=int, nargs="*", default=[])
    parser.add_argument("--dispatch", type=int, nargs="*", default=[], help="cars dispatched in one area and year")
    parser.add_argument("--stage", choices=[*MADE, "dispatch_vehicles"], help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--count", type=int, default=40, help=argparse.SUPPRESS)
    given = parser.parse_args()
    # one thread for linear algebra, as each job of a run has
    os.environ |= {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}
    if given.stage:
        run_stage(given.stage, given.folder, given.count)
        return 0
    for count in given.vehicles:
        with tempfile.TemporaryDirectory() as scratch:
            trips = prepared(Path(scratch), count)
            for stage in MADE:
                keep([measured(stage, Path(scratch), count, trips, 40)])
    if given.dispatch:
        with tempfile.TemporaryDirectory() as scratch:
            trips = prepared(Path(scratch), KIND_COUNT)
            for stage in MADE:
                run_stage(stage, Path(scratch), max(given.dispatch))
            keep([measured("dispatch_vehicles", Path(scratch), count, 0, count) for count in given.dispatch])
    return 0


if __name__ == "__main__":
    sys.exit(main())
