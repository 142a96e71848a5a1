"""Made-up cars of clear habits, with the tables that a clustering reads."""

import numpy as np
import pandas as pd

WEEK = np.arange(168)
MONDAY = pd.Timestamp("2024-01-08")
DWELLING = {"commuter": "detached", "homely": "flat_rental", "night": "flat_cooperative", "evening": "detached",
            "weekend": "other"}  # fmt: skip
QUINTILE = {"commuter": 4, "homely": 1, "night": 3, "evening": 2, "weekend": 5}


def is_home(kind: str, leave: int) -> np.ndarray:
    hour, weekday = WEEK % 24, WEEK // 24
    if kind == "commuter":
        return ~((weekday < 5) & (hour >= leave) & (hour < leave + 10))
    if kind == "night":
        return ~((weekday < 5) & ((hour >= 20) | (hour < leave - 1)))
    if kind == "evening":
        return ~((weekday < 5) & (hour >= leave + 9) & (hour < leave + 15))
    if kind == "weekend":
        return ~((weekday >= 5) & (hour >= leave + 2) & (hour < leave + 13))
    return ~((weekday % 2 == 0) & (hour >= 11) & (hour < 12))


def week_trips(kind: str, leave: int, km: float) -> list[tuple[int, int, float, str]]:
    """(weekday, hour of departure, km, destination)."""
    if kind == "commuter":
        return [row for day in range(5) for row in ((day, leave, km, "work"), (day, leave + 9, km, "home"))]
    if kind == "night":
        return [row for day in range(1, 5) for row in ((day, leave - 2, km, "home"), (day, 20, km, "other"))]
    if kind == "evening":
        return [row for day in range(5) for row in ((day, leave + 9, km, "other"), (day, leave + 14, km, "home"))]
    if kind == "weekend":
        return [row for day in (5, 6) for row in ((day, leave + 2, km, "public"), (day, leave + 12, km, "home"))]
    return [row for day in (0, 2, 4, 6) for row in ((day, 11, 3.0, "public"), (day, 12, 3.0, "home"))]


def make_tables(counts: dict[str, int], seed: int = 1, weeks: int = 4):
    """Availability, vehicles, trips of the named numbers of cars of each habit."""
    generator = np.random.default_rng(seed)
    availability, vehicles, trips = [], [], []
    for kind, count in counts.items():
        for number in range(count):
            name, leave, km = f"{kind}_{number:03d}", int(generator.integers(6, 8)), float(generator.uniform(15, 30))
            home = np.clip(is_home(kind, leave) * 0.97 - generator.uniform(0, 0.05, 168), 0, 1)
            plugged = home * generator.uniform(0.3, 0.6)
            availability.append(
                pd.DataFrame({"vehicle_id": name, "hour_of_week": WEEK, "parked_pu": np.maximum(home, 0.97),
                              "parked_home_pu": home, "plugged_pu": plugged, "available_pu": plugged,
                              "biddable_pu": plugged * 0.9, "driving_dc_kwh": 0.0})
            )  # fmt: skip
            vehicles.append((name, 1.0, 7 * weeks, "made", "private", DWELLING[kind], QUINTILE[kind]))
            for week in range(weeks):
                for day, hour, distance, place in week_trips(kind, leave, km):
                    depart = MONDAY + pd.Timedelta(days=7 * week + day, hours=hour, minutes=int(generator.integers(60)))
                    trips.append((name, depart, depart + pd.Timedelta(minutes=25), distance, "home", place, "any"))
    return pd.concat(availability, ignore_index=True), vehicles_table(vehicles), trips_table(trips)


def vehicles_table(rows) -> pd.DataFrame:
    names = ["vehicle_id", "weight", "observed_days", "dataset", "use_case", "dwelling", "income_quintile"]
    table = pd.DataFrame(rows, columns=names)
    table["income_quintile"] = table["income_quintile"].astype("Int64")
    table["household_type"] = pd.Series([None] * len(table), dtype="str")
    table["car_type"] = pd.Series([None] * len(table), dtype="str")
    table["battery_usable_kwh"] = 60.0
    return table


def trips_table(rows) -> pd.DataFrame:
    names = ["vehicle_id", "depart_utc", "arrive_utc", "distance_km", "origin", "destination", "purpose"]
    table = pd.DataFrame(rows, columns=names)
    for name in ("depart_utc", "arrive_utc"):
        local = pd.to_datetime(table[name]).dt.tz_localize("Europe/Stockholm")
        table[name] = local.dt.tz_convert("UTC").astype("datetime64[us, UTC]")
    return table


def municipalities_table() -> pd.DataFrame:
    """Two municipalities: one of houses and high incomes, one of rental flats and low."""
    return pd.DataFrame(
        {
            "municipality_code": ["0101", "0202"], "name": ["Villaby", "Hyresstad"], "county_code": ["01", "02"],
            "county": ["A", "B"], "price_area": ["SE3", "SE4"], "price_area_land_share_pu": [1.0, 1.0],
            "population_count": [20_000, 20_000], "household_detached_count": [8_000, 2_000],
            "household_flat_cooperative_count": [1_000, 2_000], "household_flat_rental_count": [900, 5_900],
            "household_other_count": [100, 100], "income_median_ksek": [340.0, 260.0], "car_count": [9e3, 7e3],
            "bev_count": [1_003, 412], "phev_count": [500, 200],
            "public_charge_point_count": pd.array([20, None], dtype="Int64"),
        }
    )  # fmt: skip
