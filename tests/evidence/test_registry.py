"""Every target and sign has one case, in words too; all that is wrong is said at once."""

import pandas as pd
import pytest

from analysis.errors import DataError
from analysis.evidence.case import Case, Estimate, Knob
from analysis.evidence.laboratory import Laboratory
from analysis.evidence.registry import ALL_CASES, PENDING, refuse_gaps
from analysis.io import read_csv_table
from analysis.schemas.evidence import TESTED, EvidenceCases
from tests.conftest import ROOT

TOPICS = sorted(path.stem for path in (ROOT / "analysis/evidence/cases").glob("*.py") if path.stem != "__init__")


def case(published_id: str, **more: object) -> Case:
    return Case(published_id, "engine", lambda laboratory: Estimate.single(0.0), **more)  # type: ignore[arg-type]  # fields of any type


def test_every_target_and_sign_has_its_case(published: pd.DataFrame, laboratory: Laboratory) -> None:
    refuse_gaps(ALL_CASES, published, laboratory)
    tested = set(published.loc[published["comparability"].isin(TESTED), "id"])
    assert {each.published_id for each in ALL_CASES} | PENDING == tested


@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_is_in_the_registry(topic: str) -> None:
    text = (ROOT / "analysis/evidence/registry.py").read_text(encoding="utf-8")
    assert f"from analysis.evidence.cases.{topic} import CASES as {topic.upper()}" in text
    assert f"*{topic.upper()}," in text


def test_every_case_is_told_in_both_languages() -> None:
    words = read_csv_table(ROOT / "data/evidence/cases.csv", EvidenceCases).set_index("published_id")
    assert {each.published_id for each in ALL_CASES} <= set(words.index)
    assert list(words.index) == sorted(words.index)
    assert (words["conditions_sv"] != words["conditions_en"]).all()
    inputs = [each.published_id for each in ALL_CASES if each.kind == "input"]
    assert words.loc[inputs, "enters_at"].notna().all()


def test_every_row_on_behaviour_says_whether_and_where_it_enters(published: pd.DataFrame) -> None:
    words = read_csv_table(ROOT / "data/evidence/cases.csv", EvidenceCases).set_index("published_id")
    behaviour = published.loc[published["comparability"] == "behaviour", "id"]
    assert set(behaviour) <= set(words.index)
    outside = words.loc[behaviour][words.loc[behaviour, "enters_at"].isna()]
    assert outside["conditions_en"].str.contains("does not enter the model").all()


def test_where_a_row_enters_is_a_parameter_or_a_file(laboratory: Laboratory) -> None:
    words = read_csv_table(ROOT / "data/evidence/cases.csv", EvidenceCases)
    for place in words["enters_at"].dropna():
        assert place in laboratory.parameters.values or (ROOT / place).is_file(), place


def test_all_faults_come_at_once(published: pd.DataFrame, laboratory: Laboratory) -> None:
    rows = published[published["id"].isin(["PR001", "PR002", "PR016", "PR017", "PR018"])]
    idle = (Knob("deg.gtr_km"), Knob("power_kw", (11.0, 11.0)))
    wrong = [
        case("PR001", knobs=(Knob("veh.eps9"), Knob("year", (1, 2)))),
        case("PR002"),
        case("PR016", stated=3.0, knobs=idle, conditions={"power_kw": 11.0}),
        case("PR018", knobs=(Knob("veh.eps0"), Knob("veh.eps0"))),
        case("PR018"),
    ]  # fmt: skip
    with pytest.raises(DataError) as caught:
        refuse_gaps(wrong, rows, laboratory, pending=["PR016", "PR999"])
    found = [(fault.place, fault.found) for fault in caught.value.faults]
    assert found == [
        ("case PR001", "knob 'veh.eps9'"),
        ("case PR001", "knob 'year'"),
        ("case PR002", "no target or sign of that id"),
        ("case PR016", "knob deg.gtr_km without a range"),
        ("case PR016", "knob power_kw without a range"),
        ("case PR018", "2 cases"),
        ("case PR018", "knob veh.eps0 2 times"),
        ("pending PR016", "a row that has its case, or needs none"),
        ("pending PR999", "a row that has its case, or needs none"),
        ("published_results.csv PR016", "a stated figure beside figures of its own"),
        ("published_results.csv PR017", "no case"),
    ]


def test_a_case_sets_no_parameter() -> None:
    """Conditions are of the published result; a parameter of the model in them would be tuning."""
    for each in ALL_CASES:
        assert not {name for name in each.conditions if "." in name}, each.published_id
