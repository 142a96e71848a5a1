"""Streams over optimised one-way charging, and where enrolled cars put the reserve prices."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.cba.depth import build_depth, level_weights_pu, market_position
from analysis.cba.streams import build_streams
from analysis.errors import DataError
from tests.analysis.cba.scheme_tables import LEVELS, OPTIONS, dispatch_sample, dispatch_values, market_balance

POINTS = np.array([(level.fcr_n_pu, level.fcr_d_pu) for level in LEVELS])
NAMES = tuple(level.level_id for level in LEVELS)


def _streams(values=None):
    table = dispatch_values() if values is None else values
    return build_streams(table, dispatch_sample(), OPTIONS, NAMES, "ac_11")


def test_each_stream_is_the_difference_to_smart_charging():
    streams = _streams()
    imported = streams.two_way["import_kwh"][0, 0, 0, 0, 0]
    assert imported == pytest.approx(3400 - 2600)
    assert streams.two_way["energy_tax_sek"][0, 0, 0, 0, 0] == pytest.approx(0.36 * 800)
    np.testing.assert_allclose(streams.smart_saving_sek, 2600 * (0.60 - 0.40) * 1.25)
    np.testing.assert_allclose(streams.weights_pu, [1 / 6, 2 / 6, 3 / 6])
    np.testing.assert_allclose(streams.two_way["standby_energy_tax_sek"], 300 * 0.36)


def test_a_combination_that_was_not_solved_is_an_error():
    values = dispatch_values()
    gone = values[~((values["charger_option"] == "dc_20") & (values["price_area"] == "SE2"))]
    with pytest.raises(DataError, match="missing rows of grid_reserve"):
        _streams(gone)


def test_a_car_without_weight_is_an_error():
    with pytest.raises(DataError, match="no weight for car_2"):
        build_streams(dispatch_values(), dispatch_sample(2), OPTIONS, NAMES, "ac_11")


@given(st.floats(0, 1), st.floats(0, 1))
def test_level_weights_are_shares_and_meet_the_target_inside_the_set(fcr_n, share):
    fcr_d = fcr_n * share if fcr_n <= 0.5 else fcr_n * share + (1 - share) * (2 * fcr_n - 1)
    weights = level_weights_pu(POINTS, np.array([[fcr_n, fcr_d]]))[0]
    assert (weights >= -1e-9).all()
    assert weights.sum() == pytest.approx(1)
    np.testing.assert_allclose(weights @ POINTS, [fcr_n, fcr_d], atol=1e-6)


def test_a_level_between_two_designed_ones_takes_half_of_each():
    np.testing.assert_allclose(level_weights_pu(POINTS, np.array([[0.75, 0.75]])), [[0.5, 0.5, 0, 0, 0]], atol=1e-6)


def test_market_levels_may_not_rise_with_enrolment():
    table = market_balance()
    table.loc[3, "fcr_d_level_pu"] = 1.4
    with pytest.raises(DataError, match="rise with enrolment"):
        build_depth(table, [tuple(point) for point in POINTS])


def test_position_follows_enrolment_and_a_higher_elasticity_moves_it_deeper():
    depth = build_depth(market_balance(), [tuple(point) for point in POINTS])
    lower, fraction = market_position(depth, np.array([7500.0, 7500.0, 7500.0]), np.array([1.0, 1.4, 0.7]))
    place = lower + fraction
    assert place[0] == pytest.approx(1.5)
    assert place[2] < place[0] < place[1]
    assert pd.Series(fraction).between(0, 1).all()
