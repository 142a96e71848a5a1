"""A generated year from the hours of another: clock, level, what is absent stays absent (data part of check T15)."""

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from analysis.errors import DataError
from analysis.io import read_csv_table
from analysis.report.console import generated_line
from analysis.schemas.assumptions import Facts
from analysis.schemas.market import DayAheadQuotes, ReserveQuotes
from analysis.settings.load import load_settings
from analysis.settings.model import Settings
from analysis.synthetic.price_scaling import moved_to_year, scaled_day_ahead, scaled_reserves

LOCAL = "Europe/Stockholm"


@pytest.fixture(scope="module")
def facts(root) -> pd.DataFrame:
    return read_csv_table(root / "data/reference/market_facts.csv", Facts)


def hours(year: int) -> pd.Series:
    bounds = pd.DatetimeIndex([f"{year}-01-01", f"{year + 1}-01-01"]).tz_localize(LOCAL).tz_convert("UTC")
    return pd.Series(pd.date_range(*bounds, freq="h", inclusive="left", unit="us"))


def day_ahead(areas=("SE3", "SE4")) -> pd.DataFrame:
    starts = hours(2023)
    price = np.random.default_rng(3).normal(50, 40, len(starts))
    parts = [
        pd.DataFrame({"interval_start_utc": starts, "step_h": 1.0, "price_area": area,
                      "price_eur_nominal_per_mwh": price + 10 * place})
        for place, area in enumerate(areas)
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def reserves(products=("fcr_n", "fcr_d_up", "fcr_d_down")) -> pd.DataFrame:
    starts = hours(2023)
    draws = np.random.default_rng(4)
    return pd.concat(
        [pd.DataFrame({"interval_start_utc": starts, "step_h": 1.0, "product": name, "price_area": "SE",
                       "price_eur_nominal_per_mw_h": draws.uniform(1, 90, len(starts)),
                       "volume_mw": draws.uniform(100, 300, len(starts))}) for name in products],
        ignore_index=True,
    )  # fmt: skip


def test_every_local_hour_of_the_year_comes_out_once_on_its_weekday():
    before, after = hours(2023), moved_to_year(hours(2023), 2022)
    assert sorted(after) == sorted(hours(2022))
    old, new = before.dt.tz_convert(LOCAL), after.dt.tz_convert(LOCAL)
    assert (old.dt.hour == new.dt.hour).all(), "the days of summer time coincide"
    moved_day = old.dt.day_of_week != new.dt.day_of_week
    assert set(new[moved_day].dt.strftime("%m-%d")) == {"01-01"}


def test_means_are_those_of_the_facts_and_negative_hours_stay_negative(facts):
    quotes = day_ahead()
    found = scaled_day_ahead(quotes, facts, 2022)
    DayAheadQuotes.validate(found)
    means = found.groupby("price_area")["price_eur_nominal_per_mwh"].mean()
    assert means.to_dict() == pytest.approx({"SE3": 129.21, "SE4": 152.1})
    negative = [
        (table["price_eur_nominal_per_mwh"] < 0).groupby(table["price_area"]).sum() for table in (quotes, found)
    ]
    assert negative[0].to_dict() == negative[1].to_dict()


def test_reserve_price_and_volume_take_their_own_means(facts):
    found = scaled_reserves(reserves(), facts, 2022)
    ReserveQuotes.validate(found[list(ReserveQuotes.to_schema().columns)])
    means = found.groupby("product")[["price_eur_nominal_per_mw_h", "volume_mw"]].mean()
    assert means["price_eur_nominal_per_mw_h"].to_dict() == pytest.approx(
        {"fcr_n": 64.87, "fcr_d_up": 63.17, "fcr_d_down": 32.15}
    )
    assert means["volume_mw"].to_dict() == pytest.approx({"fcr_n": 248.8, "fcr_d_up": 529.4, "fcr_d_down": 135.2})


def test_a_product_without_hours_stays_absent(facts):
    assert set(scaled_reserves(reserves(("fcr_n",)), facts, 2022)["product"]) == {"fcr_n"}


def test_what_cannot_be_scaled_is_refused(facts):
    with pytest.raises(DataError, match="afrr_up"):
        scaled_reserves(reserves(("fcr_n", "afrr_up")), facts, 2022)
    with pytest.raises(DataError, match="day_ahead_mean SE3 2018"):
        scaled_day_ahead(day_ahead(("SE3",)), facts, 2018)
    with pytest.raises(DataError, match="equal length"):
        moved_to_year(hours(2023), 2024)
    with pytest.raises(DataError, match="local years"):
        moved_to_year(pd.concat([hours(2022), hours(2023)]), 2021)


def test_a_scaled_year_is_called_generated_everywhere(root):
    run = load_settings("generated_2022", root / "workflow/config")
    assert run.is_synthetic_prices
    assert run.is_synthetic_reserves
    assert generated_line(run.inputs).endswith("day-ahead prices, reserve prices.")
    real = load_settings("real_2023", root / "workflow/config")
    assert not real.is_synthetic_prices


@pytest.mark.parametrize(
    "change",
    [{"day_ahead_prices": None}, {"reserve_prices": None}, {"scaled_from_year": 2022}],
)
def test_settings_of_a_scaled_year_hold_together(root, change):
    raw = load_settings("generated_2022", root / "workflow/config").model_dump(mode="json")
    raw["inputs"] |= change
    with pytest.raises(ValidationError, match="scaled_from_year"):
        Settings.model_validate(raw)
