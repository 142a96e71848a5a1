"""Paths through the years: who is due, what is kept, awareness, queue, duties, and the balance with market depth."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.cba.calibration import uptake_pu
from analysis.cba.choice import Earnings, choose
from analysis.cba.nodes import group_cars
from analysis.cba.paths import follow, served_pu
from analysis.cba.world import terms_of
from analysis.errors import DataError
from analysis.policy.loader import load_scheme
from analysis.policy.years import resolve_by_year
from analysis.uncertainty.draws import central_draws, draw_all, draw_price_years
from analysis.uncertainty.evaluate import Span, build_frame, draw_study
from tests.analysis.cba import scheme_tables as small

SPAN = Span(2026, 2040, 2030, 2030, 2025, 0.0)
STATUSES = ("enacted", "proposed", "assumption")


def frame(vehicles: int = 3, **changed: float):
    values = small.central().with_values(changed)
    return build_frame(
        small.tables(3.0, vehicles), values, span=SPAN, options=small.OPTIONS, levels=small.LEVELS,
        standards=small.standards_case(),
    )  # fmt: skip


@pytest.fixture(scope="module")
def study():
    draws = draw_all(small.parameters_table(), small.central(), 40, 7, {})
    return draw_study(frame(), draws, draw_price_years((2024, 2025), 40, 7))


@pytest.fixture(scope="module")
def central():
    return draw_study(frame(), central_draws(small.central(), 2), np.array([0, 1]))


def law(name: str, years: range = range(2026, 2031), **values: float):
    found = resolve_by_year(load_scheme(small.ROOT / f"data/policy/se/{name}.yaml"), years, STATUSES)
    return {year: replace(each, values={**each.values, **values}) for year, each in found.items()}


def test_each_draw_meets_its_own_anchor(study):
    np.testing.assert_allclose(uptake_pu(study.world), study.world.draws["ado.revealed_anchor"], rtol=1e-3)
    first = study.without.new_count[:, 0].sum(axis=(1, 2, 3)) / study.without.due_count[:, 0]
    assert (first < study.world.draws["ado.revealed_anchor"]).all()  # those who buy lower reserve prices


def test_an_anchor_above_awareness_is_refused():
    draws = central_draws(small.central(), 1, {"ado.revealed_anchor": np.array([0.9])})
    with pytest.raises(DataError, match="less than the share that knows of V2X"):
        draw_study(frame(), draws, np.array([0]))


def test_who_is_due_in_the_first_year_by_hand(central):
    """2026: 600 000 cars of 500 000 the year before; a sixth are first cars, a tenth of the others wear out."""
    capable = 600e3 * 0.3 * 0.75
    assert central.without.due_count[0, 0] == pytest.approx(capable * (1 / 6 + 5 / 6 / 10), rel=1e-6)


def test_nobody_is_due_twice_and_all_who_enrol_have_a_car(study):
    path = study.without
    capable = study.world.households.capable_count.sum(axis=2)
    assert (path.enrolled_total <= capable * (1 + 1e-6)).all()
    assert (path.due_count <= capable * (1 + 1e-6)).all()
    assert (path.new_count.sum(axis=(2, 3, 4)) <= path.due_count * (1 + 1e-4)).all()


def test_what_is_enrolled_is_what_was_bought_and_still_serves(central):
    """Cohort by cohort: bought within ten years, less the hazard to the middle of the year."""
    path, place = central.without, 12
    expected = sum(
        path.new_count[:, bought] * np.asarray(served_pu(central.world, bought, place - bought)).reshape(-1, 1, 1, 6)
        if bought < place
        else path.new_count[:, bought]
        for bought in range(place - 9, place + 1)
    )
    np.testing.assert_allclose(path.enrolled_count[:, place], expected, rtol=1e-5)


def test_prices_fall_and_awareness_grows_beyond_its_path(study):
    path = study.without
    assert (np.diff(path.extra_price_sek, axis=1) <= 1e-6).all()
    alone = study.world.households
    aware = alone.aware_start_pu.copy()
    for place in range(15):
        aware = aware + (1 - aware) * alone.aware_rate_pu[:, place]
        assert (path.aware_pu[:, place] >= aware - 1e-9).all()
    assert (path.aware_pu[:, -1] > aware).all()


def test_adoption_is_in_balance_with_the_market_every_year(study):
    assert study.without.gap_pu.max() < 1e-3
    supported = follow(study.world, law("task53"), 2030)
    assert supported.gap_pu.max() < 1e-3
    assert (supported.enrolled_total[:, 4] > study.without.enrolled_total[:, 4]).all()


def test_a_deeper_market_keeps_more_cars(study):
    """Where reserve prices never fall, more cars come."""
    depth = study.world.market.depth
    flat = replace(study.world, market=replace(study.world.market, depth=replace(
        depth, enrolled_count=depth.enrolled_count * 1e6)))  # fmt: skip
    assert (follow(flat, {}, 2030).enrolled_total[:, -1] > study.without.enrolled_total[:, -1]).all()


def test_a_budget_pays_no_more_than_it_holds_and_the_rest_wait(study):
    """Task 53 with ten million kronor a year: all of it is paid, and those who wait ask again the next year."""
    law_now = with_budget(law("task53"), 10e6)
    path = follow(study.world, law_now, 2030)
    paid = path.outlay_sek.sum(axis=(2, 3))
    assert (paid[:, :5] <= 10e6 * (1 + 1e-6)).all()
    np.testing.assert_allclose(paid[:, 4], 10e6, rtol=1e-5)
    assert (path.served_pu[:, 4] < 1).all()
    assert (path.waiting_count[:, 4] > 0).all()
    assert not path.waiting_count[:, 5:].any()
    free = follow(study.world, law("task53"), 2030)
    assert (path.enrolled_total[:, 4] < free.enrolled_total[:, 4]).all()
    assert (path.enrolled_total[:, 4] > study.without.enrolled_total[:, 4] * 0.98).all()


def with_budget(years, amount_sek: float):
    """The same law with a national budget a year."""
    from analysis.policy.model import Part

    def limited(each):
        grant = each.components[0]
        part = Part("annual_budget", {"budget": "budget_sek"})
        component = replace(grant, limits=(*grant.limits, part))
        return replace(each, components=(component,), values={**each.values, "budget_sek": amount_sek})

    return {year: limited(each) for year, each in years.items()}


def test_groups_of_cars_stand_for_the_cars():
    """Twelve cars in six groups against twelve apart: enrolment within half a per cent in every year."""
    from analysis.cba import nodes

    draws, index = central_draws(small.central(), 2), np.array([0, 1])
    grouped = draw_study(frame(12), draws, index)
    assert grouped.frame.nodes.weight_pu.shape == (4, 6)
    limit = nodes.NODE_COUNT
    every = group_cars(-grouped.frame.points["net_cost_sek"].mean(axis=(0, 1, 4)), grouped.frame.streams.weights_pu, 12)
    assert limit == 6
    whole = replace(
        grouped.frame, nodes=every,
        yearly=replace(
            grouped.frame.yearly,
            two_way={name: every.mean(cube) for name, cube in grouped.frame.points.items()},
            one_way=dict(grouped.frame.streams.one_way.items()),
        ),
    )  # fmt: skip
    apart = draw_study(whole, draws, index)
    np.testing.assert_allclose(grouped.without.enrolled_total, apart.without.enrolled_total, rtol=5e-3)


def test_groups_by_hand():
    """Weights 1, 2, 3 of 6 in two groups, by value: the poorest third and half of the next, and the rest."""
    nodes = group_cars(np.array([[3.0, 1.0, 2.0]]), np.array([1, 2, 3]) / 6, 2)
    np.testing.assert_allclose(nodes.weight_pu, [[0.5, 0.5]])
    np.testing.assert_allclose(nodes.member_pu[0, :, 0], [0.0, 2 / 3, 1 / 3])
    np.testing.assert_allclose(nodes.mean(np.array([[[30.0], [10.0], [20.0]]]))[0, :, 0], [40 / 3, 70 / 3])


def test_dwellings_that_are_given_the_same_choose_alike(central):
    """One dwelling paid a krona more is computed apart and differs; the two others stay as they were."""
    world = central.world
    terms = terms_of(world, 0, law("task53")[2026], np.zeros(2))
    other = replace(terms, support_sek=terms.support_sek + np.array([0, 0, 5000.0])[None, :, None, None])
    people = world.households.cell_pu * 1000.0
    value = np.full((2, 4, 3, 6), 2500.0)
    earned = Earnings(value, np.zeros_like(value), 0, np.full((2, 4, 3), 500.0))
    same, moved = (choose(people, earned, world.market.weight_pu, world.tastes, each) for each in (terms, other))
    np.testing.assert_allclose(moved.by_cell[:, :2], same.by_cell[:, :2], rtol=1e-5)
    assert (moved.by_cell[:, 2].sum(axis=(1, 2, 3)) > same.by_cell[:, 2].sum(axis=(1, 2, 3))).all()
    for found in (same, moved):
        np.testing.assert_allclose(found.by_cell.sum(axis=(1, 2)), found.two_way.sum(axis=2), rtol=1e-4)
        np.testing.assert_allclose(found.smart_by_cell.sum(axis=(1, 2)), found.smart.sum(axis=2), rtol=1e-4)
        assert (
            found.by_cell.sum(axis=(1, 2, 4)) + found.smart_by_cell.sum(axis=(1, 2)) < people.sum(axis=(2, 3))
        ).all()


@pytest.mark.slow
@settings(max_examples=10, deadline=None)
@given(st.sampled_from(["task53", "extra_cost", "green_deduction"]), st.floats(1.0, 3.0))
def test_a_larger_grant_never_lowers_adoption_while_it_is_paid(study, name, factor):
    """T17: all grants and caps scaled together, no budget, in every draw and year that pays."""
    money = {"task53": ("base_sek", "share_cap_pu"), "green_deduction": ("rate_pu", "cap_sek_per_person_year"),
             "extra_cost": ("rate_pu", "cap_sek")}  # fmt: skip
    years = law(name)
    larger = {
        year: replace(each, values={**each.values, **{key: each.values[key] * factor for key in money[name]}})
        for year, each in years.items()
    }
    own, more = (follow(study.world, each, 2030).enrolled_total[:, :5] for each in (years, larger))
    assert (more >= own * (1 - 2e-3)).all()
