"""Properties of the support itself, whatever the buyer's case."""

import datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.policy.loader import load_scheme
from analysis.policy.model import Situation
from analysis.policy.support import resolve_scheme, support_amounts_sek, support_sek

LAW = Path(__file__).resolve().parents[3] / "data" / "policy" / "se"
DAY = datetime.date(2026, 11, 23)
ALL = ("enacted", "proposed", "forecast", "assumption")
SCHEMES = {path.stem: load_scheme(path) for path in LAW.glob("*.yaml")}

cases = st.builds(
    lambda price, technology, power, both, opened, dwelling, tax: Situation(
        price, price / 1.25, technology, power, both, opened, dwelling, tax_paid_sek=tax
    ),
    st.floats(0, 500_000),
    st.sampled_from(["ac", "dc"]),
    st.floats(1, 400),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["detached", "flat_cooperative", "flat_rental", "other"]),
    st.floats(0, 200_000),
)


@given(cases, st.sampled_from(sorted(SCHEMES)), st.sampled_from([None, "whole_installation_out"]))
def test_support_is_never_negative_and_never_above_the_price(case, name, stacking):
    amount = support_sek(SCHEMES[name], case, DAY, ALL, stacking)
    assert 0.0 <= amount <= case.price_incl_vat_sek + 1e-9


@given(cases)
def test_stacked_support_lies_between_the_larger_and_the_sum(case):
    grant, deduction = (support_sek(SCHEMES[name], case, DAY, ALL) for name in ("task53", "green_deduction"))
    both = support_sek(SCHEMES["task53_and_deduction"], case, DAY, ALL)
    assert grant - 1e-9 <= both <= grant + deduction + 1e-9


@given(cases)
def test_open_and_dc_never_get_less_under_task53(case):
    closed = Situation(**{**vars_of(case), "is_interoperable": False, "technology": "ac"})
    opened = Situation(**{**vars_of(case), "is_interoperable": True, "technology": "ac"})
    direct = Situation(**{**vars_of(case), "is_interoperable": True, "technology": "dc"})
    amounts = [support_sek(SCHEMES["task53"], each, DAY, ALL) for each in (closed, opened, direct)]
    assert amounts == sorted(amounts)


def vars_of(case: Situation) -> dict:
    return {name: getattr(case, name) for name in case.__dataclass_fields__}


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
