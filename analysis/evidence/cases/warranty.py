"""Cases of battery budgets and guarantees: what a maker and a rule allow, and the distance that V2X counts for."""

from analysis.battery.warranty import maker_budget, requirements, virtual_km
from analysis.evidence.case import Case, Estimate, Knob
from analysis.evidence.laboratory import Laboratory

PER_CENT = 100.0
BUDGET_AS_KM = 50_000.0
"""SOURCE: METHODS check T5: 10 000 kWh at 200 Wh/km is 50 000 km. The row states the formula in words."""


def _hours(laboratory: Laboratory) -> Estimate:
    return Estimate.single(maker_budget(laboratory.parameters).discharge_h)


def _energy(laboratory: Laboratory) -> Estimate:
    return Estimate.single(maker_budget(laboratory.parameters).discharge_kwh)


def _window(laboratory: Laboratory) -> Estimate:
    low, high = (laboratory.parameters[name] for name in ("veh.soc_min_user", "veh.soc_max_daily"))
    return Estimate(PER_CENT * low, PER_CENT * (low + high) / 2, PER_CENT * high)


def _least_state(laboratory: Laboratory, requirement: int) -> Estimate:
    return Estimate.single(PER_CENT * requirements(laboratory.parameters)[requirement].least_state_pu)


def _late_state(laboratory: Laboratory) -> Estimate:
    """UN GTR 22 is the row's own rule; Euro 7 in its place is the other end."""
    gtr, euro_7 = (requirements(laboratory.parameters, rule)[1].least_state_pu for rule in ("gtr_22", "euro_7"))
    return Estimate.across(PER_CENT * gtr, PER_CENT * euro_7)


def _virtual_km(laboratory: Laboratory) -> Estimate:
    return Estimate.single(virtual_km(laboratory.number("discharge_dc_kwh"), laboratory.parameters["deg.wltp_worst"]))


CASES = (
    Case("PR079", "input", _hours),
    Case("PR080", "input", _energy),
    Case("PR081", "input", _window),
    Case("PR082", "input", lambda laboratory: _least_state(laboratory, 0)),
    Case("PR083", "input", _late_state),
    Case("PR084", "identity", _virtual_km, (Knob("deg.wltp_worst"),), {"discharge_dc_kwh": 10_000.0},
         stated=BUDGET_AS_KM),
)  # fmt: skip
