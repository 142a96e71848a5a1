"""Made tables of value steps, of what export needs and of one car's week, for pages."""

import numpy as np
import pandas as pd

from analysis.schemas.base import PRICE_AREAS, PRICE_AREAS_AND_SWEDEN, STRATEGIES
from analysis.schemas.explain import WEDGE_CASES
from analysis.schemas.value_summary import LADDER, PARTS

OPTIONS, YEARS = ("ac_11", "dc_20"), (2024, 2025)
LADDER_SEK = dict(zip(LADDER, (-4200.0, 900.0, 40.0, 15.0, 1400.0), strict=True))
PARTS_SEK = dict(zip(PARTS[:-1], (30.0, 5000.0, -2000.0, -750.0, -450.0, -180.0, -120.0, -60.0, -15.0, 0.0),
                     strict=True))  # fmt: skip
NEEDED = dict(zip(WEDGE_CASES, (1466.0, 1107.0, 748.0, 528.0, 368.0), strict=True))
DAYS = dict(zip(WEDGE_CASES, (0.21, 0.36, 0.58, 0.73, 0.89), strict=True))


def value_steps() -> pd.DataFrame:
    """Both waterfalls of two options, two years, all areas; parts close on their net."""
    parts = PARTS_SEK | {"net": sum(PARTS_SEK.values())}
    rows = [
        (area, year, option, waterfall, step, place, amount * (1 + 0.1 * (year - 2025)))
        for area in PRICE_AREAS_AND_SWEDEN
        for year in YEARS
        for option in OPTIONS
        for waterfall, steps in (("ladder", LADDER_SEK), ("grid_reserve", parts))
        for place, (step, amount) in enumerate(steps.items())
    ]
    names = ["price_area", "price_year", "charger_option", "waterfall", "step", "place", "net_value_sek"]
    table = pd.DataFrame(rows, columns=names)
    table["net_value_sek_per_plugged_h"] = table["net_value_sek"] / 2000
    return table.assign(net_value_sek_per_kw=table["net_value_sek"] / 11)


def export_wedge() -> pd.DataFrame:
    """What the spot price must reach in two years and four areas."""
    rows = [
        (area, year, case, 180.0 + 10 * place, NEEDED[case], 700.0 + 100 * place, DAYS[case] / 4, DAYS[case])
        for place, area in enumerate(PRICE_AREAS)
        for year in YEARS
        for case in WEDGE_CASES
    ]
    names = ["price_area", "price_year", "case", "bought_sek_per_mwh", "needed_sek_per_mwh", "dear_sek_per_mwh",
             "reached_pu", "day_pu"]  # fmt: skip
    return pd.DataFrame(rows, columns=names)


def car_week() -> pd.DataFrame:
    """A week at home by night under every strategy; reserves are offered by the last alone."""
    steps = pd.date_range("2025-01-12T23:00Z", periods=168, freq="h").as_unit("us")
    hour = steps.tz_convert("Europe/Stockholm").hour.to_numpy()
    plugged = ((hour < 7) | (hour > 17)).astype(float)
    spot = 0.6 - 0.3 * np.cos(hour / 24 * 2 * np.pi)
    tables = []
    for strategy in STRATEGIES:
        offered = 4.0 * plugged * (strategy == "grid_reserve")
        tables.append(
            pd.DataFrame(
                {"price_area": "SE3", "price_year": 2025, "week_id": "2025-W03", "vehicle_id": "car_1",
                 "charger_option": "ac_11", "strategy": strategy, "interval_start_utc": steps,
                 "spot_sek_per_kwh": spot, "buy_sek_per_kwh": 1.25 * (spot + 0.7), "sell_sek_per_kwh": spot + 0.03,
                 "plugged_pu": plugged, "charge_kw": 3.0 * plugged * (hour == 2), "discharge_kw": 0.5 * (hour == 19),
                 "fcr_n_kw": offered, "fcr_d_up_kw": offered / 2, "fcr_d_down_kw": 0.0,
                 "state_pu": 0.5 + 0.2 * plugged, "required_pu": 0.25}
            )
        )  # fmt: skip
    return pd.concat(tables, ignore_index=True)


def use_cases() -> pd.DataFrame:
    """A household, a housing association that shares, an aggregator's hub, and a row of a user's own."""
    rows = []
    for name, owner, charger, user_pu, strategies in (
        ("own_ferry", "operator", "dc_150", 0.0, ("smart", "grid")),
        ("parking_hub", "aggregator", "dc_10", 0.5, ("smart", "grid", "grid_reserve")),
        ("villa", "household", "ac_11", 0.0, ("smart", "home", "grid", "grid_reserve")),
        ("housing_association", "housing_association", "ac_11", 0.5, ("smart", "building", "grid", "grid_reserve")),
    ):
        for place, strategy in enumerate(strategies):
            value = 400.0 * place
            rows.append(
                {"use_case": name, "price_area": "SE3", "price_year": 2025, "charger_option": charger,
                 "charger_owner": owner, "strategy": strategy, "vehicle_count": 20, "simulated_count": 3,
                 "net_cost_sek": 2000.0 - value, "net_value_over_smart_sek": value,
                 "net_owner_sek": value * (1 - user_pu), "net_user_sek": value * user_pu,
                 "aggregator_fee_sek": 120.0 * (strategy == "grid_reserve" and owner != "aggregator"),
                 "charge_ac_kwh": 2500.0, "discharge_ac_kwh": 300.0 * place, "export_kwh": 100.0 * place,
                 "solar_charge_kwh": 0.0, "driving_dc_kwh": 2300.0, "full_cycle_count": 5.0 * place,
                 "forced_charge_count": 0.0, "plugged_pu": 0.43, "deliverable_1h_kw": 6.4,
                 "joint_discharge_max_kw": 7.0, "peak_import_ac_kw": 8.5}
            )  # fmt: skip
    return pd.DataFrame(rows)
