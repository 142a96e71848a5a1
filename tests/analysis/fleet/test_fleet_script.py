"""The job as a whole: every table of a run, the reference untouched by what is off, and what each lever moves."""

import importlib.util

import pandas as pd
import pytest

from analysis.io import read_csv_table, read_table, write_table
from analysis.schemas import fleet as contracts
from analysis.schemas import regulation as law
from analysis.schemas.geography import Municipalities
from analysis.schemas.results import FleetStock
from analysis.schemas.sample import MunicipalityFacts
from analysis.settings.load import load_settings
from analysis.sources.municipalities import municipalities_from_facts

TABLES = {
    "fleet_stock": FleetStock, "fleet_years": contracts.FleetYears, "fleet_cohorts": contracts.FleetCohorts,
    "timeline": law.RegulationTimeline, "interoperability": law.Interoperability, "interop_pairs": law.InteropPairs,
    "capability_ladder": law.CapabilityLadder,
}  # fmt: skip


@pytest.fixture(scope="module")
def build(root, tmp_path_factory):
    """A function that runs the job of a scenario with some assumptions changed and reads its tables."""
    spec = importlib.util.spec_from_file_location("build_fleet", root / "workflow/scripts/build_fleet.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    places = read_csv_table(root / "data/reference/municipalities.csv", MunicipalityFacts)
    areas = places[["municipality_code", "name", "price_area", "price_area_land_share_pu"]]
    folder = tmp_path_factory.mktemp("fleet")
    table = municipalities_from_facts(places, areas.fillna({"price_area_land_share_pu": 0.0}))
    write_table(table, folder / "municipalities.parquet", Municipalities)
    names = ("regulation", "interop_matrix", "brand_shares", "market_facts")

    def run(scenario="default", **assumptions):
        settings = load_settings(scenario, root / "workflow/config").model_dump(mode="json")
        settings["scope"]["draw_count"] = 50
        settings["assumptions"] |= assumptions
        script.main(
            municipalities=folder / "municipalities.parquet", settings=settings,
            parameters=root / "data/assumptions/parameters.csv",
            regulation_levers=root / "data/assumptions/regulation_levers.csv",
            **{name: root / f"data/reference/{name}.csv" for name in names},
            **{name: folder / f"{name}.parquet" for name in TABLES},
        )  # fmt: skip
        return {name: read_table(folder / f"{name}.parquet", model) for name, model in TABLES.items()}

    return run


@pytest.fixture(scope="module")
def told(build):
    return build()


def of_target(tables):
    stock = tables["fleet_stock"]
    return stock[stock["year"] == 2030].set_index("price_area")


def capable(tables):
    return of_target(tables)["capable_pu"]


def test_the_stock_of_every_year_grows_and_the_target_is_one_of_them(told):
    """Adoption is followed to 2040: a row for each area and year, with more cars each year."""
    stock = told["fleet_stock"].pivot(index="year", columns="price_area", values="bev_count")
    assert list(stock.index) == list(range(2025, 2041))
    assert (stock.diff().dropna() > 0).all(axis=None)


def test_default_stock_is_the_one_that_headlines_rest_on(told):
    """The nation's share of capable cars is what it was before hybrids, exits by age and standards were there."""
    stock = of_target(told)
    assert stock["bev_count"].sum() == pytest.approx(1_000_000)
    assert (stock["capable_pu"] * stock["bev_count"]).sum() / 1_000_000 == pytest.approx(0.352947, abs=1e-6)
    access = {"SE1": 0.844840, "SE2": 0.836575, "SE3": 0.740713, "SE4": 0.803443}
    assert dict(stock["home_access_pu"]) == pytest.approx(access, abs=1e-6)
    assert set(told["timeline"].loc[told["timeline"]["is_chosen"], "standards"]) == {"reference"}


@pytest.mark.parametrize(("scenario", "sign"), [("early_standards", 1), ("late_standards", -1)])
def test_a_standards_scenario_moves_the_stock_of_its_target_year(build, told, scenario, sign):
    moved = build(scenario)
    assert (sign * (capable(moved) - capable(told)) > 0.05).all()
    pd.testing.assert_frame_equal(moved["interoperability"], told["interoperability"])
    pairs = [tables["interop_pairs"]["works_pu"].sum() for tables in (moved, told)]
    assert sign * (pairs[0] - pairs[1]) > 0
    chosen = moved["timeline"][moved["timeline"]["is_chosen"]]
    assert set(chosen["standards"]) == {scenario}


def test_lock_in_leaves_cars_as_able_and_pairs_as_closed(build, told):
    locked = build("proprietary_lock_in")
    pd.testing.assert_frame_equal(locked["fleet_stock"], told["fleet_stock"])
    pd.testing.assert_frame_equal(locked["fleet_years"], told["fleet_years"])
    unknown = locked["interop_pairs"][~locked["interop_pairs"]["is_named"]]
    assert unknown["works_pu"].to_list() == pytest.approx([0.03] * len(unknown))


def test_exits_by_age_and_hybrids_are_off_until_asked_for(build, told):
    aged = build(exit_profile="by_age", phev_in_v2x="included")
    assert (capable(aged) / capable(told)).to_list() == pytest.approx([1.0136] * 4, abs=3e-3)
    kinds = aged["fleet_years"].pivot(index=["price_area", "year"], columns="kind", values="unit_count")
    assert (kinds["v2x_cars"] > kinds["bev_capable"]).all()


def test_the_smallest_run_has_its_areas_only(build):
    small = build("minimal")
    assert set(small["fleet_years"]["price_area"]) == {"SE3", "SE4"}
    assert set(small["fleet_cohorts"]["price_area"]) == {"SE3", "SE4"}
    assert set(small["fleet_years"]["year"]) == set(range(2025, 2041))
