"""Numbers as text: digits follow the interval, locales differ, minus is a minus."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import ConfigError
from analysis.report.numbers import date_text, is_known, number_text, rounding_exponent, share_text
from analysis.report.text import Voice, read_catalog

TEXTS = {
    "number.to": "till",
    "number.below_zero": "strax under 0",
    "number.missing": "uppgift saknas",
    "unit.mw": "MW",
    "hello": "Hej {name}",
}
SV = Voice("sv", TEXTS)
EN = Voice("en", TEXTS | {"number.to": "to"})


@pytest.mark.parametrize(
    ("value", "low", "high", "exponent"),
    [
        (412.0, 330.0, 506.0, 1),
        (0.62, 0.55, 0.70, -2),
        (5213.0, 1200.0, 9800.0, 2),
        (5213.0, 5212.0, 5214.0, 1),
        (7.0, None, None, -2),
        (0.0, None, None, 0),
        (0.0, -120.0, 80.0, 1),
        (58400.0, 31000.0, 96000.0, 3),
        (-251.4, -1084.0, -8.3, 1),
        (6.9, 0.57, 10.9, -1),
        (0.0004, -300.0, 400.0, 0),
    ],
)
def test_the_interval_decides_the_digits(value, low, high, exponent):
    assert rounding_exponent(value, low, high) == exponent


@given(st.floats(0.01, 1e6), st.floats(0, 1), st.floats(0, 1))
def test_never_more_than_three_digits_of_the_largest(value, below, above):
    low, high = value * (1 - below), value * (1 + above)
    exponent = rounding_exponent(value, low, high)
    largest = math.floor(math.log10(high))
    assert largest - 2 <= exponent <= largest
    if high > low:
        assert 10.0**exponent <= max((high - low) / 2, 10.0 ** (largest - 2)) * (1 + 1e-9)


def test_locales_write_their_own_marks():
    assert number_text(12345.6, 2, "sv") == "12\u00a0300"
    assert number_text(12345.6, 2, "en") == "12,300"
    assert number_text(-0.456, -2, "sv") == "−0,46"
    assert number_text(-0.0001, -2, "en") == "0.00"
    assert share_text(0.616, -2, "sv") == "62\u00a0%"
    assert share_text(0.616, -3, "en") == "61.6%"
    assert date_text("2026-11-23", "sv") == "23 november 2026"
    assert date_text("2026-11-23", "en") == "23 November 2026"


def test_quantities_carry_unit_and_range():
    assert SV.quantity(412.0, 330.0, 506.0, "mw") == "410\u00a0MW (330\u2060–\u2060510)"
    assert SV.quantity(-142.0, -480.0, 95.0, "mw") == "−140\u00a0MW (−480 till 100)"
    assert EN.quantity(-142.0, -480.0, 95.0, "mw") == "−140\u00a0MW (−480 to 100)"
    assert SV.interval(0.31, 0.28, 0.35, "pu") == "31\u00a0% (28\u2060–\u206035\u00a0%)"
    assert SV.number(0.19, "pu") == "19\u00a0%"
    assert SV.quantity(float("nan"), 1.0, 2.0, "mw") == "uppgift saknas"
    assert SV.quantity(5.0, 5.0, 5.0, "mw") == "5,00\u00a0MW"


def test_rounding_hides_no_sign_and_no_zero_stands_for_something():
    assert SV.interval(-130.0, -980.0, -2.0, "msek") == "−130 (−980 till strax under 0)"
    assert SV.interval(0.0, 0.0, 140.0, "count") == "0\u2060–\u2060140"
    assert SV.interval(0.0, -10.0, 140.0, "msek") == "0 (−10 till 140)"
    assert [SV.decimals(value, 1) for value in (0.0, 0.04, -0.04, 0.06)] == ["0", "≈\u00a00", "≈\u00a00", "0,1"]
    assert SV.interval(2.0, 0.4, 5.0, "count") == "2 (0\u2060–\u20605)"


def test_a_number_is_known_when_it_is_finite():
    assert [is_known(value) for value in (1, 2.5, None, float("nan"), float("inf"), "3")] == [
        True, True, False, False, False, False,
    ]  # fmt: skip


def test_hours_of_the_week_have_names():
    assert SV.hour(0) == "måndag 00–01"
    assert EN.hour(167) == "Sunday 23–24"
    assert SV.weekdays()[0] == "mån"


def test_a_missing_text_and_a_missing_value_are_faults():
    with pytest.raises(ConfigError, match=r"nothing\.here"):
        SV.say("nothing.here")
    with pytest.raises(ConfigError, match="name"):
        SV.say("hello", nam="Bo")


def test_catalogs_leave_out_empty_and_fuzzy_entries():
    whole = 'msgid "a"\nmsgstr "A"\n\n'
    empty = 'msgid "b"\nmsgstr ""\n\n'
    fuzzy = '#, fuzzy\nmsgid "c"\nmsgstr "C"\n'
    source = whole + empty + fuzzy
    assert read_catalog(source) == {"a": "A"}
