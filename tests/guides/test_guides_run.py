"""All worked examples in one copy of the project, one small run: each has its effect on tables and pages."""

import os
import subprocess

import pandas as pd
import pytest

from analysis.report.addresses import path_of
from analysis.report.text import read_catalog
from tests.guides.examples import GUIDES, examples_of, lay_over
from tests.guides.retailer import LEVELS_EUR_PER_KWH, prices_eur_per_kwh, write_reserves, write_years
from tests.workflow import project
from workflow.run import SNAKEMAKE

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("guides")]

SCENARIO = "my_first"
USE_CASES = f"data/results/{SCENARIO}/use_cases.parquet"


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """The report of the guides' own scenario, with use cases; everything is made once."""
    folder = project.copy_project(tmp_path_factory.mktemp("guides") / "project")
    lay_over(folder, [example for guide in GUIDES for example in examples_of(guide)])
    write_years(folder / "data" / "raw")
    write_reserves(folder / "data" / "raw")
    command = [*SNAKEMAKE, "--cores", "2", "--config", f"scenario={SCENARIO}", "inputs_root=data/raw", "--", USE_CASES]
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    printed = project.run(folder, SCENARIO)
    return folder, printed


@pytest.fixture(scope="module")
def table(finished):
    return lambda name: pd.read_parquet(finished[0] / f"data/results/{SCENARIO}/{name}.parquet")


@pytest.fixture(scope="module")
def page(finished):
    return lambda page_id, locale: (finished[0] / "reports/build" / SCENARIO / path_of(page_id, locale)).read_text(
        encoding="utf-8"
    )


def test_the_run_ends_with_the_report(finished):
    assert f"reports/build/{SCENARIO}/index.html" in finished[1]


def test_the_prices_of_the_source_are_those_of_the_run(finished, table, page):
    (prices,) = (finished[0] / "data/interim").glob("my_retailer-*/day_ahead_prices.parquet")
    found = pd.read_parquet(prices).groupby("price_area")["price_sek_per_mwh"].mean()
    told = {area: prices_eur_per_kwh(area).mean() for area in LEVELS_EUR_PER_KWH}
    assert found["SE4"] / found["SE3"] == pytest.approx(told["SE4"] / told["SE3"])
    assert "my_retailer" in page("run", "en") and "retailer/SE3_2025.csv" in page("run", "en")


def test_the_scheme_is_in_every_table_of_schemes_and_on_the_pages(table, page):
    for name in ("scheme_results", "scheme_summary", "accounts", "scheme_paths", "scheme_incidence"):
        assert "open_start" in set(table(name)["scheme"]), name
    for locale, label in (("sv", "Startstöd till öppna laddare"), ("en", "Starting grant for open chargers")):
        assert all(label in page(page_id, locale) for page_id in ("schemes", "index"))


def test_the_use_case_is_worth_something_and_is_named(table, page):
    found = table("use_cases")
    assert "home_care" in set(found["use_case"])
    assert "Hemtjänstens bilar" in page("value", "sv") + page("method", "sv") + page("potential", "sv")


def test_the_strategy_lies_between_one_way_and_both(table):
    """Car by car: feeding the grid alone is worth no less than charging well, no more than serving the house too."""
    keys = ["vehicle_id", "price_area", "price_year", "charger_option"]
    values = table("dispatch_values").set_index(keys)
    worth = {name: rows["net_value_over_smart_sek"] for name, rows in values.groupby("strategy")}
    assert len(worth["export"]) == len(worth["grid"]) > 0
    assert (worth["export"] >= -0.01).all()
    assert (worth["export"] <= worth["grid"] + 0.01).all()
    assert "export" in set(table("value_summary")["strategy"])


def test_the_result_is_a_table_of_the_run_and_of_its_dictionary(finished, table):
    found = table("dear_hours").set_index("price_area")
    assert set(found["dear_hour_count"]) == {50}
    told = {area: prices_eur_per_kwh(area).nlargest(50).mean() for area in LEVELS_EUR_PER_KWH}
    assert found.at["SE4", "price_sek_per_mwh"] / found.at["SE3", "price_sek_per_mwh"] == pytest.approx(
        told["SE4"] / told["SE3"]
    )
    package = (finished[0] / f"data/results/{SCENARIO}/datapackage.json").read_text(encoding="utf-8")
    assert "dear_hours.parquet" in package and "how many hours of the year are averaged" in package


@pytest.mark.parametrize("locale", ["sv", "en"])
def test_the_page_stands_in_the_navigation_and_shows_the_table(finished, table, page, locale):
    catalog = finished[0] / f"reports/text/{locale}/LC_MESSAGES/report.po"
    texts = read_catalog(catalog.read_text(encoding="utf-8"))
    shown = page("prices", locale)
    assert texts["dear_hours.caption"] in shown
    assert f">{texts['nav.prices']}</a>" in page("index", locale)
    price = f"{table('dear_hours').set_index('price_area').at['SE3', 'price_sek_per_mwh']:.0f}"
    assert price in shown.replace("\u00a0", "").replace(",", "")
