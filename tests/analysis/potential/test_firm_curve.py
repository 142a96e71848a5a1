"""Firm power against the size of a fleet: what the formulas of METHODS 4 say, hour by hour."""

import numpy as np
import pytest
from scipy import stats

from analysis.io import check_table
from analysis.potential.capability import Capability
from analysis.potential.firm import firm_share_exact
from analysis.potential.firm_curve import FLEET_COUNTS, firm_curve
from analysis.potential.tiers import Enrolled, Occasion, delivered_mw
from analysis.schemas.base import SERVICES
from analysis.schemas.firm import FirmCurve

KEYS = [("SE3", 2024), ("SE3", 2025)]
BASES = {"none": 0.0, "measured": 0.01, "assumed": 0.05}


def flat(plugged=0.6, kw=6.6):
    return Capability(np.full((4, 168), plugged), {service: np.full((4, 168), kw) for service in SERVICES})


def all_hours():
    return Occasion("week_mean", {key: np.full((4, 168), 1 / 672) for key in KEYS})


@pytest.fixture(scope="module")
def curve():
    return firm_curve(dict.fromkeys(KEYS, flat()), [all_hours()], BASES, 1.0)


def test_the_shares_are_those_of_methods(curve):
    share = curve.set_index(["basis", "fleet_count"])["firm_share_pu"]
    assert share["none", 10] == pytest.approx(0.30)
    assert share["none", 50] == pytest.approx(0.49, abs=0.006)
    assert share["none", 10_000] == pytest.approx(0.59, abs=0.006)
    assert share["assumed", 10] == pytest.approx(firm_share_exact(10, 0.6, 0.05))
    assert share["assumed", 10_000] == pytest.approx(0.42, abs=0.006)
    # a connected car gives 6.6 / 0.6 = 11 kW
    power = curve.set_index(["basis", "fleet_count"])["firm_1h_kw_per_car"]
    np.testing.assert_allclose(power, 11 * share)


def test_independent_cars_reach_the_mean_and_correlated_ones_stop_before_it(curve):
    largest = curve[curve["fleet_count"] == FLEET_COUNTS[-1]].set_index("basis")["firm_share_pu"]
    assert largest["none"] == pytest.approx(0.6, abs=0.001)
    for basis in ("measured", "assumed"):
        limit = 0.6 - stats.norm.ppf(0.95) * np.sqrt(BASES[basis] * 0.24)
        assert largest[basis] == pytest.approx(limit, abs=0.0005)


def test_the_curve_rises_with_cars_falls_with_correlation_and_stays_below_the_mean(curve):
    wide = curve.pivot(index="fleet_count", columns="basis", values="firm_share_pu")
    assert (wide.loc[50:].diff().iloc[1:] >= 0).all(axis=None)
    assert (wide["none"] >= wide["measured"]).all() and (wide["measured"] >= wide["assumed"]).all()
    assert (curve["firm_share_pu"] <= curve["available_pu"]).all()
    check_table(curve.astype({"price_area": "str", "occasion": "str", "basis": "str"}), FirmCurve, "curve")


def test_the_curve_meets_the_potential_at_its_number_of_cars():
    """Same hours, same law: a fleet of 10 000 on the curve is the firm tier of 10 000 enrolled cars."""
    rng = np.random.default_rng(3)
    cars = {
        key: Capability(rng.uniform(0.1, 0.9, (4, 168)), {name: rng.uniform(1, 9, (4, 168)) for name in SERVICES})
        for key in KEYS
    }
    weights = {key: (each := rng.uniform(0, 1, (4, 168))) / each.sum() for key in KEYS}
    occasion = Occasion("dearest_50", weights)
    enrolled = Enrolled("SE3", np.array([10_000.0]), np.array([0.05]), np.array([0.95]))
    firm = delivered_mw(enrolled, cars, [occasion])["firm", "discharge_4h"][0, 0]
    curve = firm_curve(cars, [occasion], {"assumed": 0.05}, 0.95).set_index("fleet_count")
    assert curve.loc[10_000, "firm_4h_kw_per_car"] * 10_000 / 1000 == pytest.approx(firm, rel=1e-12)
