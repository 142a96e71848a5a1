"""Cases of public parking: what each kind of operator reaches, what is sold back, and which bill counts."""

import numpy as np
import pytest

from analysis.dispatch.strategies import SMART, UNCONTROLLED
from analysis.evidence.case import Case
from analysis.evidence.cases.parking import CASES
from analysis.evidence.laboratory import Laboratory
from analysis.evidence.schedules import solved_site
from tests.evidence.made_weeks import MadeWeeks, of_made_weeks

RUN = {case.published_id: case for case in CASES}


@pytest.fixture(scope="module")
def lab(laboratory: Laboratory) -> MadeWeeks:
    return of_made_weeks(laboratory)


def central(lab: MadeWeeks, case: Case, **changed: float | str) -> float:
    placed = case.placed(lab).with_condition("charger_count", 6)
    for name, value in changed.items():
        placed = placed.with_condition(name, value)
    return case.run(placed).central


def test_changes_are_those_of_the_rows_own_site(lab: MadeWeeks) -> None:
    """The conditions of the case are those of the row, so that the row itself solved gives the same."""
    site = solved_site(lab, lab.use_case("public_parking"), 2025, 6)
    peak, cost = (100 * (measure(SMART) / measure(UNCONTROLLED) - 1) for measure in (site.peak_kw, site.charging_sek))
    assert central(lab, RUN["PR016"]) == pytest.approx(peak)
    assert central(lab, RUN["PR017"]) == pytest.approx(cost)
    assert cost < 0


def test_an_operator_that_sees_only_the_peak_reaches_the_lowest(lab: MadeWeeks) -> None:
    by = {kind: central(lab, RUN["PR016"], operator=kind) for kind in ("each_charger", "site_cost", "site_peak")}
    assert by["site_peak"] <= min(by.values()) + 1e-6
    assert -100 < by["site_peak"] < 0
    costs = {kind: central(lab, RUN["PR017"], operator=kind) for kind in ("site_cost", "site_peak")}
    assert costs["site_cost"] < costs["site_peak"], "who looks at the peak alone pays for it"


def test_longer_stays_leave_more_to_move(lab: MadeWeeks) -> None:
    short, long = (central(lab, RUN["PR017"], stay_h=hours) for hours in (1.0, 8.0))
    assert long < short <= 0


def test_nothing_is_sold_back_at_the_prices_of_a_tariff(lab: MadeWeeks) -> None:
    """Buying at 0.2 SEK and selling at 2.0 would pay at spot; stays by day meet neither hour: the margin is whole."""
    ours = RUN["PR018"].run(RUN["PR018"].placed(lab).with_condition("charger_count", 6))
    assert ours.central <= 1.0
    assert ours.central > 0
    assert np.isfinite([ours.low, ours.high]).all()
