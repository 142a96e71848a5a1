"""Cases of stays at home by hand: what is a mean, what a middle, and whom lower power costs nothing."""

import numpy as np
import pytest

from analysis.evidence.case import Case, Estimate
from analysis.evidence.cases import plug_in
from analysis.evidence.cases.plug_in import CASES, runs_h
from analysis.evidence.connections import Connections, home_connections
from analysis.evidence.laboratory import Laboratory

RUN = {case.published_id: case for case in CASES}


def found(forced: tuple[int, int, int]) -> Connections:
    hours = np.array([12.0, 2.0, 20.0, 11.0])
    return Connections(
        np.array([0, 0, 1, 2]), hours, np.array([10.0, 2.0, 13.0, 11.0]), np.array([1.0, 2.0, 4.0, 1.0]),
        np.array([2.0, 3.0, 7.0]), np.array(forced),
    )  # fmt: skip


@pytest.fixture
def by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Full power sends the cars to the road once each; half power the third car twice, a quarter two of them."""
    counts = {1.0: (1, 1, 1), 0.75: (1, 1, 1), 0.5: (1, 1, 2), 0.25: (2, 1, 2)}
    monkeypatch.setattr(plug_in, "home_connections", lambda _, power_pu=1.0: found(counts[power_pu]))
    monkeypatch.setattr(plug_in, "_public_enough_pu", lambda _, power_pu: 0.25)


def ours(case: Case, laboratory: Laboratory) -> tuple[float, float, float]:
    estimate: Estimate = case.run(case.placed(laboratory))
    return estimate.low, estimate.central, estimate.high


@pytest.mark.usefixtures("by_hand")
@pytest.mark.parametrize(
    ("published_id", "expected"),
    [("PR012", (10.5, 10.5, 11.5)), ("PR013", (1.5, 2.0, 2.0)), ("EX006", (3.0, 4.0, 4.0)),
     ("PR015", (50 / 3 - 100 / 3, 50 / 3, 50))],
)  # fmt: skip
def test_by_hand(laboratory: Laboratory, published_id: str, expected: tuple[float, float, float]) -> None:
    """PR015: willing 3, 2, 1 of 3 cars; stays that lower power serves 3 of 4, beside 1 of 4 in public."""
    assert ours(RUN[published_id], laboratory) == pytest.approx(expected)


def test_unbroken_times_round_the_week() -> None:
    assert list(runs_h(np.array([1.0, 0.0, 0.5, 1.0, 0.0, 1.0]), 1.0)) == pytest.approx([1.5, 2.0])
    assert list(runs_h(np.ones(4), 0.5)) == [2.0]
    assert len(runs_h(np.zeros(4), 0.5)) == 0


def test_the_run_s_cars_meet_what_they_are_fitted_to(laboratory: Laboratory) -> None:
    """Mean plug-ins and hours connected are those of the sessions; no stay charges longer than it lasts."""
    stays = home_connections(laboratory)
    behaviour = laboratory.travel().behaviour
    assert stays.per_week.mean() == pytest.approx(behaviour.mean_per_week)
    assert stays.connected_h.mean() == pytest.approx(behaviour.mean_connection_h)
    assert (stays.charge_h <= stays.dwell_h + 1e-9).all()
    assert (stays.connected_h <= stays.dwell_h + 1e-9).all()
    assert len(stays.car) == len(stays.charge_h)


def test_lower_power_takes_longer_at_the_same_rhythm(laboratory: Laboratory) -> None:
    full, half = home_connections(laboratory), home_connections(laboratory, 0.5)
    assert half.charge_h.mean() > 1.5 * full.charge_h.mean()
    assert half.forced_count.sum() >= full.forced_count.sum()
