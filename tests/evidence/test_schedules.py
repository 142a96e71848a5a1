"""Schedules of a use case are those of its dispatch; a site's bill and peaks by hand."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.dispatch.strategies import GRID, HOME, SMART, UNCONTROLLED
from analysis.evidence.laboratory import Laboratory
from analysis.evidence.schedules import NamedWeeks, solved_site
from tests.evidence.made_weeks import MadeWeeks, made_week, of_made_weeks


@pytest.fixture(scope="module")
def lab(laboratory: Laboratory) -> MadeWeeks:
    return of_made_weeks(laboratory)


@pytest.mark.parametrize("name", ["housing_association", "public_parking"])
def test_cost_and_peak_are_those_of_the_dispatch_of_use_cases(lab: MadeWeeks, name: str) -> None:
    """Charging on the road is the driver's: it is the only difference."""
    case = lab.use_case(name, market="spot")
    site, values = solved_site(lab, case, 2025, 3), lab.use_case_values(case, 2025, vehicle_count=3)
    named = {strategy.name: strategy for strategy in (UNCONTROLLED, SMART, GRID)}
    for strategy, found in named.items():
        road = sum(
            one.week.weight_weeks * problem.forced_charge_sek_per_kwh * schedules[found].forced_dc_kwh.sum()
            for one in site.weeks for problem, schedules in zip(one.problems, one.schedules, strict=True)
        )  # fmt: skip
        assert site.charging_sek(found) == pytest.approx(3 * values["net_cost_sek"][strategy] - road)
        assert site.peak_kw(found) == pytest.approx(3 * values["peak_import_ac_kw"][strategy])


def test_load_costs_what_is_bought_and_its_own_peaks(lab: MadeWeeks) -> None:
    """One house without panels or power charge: load times the price of import, 26 weeks of each kind."""
    site = solved_site(lab, lab.use_case("villa", market="spot"), 2025, 1)
    expected = 26 * sum(float(one.week.load_kw["detached"] @ one.problems[0].buy_sek_per_kwh) for one in site.weeks)
    assert site.load_sek() == pytest.approx(expected)
    firm = solved_site(lab, lab.use_case("municipal_fleet", market="spot"), 2025, 1)
    problem = firm.weeks[0].problems[0]
    assert problem.peak is not None
    winter = problem.site_load_kw @ problem.buy_sek_per_kwh + problem.peak.cost_sek(problem.site_load_kw)
    summer = firm.weeks[1].problems[0].site_load_kw @ firm.weeks[1].problems[0].buy_sek_per_kwh
    assert firm.load_sek() == pytest.approx(26 * (winter + summer))


def test_weeks_of_a_cases_own_are_told_apart_by_name(lab: MadeWeeks) -> None:
    case = lab.use_case("villa", market="spot")
    flat = replace(made_week("winter"), spot_sek_per_kwh=np.ones(168))
    first = solved_site(lab, case, 2025, 1, NamedWeeks("flat", (flat,)))
    second = solved_site(lab, case, 2025, 1, NamedWeeks("steep", (made_week("winter"),)))
    assert len(first.weeks) == 1
    assert first.charging_sek(HOME) != pytest.approx(second.charging_sek(HOME))
    assert solved_site(lab, case, 2025, 1, NamedWeeks("flat", (flat,))) is first
