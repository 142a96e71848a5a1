"""Streams over optimised one-way charging, and where enrolled cars put the reserve prices."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.cba.depth import at_depth, build_depth, market_position
from analysis.cba.streams import build_streams
from analysis.errors import DataError
from tests.analysis.cba.scheme_tables import LEVELS, OPTIONS, dispatch_sample, dispatch_values, market_balance

POINTS = np.array([(level.fcr_n_pu, level.fcr_d_pu) for level in LEVELS])
STREAMS_TABLE = dispatch_values()
NAMES = tuple(level.level_id for level in LEVELS)


def _streams(values=None):
    table = dispatch_values() if values is None else values
    return build_streams(table, dispatch_sample(), OPTIONS, NAMES, "ac_11")


def test_each_stream_is_the_difference_to_smart_charging():
    streams = _streams()
    imported = streams.two_way["import_kwh"][0, 0, 0, 0, 0]
    assert imported == pytest.approx(3400 - 2600)
    assert streams.two_way["energy_tax_sek"][0, 0, 0, 0, 0] == pytest.approx(0.36 * 800)
    np.testing.assert_allclose(streams.one_way["net_cost_sek"], -2600 * (0.60 - 0.40) * 1.25)
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


def _balance(*levels: tuple[float, float]) -> pd.DataFrame:
    rows = [{"enrolled_count": float(place), "fcr_n_level_pu": n, "fcr_d_level_pu": d} for place, (n, d) in
            enumerate(levels)]  # fmt: skip
    return pd.DataFrame(rows)


def test_at_designed_levels_each_car_has_its_own_schedule():
    streams = _streams()
    order = [0, 1, 3, 4]
    depth = build_depth(_balance(*(tuple(POINTS[place]) for place in order)))
    found = at_depth(streams.two_way, POINTS, depth)
    for place, level in enumerate(order):
        np.testing.assert_allclose(found["net_cost_sek"][:, place], streams.two_way["net_cost_sek"][:, level])


def test_between_levels_revenue_scales_with_the_price_of_its_own_group():
    streams = _streams()
    found = at_depth(streams.two_way, POINTS, build_depth(_balance((1.0, 1.0), (0.4, 0.8))))
    full = {name: cube[:, 0] for name, cube in streams.two_way.items()}
    gross = full["fcr_n_revenue_sek"] * 0.4 + (full["fcr_d_up_revenue_sek"] + full["fcr_d_down_revenue_sek"]) * 0.8
    np.testing.assert_allclose(found["reserve_net_revenue_sek"][:, 1], gross * 0.8 * 0.6 * 0.75)
    np.testing.assert_allclose(
        found["net_cost_sek"][:, 1],
        full["net_cost_sek"] + full["reserve_net_revenue_sek"] - found["reserve_net_revenue_sek"][:, 1],
    )


def test_restoration_income_does_not_fall_with_fcr_prices():
    """1 000 SEK of mFRR at every level, 36 % of which remain: they stay where FCR falls to nothing."""
    values = dispatch_values()
    is_sold = (values["strategy"] == "grid_reserve").to_numpy()
    values.loc[is_sold, "mfrr_up_revenue_sek"] = 1000.0
    kept = 0.8 * 0.6 * 0.75
    values.loc[is_sold, "reserve_net_revenue_sek"] += 1000.0 * kept
    values.loc[is_sold, "net_cost_sek"] -= 1000.0 * kept
    found = at_depth(_streams(values).two_way, POINTS, build_depth(_balance((1.0, 1.0), (0.0, 0.0))))
    np.testing.assert_allclose(found["reserve_net_revenue_sek"][:, 1], 1000.0 * kept)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=2, max_size=5))
def test_lower_prices_never_raise_a_cars_value(levels):
    streams = _streams(STREAMS_TABLE)
    falling = np.minimum.accumulate(np.array(levels), axis=0)
    found = at_depth(streams.two_way, POINTS, build_depth(_balance(*map(tuple, falling))))
    assert (np.diff(found["net_cost_sek"], axis=1) >= -1e-9).all()


def test_market_levels_may_not_rise_with_enrolment():
    table = market_balance()
    table.loc[3, "fcr_d_level_pu"] = 1.4
    with pytest.raises(DataError, match="rise with enrolment"):
        build_depth(table)


def test_position_follows_enrolment_and_a_higher_elasticity_moves_it_deeper():
    depth = build_depth(market_balance())
    lower, fraction = market_position(depth, np.array([7500.0, 7500.0, 7500.0]), np.array([1.0, 1.4, 0.7]))
    place = lower + fraction
    assert place[0] == pytest.approx(1.5)
    assert place[2] < place[0] < place[1]
    assert pd.Series(fraction).between(0, 1).all()
