"""What emobpy makes of our diaries: availability at home, energy charged at once, and energy per trip by its physics.

Runs in an environment of its own, where emobpy lies, and imports nothing of ours. Reads and writes JSON.
"""

import json
import sys
import traceback
from pathlib import Path

import emobpy
import numpy as np
import pandas as pd
from emobpy import Availability, BEVspecs, Charging, Consumption, HeatInsulation
from emobpy.init import copy_to_user_data_dir

STEP_H = 0.25
WINTER, SUMMER = "01/01/2016", "07/01/2016"
CAR = ("Volkswagen", "ID.3", 2020)


class Shelf:
    """The only part of emobpy's DataBase that its classes read: profiles by name."""

    def __init__(self, name: str, profile: dict) -> None:
        self.db = {name: profile}


def rows_of(blocks: list[dict]) -> pd.DataFrame:
    """One row a block, at the last step of it, as emobpy's profiles have them."""
    ends = np.cumsum([block["steps"] for block in blocks])
    return pd.DataFrame(
        {
            "hr": (ends - 1) * STEP_H,
            "state": [block["state"] for block in blocks],
            "distance": [block["km"] for block in blocks],
            "trip_duration": [block["minutes"] for block in blocks],
        }
    )


def shelved(kind: str, rows: pd.DataFrame, steps: int, begins: str = WINTER, **more: object) -> Shelf:
    """A profile as the next class expects it."""
    common = {"kind": kind, "profile": rows, "t": STEP_H, "totalrows": steps, "hours": steps * STEP_H,
              "refdate": begins, "states": sorted(set(rows["state"]))}  # fmt: skip
    return Shelf("car", {**common, **more})


def at_home(car: dict, setup: dict, vehicle: object) -> dict[str, object]:
    """Availability and charging at once, with the energy per trip that we give."""
    rows = rows_of(car["blocks"])
    steps = sum(block["steps"] for block in car["blocks"])
    rows["consumption kWh"] = [block["kwh"] for block in car["blocks"]]
    rows["consumption kWh/100 km"] = 0.0
    vehicle.parameters |= {"battery_cap": car["window_kwh"], "battery_charging_eff": setup["charge_efficiency_pu"],
                           "battery_discharging_eff": 1.0}  # fmt: skip
    available = Availability("car", shelved("consumption", rows, steps, vehicle=vehicle))
    available.soc_init, available.soc_min = 1.0, 0.0
    none = {"none": 1.0}
    available.set_scenario(
        {"prob_charging_point": {"home": {"home": 1.0}, "away": none, "driving": none},
         "capacity_charging_point": {"home": setup["power_kw"], "none": 0.0}}
    )  # fmt: skip
    available.run()
    charging = Charging("car")
    charging.load_scenario(Shelf("car", available.__dict__))
    charging.set_sub_scenario("immediate")
    charging.run()
    return {
        "home_pu": float((available.timeseries["charging_point"] == "home").mean()),
        "grid_kwh": float(charging.timeseries["charge_grid"].astype(float).sum()) * STEP_H,
        "hourly_kw": charging.timeseries["charge_grid"]
        .to_numpy(float)[: int(car["hours"] / STEP_H)]
        .reshape(-1, round(1 / STEP_H))
        .mean(axis=1)
        .tolist(),
    }


def by_physics(car: dict, vehicle: object) -> list[dict[str, float]]:
    """Energy of each trip by emobpy's own vehicle model, in the weather that lies in the package, winter and summer."""
    rows = rows_of(car["blocks"])
    steps = sum(block["steps"] for block in car["blocks"])
    found = []
    for begins in (WINTER, SUMMER):
        run = Consumption("car", vehicle)
        run.load_setting_mobility(shelved("driving", rows, steps, begins))
        run._fill_rows = lambda: None  # the series by step is not asked for
        run.run(heat_insulation=HeatInsulation(True), air_cabin_heat_transfer_coef=20, air_flow=0.02)
        trips = run.profile[run.profile["state"] == "driving"]
        found += trips[["distance", "temp_degC", "consumption kWh", "hvac kWh"]].to_numpy(float).tolist()
    return found


def main(inputs: Path, outputs: Path) -> None:
    """Run every car."""
    given = json.loads(inputs.read_text(encoding="utf-8"))
    copy_to_user_data_dir()
    answer = {
        "versions": {
            "emobpy": ".".join(map(str, emobpy.__version__)),
            "pandas": pd.__version__,
            "numpy": np.__version__,
        }
    }
    for key, run in (
        ("at_home", lambda car: at_home(car, given["setup"], BEVspecs().model(CAR))),
        ("by_physics", lambda car: by_physics(car, BEVspecs().model(CAR))),
    ):
        try:
            answer[key] = [run(car) for car in given["cars"]]
        except Exception:  # any fault of a peer is a result, and is written down
            answer[key + "_failed"] = traceback.format_exc()
    outputs.write_text(json.dumps(answer), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
