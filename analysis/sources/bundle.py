"""Turns the inputs of a run into contract tables: each source by its descriptor, publishers joined, scope applied."""

import logging
from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

from analysis.errors import ConfigError, DataError, Fault
from analysis.io import check_table
from analysis.schemas.mobility import Sessions
from analysis.settings.model import FileSource, Settings
from analysis.sources.descriptor import DESCRIPTOR_FOLDER, Descriptor, load_descriptor
from analysis.sources.dropped import all_dropped
from analysis.sources.locate import files_of
from analysis.sources.publishers import combine_quotes, combine_reserve_quotes, without_overlap
from analysis.sources.reader import Read, read_listed

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
    reads, descriptors = read_listed_tables(sources, table, inputs_root, files, folder)
    return {name: read.table for name, read in reads.items()}, descriptors


def read_listed_tables(
    sources: Sequence[FileSource], table: str, inputs_root: Path | str, files: Sequence[Path] = (),
    folder: Path = DESCRIPTOR_FOLDER,
) -> tuple[dict[str, Read], dict[str, Descriptor]]:  # fmt: skip
    """Read every source of one contract table as :func:`read_tables` does, with the rows left out."""
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
    reads: dict[str, Read] = {}
    faults: list[Fault] = []
    for name, found in paths.items():
        try:
            reads[name] = read_listed(descriptors[name], list(dict.fromkeys(found)))
        except DataError as error:
            faults.extend(error.faults)
    if faults:
        raise DataError(faults)
    return reads, descriptors


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
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Charging sessions of the run, and the rows left out; sites that two publishers hold are kept once.

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
    reads, descriptors = read_listed_tables(sources, "Sessions", inputs_root, files, folder)
    tables = without_overlap({name: read.table for name, read in reads.items()}, descriptors)
    joined = pd.concat(tables.values(), ignore_index=True)
    dropped = all_dropped(read.dropped for read in reads.values())
    return check_table(joined, Sessions, "charging sessions"), dropped
