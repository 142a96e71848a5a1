"""Whatever the cars, their capability and their correlation: no tier exceeds the one before it, and sums hold."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analysis.errors import DataError
from analysis.potential.capability import Capability
from analysis.potential.firm import fleet_firm_share
from analysis.potential.summary import _with_nation
from analysis.potential.tiers import Occasion, Reading, TierCars, power_mw
from analysis.schemas.base import SERVICES, TIERS

AREAS = ("SE3", "SE4")
KEYS = [(area, year) for area in AREAS for year in (2024, 2025)]
NAMEPLATE = {"discharge_20min": 11.0, "discharge_1h": 11.0, "discharge_4h": 9.3}


def drawn(seed, cars, correlation, unavailable, draws=3):
    """Random cars that nest, random capability below the nameplate, random occasions."""
    rng = np.random.default_rng(seed)
    steps = rng.uniform(0.0, 1.0, (4, len(AREAS), draws))
    counts = cars * np.cumprod(np.concatenate([np.ones((1, len(AREAS), draws)), steps[1:]]), axis=0)
    capability = {}
    for key in KEYS:
        plugged = rng.uniform(0, 1, (4, 168)) * (rng.random((4, 168)) < 0.9)
        four = NAMEPLATE["discharge_4h"] * plugged * rng.uniform(0, 1, plugged.shape)
        one, short = (np.maximum(four, 11.0 * plugged * rng.uniform(0, 1, plugged.shape)) for _ in range(2))
        kw = {"discharge_20min": np.maximum(one, short), "discharge_1h": one, "discharge_4h": four}
        capability[key] = Capability(plugged, kw)
    occasions = []
    for name in ("dearest_50", "coldest_50"):
        weights = {key: rng.multinomial(50, np.ones(672) / 672).reshape(4, 168) / 50 for key in KEYS}
        occasions.append(Occasion(name, weights))
    reading = Reading(TierCars(*counts), np.full(draws, correlation), np.full(draws, 1 - unavailable))
    return reading, capability, occasions


@settings(deadline=None, max_examples=15)
@given(
    seed=st.integers(0, 10_000), cars=st.floats(200.0, 1e6), correlation=st.floats(0.0, 0.3),
    unavailable=st.floats(0.0, 0.3),
)  # fmt: skip
def test_tiers_nest_firm_is_at_most_available_and_areas_sum_to_sweden(seed, cars, correlation, unavailable):
    reading, capability, occasions = drawn(seed, cars, correlation, unavailable)
    powers = _with_nation(power_mw(reading, AREAS, capability, occasions, NAMEPLATE), AREAS)
    for place in ("SE", *AREAS):
        for service in SERVICES:
            ladder = np.stack([powers[place, tier, service] for tier in TIERS])
            assert (np.diff(ladder, axis=0) <= 1e-9 * (1 + ladder[:-1])).all()
            assert (powers[place, "firm", service] <= powers[place, "available", service] + 1e-12).all()
    for tier in TIERS:
        for service in SERVICES:
            parts = sum(powers[area, tier, service] for area in AREAS)
            np.testing.assert_allclose(powers["SE", tier, service], parts, rtol=1e-12)


@settings(deadline=None, max_examples=10)
@given(seed=st.integers(0, 10_000), cars=st.floats(5_000.0, 1e6), correlation=st.floats(0.0, 0.2))
def test_more_correlation_never_makes_more_power_firm(seed, cars, correlation):
    reading, capability, occasions = drawn(seed, cars, correlation, 0.05)
    more = Reading(reading.cars, reading.correlation_pu + 0.05, reading.working_pu)
    first, second = (power_mw(each, AREAS, capability, occasions, NAMEPLATE) for each in (reading, more))
    for service in SERVICES:
        assert (second["SE3", "firm", service] <= first["SE3", "firm", service] + 1e-12).all()


@given(plugged=st.floats(0.0, 1.0), cars=st.integers(1, 60), rho=st.floats(0.0, 0.3))
@settings(deadline=None, max_examples=60)
@example(plugged=0.96, cars=1, rho=0.0)
@example(plugged=0.995, cars=10, rho=0.05)
def test_few_cars_are_never_firmer_than_they_are_there(plugged, cars, rho):
    """One car that is there with 0.96 is there with 95 %, yet no more of it than 0.96 is available."""
    share = fleet_firm_share(np.array([float(cars)]), np.array([plugged]), np.array([rho]))[0]
    assert 0 <= share <= plugged + 1e-12


def test_capability_above_the_charger_is_a_fault():
    reading, _, occasions = drawn(1, 10_000.0, 0.05, 0.0)
    full = TierCars(*(np.full((2, 3), 10_000.0) for _ in range(4)))
    strong = {
        key: Capability(np.ones((4, 168)), {service: np.full((4, 168), 12.0) for service in SERVICES}) for key in KEYS
    }
    with pytest.raises(DataError, match="available above willing"):
        power_mw(Reading(full, reading.correlation_pu, reading.working_pu), AREAS, strong, occasions, NAMEPLATE)
