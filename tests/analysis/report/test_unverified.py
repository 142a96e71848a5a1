"""Unverified parameters by how much they matter: ranking by hand."""

import pandas as pd

from analysis.io import read_csv_table
from analysis.report.results import empty_table
from analysis.report.text import Voice, read_catalog
from analysis.report.unverified import by_weight, counts, unverified_tables
from analysis.schemas.assumptions import Parameters
from analysis.schemas.schemes import Sensitivity
from tests.analysis.report import report_fixtures as fixtures
from tests.conftest import ROOT

SHIPPED = read_csv_table(ROOT / "data/assumptions/parameters.csv", Parameters)


def parameters(**verified):
    rows = SHIPPED.head(len(verified)).copy()
    return rows.assign(id=list(verified), verified=list(verified.values()))


def sensitivity(*rows):
    """Scheme, outcome, parameter and total index of each row."""
    table = pd.DataFrame(rows, columns=["scheme", "outcome", "parameter", "total_pu"])
    return table.assign(total_half_width_pu=0.05, total_pu=table["total_pu"].astype("float64"))


FOUR = parameters(a=False, b=False, c=False, d=False, read=True)
FOUND = sensitivity(
    ("task53", "outlay_msek", "a", 0.3),
    ("green", "net_social_npv_msek", "a", 0.2),
    ("task53", "outlay_msek", "c", 0.1),
    ("green", "outlay_msek", "c", 0.6),
    ("task53", "outlay_msek", "d", None),
    ("task53", "outlay_msek", "read", 0.9),
    ("task53", "outlay_msek", "others", 0.7),
)


def test_ranking_by_hand():
    """The largest over schemes and outcomes counts; then what was varied without an index, then what was not."""
    ranked = by_weight(FOUR, FOUND)
    assert list(ranked["id"]) == ["c", "a", "d", "b"]
    assert list(ranked["state"]) == ["weighed", "weighed", "in_others", "not_varied"]
    assert list(ranked["total_pu"].head(2)) == [0.6, 0.3]
    assert (ranked["scheme"][0], ranked["outcome"][0]) == ("green", "outlay_msek")


def test_without_sensitivity_all_stand_by_name():
    ranked = by_weight(FOUR, empty_table(Sensitivity))
    assert list(ranked["id"]) == ["a", "b", "c", "d"]
    assert set(ranked["state"]) == {"not_varied"}


def test_the_counts_add_up():
    told = counts(FOUR, FOUND)
    assert told == {"all": "5", "unverified": "4", "weighed": "2", "in_others": "1", "not_varied": "1"}


def test_none_of_the_shipped_is_lost():
    voice = Voice("sv", read_catalog(fixtures.demo_texts()["sv"]))
    first, rest = unverified_tables(SHIPPED, fixtures.demo_results().sensitivity, voice)
    shown = [row[0] for row in (*first.rows, *rest.rows)]
    assert sorted(shown) == sorted(SHIPPED[~SHIPPED["verified"]]["id"])
    assert first.rows
