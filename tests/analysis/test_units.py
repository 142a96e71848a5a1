"""The closed list of units and the conversions."""

import pytest

from analysis.units import has_unit_suffix, real_sek_from_nominal_eur, sek_per_kwh_from_sek_per_mwh


@pytest.mark.parametrize(
    "name", ["charge_ac_kwh", "price_sek_per_mwh", "price_eur_nominal_per_mw_h", "share_pu", "weight", "distance_km"]
)
def test_listed_units_are_known(name):
    assert has_unit_suffix(name)


@pytest.mark.parametrize("name", ["charge", "price_sek_per_furlong", "power_watt", "share_percent"])
def test_other_endings_are_not(name):
    assert not has_unit_suffix(name)


def test_nominal_euro_become_real_crowns():
    assert real_sek_from_nominal_eur(100, 11.4309, 415.2, 418.3) == pytest.approx(1151.6, abs=0.05)


def test_mwh_to_kwh():
    assert sek_per_kwh_from_sek_per_mwh(360) == pytest.approx(0.36)
