"""All cases into two tables: every published row is there, misses are moved, and no verdict can be typed in."""

from collections.abc import Callable, Iterable

import pandas as pd
import pytest

from analysis.errors import DataError
from analysis.evidence.case import Case, Estimate, Knob
from analysis.evidence.laboratory import Laboratory
from analysis.evidence.weigh import Weighed, weigh
from analysis.io import check_table, normalise
from analysis.processes import in_processes
from analysis.schemas.evidence import Evidence, EvidenceMoves

IDS = ["PR010", "PR014", "PR016", "PR027", "PR028", "PR033", "PR049"]


def by_number(laboratory: Laboratory) -> Estimate:
    return Estimate.single(laboratory.number("value"))


CASES = (
    Case("PR028", "engine", by_number, (Knob("value", (10.0, 200.0)), Knob("veh.eps0")), {"value": 13.0}),
    Case("PR027", "input", lambda laboratory: Estimate(200, 500, 1200), is_transfer=True),
    Case("PR016", "engine", lambda laboratory: Estimate(-50, -40, -30), (Knob("veh.eps0"),)),
    Case("PR010", "identity", lambda laboratory: Estimate.single(-0.1), (Knob("veh.eps0"),), is_calibration=True),
    Case("PR049", "engine", lambda laboratory: Estimate.single(100.0), (Knob("veh.eps0"), Knob("veh.a_cold"))),
)


@pytest.fixture(scope="module")
def tables(published: pd.DataFrame, laboratory: Laboratory) -> tuple[pd.DataFrame, pd.DataFrame]:
    return weigh(CASES, published[published["id"].isin(IDS)], laboratory)


@pytest.fixture(scope="module")
def evidence(tables: tuple[pd.DataFrame, pd.DataFrame]) -> pd.DataFrame:
    found = normalise(tables[0])[list(Evidence.to_schema().columns)]
    return check_table(found, Evidence, "evidence").set_index("published_id")


def test_every_row_has_its_verdict(evidence: pd.DataFrame) -> None:
    """PR028 20 to 80, ours 13: a knob to 200 passes it and 59.75 lies between. PR049 9 000: nothing moves 100."""
    assert evidence["verdict"].to_dict() == {
        "PR010": "not_reproducible",
        "PR014": "not_a_test",
        "PR016": "within_spread",
        "PR027": "reproduced",
        "PR028": "explained",
        "PR033": "not_a_test",
        "PR049": "not_reproducible",
    }
    assert evidence["case_kind"].tolist() == ["identity", "none", "engine", "input", "engine", "none", "engine"]
    assert evidence["knob_count"].to_dict() == {
        "PR010": 1, "PR014": 0, "PR016": 1, "PR027": 0, "PR028": 2, "PR033": 0, "PR049": 2,
    }  # fmt: skip
    assert evidence.index[evidence["is_transfer"]].tolist() == ["PR027"]
    assert evidence.index[evidence["is_calibration"]].tolist() == ["PR010"]


def test_numbers_stand_as_they_were_published_and_as_ours_came_out(evidence: pd.DataFrame) -> None:
    numbers = ["published_low", "published_central", "published_high", "target_low", "target_high",
               "ours_low", "ours_central", "ours_high"]  # fmt: skip
    assert evidence.loc["PR016", numbers].tolist() == pytest.approx([-60, -60, -60, -72, -48, -50, -40, -30])
    assert evidence.loc["PR049", numbers].tolist() == pytest.approx(
        [float("nan"), 9000, 9000, 7200, 10800, 100, 100, 100], nan_ok=True
    )
    assert evidence.loc["PR033", "published_text"] == "over -60"
    assert evidence.loc["PR033", ["ours_low", "ours_central", "target_low"]].isna().all()
    assert evidence.loc["PR010", ["target_low", "target_high"]].isna().all()


def test_the_best_knob_stands_beside_the_miss(evidence: pd.DataFrame) -> None:
    assert evidence.loc["PR028", ["best_knob", "best_setting", "ours_at_best"]].tolist() == ["value", "59.75", 59.75]
    assert evidence.loc["PR049", ["best_knob", "best_setting", "ours_at_best"]].tolist() == ["veh.eps0", "0.14", 100.0]
    assert evidence.loc["PR027", ["best_knob", "best_setting", "ours_at_best"]].isna().all()


def test_moves_are_those_of_the_misses(tables: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    moves = check_table(normalise(tables[1]), EvidenceMoves, "moves")
    rows = moves[moves["published_id"] == "PR028"][["knob", "setting", "knob_value", "value", "is_inside"]]
    assert rows.to_numpy().tolist() == [
        ["value", "low", "10", 10.0, False],
        ["value", "high", "200", 200.0, False],
        ["value", "between", "59.75", 59.75, True],
        ["veh.eps0", "low", "0.14", 13.0, False],
        ["veh.eps0", "high", "0.21", 13.0, False],
    ]
    assert moves.groupby("published_id").size().to_dict() == {"PR010": 2, "PR016": 2, "PR028": 5, "PR049": 4}


def test_without_a_miss_the_moves_are_an_empty_table(published: pd.DataFrame, laboratory: Laboratory) -> None:
    _, moves = weigh(CASES[1:2], published, laboratory)
    assert len(check_table(normalise(moves), EvidenceMoves, "moves")) == 0


def test_the_order_of_the_runs_changes_nothing(
    published: pd.DataFrame, laboratory: Laboratory, tables: tuple[pd.DataFrame, pd.DataFrame]
) -> None:
    def backwards(run: Callable[[int], Weighed], numbers: Iterable[int]) -> list[Weighed]:
        return [run(number) for number in reversed(list(numbers))]

    again = weigh(CASES, published[published["id"].isin(IDS)], laboratory, backwards)
    for first, second in zip(tables, again, strict=True):
        pd.testing.assert_frame_equal(first, second)


def test_several_processes_change_nothing(
    published: pd.DataFrame, laboratory: Laboratory, tables: tuple[pd.DataFrame, pd.DataFrame]
) -> None:
    again = weigh(CASES, published[published["id"].isin(IDS)], laboratory, in_processes(2))
    for first, second in zip(tables, again, strict=True):
        pd.testing.assert_frame_equal(first, second)


@pytest.mark.parametrize(
    ("published_id", "column", "value"),
    [
        ("PR049", "verdict", "explained"),
        ("PR049", "verdict", "within_spread"),
        ("PR028", "verdict", "reproduced"),
        ("PR027", "verdict", "within_spread"),
        ("PR014", "verdict", "reproduced"),
        ("PR010", "ours_central", 0.1),
        ("PR016", "ours_central", -48.0),
        ("PR028", "ours_at_best", 81.0),
        ("PR027", "ours_central", 1300.0),
        ("PR033", "ours_central", 1.0),
        ("PR049", "best_setting", None),
        ("PR027", "best_knob", "veh.eps0"),
    ],
)
def test_a_verdict_that_its_numbers_do_not_give_is_refused(
    evidence: pd.DataFrame, published_id: str, column: str, value: object
) -> None:
    changed = evidence.copy()
    changed.loc[published_id, column] = value
    with pytest.raises(DataError):
        check_table(changed.reset_index(), Evidence, "evidence")
