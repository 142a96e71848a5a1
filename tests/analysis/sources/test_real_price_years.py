"""Price years from the real files as their scenarios name them: what was no market then is absent, never zero."""

from pathlib import Path

import pandas as pd
import pytest

from analysis.io import read_csv_table
from analysis.schemas.assumptions import Facts
from analysis.schemas.market import PriceIndex
from analysis.settings.load import load_settings
from analysis.settings.model import Settings
from analysis.sources.bundle import day_ahead_quotes, reserve_quotes
from analysis.sources.money import real_reserve_prices
from analysis.synthetic.price_scaling import scaled_day_ahead, scaled_reserves

pytestmark = pytest.mark.real

LOCAL = "Europe/Stockholm"
FCR = {"fcr_n": "FCR-N", "fcr_d_up": "FCR-D up", "fcr_d_down": "FCR-D down"}
AREAS = ["SE1", "SE2", "SE3", "SE4"]


@pytest.fixture(scope="module")
def facts(root: Path) -> pd.DataFrame:
    return read_csv_table(root / "data/reference/market_facts.csv", Facts)


def run_of(root: Path, scenario: str, years: tuple[int, ...] | None = None) -> Settings:
    run = load_settings(scenario, root / "workflow/config")
    return (
        run if years is None else run.model_copy(update={"scope": run.scope.model_copy(update={"price_years": years})})
    )


def fact(facts: pd.DataFrame, metric: str, area: str, year: int) -> float:
    rows = facts[(facts["metric"] == metric) & (facts["area"] == area) & (facts["year"] == str(year))]
    return float(rows["value"].iloc[0])


@pytest.mark.parametrize("year", [2021, 2023])
def test_real_year_has_the_published_means(real_root: Path, root: Path, facts: pd.DataFrame, year: int) -> None:
    run, folder = run_of(root, f"real_{year}"), root / "data/sources"
    spot = day_ahead_quotes(run, real_root, folder=folder)
    means = spot.groupby("price_area")["price_eur_nominal_per_mwh"].mean()
    for area in AREAS:
        assert means[area] == pytest.approx(fact(facts, "day_ahead_mean", area, year), abs=0.06)
    paid = reserve_quotes(run, real_root, folder=folder)
    assert set(paid["price_area"]) == {"SE"}
    assert set(paid["product"]) == set(FCR) - ({"fcr_d_down"} if year == 2021 else set())
    for product, price in paid.groupby("product")["price_eur_nominal_per_mw_h"].mean().items():
        assert price == pytest.approx(fact(facts, f"{FCR[str(product)]} price mean", "SE", year), rel=0.002)


def test_year_generated_for_2022_has_the_means_of_2022(real_root: Path, root: Path, facts: pd.DataFrame) -> None:
    run, folder = run_of(root, "generated_2022", (2023,)), root / "data/sources"
    spot = scaled_day_ahead(day_ahead_quotes(run, real_root, folder=folder), facts, 2022)
    paid = scaled_reserves(reserve_quotes(run, real_root, folder=folder), facts, 2022)
    for table in (spot, paid):
        assert set(table["interval_start_utc"].dt.tz_convert(LOCAL).dt.year) == {2022}
    for area, price in spot.groupby("price_area")["price_eur_nominal_per_mwh"].mean().items():
        assert price == pytest.approx(fact(facts, "day_ahead_mean", str(area), 2022))
    for product, price in paid.groupby("product")["price_eur_nominal_per_mw_h"].mean().items():
        assert price == pytest.approx(fact(facts, f"{FCR[str(product)]} price mean", "SE", 2022))


def test_reserve_prices_carry_all_products_of_each_area(real_root: Path, root: Path) -> None:
    run = run_of(root, "real_2025_all_reserves")
    quotes = reserve_quotes(run, real_root, folder=root / "data/sources")
    index = read_csv_table(root / "data/assumptions/price_index.csv", PriceIndex)
    prices = real_reserve_prices(quotes, index, run.price_year)
    found = prices.groupby("product")["price_area"].agg(lambda areas: sorted(set(areas))).to_dict()
    afrr_down = [area for area in AREAS if area != "SE4"]
    assert found == {
        **{name: ["SE"] for name in FCR}, "afrr_up": AREAS[:3], "afrr_down": afrr_down,
        "mfrr_up": AREAS, "mfrr_down": AREAS,
    }  # fmt: skip
    assert (prices["volume_mw"] > 0).all()
    se3 = prices[(prices["product"] == "afrr_up") & (prices["price_area"] == "SE3")]
    assert len(se3) < 8760, "hours in which nothing was bought have no row"
    assert se3["price_sek_per_mw_h"].min() >= 0


def test_capacity_market_of_mfrr_is_absent_before_june_2024(real_root: Path, root: Path) -> None:
    files = {"reserve_prices": (
        {"descriptor": "mimer_fcr", "pattern": "reserves/fcr_mimer/2024.csv"},
        {"descriptor": "mimer_mfrr_capacity", "pattern": "reserves/mfrr_cm_mimer/*.csv"},
    )}  # fmt: skip
    raw = load_settings("real_2024", root / "workflow/config").model_dump(mode="json")
    raw["inputs"] |= files
    quotes = reserve_quotes(Settings.model_validate(raw), real_root, folder=root / "data/sources")
    capacity = quotes[quotes["product"].str.startswith("mfrr")]
    first = capacity["interval_start_utc"].min()
    assert first == pd.Timestamp("2024-06-01", tz=LOCAL).tz_convert("UTC")
    assert quotes.loc[quotes["product"] == "fcr_n", "interval_start_utc"].min() < first


def test_generated_year_has_the_daily_swing_of_2022_and_too_many_negative_hours(
    real_root: Path, root: Path, facts: pd.DataFrame
) -> None:
    """What scaling reaches and misses: the daily range within 15 %; 5 % negative hours where 2022 had 0.3 %."""
    run = run_of(root, "generated_2022", (2023,))
    spot = scaled_day_ahead(day_ahead_quotes(run, real_root, folder=root / "data/sources"), facts, 2022)
    se3 = spot[spot["price_area"] == "SE3"].set_index("interval_start_utc")["price_eur_nominal_per_mwh"]
    days = se3.groupby(pd.DatetimeIndex(se3.index).tz_convert(LOCAL).date)
    published = fact(facts, "day_ahead_daily_max_minus_min_mean", "SE3", 2022)
    assert (days.max() - days.min()).mean() == pytest.approx(published, rel=0.15)
    assert fact(facts, "day_ahead_negative_share", "SE3", 2022) < 0.004 < 0.045 < (se3 < 0).mean()
