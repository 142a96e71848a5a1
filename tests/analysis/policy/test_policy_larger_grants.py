"""T17 at the law: a larger grant never lowers the number of two-way chargers, under its conditions; and where it does.

A small chooser stands for the buyers: a logit over no two-way charger, AC and DC, with an income that falls as kW are
added, and everyone alike. The whole chain has its own test beside the evaluation of schemes.
"""

import datetime
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.policy.levers import serve
from analysis.policy.loader import load_scheme
from analysis.policy.model import Situation
from analysis.policy.support import ResolvedScheme, resolve_scheme, support_amounts_sek

LAW = Path(__file__).resolve().parents[3] / "data" / "policy" / "se"
DAY = datetime.date(2026, 11, 23)
ALL = ("enacted", "proposed", "forecast", "assumption")
TASK53 = resolve_scheme(load_scheme(LAW / "task53.yaml"), DAY, ALL)
ONE_WAY_SMART = resolve_scheme(load_scheme(LAW / "oneway_smart.yaml"), DAY, ALL)
BUYER_COUNT = 100_000
POWER_KW = np.array([11.0, 20.0])
PRICE_SEK = np.array([28000.0, 60000.0])
CASES = (
    Situation(28000.0, 22400.0, "ac", 11.0, True, True, "detached"),
    Situation(60000.0, 48000.0, "dc", 20.0, True, True, "detached"),
)
ORDINARY_SEK = 19000.0
ORDINARY = Situation(ORDINARY_SEK, ORDINARY_SEK / 1.25, "ac", 11.0, False, True, "detached")


def scaled(resolved: ResolvedScheme, factor: float) -> ResolvedScheme:
    """The same scheme with its base amount times the factor."""
    return replace(resolved, values={**resolved.values, "base_sek": resolved.values["base_sek"] * factor})


def support(resolved: ResolvedScheme) -> np.ndarray:
    return np.array([float(support_amounts_sek(resolved, case)) for case in CASES])


def choose(support_sek, income_sek_per_kw, one_way_sek=0.0, response_per_ksek=0.25):
    """Buyers of AC and DC when a kW earns this much over its life."""
    worth_sek = POWER_KW * income_sek_per_kw - (PRICE_SEK - ORDINARY_SEK) + support_sek - one_way_sek
    weight = np.exp(response_per_ksek * worth_sek / 1000)
    return BUYER_COUNT * weight / (1 + weight.sum())


def balance(support_sek, one_way_sek=0.0, depth_kw=np.inf, response_per_ksek=0.25):
    """Buyers of AC and DC where the income that they leave is the income that they expected."""
    low, high = 0.0, 1500.0
    for _ in range(80):
        middle = (low + high) / 2
        count = choose(support_sek, middle, one_way_sek, response_per_ksek)
        if 1500.0 * np.exp(-(count * POWER_KW).sum() / depth_kw) > middle:
            low = middle
        else:
            high = middle
    return choose(support_sek, low, one_way_sek, response_per_ksek)


@given(st.floats(0, 4), st.floats(1, 2))
def test_a_larger_base_gives_every_charger_at_least_as_much(factor, more):
    assert (support(scaled(TASK53, factor * more)) >= support(scaled(TASK53, factor)) - 1e-9).all()


@given(st.floats(0, 4), st.floats(1, 2))
def test_larger_grants_never_lower_adoption_without_budget(factor, more):
    fewer, greater = (choose(support(scaled(TASK53, each)), 900.0).sum() for each in (factor, factor * more))
    assert greater >= fewer - 1e-6


def test_larger_grants_never_lower_adoption_in_a_shallow_market_either():
    found = [balance(support(scaled(TASK53, factor)), depth_kw=300_000).sum() for factor in (0, 0.5, 1, 1.5, 2)]
    assert found == sorted(found)
    assert found[-1] > found[0] * 1.1


def test_with_a_budget_a_larger_grant_serves_fewer():
    """One grant of 5 000 SEK and a budget of 1 MSEK: 200 chargers; of 10 000 SEK: 100."""
    served = []
    for grant_sek, buyers in ((5000.0, 1000.0), (10000.0, 1500.0)):
        share = serve(grant_sek * buyers, 0.0, 1e6).share_pu
        served.append(float(share * buyers))
    assert served == pytest.approx([200.0, 100.0])


def test_those_who_wait_for_a_larger_grant_do_not_buy_without_it():
    """Same budget, doubled grant, buyers who would have bought anyway: they queue, and adoption falls below none."""
    budget_sek = 50e6
    adopted = []
    for factor in (0.0, 0.5, 1.0):
        amounts = support(scaled(TASK53, factor))
        buyers = choose(amounts, 900.0)
        served = serve((buyers * amounts).sum(), 0.0, budget_sek)
        adopted.append(float((served.share_pu * buyers).sum()))
    assert adopted[2] < adopted[1] < adopted[0]


def test_one_technologys_grant_alone_lowers_adoption_in_a_shallow_market():
    """DC of 20 kW fills the market that AC of 11 kW lived on: more DC, fewer chargers; both grants together: more."""
    ac, dc = support(TASK53)
    depth = {"depth_kw": 150_000, "response_per_ksek": 0.5}
    none, both = balance(np.zeros(2), **depth), balance(np.array([ac, dc]), **depth)
    alone = balance(np.array([0.0, dc]), **depth)
    assert alone[1] > none[1]
    assert alone.sum() < 0.98 * none.sum()
    assert both.sum() > none.sum()
    assert (alone * POWER_KW).sum() > (none * POWER_KW).sum()


@given(st.floats(0, 2), st.floats(1.01, 2))
def test_the_same_money_on_one_way_chargers_lowers_two_way_adoption(factor, more):
    one_way = [float(support_amounts_sek(scaled(ONE_WAY_SMART, each), ORDINARY)) for each in (factor, factor * more)]
    assert one_way[1] >= one_way[0]
    assert support(ONE_WAY_SMART).tolist() == [0.0, 0.0]
    found = [choose(np.zeros(2), 900.0, each).sum() for each in one_way]
    assert found[1] <= found[0] + 1e-6
