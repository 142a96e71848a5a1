"""Municipalities sum to their area in every tier, areas to Sweden, and no tier exceeds the one before it."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.errors import DataError
from analysis.io import check_table
from analysis.potential.municipal import potential_municipalities
from analysis.schemas.base import OCCASIONS, SERVICES, TIERS
from analysis.schemas.firm import PotentialMunicipalities
from analysis.settings.parameters import parameter_set

AREAS = ("SE1", "SE2", "SE3", "SE4")
SHARE = {"technical": 1.0, "access": 0.75, "capable": 0.2, "willing": 0.02, "available": 0.004, "firm": 0.001}


@pytest.fixture(scope="module")
def central(parameters_table):
    return parameter_set(parameters_table)


def summary(power=(100.0, 200.0, 5000.0, 900.0)):
    rows = [
        (area, 2030, tier, service, occasion, mw * SHARE[tier], 0.5 * mw * SHARE[tier], 2 * mw * SHARE[tier], 1.0, mw)
        for area, mw in zip(AREAS, power, strict=True)
        for tier in TIERS
        for service in SERVICES
        for occasion in OCCASIONS
    ]
    names = ["price_area", "year", "tier", "service", "occasion", "power_mw", "power_low_mw", "power_high_mw",
             "energy_mwh", "car_count"]  # fmt: skip
    return pd.DataFrame(rows, columns=names)


def counts(municipalities, seed, profiles=3):
    rng = np.random.default_rng(seed)
    codes = municipalities["municipality_code"].to_numpy()
    drawn = rng.poisson(municipalities["bev_count"].to_numpy()[:, None] * rng.dirichlet(np.ones(profiles), len(codes)))
    return pd.DataFrame(
        {"municipality_code": np.repeat(codes, profiles), "profile_id": np.tile([f"p{k}" for k in range(profiles)],
         len(codes)), "vehicle_count": drawn.ravel()}
    )  # fmt: skip


def kilowatts(values):
    return pd.DataFrame([values] * 4, index=pd.Index(AREAS, name="price_area"), columns=["p0", "p1", "p2"])


@settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 1000), kw=st.lists(st.floats(0.5, 3.0), min_size=3, max_size=3))
def test_municipalities_sum_to_their_area_and_tiers_nest(municipalities, central, seed, kw):
    table = potential_municipalities(summary(), municipalities, counts(municipalities, seed), kilowatts(kw), central)
    whole = summary()
    whole = whole[(whole["service"] == "discharge_1h") & (whole["occasion"] == "dearest_50")]
    expected = whole.set_index(["price_area", "tier"]).sort_index()
    for name in ("power_mw", "power_low_mw", "power_high_mw", "car_count"):
        found = table.groupby(["price_area", "tier"])[name].sum()
        np.testing.assert_allclose(found, expected[name].reindex(found.index), rtol=1e-12)
    wide = table.pivot(index="municipality_code", columns="tier", values="power_mw")[list(TIERS)]
    assert (wide.diff(axis=1).iloc[:, 1:] <= 1e-12).all(axis=None)
    text = ["municipality_code", "price_area", "tier"]
    check_table(table.astype(dict.fromkeys(text, "str")), PotentialMunicipalities, "municipalities")


def test_profiles_and_home_points_decide_not_the_mean(municipalities, central):
    """Two municipalities with as many cars: the one whose profiles deliver more has more, in the delivered tiers."""
    found = municipalities[municipalities["price_area"] == "SE3"].head(2)
    one, other = found["municipality_code"]
    same = found.iloc[[0, 0]].assign(municipality_code=[one, other])
    table = pd.concat([same, municipalities[municipalities["price_area"] != "SE3"]])
    cars = counts(table, 1)
    cars.loc[cars["municipality_code"] == one, "vehicle_count"] = [300, 0, 0]
    cars.loc[cars["municipality_code"] == other, "vehicle_count"] = [0, 0, 300]
    shared = potential_municipalities(summary(), table, cars, kilowatts([1.0, 2.0, 3.0]), central)
    power = shared.set_index(["municipality_code", "tier"])["power_mw"]
    assert power[one, "willing"] == pytest.approx(power[other, "willing"])
    assert power[other, "firm"] == pytest.approx(3 * power[one, "firm"])
    assert power[one, "firm"] + power[other, "firm"] == pytest.approx(5.0)


def test_a_profile_without_a_sampled_car_is_a_fault(municipalities, central):
    fewer = kilowatts([1, 1, 1])[["p0", "p1"]]
    with pytest.raises(DataError, match="profile p2"):
        potential_municipalities(summary(), municipalities, counts(municipalities, 1), fewer, central)


def test_a_tier_above_the_one_before_it_is_a_fault(municipalities, central):
    wrong = summary()
    wrong.loc[wrong["tier"] == "firm", "power_mw"] *= 10
    with pytest.raises(DataError, match="a tier above"):
        potential_municipalities(wrong, municipalities, counts(municipalities, 1), kilowatts([1, 1, 1]), central)
