"""The committed table has every fault of the list, well answered; none was passed over."""

import csv

from tests.conftest import ROOT
from tests.faults.injuries import INJURIES
from tests.faults.run_faults import COLUMNS, is_good


def committed():
    with (ROOT / "tests" / "faults" / "faults.csv").open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows = list(reader)
    assert tuple(reader.fieldnames or ()) == COLUMNS
    return rows


def test_every_fault_was_made_and_answered_well():
    rows = committed()
    assert [row["fault"] for row in rows] == [injury.name for injury in INJURIES]
    bad = [
        row["fault"]
        for row, injury in zip(rows, INJURIES, strict=True)
        if row["tries"] == "0" or not is_good(row, injury) or row["made_by"] != injury.how
    ]
    assert bad == []


def test_twenty_kills_at_random_moments():
    assert sum(int(row["tries"]) for row in committed() if row["fault"].startswith("kills_")) == 20


def test_no_answer_only_counts_faults():
    assert [row["fault"] for row in committed() if row["answer"].endswith("faults:")] == []
