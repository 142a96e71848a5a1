"""Two runs side by side: what their ranges say, what shared draws add, and which difference leads."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.io import check_table
from analysis.report import headlines as known
from analysis.report.compare_tables import (
    COLUMNS,
    KEYS,
    caveats,
    compare_runs,
    is_clear,
    most_different,
    relative,
    share_draws,
    verdict,
)
from analysis.schemas.policy import SchemeDraws
from analysis.schemas.results import Headlines, SchemeSummary
from analysis.schemas.value_summary import ValueSummary
from tests.analysis.report import compare_fixtures as fixtures

NAN = float("nan")
NUMBERS = st.integers(-1000, 1000)


def row(table, subject, measure="", area="SE"):
    found = table[(table["subject"] == subject) & (table["measure"] == measure) & (table["price_area"] == area)]
    assert len(found) == 1
    return found.iloc[0]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ((10, 8, 12), (13, 11, 15), "overlap"),
        ((10, 8, 12), (20, 18, 22), "apart"),
        ((10, 8, 12), (14, 12, 16), "overlap"),  # they touch
        ((10, 8, 12), (10, 8, 12), "same"),
        ((10, 8, 12), (10, 7, 13), "overlap"),  # the same middle, another range
        ((1, 1, 1), (2, 2, 2), "no_range"),
        ((1, NAN, NAN), (2, NAN, NAN), "no_range"),
        ((1, NAN, NAN), (2, 0, 3), "overlap"),  # a number without a range is its own range
        ((5, NAN, NAN), (2, 0, 3), "apart"),
        ((NAN, NAN, NAN), (2, 0, 3), "missing"),
    ],
)
def test_two_ranges(first, second, expected):
    assert verdict(first, second) == expected
    assert verdict(second, first) == expected


@given(NUMBERS, NUMBERS, st.integers(0, 1000), st.integers(0, 1000))
def test_ranges_that_hold_the_other_number_never_lie_apart(one, other, half, more):
    width = abs(one - other) + half
    assert verdict((one, one - width, one + width), (other, other - more, other + more)) != "apart"


def test_each_number_once_and_the_difference_is_b_less_a():
    table = compare_runs(fixtures.run(firm=30.0), fixtures.run("after", firm=24.0, level=1100.0))
    assert list(table.columns) == COLUMNS
    assert not table.duplicated(KEYS).any()
    firm = row(table, known.FIRM)
    assert (firm["a_value"], firm["b_value"], firm["difference"]) == (30.0, 24.0, -6.0)
    assert firm["ranges"] == "apart"  # 28 to 32 against 22 to 26
    area = row(table, known.FIRM, area="SE3")
    assert (area["difference"], area["ranges"]) == (-3.0, "apart")
    assert (firm["level"], area["level"]) == ("national", "area")
    assert row(table, known.VALUE_TODAY)["ranges"] == "same"


def test_value_per_car_is_at_full_reserve_prices_and_its_range_is_no_error():
    table = compare_runs(fixtures.run(level=1000.0), fixtures.run("after", level=2000.0))
    values = table[table["part"] == "value"]
    assert (
        len(values) == 3 * 2 * 3
    )  # areas, years, strategies; neither smart nor uncontrolled, nor a lower reserve price
    worth = values[(values["subject"] == "grid_reserve") & (values["price_area"] == "SE4")]
    assert worth["difference"].tolist() == [1000.0, 1000.0]
    assert worth["price_year"].tolist() == ["2025", "2024"]  # the last year leads
    assert set(values["ranges"]) == {"spread"}  # 910 to 1 090 and 1 910 to 2 090: cars, not certainty
    assert set(values["level"]) == {"sample_car"}


def test_a_full_reserve_level_may_have_another_name():
    levels = [
        {"level_id": "whole", "fcr_n_pu": 1.0, "fcr_d_pu": 1.0},
        {"level_id": "none", "fcr_n_pu": 0.0, "fcr_d_pu": 0.0},
    ]
    told = fixtures.record({"scope__reserve_levels": levels})
    second = fixtures.run("after", told=told)
    second.value_summary["reserve_level_id"] = second.value_summary["reserve_level_id"].replace("full", "whole")
    values = compare_runs(fixtures.run(), second).query("part == 'value' and subject == 'grid_reserve'")
    assert set(values["ranges"]) == {"same"}


def test_what_one_run_alone_has_is_kept_and_named():
    first = fixtures.run(schemes={"task53": -100.0, "extra_cost": -50.0}, areas=("SE1", "SE3"))
    second = fixtures.run("after", schemes={"task53": -100.0, "oneway_smart": 5.0}, areas=("SE3", "SE4"))
    table = compare_runs(first, second)
    social = table[table["measure"] == "net_social_npv_msek"].set_index("subject")
    assert social["present"].to_dict() == {"task53": "both", "extra_cost": "a", "oneway_smart": "b"}
    assert math.isnan(social.loc["extra_cost", "difference"])
    assert social.loc["oneway_smart", "unit"] == "MSEK"
    assert row(table, known.FIRM, area="SE1")["present"] == "a"
    assert "none" not in set(table["subject"])


def test_shared_draws_tell_what_ranges_cannot():
    """Draws -100, 0, 100 against -90, 15, 120: ranges overlap, yet the second has 10, 15 and 20 more in every draw."""
    first = fixtures.run(schemes={"task53": 0.0}, drawn={"task53": [-100, 0, 100]})
    second = fixtures.run("after", schemes={"task53": 15.0}, drawn={"task53": [-90, 15, 120]})
    social = row(compare_runs(first, second), "task53", "net_social_npv_msek")
    assert social["ranges"] == "overlap"
    assert (social["difference_low"], social["difference_high"]) == pytest.approx(
        (10.5, 19.5)
    )  # 5 and 95 % of 10, 15, 20
    assert social["b_higher_pu"] == 1.0
    assert is_clear(social)


def test_the_best_scheme_of_both_is_compared_by_its_draws():
    first = fixtures.run(drawn={"task53": [1, 2, 3]}, npv=-100.0)
    second = fixtures.run("after", drawn={"task53": [0, 2, 1]}, npv=-101.0)
    assert row(compare_runs(first, second), known.SOCIAL_VALUE)["b_higher_pu"] == 0.0
    other = fixtures.run("after", drawn={"task53": [0, 2, 1]}, npv=-101.0, best="extra_cost")
    assert math.isnan(row(compare_runs(first, other), known.SOCIAL_VALUE)["b_higher_pu"])


def test_a_draw_without_a_value_does_not_count():
    cost = row(compare_runs(fixtures.run(), fixtures.run("after")), "task53", "outlay_sek_per_firm_kw_year")
    assert cost["b_higher_pu"] == 0.0  # the first draw has no cost in either; the others are equal
    nothing = fixtures.run("after", drawn={"task53": [1]})
    cost = row(compare_runs(fixtures.run(), nothing), "task53", "outlay_sek_per_firm_kw_year")
    assert math.isnan(cost["b_higher_pu"])


@pytest.mark.parametrize(
    "told",
    [
        {"changes": {"seed": 7}},
        {"changes": {"scope__draw_count": 200}},
        {"changes": {"scope__price_years": [2025]}},
        {"files": {"data/assumptions/parameters.csv": "other"}},
    ],
    ids=["seed", "count", "price years", "ranges"],
)
def test_draws_are_shared_only_where_they_are_the_same_states_of_the_world(told):
    second = fixtures.run("after", told=fixtures.record(**told))
    assert not share_draws(fixtures.run(), second)
    assert compare_runs(fixtures.run(), second)["b_higher_pu"].isna().all()


def test_an_override_moves_the_draws_of_no_other():
    told = fixtures.record({"assumptions__overrides": {"ret.tax_refund_rho": 1.0}})
    assert share_draws(fixtures.run(), fixtures.run("after", told=told))


def test_a_clear_difference_leads_before_a_large_one():
    """Firm power falls by a fifth beyond its range; value falls by nine tenths within its own."""
    table = compare_runs(fixtures.run(firm=30.0, value=2000.0), fixtures.run("after", firm=24.0, value=200.0))
    assert relative(row(table, known.VALUE_TODAY)) == pytest.approx(0.9)
    assert most_different(table).subject == known.FIRM
    unclear = compare_runs(fixtures.run(firm=30.0), fixtures.run("after", firm=29.0, value=200.0))
    assert most_different(unclear).subject == known.VALUE_TODAY


def test_nothing_leads_where_nothing_differs():
    assert most_different(compare_runs(fixtures.run(), fixtures.run("after"))) is None


@given(NUMBERS, NUMBERS)
def test_a_relative_difference_is_between_none_and_two(one, other):
    assert 0 <= relative(SimpleNamespace(a_value=one, b_value=other, difference=other - one)) <= 2


def test_comparing_the_other_way_round_turns_every_sign():
    first, second = fixtures.run(firm=30.0), fixtures.run("after", firm=24.0, value=500.0, level=3.0)
    there, back = compare_runs(first, second), compare_runs(second, first)
    np.testing.assert_allclose(there["difference"], -back["difference"])
    assert there["ranges"].tolist() == back["ranges"].tolist()


def test_where_the_same_name_is_not_the_same_thing():
    changes = {
        "scope__price_areas": ["SE3"],
        "scope__price_years": [2025],
        "scope__target_years": [2035],
        "price_year": 2024,
    }
    other = fixtures.run("after", told=fixtures.record(changes))
    assert caveats(fixtures.run(), other) == ["price_areas", "price_years", "target_years", "price_year"]
    assert caveats(fixtures.run(), fixtures.run("after")) == []


def test_the_runs_by_hand_pass_their_contracts():
    made = fixtures.run()
    for table, model in ((made.headlines, Headlines), (made.scheme_summary, SchemeSummary),
                         (made.value_summary, ValueSummary), (made.draws, SchemeDraws)):  # fmt: skip
        check_table(table, model, model.__name__)
