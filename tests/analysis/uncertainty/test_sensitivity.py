"""What moves an outcome: known indices, known tornadoes, and the levels that make draws."""

import numpy as np
import pandas as pd
import pytest

from analysis.io import check_table
from analysis.schemas.schemes import Sensitivity
from analysis.settings.draws import draw_parameters, quantiles, stratified_uniforms
from analysis.settings.load import load_settings
from analysis.uncertainty.draws import DRAWN, central_draws, draw_all, draw_price_years
from analysis.uncertainty.indices import OTHERS, leading_names, screen, variance_shares
from analysis.uncertainty.latents import draws_at, moving_names, whole_years
from analysis.uncertainty.sensitivity import explain_model, tornado
from tests.analysis.cba.scheme_tables import central, parameters_table

NAMES = ("a", "b", "c")
SEARCH = load_settings("minimal").scope.search


def ishigami(levels: pd.DataFrame) -> dict[str, np.ndarray]:
    """sin x1 + 7 sin² x2 + 0.1 x3⁴ sin x1 on −π … π: first-order 0.3139, 0.4424, 0; total 0.5576, 0.4424, 0.2437."""
    x = 2 * np.pi * levels[list(NAMES)].to_numpy() - np.pi
    return {"y": np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])}


def linear(levels: pd.DataFrame) -> dict[str, np.ndarray]:
    """3 a + 4 b, values 0.5: variance 9 to 16, so 0.36 and 0.64, first and total alike."""
    filled = levels.fillna(0.5)
    return {"y": 3 * filled["a"].to_numpy() + 4 * filled["b"].to_numpy()}


def test_indices_of_the_ishigami_function():
    found = variance_shares(ishigami, NAMES, NAMES, 2048, seed=1)["y"]
    np.testing.assert_allclose(found["first_pu"], [0.3139, 0.4424, 0.0], atol=0.02)
    np.testing.assert_allclose(found["total_pu"], [0.5576, 0.4424, 0.2437], atol=0.02)
    assert (found["total_half_width_pu"] < 0.1).all()
    assert (found["first_half_width_pu"] > 0).all()


def test_indices_of_a_linear_model():
    found = variance_shares(linear, ("a", "b"), ("a", "b"), 512, seed=1)["y"]
    np.testing.assert_allclose(found["first_pu"], [0.36, 0.64], atol=0.01)
    np.testing.assert_allclose(found["total_pu"], [0.36, 0.64], atol=0.01)


def test_others_count_together():
    """Two of three looked at together: their share is the sum, for a linear model has no interactions."""

    def model(levels):
        return {"y": 3 * levels["a"].to_numpy() + 4 * levels["b"].to_numpy() + 5 * levels["c"].to_numpy()}

    found = variance_shares(model, NAMES, ("b",), 512, seed=1)["y"]
    assert list(found.index) == [OTHERS, "b"]
    np.testing.assert_allclose(found["first_pu"], [34 / 50, 16 / 50], atol=0.02)


def test_more_runs_say_it_more_surely():
    few, many = (variance_shares(ishigami, NAMES, NAMES, count, seed=1)["y"] for count in (64, 1024))
    assert (many["total_half_width_pu"] < few["total_half_width_pu"]).all()


@pytest.mark.parametrize("values", [np.zeros, lambda count: np.where(np.arange(count) == 3, np.nan, 1.0)])
def test_what_does_not_vary_or_has_no_value_has_no_indices(values):
    found = variance_shares(lambda levels: {"y": values(len(levels))}, NAMES, NAMES, 16, seed=1)["y"]
    assert found.isna().all(axis=None)


def test_screening_finds_what_moves():
    """Mean absolute effect over the range of a level: 3 and 4 in a linear model, nothing for what is not in it."""
    effects = screen(linear, NAMES, 4, seed=1)
    np.testing.assert_allclose(effects["y"], [3 * 0.8, 4 * 0.8, 0], atol=1e-9)
    assert leading_names(effects, 2) == ("b", "a")


def test_each_outcome_has_a_say_in_what_is_looked_at():
    effects = pd.DataFrame({"msek": [900.0, 90.0, 10.0], "mw": [0.0, 0.1, 0.9], "none": [0.0] * 3}, index=list("abc"))
    assert leading_names(effects, 2) == ("a", "c")
    assert leading_names(effects[["none"]], 2) == ("a", "b")


def test_tornado_by_hand():
    found = tornado(linear, ("a", "b"), year_count=2)["y"]
    np.testing.assert_allclose(found.loc["a", ["at_low", "at_middle", "at_high"]].astype(float), [2.3, 3.5, 4.7])
    np.testing.assert_allclose(found.loc["b", ["at_low", "at_middle", "at_high"]].astype(float), [1.9, 3.5, 5.1])


def test_tornado_keeps_the_sign():
    found = tornado(lambda levels: {"y": -levels["a"].fillna(0.5).to_numpy()}, ("a",), year_count=1)["y"].loc["a"]
    assert found["at_low"] > found["at_middle"] > found["at_high"]


def test_tornado_takes_the_mean_of_the_price_years_and_moves_the_year_itself():
    def model(levels):
        return {"y": np.where(whole_years(levels["price_year"].to_numpy(), 2) == 0, 10.0, 20.0)}

    found = tornado(model, ("a", "price_year"), year_count=2)["y"]
    assert found.loc["a"].tolist() == [15, 15, 15]
    assert found.loc["price_year", ["at_low", "at_middle", "at_high"]].tolist() == [10, 15, 20]


def test_explained_model_is_a_table():
    search = SEARCH.model_copy(update={"sobol_parameter_count": 1})
    table = explain_model(
        "task53", lambda levels: {"outlay_msek": linear(levels)["y"]}, NAMES, 1, search, 1, lambda name: name == "a"
    )
    check_table(table, Sensitivity, "sensitivity")
    rows = table.set_index("parameter")
    assert set(rows.index) == {"a", "b", "c", OTHERS}
    assert rows["first_pu"].notna().to_dict() == {"a": False, "b": True, "c": False, OTHERS: True}
    assert np.isnan(rows.loc[OTHERS, "at_low"])
    assert rows["is_verified"].to_dict() == {"a": True, "b": False, "c": False, OTHERS: False}


def test_quantiles_by_hand():
    table = pd.DataFrame(
        [("u", 5, 0, 10, "uniform"), ("t", 0, 0, 1, "triangular"), ("f", 3, 1, 9, "fixed"), ("d", 2, 1, 3, "discrete")],
        columns=["id", "value", "low", "high", "distribution"],
    )  # fmt: skip
    levels = np.array([0.1, 0.75, 0.9])
    np.testing.assert_allclose(quantiles(table, "u", levels), [1, 7.5, 9])
    np.testing.assert_allclose(quantiles(table, "t", levels), 1 - np.sqrt(1 - levels))
    np.testing.assert_allclose(quantiles(table, "f", levels), 3)
    np.testing.assert_allclose(quantiles(table, "d", levels), [1, 3, 3])


@pytest.mark.parametrize("name", DRAWN)
def test_levels_give_the_runs_own_draws(name):
    """Every parameter: its draws are its quantiles at the levels the run drew, and quantiles never fall."""
    table = parameters_table()
    own = draw_parameters(table, [name], 40, 7)[name]
    np.testing.assert_array_equal(own, quantiles(table, name, stratified_uniforms(name, 40, 7)))
    assert (np.diff(quantiles(table, name, np.linspace(0.001, 0.999, 99))) >= 0).all()


def test_levels_make_the_draws_of_a_run():
    table, values = parameters_table(), central()
    names = moving_names(table, {}, (2024, 2025))
    levels = pd.DataFrame({name: stratified_uniforms(name, 30, 7) for name in names})
    made, year = draws_at(table, values, levels, 2)
    own = draw_all(table, values, 30, 7, {})
    assert made.keys() == own.keys()
    for name, drawn in own.items():
        np.testing.assert_allclose(made[name], drawn, err_msg=name)
    np.testing.assert_array_equal(year, draw_price_years((2024, 2025), 30, 7))


def test_a_null_level_is_the_value_of_the_run():
    table, values = parameters_table(), central()
    levels = pd.DataFrame({"cap.dc_bi": [np.nan, 0.9], "fleet_uniform": [np.nan, 0.3], "price_year": [np.nan, 0.9]})
    made, year = draws_at(table, values, levels, 2)
    middle = central_draws(values, 2)
    for name, drawn in middle.items():
        np.testing.assert_array_equal(made[name][:1], drawn[:1], err_msg=name)
    assert made["cap.dc_bi"][1] == pytest.approx(float(quantiles(table, "cap.dc_bi", np.array([0.9]))[0]))
    assert made["fleet_uniform"][1] == 0.3
    assert year.tolist() == [0, 1]


def test_what_a_scenario_sets_does_not_move():
    table = parameters_table()
    assert "cap.dc_bi" in moving_names(table, {}, (2024, 2025))
    assert "cap.dc_bi" not in moving_names(table, {"cap.dc_bi": 30_000}, (2024, 2025))
    assert "price_year" in moving_names(table, {}, (2024, 2025))
    assert "price_year" not in moving_names(table, {}, (2024,))
    assert whole_years(np.array([0.0, 0.49, 0.5, 1.0]), 2).tolist() == [0, 0, 1, 1]
