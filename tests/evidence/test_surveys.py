"""Logged weeks beside a reported day: a car by hand, then the peaks of a small fleet."""

import numpy as np
import pandas as pd
import pytest

from analysis.evidence.cases.surveys import CASES, charging_kw
from analysis.evidence.laboratory import Laboratory

CASE = CASES[0]


def trips(*rows: tuple[float, float, float, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["depart_min", "arrive_min", "distance_km", "destination"])


def test_a_car_charges_at_once_when_it_is_home() -> None:
    """50 km at 0.2 kWh/km, home at minute 60 with 10 kW: the second hour."""
    out = trips((0, 20, 25.0, "work"), (40, 60, 25.0, "home"))
    assert charging_kw(out, 10.0, 0.2, 4) == pytest.approx([0, 10, 0, 0])


def test_what_a_short_stay_leaves_is_charged_at_the_next() -> None:
    """10 kWh due at minute 60, away at 90: 5 kWh; 10 km more and home at 120: 7 kWh."""
    out = trips((0, 60, 50.0, "home"), (90, 120, 10.0, "home"))
    assert charging_kw(out, 10.0, 0.2, 4) == pytest.approx([0, 5, 7, 0])


class Logged(Laboratory):
    """Two weeks of a fleet: 1 kW at 18 each day, 0.5 on weekends, and 2 kW once."""

    def made(self, key, make):
        assert key[1:3] == (429, 4)
        fleet = np.zeros((2, 7, 24))
        fleet[:, :5, 18], fleet[:, 5:, 18] = 1.0, 0.5
        fleet[0, 0, 18] = 2.0
        return fleet.reshape(2, 168)


def test_peak_of_weeks_over_peak_of_the_mean_day(laboratory: Laboratory) -> None:
    """All days: (2 + 9 + 2)/14 = 0.929 kW, 115 % above; working days: 11/10, 82 % above."""
    ours = CASE.run(CASE.placed(Logged(laboratory.parameters, laboratory.tables, laboratory.settings)))
    assert (ours.low, ours.central, ours.high) == pytest.approx((81.818, 115.385, 115.385), abs=1e-3)
