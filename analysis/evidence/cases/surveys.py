"""Case of cars that are logged for weeks beside cars whose owners report one day: what that does to the peak."""

import numpy as np
import pandas as pd

from analysis.evidence.case import Case, Estimate, Knob
from analysis.evidence.laboratory import Laboratory
from analysis.mobility.stays import FloatArray, overlap_per_step
from analysis.synthetic.travel import LOCAL_ZONE, generate_travel
from analysis.units import DAYS_PER_WEEK, HOURS_PER_DAY, HOURS_PER_WEEK, MINUTES_PER_HOUR

PER_CENT = 100.0
WORKING_DAYS = 5


def charging_kw(trips: pd.DataFrame, power_kw: float, kwh_per_km: float, hours: int) -> FloatArray:
    """Power of one car by the hour that charges at once, whenever it comes home, what it has driven since.

    Parameters
    ----------
    trips
        Trips of one car in order, with ``depart_min`` and ``arrive_min`` from the start.

    Examples
    --------
    Two trips of 25 km at 0.2 kWh/km, home at minute 60, 10 kW: 10 kWh fill the second hour.
    """
    begin, end, kwh, due = [], [], [], 0.0
    departs = [*trips["depart_min"].to_numpy(float)[1:], float(hours) * MINUTES_PER_HOUR]
    for arrive, leaves, km, place in zip(
        trips["arrive_min"], departs, trips["distance_km"], trips["destination"], strict=True
    ):
        due += float(km) * kwh_per_km
        if place != "home" or leaves <= arrive:
            continue
        until = min(float(arrive) + due / power_kw * MINUTES_PER_HOUR, leaves)
        given = power_kw * (until - float(arrive)) / MINUTES_PER_HOUR
        due -= given
        begin.append(float(arrive))
        end.append(until)
        kwh.append(given)
    edges = np.arange(hours + 1, dtype=float) * MINUTES_PER_HOUR
    return overlap_per_step(np.array(begin), np.array(end), np.array(kwh), edges)


def _fleet_kw(laboratory: Laboratory) -> FloatArray:
    """Mean power a car by week and hour of week, all cars in the same weeks."""
    cars, weeks, power_kw = laboratory.whole("car_count"), laboratory.whole("weeks"), laboratory.number("power_kw")

    def make(lab: Laboratory) -> FloatArray:
        seed, value = lab.settings.seed, lab.parameters
        _, trips = generate_travel(cars, weeks, seed, lab.table("travel_facts"), value)
        local = trips["depart_utc"].dt.tz_convert(LOCAL_ZONE).dt.tz_localize(None)
        start = local.min().normalize()
        depart_min = (local - start).dt.total_seconds() / 60.0
        length_min = (trips["arrive_utc"] - trips["depart_utc"]).dt.total_seconds() / 60.0
        laid = trips.assign(depart_min=depart_min, arrive_min=depart_min + length_min)
        total = np.zeros(weeks * HOURS_PER_WEEK)
        for _, one in laid.sort_values("depart_min").groupby("vehicle_id"):
            total += charging_kw(one, power_kw, value["veh.eps0"], len(total))
        return total.reshape(weeks, HOURS_PER_WEEK) / cars

    return laboratory.made(("survey_fleet_kw", cars, weeks, power_kw), make)


def _logged_over_reported(laboratory: Laboratory) -> Estimate:
    """Highest hour of the logged weeks over the highest hour of the mean reported day, per cent above.

    A one-day survey gives the mean day: central all days, the other reading working days alone.
    """
    fleet = _fleet_kw(laboratory)
    by_day = fleet.reshape(-1, DAYS_PER_WEEK, HOURS_PER_DAY)
    days = (by_day.mean(axis=(0, 1)), by_day[:, :WORKING_DAYS].mean(axis=(0, 1)))
    return Estimate.across(*(PER_CENT * (float(fleet.max() / day.max()) - 1.0) for day in days))


CASES = (
    Case("EX005", "engine", _logged_over_reported,
         (Knob("power_kw", (3.7, 22.0)), Knob("car_count", (100, 800)), Knob("veh.annual_km"),
          Knob("veh.eps0")),
         {"car_count": 429, "weeks": 4, "power_kw": 11.0}),
)  # fmt: skip
