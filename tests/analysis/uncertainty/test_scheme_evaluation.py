"""Adoption, additionality and accounts on small tables: what must hold whatever the numbers."""

import datetime
import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.cba.accounts import RESOURCES, TRANSFERS
from analysis.cba.adoption import adopt, choose
from analysis.io import check_table
from analysis.policy.loader import load_scheme
from analysis.policy.support import resolve_scheme
from analysis.schemas.policy import SchemeDraws
from analysis.schemas.results import Accounts, SchemeResults, SchemeSummary
from analysis.uncertainty.evaluate import NO_SUPPORT, build_study, evaluate
from analysis.uncertainty.measures import (
    cost_per_firm_kw_year_sek,
    outlay_sek,
    scheme_accounts,
    scheme_draws,
    scheme_results,
)
from analysis.uncertainty.summary import scheme_summary
from tests.analysis.cba.scheme_tables import LEVELS, OPTIONS, ROOT, central, standards_case, tables

DAY = datetime.date(2026, 11, 23)
ALL = ("enacted", "proposed", "assumption")
SCHEMES = ("none", "green_deduction", "task53", "task53_and_deduction", "extra_cost")


def law(name: str):
    return resolve_scheme(load_scheme(Path(ROOT / f"data/policy/se/{name}.yaml")), DAY, ALL)


def study_of(scale: float = 3.0, count: int = 60, standards: str = "reference", **more):
    return build_study(
        tables(scale), central(), more, year=2030, count=count, seed=7, options=OPTIONS, levels=LEVELS,
        standards=standards_case(standards),
    )  # fmt: skip


@pytest.fixture(scope="module")
def study():
    return study_of()


@pytest.fixture(scope="module")
def evaluations(study):
    return {name: evaluate(study, law(name)) for name in SCHEMES}


@pytest.mark.parametrize("name", SCHEMES)
def test_transfers_cancel_over_the_accounts(evaluations, name):
    """T9."""
    flows = evaluations[name].ledger.flows
    turnover = evaluations[name].ledger.turnover()
    for flow in TRANSFERS:
        total = sum(amount for (kind, _), amount in flows.items() if kind == flow)
        assert (np.abs(total) <= 1e-6 * np.maximum(turnover, 1e-9)).all(), flow


@pytest.mark.parametrize("name", SCHEMES)
def test_social_value_is_the_sum_of_the_resource_rows(evaluations, name):
    ledger = evaluations[name].ledger
    resources = sum(amount for (flow, _), amount in ledger.flows.items() if flow in RESOURCES)
    np.testing.assert_allclose(ledger.social(), resources, atol=1e-6 * max(1.0, ledger.turnover().max()))


@pytest.mark.parametrize("name", SCHEMES)
def test_public_funds_on_the_shipped_parameters(evaluations, name):
    """METHODS 6: the sum over all rows, then − 0.3 times the net budget cost; the case without mark-up has none."""
    found = evaluations[name]
    assert found.study.appraisal.public_funds_pu == 1.3
    ledger, plain = found.ledger, found.ledger_cases["no_mark_up"]
    rows = sum(amount for (flow, _), amount in ledger.flows.items() if flow != "public_funds")
    slack = 1e-9 * max(1.0, ledger.turnover().max())
    np.testing.assert_allclose(ledger.social(), rows - 0.3 * ledger.net_budget_cost(), atol=slack)
    np.testing.assert_allclose(plain.social(), rows, atol=slack)
    drawn = scheme_draws(name, found)
    summed = scheme_accounts(name, found).query("flow != 'public_funds'")["net_present_value_msek"].sum()
    mean = (drawn["net_social_npv_msek"] + 0.3 * drawn["net_budget_cost_msek"]).mean()
    assert mean == pytest.approx(summed, abs=1e-6)


def test_other_customers_gain_what_lower_reserve_prices_take_from_sellers(evaluations):
    """More cars, lower prices of the whole volume: in every draw, and nothing where nothing is added."""
    flows = evaluations["task53"].ledger.flows
    assert (flows["reserve_price_fall", "other_customers"] > 0).all()
    assert not evaluations["none"].ledger.flows["reserve_price_fall", "other_customers"].any()


@pytest.mark.slow
@settings(max_examples=12, deadline=None)
@given(st.floats(0.2, 8.0), st.floats(0, 0.5), st.integers(1, 10))
def test_transfers_cancel_whatever_the_values(scale, fee, reset):
    small = build_study(
        tables(scale), central().with_values({"res.agg_fee": fee, "cba.tariff_reset_years": reset}),
        {"res.agg_fee": fee}, year=2030, count=8, seed=3, options=OPTIONS, levels=LEVELS,
        standards=standards_case(),
    )  # fmt: skip
    ledger = evaluate(small, law("task53")).ledger
    for flow in TRANSFERS:
        total = sum(amount for (kind, _), amount in ledger.flows.items() if kind == flow)
        assert (np.abs(total) <= 1e-6 * np.maximum(ledger.turnover(), 1e-9)).all(), flow


def test_the_household_gains_what_the_dispatch_says(evaluations):
    """User rows of energy, reserves, ageing and road charging add up to the change of the dispatch's net cost."""
    found = evaluations["task53"]
    rows = ("energy_at_spot", "vat_on_energy", "retail_and_export_margin", "energy_tax", "tax_refund",
            "grid_fee_and_network_benefit", "reserve_payment", "battery_ageing", "charging_on_the_road")  # fmt: skip
    neutral = replace(
        found.study.case,
        draws=found.study.case.draws
        | {name: np.ones(60) for name in ("reserve_ratio", "ageing_ratio", "standby_ratio")},
    )
    plain = evaluate(replace(found.study, case=neutral), law("task53"))
    user = sum(plain.ledger.flows[flow, "user"] for flow in rows)
    from analysis.cba.adoption import two_way_value_sek
    from analysis.cba.discounting import surviving_factor

    value = two_way_value_sek(neutral, plain.with_support.lower, plain.with_support.fraction)
    columns = [each.option_index for each in plain.offer.alternatives]
    factor = surviving_factor(plain.study.appraisal.rate_pu, neutral.stranding_per_year, 15)
    extra = (plain.with_support.two_way_count - plain.without.two_way_count).sum(axis=1)
    expected = (extra * value[..., columns] * factor[:, None, None]).sum(axis=(1, 2, 3))
    np.testing.assert_allclose(user, expected, rtol=1e-9, atol=1e-3)


def test_reserve_revenue_is_no_social_gain(study):
    """Ten times the reserve income, the same cars: households gain, society does not."""
    found = evaluate(study, law("task53"))
    reserve = [flow for flow in found.ledger.flows if flow[0] == "reserve_payment"]
    assert (found.ledger.flows["reserve_payment", "user"] > 0).any()
    np.testing.assert_allclose(sum(found.ledger.flows[key] for key in reserve), 0.0, atol=1e-3)


@pytest.mark.slow
@settings(max_examples=10, deadline=None)
@given(st.sampled_from(["task53", "extra_cost", "task53_and_deduction"]), st.floats(1.0, 3.0))
def test_a_larger_grant_never_lowers_adoption(name, factor):
    """T17: all grants scaled together, no budget."""
    study = study_of(count=20)
    found = evaluate(study, law(name))
    larger = replace(
        found.offer,
        support_sek=found.offer.support_sek * factor,
        support_oneway_sek=found.offer.support_oneway_sek * factor,
    )
    more = adopt(study.case, larger)
    assert (more.enrolled_count >= found.with_support.enrolled_count * (1 - 2e-3)).all()


MONEY = {
    "task53": ("base_sek", "share_cap_pu"),
    "green_deduction": ("rate_pu", "cap_sek_per_person_year"),
    "extra_cost": ("rate_pu", "cap_sek"),
}


def scaled(name: str, factor: float):
    """The law with every amount and every cap of it times the factor; no budget."""
    whole = law(name)
    return replace(whole, values={**whole.values, **{each: whole.values[each] * factor for each in MONEY[name]}})


@pytest.mark.parametrize("name", MONEY)
def test_grants_scaled_together_never_lower_adoption(study, name):
    """T17 from law to adopters: every grant times 0, 0.5, 1 and 2, one-way chargers' too, in balance with the market.

    In every draw. With no grant nothing changes, and the cost per additional car stands in the summary.
    """
    bare = replace(study, responses={})
    found = [evaluate(bare, scaled(name, factor)) for factor in (0.0, 0.5, 1.0, 2.0)]
    for each, factor in zip(found, (0.0, 0.5, 1.0, 2.0), strict=True):
        np.testing.assert_allclose(each.offer.support_sek, factor * found[2].offer.support_sek)
    np.testing.assert_allclose(
        found[0].with_support.two_way_count, found[0].without.two_way_count, rtol=2e-3, atol=1e-6
    )
    cars = [each.with_support.two_way_count.sum(axis=(1, 2, 3, 4)) for each in found]
    for fewer, more in itertools.pairwise(cars):
        assert (more >= fewer * (1 - 2e-3)).all()
        assert more.sum() > fewer.sum() * 1.02
    cost = scheme_summary(name, found[3]).set_index("measure")["value"]["outlay_sek_per_additional_car"]
    assert np.isfinite(cost)


def test_support_adds_cars_and_most_riders_are_counted(evaluations):
    for name in ("green_deduction", "task53", "task53_and_deduction"):
        draws = scheme_draws(name, evaluations[name])
        assert (draws["net_additional_count"] > 0).all()
        assert (
            draws["adopter_without_count"] == evaluations["none"].without.two_way_count.sum(axis=(1, 2, 3, 4))
        ).all()


def test_no_support_changes_nothing(evaluations):
    draws = scheme_draws("none", evaluations["none"])
    changes = draws[["net_additional_count", "outlay_msek", "net_social_npv_msek", "net_budget_cost_msek"]]
    assert not changes.to_numpy().any()
    assert draws["firm_outlay_sek_per_kw_year"].isna().all()


def test_adoption_is_in_balance_with_the_market(evaluations, study):
    for found in evaluations.values():
        again = choose(study.case, found.offer, found.with_support.enrolled_count)
        np.testing.assert_allclose(
            again.two_way_count.sum(axis=(1, 2, 3, 4)), found.with_support.enrolled_count, rtol=2e-3, atol=2e-3
        )
        assert found.with_support.worst_gap_pu < 1e-3


def test_erosion_leaves_fewer_adopters_than_an_untouched_market(study, evaluations):
    untouched = choose(study.case, evaluations["task53"].offer, np.zeros(60))
    assert (
        untouched.two_way_count.sum(axis=(1, 2, 3, 4)) >= evaluations["task53"].with_support.enrolled_count * 0.999
    ).all()


def test_task53_moves_buyers_to_open_chargers(evaluations):
    results = scheme_results("task53", evaluations["task53"])
    nation = results[(results["price_area"] == "SE") & (results["charger_option"] == "ac_11")]
    counts = nation.set_index("is_interoperable")
    assert counts.loc[True, "adopter_count"] > counts.loc[False, "adopter_count"]
    assert counts.loc[True, "support_sek_per_unit"] == pytest.approx(11200)
    assert counts.loc[False, "support_sek_per_unit"] == pytest.approx(6000)


def test_outlay_is_support_times_units_by_hand(evaluations):
    found = evaluations["task53"]
    by_hand = sum(
        found.with_support.two_way_count[0, number, ..., place].sum() * found.offer.support_sek[0, number, place]
        for number in range(3)
        for place in range(len(found.offer.alternatives))
    )
    assert outlay_sek(found)[0].sum() == pytest.approx(by_hand)
    cost = cost_per_firm_kw_year_sek(found)
    assert np.isfinite(cost).all()
    assert (cost > 0).all()


def test_the_tables_pass_their_contracts(evaluations):
    for name, found in evaluations.items():
        check_table(scheme_draws(name, found), SchemeDraws, name)
        check_table(scheme_results(name, found), SchemeResults, name)
        check_table(scheme_summary(name, found), SchemeSummary, name)
        check_table(scheme_accounts(name, found), Accounts, name)


def test_the_worth_of_openness_is_a_result_and_not_the_factor_of_the_law(evaluations):
    """METHODS 9: stranding 0.0615 against 0.097 a year over ten years gives 1.17, whatever the scheme pays."""
    task53 = scheme_summary("task53", evaluations["task53"]).set_index("measure")["value"]
    other = scheme_summary("green_deduction", evaluations["green_deduction"]).set_index("measure")["value"]
    assert task53["equal_cost_open_closed_ratio"] == other["equal_cost_open_closed_ratio"]
    assert 1.05 < task53["equal_cost_open_closed_ratio"] < 1.35
    assert task53["equal_cost_dc_ac_ratio"] == pytest.approx(1.0)
    assert task53["open_closed_ratio"] == pytest.approx((11200 / 6000 + 22400 / 12000 + 26400 / 16180.8) / 3, rel=1e-4)


def test_a_stronger_price_response_makes_a_grant_cheaper(evaluations):
    """Each response is calibrated anew, so what differs is how many the same grant moves."""
    for name in ("task53", "extra_cost"):
        table = scheme_summary(name, evaluations[name]).set_index("measure")["value"]
        costs = [table[f"outlay_sek_per_firm_kw_year_{each}_response"] for each in ("low", "middle", "high")]
        assert costs[0] > costs[2]
        assert all(np.isfinite(costs))


def test_uptake_without_support_stands_beside_the_anchor(evaluations):
    """Every scheme shows the same: cars without support over households due, in the draws, beside the central case."""
    tables = [scheme_summary(name, evaluations[name]).set_index("measure") for name in ("none", "task53")]
    found = evaluations["task53"]
    cars = found.without.two_way_count.sum(axis=(1, 2, 3, 4))
    share = cars / found.study.case.deciders.due_count.sum(axis=1)
    for table in tables:
        assert table.loc["uptake_without_pu", "value"] == pytest.approx(np.median(share))
        assert table.loc["uptake_without_mean_pu", "value"] == pytest.approx(share.mean())
        assert table.loc["uptake_without_pu", "low"] < share.mean() < table.loc["uptake_without_pu", "high"]


def test_two_middles_of_the_cost_of_a_firm_kilowatt(evaluations):
    """What the typical draw costs, and what all outlay buys over all firm power: outlay weighs the dear draws more."""
    found = evaluations["task53"]
    table = scheme_summary("task53", found).set_index("measure")["value"]
    draws = scheme_draws("task53", found)
    assert table["outlay_sek_per_firm_kw_year"] == pytest.approx(draws["firm_outlay_sek_per_kw_year"].median())
    assert table["net_additional_count_mean"] == pytest.approx(draws["net_additional_count"].mean())
    yearly = draws["outlay_msek"] * 1e6 * 1.3 / 8.316605
    firm_kw = yearly / draws["firm_outlay_sek_per_kw_year"]
    assert table["outlay_sek_per_firm_kw_year_of_means"] == pytest.approx(yearly.sum() / firm_kw.sum(), rel=1e-5)
    nothing = scheme_summary("none", evaluations["none"]).set_index("measure")["value"]
    assert np.isnan(nothing["outlay_sek_per_firm_kw_year_of_means"])


def test_the_deduction_leaves_tenants_out(evaluations):
    """GT-5: the share of households without support is the share of tenants among them."""
    table = scheme_summary("green_deduction", evaluations["green_deduction"]).set_index("measure")["value"]
    assert table["outlay_share_flat_rental_pu"] == 0.0
    rental = evaluations["green_deduction"].study.case.deciders
    people = rental.class_share_pu * rental.due_count[:, :, None]
    expected = np.median(people[:, :, 2].sum(axis=1) / people.sum(axis=(1, 2)))
    assert table["households_without_support_pu"] == pytest.approx(expected)
    everyone = scheme_summary("task53", evaluations["task53"]).set_index("measure")["value"]
    assert everyone["households_without_support_pu"] == 0.0


def test_areas_sum_to_sweden(evaluations):
    draws = evaluations["task53"]
    assert outlay_sek(draws).sum(axis=(1, 2)) == pytest.approx(scheme_draws("x", draws)["outlay_msek"] * 1e6)


def test_the_same_seed_gives_the_same_draws_and_schemes_share_them():
    first, second = (scheme_draws("task53", evaluate(study_of(count=10), law("task53"))) for _ in range(2))
    assert first.equals(second)


def test_calibration_meets_the_anchor_or_stops_at_its_range(study):
    shift = study.case.asc_shift
    assert -1.5 <= shift <= 1.0
    if -1.5 < shift < 1.0:
        assert study.calibrated_uptake_pu == pytest.approx(study.anchor_pu, abs=2e-3)
    rich, poor = study_of(8.0, 10), study_of(0.2, 10)
    assert rich.case.asc_shift < poor.case.asc_shift
    assert poor.calibrated_uptake_pu < poor.anchor_pu


def test_no_support_constant_pays_nothing():
    assert NO_SUPPORT.components == ()


def test_standards_move_the_stranding_of_open_chargers_and_of_no_other():
    """Late standards and lock-in strand more of the open ones; the reference is the service of 2030 itself."""
    cases = {name: study_of(count=20, standards=name) for name in (
        "reference", "early_standards", "late_standards", "proprietary_lock_in",
    )}  # fmt: skip
    told = cases["reference"].case
    is_open = np.array([each.is_interoperable for each in cases["reference"].alternatives])
    works = np.maximum(
        told.draws["iop.p_bpt_2030"] * told.draws["iop.p_handshake"], told.draws["iop.p_unnamed_pair"]
    )  # fmt: skip
    hazard = told.draws["iop.car_change_hazard"] * (1 - told.draws["iop.brand_loyalty"]) * (1 - works)
    np.testing.assert_allclose(told.stranding_per_year[:, is_open], hazard[:, None].repeat(is_open.sum(), 1))
    for name in ("late_standards", "proprietary_lock_in"):
        moved = cases[name].case.stranding_per_year
        assert (moved[:, is_open] >= told.stranding_per_year[:, is_open] - 1e-12).all()
        assert (moved[:, is_open].mean(axis=0) > told.stranding_per_year[:, is_open].mean(axis=0)).all()
        np.testing.assert_array_equal(moved[:, ~is_open], told.stranding_per_year[:, ~is_open])
    np.testing.assert_array_equal(cases["early_standards"].case.stranding_per_year, told.stranding_per_year)
    locked = cases["proprietary_lock_in"].case.stranding_per_year
    np.testing.assert_allclose(locked[:, is_open].mean(axis=1), locked[:, ~is_open].mean(axis=1))
