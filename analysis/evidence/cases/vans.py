"""Cases of electric vans on the day-ahead market: what two-way charging saves and how much more the battery cycles."""

from collections.abc import Mapping

import pandas as pd

from analysis.evidence.case import Case, Estimate, Knob
from analysis.evidence.laboratory import Laboratory, Setting

CONDITIONS: Mapping[str, Setting] = {
    "pays": "spot", "price_area": "SE3", "other_area": "SE4", "price_year": 2025, "other_year": 2024,
    "power_kw": 11.0, "battery_usable_kwh": 68.0, "weekday_depart_h": 7.0, "weekday_arrive_h": 17.0,
}  # fmt: skip
KNOBS = (
    Knob("power_kw", (3.7, 22.0)),
    Knob("battery_usable_kwh", (40.0, 100.0)),
    Knob("price_year", (2023, 2024)),
    Knob("price_area", ("SE1", "SE4")),
    Knob("weekday_arrive_h", (14.0, 20.0)),
    Knob("pays", ("spot", "owner")),
)
VAN_COUNT = 3


def _values(laboratory: Laboratory, price_area: str, price_year: int) -> pd.DataFrame:
    """Vans that pay spot in and out, as the published runs: no tax, fee, wear or standby. ``owner`` pays all of it."""
    van = laboratory.use_case(
        "depot_vans", price_area=price_area,
        **{name: laboratory.number(name) for name in
           ("power_kw", "battery_usable_kwh", "weekday_depart_h", "weekday_arrive_h")},
    )  # fmt: skip
    spot_only = laboratory.text("pays") == "spot"
    return laboratory.use_case_values(van, price_year, vehicle_count=VAN_COUNT, spot_only=spot_only)


def _places(laboratory: Laboratory) -> list[pd.DataFrame]:
    """The central area and year first, then the other area and the other year."""
    area, year = laboratory.text("price_area"), laboratory.whole("price_year")
    return [
        _values(laboratory, area, year),
        _values(laboratory, laboratory.text("other_area"), year),
        _values(laboratory, area, laboratory.whole("other_year")),
    ]


def _saving_eur(laboratory: Laboratory) -> Estimate:
    """Cost of charging at once less that of two-way charging, EUR a van and year."""
    costs = [values["net_cost_sek"] for values in _places(laboratory)]
    saved = [float(cost["uncontrolled"] - cost["grid"]) / laboratory.sek_per("EUR") for cost in costs]
    return Estimate.across(*saved)


def _cycles(laboratory: Laboratory) -> Estimate:
    """Full cycles of discharge to the grid, a van and year."""
    return Estimate.across(*(float(values["full_cycle_count"]["grid"]) for values in _places(laboratory)))


CASES = (
    Case("PR027", "engine", _saving_eur, KNOBS, CONDITIONS, is_transfer=True),
    Case("PR028", "engine", _cycles, KNOBS, CONDITIONS, is_transfer=True),
)
