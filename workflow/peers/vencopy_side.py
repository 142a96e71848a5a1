"""What VencoPy makes of our diaries: energy charged at once, and the least energy that still serves every later trip.

Runs in an environment of its own, where VencoPy lies, and imports nothing of ours. Reads and writes JSON.
"""

import json
import sys
import traceback
from importlib.metadata import version
from pathlib import Path

import pandas as pd
from vencopy.core.flexestimators import FlexEstimator

BEGINS = pd.Timestamp("2024-01-08")


def configured(car: dict, setup: dict) -> dict:
    """Only the keys that the estimator reads: constant power, no weather, nothing written.

    It cuts its threshold for beginning and end to whole kWh; below one it would never be met.
    """
    window_kwh = car["battery_kwh"] * setup["most_pu"]
    return {
        "dev_config": {},
        "user_config": {
            "global": {"dataset": "none", "write_output_to_disk": {"flex_output": False},
                       "consider_temperature_cycle_dependency": {"season": "None", "annual": False, "daily": False,
                                                                 "day_night_factors": False}},
            "dataparsers": {"split_overnight_trips": False},
            "diarybuilders": {"time_resolution": 15},
            "flexestimators": {
                "iteration": True, "filter_fuel_need": False, "fuel_consumption": 1.0,
                "electric_consumption": {"general": 100 * setup["kwh_per_km"]},
                "battery": {"battery_capacity": car["battery_kwh"], "start_soc": 1.0, "maximum_soc": setup["most_pu"],
                            "minimum_soc": setup["least_pu"], "max_iterations": 15,
                            "epsilon_battery_level": 1.01 / window_kwh},
                "cccv_charging": {"consider_cccv": False, "cccv_limit": 0.75, "max_iteration_cccv": 50},
                "plugging_behaviour": {"consider_plugging_behaviour": False, "soc_plugging_threshold": 0.6},
            },
        },
    }  # fmt: skip


def activities_of(car: dict, setup: dict) -> pd.DataFrame:
    """Stays and trips by turns: stay 0, trip 1, stay 1, trip 2, and so on; power is that which reaches the battery."""
    power_kw = setup["power_kw"] * setup["charge_efficiency_pu"]
    rows = []
    for number, stay in enumerate(car["stays"]):
        if number:
            rows.append(
                {
                    "trip_id": number,
                    "trip_distance": stay["km_before"],
                    "begin": car["stays"][number - 1]["to"],
                    "end": stay["from"],
                    "previous_activity_id": number - 1,
                    "next_activity_id": number,
                }
            )
        rows.append(
            {
                "park_id": number,
                "available_power": power_kw * stay["is_home"],
                "begin": stay["from"],
                "end": stay["to"],
                "previous_activity_id": number,
                "next_activity_id": number + 1,
            }
        )
    table = pd.DataFrame(rows).assign(unique_id="car")
    table["activity_id"] = table["trip_id"].fillna(table["park_id"])
    for name, minutes in (("timestamp_start", "begin"), ("timestamp_end", "end")):
        table[name] = BEGINS + pd.to_timedelta(table[minutes], unit="min")
    table["time_delta"] = table["timestamp_end"] - table["timestamp_start"]
    table["is_first_activity"] = table.index == 0
    table["is_last_activity"] = table.index == len(table) - 1
    table["is_first_park_activity"] = table.index == 0
    return table


def estimated(car: dict, setup: dict) -> dict[str, object]:
    """Energy charged at once into the battery, and the least energy at the start of each trip."""
    estimator = FlexEstimator(configured(car, setup), {"activities": activities_of(car, setup)})
    found = estimator.estimate_technical_flexibility_through_iteration()["activities"]
    is_trip = found["trip_id"].notna()
    trips = found[is_trip].sort_values("trip_id")
    return {
        "charged_kwh": float(found.loc[~is_trip, "uncontrolled_charging"].astype(float).sum()),
        "least_kwh": trips["min_battery_level_start"].astype(float).tolist(),
    }


def main(inputs: Path, outputs: Path) -> None:
    """Run every car."""
    given = json.loads(inputs.read_text(encoding="utf-8"))
    answer: dict = {"versions": {name: version(name) for name in ("vencopy", "pandas", "numpy")}}
    try:
        answer["cars"] = [estimated(car, given["setup"]) for car in given["cars"]]
    except Exception:  # any fault of a peer is a result, and is written down
        answer["cars_failed"] = traceback.format_exc()
    outputs.write_text(json.dumps(answer), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
