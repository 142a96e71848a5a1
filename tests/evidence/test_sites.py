"""Cases of pilot sites and of Chinese pilots: January by hand, what is counted, and rules without a simulation."""

import numpy as np
import pandas as pd
import pytest

from analysis.dispatch.strategies import SMART, UNCONTROLLED
from analysis.evidence.case import Case, Estimate
from analysis.evidence.cases import pilots, sites
from analysis.evidence.laboratory import Laboratory, PricedYear
from analysis.evidence.schedules import solved_site
from tests.evidence.made_weeks import MadeWeeks

RUN = {case.published_id: case for case in (*sites.CASES, *pilots.CASES)}


class Made(MadeWeeks):
    """Prices of January by the hour: cheap at night, dear in the evening."""

    def priced_year(self, price_area: str, price_year: int, per_season: int = 1) -> PricedYear:
        hours = pd.date_range(f"{price_year - 1}-12-31T23:00Z", periods=31 * 24, freq="h")
        price = np.select([hours.hour < 5, (hours.hour >= 17) & (hours.hour < 20)], [200.0, 2000.0], 800.0)
        day_ahead = pd.DataFrame({"price_area": price_area, "interval_start_utc": hours, "price_sek_per_mwh": price})
        reserves = pd.DataFrame(columns=["price_area", "product", "interval_start_utc", "price_sek_per_mw_h"])
        return PricedYear(day_ahead, reserves, pd.DataFrame())


@pytest.fixture(scope="module")
def lab(laboratory: Laboratory) -> Made:
    return Made(laboratory.parameters, laboratory.tables, laboratory.settings)


def run(lab: Made, case: Case, **changed: float | str) -> Estimate:
    placed = case.placed(lab)
    for name, value in changed.items():
        placed = placed.with_condition(name, value)
    return case.run(placed)


def test_january_is_its_whole_weeks_and_weighs_31_days(lab: Made) -> None:
    """2025: Mondays 6, 13 and 20; the week from the 27th ends in February."""
    named = sites._january(RUN["PR030"].placed(lab), 2025)
    local = [week.steps_utc[0].tz_convert("Europe/Stockholm") for week in named.weeks]
    assert [start.strftime("%a %d %H") for start in local] == ["Mon 06 00", "Mon 13 00", "Mon 20 00"]
    assert sum(week.weight_weeks for week in named.weeks) == pytest.approx(31 / 7)
    assert {len(week.steps_utc) for week in named.weeks} == {168}


def test_worth_in_january_is_per_charger(lab: Made) -> None:
    ours = run(lab, RUN["PR030"], car_count=4)
    assert ours.central > 0
    assert run(lab, RUN["PR030"], car_count=4, energy_kwh=5.0).central < ours.central, "half the energy, less to move"


FEW = {"car_count": 2}


def test_the_peak_told_is_that_of_the_site_that_falls_most(lab: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sites, "LIGHT_SITES", ("villa", "municipal_fleet"))
    own = [solved_site(lab, lab.use_case(name, market="spot", price_area="SE3"), 2025, count)
           for name, count in (("villa", 1), ("municipal_fleet", 2))]  # fmt: skip
    smart = [site.peak_kw(SMART) / site.peak_kw(UNCONTROLLED) - 1 for site in own]
    assert run(lab, RUN["PR031"], **FEW, ways="smart").central == pytest.approx(100 * min(smart))
    assert run(lab, RUN["PR031"], **FEW).central <= 100 * min(smart) + 1e-9
    assert run(lab, RUN["PR031"], **FEW, aim="peak").central <= 100 * min(smart) + 1e-6


def test_the_bill_is_that_of_building_and_cars(lab: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sites, "LIGHT_SITES", ("municipal_fleet", "depot_vans"))
    site = solved_site(lab, lab.use_case("municipal_fleet", market="spot", price_area="SE3"), 2025, 2)
    load, before, after = site.load_sek(), site.charging_sek(UNCONTROLLED), site.charging_sek(SMART)
    assert run(lab, RUN["PR032"], **FEW, ways="smart").central == pytest.approx(
        100 * (after - before) / (load + before))  # fmt: skip
    alone = run(lab, RUN["PR032"], **FEW, ways="smart", bill_of="charging")
    assert alone.central <= 100 * (after / before - 1) + 1e-9, "vans without a building count here"
    assert run(lab, RUN["PR032"], **FEW, ways="smart", before="charging_well").central == pytest.approx(0.0)


def test_rules_without_a_simulation(laboratory: Laboratory) -> None:
    for published_id, expected in {"PR034": 300.0, "PR061": 110.0}.items():
        case = RUN[published_id]
        assert case.kind == "identity"
        assert case.run(case.placed(laboratory)).central == expected
    quick = RUN["PR034"].placed(laboratory).with_condition("solar_data_s", 1.0)
    assert RUN["PR034"].run(quick).central < 0, "data every second are quick enough"


class Hub(Laboratory):
    """Hub chargers of 10 kW as solved: 3 000 kWh in 2025 and 2 000 in 2024."""

    def use_case_values(self, case, price_year, *, vehicle_count, per_season=1, spot_only=False):
        assert case.power_kw == 10.0
        return pd.DataFrame({"discharge_ac_kwh": {"grid": {2025: 3000.0, 2024: 2000.0}[price_year]}})


def test_a_pilot_and_a_plan_by_hand(laboratory: Laboratory) -> None:
    """500 kW are fifty chargers; 5 000 points, half of them there over three years, are 7 500 point-years."""
    hub = Hub(laboratory.parameters, laboratory.tables, laboratory.settings)
    pilot, plan = (RUN[name].run(RUN[name].placed(hub)) for name in ("PR066", "PR072"))
    assert (pilot.low, pilot.central) == pytest.approx((100_000, 150_000))
    assert (plan.low, plan.central) == pytest.approx((15.0, 22.5))


def test_charging_at_night_is_off_peak(lab: Made) -> None:
    """Made weeks are cheapest from 0 to 6: most is charged then, and all of that in the cheaper half of the day."""
    night, cheap = (run(lab, RUN["PR067"], off_peak=name).central for name in ("night", "cheap_half"))
    assert 50 < night <= 100
    assert 50 < cheap <= 100
    nothing = run(lab, RUN["PR067"], night_from_h=24, night_to_h=0)
    assert nothing.central == 0.0
