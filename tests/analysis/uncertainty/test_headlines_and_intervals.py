"""Intervals, the rule for the best scheme, and the headline table."""

import numpy as np
import pandas as pd
import pytest

from analysis.errors import DataError
from analysis.io import check_table
from analysis.schemas.results import Headlines
from analysis.uncertainty.headlines import best_scheme, headline_rows
from analysis.uncertainty.intervals import interval, probability_positive_pu, standard_error
from tests.analysis.cba.scheme_tables import market_balance, potential_summary


def summary(rows: dict[str, tuple[float, float, float]]) -> pd.DataFrame:
    """Scheme: additional cars (beside 100 without), outlay per firm kW-year, social value; no outlay at cost 0."""
    long = [
        {"scheme": scheme, "year": 2030, "measure": measure, "value": value, "low": value, "high": value, "unit": "-"}
        for scheme, (added, outlay, social) in rows.items()
        for measure, value in {
            "net_additional_count": added, "outlay_sek_per_firm_kw_year": outlay, "net_social_npv_msek": social,
            "adopter_without_count": 100.0, "outlay_msek": 0.0 if outlay == 0 else 5.0, "dc_ac_ratio": 2.0,
            "open_closed_ratio": 1.9,
        }.items()
    ]  # fmt: skip
    return pd.DataFrame(long)


@pytest.mark.parametrize(
    ("rows", "best"),
    [
        ({"none": (0, np.nan, 0), "a": (10, 1500, -5), "b": (90, 1900, 50)}, "a"),
        ({"none": (0, np.nan, 0), "a": (10, 1500, -5), "b": (90, 1500, 50)}, "b"),
        ({"none": (0, np.nan, 0), "a": (-1, 100, 9), "b": (90, 1900, 50)}, "b"),
        ({"none": (5, 1, 9), "a": (0, np.nan, 0)}, None),
        ({"none": (0, np.nan, 0), "a": (9, 100, 9), "b": (10, 1900, 50)}, "b"),  # a adds less than a tenth
        ({"none": (0, np.nan, 0), "duty": (90, 0, 9), "b": (10, 1900, 50)}, "b"),  # a duty pays nothing
    ],
)
def test_best_scheme_is_the_cheapest_that_pays_and_adds_cars(rows, best):
    assert best_scheme(summary(rows), 2030) == best


def draws(scheme: str, values: list[float]) -> pd.DataFrame:
    count = len(values)
    return pd.DataFrame(
        {
            "scheme": scheme, "year": 2030, "draw": range(count), "adopter_count": 20_000.0,
            "firm_outlay_sek_per_kw_year": 1500.0, "net_social_npv_msek": values,
        }
    )  # fmt: skip


SATURATION = pd.DataFrame(
    {"measure": ["saturation_cars", "fill_cars"], "value": [60e3, 59e3], "low": [40e3, 50e3], "high": [90e3, 70e3],
     "unit": "cars", "detail": "FCR-D"}
)  # fmt: skip


def test_headlines_are_all_there_and_pass_the_contract():
    table = headline_rows(
        potential_summary(), market_balance(), SATURATION,
        summary({"none": (0, np.nan, 0), "a": (10, 1500, -5)}),
        pd.concat([draws("none", [0.0] * 4), draws("a", [-3.0, -1.0, 1.0, 5.0])]), 2030,
    )  # fmt: skip
    check_table(table.astype({"value": float}), Headlines, "headlines")
    got = table.set_index(["headline_id", "price_area"])["value"]
    assert got["firm_discharge_mw", "SE"] == pytest.approx(50.0)
    assert got["value_over_smart_today", "SE"] == pytest.approx(1500.0)
    expected = np.interp(20e3, market_balance()["enrolled_count"], market_balance()["value_sek_per_car_year"])
    assert got["value_over_smart_equilibrium", "SE"] == pytest.approx(expected)
    assert got["fcr_d_saturation_cars", "SE"] == 60e3
    assert got["fcr_d_fill_cars", "SE"] == 59e3
    assert got["best_scheme_outlay_per_firm_kw_year", "SE"] == 1500.0
    assert got["best_scheme_dc_ac_ratio", "SE"] == 2.0
    assert got["best_scheme_social_npv", "SE"] == 0.0
    assert got["best_scheme_probability_positive", "SE"] == 0.5
    assert len(table[table["headline_id"] == "firm_discharge_mw"]) == 5


def test_without_any_scheme_that_adds_cars_the_numbers_are_empty_not_zero():
    table = headline_rows(
        potential_summary(), market_balance(), SATURATION, summary({"none": (0, np.nan, 0)}),
        draws("none", [0.0] * 4), 2030,
    )  # fmt: skip
    check_table(table, Headlines, "headlines")
    assert table.set_index("headline_id")["value"].isna()["best_scheme_outlay_per_firm_kw_year"]


@pytest.mark.parametrize("measure", ["saturation_cars", "fill_cars"])
def test_a_missing_saturation_row_is_named(measure):
    lacking = SATURATION[SATURATION["measure"] != measure]
    with pytest.raises(DataError, match=f"one row {measure}"):
        headline_rows(
            potential_summary(), market_balance(), lacking, summary({"none": (0, np.nan, 0)}),
            draws("none", [0.0]), 2030,
        )  # fmt: skip


def test_interval_of_a_hundred_and_one():
    found = interval(np.arange(101.0))
    assert (found.value, found.low, found.high) == (50.0, 5.0, 95.0)
    assert np.isnan(interval([np.nan]).value)
    assert probability_positive_pu([-1.0, 1.0, 2.0, np.nan]) == pytest.approx(2 / 3)
    assert standard_error([1.0, 3.0]) == pytest.approx(1.0)
