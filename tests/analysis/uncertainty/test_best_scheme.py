"""The best scheme of the family: answers known by hand, brute force, the law's own amounts, and no support at all."""

import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import PolicyError
from analysis.io import check_table
from analysis.policy.loader import load_scheme
from analysis.policy.model import Situation
from analysis.policy.support import resolve_scheme, support_amounts_sek
from analysis.schemas.schemes import BestScheme, SchemeFront
from analysis.settings.load import load_settings
from analysis.uncertainty.best import Aim, aims, best_bases, best_schemes, best_trial, search_family, spend_the_budget
from analysis.uncertainty.family import (
    NAMES,
    SPANS,
    Units,
    amounts_at,
    design,
    family_law,
    mean_support_sek,
    place_of,
    proposal,
    support_coordinates,
)
from analysis.uncertainty.response import fit_response
from analysis.uncertainty.trials import FIRM, OUTLAY, SOCIAL, TOP, first_trials, fit_trials, front_table, on_front
from tests.conftest import ROOT

LAW = resolve_scheme(
    load_scheme(Path(ROOT / "data/policy/se/task53.yaml")), datetime.date(2026, 11, 23), ("proposed", "assumption")
)  # fmt: skip
PROPOSED = proposal(LAW)
TEN_KSEK = 10_000.0
SWING = np.linspace(0.8, 1.2, 16)
"""What draws make of one outcome: their mean is one, so that answers by hand are those of the mean."""

SEARCH = load_settings("minimal").scope.search.model_copy(
    update={"trial_count": 64, "refine_count": 2, "resample_count": 40, "budgets_msek": (1.0, 3.0),
            "top_quintile_outlay_pu": 0.5}
)  # fmt: skip


def brought(base, ratio) -> dict:
    """AC gets x, DC y (10 kSEK): outlay x + y, power x − x²/4 + 1.2 (y − y²/4), and DC money goes to the top fifth.

    With 1 MSEK to spend, 1 − x/2 = 1.2 (1 − y/2) and x + y = 1 give x = 4/11 and y = 7/11: a ratio of 1.75. Socially,
    1.5 times the power less outlay is best where 1.5 (1 − x/2) = 1 = 1.8 (1 − y/2): x = 2/3, y = 8/9.
    """
    x = base / TEN_KSEK
    y = x * ratio
    power = x - x**2 / 4 + 1.2 * (y - y**2 / 4)
    return {OUTLAY: x + y, FIRM: power, SOCIAL: 1.5 * power - x - y, TOP: y}


def two_kinds(amounts) -> pd.DataFrame:
    found = brought(amounts["base_sek"], amounts["dc_ac_ratio"])
    return pd.DataFrame({name: value * SWING for name, value in found.items()})


def of_two_kinds(places):
    amounts = amounts_at(places)
    x = amounts["base_sek"].to_numpy() / TEN_KSEK
    return np.column_stack([x, x * amounts["dc_ac_ratio"].to_numpy()])


@pytest.fixture(scope="module")
def found():
    trials, responses = search_family(two_kinds, of_two_kinds, PROPOSED, SEARCH, seed=3)
    return trials, responses, best_schemes(trials, responses, PROPOSED, SEARCH, seed=3)


def rows_of(table: pd.DataFrame, aim: str, budget: float) -> pd.DataFrame:
    return table.query("aim == @aim and budget_msek == @budget").set_index("quantity")


def test_firm_power_for_a_budget_by_hand(found):
    rows = rows_of(found[2], "firm_mw", 1.0)
    assert rows.loc["outlay_msek", "value"] == pytest.approx(1.0, rel=5e-3)
    assert rows.loc["dc_ac_ratio", "value"] == pytest.approx(1.75, rel=0.15)
    assert rows.loc["base_sek", "value"] == pytest.approx(4 / 11 * TEN_KSEK, rel=0.12)
    best = 4 / 11 - (4 / 11) ** 2 / 4 + 1.2 * (7 / 11 - (7 / 11) ** 2 / 4)
    assert rows.loc["net_firm_additional_mw", "value"] == pytest.approx(best, rel=3e-3)
    assert rows.loc["no_support", "value"] == 0


def test_social_value_stops_short_of_the_budget(found):
    """3 MSEK could be spent, 14/9 are worth it."""
    rows = rows_of(found[2], "social_npv", 3.0)
    assert rows.loc["base_sek", "value"] == pytest.approx(2 / 3 * TEN_KSEK, rel=0.1)
    assert rows.loc["dc_ac_ratio", "value"] == pytest.approx(4 / 3, rel=0.1)
    assert rows.loc["net_social_npv_msek", "value"] == pytest.approx(1.5 * (5 / 9 + 1.2 * 56 / 81) - 14 / 9, rel=5e-3)


def test_the_fair_aim_keeps_its_limit(found):
    """At most half of the money to DC owners: the ratio cannot exceed one."""
    rows = rows_of(found[2], "firm_mw_with_fairness_floor", 1.0)
    assert rows.loc["top_quintile_outlay_pu", "value"] <= 0.5 + 1e-6
    assert rows.loc["dc_ac_ratio", "value"] == pytest.approx(1.0, abs=0.1)
    free = rows_of(found[2], "firm_mw", 1.0)
    assert rows.loc["net_firm_additional_mw", "value"] < free.loc["net_firm_additional_mw", "value"]


def test_no_grid_of_schemes_beats_the_search(found):
    """Brute force: 300 base amounts times 60 ratios, the true function of each, every aim and budget."""
    base, ratio = np.meshgrid(np.linspace(0, 15_000, 300), np.geomspace(0.25, 4, 60))
    grid = brought(base, ratio)
    for aim in aims(SEARCH):
        allowed = aim.allows(grid[OUTLAY], grid[TOP])
        best = float(found[0].means(aim.objective)[best_trial(found[0], aim)])
        assert best >= 0.995 * float(grid[aim.objective][allowed].max()), aim


def test_ranges_hold_the_answer_and_flatness_is_told(found):
    rows = rows_of(found[2], "firm_mw", 1.0)
    flat = rows.loc["dc_ac_ratio_within_1_percent"]
    assert flat["low"] < 1.75 < flat["high"]
    assert flat["low"] > 0.8 and flat["high"] < 3.6  # one per cent is no wide door here: at 0.8 the loss is 1.9 %
    no_matter = rows.loc["open_closed_ratio_within_1_percent"]
    assert no_matter["low"] < 0.5 and no_matter["high"] > 2  # what nothing depends on may be anything
    assert rows.loc["foretold_r2", "value"] > 0.97


def test_the_proposal_stands_beside_the_best(found):
    """Its ratio of 2 for the same money: x = 1/3, y = 2/3 gives 0.9722 of power against 0.9727."""
    rows = rows_of(found[2], "firm_mw", 1.0)
    assert rows.loc["dc_ac_ratio_task53", "value"] == 2
    assert rows.loc["open_closed_ratio_task53", "value"] == 2
    assert rows.loc["outlay_msek_task53", "value"] == pytest.approx(1.0, rel=5e-3)
    power = 1 / 3 - 1 / 36 + 1.2 * (2 / 3 - 1 / 9)
    assert rows.loc["net_firm_additional_mw_task53", "value"] == pytest.approx(power, rel=5e-3)


def test_tables_hold_their_contracts(found):
    trials, _, table = found
    check_table(table, BestScheme, "best")
    front = front_table(trials)
    check_table(front, SchemeFront, "front")
    assert front["is_on_front"].any()
    assert front.loc[0, "base_sek"] == 0
    assert front.loc[0, "is_on_front"]  # nothing costs less than nothing


def test_where_support_only_costs_the_best_is_none():
    """Social value falls with every crown, and some draws are worse than others: no support, in all resamples."""

    def only_costs(amounts):
        return two_kinds(amounts).assign(**{SOCIAL: lambda table: -table[OUTLAY]})

    search = SEARCH.model_copy(update={"budgets_msek": (1.0,), "trial_count": 32, "refine_count": 1})
    trials, responses = search_family(only_costs, of_two_kinds, PROPOSED, search, seed=3)
    rows = rows_of(best_schemes(trials, responses, PROPOSED, search, seed=3), "social_npv", 1.0)
    assert rows.loc["no_support", "value"] == 1
    assert rows.loc["no_support_in_resamples", "value"] == 1
    assert rows.loc["base_sek", ["value", "low", "high"]].tolist() == [0, 0, 0]
    assert np.isnan(rows.loc["dc_ac_ratio", "value"])
    assert rows.loc["net_social_npv_msek", "value"] == 0


def test_a_budget_is_spent_to_its_end():
    search = SEARCH.model_copy(update={"trial_count": 8})
    trials = first_trials(two_kinds, search, 1)
    shape = place_of(PROPOSED | {"base_sek": 14_000.0})
    spent = spend_the_budget(trials, two_kinds, shape, Aim("firm_mw", 0.7, 1.0))
    assert spent.means(OUTLAY)[-1] == pytest.approx(0.7, rel=5e-3)
    assert spent.means(OUTLAY)[-1] <= 0.7 * 1.001
    np.testing.assert_allclose(spent.places[-1, 1:], shape[1:])
    out_of_reach = spend_the_budget(trials, two_kinds, shape, Aim("firm_mw", 1e4, 1.0))
    assert out_of_reach.places[-1, 0] == 1


def test_base_amount_between_two_nodes():
    """Outlay 0, 100, 200 brings 0, 4, 6: for 150 it is 5, three quarters of the way."""
    means = {OUTLAY: np.array([[0.0, 100, 200]]), FIRM: np.array([[0.0, 4, 6]]), TOP: np.zeros((1, 3))}
    value, base = best_bases(means, np.array([0, 0.5, 1]), Aim("firm_mw", 150, 1.0))
    assert (value[0], base[0]) == (5, 0.75)
    value, base = best_bases(means, np.array([0, 0.5, 1]), Aim("firm_mw", 500, 1.0))
    assert (value[0], base[0]) == (6, 1)


def test_front_by_hand():
    assert on_front(np.array([0, 1, 2, 2]), np.array([0, 3, 4, 1])).tolist() == [True, True, True, False]
    assert on_front(np.array([1, 1]), np.array([3, 3])).tolist() == [True, True]


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(*[st.integers(0, 4)] * 3), min_size=1, max_size=20))
def test_what_is_off_the_front_is_beaten_by_what_is_on_it(trials):
    outlay, firm, social = np.array(trials, dtype=float).T
    front = on_front(outlay, firm, social)
    assert front.any()
    for place in np.flatnonzero(~front):
        better = (outlay <= outlay[place]) & (firm >= firm[place]) & (social >= social[place]) & front
        assert better.any()


amounts = st.fixed_dictionaries({name: st.floats(span.low, span.high) for name, span in SPANS.items()})


@settings(deadline=None, max_examples=40)
@given(amounts, st.sampled_from(["ac", "dc"]), st.booleans(), st.sampled_from([3.7, 11.0, 20.0, 150.0]))
def test_the_fit_sees_what_the_law_pays(chosen, technology, is_open, power):
    price = np.array([15_000.0, 30_000.0, 80_000.0])
    case = Situation(1.25 * price, price, technology, power, True, is_open, "detached")
    by_law = support_amounts_sek(family_law(LAW, chosen), case).mean()
    unit = Units(np.array([technology == "dc"]), np.array([is_open]), np.array([power]), price[:, None])
    assert mean_support_sek(pd.DataFrame([chosen]), unit, LAW)[0, 0] == pytest.approx(by_law, abs=1e-6)


def test_the_proposal_in_numbers_of_the_family():
    assert PROPOSED == {"base_sek": 6000, "dc_ac_ratio": 2, "open_closed_ratio": 2, "power_exponent_pu": 0.5,
                        "share_cap_pu": 0.5}  # fmt: skip
    assert family_law(LAW, PROPOSED).values == dict(LAW.values)
    back = amounts_at(place_of(PROPOSED)[None, :]).iloc[0]
    assert back.to_dict() == pytest.approx(PROPOSED)


def test_a_law_of_another_family_is_refused():
    other = resolve_scheme(load_scheme(ROOT / "data/policy/se/none.yaml"), datetime.date(2026, 11, 23), ("enacted",))
    with pytest.raises(PolicyError) as error:
        proposal(other)
    assert len(error.value.faults) == 9


def test_a_fit_passes_through_its_trials_and_mixes_to_one():
    places = design(32, 2, 1)
    values = (places[:, :1] + 2 * places[:, 1:] ** 2) * SWING
    response = fit_response(places, values, lambda rows: rows, seed=1)
    np.testing.assert_allclose(response.at(places), values.mean(axis=1), atol=1e-3)
    np.testing.assert_allclose(response.mix(design(16, 2, 5)).sum(axis=1), 1.0)
    assert response.r2_pu > 0.999
    new = design(64, 2, 9)
    np.testing.assert_allclose(response.at(new), new[:, 0] + 2 * new[:, 1] ** 2, atol=0.02)


def test_a_fit_of_noise_says_that_it_foretells_nothing():
    places = design(64, 2, 1)
    noise = np.random.default_rng(4).standard_normal((64, 1))
    assert fit_response(places, noise, lambda rows: rows, seed=1).r2_pu < 0.3


def test_coordinates_are_supports_and_the_cap():
    units = Units(
        np.array([False, True]), np.array([False, True]), np.array([11.0, 11.0]), np.array([[20_000.0, 60_000.0]])
    )
    coordinates = support_coordinates(units, LAW)(place_of(PROPOSED)[None, :])[0]
    np.testing.assert_allclose(coordinates, [6000 / 15_000, 24_000 / 15_000, 0.5])


def test_no_support_is_told_to_the_fit():
    trials = first_trials(two_kinds, SEARCH.model_copy(update={"trial_count": 8}), 1)
    assert not trials.values[OUTLAY][trials.places[:, 0] == 0].any()
    assert set(NAMES) == set(amounts_at(trials.places).columns)
    responses = fit_trials(trials, of_two_kinds, 1)
    assert responses[OUTLAY].at(np.array([[0, 0.3, 0.7, 0.2, 0.9]]))[0] == pytest.approx(0, abs=0.02)


def test_social_value_may_jump_where_support_begins():
    """Handling costs 0.3 however little is paid: told apart from nothing, it does not blur small grants."""

    def handled(amounts):
        found = two_kinds(amounts)
        return found.assign(**{SOCIAL: found[SOCIAL] - 0.3 * (amounts["base_sek"] > 0)})

    trials = first_trials(handled, SEARCH, 1)
    fitted = fit_trials(trials, of_two_kinds, 1)[SOCIAL]
    small = place_of({"base_sek": 200.0, "dc_ac_ratio": 1.0, "open_closed_ratio": 1.0, "power_exponent_pu": 0.5,
                      "share_cap_pu": 0.5})  # fmt: skip
    brought_there = handled({"base_sek": 200.0, "dc_ac_ratio": 1.0})[SOCIAL].mean()
    assert fitted.at(small[None, :])[0] == pytest.approx(brought_there, abs=0.01)
    assert fitted.r2_pu > 0.999
