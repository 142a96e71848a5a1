"""The balance with every scheme off is the last tier of the potential: same cars, same prices, same volumes."""

import numpy as np
import pandas as pd
import pytest

from analysis.cba.reserve_cost import levels_pu
from analysis.errors import DataError
from analysis.io import check_table
from analysis.schemas.schemes import MarketTier
from analysis.uncertainty.central import central_study
from analysis.uncertainty.evaluate import Span, build_frame, evaluate
from analysis.uncertainty.market_tier import market_tier
from analysis.uncertainty.path_table import scheme_paths
from tests.analysis.cba.scheme_tables import (
    LEVELS,
    OPTIONS,
    central,
    market_balance,
    potential_summary,
    standards_case,
    tables,
)


@pytest.fixture(scope="module")
def nothing():
    frame = build_frame(
        tables(3.0), central(), span=Span(2026, 2040, 2030, 2030, 2025, 0.0), options=OPTIONS, levels=LEVELS,
        standards=standards_case(),
    )  # fmt: skip
    return evaluate(central_study(frame, central()), {})


def test_prices_in_balance_are_those_of_the_potential_at_that_many_cars(nothing):
    """Every year and both groups: what adoption was reckoned with is what the potential's market says of its cars."""
    path, deep = nothing.without, market_balance()
    levels = levels_pu(nothing.study.frame.depth, path)
    for place, column in enumerate(("fcr_n_level_pu", "fcr_d_level_pu")):
        told = np.interp(path.enrolled_total, deep["enrolled_count"], deep[column])
        np.testing.assert_allclose(levels[..., place], told, atol=2e-3)


def test_the_tier_by_hand():
    """16 000 cars in Sweden between 10 000 and 30 000 of the balance, 2 kW each: 32 MW, 12 000 of them in SE3."""
    counts = {"SE": 16e3, "SE1": 500.0, "SE2": 500.0, "SE3": 12e3, "SE4": 3e3}
    paths = pd.DataFrame(
        [
            {"scheme": "none", "year": 2030, "price_area": area, "measure": "enrolled_count", "value": count,
             "low": count / 2, "high": count * 2, "unit": "cars"}
            for area, count in counts.items()
        ]
    )  # fmt: skip
    table = market_tier(paths, potential_summary(), market_balance(), 2030)
    check_table(table, MarketTier, "tier")
    found = table.set_index("price_area")
    assert found.at["SE", "firm_mw"] == pytest.approx(32.0)
    assert found.at["SE3", "firm_low_mw"] == pytest.approx(12.0)
    deep = market_balance().set_index("enrolled_count")
    expected = deep.at[1e4, "fcr_d_sold_mw"] + 0.3 * (deep.at[3e4, "fcr_d_sold_mw"] - deep.at[1e4, "fcr_d_sold_mw"])
    assert found.at["SE", "fcr_d_sold_mw"] == pytest.approx(expected)
    assert np.isnan(found.at["SE3", "fcr_d_sold_mw"])


def test_a_run_without_the_scheme_that_gives_nothing_is_refused(nothing):
    paths = scheme_paths("task53", nothing)
    with pytest.raises(DataError, match="no scheme 'none'"):
        market_tier(paths, potential_summary(), market_balance(), 2030)
