"""The four scripts run on files and write tables that pass their contracts."""

import importlib.util

import numpy as np
import pandas as pd
import pytest

from analysis.io import read_table, write_table
from analysis.schemas.firm import FirmCurve, PotentialMunicipalities
from analysis.schemas.geography import Municipalities
from analysis.schemas.market import DayAheadPrices, ReservePrices, Temperature
from analysis.schemas.market_depth import (
    CapturePrices,
    MarketProducts,
    MarketSales,
    PortfolioValues,
    ProfileDepth,
    ReserveOffers,
    RestorationBalance,
)
from analysis.schemas.mobility import ProfileCounts
from analysis.schemas.results import (
    CapabilityHours,
    DispatchValues,
    FleetStock,
    MarketBalance,
    Potential,
    PotentialSummary,
)
from analysis.schemas.sample import DispatchSample, MarketSaturation
from analysis.sources.geography import read_outlines


def script(root, name):
    spec = importlib.util.spec_from_file_location(name, root / "workflow/scripts" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.main


@pytest.fixture
def settings(run_settings):
    dumped = run_settings.model_dump(mode="json")
    dumped["scope"]["draw_count"] = 60
    return dumped


def test_municipalities_are_built_from_the_embedded_table(root, tmp_path, settings):
    script(root, "build_municipalities")(
        municipalities_csv=root / "data/reference/municipalities.csv", files=[], settings=settings,
        municipalities=tmp_path / "m.parquet", geometry=tmp_path / "g.parquet", area_geometry=tmp_path / "a.parquet",
        inputs_root="../shared/real",
    )  # fmt: skip
    assert len(read_table(tmp_path / "m.parquet", Municipalities)) == 290
    assert len(read_outlines(tmp_path / "g.parquet")) == 290
    assert read_outlines(tmp_path / "a.parquet")["price_area"].tolist() == ["SE1", "SE2", "SE3", "SE4"]


@pytest.mark.real
def test_municipalities_are_built_from_real_files(root, tmp_path, settings, real_root, monkeypatch):
    monkeypatch.chdir(root)
    folder = "demographics"
    settings["inputs"] |= {
        "households": [{"descriptor": "scb_households_by_dwelling", "pattern": f"{folder}/SCB_boendeform.csv"}],
        "plugin_cars": [{"descriptor": "powercircle_plugin_cars", "pattern": f"{folder}/powercircle_*.csv"}],
        "population": [{"descriptor": "scb_population", "pattern": f"{folder}/be0101_tabhel2023.xlsx"}],
        "incomes": [{"descriptor": "scb_incomes", "pattern": f"{folder}/SCB_inkomster.csv"}],
    }
    main = script(root, "build_municipalities")
    paths = {"geometry": tmp_path / "g.parquet", "area_geometry": tmp_path / "a.parquet", "files": []}
    csv = root / "data/reference/municipalities.csv"
    main(municipalities_csv=csv, municipalities=tmp_path / "m.parquet", settings=settings,
         inputs_root=str(real_root), **paths)  # fmt: skip
    table = read_table(tmp_path / "m.parquet", Municipalities)
    assert table["population_count"].sum() == 10_551_707
    assert table["bev_count"].sum() == 290_097
    households = [name for name in table.columns if name.startswith("household_")]
    assert table[households].to_numpy().sum() == 4_707_272
    assert table["income_median_ksek"].between(229, 395).all()


def test_fleet_potential_and_market_depth_run_one_after_the_other(
    root,
    tmp_path,
    settings,
    municipalities,
    capability_hours,
    sample,
    day_ahead_prices,
    temperature,
    dispatch_values,
    reserve_prices,
    reserve_offers,
):
    written = {
        "municipalities": (municipalities, Municipalities), "capability_hours": (capability_hours, CapabilityHours),
        "dispatch_sample": (sample, DispatchSample), "day_ahead_prices": (day_ahead_prices, DayAheadPrices),
        "temperature": (temperature, Temperature),
        "dispatch_values": (dispatch_values, DispatchValues), "reserve_prices": (reserve_prices, ReservePrices),
        "reserve_offers": (reserve_offers, ReserveOffers),
    }  # fmt: skip
    paths = {name: tmp_path / f"{name}.parquet" for name in written}
    for name, (table, model) in written.items():
        write_table(table, paths[name], model)
    shared = {
        "parameters": root / "data/assumptions/parameters.csv",
        "market_facts": root / "data/reference/market_facts.csv",
        "settings": settings,
    }
    stock = tmp_path / "fleet_stock.parquet"
    others = ("fleet_years", "fleet_cohorts", "timeline", "interoperability", "interop_pairs", "capability_ladder")
    script(root, "build_fleet")(
        municipalities=paths["municipalities"], fleet_stock=stock, **shared,
        **{name: tmp_path / f"{name}.parquet" for name in others},
        **{name: root / f"data/reference/{name}.csv" for name in ("regulation", "interop_matrix", "brand_shares")},
        regulation_levers=root / "data/assumptions/regulation_levers.csv",
    )  # fmt: skip
    assert len(read_table(stock, FleetStock)) == 4 * 16

    codes = municipalities["municipality_code"].to_numpy()
    profile_counts = pd.DataFrame(
        {"municipality_code": np.repeat(codes, 2), "profile_id": ["p1", "p2"] * len(codes), "vehicle_count": 10,
         "price_area": np.repeat(municipalities["price_area"].to_numpy(), 2), "vehicle_low_count": 5.0,
         "vehicle_high_count": 15.0, "variation_pu": 0.1, "is_suppressed": False,
         "vehicle_published_count": pd.array([10] * 2 * len(codes), dtype="Int64")}
    )  # fmt: skip
    write_table(profile_counts, tmp_path / "profile_counts.parquet", ProfileCounts)
    names = ("capability_hours", "municipalities", "day_ahead_prices", "temperature", "dispatch_sample")
    script(root, "summarise_potential")(
        **{name: paths[name] for name in names}, fleet_stock=stock, potential=tmp_path / "potential.parquet",
        potential_summary=tmp_path / "summary.parquet", profile_counts=tmp_path / "profile_counts.parquet",
        potential_municipalities=tmp_path / "places.parquet", firm_curve=tmp_path / "curve.parquet",
        availability_correlation=root / "data/evidence/availability_correlation.csv", **shared,
    )  # fmt: skip
    assert len(read_table(tmp_path / "potential.parquet", Potential)) == 4 * 168 * 6 * 3
    assert len(read_table(tmp_path / "summary.parquet", PotentialSummary)) == 5 * 6 * 3 * 3

    places = read_table(tmp_path / "places.parquet", PotentialMunicipalities)
    assert len(places) == 290 * 6
    firm = places[places["tier"] == "firm"]["power_mw"].sum()
    summary = read_table(tmp_path / "summary.parquet", PotentialSummary)
    sweden = summary[(summary["price_area"] == "SE") & (summary["tier"] == "firm")]
    wanted = sweden[(sweden["service"] == "discharge_1h") & (sweden["occasion"] == "dearest_50")]["power_mw"]
    assert firm == pytest.approx(wanted.item(), rel=1e-12)
    assert len(read_table(tmp_path / "curve.parquet", FirmCurve)) == 4 * 3 * 3 * 15

    names = ("dispatch_values", "capability_hours", "reserve_prices", "dispatch_sample")
    made = {"market_products": MarketProducts, "market_sales": MarketSales, "capture": CapturePrices,
            "portfolios": PortfolioValues, "profile_values": ProfileDepth,
            "restoration": RestorationBalance}  # fmt: skip
    new = {name: tmp_path / f"{name}.parquet" for name in made}
    script(root, "balance_market")(
        **{name: paths[name] for name in names}, reserve_offers=[paths["reserve_offers"]], fleet_stock=stock,
        prequalified_volumes=root / "data/reference/prequalified_volumes.csv",
        market_balance=tmp_path / "balance.parquet", saturation=tmp_path / "saturation.parquet", **new, **shared,
    )  # fmt: skip
    balanced = read_table(tmp_path / "balance.parquet", MarketBalance)
    assert balanced["enrolled_count"].iloc[0] == 0
    assert "saturation_cars" in set(read_table(tmp_path / "saturation.parquet", MarketSaturation)["measure"])
    tables = {name: read_table(new[name], model) for name, model in made.items()}
    assert len(tables["market_products"]) == 3 * 2 and tables["restoration"].empty
    assert set(tables["capture"]["profile_id"]) == {"all", "p1", "p2"}
    # profiles, weighed together, are the mean car; its levels are tabulated, so that a corner differs a little
    whole = tables["profile_values"].pivot(index="enrolled_count", columns="profile_id")["value_sek_per_car_year"]
    mean = whole @ [0.75, 0.25]
    np.testing.assert_allclose(mean, balanced["value_sek_per_car_year"], rtol=0.01, atol=1.0)
