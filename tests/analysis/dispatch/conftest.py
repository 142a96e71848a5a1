"""Small vehicle problems: every array can be set, all else is plain (no losses, no wear, no fees)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from analysis.dispatch.flows import within_site
from analysis.dispatch.problem import VehicleProblem
from analysis.dispatch.requirement import energy_ceiling_kwh, required_energy_kwh
from analysis.market.capacity_tariff import PeakCharge
from analysis.market.reserve_rules import ProductRule, ReserveRules

PLAIN_RULES = ReserveRules(
    fcr_n=ProductRule(1.34, 1.34, 1.0, 1.0, 0.0, 0.0),
    fcr_d_up=ProductRule(1.0, 0.2, 1 / 3, 0.0, 0.0, 0.0),
    fcr_d_down=ProductRule(0.2, 1.0, 0.0, 1 / 3, 0.0, 0.0),
)


def _problem(buy: Any, **changed: Any) -> VehicleProblem:
    count = len(buy)

    def filled(name: str, default: float) -> np.ndarray:
        return np.broadcast_to(np.asarray(changed.pop(name, default), float), count).copy()

    plugged, driving = filled("plugged", 1.0), filled("driving", 0.0)
    power, floor, limit, capacity = (
        changed.pop(name, default) for name, default in
        (("power_kw", 10.0), ("floor_kwh", 10.0), ("daily_limit_kwh", 50.0), ("capacity_kwh", 60.0))
    )  # fmt: skip
    step_h, efficiency = changed.pop("step_h", 1.0), changed.pop("efficiency", 1.0)
    limit_kw = power * plugged
    required = required_energy_kwh(driving, limit_kw, step_h, efficiency, floor)
    sell = filled("sell", 0.0) if "sell" in changed else np.asarray(buy, float) - 1.0
    arrays = {
        "plugged_pu": plugged, "driving_dc_kwh": driving, "charge_limit_kw": limit_kw,
        "discharge_limit_kw": limit_kw.copy(), "required_kwh": required,
        "ceiling_kwh": energy_ceiling_kwh(required, limit, capacity), "buy_sek_per_kwh": np.asarray(buy, float),
        "sell_sek_per_kwh": sell, "site_load_kw": filled("load", 0.0),
        "load_efficiency_pu": np.full(count, efficiency), "fcr_n_sek_per_kw_h": filled("fcr_n", np.nan),
        "fcr_d_up_sek_per_kw_h": filled("fcr_d_up", np.nan),
        "fcr_d_down_sek_per_kw_h": filled("fcr_d_down", np.nan),
    }  # fmt: skip
    scalars = {
        "step_h": step_h, "floor_kwh": floor, "charge_efficiency_pu": efficiency,
        "discharge_efficiency_pu": efficiency, "standby_kw": 0.0, "wear_sek_per_kwh": 0.0,
        "forced_charge_sek_per_kwh": 5.0, "rules": PLAIN_RULES, "reserve_net_pu": 1.0, "reserve_volume_pu": 1.0,
    }  # fmt: skip
    return VehicleProblem(**{**arrays, **scalars, **changed})


@pytest.fixture(scope="session")
def make_problem() -> Callable[..., VehicleProblem]:
    """Build a problem from import prices; see ``_problem`` for what can be set."""
    return _problem


def _random_problem(seed: int, days: int = 2, **changed: Any) -> VehicleProblem:
    """A commuter's days: away from 8 to 17, losses, wear, standby, load, sometimes negative prices, all reserves."""
    random = np.random.default_rng(seed)
    count = 24 * days
    hour = np.arange(count) % 24
    driving = np.where((hour == 8) | (hour == 16), random.uniform(0, 8, count), 0.0)
    spot = random.normal(0.5, 0.6, count)
    rules = ReserveRules(
        fcr_n=ProductRule(1.34, 1.34, 1.0, 1.0, 0.11, 0.11),
        fcr_d_up=ProductRule(1.0, 0.2, 1 / 3, 0.0, 0.004, 0.0),
        fcr_d_down=ProductRule(0.2, 1.0, 0.0, 1 / 3, 0.0, 0.004),
    )
    plain = {
        "plugged": ((hour < 8) | (hour > 16)).astype(float), "driving": driving, "sell": spot + 0.03,
        "load": random.uniform(0.2, 3.0, count), "efficiency": 0.93, "standby_kw": 0.15, "wear_sek_per_kwh": 0.25,
        "fcr_n": random.uniform(0.0, 0.6, count), "fcr_d_up": random.uniform(0.0, 0.2, count),
        "fcr_d_down": random.uniform(0.0, 0.2, count), "rules": rules, "reserve_net_pu": 0.36,
        "reserve_volume_pu": 0.45,
    }  # fmt: skip
    return _problem((spot + 0.67) * 1.25, **{**plain, **changed})


@pytest.fixture(scope="session")
def random_problem() -> Callable[..., VehicleProblem]:
    """Build a random commuter's problem from a seed."""
    return _random_problem


def _whole_problem(seed: int, days: int = 2, step_h: float = 1.0, dear_export: bool = False) -> VehicleProblem:
    """A commuter's days with all that a site may have: sun, fuse, feed-in limit, capacity tariff, seven reserves.

    With ``dear_export`` spot prices are sometimes negative and export sometimes pays more than import costs.
    """
    random = np.random.default_rng(seed)
    hours, fine = 24 * days, round(1 / step_h)
    base = _random_problem(seed, days, capacity_kwh=40.0, daily_limit_kwh=32.0)
    clock = np.repeat(np.arange(hours) % 24, fine)
    spot = np.repeat(random.normal(0.5, 0.6, hours) if dear_export else random.uniform(0.05, 2.0, hours), fine)
    buy = (spot + 0.67) * 1.25
    sell = spot + (random.uniform(-0.5, 1.5, len(spot)) if dear_export else 0.03)
    sun = np.maximum(np.sin((clock - 5) / 14 * np.pi), 0.0) * random.uniform(0.0, 9.0, len(clock))
    spread = {name: np.repeat(value, fine) for name, value in vars(base).items() if isinstance(value, np.ndarray)}
    plugged = np.maximum(spread["plugged_pu"], ((clock == 13) | (clock == 12)).astype(float))
    slot = np.where((np.arange(hours) % 24 >= 7) & (np.arange(hours) % 24 < 21), np.arange(hours) // 24, -1)
    prices = {}
    for name, most in (("afrr_up", 0.4), ("afrr_down", 0.3), ("mfrr_up", 0.3), ("mfrr_down", 0.2)):
        paid = np.where(random.random(hours) < 0.8, random.uniform(0, most, hours), np.nan)
        prices[f"{name}_sek_per_kw_h"] = np.repeat(paid, fine)
    peak = PeakCharge(slot, np.zeros(days, dtype=np.int64), np.array([4.0]), np.array([min(2, days)]))
    driving = np.where(np.arange(hours * fine) % fine == 0, spread.pop("driving_dc_kwh"), 0.0)
    spread |= {"plugged_pu": plugged, "driving_dc_kwh": driving, "buy_sek_per_kwh": buy, "sell_sek_per_kwh": sell,
               "charge_limit_kw": 10 * plugged, "discharge_limit_kw": 10 * plugged, **prices}  # fmt: skip
    problem = replace(base, **spread, step_h=step_h, solar_kw=sun, solar_sell_sek_per_kwh=sell - 0.02, fuse_kw=9.0,
                      feed_in_kw=4.5, peak=peak, daily_discharge_limit_kwh=14.0)  # fmt: skip
    problem = within_site(problem)
    required = required_energy_kwh(driving, problem.charge_limit_kw, step_h, problem.charge_efficiency_pu, 10.0)
    return replace(problem, required_kwh=required, ceiling_kwh=energy_ceiling_kwh(required, 32.0, 40.0),
                   horizon_discharge_limit_kwh=11.0 * days)  # fmt: skip


@pytest.fixture(scope="session")
def whole_problem() -> Callable[..., VehicleProblem]:
    """Build a random problem with everything in it from a seed."""
    return _whole_problem
