"""Tables of the resilience room as the room makes them, from a small fleet whose states are set by hand."""

from itertools import product

import numpy as np
import pandas as pd

from analysis.schemas.resilience import (
    ANY_HOUSE,
    CRITICAL_CASES,
    HOUSE_TYPES,
    PRESENCE,
    SEASONS,
)

STRATEGIES = {"uncontrolled": 44.0, "smart": 25.0, "grid": 27.0, "grid_reserve": 29.0}
THERE = dict(zip(PRESENCE, (0.26, 0.83), strict=True))
LOAD_KW = dict(zip(HOUSE_TYPES, (4.8, 2.2, 0.54, 0.29), strict=True))
CRITICAL_KW = dict(zip(CRITICAL_CASES, (0.2, 0.5, 1.5), strict=True))
CASES = [(ANY_HOUSE, name, load) for name, load in CRITICAL_KW.items()] + [
    (house, "full", load) for house, load in LOAD_KW.items()
]
SITES = ("safety_point", "water_pump", "sewage_pump", "care_home", "health_centre", "radio_mast", "fuel_station",
         "municipal_command")  # fmt: skip


def resilience() -> pd.DataFrame:
    """Hours by half the load: half a car's battery in kWh over kW."""
    rows = []
    for season, (house, case, load), (strategy, hours), presence, kept in product(
        SEASONS, CASES, STRATEGIES.items(), PRESENCE, (0.0, 0.2)
    ):
        middle = (hours - 60 * kept / 2) * 0.5 / load
        rows.append((season, house, case, strategy, presence, kept, load, THERE[presence], middle))
    names = ["season", "house_type", "load_case", "strategy", "presence", "kept_pu", "mean_load_kw", "there_pu",
             "hours_median_h"]  # fmt: skip
    table = pd.DataFrame(rows, columns=names)
    return table.assign(
        price_area="SE3", price_year=2025, over_limit_pu=0.0, stored_there_kwh=30.0,
        hours_mean_h=table["there_pu"] * table["hours_median_h"], hours_low_h=table["hours_median_h"] / 3,
        hours_high_h=table["hours_median_h"] * 2, lasts_day_pu=table["there_pu"] / 2, lasts_crisis_pu=0.01,
    )  # fmt: skip


def backup_floor() -> pd.DataFrame:
    """A higher floor costs and lasts more."""
    rows = [
        (strategy, floor, 20.0 * (floor - 0.2) * price, 20 * floor, 60 * floor)
        for strategy, price in (("smart", 1.0), ("grid_reserve", 3.0))
        for floor in (0.2, 0.4, 0.6)
    ]
    names = ["strategy", "floor_pu", "net_cost_sek_per_week", "plugged_in_mean_h", "at_home_mean_h"]
    return pd.DataFrame(rows, columns=names)


def backup_value() -> pd.DataFrame:
    """Worth at six outage costs and five chances, two rates."""
    rows = []
    for (house, case, _), strategy, presence, rate, cost, chance in product(
        [CASES[1], *CASES[3:]], STRATEGIES, PRESENCE, (0.035, 0.15), (10.0, 25.0, 50.0, 79.8, 100.0, 150.0),
        (0.002, 0.005, 0.01, 0.02, 0.03),
    ):  # fmt: skip
        ordinary, crisis = 0.7 * THERE[presence], STRATEGIES[strategy] / 2 * THERE[presence]
        rows.append((house, case, strategy, presence, rate, cost, chance, ordinary, crisis))
    names = ["house_type", "load_case", "strategy", "presence", "discount_rate_pu", "outage_cost_sek_per_kwh",
             "crisis_chance_pu", "ordinary_kwh", "crisis_kwh"]  # fmt: skip
    table = pd.DataFrame(rows, columns=names)
    ordinary = table["ordinary_kwh"] * table["outage_cost_sek_per_kwh"]
    crisis = table["crisis_kwh"] * table["outage_cost_sek_per_kwh"]
    return table.assign(
        ordinary_value_sek=ordinary, crisis_value_sek=crisis,
        break_even_sek=8.3 * (ordinary + table["crisis_chance_pu"] * crisis),
    )  # fmt: skip


def backup_threshold() -> pd.DataFrame:
    """Crises a year that would repay each price; one cell has none."""
    values = backup_value().drop_duplicates(
        ["house_type", "load_case", "strategy", "presence", "discount_rate_pu", "outage_cost_sek_per_kwh"]
    )
    parts = [
        values.assign(equipment_sek=price, crisis_count_per_year=price / 8.3 / values["crisis_value_sek"])
        for price in (15_000.0, 30_000.0, 60_000.0)
    ]
    table = pd.concat(parts, ignore_index=True)
    table.loc[0, "crisis_count_per_year"] = np.nan
    dropped = ["crisis_chance_pu", "ordinary_kwh", "crisis_kwh", "ordinary_value_sek", "crisis_value_sek",
               "break_even_sek"]  # fmt: skip
    return table.drop(columns=dropped)


def crisis_supply_summary() -> pd.DataFrame:
    """Chances that fall with the hours."""
    rows = [
        (site, hours, 5.0 + place, 0.6 * 8 / hours) for place, site in enumerate(SITES) for hours in (8.0, 24.0, 72.0)
    ]
    table = pd.DataFrame(rows, columns=["site_id", "needed_h", "load_kw", "chance_median_pu"])
    return table.assign(
        municipality_count=290, called_median_count=9.0, vehicle_needed_count=4.0,
        chance_low_pu=table["chance_median_pu"] / 4, chance_high_pu=table["chance_median_pu"] * 1.4,
        sure_municipality_pu=0.1, sure_independent_pu=0.4,
    )  # fmt: skip


def island_case() -> pd.DataFrame:
    """More cars, more power; longer, less; nothing without a source that forms the grid."""
    rows = []
    for (fleet, cars), (case, load), hours, presence, forms, kept in product(
        {"enrolled": 106.0, "capable": 1300.0, "all_electric": 3700.0}.items(),
        {"critical": 34.0, "full": 114.0}.items(),
        (1.0, 4.0, 24.0, 72.0), PRESENCE, (False, True), (0.0, 0.2),
    ):  # fmt: skip
        firm = cars * 0.002 * THERE[presence] / hours
        alone = 0.5 if forms else 0.0
        rows.append((fleet, case, hours, presence, forms, kept, cars, load, firm, alone, alone + forms * firm / 200))
    names = ["fleet", "load_case", "duration_h", "presence", "has_grid_forming", "kept_pu", "car_count", "mean_load_mw",
             "firm_mw", "wind_alone_pu", "covered_pu"]  # fmt: skip
    table = pd.DataFrame(rows, columns=names)
    return table.assign(
        year=2030, is_synthetic=True, firm_of_load_pu=table["firm_mw"] / table["mean_load_mw"],
        added_h=8760 * (table["covered_pu"] - table["wind_alone_pu"]), left_pu=0.35, stranded_pu=0.08,
    )  # fmt: skip


def island_duration() -> pd.DataFrame:
    """Straight lines."""
    share = np.linspace(0, 1, 11)
    return pd.DataFrame(
        {"exceeded_pu": share, "load_mw": 185 - 110 * share, "wind_mw": 190 * (1 - share),
         "net_residual_mw": 170 - 240 * share}
    )  # fmt: skip


def local_grid() -> pd.DataFrame:
    """Price raises the peak, the feeder's own steering lowers it; no sun in winter."""
    peaks = {
        "uncontrolled": 0.0,
        "price_one_way": 0.2,
        "price_two_way": 0.3,
        "flat_one_way": -0.3,
        "flat_two_way": -0.4,
    }
    rows = [
        (share, season, control, change)
        for share, season, (control, change) in product((0.4, 1.0), ("winter", "summer"), peaks.items())
    ]
    table = pd.DataFrame(rows, columns=["car_share_pu", "season", "control", "net_peak_change_pu"])
    sunny = table["season"] == "summer"
    return table.assign(
        solar_share_pu=0.4, household_count=20, car_count=8, peak_import_kw=50 * (1 + table["net_peak_change_pu"]),
        peak_export_kw=30.0, net_load_spread_kw=6.0, charging_coincidence_pu=0.3, discharge_kwh_per_car_year=100.0,
        solar_used_pu=(0.6 * sunny).where(sunny), net_variance_change_pu=table["net_peak_change_pu"] * 1.5,
        net_solar_use_change_pu=(0.1 * sunny).where(sunny),
    )  # fmt: skip
