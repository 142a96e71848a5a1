"""Turns every published result into a row of the evidence page, and the whole into a table to take away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.report.elements import rows_of
from analysis.report.evidence_moves_view import Why, why
from analysis.report.evidence_words import Published, ours_told, published_told, required, sign_told
from analysis.report.figure_data import csv_text
from analysis.report.forest import Strip, strip
from analysis.report.text import Voice
from analysis.schemas.evidence import COMPARABILITIES

TAKEN_AWAY = "evidence.csv"
ORIGINALS = ("conditions", "how_to_reproduce", "implied_check", "note")
"""Words of the published result that stand in the language of the source."""


@dataclass(frozen=True)
class Row:
    """One published result as shown; ``project``, ``quantity`` and ``originals`` are in the language of the source.

    ``fits`` says whether the case is held under other conditions than the published ones (*transfer*), is a figure that
    the model was fitted to (*calibration*), or neither (*published*).
    """

    published_id: str
    project: str
    quantity: str
    comparability: str
    kind: str
    fits: Sequence[str]
    verdict: str
    sign: str
    published: Published
    ours: str
    required: str
    strip: Strip | None
    strip_label: str
    conditions: str
    enters_at: str
    originals: Sequence[tuple[str, str]]
    source: str
    is_source_original: bool
    is_verified: bool
    why: Why | None


def groups(tables: Mapping[str, pd.DataFrame], voice: Voice) -> list[tuple[str, list[Row]]]:
    """Give the rows by comparability, targets first, each group in the order of the published results.

    Parameters
    ----------
    tables
        ``evidence``, ``evidence_moves``, ``evidence_cases``, ``published_results`` and ``parameters`` by name.
    """
    indexed = {
        "cases": tables["evidence_cases"].set_index("published_id"),
        "sources": tables["published_results"].set_index("id"),
        "parameters": tables["parameters"].set_index("id"),
    }
    moves = dict(list(tables["evidence_moves"].groupby("published_id")))
    none = tables["evidence_moves"].head(0)
    rows = [_row(row, indexed, moves.get(row.published_id, none), voice) for row in rows_of(tables["evidence"])]
    found = [(name, [row for row in rows if row.comparability == name]) for name in COMPARABILITIES]
    return [(name, members) for name, members in found if members]


def _row(row: Any, indexed: Mapping[str, pd.DataFrame], moves: pd.DataFrame, voice: Voice) -> Row:
    key, cases = row.published_id, indexed["cases"]
    source = indexed["sources"].loc[key]
    case = cases.loc[key] if key in cases.index else None
    published, ours, needed = published_told(row, voice), ours_told(row, voice), required(row, voice)
    drawing = strip(row)
    has_page = pd.notna(source["page_from"])
    return Row(
        key, row.project, row.quantity, row.comparability, row.case_kind, _fits(row), row.verdict,
        sign_told(row, voice), published, ours, needed if row.case_kind != "none" else "", drawing,
        voice.say("strip.label", required=needed, ours=ours) if drawing else "",
        conditions="" if case is None else str(case[f"conditions_{voice.locale}"]),
        enters_at="" if case is None or pd.isna(case["enters_at"]) else str(case["enters_at"]),
        originals=[(name, str(source[name])) for name in ORIGINALS if pd.notna(source[name])],
        source=_page(source, voice) if has_page else str(source["verified_where"]),
        is_source_original=not has_page,
        is_verified=bool(source["verified"]),
        why=why(row, moves, indexed["parameters"], voice),
    )  # fmt: skip


def _fits(row: Any) -> tuple[str, ...]:
    marks = {"transfer": row.is_transfer, "calibration": row.is_calibration}
    return tuple(name for name, is_so in marks.items() if is_so) or ("published",)


def _page(source: pd.Series, voice: Voice) -> str:
    return voice.say("proof.page", section=str(source["section"]), page=str(source["page_from"]))


def table_to_take(tables: Mapping[str, pd.DataFrame]) -> str:
    """Give the whole table as text: a row a published result (grain: Evidence), with our conditions and its source."""
    told: pd.DataFrame = tables["evidence"].merge(tables["evidence_cases"], on="published_id", how="left")
    source = tables["published_results"][["id", "page_from", *ORIGINALS, "verified", "verified_where"]]
    named = source.rename(columns={"id": "published_id", "conditions": "published_conditions"})
    return csv_text(told.merge(named, on="published_id", how="left"))
