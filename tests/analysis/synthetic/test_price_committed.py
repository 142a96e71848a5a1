"""The committed statistics and comparison are those of the published files, and of the generator as it stands."""

import importlib.util

import numpy as np
import pytest

from analysis.io import read_csv_table, read_table
from analysis.schemas.market import DayAheadQuotes, ReserveQuotes
from analysis.schemas.price_statistics import (
    PriceStatisticQuantiles,
    PriceStatisticShapes,
    PriceStatisticValues,
    PriceYearComparison,
    PublishedPriceFiles,
)
from analysis.settings.load import load_all
from analysis.synthetic.price_comparison import ACCEPTED, TOLERANCE, UNITS, compare_price_years, price_year_measures
from analysis.synthetic.price_published import published_years
from analysis.synthetic.price_reference_car import ReferenceCar
from analysis.synthetic.price_statistics import available_years, read_price_statistics
from analysis.synthetic.price_year import generate_price_year

STATISTICS = ("price_statistics", "price_statistics_shapes", "price_statistics_quantiles", "price_statistics_sources")


def script(root, name):
    spec = importlib.util.spec_from_file_location(name, root / "workflow/scripts" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.main


@pytest.fixture(scope="module")
def statistics(root):
    folder = root / "data" / "reference"
    return read_price_statistics(
        {
            "values": read_csv_table(folder / "price_statistics.csv", PriceStatisticValues),
            "shapes": read_csv_table(folder / "price_statistics_shapes.csv", PriceStatisticShapes),
            "quantiles": read_csv_table(folder / "price_statistics_quantiles.csv", PriceStatisticQuantiles),
        }
    )


@pytest.fixture(scope="module")
def comparison(root):
    return read_csv_table(root / "data" / "evidence" / "price_year_comparison.csv", PriceYearComparison)


@pytest.fixture(scope="module")
def quotes(root, real_root, tmp_path_factory):
    """Paths of the quotes that the calibration reads, from the files of the calibrated years and one before."""
    folder = tmp_path_factory.mktemp("calibration")
    paths = {name: folder / f"{name}.parquet" for name in ("day_ahead_quotes", "reserve_quotes", "published_files")}
    script(root, "read_published_prices")(
        elprisetjustnu_day_ahead=sorted(real_root.glob("prices/elprisetjustnu/SE[1-4]/202[45].csv")),
        entsoe_day_ahead=sorted(real_root.glob("prices/entsoe/SE[1-4]_2023_entsoe.csv")),
        mimer_fcr=sorted(real_root.glob("reserves/fcr_mimer/202[345].csv")),
        inputs_root=str(real_root),
        **paths,
    )
    return paths


def test_default_seed_holds_in_every_calibrated_area_and_year(comparison, statistics):
    """Acceptance: every tested measure of the embedded year within 15 % of the real one, area by area."""
    calibrated = comparison[comparison["is_calibrated"]]
    wanted = {(year, area) for year in available_years(statistics) for area in ("SE1", "SE2", "SE3", "SE4")}
    assert set(zip(calibrated["year"], calibrated["price_area"], strict=True)) == wanted
    assert (calibrated["year"] == calibrated["embedded_year"]).all()
    for name in ACCEPTED:
        real = calibrated[f"real_{name}_{UNITS[name]}"]
        embedded = calibrated[f"embedded_{name}_{UNITS[name]}"]
        assert ((embedded - real).abs() <= TOLERANCE * real).all(), name
        assert calibrated[f"ratio_{name}_pu"].to_numpy() == pytest.approx((embedded / real).to_numpy(), abs=2e-4)
        assert calibrated[f"ratio_{name}_mean_pu"].between(1 - TOLERANCE, 1 + TOLERANCE).all(), name
    assert calibrated["is_within_15_pct"].all()


def test_most_seeds_hold_too(comparison):
    calibrated = comparison[comparison["is_calibrated"]]
    assert (calibrated["seeds_count"] == 12).all()
    assert (calibrated["seeds_within_15_pct_count"] >= 10).all()


def test_years_that_are_not_calibrated_stand_there_too(comparison):
    assert set(comparison["year"]) == {2019, 2020, 2021, 2023, 2024, 2025}
    assert not comparison.loc[~comparison["is_calibrated"], "is_within_15_pct"].any()


def test_comparison_is_of_the_default_seed(comparison):
    assert set(comparison["seed"]) == {load_all()["default"].seed}


def test_generator_still_gives_what_the_comparison_says(comparison, statistics):
    """Guards the committed table against a generator that has moved on."""
    row = comparison[(comparison["year"] == 2025) & (comparison["price_area"] == "SE3")].iloc[0]
    year = generate_price_year(2025, statistics, int(row["seed"]))
    now = price_year_measures(*year, ReferenceCar(), areas=("SE3",))["SE3"]
    assert set(now) == set(UNITS)
    for name, unit in UNITS.items():
        assert now[name] == pytest.approx(row[f"embedded_{name}_{unit}"], rel=1e-6, abs=5.1e-5), name


def test_other_areas_do_not_move_a_measure(statistics):
    """Measuring one area alone gives what measuring it among others gives."""
    year = generate_price_year(2025, statistics, 1)
    alone = price_year_measures(*year, ReferenceCar(), areas=("SE4",))
    both = price_year_measures(*year, ReferenceCar(), areas=("SE1", "SE4"))
    assert alone["SE4"] == both["SE4"]
    assert np.isfinite(list(alone["SE4"].values())).all()


@pytest.mark.real
@pytest.mark.slow
def test_statistics_come_out_the_same_bytes(root, quotes, tmp_path):
    written = {name: tmp_path / f"{name}.csv" for name in STATISTICS}
    names = dict(zip(STATISTICS, ("values", "shapes", "quantiles", "sources"), strict=True))
    script(root, "calibrate_price_year")(
        **quotes, **{names[name]: path for name, path in written.items()}, years=[2024, 2025]
    )
    for name, path in written.items():
        assert path.read_bytes() == (root / "data" / "reference" / f"{name}.csv").read_bytes(), name


@pytest.mark.real
@pytest.mark.slow
@pytest.mark.parametrize(("year", "area"), [(2025, "SE3")])
def test_a_row_of_the_comparison_comes_out_the_same_bytes(root, quotes, statistics, comparison, year, area):
    published = published_years(
        read_table(quotes["day_ahead_quotes"], DayAheadQuotes),
        read_table(quotes["reserve_quotes"], ReserveQuotes),
        read_table(quotes["published_files"], PublishedPriceFiles),
    )
    seed, count = (int(comparison[name].iloc[0]) for name in ("seed", "seeds_count"))
    row = compare_price_years({year: published[year]}, statistics, seed, count, ReferenceCar(), areas=(area,))
    lines = (root / "data" / "evidence" / "price_year_comparison.csv").read_text(encoding="utf-8").splitlines()
    committed = [line for line in lines if line.startswith((f"{year},{area},", "year,"))]
    assert row.to_csv(index=False, lineterminator="\n").splitlines() == committed


@pytest.mark.real
@pytest.mark.slow
def test_references_come_out_the_same_bytes(root, real_root, tmp_path):
    names = ("plug_in_statistics", "household_load_shape")
    written = {name: tmp_path / f"{name}.csv" for name in names}
    script(root, "derive_references")(
        session_file=real_root / "charging/norway12/norway12_Dataset1_charging_reports.csv",
        load_file=real_root / "load/bdew_h25.csv",
        plug_in_statistics=written["plug_in_statistics"],
        load_shape=written["household_load_shape"],
    )
    for name, path in written.items():
        assert path.read_bytes() == (root / "data" / "reference" / f"{name}.csv").read_bytes(), name
