"""A chain of runs: each step's share, the sum, and what is not split."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.report import headlines as known
from analysis.report.compare_chain import LEADS, links, steps
from tests.analysis.report import compare_fixtures as fixtures


def test_steps_by_hand():
    runs = [fixtures.run("a", firm=30.0, npv=-100.0), fixtures.run("b", firm=24.0, npv=-100.0),
            fixtures.run("c", firm=27.0, npv=-140.0)]  # fmt: skip
    found = {link.subject: link for link in links(runs)}
    assert found[known.FIRM].moves == (-6.0, 3.0)
    assert found[known.FIRM].whole == -3.0
    assert found[known.SOCIAL_VALUE].moves == (0.0, -40.0)
    assert set(found) == {*LEADS, "task53", "extra_cost"}


def test_a_step_names_the_kinds_that_it_changes():
    override = {"assumptions__overrides": {"x": 1.0}}
    told = [{}, {"seed": 7}, {"seed": 7, **override}, {**override, "policy__day": "2027-01-01"}]
    runs = [fixtures.run(f"r{place}", told=fixtures.record(changes)) for place, changes in enumerate(told)]
    made = steps(runs, {}, fixtures.TABLE_DIGEST)
    assert [(step.start, step.end, step.kinds) for step in made] == [
        ("r0", "r1", ("data",)), ("r1", "r2", ("assumptions",)), ("r2", "r3", ("data", "policy")),
    ]  # fmt: skip


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(st.floats(5, 500), st.floats(-900, 900)), min_size=2, max_size=5))
def test_steps_add_up_to_the_whole(values):
    runs = [fixtures.run(f"r{place}", firm=firm, npv=npv, schemes={"task53": npv})
            for place, (firm, npv) in enumerate(values)]  # fmt: skip
    found = links(runs)
    assert {"task53", known.FIRM} <= {link.subject for link in found}
    for link in found:
        assert len(link.moves) == len(runs) - 1
        assert sum(link.moves) == pytest.approx(link.whole, abs=1e-9)


def test_a_scheme_that_one_run_lacks_is_not_followed():
    runs = [fixtures.run("a"), fixtures.run("b", schemes={"task53": -90.0}), fixtures.run("c")]
    assert "extra_cost" not in {link.subject for link in links(runs)}


def test_a_number_that_a_run_between_lacks_leaves_its_steps_open():
    middle = fixtures.run("b")
    rows = middle.headlines["headline_id"] == known.SATURATION
    middle.headlines.loc[rows, ["value", "low", "high"]] = math.nan
    link = {each.subject: each for each in links([fixtures.run("a"), middle, fixtures.run("c")])}[known.SATURATION]
    assert all(math.isnan(move) for move in link.moves)
    assert link.whole == 0.0
