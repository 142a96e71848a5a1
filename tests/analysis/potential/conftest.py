"""Small tables that look like what the dispatch writes, so that potential can be tested without solving anything."""

import numpy as np
import pandas as pd
import pytest

from analysis.io import check_table, read_csv_table
from analysis.schemas.assumptions import Facts, Parameters
from analysis.schemas.erosion import PrequalifiedVolumes
from analysis.schemas.market import DayAheadPrices, ReservePrices, Temperature
from analysis.schemas.market_depth import ReserveOffers
from analysis.schemas.results import CapabilityHours, DispatchValues
from analysis.schemas.sample import DispatchSample, MunicipalityFacts
from analysis.settings.load import load_settings
from analysis.sources.municipalities import municipalities_from_facts

AREAS = ("SE1", "SE2", "SE3", "SE4")
SEASONS = ("winter", "spring", "summer", "autumn")


@pytest.fixture(scope="session")
def parameters_table(root):
    return read_csv_table(root / "data/assumptions/parameters.csv", Parameters)


@pytest.fixture(scope="session")
def facts(root):
    return read_csv_table(root / "data/reference/market_facts.csv", Facts)


@pytest.fixture(scope="session")
def prequalified_volumes(root):
    return read_csv_table(root / "data/reference/prequalified_volumes.csv", PrequalifiedVolumes)


@pytest.fixture(scope="session")
def municipalities(root):
    table = read_csv_table(root / "data/reference/municipalities.csv", MunicipalityFacts)
    areas = table[["municipality_code", "name", "price_area", "price_area_land_share_pu"]]
    return municipalities_from_facts(table, areas.fillna({"price_area_land_share_pu": 0.0}))


@pytest.fixture(scope="session")
def run_settings(root):
    return load_settings("default", root / "workflow/config")


@pytest.fixture(scope="session")
def sample():
    table = pd.DataFrame({"vehicle_id": ["a", "b"], "profile_id": ["p1", "p2"], "weight": [3.0, 1.0]})
    return check_table(table.astype({"vehicle_id": "str", "profile_id": "str"}), DispatchSample, "sample")


@pytest.fixture(scope="session")
def capability_hours():
    """Two cars: ``a`` is connected at night (20-07) in all weeks, ``b`` in half of them; 11 kW, 9 kW for four hours."""
    hour = np.arange(168)
    night = ((hour % 24 >= 20) | (hour % 24 < 7)).astype(float)
    parts = []
    for area in AREAS:
        for year in (2024, 2025):
            for season in SEASONS:
                for vehicle, plugged in (("a", night), ("b", night / 2)):
                    parts.append(
                        pd.DataFrame(
                            {"price_area": area, "price_year": year, "vehicle_id": vehicle, "charger_option": "ac_11",
                             "season": season, "hour_of_week": hour, "plugged_pu": plugged,
                             "discharge_20min_kw": 11 * plugged, "discharge_1h_kw": 11 * plugged,
                             "discharge_4h_kw": 9 * plugged}
                        )
                    )  # fmt: skip
    return check_table(pd.concat(parts, ignore_index=True), CapabilityHours, "capability")


@pytest.fixture(scope="session")
def day_ahead_prices():
    """Two whole years; 20 in the night hours and 100 at 18 local in January, else 50."""
    start = pd.date_range("2023-12-31 23:00", "2025-12-31 22:00", freq="h", tz="UTC").as_unit("us")
    local = start.tz_convert("Europe/Stockholm")
    price = np.where((local.hour == 22) & (local.month == 1), 1000.0, 50.0)
    parts = [
        pd.DataFrame({"interval_start_utc": start, "step_h": 1.0, "price_area": area, "price_sek_per_mwh": price})
        for area in AREAS
    ]
    return check_table(pd.concat(parts, ignore_index=True), DayAheadPrices, "prices")


@pytest.fixture(scope="session")
def temperature():
    """Two whole years at 5 degrees, in February -20 at 06 local, so that cold and dear hours are not the same."""
    start = pd.date_range("2023-12-31 23:00", "2025-12-31 22:00", freq="h", tz="UTC").as_unit("us")
    local = start.tz_convert("Europe/Stockholm")
    degrees = np.where((local.hour == 6) & (local.month == 2), -20.0, 5.0)
    parts = [
        pd.DataFrame({"interval_start_utc": start, "price_area": area, "temperature_deg_c": degrees}) for area in AREAS
    ]
    return check_table(pd.concat(parts, ignore_index=True).astype({"price_area": "str"}), Temperature, "temperature")


def offered(fcr_n_pu, fcr_d_pu):
    """FCR-N and FCR-D (kW) and yearly gain (SEK) of a car of 6 kW that picks the better of two products or none.

    The gain is a smooth maximum, so that offers are its slopes and value rises with either price, as in the dispatch.
    """
    width, none = 80.0, 60.0
    gains = np.array([none, 470.0 * fcr_n_pu, 284.0 * fcr_d_pu]) / width
    shares = np.exp(gains) / np.exp(gains).sum()
    return 6 * shares[1], 6 * shares[2], 6 * (width * np.log(np.exp(gains).sum()) - none)


@pytest.fixture(scope="session")
def dispatch_values(run_settings):
    """Values of both cars in all areas and years at each level of the default design."""
    zero = {name: 0.0 for name, column in DispatchValues.to_schema().columns.items() if str(column.dtype) == "float64"}
    rows = []
    for area in AREAS:
        for year in (2024, 2025):
            for vehicle, size in (("a", 1.0), ("b", 0.5)):
                rows.append(
                    {**zero, "price_area": area, "price_year": year, "vehicle_id": vehicle, "strategy": "smart",
                     "charger_option": "ac_11", "reserve_level_id": "none", "import_kwh": 2000.0,
                     "net_spot_import_sek": 1000.0, "energy_tax_sek": 720.0, "grid_fee_sek": 500.0,
                     "retail_margin_sek": 120.0}
                )  # fmt: skip
                for level in run_settings.scope.reserve_levels:
                    kw_n, kw_d, gain = (size * each for each in offered(level.fcr_n_pu, level.fcr_d_pu))
                    rows.append(
                        {**zero, "price_area": area, "price_year": year, "vehicle_id": vehicle,
                         "strategy": "grid_reserve",
                         "charger_option": "ac_11", "reserve_level_id": level.level_id, "plugged_h": 4000.0,
                         "fcr_n_mean_kw": kw_n, "fcr_d_up_mean_kw": kw_d, "fcr_d_down_mean_kw": 0.9 * kw_d,
                         "net_value_over_smart_sek": gain,
                         "fcr_n_revenue_sek": 470 / 0.36 * level.fcr_n_pu * kw_n,
                         "fcr_d_up_revenue_sek": 284 / 0.36 * level.fcr_d_pu * kw_d}
                    )  # fmt: skip
    table = pd.DataFrame(rows)
    text = ["price_area", "vehicle_id", "strategy", "charger_option", "reserve_level_id"]
    return check_table(table.astype(dict.fromkeys(text, "str")), DispatchValues, "values")


@pytest.fixture(scope="session")
def reserve_prices():
    """Two years of hourly prices: FCR-N 300, FCR-D up 80, FCR-D down 100 SEK/MW,h in both."""
    start = pd.date_range("2023-12-31 23:00", "2025-12-31 22:00", freq="h", tz="UTC").as_unit("us")
    parts = [
        pd.DataFrame({"interval_start_utc": start, "step_h": 1.0, "product": product, "price_area": "SE",
                      "price_sek_per_mw_h": price, "volume_mw": volume})
        for product, price, volume in (("fcr_n", 300.0, 230.0), ("fcr_d_up", 80.0, 520.0), ("fcr_d_down", 100.0, 500.0))
    ]  # fmt: skip
    table = pd.concat(parts, ignore_index=True).astype({"product": "str", "price_area": "str"})
    return check_table(table, ReservePrices, "reserve prices")


@pytest.fixture(scope="session")
def reserve_offers(run_settings):
    """One week a year in every area: FCR-N is offered at night (20-07), FCR-D in one hour of the day (18)."""
    rows = []
    for area in AREAS:
        for year, first in ((2024, "2024-03-03 23:00"), (2025, "2025-03-02 23:00")):
            start = pd.date_range(first, periods=168, freq="h", tz="UTC").as_unit("us")
            hour = start.tz_convert("Europe/Stockholm").hour
            night, evening = ((hour >= 20) | (hour < 7)).astype(float), (hour == 18).astype(float)
            for level in run_settings.scope.reserve_levels:
                kw_n, kw_d, _ = offered(level.fcr_n_pu, level.fcr_d_pu)
                kw = {"fcr_n_kw": kw_n * night, "fcr_d_up_kw": kw_d * evening, "fcr_d_down_kw": 0.9 * kw_d * evening}
                rest = {f"{kind}_{side}_kw": 0.0 for kind in ("afrr", "mfrr") for side in ("up", "down")}
                rows.append(
                    pd.DataFrame({"price_area": area, "price_year": year, "reserve_level_id": level.level_id,
                                  "week_id": f"{year}-W10", "interval_start_utc": start, "weight": 52.0, **kw, **rest})
                )  # fmt: skip
    table = pd.concat(rows, ignore_index=True)
    text = dict.fromkeys(("price_area", "reserve_level_id", "week_id"), "str")
    return check_table(table.astype(text), ReserveOffers, "offers")
