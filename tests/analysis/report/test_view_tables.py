"""Every number in the text comes from a table cell: a table is changed, and what changes on the pages says so."""

import re
from collections.abc import Iterable
from dataclasses import fields, replace

import pandas as pd
import pytest

from analysis.errors import ConfigError
from analysis.report import evidence_page, page, view_tables
from analysis.report.elements import Column, FigureView, TableView
from analysis.report.results import COMMITTED, ONCE_MADE, TABLES
from analysis.report.scheme_choice import SOCIAL_MEAN
from analysis.units import HOURS_PER_WEEK
from tests.analysis.report import report_fixtures
from tests.analysis.report.page_blocks import blocks_of

READ = {*TABLES, *COMMITTED, *ONCE_MADE}
FILES = {"run", "schemes"}
"""Inputs of the report job that are no tables: the record of the run and the files of law."""
NAMES = re.compile(
    r"SE[1-4]\b|V[12][GHBX]\b|V2X\S*|CO2|FCR-\w+|ISO 15118(-\d+)?|Task 53|RISE report 2026:45|(AC|DC) \d+ kW|CC0|"
    r"\bP1\b|2030|\S+\.py:\d+|https?://\S+|data/\S+"
)
"""Digits that name something: areas, techniques, standards, chargers, the target year, files."""
STATIC = {
    "the convention of intervals": (
        "headlines.lead", "brief.schemes_note", "card.note", "convergence.note", "reading.interval_text",
        "reading.firm_text", "potential.lead", "losses.note", "market_tier.caption", "best.text", "sensitivity.note",
    ),
    "how it is computed, with the constants of the method": (
        "potential.method", "profiles.method", "value.method", "schemes.method", "calibration.text", "contracts.note",
        "company_cars.not_used", "resilience.method", "weighed.how_text",
    ),
    "a setting of the run": ("page.subtitle", "page.money_value", "banner.prices_real", "run.text"),
    "year or name of a published source": (
        "origin.climate_basis", "origin.demographics_basis", "origin.cars_basis", "source.rise", "source.scb_use",
        "source.power_circle", "source.smhi", "source.spot_use", "weighed.footer", "weighed.description",
    ),
}  # fmt: skip
"""Texts of the catalogs whose digits come from no table, by the reason for it."""


@pytest.fixture(scope="module")
def results():
    return report_fixtures.demo_results()


@pytest.fixture(scope="module")
def settings():
    return report_fixtures.demo_settings()


@pytest.fixture(scope="module")
def catalog():
    return report_fixtures.demo_texts()["en"]


@pytest.fixture(scope="module")
def base(results, settings, catalog):
    return context_of(results, settings, catalog)


def context_of(results, settings, catalog):
    voice = page.voice_of("en", catalog, results)
    built = page.page_context(results, settings, "demo", voice)
    tables = {name: getattr(results, name) for name in evidence_page.TABLES}
    weighed = evidence_page.evidence_context(tables, voice)
    return built | {
        "weighed": weighed["answer"], "standing": weighed["standing"], "rows": weighed["groups"],
        "peers": evidence_page.peers_told(results.peer_check, voice),
        "teeth": evidence_page.teeth_told(results.broken_cases, voice),
    }  # fmt: skip


def views_in(value) -> Iterable[TableView | FigureView]:
    if isinstance(value, TableView | FigureView):
        yield value
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for item in value:
            yield from views_in(item)


def parts_of(context) -> dict[str, tuple[str, tuple[str, ...]]]:
    """What the pages print, part by part, each with the tables that it names."""
    parts = {}
    for name, figure in context["figures"].items():
        shown = [getattr(figure, each.name) for each in fields(figure) if each.name not in {"data", "origin"}]
        parts[f"figure {name}"] = (repr(shown), tuple(figure.origin))
        parts[f"title and lead of {name}"] = (figure.title + figure.lead, view_tables.title_tables(name))
    for name, part in context["sections"].items():
        if name in view_tables.SECTIONS and part:
            parts[f"section {name}"] = (repr(part), view_tables.SECTIONS[name])
    for name in ("cards", "headline_table", "plug_in", "value_years", "asek", "weighed", "overview", "standing",
                 "rows", "peers", "teeth"):  # fmt: skip
        parts[name] = (repr(context[name]), view_tables.SENTENCES[name])
    for place, sentence in enumerate(context["answer"]):
        parts[f"answer {place}"] = (sentence, view_tables.SENTENCES["answer"])
    for place, doubt in enumerate(context["doubts"]):
        parts[f"doubt {place}"] = (doubt, tuple(doubt.origin))
    for decision in context["decisions"]:
        parts[f"decision {decision.question}"] = (decision.told, tuple(decision.origin))
    return parts


def shaken(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """A table with every measured number changed, and still one that a page can be built from."""
    table = table.copy()
    if name in {"evidence", "peer_check", "broken_cases", "evidence_cases"}:
        return table.iloc[:-3]
    if name == "parameters":
        table = table.assign(verified=~table["verified"].astype(bool))
    if name == "travel_targets":
        table = table.assign(is_within=False)
    if name == "regulation_timeline":
        return table.assign(effect_day=table["effect_day"].astype(str).str.replace("-0", "-1", n=1))
    if name == "accounts":  # still adds up to the social value
        values = table["net_present_value_msek"]
        less = 0.37 * values.groupby(table["scheme"]).transform("sum")
        least = values.abs().groupby(table["scheme"]).transform("idxmin") == table.index
        return table.assign(net_present_value_msek=1.37 * values - less.where(least, 0.0))
    if name == "published_results":
        return table.assign(page_from=table["page_from"].astype(str) + "9")
    if name == "potential":  # other hours are the highest
        table = table.assign(hour_of_week=HOURS_PER_WEEK - 1 - table["hour_of_week"])
    if name == "car_week":
        table = table.assign(interval_start_utc=table["interval_start_utc"] + pd.Timedelta(weeks=1))
    rows = table["measure"].ne(SOCIAL_MEAN) if name == "scheme_summary" else pd.Series(True, index=table.index)
    for column in table.columns:
        words = set(str(column).split("_"))
        if pd.api.types.is_float_dtype(table[column]):
            table[column] = table[column].where(~rows, table[column] * 1.37)
        elif pd.api.types.is_integer_dtype(table[column]) and not words & {"year", "hour", "month", "rank", "fleet"}:
            table[column] = table[column] * 3
    return table


def groups(parts) -> list[list[str]]:
    """Tables in as few groups as can be, no two of a group named by the same part: what changes tells which it was."""
    together = {name: set() for name in READ}
    for _, origin in parts.values():
        for name in set(origin) & READ:
            together[name] |= set(origin) - {name}
    made: list[list[str]] = []
    for name in sorted(READ, key=lambda name: (-len(together[name]), name)):
        group = next((group for group in made if not together[name] & set(group)), None)
        if group is None:
            made.append([name])
        else:
            group.append(name)
    return made


@pytest.mark.slow
def test_what_changes_with_a_table_is_what_names_it(results, settings, catalog, base):
    """Both ways: a part that names the table changes with it, and no other does."""
    parts, wrong = parts_of(base), []
    for group in groups(parts):
        changed = {name: shaken(name, getattr(results, name)) for name in group}
        now = parts_of(context_of(replace(results, **changed), settings, catalog))
        for part, (told, origin) in parts.items():
            named = set(origin) & set(group)
            if (part in now and now[part][0] != told) != bool(named):
                wrong.append((part, sorted(named) or f"changed with one of {group}"))
    assert not wrong, "\n".join(f"{part}: {names}" for part, names in wrong)


def test_every_view_names_tables_that_the_report_job_reads(base):
    seen = list(views_in(base))
    assert len(seen) > 60
    for view in seen:
        what = view.figure_id if isinstance(view, FigureView) else view.caption
        assert view.origin, what
        assert set(view.origin) <= READ | FILES, what


def test_a_view_that_nobody_named_is_a_fault():
    table = TableView("Fresh", [Column("a")], [("1",)])
    with pytest.raises(ConfigError, match="fresh"):
        view_tables.stamp_sections({"fresh": table})


def pattern(text: str) -> re.Pattern[str]:
    spaced = [re.escape(" ".join(f"|{part}|".split()))[2:-2] for part in re.split(r"\{\w+\}", text)]
    return re.compile(".*?".join(spaced))


def test_no_printed_number_stands_without_its_tables(results, settings, catalog):
    """Every block of text with a digit names tables, or is a text whose digits are listed with their reason."""
    texts, templates = {"en": catalog}, report_fixtures.demo_templates()
    site = page.build_site(results, settings, "demo", texts, templates, ("en",))
    site |= evidence_page.build_evidence(results, texts, templates, ("en",))
    said = page.voice_of("en", catalog, results).texts
    listed = [pattern(said[key]) for keys in STATIC.values() for key in keys if key in said]
    shown = page.page_context(results, settings, "demo", page.voice_of("en", catalog, results))
    own = {" ".join(figure.title.split()) for figure in shown["figures"].values()} | {shown["day"]}
    loose = {
        (name, block.text)
        for name, text in site.items()
        for block in blocks_of(text)
        if not block.origin and re.search(r"\d", NAMES.sub("", block.text)) and block.text not in own
        and not any(each.search(block.text) for each in listed)
    }  # fmt: skip
    assert sorted(loose) == []
