"""Small tables of every kind that scheme evaluation reads, made to order."""

from pathlib import Path

import numpy as np
import pandas as pd

from analysis.fleet.openness import OpenStandards, chosen_standards
from analysis.fleet.regulation import regulation_timeline as timeline_of
from analysis.io import read_csv_table, write_table
from analysis.potential.capability import SERVICE_HOURS
from analysis.schemas.assumptions import ChargerOptions, Facts, Parameters
from analysis.schemas.base import OCCASIONS, SERVICES, TIERS
from analysis.schemas.plug_in import PlugInContracts
from analysis.schemas.regulation import Regulation, RegulationLevers, RegulationTimeline
from analysis.schemas.results import DispatchValues
from analysis.settings.model import ReserveLevel
from analysis.settings.parameters import parameter_set
from analysis.uncertainty.evaluate import Tables
from analysis.uncertainty.scheme_inputs import TABLES

ROOT = Path(__file__).resolve().parents[3]
AREAS = ("SE1", "SE2", "SE3", "SE4")
YEARS = (2024, 2025)
OPTIONS = ("ac_11", "dc_11", "dc_20")
LEVELS = tuple(
    ReserveLevel(level_id=name, fcr_n_pu=fcr_n, fcr_d_pu=fcr_d)
    for name, fcr_n, fcr_d in [("full", 1, 1), ("half", 0.5, 0.5), ("n_only", 0.5, 0), ("low", 0.15, 0.15),
                               ("none", 0, 0)]
)  # fmt: skip


def parameters_table() -> pd.DataFrame:
    return read_csv_table(ROOT / "data/assumptions/parameters.csv", Parameters)


def charger_options() -> pd.DataFrame:
    return read_csv_table(ROOT / "data/assumptions/charger_options.csv", ChargerOptions)


def dispatch_row(area: str, year: int, vehicle: str, option: str, strategy: str, level: str, **streams) -> dict:
    """One row whose net cost is the sum of its streams; all that is not named is zero."""
    row: dict = {
        name: 0.0 for name, column in DispatchValues.to_schema().columns.items() if "float" in str(column.dtype)
    }
    row |= streams
    row["net_cost_sek"] = (
        sum(row[name] for name in ("net_spot_import_sek", "net_spot_export_sek", "retail_margin_sek", "energy_tax_sek",
                                   "grid_fee_sek", "net_vat_sek", "net_export_margin_sek", "degradation_cost_sek",
                                   "forced_charge_cost_sek"))
        - row["network_benefit_sek"] - row["tax_refund_sek"] - row["reserve_net_revenue_sek"]
    )  # fmt: skip
    return row | {
        "price_area": area, "price_year": year, "vehicle_id": vehicle, "charger_option": option, "strategy": strategy,
        "reserve_level_id": level,
    }  # fmt: skip


def _charging(kwh: float, spot: float) -> dict:
    net = {"net_spot_import_sek": kwh * spot, "retail_margin_sek": kwh * 0.06, "energy_tax_sek": kwh * 0.36,
           "grid_fee_sek": kwh * 0.25}  # fmt: skip
    return net | {"net_vat_sek": 0.25 * sum(net.values()), "import_kwh": kwh}


def dispatch_values(scale: float = 1.0, vehicles: int = 3) -> pd.DataFrame:
    """Cars whose reserve income grows with power, level and their number; two-way import includes standby."""
    rows = []
    for area in AREAS:
        for year in YEARS:
            for car in range(vehicles):
                name, rich = f"car_{car}", 1.0 + 0.5 * car
                plain, smart = _charging(2600.0, 0.60), _charging(2600.0, 0.40)
                for option in OPTIONS:
                    rows.append(dispatch_row(area, year, name, option, "uncontrolled", "full", **plain))
                    rows.append(dispatch_row(area, year, name, option, "smart", "full", **smart))
                    for level in LEVELS:
                        power = 8.0 if option.endswith("11") else 12.0
                        unit = scale * rich * power * (1.5 if year == 2024 else 1.0)
                        fcr_n, fcr_d = unit * 120 * level.fcr_n_pu, unit * 80 * level.fcr_d_pu
                        gross = fcr_n + 2 * fcr_d
                        kept = 0.8 * 0.6 * 0.75
                        streams = _charging(3400.0, 0.38) | {
                            "net_spot_export_sek": -300.0, "net_export_margin_sek": 12.0, "network_benefit_sek": 24.0,
                            "fcr_n_revenue_sek": fcr_n, "fcr_d_up_revenue_sek": fcr_d,
                            "fcr_d_down_revenue_sek": fcr_d, "reserve_net_revenue_sek": gross * kept,
                            "degradation_cost_sek": 120.0, "export_kwh": 400.0, "standby_dc_kwh": 300.0,
                            "fcr_n_mean_kw": 1.0, "fcr_d_up_mean_kw": 3.0, "fcr_d_down_mean_kw": 3.0,
                            "plugged_h": 4000.0, "enabled_pu": 0.8, "discharge_ac_kwh": 450.0,
                        }  # fmt: skip
                        rows.append(dispatch_row(area, year, name, option, "grid_reserve", level.level_id, **streams))
    return pd.DataFrame(rows)


def dispatch_sample(vehicles: int = 3) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "vehicle_id": [f"car_{car}" for car in range(vehicles)],
            "profile_id": "p0",
            "weight": np.arange(1.0, vehicles + 1),
        }
    )


def market_balance() -> pd.DataFrame:
    cars = np.array([0.0, 5e3, 1e4, 3e4, 6e4, 1e5, 3e5])
    level = 1.0 / (1.0 + cars / 4e4) ** 1.5
    level[-1] = 0.0
    return pd.DataFrame(
        {
            "enrolled_count": cars, "fcr_n_level_pu": level, "fcr_d_level_pu": level, "fcr_n_sold_mw": cars * 0.001,
            "fcr_d_sold_mw": cars * 0.003, "value_sek_per_car_year": 1500 * level,
            "value_low_sek_per_car_year": 900 * level, "value_high_sek_per_car_year": 2500 * level,
        }
    )  # fmt: skip


def fleet_stock(years: range = range(2025, 2041)) -> pd.DataFrame:
    """A million cars in 2030, a tenth of that more or less each year; three in ten capable, three in four at home."""
    return pd.concat([_fleet_of(year) for year in years], ignore_index=True)


def _fleet_of(year: int) -> pd.DataFrame:
    bev = np.array([21e3, 41e3, 760e3, 178e3]) * (1 + 0.1 * (year - 2030))
    return pd.DataFrame(
        {
            "price_area": AREAS, "year": year, "bev_count": bev, "bev_low_count": bev * 0.8,
            "bev_high_count": bev * 1.3, "capable_pu": 0.3, "capable_low_pu": 0.18,
            "capable_high_pu": 0.42, "home_access_pu": 0.75, "capable_home_pu": 0.3,
            "willing_ratio_pu": 1.0,
        }
    )  # fmt: skip


def fleet_cohorts(years: range = range(2025, 2041)) -> pd.DataFrame:
    """Each year half of the cars are of that model year and half of the year before."""
    return pd.DataFrame(
        [
            {"price_area": area, "year": year, "drive": "bev", "model_year": year - age, "car_count": 1000.0}
            for area in AREAS
            for year in years
            for age in (0, 1)
        ]
    )


def potential_summary(year: int = 2030) -> pd.DataFrame:
    cars = {"SE1": 500.0, "SE2": 1000.0, "SE3": 19000.0, "SE4": 4500.0}
    cars["SE"] = sum(cars.values())
    return pd.DataFrame(
        [
            {
                "price_area": area, "year": year, "tier": tier, "service": service, "occasion": occasion,
                "power_mw": count * 0.002, "power_low_mw": count * 0.001, "power_high_mw": count * 0.003,
                "energy_mwh": count * 0.002 * SERVICE_HOURS[service], "car_count": count,
            }
            for area, count in cars.items()
            for tier in TIERS
            for service in SERVICES
            for occasion in OCCASIONS
        ]
    )  # fmt: skip


def capability_hours(vehicles: int = 3) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "price_area": area, "price_year": 2025, "vehicle_id": f"car_{car}", "charger_option": option,
                "season": "winter", "hour_of_week": 18, "plugged_pu": 0.7, "discharge_20min_kw": power,
                "discharge_1h_kw": power, "discharge_4h_kw": power / 2,
            }
            for area in AREAS
            for car in range(vehicles)
            for option, power in {"ac_11": 5.0, "dc_11": 5.0, "dc_20": 7.5}.items()
        ]
    )  # fmt: skip


def municipalities() -> pd.DataFrame:
    """One municipality per area, with the columns of the contract."""
    return pd.DataFrame(
        [
            {
                "municipality_code": f"000{number}", "name": area, "county_code": "00", "county": area,
                "price_area": area, "price_area_land_share_pu": 1.0, "population_count": 2_000_000,
                "household_detached_count": 400_000, "household_flat_cooperative_count": 200_000,
                "household_flat_rental_count": 300_000, "household_other_count": 10_000, "income_median_ksek": 300.0,
                "car_count": 500.0, "bev_count": 30, "phev_count": 20,
                "public_charge_point_count": pd.array([5], dtype="Int64")[0],
            }
            for number, area in enumerate(AREAS)
        ]
    ).astype({"public_charge_point_count": "Int64"})  # fmt: skip


def market_facts() -> pd.DataFrame:
    return read_csv_table(ROOT / "data/reference/market_facts.csv", Facts)


def saturation() -> pd.DataFrame:
    """Today's reserve prices, and how many cars the market holds."""
    rows = {"saturation_cars": (6e4, "cars"), "fill_cars": (2e4, "cars"), "fcr_n_price": (400.0, "SEK/MW,h"),
            "fcr_d_price": (100.0, "SEK/MW,h")}  # fmt: skip
    return pd.DataFrame(
        [
            {"measure": name, "value": value, "low": value * 0.7, "high": value * 1.5, "unit": unit, "detail": "test"}
            for name, (value, unit) in rows.items()
        ]
    )


def household_load() -> pd.DataFrame:
    """A detached house of 1.5 kW and a flat of 0.3 kW, two hours."""
    hours = pd.date_range("2025-01-01", periods=2, freq="h", tz="UTC", unit="us")
    return pd.DataFrame(
        [
            {"interval_start_utc": hour, "price_area": area, "dwelling": dwelling, "load_kw": load}
            for area in AREAS
            for dwelling, load in {"detached": 1.5, "flat_rental": 0.3}.items()
            for hour in hours
        ]
    )


def tables(scale: float = 1.0, vehicles: int = 3) -> Tables:
    return Tables(
        dispatch_values(scale, vehicles), market_balance(), fleet_stock(), potential_summary(),
        capability_hours(vehicles), dispatch_sample(vehicles), municipalities(), household_load(), saturation(),
        market_facts(), charger_options(), parameters_table(), fleet_cohorts(),
    )  # fmt: skip


def central():
    return parameter_set(parameters_table())


def regulation_timeline(chosen: str = "reference") -> pd.DataFrame:
    """The shipped levers in every standards case."""
    levers = read_csv_table(ROOT / "data/assumptions/regulation_levers.csv", RegulationLevers)
    return timeline_of(levers, read_csv_table(ROOT / "data/reference/regulation.csv", Regulation), chosen)


def standards_case(name: str = "reference") -> OpenStandards:
    """One standards case with its days."""
    return chosen_standards(regulation_timeline(name))


def plug_in_contracts() -> pd.DataFrame:
    """No contract, and one that eight in ten sign and that asks 80 EUR a year of the mean owner."""
    levels = {"plugged_pu": 0.5, "plugged_h_per_day": 12.0, "month_plug_in_days": 20.0, "plug_in_day_h": 18.0}
    held = {f"held_{name}": value for name, value in levels.items()}
    words = {"offer_eur_per_day": 3.0, "able_pu": 1.0, "meets_without_pu": 0.0, "complies_pu": 0.5, "signs_pu": 0.8,
             "needed_low_eur_per_day": 0.0, "needed_eur_per_day": 0.4, "needed_high_eur_per_day": 2.0}  # fmt: skip
    nothing = dict.fromkeys(words, float("nan"))
    none = {"contract": "none", "hour_reading": "none", **nothing, "burden_eur_per_year": 0.0}
    offered = {"contract": "12h_20d", "hour_reading": "per_contract_period", **words, "burden_eur_per_year": 80.0}
    rows = [{**row, **levels, **held, "car_count": 400} for row in (none, offered)]
    table = pd.DataFrame(rows)[list(PlugInContracts.to_schema().columns)]
    return table.astype({"contract": "str", "hour_reading": "str"})


def scheme_files_in(folder: Path, scale: float = 3.0) -> dict[str, Path]:
    """Write all that a scheme's script reads, and name each file."""
    made = tables(scale)
    for name, model in TABLES.items():
        write_table(getattr(made, name), folder / f"{name}.parquet", model)
    write_table(regulation_timeline(), folder / "timeline.parquet", RegulationTimeline)
    write_table(plug_in_contracts(), folder / "plug_in_contracts.parquet", PlugInContracts)
    return {name: folder / f"{name}.parquet" for name in (*TABLES, "timeline", "plug_in_contracts")} | {
        "price_index": ROOT / "data/assumptions/price_index.csv",
        "market_facts": ROOT / "data/reference/market_facts.csv",
        "charger_options": ROOT / "data/assumptions/charger_options.csv",
        "parameters": ROOT / "data/assumptions/parameters.csv",
    }
