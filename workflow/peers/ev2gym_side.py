"""What EV2Gym's battery makes of our schedule of a week: what is stored hour by hour, and how it ages.

Runs in an environment of its own, where EV2Gym lies, and imports nothing of ours. Reads and writes JSON.
"""

import json
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
from ev2gym.models.ev import EV

MINUTES = 60
VOLTAGE = 1000.0
"""So that an ampere of one phase is a kilowatt."""


def replayed(week: dict, setup: dict, discharge_efficiency_pu: float) -> tuple[EV, list[float]]:
    """One battery through the week: each hour's power at the connection, then what is driven in that hour."""
    car = EV(
        "car", 0, week["start_kwh"], 0, len(week["charge_kw"]) - 1, battery_capacity=setup["capacity_kwh"],
        min_battery_capacity=setup["floor_kwh"], min_emergency_battery_capacity=setup["floor_kwh"],
        max_ac_charge_power=setup["power_kw"], max_discharge_power=-setup["power_kw"], ev_phases=1, transition_soc=1,
        charge_efficiency=setup["charge_efficiency_pu"], discharge_efficiency=discharge_efficiency_pu,
        timescale=MINUTES,
    )  # fmt: skip
    stored = [car.current_capacity]
    for charge, discharge, driven in zip(week["charge_kw"], week["discharge_kw"], week["driving_kwh"], strict=True):
        car.step(charge - discharge, VOLTAGE)
        car.current_capacity -= driven
        stored.append(car.current_capacity)
    return car, stored


def main(inputs: Path, outputs: Path) -> None:
    """Replay with the loss of discharge as we have it, and as EV2Gym reads an efficiency."""
    given = json.loads(inputs.read_text(encoding="utf-8"))
    setup, efficiency = given["setup"], given["setup"]["discharge_efficiency_pu"]
    answer = {"versions": {name: version(name) for name in ("ev2gym", "pandas", "numpy")}, "weeks": []}
    for week in given["weeks"]:
        car, stored = replayed(week, setup, 1.0 / efficiency)
        calendar, cycling = car.get_battery_degradation()
        active = np.array([soc for soc, on in zip(car.historic_soc, car.active_steps, strict=True) if on])
        _, as_read = replayed(week, setup, efficiency)
        answer["weeks"].append(
            {"stored_kwh": stored, "stored_as_read_kwh": as_read, "calendar_pu": float(calendar),
             "cycling_pu": float(cycling), "moved_kwh": float(car.abs_total_energy_exchanged),
             "mean_pu": float(np.mean(car.historic_soc)),
             "depth_pu": float(2 * np.abs(active - active.mean()).mean())}
        )  # fmt: skip
    outputs.write_text(json.dumps(answer), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
