"""Turns published results beside ours into a page of their own, in each language; nothing is computed or opened."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from analysis.report.addresses import ASSETS, LOCALES, path_of
from analysis.report.evidence_counts import SPEAK, answer, missed_rows, standing_of, standing_table
from analysis.report.evidence_rows import TAKEN_AWAY, Row, groups
from analysis.report.peer_view import Peers, peers_told
from analysis.report.results import Results
from analysis.report.site import environment, frame
from analysis.report.teeth import teeth_told
from analysis.report.text import Voice, read_catalog
from analysis.report.view_tables import SENTENCES, stamp_table
from analysis.schemas.evidence import CASE_KINDS, COMPARABILITIES, VERDICTS

PAGE_ID, STYLE, SCRIPT = "evidence", "evidence.css", "evidence.js"
PAGES = {locale: path_of(PAGE_ID, locale) for locale in LOCALES}
TABLES = ("evidence", "evidence_moves", "evidence_cases", "published_results", "parameters")
CHOICES = {"verdict": VERDICTS, "comparability": COMPARABILITIES, "kind": CASE_KINDS,
           "fits": ("published", "transfer", "calibration")}  # fmt: skip
READING = ("verdicts", "rows", "kinds", "apart", "drawing", "explained", "language")


def build_evidence(
    results: Results, catalogs: Mapping[str, str], templates: Mapping[str, str],
    locales: Sequence[str] = tuple(PAGES),
) -> dict[str, str]:  # fmt: skip
    """Build the evidence page in each language; it is the same for every scenario.

    Parameters
    ----------
    results
        Checked tables; those of :data:`TABLES` are used.
    catalogs, templates, locales
        As for the report.

    Returns
    -------
    dict[str, str]
        Path below the report's folder and text: ``evidence.html`` (Swedish), ``en/evidence.html``. Both expect
        ``assets/evidence.csv`` beside the Swedish one, and need no library.

    Raises
    ------
    ConfigError
        If a catalog lacks a text.
    """
    template = environment(templates).get_template(f"{PAGE_ID}.html.j2")
    tables = {name: getattr(results, name) for name in TABLES}
    pages = {}
    for locale in locales:
        voice = Voice(locale, read_catalog(catalogs[locale]))
        pages[PAGES[locale]] = template.render(
            **evidence_context(tables, voice)
            | frame(PAGE_ID, voice, templates, (SCRIPT,), (STYLE,), with_library=False),
            teeth=teeth_told(results.broken_cases, voice),
            peers=_stamped(peers_told(results.peer_check, voice)),
            taken_away=ASSETS[locale] + TAKEN_AWAY,
        )
    return pages


def evidence_context(tables: Mapping[str, pd.DataFrame], voice: Voice) -> dict[str, Any]:
    """Gather everything that the template prints in one language."""
    evidence = tables["evidence"]
    rows = groups(tables, voice)
    missed = _missed(rows, evidence)
    speaks = set(evidence.loc[standing_of(evidence).isin(SPEAK), "published_id"])
    return {
        "answer": answer(evidence, voice),
        "standing": stamp_table("standing", standing_table(evidence, voice)),
        "tables_of": SENTENCES,
        "missed": [row for row in missed if row.published_id in speaks],
        "missed_apart": [row for row in missed if row.published_id not in speaks],
        "groups": rows,
        "choices": CHOICES,
        "count": voice.exact(float(len(evidence))),
        "reading": [(voice.say(f"weighed.{name}"), voice.say(f"weighed.{name}_text")) for name in READING],
        "verdicts": [(name, voice.say(f"verdict.{name}"), voice.say(f"verdict.{name}_text")) for name in VERDICTS],
    }


def _stamped(peers: Peers | None) -> Peers | None:
    return None if peers is None else replace(peers, table=stamp_table("peers", peers.table))


def _missed(rows: list[tuple[str, list[Row]]], evidence: pd.DataFrame) -> list[Row]:
    """Name what is missed, in the order of what it weighs."""
    shown = {row.published_id: row for _, members in rows for row in members}
    return [shown[name] for name in missed_rows(evidence)["published_id"]]
