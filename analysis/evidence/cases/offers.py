"""Cases of offers on the market: what a two-way home car earns by the year, by the connected hour, and in free driving.

Offers are of France, Great Britain and Germany. Their prices are not at hand: those of SE3 stand in for them. What a
customer saves depends on the baseline, which most offers do not state: the central number is against one-way charging
that is optimised (METHODS 0), charging at once is the other reading.
"""

import pandas as pd

from analysis.evidence.case import Case, Estimate, Knob
from analysis.evidence.laboratory import Laboratory, Setting
from analysis.evidence.solved_years import connected, home_car
from analysis.units import HOURS_PER_YEAR

CAR_COUNT = 2
MARKET = "grid_reserve"
ENERGY = "grid"
SE3: dict[str, Setting] = {"price_area": "SE3", "price_year": 2025, "other_year": 2024, "technology": "ac",
                           "pays": "owner", "baseline": "smart"}  # fmt: skip
MOBILIZE = {**SE3, "power_kw": 11.0, "battery_usable_kwh": 52.0, "connected_h_per_day": 16.0}
"""Renault 5 with 52 kWh and 11 kW, connected 16 hours a day on the mean."""
BUNDLE = {**SE3, "power_kw": 7.4, "battery_usable_kwh": 60.0, "connected_h_per_day": 12.0 * 20 * 12 / 365}
"""BYD Dolphin with 60 kWh at a single phase of 7.4 kW, 12 hours on 20 days a month."""
BMW = {**SE3, "technology": "dc", "power_kw": 11.0, "battery_usable_kwh": 108.0, "connected_h_per_day": 3000 / 365}
"""iX3 with 108 kWh and 11 kW DC, connected for the 3 000 hours a year at which the payment ends."""
V2GB = {**SE3, "price_year": 2023, "other_year": 2024, "power_kw": 7.0, "battery_usable_kwh": 36.0,
        "connected_h_per_day": 18.0}  # fmt: skip
"""7 kW and three quarters of the time, at the earliest prices at hand: from before the market filled."""
POWER_PACK = {**SE3, "technology": "dc", "power_kw": 7.4, "battery_usable_kwh": 36.0, "connected_h_per_day": 12.0}
"""The cars and the charger of the first offer: a Leaf of 40 kWh (36 usable) and 7.4 kW DC."""

NET = tuple(Knob(name) for name in ("res.accept_rate", "res.agg_fee"))
BASELINE = Knob("baseline", ("smart", "uncontrolled"))
OPEN = (*NET, Knob("pays", ("owner", "spot")), Knob("loss.P_standby_enabled"))
"""What no offer states; hours plugged in and power are turned only where they are not published."""
DEARER = Knob("price_year", (2022, 2023))
HOURS, POWER = Knob("connected_h_per_day", (6.0, 18.0)), Knob("power_kw", (3.7, 22.0))
COST_KNOBS = (
    DEARER,
    Knob("veh.eps0"),
    Knob("ret.grid_energy_fee"),
    Knob("ret.energy_tax"),
    Knob("ret.supplier_markup"),
)


def _values(laboratory: Laboratory, price_year: int) -> pd.DataFrame:
    """A villa's car with the offer's battery, charger and connected hours, by strategy.

    It pays what a Swedish household pays; ``spot`` pays and earns spot alone, without tax, fee, wear and standby.
    """
    car = home_car(
        laboratory, laboratory.text("price_area"), laboratory.number("power_kw"),
        technology=laboratory.text("technology"), battery_usable_kwh=laboratory.number("battery_usable_kwh"),
    )  # fmt: skip
    car = connected(car, laboratory.number("connected_h_per_day"))
    spot_only = laboratory.text("pays") == "spot"
    return laboratory.use_case_values(car, price_year, vehicle_count=CAR_COUNT, spot_only=spot_only)


def _saved_sek(values: pd.DataFrame, baseline: str, strategy: str = MARKET) -> float:
    return float(values["net_cost_sek"][baseline] - values["net_cost_sek"][strategy])


def _plugged_h(values: pd.DataFrame) -> float:
    return float(values["plugged_pu"][MARKET]) * HOURS_PER_YEAR


def _earned_sek(laboratory: Laboratory) -> list[tuple[float, float]]:
    """Saved a year, and hours plugged in: over the baseline; over charging at once; again in the other year."""
    baseline = laboratory.text("baseline")
    here = _values(laboratory, laboratory.whole("price_year"))
    then = _values(laboratory, laboratory.whole("other_year"))
    readings = (here, baseline), (here, "uncontrolled"), (then, baseline)
    return [(_saved_sek(values, over), _plugged_h(values)) for values, over in readings]


def _saving(laboratory: Laboratory, currency: str) -> Estimate:
    saved = (saved_sek for saved_sek, _ in _earned_sek(laboratory))
    return Estimate.across(*saved).scaled(1 / laboratory.sek_per(currency))


def _value_gbp(laboratory: Laboratory) -> Estimate:
    """Value beyond one-way charging, as the published study counts it; the other year beside it."""
    years = laboratory.whole("price_year"), laboratory.whole("other_year")
    saved = [_saved_sek(_values(laboratory, year), "smart") for year in years]
    return Estimate.across(*saved).scaled(1 / laboratory.sek_per("GBP"))


def _per_connected_hour_eur(laboratory: Laboratory) -> Estimate:
    """What an hour plugged in is worth to the owner."""
    earned = (saved_sek / hours for saved_sek, hours in _earned_sek(laboratory))
    return Estimate.across(*earned).scaled(1 / laboratory.sek_per("EUR"))


def _free_km(laboratory: Laboratory, currency: str) -> Estimate:
    """How far the published saving drives a car of ours: charged at once, charged well, and in the other year."""
    saving_sek = laboratory.number("published_saving") * laboratory.sek_per(currency)
    here = _values(laboratory, laboratory.whole("price_year"))
    then = _values(laboratory, laboratory.whole("other_year"))
    return Estimate.across(
        *(saving_sek / _sek_per_km(laboratory, values, strategy)
          for values, strategy in ((here, "uncontrolled"), (here, "smart"), (then, "uncontrolled")))
    )  # fmt: skip


def _sek_per_km(laboratory: Laboratory, values: pd.DataFrame, strategy: str) -> float:
    driven_km = float(values["driving_dc_kwh"][strategy]) / laboratory.parameters["veh.eps0"]
    return float(values["net_cost_sek"][strategy]) / driven_km


def _baseline_margin_gbp(laboratory: Laboratory) -> Estimate:
    """What the choice of baseline changes, less what two-way charging adds: published 700 against 180."""
    years = laboratory.whole("price_year"), laboratory.whole("other_year")
    found = [_values(laboratory, year) for year in years]
    margins = [_saved_sek(values, "uncontrolled", "smart") - _saved_sek(values, "smart", ENERGY) for values in found]
    return Estimate.across(*margins).scaled(1 / laboratory.sek_per("GBP"))


CASES = (
    Case("PR073", "engine", lambda laboratory: _saving(laboratory, "EUR"), (BASELINE, DEARER, *OPEN, POWER), MOBILIZE,
         is_transfer=True),
    Case("PR074", "engine", lambda laboratory: _free_km(laboratory, "EUR"), COST_KNOBS,
         {**MOBILIZE, "published_saving": 600.0}, is_transfer=True),
    Case("PR075", "engine", lambda laboratory: _saving(laboratory, "GBP"), (BASELINE, DEARER, *OPEN, HOURS, POWER),
         BUNDLE, is_transfer=True),
    Case("PR076", "engine", lambda laboratory: _free_km(laboratory, "GBP"), COST_KNOBS,
         {**BUNDLE, "published_saving": 620.0}, is_transfer=True),
    Case("EX001", "engine", _per_connected_hour_eur, (BASELINE, DEARER, *OPEN, HOURS), BMW, is_transfer=True),
    Case("EX002", "engine", _value_gbp,
         (Knob("price_year", (2024, 2025)), *OPEN, Knob("battery_usable_kwh", (24.0, 60.0))), V2GB, is_transfer=True),
    Case("EX003", "engine", _baseline_margin_gbp, (DEARER, HOURS, Knob("battery_usable_kwh", (24.0, 60.0))),
         POWER_PACK, is_transfer=True),
)  # fmt: skip
