"""Holds every real price file against the published counts and levels; needs the folder of real files."""

from pathlib import Path

import pandas as pd
import pytest

from analysis.errors import DataError
from analysis.settings.model import FileSource
from analysis.sources.descriptor import load_descriptor
from analysis.sources.locate import files_of
from analysis.sources.publishers import combine_quotes, combine_reserve_quotes
from analysis.sources.reader import read_source

pytestmark = pytest.mark.real
LOCAL = "Europe/Stockholm"

# area, year: values, minimum, mean, maximum, negative hours
ENTSOE = {
    ("SE1", 2019): (8760, 0.12, 37.94, 107.67, 0), ("SE1", 2020): (8784, -1.73, 14.39, 189.25, 9),
    ("SE1", 2021): (8760, -1.97, 42.49, 360.00, 12), ("SE1", 2023): (8760, -60.04, 39.97, 332.00, 434),
    ("SE1", 2024): (6671, -48.69, 28.60, 526.25, 476), ("SE2", 2019): (8760, 0.12, 37.94, 107.67, 0),
    ("SE2", 2020): (8784, -1.73, 14.39, 189.25, 9), ("SE2", 2021): (8760, -1.97, 42.55, 360.00, 12),
    ("SE2", 2023): (8760, -60.04, 39.98, 332.00, 434), ("SE2", 2024): (6671, -59.96, 28.81, 526.25, 479),
    ("SE3", 2019): (8760, 0.12, 38.36, 109.45, 0), ("SE3", 2020): (8784, -1.73, 21.19, 254.44, 9),
    ("SE3", 2021): (8760, -1.97, 66.00, 626.06, 12), ("SE3", 2023): (8760, -60.04, 51.70, 332.00, 429),
    ("SE3", 2024): (6671, -59.96, 33.63, 526.25, 477), ("SE4", 2019): (8760, 0.12, 39.80, 109.45, 0),
    ("SE4", 2020): (8784, -1.96, 25.86, 254.44, 10), ("SE4", 2021): (8760, -1.97, 80.52, 626.06, 12),
    ("SE4", 2023): (8760, -60.04, 64.88, 332.00, 368), ("SE4", 2024): (6671, -59.96, 48.56, 526.25, 457),
}  # fmt: skip
# area, year: rows of 60 and of 15 minutes, minimum, time-weighted mean, maximum
ELPRISETJUSTNU = {
    ("SE1", 2024): (8784, 0, -48.69, 25.05, 526.25), ("SE1", 2025): (6551, 8836, -94.59, 16.71, 275.19),
    ("SE2", 2024): (8784, 0, -59.96, 24.64, 526.25), ("SE2", 2025): (6551, 8836, -25.22, 16.53, 292.51),
    ("SE3", 2024): (8784, 0, -59.96, 35.77, 707.52), ("SE3", 2025): (6551, 8836, -25.05, 46.23, 518.28),
    ("SE4", 2024): (8784, 0, -59.96, 49.71, 699.09), ("SE4", 2025): (6551, 8836, -25.30, 60.43, 519.08),
}  # fmt: skip
# product, year: rows, mean price, maximum
FCR = {
    ("fcr_n", 2021): (8760, 37.6, 188), ("fcr_d_up", 2021): (8759, 44.9, 173),
    ("fcr_n", 2023): (8760, 66.3, 371), ("fcr_d_up", 2023): (8760, 38.4, 252), ("fcr_d_down", 2023): (8760, 70.6, 521),
    ("fcr_n", 2024): (8784, 47.6, 658), ("fcr_d_up", 2024): (8784, 10.5, 337), ("fcr_d_down", 2024): (8784, 27.0, 2198),
    ("fcr_n", 2025): (8760, 26.9, 298), ("fcr_d_up", 2025): (8760, 6.1, 126), ("fcr_d_down", 2025): (8760, 5.9, 774),
}  # fmt: skip
# product, year: mean over all hours with 0 where nothing was bought, SE1 to SE4; maximum
RESTORATION = {
    ("mimer_afrr", "afrr_up", 2023): ((12.6, 16.5, 1.9, 0.0), 129, 8760),
    ("mimer_afrr", "afrr_down", 2023): ((24.6, 34.7, 13.8, 0.0), 200, 8760),
    ("mimer_afrr", "afrr_up", 2024): ((11.9, 13.8, 1.2, 0.0), 199, 8784),
    ("mimer_afrr", "afrr_down", 2024): ((17.7, 25.5, 10.2, 10.5), 5390, 8784),
    ("mimer_afrr", "afrr_up", 2025): ((7.5, 10.0, 0.9, 0.0), 103, 8760),
    ("mimer_afrr", "afrr_down", 2025): ((16.8, 19.8, 6.1, 0.0), 83, 8760),
    ("mimer_mfrr_capacity", "mfrr_up", 2024): ((9.8, 9.9, 13.3, 19.3), 900, 5137),
    ("mimer_mfrr_capacity", "mfrr_down", 2024): ((18.1, 15.5, 15.2, 54.2), 3503, 5137),
    ("mimer_mfrr_capacity", "mfrr_up", 2025): ((20.0, 24.0, 40.8, 51.2), 3264, 8760),
    ("mimer_mfrr_capacity", "mfrr_down", 2025): ((35.4, 27.9, 19.4, 19.1), 2631, 8760),
}


def _read(root: Path, name: str, pattern: str, folder: Path) -> pd.DataFrame:
    files = files_of(FileSource(descriptor=name, pattern=pattern), root)
    table = read_source(load_descriptor(name, folder), files)
    return table.assign(year=table["interval_start_utc"].dt.tz_convert(LOCAL).dt.year)


@pytest.fixture(scope="module")
def folder(root: Path) -> Path:
    return root / "data" / "sources"


@pytest.fixture(scope="module")
def entsoe(real_root: Path, folder: Path) -> pd.DataFrame:
    return _read(real_root, "entsoe_day_ahead", "prices/entsoe/*.csv", folder)


@pytest.fixture(scope="module")
def elpriset(real_root: Path, folder: Path) -> pd.DataFrame:
    return _read(real_root, "elprisetjustnu_day_ahead", "prices/elprisetjustnu/*/*.csv", folder)


def test_entsoe_files_hold_the_published_counts_and_levels(entsoe: pd.DataFrame) -> None:
    found = {
        key: (len(price), price.min(), round(price.mean(), 2), price.max(), int((price < 0).sum()))
        for key, price in entsoe.groupby(["price_area", "year"])["price_eur_nominal_per_mwh"]
    }
    assert found.keys() == ENTSOE.keys()
    for key, expected in ENTSOE.items():
        assert found[key] == pytest.approx(expected, abs=0.006), key


def test_entsoe_2024_ends_where_the_publisher_had_no_values(entsoe: pd.DataFrame) -> None:
    ends = entsoe[entsoe["year"] == 2024].groupby("price_area")["interval_start_utc"].max()
    assert set(ends) == {pd.Timestamp("2024-10-04 23:00", tz=LOCAL).tz_convert("UTC")}


def test_elprisetjustnu_files_hold_the_published_counts_and_levels(elpriset: pd.DataFrame) -> None:
    for key, rows in elpriset.groupby(["price_area", "year"]):
        hourly, quarters, low, mean, high = ELPRISETJUSTNU[key]
        price = rows["price_eur_nominal_per_mwh"]
        assert ((rows["step_h"] == 1.0).sum(), (rows["step_h"] == 0.25).sum()) == (hourly, quarters), key
        assert (price.min(), price.max()) == pytest.approx((low, high), abs=0.006), key
        assert (price * rows["step_h"]).sum() / rows["step_h"].sum() == pytest.approx(mean, abs=0.006), key


def test_quarters_start_with_the_delivery_day_of_october(elpriset: pd.DataFrame) -> None:
    first = elpriset.loc[elpriset["step_h"] == 0.25, "interval_start_utc"].min()
    assert first == pd.Timestamp("2025-10-01", tz=LOCAL).tz_convert("UTC")


def test_publishers_agree_on_6671_common_hours(entsoe: pd.DataFrame, elpriset: pd.DataFrame) -> None:
    first = entsoe[entsoe["year"] == 2024].drop(columns="year")
    second = elpriset[elpriset["year"] == 2024].drop(columns="year")
    common = first.merge(second, on=["price_area", "interval_start_utc"])
    assert common.groupby("price_area").size().to_dict() == dict.fromkeys(("SE1", "SE2", "SE3", "SE4"), 6671)
    joined = combine_quotes({"entsoe": first, "elprisetjustnu": second})
    assert joined.groupby("price_area").size().to_dict() == dict.fromkeys(("SE1", "SE2", "SE3", "SE4"), 8784)
    with pytest.raises(DataError, match="SE3"):
        shifted = second.assign(interval_start_utc=second["interval_start_utc"] + pd.Timedelta(hours=1))
        combine_quotes({"entsoe": first, "elprisetjustnu": shifted})


def test_market_facts_means_are_met(entsoe: pd.DataFrame, elpriset: pd.DataFrame, root: Path) -> None:
    facts = pd.read_csv(root / "data" / "reference" / "market_facts.csv")
    facts = facts[(facts["metric"] == "day_ahead_mean") & facts["area"].isin(["SE1", "SE2", "SE3", "SE4"])]
    published = facts.assign(year=pd.to_numeric(facts["year"], errors="coerce")).set_index(["area", "year"])["value"]
    whole = pd.concat([entsoe[entsoe["year"] != 2024], elpriset])
    weighted = whole.assign(cash=whole["price_eur_nominal_per_mwh"] * whole["step_h"])
    sums = weighted.groupby(["price_area", "year"])[["cash", "step_h"]].sum()
    means = sums["cash"] / sums["step_h"]
    compared = [key for key in means.index if key in published.index]
    assert len(compared) >= 20
    for key in compared:
        assert means[key] == pytest.approx(published[key], abs=0.05), key


def test_fcr_files_hold_the_published_counts_and_levels(real_root: Path, folder: Path) -> None:
    table = _read(real_root, "mimer_fcr", "reserves/fcr_mimer/*.csv", folder)
    assert set(table["price_area"]) == {"SE"}
    groups = table.groupby(["product", "year"])["price_eur_nominal_per_mw_h"]
    found = {key: (len(price), price.mean(), price.max()) for key, price in groups}
    assert found.keys() == FCR.keys(), "FCR-D down is no market in 2021"
    for key, (count, mean, high) in FCR.items():
        assert found[key][0] == count, key
        assert found[key][1] == pytest.approx(mean, abs=0.051), key
        assert found[key][2] == pytest.approx(high, abs=0.51), key
    up = table[(table["product"] == "fcr_d_up") & (table["year"] == 2021)]["interval_start_utc"]
    hole = pd.Timestamp("2021-12-07 00:00", tz=LOCAL).tz_convert("UTC")
    assert not up.isin([hole]).any()


def test_both_fcr_publications_are_one_series(real_root: Path, folder: Path) -> None:
    plain = _read(real_root, "mimer_fcr", "reserves/fcr_mimer/2024.csv", folder).drop(columns="year")
    zones = _read(real_root, "mimer_fcr_zones", "reserves/fcr_mimer_zones/*.ndjson.gz", folder).drop(columns="year")
    assert len(zones) == 26352
    joined = combine_reserve_quotes({"plain": plain, "zones": zones})
    assert len(joined) == 26352 + 3, "one local hour lies outside the year of UTC"


def test_restoration_reserves_hold_the_published_means(real_root: Path, folder: Path) -> None:
    tables = {
        "mimer_afrr": _read(real_root, "mimer_afrr", "reserves/afrr_mimer/20*.csv", folder),
        "mimer_mfrr_capacity": _read(real_root, "mimer_mfrr_capacity", "reserves/mfrr_cm_mimer/*.csv", folder),
    }
    for (name, product, year), (means, high, hours) in RESTORATION.items():
        rows = tables[name][(tables[name]["product"] == product) & (tables[name]["year"] == year)]
        price = rows["price_eur_nominal_per_mw_h"]
        found = price.groupby(rows["price_area"]).sum().reindex(["SE1", "SE2", "SE3", "SE4"]).fillna(0.0) / hours
        assert tuple(found) == pytest.approx(means, abs=0.051), (product, year)
        assert price.max() == pytest.approx(high, abs=0.51), (product, year)
        assert (rows["volume_mw"] > 0).all()


def test_national_afrr_market_is_read_from_the_export(real_root: Path, folder: Path) -> None:
    table = _read(real_root, "mimer_afrr_export", "reserves/afrr_mimer/SE_AFRR_*.csv", folder)
    sums = table.groupby(["year", "product"])["price_eur_nominal_per_mw_h"].sum()
    hours = {2020: 8784, 2021: 8760}
    found = {key: round(value / hours[key[0]], 1) for key, value in sums.items()}
    assert found == {
        (2020, "afrr_down"): 8.0, (2020, "afrr_up"): 9.4, (2021, "afrr_down"): 28.3, (2021, "afrr_up"): 29.7
    }  # fmt: skip


def test_mfrr_energy_is_read_as_activation_prices(real_root: Path, folder: Path) -> None:
    table = _read(real_root, "mimer_mfrr_energy", "reserves/mfrr_energy_mimer/2024.csv", folder)
    groups = table.groupby(["product", "price_area"])["price_eur_nominal_per_mwh"].sum() / 8784
    means = {"mfrr_up": (28.8, 28.5, 41.7, 55.0), "mfrr_down": (18.4, 18.8, 28.8, 37.2)}
    for product, expected in means.items():
        assert tuple(groups[product]) == pytest.approx(expected, abs=0.051)
