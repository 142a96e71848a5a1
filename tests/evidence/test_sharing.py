"""Cases of shared cars by hand: solved values of two years in, powers and energies of fleets out."""

import pandas as pd
import pytest

from analysis.evidence.cases.sharing import CASES, SIMULATED
from analysis.evidence.laboratory import Laboratory

RUN = {case.published_id: case for case in CASES}
SOLVED = {2025: (8.0, 0.75, 10.0, 2400.0), 2024: (7.0, 0.75, 9.0, 1200.0)}


class Solved(Laboratory):
    """Shared cars as solved: deliverable when plugged, plugged share, joint maximum a car, kWh a year."""

    def use_case_values(self, case, price_year, *, vehicle_count, per_season=1, spot_only=False):
        assert (case.market, case.battery_usable_kwh, vehicle_count) == ("spot", 52.0, SIMULATED)
        assert case.weekend_used_pu == pytest.approx(0.9)
        assert not spot_only
        able, plugged, joint, energy = SOLVED[price_year]
        return pd.DataFrame(
            {"deliverable_1h_kw": able, "plugged_pu": plugged, "joint_discharge_max_kw": joint,
             "discharge_ac_kwh": energy}, index=["grid"],
        )  # fmt: skip


@pytest.mark.parametrize(
    ("published_id", "expected"),
    [
        # 0.95 × 134 × 8 × 0.75; low 7 kW in 2024; high: all plugged in
        ("PR025", (668.325, 763.8, 1018.4)),
        # 0.95 × 500 × 6 kW of 30 MW; low 5.25 kW
        ("PR078", (8.3125, 9.5, 9.5)),
        ("PR093", (475.0, 475.0, 475.0)),  # 0.95 × 50 × 10
        ("PR094", (500.0, 1000.0, 1000.0)),  # five twelfths
    ],
)
def test_numbers_by_hand(laboratory: Laboratory, published_id: str, expected: tuple[float, float, float]) -> None:
    solved = Solved(laboratory.parameters, laboratory.tables, laboratory.settings)
    ours = RUN[published_id].run(RUN[published_id].placed(solved))
    assert (ours.low, ours.central, ours.high) == pytest.approx(expected)


def test_all_are_a_transfer_and_could_come_out_otherwise() -> None:
    assert all(case.is_transfer and case.kind == "engine" for case in CASES)
