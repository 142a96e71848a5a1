"""Reads, cleans and writes trips part by part: a file of many million trips never stands in memory as a whole."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.errors import ConfigError, DataError, Fault
from analysis.io import ROW_GROUP_SIZE, table_writer
from analysis.schemas.dropped_rows import DroppedRows
from analysis.sources.batches import raw_batches
from analysis.sources.descriptor import Descriptor
from analysis.sources.dropped import Kept, dropped_rows, joined, sieve, two_times
from analysis.sources.reader import table_of_rows
from analysis.sources.rules import TripRules
from analysis.sources.tables import TABLES
from analysis.sources.trips import LOCAL, clean_trips, without_cars_of_one_day

MAX_EXAMPLES = 20
PART_ROWS = 2 * ROW_GROUP_SIZE
Trip = tuple[pd.Timestamp, pd.Timestamp, float]


@dataclass
class CarsSoFar:
    """What is remembered of each car from one part to the next: its last trip, and trips held back until a second day.

    ``day`` is the only local day of a car so far; a car of several days has left it for ``settled``.
    """

    last: dict[str, Trip] = field(default_factory=dict)
    day: dict[str, pd.Timestamp] = field(default_factory=dict)
    settled: set[str] = field(default_factory=set)
    held: list[tuple[str, pd.DataFrame]] = field(default_factory=list)


def clean_trip_batches(batches: Iterable[pd.DataFrame], rules: TripRules, place: str) -> Iterator[Kept]:
    """Check and clean trips that arrive in batches (:func:`analysis.io.read_batches`).

    Parameters
    ----------
    batches
        Tables of the ``Trips`` contract. Trips of one car may lie in several batches when they come in order of time.
    rules, place
        As in :func:`analysis.sources.trips.clean_trips`.

    Yields
    ------
    Kept
        One clean table per batch, and what was left out. Memory holds one batch and one trip per car.

    Raises
    ------
    DataError
        As ``clean_trips``, and when a car's trip in a later batch departs before its last arrival so far.
    """
    cars, offset = CarsSoFar(), 0
    for batch in batches:
        numbered = batch.set_axis(pd.RangeIndex(offset + 1, offset + len(batch) + 1, name="row"), axis=0)
        offset += len(batch)
        yield following(cars, clean_trips(numbered, rules, place), place)


def following(cars: CarsSoFar, part: Kept, place: str) -> Kept:
    """Hold a clean part (sorted by car and time) against the last trip of each car in the parts before it.

    A trip that equals that last trip is left out as a duplicate; one that departs before it arrives is a fault.
    """
    trips = part.table
    if trips.empty:
        return part
    names = trips["vehicle_id"].to_numpy(dtype=object)
    changes = np.flatnonzero(names[1:] != names[:-1])
    first, last = np.append(0, changes + 1), np.append(changes, len(names) - 1)
    begun = _trips_at(trips, first)
    repeated = np.zeros(len(trips), dtype=bool)
    faults = []
    for position, car, trip in zip(first, names[first], begun, strict=True):
        before = cars.last.get(car)
        if before is not None and before == trip:
            repeated[position] = True
        elif before is not None and trip[0] < before[1]:
            faults.append(_late(place, car, trip[0], before[1]))
    if faults:
        raise DataError(faults[:MAX_EXAMPLES])
    cars.last |= dict(zip(names[last], _trips_at(trips, last), strict=True))
    if not repeated.any():
        return part
    times = two_times("depart_utc", "arrive_utc")
    once = sieve(trips, "vehicle_id", [("duplicate", repeated, times)], place, "trips")
    return Kept(once.table, joined([part.dropped, once.dropped]))


def _trips_at(trips: pd.DataFrame, positions: npt.NDArray[np.int64]) -> list[Trip]:
    rows = trips.iloc[positions]
    return list(zip(rows["depart_utc"], rows["arrive_utc"], rows["distance_km"].tolist(), strict=True))


def _late(place: str, car: str, depart: pd.Timestamp, arrival: pd.Timestamp) -> Fault:
    return Fault(
        f"{place} [car {car}]",
        f"a trip that departs {depart:%Y-%m-%d %H:%M} UTC, before the arrival {arrival:%Y-%m-%d %H:%M} of an earlier"
        " batch",
        "trips of a car in order of time and one at a time",
        "Sort the file by car and departure, or correct the trips.",
    )


def of_several_days(cars: CarsSoFar, trips: pd.DataFrame, file: str) -> pd.DataFrame:
    """Hold back the trips of cars seen on one local day so far; give those of the others, held ones first."""
    days = trips["depart_utc"].dt.tz_convert(LOCAL).dt.normalize()
    spans = days.groupby(trips["vehicle_id"]).agg(["min", "max"])
    known = pd.Series(spans.index.map(cars.day.get), index=spans.index, dtype=spans["min"].dtype)
    several = (spans["min"] < spans["max"]) | (known.notna() & (known != spans["min"]))
    several |= pd.Series(spans.index.isin(cars.settled), index=spans.index)
    new = set(spans.index[several]) - cars.settled
    cars.settled |= new
    for car in new:
        cars.day.pop(car, None)
    cars.day |= spans.loc[~several, "min"].to_dict()
    freed = []
    if new:
        freed = [held[held["vehicle_id"].isin(new)] for _, held in cars.held]
        cars.held = [(name, held[~held["vehicle_id"].isin(new)]) for name, held in cars.held]
    alone = trips["vehicle_id"].isin(set(spans.index[~several]))
    cars.held = [(name, held) for name, held in [*cars.held, (file, trips[alone])] if len(held)]
    return pd.concat([*freed, trips[~alone]])


def stream_trips(descriptor: Descriptor, path: Path, rows: int = PART_ROWS, cars: CarsSoFar | None = None
) -> Iterator[Kept]:  # fmt: skip
    """Read, check and clean a big file of trips part by part.

    Parameters
    ----------
    descriptor
        Fills ``Trips`` or ``GpsTrips`` from CSV or Parquet, row by row (no neighbour rows).
    path
        The file (CSV plain or gzip), sorted by time within each car.
    rows
        Rows of one part.
    cars
        What is remembered of the files before this one.

    Yields
    ------
    Kept
        Clean trips (index = row in the file) and the rows left out, part by part.

    Raises
    ------
    ConfigError
        If the descriptor cannot be read in parts.
    DataError
        As :func:`analysis.sources.reader.read_source`, for the first part that holds faults.
    """
    needs_whole = any(source.previous_row or source.next_row for source in descriptor.fields.values())
    if descriptor.trips is None or descriptor.file.format not in {"csv", "parquet"} or needs_whole:
        raise ConfigError(
            Fault(
                f"descriptor {descriptor.name}",
                f"table {descriptor.table} from {descriptor.file.format}" + (" with neighbour rows" * needs_whole),
                "Trips from csv or parquet, row by row, with trips.max_speed_km_per_h",
                "Read the file as a whole, or write it as a plain table of trips.",
            )
        )
    so_far = cars if cars is not None else CarsSoFar()
    for raw in raw_batches(Path(path), descriptor.file, rows):
        yield following(so_far, table_of_rows(descriptor, raw, Path(path)), str(path))


def ingest_trips(
    descriptor: Descriptor, paths: Sequence[Path], trips: Path, dropped: Path, needs_several_days: bool = False,
    rows: int = PART_ROWS,
) -> Counter[str]:  # fmt: skip
    """Read files of trips of any length, and write the clean trips and the list of those left out, in row groups.

    Parameters
    ----------
    descriptor, rows
        As in :func:`stream_trips`.
    paths
        Files in order of time within each car.
    trips, dropped
        Parquet files to write: the descriptor's contract, and ``DroppedRows``.
    needs_several_days
        Leave out cars seen on a single local day. Their trips so far are held in memory until a second day comes.

    Returns
    -------
    Counter
        Trips left out by reason, and trips ``kept``.
    """
    cars, counts = CarsSoFar(), Counter[str]()
    model = TABLES[descriptor.table]
    with table_writer(Path(trips), model) as write_trips, table_writer(Path(dropped), DroppedRows) as write_dropped:

        def put(kept: Kept, file: str) -> None:
            write_trips(kept.table)
            counts.update(kept=len(kept.table))
            if len(kept.dropped):
                write_dropped(dropped_rows(kept.dropped, descriptor.name, file, descriptor.table))
                counts.update(kept.dropped["reason"])

        for path in paths:
            for part in stream_trips(descriptor, path, rows, cars):
                ready = of_several_days(cars, part.table, str(path)) if needs_several_days else part.table
                put(Kept(ready, part.dropped), str(path))
        for file, held in cars.held:
            put(without_cars_of_one_day(held, set(cars.day), file), file)
    return counts
