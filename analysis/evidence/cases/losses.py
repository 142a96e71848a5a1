"""Case of the round trip: what a field test got back of what it put in."""

from analysis.battery.losses import loss_curve
from analysis.evidence.case import Case, Estimate, Knob
from analysis.evidence.laboratory import Laboratory

PER_CENT = 100.0
KW_PER_PHASE_AMPERE = 0.23


def _round_trip(laboratory: Laboratory) -> Estimate:
    """Both ways at the test's full current on three phases; the low end is the least current a car charges at."""
    curve = loss_curve(laboratory.parameters, "ac")

    def at(current_a: float) -> float:
        power_kw = KW_PER_PHASE_AMPERE * laboratory.number("phases") * current_a
        return PER_CENT * float(curve.round_trip_pu(power_kw))

    return Estimate.across(at(laboratory.number("current_a")), at(laboratory.number("least_current_a")))


CASES = (
    Case("EX004", "input", _round_trip, (Knob("loss.P0"), Knob("loss.k1"), Knob("loss.k2"), Knob("loss.ac_extra")),
         {"phases": 3, "current_a": 16.0, "least_current_a": 6.0}, is_calibration=True),
)  # fmt: skip
