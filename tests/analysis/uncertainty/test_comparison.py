"""How often one scheme beats another, and how many draws that takes: numbers worked by hand, then what always holds."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.io import check_table
from analysis.schemas.schemes import OUTCOMES, Convergence, SchemeComparison
from analysis.uncertainty.comparison import compare_schemes, convergence, needed_draws, probability_error_pu

YEAR = 2030


def draws_of(**schemes) -> pd.DataFrame:
    """Rows of ``SchemeDraws`` as far as they are compared: the same values for every outcome, draw by draw."""
    return pd.concat(
        [
            pd.DataFrame(
                {"scheme": name, "year": YEAR, "draw": np.arange(len(values))}
                | {outcome: np.array(values, dtype=float) for outcome in OUTCOMES}
            )
            for name, values in schemes.items()
        ]
    )


def row(table: pd.DataFrame, scheme: str, other: str, outcome: str) -> dict:
    return table.set_index(["scheme", "other", "outcome"]).loc[(scheme, other, outcome)].to_dict()


def test_more_power_in_three_of_four_draws():
    table = compare_schemes(draws_of(a=[1, 2, 3, 4], b=[0, 3, 2, 0]), YEAR)
    found = row(table, "a", "b", "net_firm_additional_mw")
    assert found["better_pu"] == 0.75
    assert found["difference"] == 1.25  # 1, -1, 1, 4
    assert found["difference_low"] == pytest.approx(-0.7)  # 5 % of -1, 1, 1, 4: 0.15 of the way from -1 to 1
    assert found["difference_high"] == pytest.approx(3.55)
    assert found["draw_count"] == 4
    check_table(table, SchemeComparison, "comparison")


@pytest.mark.parametrize("outcome", ["firm_outlay_sek_per_kw_year", "outlay_msek"])
def test_less_outlay_is_better(outcome):
    table = compare_schemes(draws_of(cheap=[1, 2], dear=[3, 4]), YEAR)
    assert row(table, "cheap", "dear", outcome)["better_pu"] == 1
    assert row(table, "dear", "cheap", outcome)["better_pu"] == 0
    assert row(table, "cheap", "dear", outcome)["difference"] == -2


def test_a_draw_counts_only_where_both_have_a_value():
    table = compare_schemes(draws_of(a=[1, np.nan, 5], b=[2, 1, np.nan], none=[np.nan] * 3), YEAR)
    assert row(table, "a", "b", "net_social_npv_msek")["draw_count"] == 1
    assert row(table, "a", "b", "net_social_npv_msek")["better_pu"] == 0
    nothing = row(table, "a", "none", "net_social_npv_msek")
    assert nothing["draw_count"] == 0
    assert np.isnan([nothing["better_pu"], nothing["difference"], nothing["standard_error_pu"]]).all()
    check_table(table, SchemeComparison, "comparison")


def test_draws_are_paired_and_not_sorted():
    """The same two sets of values, other partners: the difference keeps its mean, the probability does not."""
    apart = compare_schemes(draws_of(a=[1, 2, 3, 10], b=[2, 3, 4, 0]), YEAR)
    shuffled = compare_schemes(draws_of(a=[1, 2, 3, 10], b=[0, 2, 3, 4]), YEAR)
    assert row(apart, "a", "b", "net_social_npv_msek")["better_pu"] == 0.25
    assert row(shuffled, "a", "b", "net_social_npv_msek")["better_pu"] == 0.5


def test_one_year_is_compared():
    both = pd.concat([draws_of(a=[1], b=[0]), draws_of(a=[1], b=[5]).assign(year=2035)])
    assert row(compare_schemes(both, YEAR), "a", "b", "net_social_npv_msek")["better_pu"] == 1
    assert row(compare_schemes(both, 2035), "a", "b", "net_social_npv_msek")["better_pu"] == 0


def test_one_scheme_has_nobody_to_beat():
    table = compare_schemes(draws_of(a=[1, 2]), YEAR)
    assert table.empty
    check_table(table, SchemeComparison, "comparison")


def test_error_of_a_probability():
    assert probability_error_pu(0.5, 99) == pytest.approx(0.05)
    assert probability_error_pu(0.0, 99) == pytest.approx(np.sqrt(0.005 * 0.995 / 100))
    assert np.isnan(probability_error_pu(np.nan, 0))


values = st.lists(st.integers(-5, 5), min_size=2, max_size=30)


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_what_one_wins_the_other_loses(data):
    first = data.draw(values)
    second = data.draw(st.lists(st.integers(-5, 5), min_size=len(first), max_size=len(first)))
    table = compare_schemes(draws_of(a=first, b=second), YEAR)
    for outcome in OUTCOMES:
        there, back = row(table, "a", "b", outcome), row(table, "b", "a", outcome)
        ties = np.mean(np.array(first) == np.array(second))
        assert there["better_pu"] + back["better_pu"] + ties == pytest.approx(1)
        assert there["difference"] == pytest.approx(-back["difference"])
        assert there["difference_low"] == pytest.approx(-back["difference_high"])


def potential(middle: float, low: float, high: float) -> pd.DataFrame:
    keys = {"price_area": "SE", "year": YEAR, "tier": "firm", "service": "discharge_1h", "occasion": "dearest_50"}
    return pd.DataFrame([keys | {"power_mw": middle, "power_low_mw": low, "power_high_mw": high}])


def test_how_many_draws_two_per_cent_take():
    assert needed_draws(0.04, 2000) == 8000
    table = convergence(draws_of(a=[90.0, 110.0] * 50, none=[0.0] * 100), YEAR, potential(30, 10, 75.8), 2500)
    check_table(table, Convergence, "convergence")
    rows = table.set_index(["subject", "measure"])
    own = rows.loc[("a", "outlay_msek")]
    assert own["value"] == 100
    assert own["half_width_pu"] == pytest.approx(1.96 * 10 * np.sqrt(100 / 99) / 10 / 100)
    assert own["needed_draw_count"] == np.ceil(100 * (own["half_width_pu"] / 0.02) ** 2)
    assert np.isnan(rows.loc[("none", "outlay_msek"), "half_width_pu"])
    nation = rows.loc[("potential", "national_firm_mw")]
    assert nation["half_width_pu"] == pytest.approx(1.96 * (65.8 / 3.29) / 50 / 30)  # spread 20 MW, error 0.4 MW
