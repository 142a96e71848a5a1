"""Counts of the evidence page, by hand on a small table; every row is counted once, whatever the table."""

from itertools import product

import pandas as pd
import pytest

from analysis.report.evidence_counts import STANDINGS, answer, missed_rows, standing_of, standing_table, tally
from analysis.report.text import Voice, read_catalog
from analysis.schemas.evidence import CASE_KINDS, COMPARABILITIES, VERDICTS
from tests.analysis.report.evidence_fixtures import small_evidence
from tests.analysis.report.report_fixtures import demo_texts


@pytest.fixture(scope="module")
def voice():
    return Voice("en", read_catalog(demo_texts()["en"]))


def test_each_row_stands_for_what_it_can_show():
    table = small_evidence()
    assert dict(zip(table["published_id"], standing_of(table), strict=True)) == {
        "A1": "target", "A2": "target", "A3": "target", "A4": "target", "A5": "transfer", "A6": "calibration",
        "B1": "sign", "B2": "sign", "B3": "sign", "C1": "identity", "C2": "input", "P1": "pending", "D1": "behaviour",
        "E1": "context",
    }  # fmt: skip


def test_the_answer_counts_computed_rows_under_published_conditions_alone(voice):
    """Four targets: A1 reproduced, A2 in the spread, A3 and A4 missed. Three signs: B1 alone holds in its middle."""
    assert answer(small_evidence(), voice) == (
        "Of 4 published figures that the model computes under the published conditions it reproduces 1, reaches 1 "
        "within the spread and misses 2; of 3 published orders and signs it gets 1 right."
    )


def test_a_transfer_that_hits_or_misses_leaves_the_answer_as_it_is(voice):
    table = small_evidence()
    moved = table.assign(verdict=table["verdict"].mask(table["published_id"] == "A5", "not_reproducible"))
    assert answer(moved, voice) == answer(table, voice)
    mine = table.assign(is_transfer=table["is_transfer"] & (table["published_id"] != "A5"))
    assert "Of 5 published figures" in answer(mine, voice)


def test_all_signs_and_none(voice):
    table = small_evidence()
    signs = table[table["comparability"] == "sign"]
    held = pd.concat([signs.head(1), signs.head(1)])
    assert answer(held, voice).endswith("all 2 published orders and signs hold.")
    assert answer(held, voice).startswith("No published figure has yet been computed")
    assert answer(table[table["comparability"] == "target"], voice).endswith("no published order has yet been tried.")


def test_what_is_missed_is_named_what_speaks_for_the_model_first():
    assert missed_rows(small_evidence())["published_id"].tolist() == ["A3", "A4", "B3", "A6"]


def test_the_table_adds_up_to_all_rows(voice):
    rows = standing_table(small_evidence(), voice).rows
    numbers = [[int(cell) for cell in row[1:]] for row in rows]
    assert numbers[-1] == [14, 4, 3, 1, 3, 3]
    assert [sum(column) for column in zip(*numbers[:-1], strict=True)] == numbers[-1]
    assert all(row[0] == sum(row[1:]) for row in numbers)


def test_every_kind_of_row_is_counted_once():
    """All combinations that a row can have, each once."""
    rows = product(COMPARABILITIES, CASE_KINDS, (False, True), (False, True), VERDICTS)
    table = pd.DataFrame(rows, columns=["comparability", "case_kind", "is_transfer", "is_calibration", "verdict"])
    assert set(standing_of(table)) == set(STANDINGS)
    found = tally(table)
    assert sum(found.of(standing) for standing in STANDINGS) == len(table)
    speaks = table[(table["case_kind"] == "engine") & ~table["is_transfer"] & ~table["is_calibration"]]
    for name in ("target", "sign"):
        assert found.of(name) == (speaks["comparability"] == name).sum() == len(VERDICTS)
