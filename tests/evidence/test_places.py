"""Public parking beside other places by hand: solved values in, margins of three places out."""

import numpy as np
import pandas as pd
import pytest

from analysis.dispatch.inputs import MarketWeek
from analysis.evidence.case import Case
from analysis.evidence.cases import places
from analysis.evidence.cases.places import CASES
from analysis.evidence.laboratory import Laboratory

RUN = {case.published_id: case for case in CASES}
SAVED = {"villa": 0.5, "housing_association": 0.6, "workplace_solar": 0.4, "public_parking": 0.1}
WORTH = {2025: 100.0, 2024: 300.0}


class Solved(Laboratory):
    """A house that is worth 100 or 300 SEK, twice as much in SE4; a street worth 30."""

    def use_case_values(self, case, price_year, *, vehicle_count, per_season=1, spot_only=False):
        assert case.market == "spot" and not spot_only
        home = WORTH[price_year] * (2.0 if case.price_area == "SE4" else 1.0)
        return pd.DataFrame({"net_value_over_smart_sek": {"home": home, "grid": 30.0}})


class Weeks(Laboratory):
    """One week with two prices: 1 SEK by day from 6 to 22, and nothing at night."""

    def market_weeks(self, price_area, price_year, per_season=1):
        hour = np.arange(168)
        steps = pd.date_range("2025-01-12 23:00", periods=168, freq="h", tz="UTC")
        spot = ((hour % 24 >= 6) & (hour % 24 < 22)).astype(float)
        none = {name: np.full(168, np.nan) for name in ("fcr_n", "fcr_d_up", "fcr_d_down")}
        return [MarketWeek("w", "winter", 52.0, steps, hour, spot, none, {"detached": np.ones(168)})]


@pytest.fixture(scope="module")
def solved(laboratory: Laboratory) -> Laboratory:
    return Solved(laboratory.parameters, laboratory.tables, laboratory.settings)


def numbers(case: Case, laboratory: Laboratory) -> tuple[float, float, float]:
    ours = case.run(case.placed(laboratory))
    return ours.low, ours.central, ours.high


def test_public_parking_against_the_next_least(laboratory: Laboratory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work saves 0.4 SEK a kWh, public parking 0.1; twice as much in 2024."""
    monkeypatch.setattr(
        places, "_saved_per_kwh", lambda _, name, area, year: SAVED[name] * (2.0 if year == 2024 else 1.0)
    )
    assert numbers(RUN["PR010"], laboratory) == pytest.approx((0.3, 0.3, 0.6))


def test_who_stands_all_night_saves_what_who_leaves_before_it_cannot(laboratory: Laboratory) -> None:
    """A house charges at night for nothing; a street has no hour but the dear ones; no more than 1 SEK can be saved."""
    weeks = Weeks(laboratory.parameters, laboratory.tables, laboratory.settings)
    at_home, in_street = (places._saved_per_kwh(weeks, name, "SE3", 2025) for name in ("villa", "public_parking"))
    assert in_street == pytest.approx(0.0, abs=1e-6)
    assert 0.3 < at_home <= 1.0 + 1e-6


def test_home_against_selling_in_the_street(solved: Laboratory) -> None:
    """SE3 2025: 100 − 30; SE3 2024: 300 − 30; SE4 2025: 200 − 30."""
    assert numbers(RUN["PR019"], solved) == pytest.approx((70, 70, 270))
