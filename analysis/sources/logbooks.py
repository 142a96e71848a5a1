"""Reads the logbooks of a run; cars without weight or seen for one day are left out with their trips, and listed."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.errors import DataError, Fault
from analysis.schemas.dropped_rows import REASONS
from analysis.settings.model import FileSource
from analysis.sources.descriptor import DESCRIPTOR_FOLDER, Descriptor, load_descriptor
from analysis.sources.dropped import all_dropped, dropped_rows, listed
from analysis.sources.locate import files_of
from analysis.sources.reader import Read, read_listed
from analysis.sources.rules import PlaceRules
from analysis.sources.trips import days_seen

log = logging.getLogger(__name__)

WORDS = {"seen_one_day": "a car seen on one day", "zero_weight": "a car of weight 0",
         "weight_absent": "a car without weight"}  # fmt: skip
WITHOUT_WEIGHT = ("zero_weight", "weight_absent")
OF_TRIPS = ("Trips", "GpsTrips")


@dataclass(frozen=True)
class LogbookTable:
    """One table of a logbook: its contract, its rows, and how home and work are found in positions."""

    kind: str
    table: pd.DataFrame
    places: PlaceRules


def read_logbooks(
    sources: Iterable[FileSource], inputs_root: Path | str, folder: Path = DESCRIPTOR_FOLDER
) -> tuple[list[LogbookTable], pd.DataFrame]:
    """Read the logbooks that a run names, for weeks of travel.

    Parameters
    ----------
    sources
        ``config.inputs.fleet_trips``: descriptors of ``Trips`` or ``GpsTrips``, and of ``Vehicles`` beside them.
    inputs_root, folder
        Folder of the files; folder of the descriptors.

    Returns
    -------
    tuple
        The tables, and ``DroppedRows``: what cleaning left out, the trips of cars without weight, and cars seen for a
        single day with their trips (a day is no week; METHODS 1.1). A car is seen for the ``observed_days`` of its row;
        without one, on the days on which it departs.

    Raises
    ------
    ConfigError, DataError
        With the faults of all files; or when no trip is left.
    """
    reads: list[tuple[Descriptor, Read]] = []
    faults: list[Fault] = []
    for source in sources:
        descriptor = load_descriptor(source.descriptor, folder)
        try:
            reads.append((descriptor, read_listed(descriptor, files_of(source, inputs_root))))
        except DataError as error:
            faults.extend(error.faults)
    if faults:
        raise DataError(faults)
    reads = _without(reads, *_weightless(reads))
    reads = _without(reads, dict.fromkeys(_seen_one_day(reads), "seen_one_day"), ("Vehicles", *OF_TRIPS))
    rest = sum(len(read.table) for descriptor, read in reads if descriptor.table in OF_TRIPS)
    if reads and not rest:
        raise DataError(
            Fault("inputs.fleet_trips", "no trip left", "trips of cars seen for several days", "See the log for why.")
        )
    tables = [LogbookTable(each.table, read.table, each.places or PlaceRules()) for each, read in reads]
    return tables, all_dropped(read.dropped for _, read in reads)


def _weightless(reads: list[tuple[Descriptor, Read]]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Cars that every row of the vehicle tables leaves without weight, with the reason; their trips are to go."""
    cars = [read for descriptor, read in reads if descriptor.table == "Vehicles"]
    listed_cars = {car for read in cars for car in read.table["vehicle_id"]}
    gone = all_dropped(read.dropped for read in cars)
    gone = gone[gone["reason"].isin(WITHOUT_WEIGHT) & ~gone["record_id"].isin(listed_cars)]
    return dict(zip(gone["record_id"], gone["reason"], strict=True)), OF_TRIPS


def _seen_one_day(reads: list[tuple[Descriptor, Read]]) -> list[str]:
    days: dict[str, int] = {}
    for descriptor, read in reads:
        if descriptor.table in OF_TRIPS:
            for car, count in days_seen(read.table).items():
                days[str(car)] = days.get(str(car), 0) + int(count)
    for descriptor, read in reads:
        if descriptor.table == "Vehicles":
            days |= dict(zip(read.table["vehicle_id"], read.table["observed_days"].astype(int), strict=True))
    return sorted(car for car, count in days.items() if count == 1)


def _without(
    reads: list[tuple[Descriptor, Read]], cars: dict[str, str], tables: tuple[str, ...]
) -> list[tuple[Descriptor, Read]]:
    """Leave the rows of some cars out of some tables; each car with its reason."""
    if not cars:
        return reads
    return [
        (descriptor, _less(read, cars, descriptor) if descriptor.table in tables else read)
        for descriptor, read in reads
    ]


def _less(read: Read, cars: dict[str, str], descriptor: Descriptor) -> Read:
    mask = read.table["vehicle_id"].isin(list(cars)).to_numpy()
    if not mask.any():
        return read
    rows, origin = read.table[mask], read.origin[mask]
    parts = [read.dropped]
    for (file, reason), group in origin.groupby(
        [origin["source_file"].astype("str"), rows["vehicle_id"].map(cars)], sort=True
    ):
        numbered = rows.loc[group.index].set_axis(pd.Index(group["row_number"]), axis=0)
        lines = listed(numbered, "vehicle_id", str(reason), [WORDS[str(reason)]] * len(numbered))
        parts.append(dropped_rows(lines, descriptor.name, str(file), descriptor.table))
    for part in parts[1:]:
        reason = part["reason"].iloc[0]
        log.info("%s: left out %d rows %s (%s)", part["source_file"].iloc[0], len(part), REASONS[reason], reason)
    return Read(read.table[~mask].reset_index(drop=True), read.origin[~mask].reset_index(drop=True), all_dropped(parts))
