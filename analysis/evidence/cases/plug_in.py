"""Cases of how long and how often cars are plugged in at home, and whether lower power would do."""

import numpy as np

from analysis.evidence.case import Case, Estimate, Knob
from analysis.evidence.connections import home_connections
from analysis.evidence.laboratory import Laboratory
from analysis.fleet.use_cases import FloatArray, UseCase, habit, seeded, vehicle_week
from analysis.units import HOURS_PER_WEEK

PER_CENT = 100.0
PUBLIC_STEP_H = 0.05
SEASON = "spring"
LEAST_STAY_PU = 1e-9
HALF = 0.5
KNOBS = tuple(
    Knob(name) for name in ("plug.charge_power_kw", "plug.b_dwell", "plug.b_soc", "plug.sigma_user", "veh.annual_km",
                            "veh.eps0")
)  # fmt: skip


def _dwell_h(laboratory: Laboratory) -> Estimate:
    """Median hours connected at home; the other reading is how long the car stands where it was plugged in."""
    found = home_connections(laboratory)
    return Estimate.across(float(np.median(found.connected_h)), float(np.median(found.dwell_h)))


def _charge_h(laboratory: Laboratory) -> Estimate:
    """Mean hours of charging in a plugged stay; the other reading is the median."""
    found = home_connections(laboratory)
    return Estimate.across(float(found.charge_h.mean()), float(np.median(found.charge_h)))


def _plug_ins(laboratory: Laboratory) -> Estimate:
    """Mean of the cars, or the car in the middle; the other of the two is the other reading."""
    found = home_connections(laboratory)
    readings = {"mean": float(found.per_week.mean()), "middle": float(np.median(found.per_week))}
    return Estimate.across(readings[laboratory.text("of_cars")], *readings.values())


def _lower_power_points(laboratory: Laboratory) -> Estimate:
    """Percentage points by which owners whom lower power costs nothing are a majority, and more so at home.

    # ASSUME: an owner is willing whom lower power sends to no charger on the road more often. No survey answer is in
    the model; this is what the answer could rest on. Away from home the stay itself must give the energy.
    """
    names = ("power_pu", "little_lower_pu", "much_lower_pu")
    return Estimate.across(*(_willing_points(laboratory, laboratory.number(name)) for name in names))


def _willing_points(laboratory: Laboratory, power_pu: float) -> float:
    full, lower = home_connections(laboratory), home_connections(laboratory, power_pu)
    willing = float((lower.forced_count <= full.forced_count).mean())
    at_home = float((full.charge_h <= power_pu * full.dwell_h).mean())
    return PER_CENT * min(willing - HALF, at_home - _public_enough_pu(laboratory, power_pu))


def _public_enough_pu(laboratory: Laboratory, power_pu: float) -> float:
    """Share of stays at public parking that give their energy at the lower power."""
    case = laboratory.use_case("public_parking")
    hours = np.concatenate([_stay_hours(case, laboratory.settings.seed, each) for each in range(case.vehicle_count)])
    charge_h = case.energy_dc_kwh_per_day / (case.power_kw * laboratory.parameters["plug.charge_efficiency"])
    return float((charge_h <= power_pu * hours).mean())


def _stay_hours(case: UseCase, seed: int, vehicle: int) -> FloatArray:
    """Hours of each stay of one place's week; a stay that runs into the next week counts once."""
    random = seeded(case, seed, vehicle)
    count = round(HOURS_PER_WEEK / PUBLIC_STEP_H)
    plugged, _ = vehicle_week(case, habit(case, random), SEASON, count, PUBLIC_STEP_H, random)
    return runs_h(plugged, PUBLIC_STEP_H)


def runs_h(plugged_pu: FloatArray, step_h: float) -> FloatArray:
    """Hours of each unbroken time plugged in, round a cyclic horizon.

    Examples
    --------
    Hourly shares 1, 0, 0.5, 1, 0, 1: two stays, of 2 h (the last hour runs into the first) and of 1.5 h.
    """
    is_in = plugged_pu > LEAST_STAY_PU
    if is_in.all() or not is_in.any():
        return np.array([len(plugged_pu) * step_h]) if is_in.all() else np.empty(0)
    start = int(np.flatnonzero(~is_in)[0])
    shares, inside = np.roll(plugged_pu, -start), np.roll(is_in, -start)
    number = np.cumsum(inside & ~np.roll(inside, 1)) * inside
    return np.asarray(np.bincount(number, weights=shares * inside)[1:] * step_h)


CASES = (
    Case("PR012", "engine", _dwell_h, KNOBS),
    Case("PR013", "engine", _charge_h, KNOBS),
    Case(
        "PR015", "engine", _lower_power_points, KNOBS, {"power_pu": 0.5, "little_lower_pu": 0.75, "much_lower_pu": 0.25}
    ),
    Case("EX006", "engine", _plug_ins, (Knob("of_cars", ("mean", "middle")),), {"of_cars": "mean"}, is_transfer=True,
         is_calibration=True),
)  # fmt: skip
