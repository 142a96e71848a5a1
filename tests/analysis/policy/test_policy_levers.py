"""Budgets, reliefs, duties and yearly payments: hand-worked first."""

import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import PolicyError
from analysis.policy.levers import Mandates, Reliefs, annual_budget_sek, mandates, paid_years, reliefs, serve
from analysis.policy.model import Situation, YearlyUse
from analysis.policy.support import (
    ResolvedScheme,
    performance_sek_per_year,
    resolve_scheme,
    support_amounts_sek,
)
from analysis.policy.years import is_open, resolve_by_year
from tests.analysis.policy.policy_bodies import body, component, load, parameter

DAY = datetime.date(2026, 6, 30)
HOME = Situation(28000.0, 22400.0, "ac", 11.0, True, True, "detached")
NOTHING = ResolvedScheme("none", (), {})


def use(kwh, enabled_h=4000.0, power_kw=11.0):
    return YearlyUse(np.asarray(kwh), enabled_h, np.asarray(kwh) / power_kw, power_kw)


def pay(folder, parts, parameters, limits=(), conditions=()):
    scheme = load(folder, body("pay", [component("performance", parts, list(limits), list(conditions))], parameters))
    return resolve_scheme(scheme, DAY, ["enacted"])


def test_pay_per_kwh_starts_at_the_floor(tmp_path):
    resolved = pay(
        tmp_path,
        [{"part": "per_kwh_discharged", "rate": "rate"}],
        {"rate": parameter("sek_per_kwh", 0.5), "floor": parameter("h_per_year", 200)},
        conditions=[{"part": "full_power_floor", "floor": "floor"}],
    )
    paid = performance_sek_per_year(resolved, HOME, use([0.0, 2199.0, 2200.0, 4400.0]))
    np.testing.assert_allclose(paid, [0.0, 0.0, 1100.0, 2200.0])
    assert support_amounts_sek(resolved, HOME) == 0.0


def test_pay_per_enabled_hour_is_capped_a_year_and_ends(tmp_path):
    resolved = pay(
        tmp_path,
        [{"part": "per_enabled_hour", "rate": "rate"}],
        {
            "rate": parameter("sek_per_h", 1.5),
            "cap": parameter("sek_per_year", 5000),
            "years": parameter("years", 3),
        },
        limits=[{"part": "cap_per_year", "cap": "cap"}],
        conditions=[{"part": "paid_years", "years": "years"}],
    )
    year = YearlyUse(1000.0, np.array([1000.0, 6000.0]), 90.0, 11.0)
    np.testing.assert_allclose(performance_sek_per_year(resolved, HOME, year), [1500.0, 5000.0])
    np.testing.assert_allclose(performance_sek_per_year(resolved, HOME, year, age_years=2), [1500.0, 5000.0])
    np.testing.assert_allclose(performance_sek_per_year(resolved, HOME, year, age_years=3), [0.0, 0.0])
    assert paid_years(resolved) == 3
    ages = np.arange(4)[:, None]
    assert performance_sek_per_year(resolved, HOME, year, ages).sum() == 3 * 6500.0


def test_pay_per_kw_year_and_buyer_conditions(tmp_path):
    resolved = pay(
        tmp_path,
        [{"part": "per_kw_year", "rate": "rate"}],
        {"rate": parameter("sek_per_kw_year", 100)},
        conditions=[{"part": "only_interoperable"}],
    )
    assert performance_sek_per_year(resolved, HOME, use(0.0)) == 1100.0
    both = ResolvedScheme("both", (), {}, (resolved, NOTHING, resolved), "whole_installation_out", DAY)
    assert performance_sek_per_year(both, HOME, use(0.0)) == 2200.0
    assert (paid_years(resolved), paid_years(NOTHING)) == (np.inf, 0.0)
    closed = Situation(28000.0, 22400.0, "ac", 11.0, True, False, "detached")
    assert performance_sek_per_year(resolved, closed, use(0.0)) == 0.0
    assert performance_sek_per_year(NOTHING, HOME, use([1.0, 2.0])).tolist() == [0.0, 0.0]


def test_nominal_money_loses_with_the_price_level_and_real_money_does_not(tmp_path):
    """50 000 SEK at a level of 1.25 are 40 000; real money, shares and a member of a combination keep their worth."""
    amounts = [
        component(
            "grant", [{"part": "fixed_amount", "amount": "nominal"}], [{"part": "cap_share_of_cost", "share": "pu"}]
        ),
        {**component("grant", [{"part": "fixed_amount", "amount": "real"}]), "name": "second"},
    ]
    parameters = {
        "nominal": parameter("sek", 50000),
        "real": {**parameter("sek", 7000), "price_basis": "real"},
        "pu": parameter("pu", 1),
    }
    load(tmp_path, body("gift", amounts, parameters))
    both = body("both", [], {"stacking": parameter("stacking_rule", "supported_cost_out")})
    scheme = load(tmp_path, {key: value for key, value in both.items() if key != "components"} | {"combines": ["gift"]})
    case = Situation(100000.0, 80000.0, "ac", 11.0, True, True, "detached")
    years = resolve_by_year(scheme, [2025, 2026], ["enacted"], price_level={2025: 1.0, 2026: 1.25})
    assert [float(support_amounts_sek(years[year], case)) for year in (2025, 2026)] == [57000.0, 47000.0]
    still = resolve_by_year(scheme, [2026], ["enacted"])
    assert support_amounts_sek(still[2026], case) == 57000.0
    with pytest.raises(PolicyError, match="price level 2026: found no value"):
        resolve_by_year(scheme, [2025, 2026], ["enacted"], price_level={2025: 1.0})


def budgeted(folder, budget, start=datetime.date(2025, 1, 1)):
    grant = component(
        "grant", [{"part": "fixed_amount", "amount": "amount"}], [{"part": "annual_budget", "budget": "budget"}]
    )
    parameters = {"amount": parameter("sek", 1000), "budget": parameter("sek_per_year", budget, start=start)}
    return load(folder, body("gift", [grant], parameters))


def test_a_budget_bounds_the_sum_not_the_buyer(tmp_path):
    years = resolve_by_year(budgeted(tmp_path, 1_000_000), [2026], ["enacted"])
    assert support_amounts_sek(years[2026], HOME) == 1000.0
    assert annual_budget_sek(years[2026], 2026) == 1_000_000
    assert annual_budget_sek(NOTHING, 2026) == np.inf


def test_a_budget_of_another_year_is_refused(tmp_path):
    years = resolve_by_year(budgeted(tmp_path, 1_000_000), [2026], ["enacted"])
    for ask in (annual_budget_sek, mandates):
        with pytest.raises(
            PolicyError, match="a scheme resolved on 2026-06-30; expected one resolved on a day of 2030"
        ):
            ask(years[2026], 2030)


def test_a_budget_is_shared_out_and_the_rest_waits():
    served = serve(np.array([150.0, 40.0, 0.0]), np.array([50.0, 0.0, 0.0]), 100.0)
    assert served.share_pu.tolist() == [0.5, 1.0, 1.0]
    assert served.paid_sek.tolist() == [100.0, 40.0, 0.0]
    assert served.waiting_sek.tolist() == [100.0, 0.0, 0.0]
    assert serve(1e12, 0.0, np.inf).share_pu == 1.0
    assert serve(5.0, 0.0, 0.0).waiting_sek == 5.0


@given(st.floats(0, 1e9), st.floats(0, 1e9), st.one_of(st.floats(0, 1e9), st.just(np.inf)))
def test_what_is_asked_for_is_paid_or_waits(asked, waiting, budget):
    served = serve(asked, waiting, budget)
    assert served.paid_sek + served.waiting_sek == pytest.approx(asked + waiting)
    assert 0.0 <= served.share_pu <= 1.0
    assert served.paid_sek <= budget
    assert served.paid_sek == pytest.approx(served.share_pu * (asked + waiting))


def relief(folder, name, form, share, rule):
    part = {"part": "relief", "share": "share", "rule": "rule"}
    parameters = {"share": parameter("pu", share), "rule": parameter("relief_rule", rule)}
    return load(folder, body(name, [component(form, [part])], parameters))


def test_reliefs_of_tax_and_network(tmp_path):
    written = resolve_scheme(relief(tmp_path, "a", "levy_relief", 1, "on_application"), DAY, ["enacted"])
    assert reliefs(written) == Reliefs(1.0, 0.0, True)
    network = resolve_scheme(relief(tmp_path, "b", "network_relief", 0.5, "at_settlement"), DAY, ["enacted"])
    assert reliefs(network) == Reliefs(0.0, 0.5, False)
    simpler = resolve_scheme(relief(tmp_path, "c", "levy_relief", 1, "at_settlement"), DAY, ["enacted"])
    assert reliefs(ResolvedScheme("all", (), {}, (written, network, simpler))) == Reliefs(1.0, 0.5, False)
    assert reliefs(NOTHING) == Reliefs(0.0, 0.0, False)
    nothing = resolve_scheme(relief(tmp_path, "d", "levy_relief", 0, "on_application"), DAY, ["enacted"])
    assert reliefs(nothing) == Reliefs(0.0, 0.0, False)


def test_duties_by_year(tmp_path):
    share = parameter("pu", 1, start=datetime.date(2029, 1, 1))
    duty = component("mandate", [{"part": "share_of_new_chargers", "share": "share"}])
    years = resolve_by_year(load(tmp_path, body("duty", [duty], {"share": share})), [2028, 2029], ["enacted"])
    assert mandates(years[2028], 2028) == Mandates(0.0, 0.0)
    assert mandates(years[2029], 2029) == Mandates(1.0, 0.0)
    assert mandates(NOTHING, 2029) == Mandates(0.0, 0.0)


def test_a_scheme_gives_nothing_before_it_begins_and_after_it_ends(tmp_path):
    amount = parameter("sek", 1000, start=datetime.date(2026, 7, 1))
    amount["values"][datetime.date(2028, 6, 30)] = {**next(iter(amount["values"].values())), "value": None}
    grant = component("grant", [{"part": "fixed_amount", "amount": "amount"}])
    scheme = load(tmp_path, body("gift", [grant], {"amount": amount}))
    years = resolve_by_year(scheme, range(2025, 2030), ["enacted"])
    assert [float(support_amounts_sek(years[year], HOME)) for year in years] == [0.0, 0.0, 1000.0, 0.0, 0.0]
    assert [is_open(scheme, day) for day in (DAY, datetime.date(2026, 7, 1), datetime.date(2028, 6, 30))] == [
        False,
        True,
        False,
    ]
    with pytest.raises(PolicyError, match="no value on 2026-06-30"):
        resolve_scheme(scheme, DAY, ["enacted"])
    with pytest.raises(PolicyError, match="values of status enacted only"):
        resolve_by_year(scheme, [2026], ["proposed"])
