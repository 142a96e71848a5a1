"""What is not as it was recorded is said line by line; what cannot be run is a fault."""

import pytest

from analysis.errors import DataError
from analysis.record.changes import input_changes, run_changes
from analysis.record.package import run_facts
from tests.analysis.record import record_fixtures as fixtures

RECORDED = run_facts(fixtures.record())


def changed(**changed):
    return run_changes(RECORDED, run_facts(fixtures.record(**changed)))


def test_nothing_is_said_of_a_run_that_is_as_it_was():
    assert changed() == []
    assert changed(libraries={"snakemake": "9.27.1", "numpy": "2.4.6", "pytest": "8"}) == []
    other_commit = {"commit": "cd" * 20, "uncommitted": ["analysis/x.py"]}
    assert changed(code_revision=other_commit) == [], "the same code under another commit is the same code"


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"python": "3.12.1"}, "Python: recorded 3.11.7, here 3.12.1"),
        ({"lock_sha256": "20" * 32}, "requirements.lock: recorded 101010101010, here 202020202020"),
        ({"libraries": {"snakemake": "9.27.1", "numpy": "2.5.0"}}, "library numpy: recorded 2.4.6, here 2.5.0"),
        ({"libraries": {"snakemake": "9.27.1"}}, "library numpy: recorded 2.4.6, here not installed"),
        (
            {"settings": {"scope": {"step_h": 0.25, "price_areas": ["SE3"]}, "seed": 7}},
            "settings.scope.step_h: recorded 1.0, here 0.25",
        ),
        (
            {"machine": {"system": "Linux", "architecture": "x86_64", "processor": "skylake"}},
            "machine, processor: recorded znver3, here skylake",
        ),
        ({"code_digest": "beef" * 4}, f"code: recorded {'c0de' * 4}, here {'beef' * 4}"),
    ],
)
def test_each_change_has_its_line(change, line):
    assert changed(**change) == [line]


def test_other_code_tells_the_commit_and_what_was_not_committed():
    recorded = run_facts(fixtures.record(code_revision={"commit": "ab" * 20, "uncommitted": ["analysis/x.py"]}))
    now = fixtures.record(code_digest="beef" * 4, code_revision={"commit": None, "uncommitted": None})
    assert run_changes(recorded, run_facts(now))[1:] == [
        "commit: recorded abababababab, here none",
        "recorded with files that were not as committed: analysis/x.py",
    ]


def test_an_input_that_changed_is_told_and_every_missing_one_is_a_fault():
    recorded = {"data/a.csv": "sha256:" + "aa" * 32, "INPUTS/b.csv": "sha256:" + "bb" * 32}
    assert input_changes(recorded, dict(recorded)) == []
    lines = input_changes(recorded, recorded | {"data/a.csv": "sha256:" + "ff" * 32})
    assert lines == ["input data/a.csv: recorded aaaaaaaaaaaa, here ffffffffffff"]
    with pytest.raises(DataError) as caught:
        input_changes(recorded, dict.fromkeys(recorded))
    assert [fault.place for fault in caught.value.faults] == sorted(recorded)
