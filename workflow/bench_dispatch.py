"""Measures the dispatch engines on one car's year: arbitrage, reserves, and all that feeds a car's value.

Years are hourly, at the embedded prices of SE3 in 2025 with the household's tariff; cars differ in what they drive,
when they come home and how often they plug in. The reference solves the same problem, all of it, in the same run.
"""

import sys
import time
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.battery.losses import loss_curve
from analysis.dispatch import dynamic
from analysis.dispatch.chunks import solve_in_chunks
from analysis.dispatch.linear import LinearModel
from analysis.dispatch.mixed import least_cost_sek
from analysis.dispatch.problem import Dispatch, Strategy, VehicleProblem
from analysis.dispatch.requirement import energy_ceiling_kwh, required_energy_kwh
from analysis.dispatch.strategies import GRID, SMART, attainable
from analysis.dispatch.verify import broken_rules
from analysis.io import read_csv_table
from analysis.market.capacity_tariff import LOCAL_ZONE, MONTHS, CapacityTariff, PeakCharge, peak_charge
from analysis.market.reserve_rules import reserve_rules, reserve_shares
from analysis.market.tariff import household_tariff
from analysis.schemas.assumptions import Parameters
from analysis.schemas.price_statistics import PriceStatisticQuantiles, PriceStatisticShapes, PriceStatisticValues
from analysis.settings.parameters import ParameterSet, parameter_set
from analysis.synthetic.price_statistics import read_price_statistics
from analysis.synthetic.price_year import generate_price_year
from analysis.units import HOURS_PER_DAY, HOURS_PER_WEEK, HOURS_PER_YEAR

RESERVES = Strategy("grid_reserve", "full", True, True, 1.0, 1.0)
SEK_PER_EUR = 11.06
PEAK_SEK_PER_KW_MONTH = 45.0
EFFICIENCY = 0.93
QUARTERS = 4
CAPACITY_KWH, DAILY_LIMIT_KWH = 60.0, 48.0
SCALES = (1_000, 10_000, 100_000)
DIFFERENT = 50
Row = tuple[str, float, str, str, float]


class Years:
    """Problems of one car's year, as many different ones as are asked for."""

    def __init__(self, root: Path) -> None:
        self.parameters: ParameterSet = parameter_set(
            read_csv_table(root / "data/assumptions/parameters.csv", Parameters), {}
        )
        models = {"values": PriceStatisticValues, "shapes": PriceStatisticShapes, "quantiles": PriceStatisticQuantiles}
        names = {"values": "", "shapes": "_shapes", "quantiles": "_quantiles"}
        tables = {
            key: read_csv_table(root / f"data/reference/price_statistics{names[key]}.csv", model)
            for key, model in models.items()
        }
        spot, reserves = generate_price_year(2025, read_price_statistics(tables), 1)
        in_area = spot[spot["price_area"] == "SE3"].sort_values("interval_start_utc")
        column = next(name for name in in_area.columns if "mwh" in name)
        self.spot = in_area[column].to_numpy(float)[:HOURS_PER_YEAR] / 1000 * SEK_PER_EUR
        price = next(name for name in reserves.columns if "mw_h" in name)
        self.reserves = {
            str(product): rows.sort_values("interval_start_utc")[price].to_numpy(float)[:HOURS_PER_YEAR]
            / 1000 * SEK_PER_EUR
            for product, rows in reserves.groupby("product", observed=True)
        }  # fmt: skip

    def problem(self, seed: int, hours: int = HOURS_PER_YEAR, standby: bool = False) -> VehicleProblem:
        """One car's year: a commuter who plugs in on some nights, 11 kW, 60 kWh."""
        parameters, random = self.parameters, np.random.default_rng(seed)
        clock = np.arange(hours) % HOURS_PER_DAY
        leave, back = random.integers(6, 10), random.integers(15, 20)
        drives = (clock == leave) | (clock == back - 1)
        driving = np.where(drives, random.gamma(2.0, random.uniform(0.8, 1.8), hours), 0.0)
        nights = np.repeat(random.random(hours // HOURS_PER_DAY + 1) < random.uniform(0.4, 1.0), HOURS_PER_DAY)
        plugged = (((clock < leave) | (clock >= back)) & nights[HOURS_PER_DAY // 2 :][:hours]).astype(float)
        limit, floor = 11.0 * plugged, 12.0
        required = required_energy_kwh(driving, limit, 1.0, EFFICIENCY, floor)
        spot, tariff = self.spot[:hours], household_tariff(parameters)
        net, volume = reserve_shares(parameters)
        load = 1.0 + 0.8 * np.cos((clock - 19) / HOURS_PER_DAY * 2 * np.pi) ** 2
        return VehicleProblem(
            step_h=1.0, plugged_pu=plugged, driving_dc_kwh=driving, charge_limit_kw=limit, discharge_limit_kw=limit,
            floor_kwh=floor, required_kwh=required,
            ceiling_kwh=energy_ceiling_kwh(required, DAILY_LIMIT_KWH, CAPACITY_KWH),
            buy_sek_per_kwh=tariff.buy_sek_per_kwh(spot), sell_sek_per_kwh=tariff.sell_sek_per_kwh(spot),
            site_load_kw=load, load_efficiency_pu=np.full(hours, 0.88), charge_efficiency_pu=EFFICIENCY,
            discharge_efficiency_pu=EFFICIENCY, standby_kw=parameters["loss.P_standby_enabled"] * standby,
            wear_sek_per_kwh=0.05, forced_charge_sek_per_kwh=parameters["trv.forced_charge_price"],
            fcr_n_sek_per_kw_h=self.reserves["fcr_n"][:hours], fcr_d_up_sek_per_kw_h=self.reserves["fcr_d_up"][:hours],
            fcr_d_down_sek_per_kw_h=self.reserves["fcr_d_down"][:hours], rules=reserve_rules(parameters),
            reserve_net_pu=net, reserve_volume_pu=volume,
        )  # fmt: skip

    def peak(self, count: int) -> PeakCharge:
        """A capacity tariff on the mean of the highest hours of each month, laid out over the year."""
        steps = pd.date_range("2025-01-01", periods=HOURS_PER_YEAR, freq="h", tz=LOCAL_ZONE).tz_convert("UTC")
        tariff = CapacityTariff((PEAK_SEK_PER_KW_MONTH,) * MONTHS, peak_count=count)
        return peak_charge(tariff, steps, 1.0, self.parameters["ret.vat"])

    def production(self, seed: int, hours: int = HOURS_PER_YEAR) -> VehicleProblem:
        """The same with losses by power, least charging power and standby on the days that V2X is on."""
        curve = loss_curve(self.parameters, "dc")
        return replace(self.problem(seed, hours, standby=True), curve=curve, least_charge_kw=1.4)


def _per_second(job: Callable[[int], object], count: int) -> float:
    """Problems solved a second of processor time, each once, after one that is not counted (it may compile)."""
    job(0)
    begun = time.process_time()
    for seed in range(1, count + 1):
        job(seed)
    return count / (time.process_time() - begun)


def _solved(problem: VehicleProblem, strategy: Strategy) -> Dispatch:
    found = dynamic.solve(problem, strategy)
    assert found is not None and not broken_rules(problem, strategy, found)
    return found


def _attainable(problem: VehicleProblem) -> VehicleProblem:
    """The same car with an energy need that one-way charging reaches: the linear rows know no other."""
    smart = dynamic.solve(replace(problem, curve=None, least_charge_kw=0.0), SMART)
    assert smart is not None
    return attainable(problem, smart)


def _cost_gap(found: Dispatch, reference_sek: float) -> float:
    """Excess of cost over the reference, as a share of that cost: without meaning where reserves pay the whole bill."""
    return (found.penalised_sek - reference_sek) / abs(reference_sek)


def _value_gap(found: Dispatch, reference_sek: float, problem: VehicleProblem) -> float:
    """Excess of cost over the reference, as a share of the value over one-way charging."""
    smart = dynamic.solve(replace(problem, curve=None, least_charge_kw=0.0), SMART)
    assert smart is not None
    return (found.penalised_sek - reference_sek) / (smart.penalised_sek - reference_sek)


def convex_rows(
    years: Years, name: str, strategy: Strategy, count: int, budgets: tuple[float, float], peak_count: int = 0
) -> list[Row]:
    """Speed of the compiled engine and of the linear programme on the same years, and the gap to its proven bound.

    ``peak_count``: how many highest hours a capacity tariff bills; none by default.
    """
    peak = years.peak(peak_count) if peak_count else None
    problems = [replace(_attainable(years.problem(seed)), peak=peak) for seed in range(count + 1)]
    speed = _per_second(lambda seed: dynamic.solve(problems[seed], strategy), count)
    references: list[float] = []

    def reference(seed: int) -> None:
        found = LinearModel(problems[seed], with_reserves=strategy.sells_reserves).solve(strategy)
        assert found is not None
        references.append(found.penalised_sek - found.gap_sek)

    slow = _per_second(reference, min(count, 4))
    gaps = [
        _value_gap(_solved(problem, strategy), cost, problem)
        for problem, cost in zip(problems, references, strict=False)
    ]
    ratio, most = budgets
    return [
        (name, speed, "vehicle-years/s per core", "linear (HiGHS)", slow),
        (f"{name}_times_linear", speed / slow, "times", "budget", ratio),
        (f"{name}_gap_median", float(np.median(gaps)), "share of value over smart charging", "budget, at most", most),
        (f"{name}_gap", max(gaps), "share of value over smart charging, largest", "budget, at most", most),
    ]


def production_rows(years: Years) -> list[Row]:
    """Speed on whole years with all losses, and the gap to a proven bound on three days."""
    problems = [_attainable(years.production(seed)) for seed in range(5)]
    speed = _per_second(lambda seed: dynamic.solve(problems[seed], RESERVES), len(problems) - 1)
    gaps, of_cost = [], []
    for seed in range(6):
        small = _attainable(years.production(seed, hours=3 * HOURS_PER_DAY))
        found, bound = _solved(small, RESERVES), least_cost_sek(small, RESERVES)
        gaps.append(_value_gap(found, bound, small))
        of_cost.append(_cost_gap(found, bound))
    unit = "share of value over smart charging, 3 days"
    cost = "share of the bound's absolute cost, 3 days"
    return [
        ("dispatch_production", speed, "vehicle-years/s per core", "budget", 20.0),
        ("dispatch_production_gap_median", float(np.median(gaps)), unit, "budget, at most", 0.005),
        ("dispatch_production_gap", max(gaps), unit, "budget, at most", 0.005),
        ("dispatch_production_gap_of_cost_median", float(np.median(of_cost)), cost, "budget, at most", 0.005),
        ("dispatch_production_gap_of_cost", max(of_cost), f"{cost}, largest", "budget, at most", 0.005),
    ]


def in_quarters(problem: VehicleProblem) -> VehicleProblem:
    """The same car with every hour cut in four alike; it may do what it could do by the hour, and more."""
    cut = {
        field.name: np.repeat(value, QUARTERS)
        for field in fields(problem)
        if isinstance(value := getattr(problem, field.name), np.ndarray)
    }
    cut["driving_dc_kwh"] = cut["driving_dc_kwh"] / QUARTERS
    step_h = problem.step_h / QUARTERS
    required = required_energy_kwh(
        cut["driving_dc_kwh"], cut["charge_limit_kw"], step_h, problem.charge_efficiency_pu, problem.floor_kwh
    )
    ceiling = energy_ceiling_kwh(required, DAILY_LIMIT_KWH, CAPACITY_KWH)
    return replace(problem, step_h=step_h, **(cut | {"required_kwh": required, "ceiling_kwh": ceiling}))


def quarter_rows(years: Years) -> list[Row]:
    """Both engines in steps of 15 minutes against the same cars by the hour: years of trade, weeks with reserves."""
    hourly = [years.problem(seed) for seed in range(11)]
    quarters = [in_quarters(problem) for problem in hourly]
    speeds = [
        _per_second(lambda seed, cars=cars: dynamic.solve(cars[seed], GRID), len(cars) - 1)
        for cars in (hourly, quarters)
    ]
    weeks = [years.problem(seed, hours=HOURS_PER_WEEK) for seed in range(11)]
    per_week = [
        1000 / _per_second(lambda seed, cars=cars: LinearModel(cars[seed], True).solve(RESERVES), len(cars) - 1)
        for cars in ([_attainable(each) for each in weeks], [_attainable(in_quarters(each)) for each in weeks])
    ]
    return [
        ("dispatch_arbitrage_quarters", speeds[1], "vehicle-years/s per core", "by the hour", speeds[0]),
        ("dispatch_linear_week_quarters", per_week[1], "ms per week with reserves", "by the hour", per_week[0]),
    ]


def scale_rows(years: Years) -> list[Row]:
    """Cost of a vehicle-year of one-way charging when many are solved one after another."""
    costs = []
    for count in SCALES:
        problems = [years.problem(seed) for seed in range(50)]
        begun = time.process_time()
        for seed in range(count):
            dynamic.solve(problems[seed % len(problems)], SMART)
        costs.append(1000 * (time.process_time() - begun) / count)
    return [
        (f"scale_{count // 1000}k", cost, "ms per vehicle-year, smart charging", "1k", costs[0])
        for count, cost in zip(SCALES, costs, strict=True)
    ]


def dispatch_rows(root: Path) -> list[Row]:
    """All rows on the engines."""
    years = Years(root)
    return [
        *convex_rows(years, "dispatch_arbitrage", GRID, 20, (300.0, 1e-6)),
        *convex_rows(years, "dispatch_reserve", RESERVES, 6, (100.0, 0.001)),
        *convex_rows(years, "dispatch_peak", GRID, 6, (1.0, 0.001), peak_count=1),
        *convex_rows(years, "dispatch_three_peaks", GRID, 6, (1.0, 0.001), peak_count=3),
        *production_rows(years),
        *quarter_rows(years),
        *scale_rows(years),
    ]


def _afresh(problem: VehicleProblem) -> VehicleProblem:
    """The same car in arrays of its own, as one that is read from a file."""
    arrays = {name: value.copy() for name, value in vars(problem).items() if isinstance(value, np.ndarray)}
    return replace(problem, **arrays)


def solve_fleet(years: Years, count: int) -> float:
    """Solve so many years of trade with the grid in chunks, each with arrays of its own; gives their mean cost, SEK."""
    some = [years.problem(seed) for seed in range(DIFFERENT)]
    cars = ((str(car), _afresh(some[car % DIFFERENT])) for car in range(count))
    chunks = solve_in_chunks(cars, GRID, lambda _, __, solved: solved.schedule.objective_sek)
    return sum(sum(chunk) for chunk in chunks) / count


def main() -> int:
    """Solve a few years with reserves by one engine, or a fleet: the peak of memory of this process is its own."""
    years = Years(Path(__file__).resolve().parent.parent)
    if sys.argv[1].isdigit():
        solve_fleet(years, int(sys.argv[1]))
        return 0
    for seed in range(3):
        problem = _attainable(years.problem(seed))
        if sys.argv[1] == "dynamic":
            dynamic.solve(problem, RESERVES)
        else:
            LinearModel(problem, with_reserves=True).solve(RESERVES)
    return 0


if __name__ == "__main__":
    sys.exit(main())
