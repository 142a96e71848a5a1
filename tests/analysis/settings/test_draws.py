"""Draws keep to their ranges, are stratified, and are the same whoever asks."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.errors import ConfigError
from analysis.io import read_csv_table
from analysis.schemas.assumptions import Parameters
from analysis.settings.draws import draw_parameters, stratified_uniforms


def table(*rows):
    return pd.DataFrame(rows, columns=["id", "value", "low", "high", "distribution"])


def test_uniform_is_stratified_one_draw_in_each_slice():
    drawn = draw_parameters(table(("a", 0.5, 0.0, 1.0, "uniform")), ["a"], 8, seed=3)["a"]
    assert sorted(np.floor(drawn * 8)) == list(range(8))


def test_draws_of_a_parameter_do_not_depend_on_the_others_asked_for():
    rows = table(("a", 0.5, 0.0, 1.0, "triangular"), ("b", 2.0, 1.0, 4.0, "lognormal"))
    alone = draw_parameters(rows, ["b"], 50, seed=1)["b"]
    together = draw_parameters(rows, ["a", "b"], 50, seed=1)
    np.testing.assert_array_equal(alone, together["b"])
    assert abs(np.corrcoef(together["a"], together["b"])[0, 1]) < 0.5
    assert not np.array_equal(alone, draw_parameters(rows, ["b"], 50, seed=2)["b"])


def test_triangular_has_its_mean_and_normal_its_middle():
    rows = table(("t", 0.2, 0.0, 1.0, "triangular"), ("n", 10.0, 6.0, 14.0, "normal"))
    drawn = draw_parameters(rows, ["t", "n"], 4000, seed=1)
    assert drawn["t"].mean() == pytest.approx((0.2 + 0.0 + 1.0) / 3, abs=1e-3)
    assert drawn["n"].mean() == pytest.approx(10.0, abs=1e-2)


@pytest.mark.parametrize(("low", "value", "high"), [(1.0, 2.0, 4.0), (-1.0, -1.0, 3.0), (0.5, 3.0, 3.0)])
def test_quantiles_are_those_of_the_named_distributions(low, value, high):
    rows = table(("t", value, low, high, "triangular"), ("n", value, low, high, "normal"))
    drawn = draw_parameters(rows, ["t", "n"], 500, seed=3)
    width, deviation = high - low, (high - low) / 4
    triangular = stats.triang((value - low) / width, loc=low, scale=width)
    normal = stats.truncnorm((low - value) / deviation, (high - value) / deviation, loc=value, scale=deviation)
    for name, expected in (("t", triangular), ("n", normal)):
        assert drawn[name] == pytest.approx(expected.ppf(stratified_uniforms(name, 500, 3)), rel=1e-12)


def test_discrete_takes_only_its_points_with_their_weights():
    rows = table(("d", 2.0, 1.0, 3.0, "discrete"), ("e", 1.0, 1.0, 3.0, "discrete"))
    drawn = draw_parameters(rows, ["d", "e"], 400, seed=1)
    assert [(drawn["d"] == point).sum() for point in (1.0, 2.0, 3.0)] == [100, 200, 100]
    assert [(drawn["e"] == point).sum() for point in (1.0, 3.0)] == [300, 100]


def test_levers_and_overrides_are_not_drawn():
    rows = table(("lever", 0.0, 0.0, 1.0, "lever"), ("a", 0.5, 0.0, 1.0, "uniform"))
    drawn = draw_parameters(rows, ["lever", "a"], 5, seed=1, overrides={"a": 1.5})
    assert drawn["lever"].tolist() == [0.0] * 5
    assert drawn["a"].tolist() == [1.5] * 5


def test_unknown_ids_are_all_named():
    with pytest.raises(ConfigError) as caught:
        draw_parameters(table(("a", 0.5, 0.0, 1.0, "uniform")), ["x", "a", "y"], 5, seed=1)
    assert len(caught.value.faults) == 2


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 10_000), count=st.integers(1, 40))
def test_all_shipped_parameters_stay_within_their_ranges(root, seed, count):
    rows = read_csv_table(root / "data/assumptions/parameters.csv", Parameters)
    drawn = draw_parameters(rows, rows["id"], count, seed)
    for row in rows.itertuples():
        assert len(drawn[row.id]) == count
        assert (drawn[row.id] >= row.low).all() and (drawn[row.id] <= row.high).all()
