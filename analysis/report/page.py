"""Turns the results of a run into the pages of its report, as text; nothing is computed, nothing is opened."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from analysis.report import (
    brief,
    depth_views,
    figure_views,
    firm_views,
    headlines,
    link_tables,
    market_tier_view,
    notes,
    plugging,
    profile_losses,
    resilience_views,
    scheme_pages,
    standards_views,
    step_views,
    tables,
    use_case_views,
)
from analysis.report.addresses import BRIEF, LIBRARY, LOCALES, OWN_BUILDERS, PAGE_IDS, book_of, path_of
from analysis.report.citation import citation
from analysis.report.elements import FigureView, TableView
from analysis.report.figure_data import FOLDER, figure_files
from analysis.report.origin import origin_rows
from analysis.report.places import TAKEN_AWAY
from analysis.report.results import Results
from analysis.report.site import FIGURES, SCRIPT, TRACE_SCRIPT, content_policy, environment, frame
from analysis.report.text import Voice, read_catalog
from analysis.report.view_tables import SENTENCES, stamp_figure, stamp_sections, stamp_table
from analysis.settings.model import Settings

PAGES = tuple(page_id for page_id in PAGE_IDS if page_id not in OWN_BUILDERS)
"""Pages that are built here, of a template that bears their name."""
SOURCES = ("rise", "scb", "boundaries", "areas", "power_circle", "trafikanalys", "svk", "spot", "smhi", "tax",
           "plotly")  # fmt: skip
NAIVE = ("spread", "baseline", "one_year", "parked", "energy", "losses", "private", "standard")
READING = ("interval", "firm", "increment", "money", "digits", "draws")


def build_site(
    results: Results, settings: Settings, scenario: str, catalogs: Mapping[str, str], templates: Mapping[str, str],
    locales: Sequence[str] = LOCALES,
) -> dict[str, str]:  # fmt: skip
    """Build the pages of one scenario.

    Parameters
    ----------
    results
        Checked tables.
    settings, scenario
        The run and its name.
    catalogs
        Language and the text of its ``.po`` file.
    templates
        File name and text of each template, of style sheets and scripts, and of the library that draws figures.
    locales
        Languages wanted, all if none are named.

    Returns
    -------
    dict[str, str]
        Path below the report's folder and text: ``index.html`` (Swedish), ``en/index.html`` and so on; they expect
        the library and the table of ``places`` below ``assets``. ``brief.sv.html`` and ``brief.en.html`` expect
        nothing. With the Swedish pages come the data of each figure, ``data/<figure_id>.csv``, for all languages.

    Raises
    ------
    ConfigError
        If a catalog lacks a text.
    DataError
        If a table lacks a row that a page leads with.
    """
    pages = environment(templates)
    built = {}
    for locale in locales:
        voice = voice_of(locale, catalogs[locale], results)
        context = page_context(results, settings, scenario, voice)
        for page_id in PAGES:
            shared = frame(page_id, voice, templates, with_library=page_id in FIGURES)
            up = "" if locale == "sv" else "../"
            about = {"with_links": True, "brief_file": up + BRIEF[locale], "book_file": up + book_of(scenario),
                     "data_folder": f"{up}{FOLDER}/"}  # fmt: skip
            shown = _drawn(figures_of(page_id, context["figures"]))
            page = pages.get_template(f"{page_id}.html.j2").render(context | shared | about | shown)
            built[path_of(page_id, locale)] = page
        built[BRIEF[locale]] = _one_file(context, voice, templates)
        if locale == LOCALES[0]:
            built |= {f"{FOLDER}/{name}": text for name, text in figure_files(context["figures"].values()).items()}
    return built


def _one_file(context: Mapping[str, Any], voice: Voice, templates: Mapping[str, str]) -> str:
    """Build the brief with the library and the script in it; it leads nowhere and asks for nothing."""
    scripts = (templates[LIBRARY], templates[SCRIPT], templates[TRACE_SCRIPT])
    alone = {"scripts": scripts, "policy": content_policy(scripts, libraries=""), "library": "", "with_links": False,
             "brief_file": "", "book_file": "", "data_folder": ""}  # fmt: skip
    shown = _drawn(figures_of("index", context["figures"]))
    template = environment(templates).get_template("brief.html.j2")
    return template.render({**context, **frame("index", voice, templates), **alone, **shown})


def figures_of(page_id: str, figures: Mapping[str, FigureView]) -> dict[str, FigureView]:
    """Pick the figures of a page, in reading order; those that the run has no table for are left out."""
    if page_id == "index":
        return brief.brief_figures(figures)
    return {name: figures[name] for name in FIGURES.get(page_id, ()) if name in figures}


def _drawn(figures: Mapping[str, FigureView]) -> dict[str, Any]:
    """The figures of a page, and what its script draws."""
    drawings = {name: [panel.drawing for panel in figure.panels] for name, figure in figures.items()}
    return {"page_figures": figures, "figure_data": embed(drawings)}


def voice_of(locale: str, catalog: str, results: Results) -> Voice:
    """Join the texts of the catalog with the names that scheme files give themselves and that profiles were given."""
    schemes = {f"scheme.{scheme}": texts[locale] for scheme, texts in results.scheme_labels.items()}
    names = results.profiles.set_index("profile_id")["name_sv" if locale == "sv" else "name_en"]
    profiles = {f"profile_name.{profile}": str(name) for profile, name in names.items()}
    return Voice(locale, {**read_catalog(catalog), **schemes, **profiles})


def page_context(results: Results, settings: Settings, scenario: str, voice: Voice) -> dict[str, Any]:
    """Gather everything that the template prints in one language."""
    year = settings.scope.target_years[0]
    made = figure_views.all_figures(results, settings, year, voice)
    figures = {figure.figure_id: stamp_figure(figure) for figure in made}
    return {
        "scenario": scenario,
        "year": str(year),
        "title": settings.title_sv if voice.locale == "sv" else settings.title_en,
        "reason": settings.reason_sv if voice.locale == "sv" else settings.reason_en,
        "day": voice.date(settings.policy.day),
        "origins": origin_rows(settings.inputs, voice),
        "is_synthetic_prices": settings.is_synthetic_prices,
        "is_synthetic_reserves": settings.is_synthetic_reserves,
        "answer": headlines.answer(results.headlines, year, voice),
        "cards": headlines.cards(results.headlines, voice),
        "headline_table": stamp_table("headline_table", headlines.headline_table(results.headlines, voice)),
        "figures": figures,
        "sections": stamp_sections(
            _sections(results, settings.policy.schemes, year, voice)
            | scheme_pages.scheme_sections(results, settings.policy.schemes, scenario, year, voice)
            | _standards(results, settings.assumptions.standards, voice)
        ),
        "tables_of": SENTENCES,
        "plug_in": notes.plug_in_note(results, settings, voice),
        "taken_away": TAKEN_AWAY,
        "overview": stamp_table("overview", brief.scheme_overview(results, settings.policy.schemes, year, voice)),
        "doubts": brief.doubts(results, settings, figures, voice),
        "decisions": brief.decisions(results, settings, figures, year, voice),
        "value_years": notes.value_years_note(results, settings, voice),
        "asek": _asek(results.parameters, voice),
        "sources": [(voice.say(f"source.{name}"), voice.say(f"source.{name}_use")) for name in SOURCES],
        "naive": [(voice.say(f"naive.{name}"), voice.say(f"naive.{name}_ours")) for name in NAIVE],
        "reading": [(voice.say(f"reading.{name}"), voice.say(f"reading.{name}_text")) for name in READING],
        "price_year": str(settings.price_year),
        "cite": citation(results.run, scenario, voice),
        "draws": voice.number(float(settings.scope.draw_count)),
    }


def _sections(results: Results, schemes: Sequence[str], year: int, voice: Voice) -> dict[str, Any]:
    """Gather the tables that stand by themselves."""
    summary = tables.in_order(results.scheme_summary[results.scheme_summary["year"] == year], schemes)
    comparison = results.price_year_comparison
    return {
        "measures": tables.measure_table(summary, voice, voice.say("measures.caption", year=str(year))),
        "accounts": _accounts(results, schemes, voice),
        "comparison": None
        if comparison.empty
        else tables.comparison_table(comparison, voice, voice.say("calibration.caption")),
        "parameters": tables.parameter_table(results.parameters, voice, voice.say("parameters.caption")),
        "parameter_counts": _verified(results.parameters),
        "link_note": link_tables.link_note(results, voice),
        "link": link_tables.link_table(results, voice),
        "seeds": link_tables.seed_table(results, voice),
        "company_cars": link_tables.company_car_table(results, voice),
        "stability": notes.stability_note(results.profiles, voice),
        **_driving(results, voice),
        "losses": profile_losses.loss_table(results.profile_evidence, voice),
        **use_case_views.use_case_sections(results, voice),
        "correlation": firm_views.correlation_table(results.availability_correlation, voice),
        "levels": step_views.level_table(results.level_check, voice),
        **depth_views.depth_sections(results, voice),
        "market_note": market_tier_view.market_note(results.market_tier, year, voice),
        "market_tier": market_tier_view.market_table(results.market_tier, year, voice),
        "contracts": plugging.contract_table(results.plug_in_contracts, voice, voice.say("contracts.caption")),
        "floor": resilience_views.floor_view(results.backup_floor, voice),
        "supply": resilience_views.supply_view(results.crisis_supply_summary, voice),
    }


def _driving(results: Results, voice: Voice) -> dict[str, str | TableView]:
    """Gather what the travel rests on."""
    return {
        "travel": tables.travel_table(results.travel_targets, voice, voice.say("travel.caption")),
        "travel_note": notes.travel_note(results.travel_targets, voice),
        "driving_data": tables.driving_data_table(results.driving_data, voice, voice.say("driving_data.caption")),
    }


def _accounts(results: Results, schemes: Sequence[str], voice: Voice) -> list[tuple[str, TableView]]:
    """Gather the accounts of each scheme that moves any, the best one first."""
    best = headlines.best_scheme(results.headlines)
    ranked = sorted(schemes, key=lambda name: name != best)
    return [
        (
            voice.name("scheme", str(name)),
            tables.account_table(rows, voice, voice.say("accounts.caption", scheme=voice.name("scheme", str(name)))),
        )
        for name, rows in tables.in_order(results.accounts, ranked).groupby("scheme", sort=False)
        if rows["net_present_value_msek"].ne(0).any()
    ]


def _standards(results: Results, chosen: str, voice: Voice) -> dict[str, TableView]:
    """Gather what the run's standards case leaves of pairs that work, beside the other cases."""
    return {
        "ladder": standards_views.ladder_table(results.capability_ladder, chosen, voice),
        "standards": standards_views.standards_table(results.interoperability, chosen, voice),
    }


def _verified(parameters: pd.DataFrame) -> tuple[str, str]:
    """Count the rows read in a source, and all rows."""
    return str(len(parameters[parameters["verified"]])), str(len(parameters))


def _asek(parameters: pd.DataFrame, voice: Voice) -> str:
    """Say which appraisal values stand behind the results and that they are not those of the current ASEK."""
    value = parameters.set_index("id")["value"]
    return voice.say(
        "asek.note",
        rate=voice.exact(100 * float(value["cba.social_rate"])),
        mcpf=voice.exact(float(value["cba.mcpf"])),
        horizon=voice.exact(float(value["cba.horizon"])),
    )


def embed(value: Any) -> str:
    """Write JSON that may stand inside a script element: no character can end the element or open another."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
