"""Each part on its own, worked by hand: what it pays and where it stops."""

import datetime
from dataclasses import replace

import numpy as np
import pytest

from analysis.errors import PolicyError
from analysis.policy.model import Situation
from analysis.policy.parts import phase_out_pu
from analysis.policy.support import ResolvedScheme, resolve_scheme, support_amounts_sek
from analysis.policy.years import resolve_by_year
from tests.analysis.policy.policy_bodies import body, component, load, parameter

DAY = datetime.date(2026, 6, 30)
HOME = Situation(28000.0, 22400.0, "ac", 11.0, True, True, "detached")
ONE_WAY = replace(HOME, is_bidirectional=False)
DC = replace(HOME, technology="dc", power_kw=44.0)
DEPOT = replace(DC, dwelling="depot", buyer="firm")
FIXED = {"part": "fixed_amount", "amount": "amount"}
AMOUNT = {"amount": parameter("sek", 1000)}


def paid(folder, case, amount, parameters, conditions=(), day=DAY):
    scheme = load(folder, body("gift", [component("grant", amount, [], list(conditions))], parameters))
    return float(support_amounts_sek(resolve_scheme(scheme, day, ["enacted"]), case))


@pytest.mark.parametrize(
    ("amount", "parameters", "case", "expected"),
    [
        ([{"part": "per_kw", "amount": "a"}], {"a": parameter("sek_per_kw", 500)}, HOME, 5500.0),
        ([{"part": "per_kw", "amount": "a"}], {"a": parameter("sek_per_kw", 500)}, DC, 22000.0),
        ([{"part": "cost_base"}, {"part": "rate", "rate": "r"}], {"r": parameter("pu", 0.25)}, HOME, 5600.0),
        (
            [{"part": "template_base", "ac": "a", "dc": "d"}],
            {"a": parameter("sek", 9000), "d": parameter("sek", 40000)},
            HOME,
            9000.0,
        ),
        (
            [{"part": "template_base", "ac": "a", "dc": "d"}],
            {"a": parameter("sek", 9000), "d": parameter("sek", 40000)},
            DC,
            28000.0,
        ),
        (
            [{"part": "template_base", "ac": "d", "dc": "d"}, {"part": "rate", "rate": "r"}],
            {"d": parameter("sek", 40000), "r": parameter("pu", 0.5)},
            HOME,
            14000.0,
        ),
        (
            [{"part": "extra_cost_by_technology", "ac": "a", "dc": "d"}],
            {"a": parameter("sek", 19000), "d": parameter("sek", 25000)},
            HOME,
            9000.0,
        ),
        (
            [{"part": "extra_cost_by_technology", "ac": "a", "dc": "d"}],
            {"a": parameter("sek", 19000), "d": parameter("sek", 25000)},
            DC,
            3000.0,
        ),
    ],
)
def test_bases(tmp_path, amount, parameters, case, expected):
    assert paid(tmp_path, case, amount, parameters) == expected


def test_a_one_way_charger_has_a_factor_of_its_own_where_the_file_gives_one(tmp_path):
    part = {"part": "technology_factor", "ac": "ac", "dc": "dc"}
    factors = {**AMOUNT, "ac": parameter("pu", 1), "dc": parameter("pu", 2)}
    assert [paid(tmp_path, case, [FIXED, part], factors) for case in (HOME, DC, ONE_WAY)] == [1000, 2000, 1000]
    part, factors = {**part, "oneway": "oneway"}, {**factors, "oneway": parameter("pu", 0.25)}
    assert [paid(tmp_path, case, [FIXED, part], factors) for case in (HOME, DC, ONE_WAY)] == [1000, 2000, 250]


@pytest.mark.parametrize(
    ("condition", "parameters", "met", "unmet"),
    [
        ({"part": "only_bidirectional"}, {}, HOME, ONE_WAY),
        ({"part": "only_oneway"}, {}, ONE_WAY, HOME),
        ({"part": "only_smart"}, {}, HOME, replace(ONE_WAY, is_smart=False)),
        ({"part": "only_interoperable"}, {}, HOME, replace(HOME, is_interoperable=False)),
        ({"part": "only_new_points"}, {}, HOME, replace(HOME, is_replacement=True)),
        ({"part": "only_buyers", "buyers": "w"}, {"w": parameter("list", ["firm"])}, DEPOT, HOME),
        ({"part": "only_buyers", "buyers": "w"}, {"w": parameter("list", ["private"])}, HOME, DEPOT),
        (
            {"part": "only_buyers", "buyers": "w"},
            {"w": parameter("list", ["association"])},
            replace(HOME, buyer="association"),
            replace(HOME, is_private=False),
        ),
        ({"part": "only_dwellings", "dwellings": "w"}, {"w": parameter("list", ["depot"])}, DEPOT, HOME),
        ({"part": "only_technologies", "technologies": "w"}, {"w": parameter("list", ["dc"])}, DC, HOME),
        (
            {"part": "only_connectors", "connectors": "w"},
            {"w": parameter("list", ["type_2"])},
            HOME,
            replace(HOME, connector="chademo"),
        ),
        ({"part": "power_from", "power": "p"}, {"p": parameter("kw", 44)}, DC, HOME),
        ({"part": "power_below", "power": "p"}, {"p": parameter("kw", 44)}, HOME, DC),
    ],
)
def test_conditions(tmp_path, condition, parameters, met, unmet):
    found = [paid(tmp_path, case, [FIXED], {**AMOUNT, **parameters}, [condition]) for case in (met, unmet)]
    assert found == [1000.0, 0.0]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (datetime.date(2026, 12, 31), 1000.0),
        (datetime.date(2027, 1, 1), 1000.0),
        (datetime.date(2028, 1, 1), 500.0),
        (datetime.date(2028, 12, 31), 0.0),
        (datetime.date(2031, 1, 1), 0.0),
    ],
)
def test_a_phase_out_falls_in_a_straight_line(tmp_path, day, expected):
    parts = [FIXED, {"part": "phase_out", "first_day": "first", "last_day": "last"}]
    first, last = datetime.date(2027, 1, 1), datetime.date(2028, 12, 31)
    parameters = {**AMOUNT, "first": parameter("date", first), "last": parameter("date", last)}
    found = paid(tmp_path, HOME, parts, parameters, day=day)  # 730 days, 365 of them gone on 2028-01-01
    assert found == pytest.approx(expected)


def test_a_phase_out_needs_a_day():
    filled = {"first_day": DAY, "last_day": datetime.date(2028, 1, 1)}
    with pytest.raises(PolicyError, match="phase_out: found no day"):
        phase_out_pu(filled, None)


def test_values_by_date_rise_in_steps(tmp_path):
    amount = parameter("sek", 1000)
    step = next(iter(amount["values"].values()))
    amount["values"][datetime.date(2027, 1, 1)] = {**step, "value": 3000}
    scheme = load(tmp_path, body("gift", [component("grant", [FIXED])], {"amount": amount}))
    years = resolve_by_year(scheme, [2024, 2026, 2027, 2028], ["enacted"])
    assert {year: float(support_amounts_sek(each, HOME)) for year, each in years.items()} == {
        2024: 0.0,
        2026: 1000.0,
        2027: 3000.0,
        2028: 3000.0,
    }


def test_a_combination_whose_grant_begins_later_keeps_the_member_that_has_begun(tmp_path):
    later = datetime.date(2027, 1, 1)
    old = body("old", [component("grant", [FIXED])], AMOUNT)
    new = body("new", [component("grant", [FIXED])], {"amount": parameter("sek", 500, start=later)})
    load(tmp_path, old), load(tmp_path, new)
    both = body("both", [], {"stacking": parameter("stacking_rule", "supported_cost_out", start=later)})
    del both["components"]
    years = resolve_by_year(load(tmp_path, {**both, "combines": ["new", "old"]}), [2026, 2027], ["enacted"])
    assert [float(support_amounts_sek(years[year], HOME)) for year in (2026, 2027)] == [1000.0, 1500.0]
    larger = resolve_by_year(
        load(tmp_path, {**both, "combines": ["new", "old"]}), [2027], ["enacted"], "whole_installation_out"
    )
    assert support_amounts_sek(larger[2027], HOME) == 1000.0


def test_a_rule_between_schemes_holds_before_its_first_day(tmp_path):
    later = datetime.date(2027, 1, 1)
    for name, amount in (("old", 1000), ("new", 500)):
        load(tmp_path, body(name, [component("grant", [FIXED])], {"amount": parameter("sek", amount)}))
    both = body("both", [], {"stacking": parameter("stacking_rule", "whole_installation_out", start=later)})
    del both["components"]
    years = resolve_by_year(load(tmp_path, {**both, "combines": ["new", "old"]}), [2026, 2027], ["enacted"])
    assert [float(support_amounts_sek(years[year], HOME)) for year in (2026, 2027)] == [1000.0, 1000.0]


def test_conditions_on_arrays_pay_draw_by_draw(tmp_path):
    scheme = load(tmp_path, body("gift", [component("grant", [FIXED])], AMOUNT))
    prices = np.array([500.0, 28000.0])
    case = replace(HOME, price_incl_vat_sek=prices, cost_excl_vat_sek=prices / 1.25)
    resolved = resolve_scheme(scheme, DAY, ["enacted"])
    np.testing.assert_allclose(support_amounts_sek(resolved, case), [500.0, 1000.0])
    np.testing.assert_allclose(support_amounts_sek(resolved, replace(case, buyer="firm")), [400.0, 1000.0])


def test_no_scheme_gives_the_shape_of_the_prices():
    case = replace(HOME, price_incl_vat_sek=np.ones((3, 2)), cost_excl_vat_sek=np.ones((3, 1)))
    assert support_amounts_sek(ResolvedScheme("none", (), {}), case).shape == (3, 2)
