"""What a kWh discharged costs in ageing: the published example on both bases, the sign, and the first kWh."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.battery.ageing import Duty
from analysis.battery.cost import BASES, CHEMISTRIES, loss_pu, net_wear_sek_per_kwh, pack_price_sek_per_kwh
from analysis.io import read_csv_table
from analysis.schemas.assumptions import Parameters
from analysis.settings.parameters import parameter_set

ROOT = Path(__file__).resolve().parents[3]
PARAMETERS = parameter_set(read_csv_table(ROOT / "data/assumptions/parameters.csv", Parameters))
HALF_FULL_PU = 0.475
"""3.625 V, the voltage of METHODS 3.7 at 40-50 %."""


def _duty(dc_kwh: float, state_pu: float = HALF_FULL_PU, depth_pu: float = 0.3) -> Duty:
    return Duty(10, 10, state_pu, depth_pu, dc_kwh, 60)


@pytest.mark.parametrize(
    ("chemistry", "points", "capacity", "end_of_life"), [("nmc", 2.2, 0.11, 0.37), ("lfp", 0.2, 0.006, 0.021)]
)
def test_published_example(chemistry: str, points: float, capacity: float, end_of_life: float) -> None:
    """60 kWh, 2 500 kWh a year driven, 1 500 of V2X, ten years, 30 % deep, at one voltage (check T6)."""
    both, driving = _duty(4000), _duty(2500)
    extra = loss_pu(PARAMETERS, chemistry, both) - loss_pu(PARAMETERS, chemistry, driving)
    costs = [
        net_wear_sek_per_kwh(
            PARAMETERS, chemistry, basis, with_v2x=both, without=driving, discharge_ac_kwh_per_year=1500
        )
        for basis in BASES
    ]
    assert 100 * extra == pytest.approx(points, rel=0.05)
    assert costs[0] == pytest.approx(capacity, rel=0.05)
    assert costs[1] == pytest.approx(end_of_life, rel=0.05)
    assert costs[1] / costs[0] == pytest.approx(1 / 0.3)


def test_pack_prices() -> None:
    assert pack_price_sek_per_kwh(PARAMETERS, "nmc") == pytest.approx(1253, abs=0.5)
    assert pack_price_sek_per_kwh(PARAMETERS, "lfp") == pytest.approx(793, abs=0.5)


@pytest.mark.parametrize("chemistry", CHEMISTRIES)
def test_an_emptier_battery_can_make_v2x_spare_it(chemistry: str) -> None:
    """Held at 80 % without V2X, at 40 % with it: the cost is negative, and stays so on both bases."""
    full, emptier = _duty(2500, 0.80), _duty(2800, 0.40)
    costs = [
        net_wear_sek_per_kwh(
            PARAMETERS, chemistry, basis, with_v2x=emptier, without=full, discharge_ac_kwh_per_year=300
        )
        for basis in BASES
    ]
    assert costs[1] < costs[0] < 0


@pytest.mark.parametrize("chemistry", CHEMISTRIES)
def test_the_first_kwh_is_the_limit_of_a_small_discharge(chemistry: str) -> None:
    driving = _duty(2500)

    def cost(discharged: float, duty: Duty) -> float:
        return net_wear_sek_per_kwh(
            PARAMETERS, chemistry, "capacity", with_v2x=duty, without=driving, discharge_ac_kwh_per_year=discharged
        )

    assert cost(0.0, driving) == pytest.approx(cost(0.5, _duty(2500.5)), rel=1e-3)
    assert cost(0.0, driving) > 0


@given(share=st.floats(0.05, 1.0), deeper=st.floats(0.0, 0.5), chemistry=st.sampled_from(CHEMISTRIES))
def test_deeper_cycles_never_cost_less(share: float, deeper: float, chemistry: str) -> None:
    def cost(depth: float) -> float:
        return net_wear_sek_per_kwh(
            PARAMETERS, chemistry, "capacity", with_v2x=_duty(2500 + 1500 * share, depth_pu=depth),
            without=_duty(2500, depth_pu=0.2), discharge_ac_kwh_per_year=1500 * share,
        )  # fmt: skip

    assert cost(0.2 + deeper) >= cost(0.2) - 1e-12
