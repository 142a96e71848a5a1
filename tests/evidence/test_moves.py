"""One knob at a time: ends, values between them, and which comes nearest. The case is a straight line."""

from math import inf

import pytest

from analysis.evidence.case import Case, Estimate, Knob
from analysis.evidence.laboratory import Laboratory
from analysis.evidence.moves import Move, best_move, moves_of
from analysis.evidence.verdict import ABOVE_ZERO, Band

CONDITIONS = {"year": 2025, "power_kw": 11.0, "car": "small"}


def line(laboratory: Laboratory) -> Estimate:
    """100 at veh.eps0 of 0.17 and these conditions; 20 more a kW, 1 less a year back, 7 more for a large car."""
    value = 100 * laboratory.parameters["veh.eps0"] / 0.17 + 20 * (laboratory.number("power_kw") - 11)
    value += laboratory.whole("year") - 2025
    return Estimate.single(value + (7 if laboratory.text("car") == "large" else 0))


def found(laboratory: Laboratory, knob: Knob, band: Band) -> list[tuple[str, object, float, bool]]:
    case = Case("PR999", "engine", line, (knob,), CONDITIONS)
    moves = moves_of(case, case.placed(laboratory), 100.0, band)
    return [(move.setting, move.knob_value, round(move.ours, 6), move.is_inside) for move in moves]


def test_a_parameter_moves_over_its_range(laboratory: Laboratory) -> None:
    """veh.eps0 is 0.17 (0.14 to 0.21): 82.35 and 123.53."""
    assert found(laboratory, Knob("veh.eps0"), Band(120, 130)) == [
        ("low", 0.14, pytest.approx(82.352941), False),
        ("high", 0.21, pytest.approx(123.529412), True),
    ]


def test_a_condition_moves_to_its_two_settings(laboratory: Laboratory) -> None:
    assert found(laboratory, Knob("year", (2022, 2024)), Band(90, 98)) == [
        ("low", 2022, 97.0, True),
        ("high", 2024, 99.0, False),
    ]


def test_the_setting_it_stands_at_is_not_tried(laboratory: Laboratory) -> None:
    assert found(laboratory, Knob("car", ("small", "large")), Band(106, 108)) == [("high", "large", 107.0, True)]


@pytest.mark.parametrize(("band", "inside"), [(Band(190, 200), 195.0), (Band(25, 40), 27.0)])
def test_a_value_between_is_found_where_an_end_lies_beyond(laboratory: Laboratory, band: Band, inside: float) -> None:
    """From 3.7 kW (-46) over 11 (100) to 22 (320): halving from 11 meets 15.125 kW, 182.5; 17.8 ...; or 7.35 kW, 27."""
    moves = found(laboratory, Knob("power_kw", (3.7, 22.0)), band)
    between = [move for move in moves if move[0] == "between"]
    assert [(move[0], move[3]) for move in moves if move[0] != "between"] == [("low", False), ("high", False)]
    assert len(between) == 1 and between[0][3]
    assert band.low <= between[0][2] <= band.high
    assert between[0][2] == pytest.approx(inside, abs=8)


def test_one_value_between_is_enough(laboratory: Laboratory) -> None:
    """A valley: both ends lie above the target and the case below it; the row of the table is one."""
    case = Case(
        "PR999", "engine", lambda lab: Estimate.single((lab.number("x") - 4) ** 2), (Knob("x", (0.0, 8.0)),), {"x": 4.0}
    )
    moves = moves_of(case, case.placed(laboratory), 0.0, Band(3, 5))
    assert [(move.setting, move.knob_value, move.ours) for move in moves] == [
        ("low", 0.0, 16.0),
        ("between", 2.0, 4.0),
        ("high", 8.0, 16.0),
    ]


def test_there_is_nothing_between_two_years(laboratory: Laboratory) -> None:
    assert found(laboratory, Knob("year", (2015, 2035)), Band(100.5, 100.6)) == [
        ("low", 2015, 90.0, False),
        ("high", 2035, 110.0, False),
    ]


def test_the_nearest_is_best_and_the_first_of_those_inside() -> None:
    moves = [Move("a", "low", 1.0, 10.0, False), Move("b", "low", 1.0, 30.0, True), Move("c", "high", 2.0, 40.0, True)]
    assert best_move(moves, Band(20, 80)) == moves[1]
    assert best_move(moves[:1], Band(20, inf)) == moves[0]
    assert best_move([], Band(20, 80)) is None
    assert best_move([Move("a", "low", 1.0, 0.0, False), Move("b", "low", 1.0, 1e-9, True)], ABOVE_ZERO).knob == "b"
