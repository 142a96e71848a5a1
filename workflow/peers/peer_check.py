"""Holds our availability, energy need, dispatch and ageing against other models, given the same inputs.

Each peer runs in an environment of its own, which this script is told of and does not make: peers need older libraries
than ours. Run, with the checks' own libraries on the path:

    python -m workflow.peers.peer_check --emobpy <its python> --ev2gym <its python> --vencopy <its python>

Inputs are generated cars and embedded prices, so that anyone can repeat it. Writes data/evidence/peer_check.csv.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.battery.ageing import cell_voltage_v, nmc_calendar_loss_pu, nmc_cycle_loss_pu
from analysis.dispatch.linear import LinearModel
from analysis.dispatch.problem import Dispatch, Strategy, VehicleProblem
from analysis.dispatch.requirement import required_energy_kwh
from analysis.dispatch.strategies import GRID, HOME, SMART
from analysis.io import check_table, read_csv_table, write_text
from analysis.mobility.availability import step_shares
from analysis.mobility.energy import trip_energy_dc_kwh
from analysis.mobility.plug_in import Rhythm, draw_habits, plug_stays
from analysis.mobility.stays import WEEK_MIN, Calendar, diaries_of, home_stays, lay_on_calendar, overlap_per_step
from analysis.mobility.years import VehicleYear
from analysis.schemas.peer_check import PeerCheck
from analysis.schemas.travel import TravelFacts
from analysis.synthetic.travel import generate_travel
from analysis.units import HOURS_PER_WEEK, MINUTES_PER_HOUR
from workflow.bench_dispatch import EFFICIENCY, Years

ROOT = Path(__file__).resolve().parents[2]
SEED, CARS, WEEKS, KEPT = 20_260, 24, 4, 6
STEP_MIN = 15
SHORT_MIN = 1.0
SIDES = ("emobpy", "ev2gym", "vencopy")
WEEK_SEEDS = (1, 2, 3)
SELL = Strategy("sell", export=True)
RESERVES = Strategy("grid_reserve", "full", True, True, 1.0, 1.0)
CAPACITY_KWH, POWER_KW = 60.0, 11.0
AGE_DAYS, CELL_DEG_C, THEIR_PACK_KWH, THEIR_KM_PER_YEAR, THEIR_KWH_PER_KM = 730.0, 25.0, 78.0, 15_000.0, 0.186
THEIR_LEAST_V, THEIR_SPAN_V = 3.3324, 0.8263
"""SOURCE: EV2Gym 2.0.0, ``EV.get_battery_degradation``: a battery two years old, and its constants."""
EVENING = slice(17, 21)
BANDS = ((-20.0, 5.0), (5.0, 15.0), (15.0, 25.0))
FINE_PU, COARSE_PU, SOLVER_PU, MODEL_PU = 0.01, 0.02, 1e-6, 0.2
Row = tuple[str, str, str, float, float, float]


def run_peer(python: Path, side: str, given: dict[str, Any]) -> dict[str, Any]:
    """Run one side in its own environment, with a home of its own for what it leaves behind."""
    with tempfile.TemporaryDirectory() as folder:
        inputs, outputs = Path(folder) / "inputs.json", Path(folder) / "outputs.json"
        inputs.write_text(json.dumps(given), encoding="utf-8")
        script = ROOT / "workflow" / "peers" / f"{side}_side.py"
        subprocess.run([python, script, inputs, outputs], check=True, env={"HOME": folder}, capture_output=True)
        answer: dict[str, Any] = json.loads(outputs.read_text(encoding="utf-8"))
    for name in answer:
        if name.endswith("_failed"):
            raise RuntimeError(f"{side}: {answer[name]}")
    return answer


# availability and energy need


class Drives:
    """Four weeks of generated cars at 20 °C: no car that has to charge on the road, each as blocks of quarter hours."""

    def __init__(self, years: Years) -> None:
        self.parameters = years.parameters
        facts = read_csv_table(ROOT / "data/reference/travel_facts.csv", TravelFacts)
        vehicles, trips = generate_travel(CARS, WEEKS, SEED, facts, self.parameters)
        diaries = diaries_of(trips, vehicles, self.parameters["veh.E_usable_bev"])
        mild = np.full((WEEKS, HOURS_PER_WEEK), 20.0)
        calendar = lay_on_calendar(diaries, np.arange(WEEKS), np.zeros(CARS, dtype=np.int64), mild, self.parameters)
        stays = home_stays(calendar)
        habits = draw_habits(diaries.vehicle_ids, stays.is_stay.shape[1], SEED, self.parameters)
        self.year = VehicleYear(diaries, calendar, stays, habits, WEEKS)
        always = Rhythm(beta_home_logit=15.0, linger_h=1e6, habit_share_pu=1.0)
        self.plugged = plug_stays(stays, habits, always, diaries.battery_kwh, self.parameters)
        self.cars = np.flatnonzero(self.plugged.forced_charge_count == 0)[:KEPT]
        self.trips = trips

    @property
    def window_kwh(self) -> "np.ndarray":
        """What may be charged and driven: the daily limit of each car."""
        return self.year.diaries.battery_kwh * self.parameters["veh.soc_max_daily"]

    def blocks(self, car: int) -> list[dict[str, Any]]:
        """Stays and trips of one car by quarter hours, none shorter than one; minutes of trips stay exact."""
        calendar = self.year.calendar
        of_car = calendar.vehicle_index == car
        edges, states = [0.0], []
        at = "home" if len(edges) and calendar.is_from_home[of_car][0] else "away"
        for trip in np.flatnonzero(of_car):
            begin = max(round(calendar.depart_min[trip] / STEP_MIN), edges[-1] + 1)
            end = max(round(calendar.arrive_min[trip] / STEP_MIN), begin + 1)
            states += [(at, None), ("driving", trip)]
            edges += [begin, end]
            at = "home" if calendar.is_to_home[trip] else "away"
        edges.append(max(WEEKS * WEEK_MIN / STEP_MIN, edges[-1] + 1))
        states.append((at, None))
        return [_block(calendar, state, trip, int(steps), self.parameters["veh.eps0"])
                for (state, trip), steps in zip(states, np.diff(edges), strict=True)]  # fmt: skip

    def stays(self, car: int) -> list[dict[str, Any]]:
        """Every stay of one car in minutes, and the kilometres driven before it."""
        calendar = self.year.calendar
        trips = np.flatnonzero(calendar.vehicle_index == car)
        begin = np.concatenate([[0.0], calendar.arrive_min[trips]])
        end = np.concatenate([calendar.depart_min[trips], [float(WEEKS * WEEK_MIN)]])
        home = np.concatenate([calendar.is_from_home[trips][:1], calendar.is_to_home[trips]])
        km = np.concatenate([[0.0], calendar.energy_dc_kwh[trips] / self.parameters["veh.eps0"]])
        return [{"from": float(each[0]), "to": float(each[1]), "is_home": bool(each[2]), "km_before": float(each[3])}
                for each in zip(begin, end, home, km, strict=True)]  # fmt: skip

    def least_kwh(self, car: int) -> "np.ndarray":
        """Least energy at the start of each trip that still serves every later one (METHODS 1.6), by short steps."""
        value, calendar = self.parameters, self.year.calendar
        edges = np.arange(0.0, WEEKS * WEEK_MIN + 1, SHORT_MIN)
        shares = step_shares(self.year, self.plugged, edges)
        limit_kw = value["plug.charge_power_kw"] * shares.parked_home_pu[car]
        floor = value["veh.soc_min_user"] * float(self.year.diaries.battery_kwh[car])
        least = required_energy_kwh(
            shares.driving_dc_kwh[car], limit_kw, SHORT_MIN / MINUTES_PER_HOUR, value["plug.charge_efficiency"], floor
        )
        starts = calendar.depart_min[calendar.vehicle_index == car]
        return np.asarray(least[np.ceil(starts / SHORT_MIN).astype(int)])


def _block(calendar: Calendar, state: str, trip: int | None, steps: int, kwh_per_km: float) -> dict[str, Any]:
    if trip is None:
        return {"state": state, "steps": steps, "km": 0.0, "minutes": 0.0, "kwh": 0.0}
    kwh = float(calendar.energy_dc_kwh[trip])
    minutes = float(calendar.arrive_min[trip] - calendar.depart_min[trip])
    return {"state": state, "steps": steps, "km": kwh / kwh_per_km, "minutes": minutes, "kwh": kwh}


def emobpy_rows(drives: Drives, answer: dict[str, Any]) -> Iterator[Row]:
    """Share of time at home, energy from the grid, and energy by km and temperature."""
    value = drives.parameters
    edges = np.arange(WEEKS * HOURS_PER_WEEK + 1, dtype=float) * MINUTES_PER_HOUR
    shares = step_shares(drives.year, drives.plugged, edges)
    for place, car in enumerate(drives.cars):
        name, theirs = drives.year.diaries.vehicle_ids[car], answer["at_home"][place]
        charged = float(drives.plugged.charge_dc_kwh[car].sum()) / value["plug.charge_efficiency"]
        yield (
            name,
            "share_of_time_at_home",
            "pu",
            float(shares.parked_home_pu[car].mean()),
            theirs["home_pu"],
            COARSE_PU,
        )
        yield name, "grid_energy_charged_at_once", "kwh", charged, theirs["grid_kwh"], FINE_PU
    hourly = np.sum([_hourly_kw(drives, car, edges) for car in drives.cars], axis=0)
    by_clock = [kw.reshape(-1, 24)[:, EVENING].sum() for kw in
                (hourly, np.sum([car["hourly_kw"] for car in answer["at_home"]], axis=0))]  # fmt: skip
    yield "all cars", "energy_charged_from_17_to_21", "kwh", float(by_clock[0]), float(by_clock[1]), COARSE_PU
    trips = np.array([trip for car in answer["by_physics"] for trip in car])
    for low, high in BANDS:
        km, temp, kwh, _ = trips[(trips[:, 1] >= low) & (trips[:, 1] < high)].T
        # soaked nowhere, preconditioned everywhere: emobpy knows no cold start
        ours = trip_energy_dc_kwh(km, temp, np.zeros(len(km)), np.ones(len(km), dtype=bool), value)
        band = f"{low:g} to {high:g} deg C"
        yield band, "energy_per_km", "kwh_per_km", float(ours.sum() / km.sum()), float(kwh.sum() / km.sum()), MODEL_PU


def _hourly_kw(drives: Drives, car: int, edges: "np.ndarray") -> "np.ndarray":
    """Power from the grid by hour: at once on arrival, until full or gone."""
    value, plugged = drives.parameters, drives.plugged
    begin, grid = drives.year.stays.arrive_min[car], plugged.charge_dc_kwh[car] / value["plug.charge_efficiency"]
    some = grid > 0
    end = begin[some] + grid[some] / value["plug.charge_power_kw"] * MINUTES_PER_HOUR
    return overlap_per_step(begin[some], end, grid[some], edges)


def vencopy_rows(drives: Drives, answer: dict[str, Any]) -> Iterator[Row]:
    """Energy charged at once into the battery, and the least energy before a trip, mean of the trips."""
    for car, theirs in zip(drives.cars, answer["cars"], strict=True):
        name, charged = drives.year.diaries.vehicle_ids[car], float(drives.plugged.charge_dc_kwh[car].sum())
        yield name, "battery_energy_charged_at_once", "kwh", charged, theirs["charged_kwh"], FINE_PU
        least = float(drives.least_kwh(car).mean())
        yield name, "least_energy_before_a_trip", "kwh", least, float(np.mean(theirs["least_kwh"])), FINE_PU


# dispatch and ageing


def solved(problem: VehicleProblem, strategy: Strategy) -> Dispatch:
    """Our schedule, proven to the last öre."""
    found = LinearModel(problem, with_reserves=strategy.sells_reserves).solve(strategy)
    assert found is not None
    return found


def linopy_rows(years: Years) -> Iterator[Row]:
    """Least cost of the same one-car weeks by a formulation that shares no row with ours."""
    from workflow.linopy_problem import LinopyProblem

    for seed in WEEK_SEEDS:
        problem = years.problem(seed, HOURS_PER_WEEK, standby=True)
        for strategy in (SMART, HOME, GRID, RESERVES):
            ours = solved(problem, strategy).penalised_sek
            theirs = LinopyProblem(problem, strategy, whole=True).solve()
            yield f"week {seed} {strategy.name}", "least_cost", "sek", ours, theirs, SOLVER_PU


def sold_weeks(years: Years) -> list[Dispatch]:
    """Weeks of a car that buys and sells at the household's prices, without standby."""
    return [solved(years.problem(seed, HOURS_PER_WEEK), SELL) for seed in WEEK_SEEDS]


def ev2gym_rows(years: Years, weeks: list[Dispatch], answer: dict[str, Any]) -> Iterator[Row]:
    """Energy stored at the end of each week, and what the week takes from the battery."""
    value = years.parameters
    before = AGE_DAYS / 365 * THEIR_KM_PER_YEAR * THEIR_KWH_PER_KM / THEIR_PACK_KWH
    for seed, week, theirs in zip(WEEK_SEEDS, weeks, answer["weeks"], strict=True):
        name, mean_pu = f"week {seed} sell", float(week.state_kwh.mean()) / CAPACITY_KWH
        yield name, "stored_mean", "kwh", float(week.state_kwh.mean()), float(np.mean(theirs["stored_kwh"])), FINE_PU
        as_read = float(np.mean(theirs["stored_as_read_kwh"]))
        yield name, "stored_mean_as_it_reads_efficiency", "kwh", float(week.state_kwh.mean()), as_read, FINE_PU
        voltage = cell_voltage_v(mean_pu)
        aged = [nmc_calendar_loss_pu(value, days / 365.25, CELL_DEG_C, voltage) for days in (AGE_DAYS, AGE_DAYS + 7)]
        yield name, "calendar_loss", "pu", aged[1] - aged[0], theirs["calendar_pu"], MODEL_PU
        swing = week.state_kwh[:-1].reshape(-1, 24)
        depth = float((swing.max(axis=1) - swing.min(axis=1)).mean()) / CAPACITY_KWH
        added = theirs["moved_kwh"] / 2 / THEIR_PACK_KWH
        worn = [nmc_cycle_loss_pu(value, count, depth, voltage) for count in (before, before + added)]
        yield name, "cycling_loss", "pu", worn[1] - worn[0], theirs["cycling_pu"], MODEL_PU
        theirs_v, half_v = (THEIR_LEAST_V + THEIR_SPAN_V * state for state in (theirs["mean_pu"], 0.5))
        aged = [nmc_calendar_loss_pu(value, days / 365.25, CELL_DEG_C, theirs_v) for days in (AGE_DAYS, AGE_DAYS + 7)]
        yield name, "calendar_loss_at_its_voltage", "pu", aged[1] - aged[0], theirs["calendar_pu"], FINE_PU
        worn = [nmc_cycle_loss_pu(value, count, theirs["depth_pu"], half_v) for count in (before, before + added)]
        yield name, "cycling_loss_at_its_depth", "pu", worn[1] - worn[0], theirs["cycling_pu"], FINE_PU


def week_inputs(years: Years, weeks: list[Dispatch]) -> dict[str, Any]:
    """Our schedules, hour by hour."""
    problems = [years.problem(seed, HOURS_PER_WEEK) for seed in WEEK_SEEDS]
    return {
        "setup": {"capacity_kwh": CAPACITY_KWH, "floor_kwh": problems[0].floor_kwh, "power_kw": POWER_KW,
                  "charge_efficiency_pu": EFFICIENCY, "discharge_efficiency_pu": EFFICIENCY},
        "weeks": [
            {"start_kwh": float(week.state_kwh[0]), "charge_kw": week.charge_kw.tolist(),
             "discharge_kw": week.discharge_kw.tolist(),
             "driving_kwh": (problem.driving_dc_kwh - week.forced_dc_kwh).tolist()}
            for problem, week in zip(problems, weeks, strict=True)
        ],
    }  # fmt: skip


def table_of(found: dict[str, tuple[str, str, list[Row]]]) -> pd.DataFrame:
    """Rows of all peers; ``found`` gives version, pandas version and rows by peer."""
    names = ["subject", "measure", "unit", "ours", "theirs", "tolerance_pu"]
    tables = [
        pd.DataFrame(rows, columns=names).assign(peer=peer, peer_version=own, pandas_version=pandas)
        for peer, (own, pandas, rows) in found.items()
    ]
    table = pd.concat(tables, ignore_index=True)
    table["difference_pu"] = table["theirs"] / table["ours"] - 1
    table["is_within"] = table["difference_pu"].abs() <= table["tolerance_pu"]
    return table[list(PeerCheck.to_schema().columns)]


def main() -> None:
    """Run every peer and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for side in SIDES:
        parser.add_argument(f"--{side}", type=Path, required=True, help=f"Python of an environment with {side}")
    chosen = parser.parse_args()
    sys.path.append(str(Path(sys.prefix) / "tools"))  # where linopy lies: beside the product's own libraries
    years = Years(ROOT)
    drives, weeks = Drives(years), sold_weeks(years)
    value = drives.parameters
    setup = {"power_kw": value["plug.charge_power_kw"], "charge_efficiency_pu": value["plug.charge_efficiency"]}
    setup |= {"kwh_per_km": value["veh.eps0"], "most_pu": value["veh.soc_max_daily"],
              "least_pu": value["veh.soc_min_user"]}  # fmt: skip
    cars = [{"blocks": drives.blocks(car), "stays": drives.stays(car), "hours": WEEKS * HOURS_PER_WEEK,
             "window_kwh": float(drives.window_kwh[car]), "battery_kwh": float(drives.year.diaries.battery_kwh[car])}
            for car in drives.cars]  # fmt: skip
    answers = {
        "emobpy": run_peer(chosen.emobpy, "emobpy", {"setup": setup, "cars": cars}),
        "ev2gym": run_peer(chosen.ev2gym, "ev2gym", week_inputs(years, weeks)),
        "vencopy": run_peer(chosen.vencopy, "vencopy", {"setup": setup, "cars": cars}),
    }
    rows = {
        "emobpy": list(emobpy_rows(drives, answers["emobpy"])),
        "ev2gym": list(ev2gym_rows(years, weeks, answers["ev2gym"])),
        "vencopy": list(vencopy_rows(drives, answers["vencopy"])),
    }
    found = {peer: (answers[peer]["versions"][peer], answers[peer]["versions"]["pandas"], rows[peer]) for peer in rows}
    found["linopy"] = (version("linopy"), version("pandas"), list(linopy_rows(years)))
    table = check_table(table_of(found), PeerCheck, "peer_check")
    write_text(
        table.to_csv(index=False, lineterminator="\n", float_format="%.9g"), ROOT / "data/evidence/peer_check.csv"
    )


if __name__ == "__main__":
    main()
