"""Writes a big file of trips as a logger would, or cleans one by its descriptor; each in a process of its own.

``write`` streams trips of many cars into a CSV; ``clean`` reads it by descriptor, checks, writes Parquet row groups and
the list of rows left out, and prints seconds and counts as JSON. Used by ``workflow/bench.py``.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from analysis.sources.descriptor import Descriptor
from analysis.sources.streams import ingest_trips

TRIPS_PER_CAR = 1000
CARS_AT_ONCE = 250
HOURS_BETWEEN = 8
WALL = {"format": "%Y-%m-%d %H:%M", "zone": "Europe/Stockholm", "label": "instant",
        "repeated_hour": "drop", "skipped_hour": "drop"}  # fmt: skip
DESCRIPTOR = {
    "name": "bench", "title": "generated", "publisher": "bench", "licence": "none", "citation": "none", "url": "none",
    "obtain": {"file": "trips.csv", "page": "written by this script"},
    "table": "Trips",
    "file": {"format": "csv", "delimiter": ";", "decimal": "."},
    "fields": {
        "vehicle_id": {"column": "car", "prefix": "bench_"},
        "depart_utc": {"column": "start", "clock": WALL},
        "arrive_utc": {"column": "stop", "clock": WALL},
        "distance_km": {"column": "km", "unit": "km"},
        "origin": {"column": "from", "map": {"H": "home", "W": "work", "X": "other"}},
        "destination": {"column": "to", "map": {"H": "home", "W": "work", "X": "other"}},
        "purpose": {"constant": "unknown"},
    },
    "trips": {"max_speed_km_per_h": 150},
}  # fmt: skip


def write_trips(path: Path, count: int) -> None:
    """Stream trips of cars one after the other; one in a thousand has no end, and one in a thousand is too fast."""
    generator = np.random.default_rng(1)
    schema = pa.schema([(name, pa.string()) for name in ("car", "start", "stop")]
                       + [("km", pa.float64()), ("from", pa.string()), ("to", pa.string())])  # fmt: skip
    with pyarrow.csv.CSVWriter(path, schema, write_options=_options()) as writer:
        for first in range(0, count, TRIPS_PER_CAR * CARS_AT_ONCE):
            row = np.arange(first, min(first + TRIPS_PER_CAR * CARS_AT_ONCE, count))
            writer.write_table(_some_trips(row, generator, schema))


def _options() -> pyarrow.csv.WriteOptions:
    return pyarrow.csv.WriteOptions(delimiter=";", quoting_style="none")


def _some_trips(row: np.ndarray, generator: np.random.Generator, schema: pa.Schema) -> pa.Table:
    car, trip = np.divmod(row, TRIPS_PER_CAR)
    start_min = trip * HOURS_BETWEEN * 60 + generator.integers(0, 300, len(row))
    minutes = generator.integers(10, 60, len(row))
    km = np.round(minutes * generator.uniform(0.3, 1.2, len(row)), 1)
    km[generator.random(len(row)) < 0.001] = 900.0
    base = np.datetime64("2024-01-01T00:00", "m")
    start, stop = (pc.strftime(pa.array((base + at).astype("datetime64[s]")), format="%Y-%m-%d %H:%M")
                   for at in (start_min, start_min + minutes))  # fmt: skip
    stop = pc.if_else(pa.array(generator.random(len(row)) < 0.001), pa.scalar(""), stop)
    places = np.array(["H", "W", "X"])[generator.integers(0, 3, len(row) + 1)]
    return pa.table([pa.array(car.astype(str)), start, stop, pa.array(km), pa.array(places[:-1]), pa.array(places[1:])],
                    schema=schema)  # fmt: skip


def clean_trips(path: Path, folder: Path) -> dict[str, float]:
    """Clean the file; seconds do not hold the start of Python, the peak of memory does."""
    descriptor = Descriptor.model_validate(DESCRIPTOR)
    begun = time.perf_counter()
    counts = ingest_trips(
        descriptor, [path], folder / "trips.parquet", folder / "dropped_trips.parquet", needs_several_days=True
    )
    seconds = time.perf_counter() - begun
    return {"seconds": seconds, "cpu_seconds": time.process_time(), **counts}


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("write", "clean"))
    parser.add_argument("file", type=Path)
    parser.add_argument("--trips", type=int, default=1_000_000)
    given = parser.parse_args()
    if given.what == "write":
        write_trips(given.file, given.trips)
    else:
        print(json.dumps(clean_trips(given.file, given.file.parent)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
