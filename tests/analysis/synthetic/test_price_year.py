"""The generated price year: contract, calendar, seed, and the features of the real year that it must keep."""

import pandas as pd
import pytest

from analysis.errors import DataError
from analysis.io import read_csv_table
from analysis.schemas.market import DayAheadQuotes, ReserveQuotes
from analysis.schemas.price_statistics import (
    ALL_STATISTICS,
    PriceStatisticQuantiles,
    PriceStatisticShapes,
    PriceStatisticSources,
    PriceStatisticValues,
)
from analysis.synthetic.price_calibration import calibrate_year
from analysis.synthetic.price_statistics import available_years, read_price_statistics
from analysis.synthetic.price_year import generate_price_year

SEED = 20261123
YEARS = (2024, 2025)


@pytest.fixture(scope="module")
def tables(root):
    folder = root / "data" / "reference"
    return {
        "values": read_csv_table(folder / "price_statistics.csv", PriceStatisticValues),
        "shapes": read_csv_table(folder / "price_statistics_shapes.csv", PriceStatisticShapes),
        "quantiles": read_csv_table(folder / "price_statistics_quantiles.csv", PriceStatisticQuantiles),
    }


@pytest.fixture(scope="module")
def statistics(tables):
    return read_price_statistics(tables)


@pytest.fixture(scope="module")
def generated(statistics):
    return {year: generate_price_year(year, statistics, SEED) for year in YEARS}


def test_years_of_the_default_are_there(statistics):
    assert set(YEARS) <= set(available_years(statistics))


def test_unknown_year_names_what_exists(statistics):
    with pytest.raises(DataError, match=r"no statistics of 1999.*2024, 2025"):
        generate_price_year(1999, statistics, SEED)


def test_missing_table_and_column_are_named_together(tables):
    with pytest.raises(DataError, match="no table 'values'"):
        read_price_statistics({"shapes": tables["shapes"], "quantiles": tables["quantiles"]})
    broken = tables | {"shapes": tables["shapes"].drop(columns="hour_07_pu")}
    with pytest.raises(DataError, match="no column hour_07_pu"):
        read_price_statistics(broken)


def test_every_row_has_a_source(root, tables):
    sources = read_csv_table(root / "data" / "reference" / "price_statistics_sources.csv", PriceStatisticSources)
    known = set(zip(sources["year"], sources["statistic"], strict=True))
    used = {pair for table in tables.values() for pair in zip(table["year"], table["statistic"], strict=True)}
    assert used == known
    assert {statistic for _, statistic in used} == set(ALL_STATISTICS)


@pytest.mark.parametrize(("year", "hours"), [(2024, 8784), (2025, 8760)])
def test_contract_and_calendar(generated, year, hours):
    day_ahead, reserves = generated[year]
    DayAheadQuotes.validate(day_ahead)
    ReserveQuotes.validate(reserves)
    assert day_ahead.groupby("price_area").size().tolist() == [hours] * 4
    assert reserves.groupby("product").size().tolist() == [hours] * 3
    assert set(reserves["price_area"]) == {"SE"}
    local = pd.DatetimeIndex(day_ahead["interval_start_utc"]).tz_convert("Europe/Stockholm")
    assert str(local.min()) == f"{year}-01-01 00:00:00+01:00"
    assert str(local.max()) == f"{year}-12-31 23:00:00+01:00"


def test_same_seed_same_bytes(statistics, generated):
    again = generate_price_year(2025, statistics, SEED)
    other = generate_price_year(2025, statistics, SEED + 1)
    for first, second, third in zip(generated[2025], again, other, strict=True):
        pd.testing.assert_frame_equal(first, second, check_exact=True)
        assert not first.equals(third)


def test_april_2024_keeps_its_reserve_price(generated):
    reserves = generated[2024][1]
    down = reserves[reserves["product"] == "fcr_d_down"].set_index("interval_start_utc")["price_eur_nominal_per_mw_h"]
    month = down.tz_convert("Europe/Stockholm").groupby(lambda stamp: stamp.month).mean()
    assert month[4] == pytest.approx(140, rel=0.05)
    assert month[9] == pytest.approx(2.9, rel=0.10)


def test_reserves_are_cheap_at_night(generated):
    reserves = generated[2025][1]
    up = reserves[reserves["product"] == "fcr_d_up"].set_index("interval_start_utc")["price_eur_nominal_per_mw_h"]
    hour = pd.DatetimeIndex(up.index).tz_convert("Europe/Stockholm").hour
    assert up[hour < 6].mean() < 0.7 * up[(hour >= 8) & (hour < 20)].mean()


def test_north_couples_more_than_south_in_2024(generated):
    prices = generated[2024][0].pivot(
        index="interval_start_utc", columns="price_area", values="price_eur_nominal_per_mwh"
    )
    assert (prices["SE1"] == prices["SE2"]).mean() == pytest.approx(0.81, abs=0.04)
    assert (prices["SE3"] == prices["SE4"]).mean() == pytest.approx(0.58, abs=0.04)


def test_calibration_recovers_a_generated_year(statistics, generated):
    day_ahead, reserves = generated[2025]
    again = calibrate_year(2025, day_ahead, reserves)
    for statistic in ("price_scale", "volume_mean"):
        first = statistics.value_of(2025, statistic)
        second = again.value_of(2025, statistic).reindex(first.index)
        assert (second / first).to_numpy() == pytest.approx(1.0, abs=0.15)


def test_a_year_with_holes_is_refused(generated):
    day_ahead, reserves = generated[2025]
    holed = day_ahead[(day_ahead["price_area"] != "SE2") | (day_ahead["interval_start_utc"].dt.month > 2)]
    with pytest.raises(DataError, match=r"SE2 2025.*absent"):
        calibrate_year(2025, holed, reserves)
