"""Public parking beside other places by hand: solved values in, margins of three places out."""

import pandas as pd
import pytest

from analysis.evidence.case import Case
from analysis.evidence.cases.places import CASES
from analysis.evidence.laboratory import Laboratory

RUN = {case.published_id: case for case in CASES}
SAVED = {"villa": 0.5, "housing_association": 0.6, "workplace_solar": 0.4, "public_parking": 0.1}
WORTH = {2025: 100.0, 2024: 300.0}


class Solved(Laboratory):
    """Cars that charge 200 kWh; a house that is worth 100 or 300 SEK, twice as much in SE4; a street worth 30."""

    def use_case_values(self, case, price_year, *, vehicle_count, per_season=1, spot_only=False):
        assert case.market == "spot"
        if spot_only:
            assert case.solar_peak_kw == 0.0
            saved = 200.0 * SAVED[case.use_case] * (2.0 if price_year == 2024 else 1.0)
            return pd.DataFrame(
                {"net_cost_sek": {"uncontrolled": 500.0, "smart": 500.0 - saved},
                 "charge_ac_kwh": {"uncontrolled": 200.0, "smart": 200.0}}
            )  # fmt: skip
        home = WORTH[price_year] * (2.0 if case.price_area == "SE4" else 1.0)
        return pd.DataFrame({"net_value_over_smart_sek": {"home": home, "grid": 30.0}})


@pytest.fixture(scope="module")
def solved(laboratory: Laboratory) -> Laboratory:
    return Solved(laboratory.parameters, laboratory.tables, laboratory.settings)


def numbers(case: Case, laboratory: Laboratory) -> tuple[float, float, float]:
    ours = case.run(case.placed(laboratory))
    return ours.low, ours.central, ours.high


def test_public_parking_against_the_next_least(solved: Laboratory) -> None:
    """Work saves 0.4 SEK a kWh, public parking 0.1; twice as much in 2024."""
    assert numbers(RUN["PR010"], solved) == pytest.approx((0.3, 0.3, 0.6))


def test_home_against_selling_in_the_street(solved: Laboratory) -> None:
    """SE3 2025: 100 − 30; SE3 2024: 300 − 30; SE4 2025: 200 − 30."""
    assert numbers(RUN["PR019"], solved) == pytest.approx((70, 70, 270))
