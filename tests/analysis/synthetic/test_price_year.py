"""The generated price year: contract, calendar, seed, and agreement with the real year it is calibrated to."""

import numpy as np
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
    PriceYearComparison,
)
from analysis.synthetic.price_calibration import calibrate_year
from analysis.synthetic.price_comparison import ACCEPTED, TOLERANCE, price_year_measures
from analysis.synthetic.price_published import parse_entsoe, parse_fcr_mimer, published_year
from analysis.synthetic.price_reference_car import ReferenceCar
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


def test_committed_comparison_holds_where_calibrated(root):
    table = read_csv_table(root / "data" / "evidence" / "price_year_comparison.csv", PriceYearComparison)
    calibrated = table[table["is_calibrated"]]
    assert sorted(set(calibrated["year"])) == list(YEARS)
    assert calibrated["is_within_15_pct"].all()
    assert (calibrated["seeds_within_15_pct_count"] > calibrated["seeds_count"] / 2).all()
    assert set(table["year"]) == {2019, 2020, 2021, 2023, 2024, 2025}


@pytest.mark.real
@pytest.mark.slow
@pytest.mark.parametrize("year", YEARS)
def test_reference_car_earns_what_it_earned(real_root, statistics, year):
    real = published_year(year, lambda path: pd.read_csv(real_root / path, dtype="str", keep_default_na=False))
    wanted = price_year_measures(real.day_ahead, real.reserves, ReferenceCar())
    seeds = [SEED, *range(1, 6)]
    drawn = [price_year_measures(*generate_price_year(year, statistics, seed), ReferenceCar()) for seed in seeds]
    for area, measures in wanted.items():
        for name in ACCEPTED:
            ratios = np.array([one[area][name] / measures[name] for one in drawn])
            assert abs(ratios[0] - 1) <= TOLERANCE, (area, name, ratios)
            assert abs(ratios.mean() - 1) <= TOLERANCE, (area, name, ratios)
            assert (np.abs(ratios - 1) <= TOLERANCE).sum() > len(seeds) / 2, (area, name, ratios)


@pytest.mark.real
def test_committed_statistics_are_those_of_the_published_files(real_root, statistics):
    real = published_year(2025, lambda path: pd.read_csv(real_root / path, dtype="str", keep_default_na=False))
    again = calibrate_year(2025, real.day_ahead, real.reserves)
    first, second = again.quantiles_of(2025, "hourly_price"), statistics.quantiles_of(2025, "hourly_price")
    assert first.keys() == second.keys()
    for key, points in first.items():
        assert points == pytest.approx(second[key], abs=1e-6)


def test_entsoe_clock_changes_and_gaps():
    frame = pd.DataFrame(
        {
            "MTU (CET/CEST)": [f"27.10.2024 0{hour}:00 - x" for hour in (1, 2, 2, 3)] + ["27.10.2024 04:00 - x"],
            "Day-ahead Price [EUR/MWh]": ["1", "2", "3", "4", "n/e"],
        }
    )
    table = parse_entsoe({"SE3": frame})
    assert table["price_eur_nominal_per_mwh"].tolist() == [1, 2, 3, 4]
    assert pd.DatetimeIndex(table["interval_start_utc"]).hour.tolist() == [23, 0, 1, 2]


def test_mimer_zero_price_and_volume_is_absence():
    products = ("fcr_n", "fcr_d_up", "fcr_d_down")
    columns = [f"{product}_{what}" for product in products for what in ("price_eur_mw", "volume_mw")]
    rows = [
        ["2024-10-27T02:00:00", "5", "200", "0", "500", "0", "0"],
        ["2024-10-27T02:01:00", "6", "200", "1", "500", "2", "9"],
    ]
    table = parse_fcr_mimer(pd.DataFrame(rows, columns=["time_start", *columns]))
    assert table.groupby("product").size().to_dict() == {"fcr_d_down": 1, "fcr_d_up": 2, "fcr_n": 2}
    first = table[table["product"] == "fcr_n"]["interval_start_utc"]
    assert [stamp.hour for stamp in first] == [0, 1]


def test_a_year_with_holes_is_refused(generated):
    day_ahead, reserves = generated[2025]
    holed = day_ahead[(day_ahead["price_area"] != "SE2") | (day_ahead["interval_start_utc"].dt.month > 2)]
    with pytest.raises(DataError, match=r"SE2 2025.*absent"):
        calibrate_year(2025, holed, reserves)
