"""A small table of published results beside ours, by hand: each verdict, each kind of row, open ends and words."""

from math import nan
from typing import Any

import pandas as pd

from analysis.io import check_table, normalise, read_csv_table
from analysis.report.results import COMMITTED
from analysis.schemas.assumptions import Parameters
from analysis.schemas.evidence import BrokenCases, Evidence, EvidenceCases, EvidenceMoves
from analysis.schemas.peer_check import PeerCheck
from analysis.schemas.use_cases import PublishedResults
from tests.conftest import ROOT

MARKUP = '<img src=x onerror="alert(1)"></script><b>bold</b>'
RANGE = {"published_low": 20.0, "published_high": 80.0, "target": (20.0, 80.0)}
SINGLE = {"published_low": 2.0, "published_high": 2.0, "published_text": "2", "target": (1.6, 2.4)}
PAYS = {"knob_count": 3, "best_knob": "pays", "best_setting": "owner", "ours_at_best": 21.9}
CHARGER = {"knob_count": 1, "best_knob": "cap.ac_bi", "best_setting": "30000", "ours_at_best": 1.13}
SIGN: dict[str, Any] = {"comparability": "sign", "unit": "sign"}
ROWS: dict[str, dict[str, Any]] = {
    "A1": RANGE | {"ours": (40.0, 50.0, 60.0), "verdict": "reproduced"},
    "A2": RANGE | {"ours": (11.0, 13.0, 21.0), "verdict": "within_spread"},
    "A3": RANGE | PAYS | {"ours": (174.0, 204.0, 204.0), "verdict": "explained"},
    "A4": SINGLE | CHARGER | {"ours": (1.0, 1.05, 1.1), "verdict": "not_reproducible", "unit": "ratio"},
    "A5": RANGE | {"ours": (40.0, 50.0, 60.0), "verdict": "reproduced", "is_transfer": True, "project": MARKUP},
    "A6": RANGE | {"ours": (300.0, 300.0, 300.0), "verdict": "not_reproducible", "is_calibration": True},
    "B1": SIGN | {"ours": (0.1, 0.5, 0.9), "verdict": "reproduced"},
    "B2": SIGN | {"ours": (-1.0, -0.1, 1.0), "verdict": "within_spread"},
    "B3": SIGN | {"ours": (-1.0, -1.0, -1.0), "verdict": "not_reproducible"},
    "C1": RANGE | {"ours": (30.0, 30.0, 30.0), "verdict": "reproduced", "case_kind": "identity"},
    "C2": {"published_low": 8.0, "published_text": "8", "target": (6.4, 9.6), "open": (6.4, nan), "unit": "MW",
           "ours": (11.0, 11.0, 11.0), "verdict": "within_spread", "case_kind": "input"},
    "P1": {"published_low": 10.0, "published_text": ">10", "case_kind": "none", "unit": "h"},
    "D1": {"comparability": "behaviour", "published_low": 50.0, "published_text": "majority", "case_kind": "none",
           "unit": "%"},
    "E1": {"comparability": "context", "published_low": 2018.0, "published_high": 2021.0, "case_kind": "none",
           "unit": "year"},
}  # fmt: skip
MOVES = [
    ("A3", "price_year", "low", "2023", 190.0, False),
    ("A3", "pays", "high", "owner", 21.9, True),
    ("A3", "charger_option", "high", "ac_22", 209.0, False),
    ("A4", "cap.ac_bi", "low", "14500", 1.02, False),
    ("A4", "cap.ac_bi", "high", "30000", 1.13, False),
]


PEERS = {
    "peer": ["linopy", "ev2gym", "linopy"], "peer_version": ["0.1", "2.0", "0.1"], "pandas_version": "3.1",
    "subject": ["week 1", "week 1", "week 2"], "measure": ["least_cost", "calendar_loss", "least_cost"],
    "unit": ["sek", "pu", "sek"], "ours": [200.0, 0.01, 100.0], "theirs": [200.0, 0.012, 100.5],
    "difference_pu": [0.0, 0.2, 0.005], "tolerance_pu": [0.01, 0.1, 0.01], "is_within": [True, False, True],
}  # fmt: skip


def small_evidence() -> pd.DataFrame:
    """The rows above, checked."""
    columns = list(Evidence.to_schema().columns)
    rows = [_row(name, dict(given)) for name, given in ROWS.items()]
    return check_table(normalise(pd.DataFrame(rows)[columns]), Evidence, "small evidence")


def _row(name: str, given: dict[str, Any]) -> dict[str, Any]:
    target = given.pop("target", (nan, nan))
    ends, ours = given.pop("open", target), given.pop("ours", (nan, nan, nan))
    bounds = dict(zip(("target_low", "target_high", "open_low", "open_high"), (*target, *ends), strict=True))
    numbers = dict(zip(("ours_low", "ours_central", "ours_high"), ours, strict=True))
    blank = {
        "published_id": name, "project": f"Project {name}", "quantity": f"Quantity {name}", "unit": "cycles/yr",
        "comparability": "target", "case_kind": "engine", "is_transfer": False, "is_calibration": False,
        "published_low": nan, "published_central": nan, "published_high": nan, "published_text": None,
        "verdict": "not_a_test", "knob_count": 0, "best_knob": None, "best_setting": None, "ours_at_best": nan,
    }  # fmt: skip
    return blank | bounds | numbers | given


BROKEN = {"part": ["wear", "wear", "margins"], "case_id": ["PR018", "PR019", "T2"]}


def committed_tables() -> dict[str, pd.DataFrame]:
    """Every table that the page reads, as it lies in the repository."""
    paths = {
        "evidence": "data/evidence/evidence.csv", "evidence_moves": "data/evidence/evidence_moves.csv",
        "evidence_cases": "data/evidence/cases.csv", "published_results": "data/reference/published_results.csv",
        "parameters": "data/assumptions/parameters.csv", "peer_check": "data/evidence/peer_check.csv",
        "broken_cases": "data/evidence/broken_cases.csv",
    }  # fmt: skip
    return {name: read_csv_table(ROOT / path, COMMITTED[name]) for name, path in paths.items()}


def small_tables() -> dict[str, pd.DataFrame]:
    """Every table that the page reads: the small one and what belongs to it."""
    moves = pd.DataFrame(MOVES, columns=list(EvidenceMoves.to_schema().columns))
    cases = pd.DataFrame(
        {
            "published_id": ["A1", "D1"],
            "conditions_sv": ["Våra villkor för A1.", "Inget fall: detta är indata."],
            "conditions_en": ["Our conditions for A1.", "No case: this is input."],
            "enters_at": [None, "ado.stated_accept"],
        }
    )
    published = pd.DataFrame(
        {
            "id": list(ROWS), "project": "Project", "section": "2.1", "page_from": ["8", *[None] * (len(ROWS) - 1)],
            "quantity": "Quantity", "unit": "count", "low": nan, "high": nan, "central": None,
            "conditions": "Published conditions", "how_to_reproduce": "Run it", "comparability": "target",
            "implied_check": None, "note": "A note", "verified": [True, *[False] * (len(ROWS) - 1)],
            "verified_where": "example.org",
        }
    )  # fmt: skip
    return {
        "evidence": small_evidence(),
        "evidence_moves": check_table(normalise(moves), EvidenceMoves, "small moves"),
        "evidence_cases": check_table(normalise(cases), EvidenceCases, "small cases"),
        "published_results": check_table(normalise(published.astype({"low": float})), PublishedResults, "published"),
        "peer_check": check_table(normalise(pd.DataFrame(PEERS)), PeerCheck, "small check"),
        "broken_cases": check_table(normalise(pd.DataFrame(BROKEN)), BrokenCases, "small teeth"),
        "parameters": read_csv_table(ROOT / "data/assumptions/parameters.csv", Parameters),
    }
