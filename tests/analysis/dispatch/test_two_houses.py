"""Check T12 (PR011): where the fuse binds, charging well already suffices; two-way flow adds no value of capacity."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.dispatch.inputs import MarketWeek
from analysis.dispatch.linear import LinearModel
from analysis.dispatch.options import KW_PER_AMPERE, charger_physics
from analysis.dispatch.problem import Strategy, VehicleProblem
from analysis.dispatch.requirement import required_energy_kwh, uncontrolled
from analysis.dispatch.strategies import HOME, SMART, build_problem, terms_of
from analysis.io import read_csv_table
from analysis.market.capacity_tariff import peak_charge
from analysis.market.grid_tariff import grid_tariff
from analysis.schemas.assumptions import Parameters
from analysis.schemas.tariffs import GridTariffs
from analysis.settings.parameters import parameter_set

STEPS = pd.date_range("2025-01-12 23:00", periods=168, freq="h", tz="UTC", unit="us")
HOUR = STEPS.tz_convert("Europe/Stockholm").hour.to_numpy()
WEEKDAY = STEPS.tz_convert("Europe/Stockholm").day_of_week.to_numpy() < 5


def house(root: Path, load_kw: np.ndarray, car_count: int) -> VehicleProblem:
    """A cold week of a house with an electric heater and its cars, which are alike and charged as one."""
    parameters = parameter_set(read_csv_table(root / "data/assumptions/parameters.csv", Parameters))
    draws = np.random.default_rng(1)
    peaks = 0.2 * ((HOUR >= 7) & (HOUR <= 9)) + 0.3 * ((HOUR >= 17) & (HOUR <= 19))
    spot = 0.6 + 0.25 * np.sin((HOUR - 14) / 12 * 2 * np.pi) + peaks + draws.normal(0, 0.05, 168)
    nothing = dict.fromkeys(("fcr_n", "fcr_d_up", "fcr_d_down"), np.full(168, np.nan))
    week = MarketWeek("w", "winter", 1.0, STEPS, HOUR, spot, nothing, {})
    away = WEEKDAY & (HOUR >= 8) & (HOUR < 17)
    one = build_problem(
        terms_of(parameters, (), 1.0), charger_physics("ac_11", parameters), week,
        plugged_pu=(~away).astype(float), driving_dc_kwh=np.where(away, 0.8, 0.0), load_kw=load_kw / car_count,
        capacity_kwh=62.0,
    )  # fmt: skip
    return replace(one, charge_limit_kw=11.0 * one.plugged_pu)


def behind_fuse(problem: VehicleProblem, fuse_kw_per_car: float) -> VehicleProblem:
    """The load guard: charging takes what the house leaves of the fuse."""
    limit = np.minimum(problem.charge_limit_kw, np.maximum(fuse_kw_per_car - problem.site_load_kw, 0.0))
    required = required_energy_kwh(
        problem.driving_dc_kwh, limit, problem.step_h, problem.charge_efficiency_pu, problem.floor_kwh
    )
    return replace(problem, charge_limit_kw=limit, required_kwh=required)


def cost_sek(problem: VehicleProblem, strategy: Strategy) -> float:
    model = LinearModel(problem, with_reserves=False)
    smart = model.solve(SMART)
    assert smart is not None
    assert smart.forced_dc_kwh.sum() == pytest.approx(0.0, abs=1e-9), "charging well needs no stop on the road"
    if strategy == SMART:
        return smart.objective_sek
    found = model.solve(strategy, smart.penalised_sek) or smart
    return found.objective_sek


DETACHED = 3.0 + 1.5 * ((HOUR >= 6) & (HOUR <= 8)) + 2.0 * ((HOUR >= 17) & (HOUR <= 21))
ASSOCIATION = 12.0 + 10.0 * ((HOUR >= 6) & (HOUR <= 8)) + 18.0 * ((HOUR >= 17) & (HOUR <= 21))


@pytest.mark.parametrize(
    ("load_kw", "car_count", "fuse_a"), [(DETACHED, 1, 16), (ASSOCIATION, 10, 63)], ids=["detached", "association"]
)
def test_two_way_flow_adds_no_value_of_capacity(root: Path, load_kw: np.ndarray, car_count: int, fuse_a: int) -> None:
    fuse_kw = fuse_a * KW_PER_AMPERE / car_count
    free = house(root, load_kw, car_count)
    bound = behind_fuse(free, fuse_kw)
    at_once = uncontrolled(free).charge_kw + free.site_load_kw
    assert at_once.max() > 1.15 * fuse_kw, "charging at once would blow the fuse: the case asks for capacity"
    assert (bound.charge_limit_kw + bound.site_load_kw).max() <= fuse_kw + 1e-9
    lost = {strategy: cost_sek(bound, strategy) - cost_sek(free, strategy) for strategy in (SMART, HOME)}
    bill_sek = cost_sek(free, SMART)
    assert lost[SMART] >= -1e-6
    assert lost[SMART] - lost[HOME] < 0.01 * bill_sek, "the fuse costs two-way flow no less than charging well"


def test_a_power_charge_pays_two_way_flow_where_charging_well_pays_nothing(root: Path) -> None:
    """Beside T12: a tariff on peaks is no need of capacity. V1G keeps out of its hours, V2H lowers the house's peak.

    It is also why a capacity tariff by itself says nothing about what the grid gains.
    """
    paths = ("data/reference/grid_tariffs.csv", "data/assumptions/grid_tariff_archetypes.csv")
    tariffs = pd.concat([read_csv_table(root / path, GridTariffs) for path in paths], ignore_index=True)
    charge = grid_tariff(tariffs, "power_days_two_seasons").charge
    assert charge is not None
    plain = house(root, DETACHED, 1)
    billed = replace(plain, peak=peak_charge(charge, STEPS, 1.0, 0.25))
    assert cost_sek(billed, SMART) == pytest.approx(cost_sek(plain, SMART), abs=0.01)
    extra = [cost_sek(problem, SMART) - cost_sek(problem, HOME) for problem in (plain, billed)]
    assert billed.peak is not None
    whole = billed.peak.cost_sek(DETACHED)
    assert 0 < extra[1] - extra[0] <= whole, "no more than the whole charge of the house"
