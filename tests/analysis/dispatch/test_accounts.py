"""Cash and use of the battery: by hand, and the sum of all streams equals what was optimised."""

from collections.abc import Callable

import numpy as np
import pytest

from analysis.dispatch.accounts import cash_streams, site_flows, use_of_battery
from analysis.dispatch.capability import dischargeable_kw
from analysis.dispatch.linear import LinearModel
from analysis.dispatch.problem import Strategy, VehicleProblem
from analysis.dispatch.requirement import uncontrolled
from analysis.dispatch.strategies import GRID, HOME, SMART, UNCONTROLLED
from analysis.market.tariff import Tariff

Maker = Callable[..., VehicleProblem]
TARIFF = Tariff(0.25, 0.36, 0.25, 0.06, -0.03, 0.06, 0.0)
RESERVE = Strategy("grid_reserve", "full", self_use=True, export=True, fcr_n_pu=1.0, fcr_d_pu=0.5)


@pytest.mark.parametrize("strategy", [UNCONTROLLED, SMART, HOME, GRID, RESERVE], ids=lambda s: s.name)
@pytest.mark.parametrize("seed", range(4))
def test_streams_add_up_to_the_objective(random_problem: Maker, strategy: Strategy, seed: int) -> None:
    problem = random_problem(seed, days=7)
    spot = problem.sell_sek_per_kwh - 0.03
    found = uncontrolled(problem) if strategy is UNCONTROLLED else LinearModel(problem, True).solve(strategy)
    assert found is not None
    cash = cash_streams(problem, found, strategy, TARIFF, spot)
    assert cash["net_cost_sek"] == pytest.approx(found.objective_sek, abs=1e-6)


def test_a_bill_by_hand(make_problem: Maker) -> None:
    """Charge 2.5 kWh at spot 1 for a load of 2.5 kWh at spot 3: VAT and fees on nothing net, spot saved with VAT."""
    spot = np.array([1.0, 3.0, 3.0])
    problem = make_problem(TARIFF.buy_sek_per_kwh(spot), sell=-9.0, load=[2.0, 2.0, 0.5], wear_sek_per_kwh=0.1)
    found = LinearModel(problem, False).solve(HOME)
    assert found is not None
    cash = cash_streams(problem, found, HOME, TARIFF, spot)
    assert cash["net_spot_import_sek"] == pytest.approx(2.5 - 7.5)
    assert cash["net_vat_sek"] == pytest.approx(-1.25)
    assert cash["energy_tax_sek"] == pytest.approx(0.0, abs=1e-9)
    assert cash["degradation_cost_sek"] == pytest.approx(0.25)
    assert cash["net_cost_sek"] == pytest.approx(-5.0 - 1.25 + 0.25)


def test_use_by_hand(make_problem: Maker) -> None:
    buy = np.r_[np.ones(23), 9.0]
    problem = make_problem(buy, load=4.0, sell=-9.0, efficiency=0.8, standby_kw=0.1)
    found = LinearModel(problem, False).solve(HOME)
    assert found is not None
    use = use_of_battery(problem, found, 60.0)
    assert use["discharge_ac_kwh"] == pytest.approx(4.0)
    assert use["discharge_dc_kwh"] == pytest.approx(5.0)
    assert use["full_cycle_count"] == pytest.approx(5 / 60)
    assert use["standby_dc_kwh"] == pytest.approx(2.4)
    assert use["charge_ac_kwh"] == pytest.approx((5.0 + 2.4) / 0.8)
    assert use["discharge_h"] == 1
    assert use["enabled_h"] == 24


def test_activation_passes_the_meter_only_for_disturbances(random_problem: Maker) -> None:
    problem = random_problem(2)
    found = LinearModel(problem, True).solve(RESERVE)
    assert found is not None
    flows = site_flows(problem, found)
    up = 0.45 * 0.004 * found.fcr_d_up_kw
    np.testing.assert_allclose(flows.export_kwh, found.export_discharge_kw + up)
    normal = 0.45 * 0.11 * found.fcr_n_kw
    np.testing.assert_allclose(flows.discharge_kwh, found.discharge_kw + up + normal)
    assert normal.sum() > 0


def test_one_outing_counts_once(make_problem: Maker) -> None:
    """Two legs away from the plug, one of them past the end of the horizon, are one outing; the other needs none."""
    problem = make_problem(
        [1.0] * 24, plugged=[0, 1, 0, 1] + [0] * 20, driving=[9.0, 0, 4.0, 0, 5.0, 9.0] + [0] * 18,
        daily_limit_kwh=12.0, capacity_kwh=16.0,
    )  # fmt: skip
    for found in (uncontrolled(problem), LinearModel(problem, False).solve(SMART)):
        assert found is not None
        assert (found.forced_dc_kwh > 1e-6).sum() == 2
        assert use_of_battery(problem, found, 16.0)["forced_charge_count"] == 1


def test_capability_needs_energy_power_and_the_plug(make_problem: Maker) -> None:
    """40 kWh held above a need of 30: 10 kWh to give; the car leaves after two hours."""
    problem = make_problem(
        [1.0] * 5, plugged=[1, 1, 0, 1, 1], driving=[0, 0, 20.0, 0, 0], daily_limit_kwh=40.0, power_kw=11.0
    )
    found = uncontrolled(problem)
    assert found.state_kwh[0] == pytest.approx(40.0)
    assert dischargeable_kw(problem, found, 1 / 3)[1] == pytest.approx(11.0)
    assert dischargeable_kw(problem, found, 1.0)[1] == pytest.approx(10.0)
    assert dischargeable_kw(problem, found, 2.0)[0] == pytest.approx(5.0)
    assert dischargeable_kw(problem, found, 4.0)[0] == 0
    assert dischargeable_kw(problem, found, 1.0)[2] == 0
