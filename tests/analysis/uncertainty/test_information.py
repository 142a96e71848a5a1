"""What knowing is worth: a coin worked by hand, bounds that always hold, and knowledge of no use."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.io import check_table
from analysis.schemas.schemes import InformationValue
from analysis.uncertainty.draws import DRAWN, UNIFORMS
from analysis.uncertainty.information import (
    ALL,
    GROUPS,
    group_names,
    partial_information,
    perfect_information,
    value_of_information,
    ways_of_supporting,
)

COUNT = 600


def uniforms(*names: str, seed: int = 1, count: int = COUNT) -> pd.DataFrame:
    generator = np.random.default_rng(seed)
    return pd.DataFrame({name: generator.random(count) for name in names})


def test_what_lowers_two_way_power_is_no_way_of_supporting_it():
    benefits = pd.DataFrame({"none": [0.0, 0.0], "grant": [-5.0, -1.0], "oneway": [9.0, 9.0]})
    firm = pd.DataFrame({"none": [0.0, 0.0], "grant": [4.0, 2.0], "oneway": [-3.0, -1.0]})
    assert list(ways_of_supporting(benefits, firm).columns) == ["none", "grant"]


def test_two_decisions_and_a_coin():
    """Nothing, or −1 or 3 by the toss of a coin: 1 on the mean now, 1.5 for who knows, so the coin is worth 0.5."""
    coin = np.tile([0.0, 1.0], COUNT // 2)
    benefits = np.column_stack([np.zeros(COUNT), 4 * coin - 1])
    perfect = perfect_information(benefits)
    assert perfect.value == 0.5
    assert perfect.switch_pu == 0.5
    by_fit = partial_information(benefits, pd.DataFrame({"coin": coin}), seed=3)
    assert by_fit.value == pytest.approx(0.5)
    assert by_fit.r2_pu > 0.999


def test_a_coin_beside_noise_that_no_one_can_know():
    """The same coin, each outcome blurred by noise of spread 2: perfect information is worth more, the coin 0.5."""
    generator = np.random.default_rng(5)
    coin = np.tile([0.0, 1.0], 1000)
    benefits = np.column_stack([np.zeros(2000), 4 * coin - 1 + 2 * generator.standard_normal(2000)])
    by_fit = partial_information(benefits, pd.DataFrame({"coin": coin}), seed=3)
    assert by_fit.value == pytest.approx(0.5, abs=0.1)
    assert perfect_information(benefits).value > by_fit.value + 0.1
    assert 0.3 < by_fit.r2_pu < 0.7  # 4 of 8


def test_knowing_everything_is_perfect_information():
    known = uniforms("a", "b", "c", count=1500)
    benefits = np.column_stack(
        [np.zeros(1500), known["a"] + known["b"] ** 2 - 0.8, 2 * known["a"] * known["c"] - 0.45]
    )  # fmt: skip
    perfect = perfect_information(benefits)
    by_fit = partial_information(benefits, known, seed=1)
    assert perfect.value > 0.1
    assert by_fit.value == pytest.approx(perfect.value, rel=0.03)
    assert by_fit.r2_pu > 0.98


def test_an_irrelevant_parameter_is_worth_nothing():
    """Held out: ten parameters of no use win nothing, where the same fit read on its own draws would feign a value."""
    known = uniforms(*(f"x{number}" for number in range(10)))
    noise = np.random.default_rng(9).standard_normal(COUNT)
    benefits = np.column_stack([np.zeros(COUNT), noise])
    found = partial_information(benefits, known, seed=1)
    assert found.value <= 2 * found.standard_error + 1e-9
    assert found.r2_pu < 0.05
    assert perfect_information(benefits).value > 0.3


def test_no_choice_to_change():
    """A scheme that is worse in every draw: knowing is worth nothing, and nobody would switch."""
    known = uniforms("a")
    found = partial_information(np.column_stack([np.zeros(COUNT), -1 - known["a"]]), known, seed=1)
    assert found.value == 0
    assert found.switch_pu == 0
    same = partial_information(np.zeros((COUNT, 2)), known, seed=1)
    assert (same.value, same.standard_error, same.switch_pu) == (0, 0, 0)
    assert np.isnan(same.r2_pu)


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 10_000), st.floats(0, 3), st.integers(2, 4))
def test_a_part_is_never_worth_more_than_the_whole(seed, blur, decisions):
    generator = np.random.default_rng(seed)
    known = uniforms("a", "b", seed=seed, count=200)
    slopes = generator.normal(size=(2, decisions))
    benefits = known.to_numpy() @ slopes + blur * generator.standard_normal((200, decisions))
    part = partial_information(benefits, known[["a"]], seed=1)
    assert 0 <= part.value <= perfect_information(benefits).value + 1e-12


def test_the_price_year_is_known_by_name_and_not_by_size():
    """Middle year good, first and last bad: no line through the years finds that, their names do."""
    year = np.repeat([2021.0, 2022.0, 2023.0], 100)
    benefits = np.column_stack([np.zeros(300), np.where(year == 2022, 5.0, -4.0)])
    found = partial_information(benefits, pd.DataFrame({"price_year": year}), seed=2)
    assert found.value == pytest.approx(5 / 3)


def test_table_of_groups():
    known = uniforms("res.agg_fee", "cap.dc_bi", "cba.emission_marginal")
    benefits = pd.DataFrame({"none": 0.0, "task53": 10 * known["cap.dc_bi"] - 5.5})
    table = value_of_information(
        benefits, {name: known[name].to_numpy() for name in known} | {"cap.life": np.full(COUNT, 10.0)}, seed=1
    )  # fmt: skip
    check_table(table, InformationValue, "information")
    rows = table.set_index("group")
    assert list(rows.index) == [ALL, "plug_in_and_enrolment", "dc_price", "others"]
    assert rows.loc["dc_price", "parameters"] == "cap.dc_bi"
    assert rows.loc["dc_price", "value_msek"] == pytest.approx(rows.loc[ALL, "value_msek"], rel=0.05)
    assert rows.loc["others", "value_msek"] < 0.1 * rows.loc["dc_price", "value_msek"]
    assert (rows["decision_now"] == "none").all()
    assert np.isnan(rows.loc[ALL, "r2_pu"])


def test_every_drawn_parameter_is_in_one_group():
    names = (*DRAWN, *UNIFORMS, "price_year")
    groups = group_names(names)
    assert sorted(name for group in groups.values() for name in group) == sorted(names)
    assert set(GROUPS) <= set(groups)
    assert groups["plug_in_and_enrolment"] == ("res.agg_fee", "res.accept_rate", "res.kappa_fcr")


def test_where_one_choice_is_best_in_every_draw_nothing_is_fitted_and_nothing_is_worth_knowing(monkeypatch):
    def refuse(*_):
        raise AssertionError("a regression was fitted")

    monkeypatch.setattr("analysis.uncertainty.foretelling.foretold_gains", refuse)
    random = np.random.default_rng(1)
    benefits = pd.DataFrame({"none": np.zeros(50), "task53": -1.0 - random.random(50)})
    table = value_of_information(benefits, {"ado.hassle": random.random(50)}, 1)
    assert (table["value_msek"] == 0).all()
    assert (table["switch_pu"] == 0).all()
