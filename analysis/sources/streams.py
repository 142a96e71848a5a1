"""Cleans trips batch by batch, so that a file of many million trips never stands in memory as a whole."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pandas as pd

from analysis.errors import ConfigError, DataError, Fault
from analysis.io import ROW_GROUP_SIZE, check_table, normalise
from analysis.schemas.mobility import Trips
from analysis.sources.descriptor import Descriptor, TripRules
from analysis.sources.formats import raw_batches
from analysis.sources.reader import table_of_rows
from analysis.sources.trips import clean_trips

MAX_EXAMPLES = 20


def clean_trip_batches(batches: Iterable[pd.DataFrame], rules: TripRules, place: str) -> Iterator[pd.DataFrame]:
    """Check and clean trips that arrive in batches (:func:`analysis.io.read_batches`).

    Parameters
    ----------
    batches
        Tables of the ``Trips`` contract. Trips of one car may lie in several batches when they come in order of time.
    rules, place
        As in :func:`analysis.sources.trips.clean_trips`.

    Yields
    ------
    pd.DataFrame
        One clean table per batch. Memory holds one batch and one instant per car.

    Raises
    ------
    DataError
        As ``clean_trips``, and when a car's trip in a later batch departs before its last arrival so far.
    """
    latest: dict[str, pd.Timestamp] = {}
    offset = 0
    for batch in batches:
        numbered = batch.set_axis(pd.RangeIndex(offset + 1, offset + len(batch) + 1, name="row"), axis=0)
        offset += len(batch)
        clean = clean_trips(numbered, rules, place)
        first = clean.groupby("vehicle_id")["depart_utc"].min()
        late = [str(car) for car, depart in first.items() if car in latest and depart < latest[str(car)]]
        if late:
            raise DataError(
                Fault(
                    f"{place} [car {car}]",
                    f"a trip that departs {first[car]:%Y-%m-%d %H:%M} UTC, before the arrival "
                    f"{latest[car]:%Y-%m-%d %H:%M} of an earlier batch",
                    "trips of a car in order of time and one at a time",
                    "Sort the file by car and departure, or correct the trips.",
                )
                for car in late[:MAX_EXAMPLES]
            )
        last = clean.groupby("vehicle_id")["arrive_utc"].max()
        latest |= {str(car): arrive for car, arrive in last.items()}
        yield clean


def stream_trips(descriptor: Descriptor, path: Path, rows: int = ROW_GROUP_SIZE) -> Iterator[pd.DataFrame]:
    """Read, check and clean a big CSV of trips part by part.

    Parameters
    ----------
    descriptor
        Fills ``Trips`` from a CSV, row by row (no neighbour rows).
    path
        The file, plain or gzip, sorted by time within each car.
    rows
        Rows of one part.

    Yields
    ------
    pd.DataFrame
        ``Trips``, part by part.

    Raises
    ------
    ConfigError
        If the descriptor cannot be read in parts.
    DataError
        As :func:`analysis.sources.reader.read_source`, for the first part that holds faults.
    """
    needs_whole = any(source.previous_row or source.next_row for source in descriptor.fields.values())
    if descriptor.table != "Trips" or descriptor.file.format != "csv" or needs_whole or descriptor.trips is None:
        raise ConfigError(
            Fault(
                f"descriptor {descriptor.name}",
                f"table {descriptor.table} from {descriptor.file.format}" + (" with neighbour rows" * needs_whole),
                "Trips from csv, row by row, with trips.max_speed_km_per_h",
                "Read the file as a whole, or write it as a plain table of trips.",
            )
        )
    parts = (table_of_rows(descriptor, raw, path) for raw in raw_batches(path, descriptor.file, rows))
    for clean in clean_trip_batches(parts, descriptor.trips, str(path)):
        yield check_table(normalise(clean), Trips, str(path))
