"""Gathers what a scenario's workbook holds: what it is, its tables, its columns in words, its sources."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from analysis.errors import DataError, Fault
from analysis.report.citation import citation
from analysis.report.data_package import Source
from analysis.report.dictionary import RESULTS, ColumnEntry, column_entries, table_meaning
from analysis.report.places import published_counts
from analysis.report.results import COMMITTED
from analysis.report.text import Voice
from analysis.report.workbook import Sheet, table_sheet
from analysis.schemas.base import Table
from analysis.settings.model import Settings
from analysis.sources.descriptor import Descriptor

BOOK = (
    "headlines", "potential_summary", "potential_municipalities", "profiles", "profile_counts", "value_summary",
    "value_steps", "market_balance", "market_products", "market_tier", "scheme_summary", "scheme_results", "accounts",
    "scheme_paths", "scheme_incidence", "scheme_municipalities", "scheme_comparison", "information_value",
    "capability_ladder", "interoperability", "resilience", "backup_value", "crisis_supply_summary", "island_case",
    "local_grid", "use_cases", "sensitivity", "scheme_front", "best_scheme", "evidence", "parameters",
)  # fmt: skip
"""Tables of the workbook, in reading order; one without rows is left out. What is larger stays in Parquet."""
NAMES = "municipalities"
"""Read for the names beside counts; no sheet of its own."""
COUNTS = "profile_counts"
MOST_CELLS = 100_000
COLUMN_HEADS = ("table", "column", "type", "unit", "meaning", "key")
TABLE_HEADS = ("table", "rows", "meaning")
SOURCE_HEADS = ("kind", "source", "licence", "path", "use")
LICENCES = "## Licences of what is in the repository"


def model_named(name: str) -> type[Table]:
    """Give the contract of a table of the workbook."""
    return (RESULTS | COMMITTED)[name]


def book_sheets(
    tables: Mapping[str, pd.DataFrame], sources: Sequence[Source], settings: Settings, scenario: str,
    run: Mapping[str, Any], voices: Mapping[str, Voice],
) -> list[Sheet]:  # fmt: skip
    """Give the sheets of a scenario's workbook.

    Parameters
    ----------
    tables
        All of :data:`BOOK`, and :data:`NAMES`.
    sources
        What the results rest on, beside the parameters' own sources.
    run
        As ``run.yaml`` holds it.
    voices
        By language, Swedish and English.

    Raises
    ------
    DataError
        If a table has more than :data:`MOST_CELLS` cells, or the record names no revision.
    """
    shown = _shown(tables)
    left = sorted({path.removesuffix(".parquet") for path in run["results"] if "/" not in path} - set(shown))
    entries = [entry for name, table in shown.items() for entry in _entries(name, table)]
    return [
        _read_me(settings, scenario, run, left, voices),
        *(table_sheet(name, table) for name, table in shown.items()),
        Sheet("tables", TABLE_HEADS, [(name, len(table), table_meaning(model_named(name)))
                                      for name, table in shown.items()], is_text=True),
        Sheet("columns", COLUMN_HEADS, [_told(entry) for entry in entries]),
        Sheet("sources", SOURCE_HEADS, _source_rows(sources, tables["parameters"])),
    ]  # fmt: skip


def _shown(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Pick the tables with rows; counts of cars by profile are shown as they may be printed."""
    counts = published_counts(tables[COUNTS], tables[NAMES], tables["profiles"])
    shown = {name: counts if name == COUNTS else tables[name] for name in BOOK}
    faults = [
        Fault(f"workbook [{name}]", f"{table.size} cells", f"at most {MOST_CELLS}", "Take the table out of BOOK.")
        for name, table in shown.items()
        if table.size > MOST_CELLS
    ]
    if faults:
        raise DataError(faults)
    return {name: table for name, table in shown.items() if len(table)}


def _entries(name: str, table: pd.DataFrame) -> list[ColumnEntry]:
    return column_entries(name, model_named(name), list(table.columns))


def _told(entry: ColumnEntry) -> tuple[str, ...]:
    return (entry.table, entry.name, entry.kind, entry.unit, entry.meaning, "key" if entry.is_key else "")


def _read_me(
    settings: Settings, scenario: str, run: Mapping[str, Any], left: Sequence[str], voices: Mapping[str, Voice]
) -> Sheet:
    """Say in both languages what the workbook is, how its numbers are read and how it is cited."""
    columns = [_about(settings, scenario, run, left, voices[locale]) for locale in ("sv", "en")]
    rows = [(*swedish, *english) for swedish, english in zip(*columns, strict=True)]
    heads = [cell for voice in (voices["sv"], voices["en"]) for cell in (voice.say("book.title"), "")]
    return Sheet("Läs mig – Read me", heads, rows, is_text=True)


def _about(
    settings: Settings, scenario: str, run: Mapping[str, Any], left: Sequence[str], voice: Voice
) -> list[tuple[str, str]]:
    is_swedish = voice.locale == "sv"
    title, reason = (settings.title_sv, settings.reason_sv) if is_swedish else (settings.title_en, settings.reason_en)
    prices = "banner.prices_synthetic" if settings.is_synthetic_prices else "banner.prices_real"
    folder = f"data/results/{scenario}"
    return [
        (voice.say("page.title"), voice.say("page.subtitle", year=str(settings.scope.target_years[0]))),
        (voice.say("page.scenario"), f"{title} ({scenario}). {reason}"),
        (voice.say("page.policy_day"), voice.date(settings.policy.day)),
        (voice.say("page.money"), voice.say("page.money_value", price_year=str(settings.price_year))),
        (voice.say("banner.details"), f"{voice.say('banner.no_data')} {voice.say(prices)}"),
        (voice.say("book.range"), voice.say("book.range_text")),
        (voice.say("book.sheets"), voice.say("book.sheets_text")),
        (voice.say("book.left_out"), voice.say("book.left_out_text", folder=folder, names=", ".join(left))),
        (voice.say("cite.title"), citation(run, scenario, voice)),
    ]


def _source_rows(sources: Sequence[Source], parameters: pd.DataFrame) -> list[tuple[str, ...]]:
    """List data by origin and licence, then the sources of parameters with what was read in each."""
    rows: list[tuple[str, ...]] = [
        ("data", source.title, source.licence, source.path, source.use) for source in sources
    ]
    by_source = parameters.groupby("source", sort=True)["id"].agg(lambda ids: ", ".join(sorted(ids)))
    return rows + [("parameters", str(source), "", "", ids) for source, ids in by_source.items()]


def committed_sources(readme: str) -> list[Source]:
    """Read the licences of the repository's own data from the table in ``data/README.md``.

    Raises
    ------
    DataError
        If the section is not there or has no row.
    """
    section = readme.partition(LICENCES)[2].partition("\n## ")[0]
    lines = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| ")]
    rows = [[cell.replace("`", "") for cell in line] for line in lines[1:] if len(line) == len(SOURCE_HEADS) - 2]
    if not rows:
        raise DataError(Fault("data/README.md", "no table of licences", LICENCES, "Restore the section."))
    return [Source(_plain(origin), "", licence, _plain(data)) for data, origin, licence in rows]


def _plain(text: str) -> str:
    """Leave out the address of a link in Markdown."""
    return re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", text)


def described_sources(descriptors: Sequence[Descriptor]) -> list[Source]:
    """Give the sources that a user brought, as their descriptors tell them."""
    return [Source(each.citation, each.url, each.licence, f"{each.name}: {each.table}") for each in descriptors]
