"""Properties of the support itself, whatever the buyer's case."""

import datetime
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.policy.loader import load_scheme
from analysis.policy.model import BUYERS, STACKING_RULES, Situation, YearlyUse
from analysis.policy.support import (
    ResolvedScheme,
    performance_sek_per_year,
    resolve_scheme,
    support_amounts_sek,
    support_sek,
)

LAW = Path(__file__).resolve().parents[3] / "data" / "policy" / "se"
DAY = datetime.date(2026, 11, 23)
ALL = ("enacted", "proposed", "forecast", "assumption")
SCHEMES = {path.stem: load_scheme(path) for path in LAW.glob("*.yaml")}

cases = st.builds(
    lambda price, technology, power, both, opened, dwelling, tax, buyer, old: Situation(
        price,
        price / 1.25,
        technology,
        power,
        both,
        opened,
        dwelling,
        tax_paid_sek=tax,
        buyer=buyer,
        is_replacement=old,
        has_own_renewable=old,
    ),
    st.floats(0, 500_000),
    st.sampled_from(["ac", "dc"]),
    st.floats(1, 400),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["detached", "flat_cooperative", "flat_rental", "other", "depot", "public"]),
    st.floats(0, 200_000),
    st.sampled_from(BUYERS),
    st.booleans(),
)
uses = st.builds(
    lambda kwh, hours, power: YearlyUse(kwh, hours, kwh / power, power),
    st.floats(0, 50_000),
    st.floats(0, 8760),
    st.floats(1, 400),
)


@given(cases, st.sampled_from(sorted(SCHEMES)), st.sampled_from([None, "whole_installation_out"]))
def test_support_is_never_negative_and_never_above_what_the_buyer_bears(case, name, stacking):
    amount = support_sek(SCHEMES[name], case, DAY, ALL, stacking)
    assert 0.0 <= amount <= case.payable_sek + 1e-9


@given(cases, st.lists(st.sampled_from(sorted(SCHEMES)), min_size=1, max_size=4), st.sampled_from(STACKING_RULES))
def test_a_stack_of_any_schemes_in_any_order_never_exceeds_the_cost(case, names, rule):
    members = tuple(resolve_scheme(SCHEMES[name], DAY, ALL) for name in names)
    amount = float(support_amounts_sek(ResolvedScheme("stack", (), {}, members, rule, DAY), case))
    alone = [float(support_amounts_sek(member, case)) for member in members]
    assert max(alone) - 1e-6 <= amount <= min(sum(alone), case.payable_sek) + 1e-6


@given(cases, st.sampled_from(sorted(SCHEMES)), st.floats(0, 1))
def test_public_support_already_given_never_raises_a_later_one(case, name, share):
    before = support_sek(SCHEMES[name], case, DAY, ALL)
    after = support_sek(SCHEMES[name], case.with_public_support(share * case.payable_sek), DAY, ALL)
    assert after <= before + 1e-9
    assert after + share * case.payable_sek <= case.payable_sek + 1e-6


@given(cases, uses, st.sampled_from(sorted(SCHEMES)), st.integers(0, 15), st.floats(1, 3))
def test_yearly_pay_is_never_negative_and_never_falls_with_use(case, use, name, age, more):
    resolved = resolve_scheme(SCHEMES[name], DAY, ALL)
    greater = YearlyUse(use.discharged_kwh * more, use.enabled_h * more, use.full_power_h * more, use.power_kw)
    pay, higher, later = (
        float(performance_sek_per_year(resolved, case, each, years))
        for each, years in ((use, age), (greater, age), (use, age + 1))
    )
    assert 0.0 <= pay <= higher + 1e-9
    assert later <= pay


@given(cases)
def test_stacked_support_lies_between_the_larger_and_the_sum(case):
    grant, deduction = (support_sek(SCHEMES[name], case, DAY, ALL) for name in ("task53", "green_deduction"))
    both = support_sek(SCHEMES["task53_and_deduction"], case, DAY, ALL)
    assert grant - 1e-9 <= both <= grant + deduction + 1e-9


@given(cases)
def test_open_and_dc_never_get_less_under_task53(case):
    closed = replace(case, is_interoperable=False, technology="ac")
    opened = replace(case, is_interoperable=True, technology="ac")
    direct = replace(case, is_interoperable=True, technology="dc")
    amounts = [support_sek(SCHEMES["task53"], each, DAY, ALL) for each in (closed, opened, direct)]
    assert amounts == sorted(amounts)


@pytest.mark.parametrize("name", sorted(SCHEMES))
def test_an_array_of_prices_gives_what_each_price_gives(name):
    prices = np.array([14544.0, 28000.0, 56000.0, 150000.0])
    many = Situation(prices, prices / 1.25, "dc", 11.0, True, True, "detached")
    resolved = resolve_scheme(SCHEMES[name], DAY, ALL)
    one_by_one = [
        support_sek(SCHEMES[name], Situation(price, price / 1.25, "dc", 11.0, True, True, "detached"), DAY, ALL)
        for price in prices
    ]
    np.testing.assert_allclose(support_amounts_sek(resolved, many), one_by_one)
