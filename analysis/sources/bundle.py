"""Turns the inputs of a run into contract tables: each source by its descriptor, publishers joined, scope applied."""

import logging
from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

from analysis.errors import ConfigError, DataError, Fault
from analysis.io import check_table
from analysis.schemas.mobility import Sessions, Trips, Vehicles
from analysis.settings.model import FileSource, Settings
from analysis.sources.descriptor import DESCRIPTOR_FOLDER, Descriptor, load_descriptor
from analysis.sources.locate import files_of
from analysis.sources.publishers import combine_quotes, combine_reserve_quotes, without_overlap
from analysis.sources.reader import read_source

log = logging.getLogger(__name__)

LOCAL = "Europe/Stockholm"


def input_files(sources: Iterable[FileSource] | None, inputs_root: Path | str) -> list[Path]:
    """All files of some sources, for the inputs of a rule; all missing patterns are named at once."""
    found: list[Path] = []
    faults: list[Fault] = []
    for source in sources or ():
        try:
            found.extend(files_of(source, inputs_root))
        except DataError as error:
            faults.extend(error.faults)
    if faults:
        raise DataError(faults)
    return list(dict.fromkeys(found))


def read_tables(
    sources: Sequence[FileSource], table: str, inputs_root: Path | str, files: Sequence[Path] = (),
    folder: Path = DESCRIPTOR_FOLDER,
) -> tuple[dict[str, pd.DataFrame], dict[str, Descriptor]]:  # fmt: skip
    """Read every source of one contract table.

    Parameters
    ----------
    sources
        Of ``config.inputs``; sources with one descriptor are read together.
    table
        Contract that each descriptor must fill.
    inputs_root
        Folder of the files.
    files
        Files that the workflow declared as inputs; when given, a file outside this list is a fault.
    folder
        Folder of the descriptors.

    Returns
    -------
    tuple
        Descriptor name to table, and descriptor name to descriptor.

    Raises
    ------
    ConfigError, DataError
        With the faults of all descriptors, or of all files.
    """
    descriptors: dict[str, Descriptor] = {}
    paths: dict[str, list[Path]] = {}
    wrong: list[Fault] = []
    for source in sources:
        try:
            descriptors[source.descriptor] = load_descriptor(source.descriptor, folder)
        except ConfigError as error:
            wrong.extend(error.faults)
            continue
        fills = descriptors[source.descriptor].table
        if fills != table:
            wrong.append(Fault(f"descriptor {source.descriptor}", f"table {fills}", table, "Use it for another input."))
        paths.setdefault(source.descriptor, []).extend(files_of(source, inputs_root))
    if wrong:
        raise ConfigError(wrong)
    _declared({path for found in paths.values() for path in found}, files)
    tables: dict[str, pd.DataFrame] = {}
    faults: list[Fault] = []
    for name, found in paths.items():
        try:
            tables[name] = read_source(descriptors[name], list(dict.fromkeys(found)))
        except DataError as error:
            faults.extend(error.faults)
    if faults:
        raise DataError(faults)
    return tables, descriptors


def _declared(found: set[Path], files: Sequence[Path]) -> None:
    declared = {Path(path).resolve() for path in files}
    unknown = sorted(str(path) for path in found if path.resolve() not in declared) if files else []
    if unknown:
        raise DataError(
            Fault(path, "a file that appeared after the plan was made", "the files planned", "Run again.")
            for path in unknown
        )


def in_scope(table: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Rows of the price areas (and of Sweden as a whole) and of the local price years of the scope."""
    areas = ["SE", *settings.scope.price_areas]
    years = table["interval_start_utc"].dt.tz_convert(LOCAL).dt.year
    kept = pd.DataFrame(table[years.isin(settings.scope.price_years) & table["price_area"].isin(areas)])
    log.info("%d of %d rows in scope", len(kept), len(table))
    return kept.reset_index(drop=True)


def day_ahead_quotes(
    settings: Settings, inputs_root: Path | str, files: Sequence[Path] = (), folder: Path = DESCRIPTOR_FOLDER
) -> pd.DataFrame:
    """Day-ahead quotes of the run: areas and local price years of the scope, publishers joined.

    Raises
    ------
    DataError
        If publishers disagree, or an area and year of the scope is not covered from its first to its last hour.
    """
    tables, _ = read_tables(settings.inputs.day_ahead_prices or (), "DayAheadQuotes", inputs_root, files, folder)
    quotes = in_scope(combine_quotes(tables), settings)
    hours = quotes.groupby(["price_area", quotes["interval_start_utc"].dt.tz_convert(LOCAL).dt.year])["step_h"].sum()
    faults = []
    for area in settings.scope.price_areas:
        for year in settings.scope.price_years:
            due = (pd.Timestamp(year + 1, 1, 1) - pd.Timestamp(year, 1, 1)) / pd.Timedelta(hours=1)
            have = float(hours.get((area, year), 0.0))
            if abs(have - due) > 1e-6:
                faults.append(Fault(f"day-ahead prices {area} {year}", f"{have:g} h", f"{due:g} h",
                                    "Add the files of that year, or leave it out of scope.price_years."))  # fmt: skip
    if faults:
        raise DataError(faults)
    return quotes


def reserve_quotes(
    settings: Settings, inputs_root: Path | str, files: Sequence[Path] = (), folder: Path = DESCRIPTOR_FOLDER
) -> pd.DataFrame:
    """Reserve quotes of the run: its areas and Sweden, its local price years, publishers joined.

    Raises
    ------
    DataError
        If publishers disagree, or a price year of the scope has no quote of any product.
    """
    tables, _ = read_tables(settings.inputs.reserve_prices or (), "ReserveQuotes", inputs_root, files, folder)
    if not tables:
        raise DataError(
            Fault("inputs.reserve_prices", "null beside day_ahead_prices from files", "a list of files",
                  "Name the reserve files: prices of one year belong together.")
        )  # fmt: skip
    quotes = in_scope(combine_reserve_quotes(tables), settings)
    years = set(quotes["interval_start_utc"].dt.tz_convert(LOCAL).dt.year)
    absent = sorted(set(settings.scope.price_years) - years)
    if absent:
        raise DataError(
            Fault(f"reserve prices {year}", "no rows", "prices of at least one product", "Add the files of that year.")
            for year in absent
        )
    return quotes


def charging_sessions(
    settings: Settings, inputs_root: Path | str, files: Sequence[Path] = (), folder: Path = DESCRIPTOR_FOLDER
) -> pd.DataFrame:
    """Charging sessions of the run; sites that two publishers hold are kept once.

    Raises
    ------
    DataError
        If no session source is named, or the files hold faults.
    """
    sources = settings.inputs.sessions
    if not sources:
        raise DataError(
            Fault("inputs.sessions", "null", "a list of files", "Name session files, or do not ask for sessions.")
        )
    tables, descriptors = read_tables(sources, "Sessions", inputs_root, files, folder)
    joined = pd.concat(without_overlap(tables, descriptors).values(), ignore_index=True)
    return check_table(joined, Sessions, "charging sessions")


def fleet_trips(
    settings: Settings, inputs_root: Path | str, files: Sequence[Path] = (), folder: Path = DESCRIPTOR_FOLDER
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Trips and vehicles of the run's logbooks (``inputs.fleet_trips`` names descriptors of both tables).

    Returns
    -------
    tuple
        ``Trips`` and ``Vehicles``; every trip has its vehicle.

    Raises
    ------
    ConfigError, DataError
        If a table is not named, or trips belong to cars that the vehicle table does not hold.
    """
    sources = settings.inputs.fleet_trips or ()
    by_table: dict[str, list[FileSource]] = {}
    for source in sources:
        by_table.setdefault(load_descriptor(source.descriptor, folder).table, []).append(source)
    absent = [name for name in ("Trips", "Vehicles") if name not in by_table]
    if absent:
        raise ConfigError(
            Fault("inputs.fleet_trips", f"no descriptor of {name}", "one of Trips and one of Vehicles", "Add the file.")
            for name in absent
        )
    trips, vehicles = (
        pd.concat(read_tables(by_table[name], name, inputs_root, files, folder)[0].values(), ignore_index=True)
        for name in ("Trips", "Vehicles")
    )
    unknown = sorted(set(trips["vehicle_id"]) - set(vehicles["vehicle_id"]))
    if unknown:
        raise DataError(
            Fault("inputs.fleet_trips", f"trips of {len(unknown)} cars without a row, the first {unknown[0]}",
                  "each car in the vehicle table", "Add the cars, or give both files the same ids.")
        )  # fmt: skip
    return check_table(trips, Trips, "fleet trips"), check_table(vehicles, Vehicles, "fleet vehicles")
