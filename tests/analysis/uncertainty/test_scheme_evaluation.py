"""Adoption, additionality and accounts on small tables: what must hold whatever the numbers."""

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.cba.accounts import RESOURCES, TRANSFERS
from analysis.cba.paths import follow
from analysis.cba.year_balance import BALANCE_TOLERANCE_PU
from analysis.io import check_table
from analysis.policy.loader import load_scheme
from analysis.schemas.policy import SchemeDraws
from analysis.schemas.results import Accounts, SchemeResults, SchemeSummary
from analysis.schemas.schemes import SchemeIncidence, SchemePaths
from analysis.settings.model import Policy
from analysis.uncertainty.central import MIDDLE, RESPONSES, central_study, of_response, response_levels
from analysis.uncertainty.draws import draw_all, draw_price_years
from analysis.uncertainty.evaluate import Span, build_frame, draw_study, evaluate
from analysis.uncertainty.incidence import concentration_index, outlay_by_cell_sek, scheme_incidence
from analysis.uncertainty.law import law_of, span_of
from analysis.uncertainty.measures import (
    cost_per_firm_kw_year_sek,
    outlay_sek,
    scheme_accounts,
    scheme_draws,
    scheme_results,
)
from analysis.uncertainty.path_table import scheme_paths
from analysis.uncertainty.summary import scheme_summary
from tests.analysis.cba.scheme_tables import LEVELS, OPTIONS, ROOT, central, standards_case, tables

POLICY = Policy(
    schemes=("none",), day="2026-11-23", last_paid_year=2030, statuses=("enacted", "proposed", "assumption"),
    stacking="supported_cost_out",
)  # fmt: skip
SPAN = Span(2026, 2040, 2030, 2030, 2025, 0.0)
PAYING = ("green_deduction", "task53", "task53_and_deduction", "extra_cost")
SCHEMES = ("none", *PAYING, "oneway_smart", "upfront_and_performance", "energy_tax_relief_simple", "network_fee_relief",
           "mandate_chargers", "mandate_cars")  # fmt: skip


def law(name: str):
    return law_of(load_scheme(Path(ROOT / f"data/policy/se/{name}.yaml")), SPAN, POLICY)


def study_of(scale: float = 3.0, count: int = 40, standards: str = "reference", **more):
    frame = build_frame(
        tables(scale), central().with_values(more), span=SPAN, options=OPTIONS, levels=LEVELS,
        standards=standards_case(standards),
    )  # fmt: skip
    draws = draw_all(frame.tables.parameters, frame.parameters, count, 7, more)
    return draw_study(frame, draws, draw_price_years(frame.streams.price_years, count, 7))


@pytest.fixture(scope="module")
def study():
    return study_of()


@pytest.fixture(scope="module")
def middle(study):
    return central_study(study.frame, study.frame.parameters)


@pytest.fixture(scope="module")
def evaluations(study):
    return {name: evaluate(study, law(name)) for name in SCHEMES}


@pytest.fixture(scope="module")
def centrals(middle):
    return {name: evaluate(middle, law(name)) for name in SCHEMES}


@pytest.fixture(scope="module")
def summaries(evaluations, centrals):
    return {
        name: scheme_summary(name, evaluations[name], centrals[name]).set_index("measure")["value"] for name in SCHEMES
    }


@pytest.mark.parametrize("name", SCHEMES)
def test_transfers_cancel_over_the_accounts(evaluations, name):
    """T9."""
    ledger = evaluations[name].ledger
    for flow in TRANSFERS:
        total = sum(amount for (kind, _), amount in ledger.flows.items() if kind == flow)
        assert (np.abs(total) <= 1e-6 * np.maximum(ledger.turnover(), 1e-9)).all(), flow


@pytest.mark.parametrize("name", SCHEMES)
def test_social_value_is_the_sum_of_the_resource_rows(evaluations, name):
    ledger = evaluations[name].ledger
    resources = sum(amount for (flow, _), amount in ledger.flows.items() if flow in RESOURCES)
    np.testing.assert_allclose(ledger.social(), resources, atol=1e-6 * max(1.0, ledger.turnover().max()))


@pytest.mark.parametrize("name", SCHEMES)
def test_public_funds_on_the_shipped_parameters(evaluations, name):
    """METHODS 6: the sum over all rows, then − 0.3 times the net budget cost; the case without mark-up has none."""
    found = evaluations[name]
    ledger, plain = found.ledger, found.ledger_cases["no_mark_up"]
    rows = sum(amount for (flow, _), amount in ledger.flows.items() if flow != "public_funds")
    slack = 1e-9 * max(1.0, ledger.turnover().max())
    np.testing.assert_allclose(ledger.social(), rows - 0.3 * ledger.net_budget_cost(), atol=slack)
    np.testing.assert_allclose(plain.social(), rows, atol=slack)
    drawn = scheme_draws(name, found)
    summed = scheme_accounts(name, found).query("flow != 'public_funds'")["net_present_value_msek"].sum()
    mean = (drawn["net_social_npv_msek"] + 0.3 * drawn["net_budget_cost_msek"]).mean()
    assert mean == pytest.approx(summed, abs=1e-6)


@pytest.mark.slow
@settings(max_examples=8, deadline=None)
@given(st.floats(0.2, 8.0), st.floats(0, 0.5), st.integers(1, 10), st.sampled_from(SCHEMES))
def test_transfers_cancel_whatever_the_values(scale, fee, reset, name):
    ledger = evaluate(study_of(scale, 6, **{"res.agg_fee": fee, "cba.tariff_reset_years": reset}), law(name)).ledger
    for flow in TRANSFERS:
        total = sum(amount for (kind, _), amount in ledger.flows.items() if kind == flow)
        assert (np.abs(total) <= 1e-6 * np.maximum(ledger.turnover(), 1e-9)).all(), flow


def test_the_household_gains_what_the_dispatch_says(evaluations):
    """User rows of energy, reserves, ageing and road charging add up to the change of the dispatch's net cost."""
    found = evaluations["task53"]
    neutral = found.study.world.draws | {
        name: np.ones(40) for name in ("reserve_ratio", "ageing_ratio", "standby_ratio")
    }
    world = replace(found.study.world, draws=neutral)
    study = replace(found.study, world=world, without=follow(world, {}, 2030))
    plain = evaluate(study, law("task53"))
    rows = ("energy_at_spot", "vat_on_energy", "retail_and_export_margin", "energy_tax", "tax_refund",
            "grid_fee_and_network_benefit", "reserve_payment", "battery_ageing", "charging_on_the_road")  # fmt: skip
    user = sum(plain.ledger.flows[flow, "user"] for flow in rows)
    change = -plain.contrast.total("net_cost_sek")
    expected = change @ (1.035 ** -(np.arange(15) + 1.0))
    np.testing.assert_allclose(user, expected, rtol=1e-9, atol=1e-3)


def test_reserve_revenue_is_no_social_gain(evaluations):
    flows = evaluations["task53"].ledger.flows
    assert (flows["reserve_payment", "user"] != 0).any()
    np.testing.assert_allclose(
        sum(amount for (flow, _), amount in flows.items() if flow == "reserve_payment"), 0.0, atol=1
    )


def test_other_customers_gain_what_lower_reserve_prices_take_from_sellers(evaluations):
    """More cars, lower prices of the whole volume: in every draw, and nothing where nothing is added."""
    flows = evaluations["task53"].ledger.flows
    assert (flows["reserve_price_fall", "other_customers"] > 0).all()
    assert not evaluations["none"].ledger.flows["reserve_price_fall", "other_customers"].any()


MONEY = {
    "task53": ("base_sek", "share_cap_pu"),
    "green_deduction": ("rate_pu", "cap_sek_per_person_year"),
    "extra_cost": ("rate_pu", "cap_sek"),
}


def scaled(name: str, factor: float):
    """The law with every amount and every cap of it times the factor; no budget."""

    def times(each):
        return replace(each, values={**each.values, **{key: each.values[key] * factor for key in MONEY[name]}})

    return {year: times(each) for year, each in law(name).items()}


@pytest.mark.parametrize("name", MONEY)
def test_grants_scaled_together_never_lower_adoption(study, name):
    """T17 from law to enrolled cars, in every draw: every grant times 0, 0.5, 1 and 2, one-way chargers' too.

    With no grant nothing changes. It holds in the years that pay; later the market is fuller.
    """
    found = [evaluate(study, scaled(name, factor)) for factor in (0.0, 0.5, 1.0, 2.0)]
    np.testing.assert_allclose(found[0].with_support.new_count, study.without.new_count, rtol=2e-3, atol=1e-3)
    cars = [each.with_support.enrolled_total[:, :5] for each in found]
    for fewer, more in itertools.pairwise(cars):
        assert (more >= fewer * (1 - 2 * BALANCE_TOLERANCE_PU)).all()
        assert more.sum() > fewer.sum() * 1.02


def test_where_more_money_adds_fewer_cars(evaluations):
    """T17 holds for grants scaled together only: the same money on one-way charging draws buyers away from V2X."""
    draws = scheme_draws("oneway_smart", evaluations["oneway_smart"])
    assert (draws["net_additional_count"] < 0).all()
    assert (draws["outlay_msek"] > 0).all()


def test_support_adds_cars_and_all_free_riders_are_counted(evaluations):
    for name in PAYING:
        draws = scheme_draws(name, evaluations[name])
        assert (draws["net_additional_count"] > 0).all()
        assert draws["free_rider_pu"].between(0, 1).all()
        assert (draws["free_rider_pu"] > 0).all()
        np.testing.assert_allclose(
            draws["adopter_without_count"], evaluations["none"].without.enrolled_total[:, 4], rtol=1e-12
        )


@pytest.mark.parametrize("name", PAYING)
def test_grants_never_exceed_the_cost_and_outlay_is_their_sum(evaluations, name):
    found = evaluations[name]
    path, study = found.with_support, found.study
    price = path.extra_price_sek + study.world.price_oneway_sek[:, None, None]
    assert (path.support_sek <= price[:, :, None, None, :] * (1 + 1e-6)).all()
    summed = (path.supported_by_cell.astype(float) * path.support_sek).sum(axis=(1, 2, 3, 4))
    np.testing.assert_allclose(outlay_sek(found).sum(axis=(1, 2)), summed, rtol=1e-4)
    np.testing.assert_allclose(scheme_draws(name, found)["outlay_msek"] * 1e6, summed, rtol=1e-4)
    np.testing.assert_allclose(outlay_by_cell_sek(found).sum(axis=(1, 2)), summed, rtol=1e-6)


def test_payments_end_with_the_last_paid_year_and_duties_stay(evaluations):
    assert not evaluations["task53"].with_support.outlay_sek[:, 5:].any()
    paid = evaluations["upfront_and_performance"].with_support.paid_sek
    assert (paid[:, :5].sum(axis=(1, 2, 3)) > 0).all()
    assert not paid[:, 5:].any()
    assert (evaluations["mandate_chargers"].with_support.idle_count[:, -1] > 0).all()
    assert (evaluations["energy_tax_relief_simple"].with_support.tax_relief_sek[:, -1] > 0).all()
    assert (evaluations["network_fee_relief"].with_support.network_relief_sek[:, -1] > 0).all()


def test_a_duty_on_cars_costs_the_state_nothing_and_makes_cars_capable(evaluations):
    found = evaluations["mandate_cars"]
    assert not scheme_draws("x", found)["outlay_msek"].any()
    assert (found.with_support.enrolled_total[:, -1] > found.without.enrolled_total[:, -1]).all()
    assert (found.ledger.flows["car_resource", "user"] < 0).all()


def test_no_support_changes_nothing(evaluations):
    draws = scheme_draws("none", evaluations["none"])
    changes = draws[["net_additional_count", "outlay_msek", "net_social_npv_msek", "net_budget_cost_msek"]]
    assert not changes.to_numpy().any()
    assert draws["firm_outlay_sek_per_kw_year"].isna().all()


def test_task53_moves_buyers_to_open_chargers(evaluations, centrals):
    results = scheme_results("task53", evaluations["task53"], centrals["task53"])
    nation = results[(results["price_area"] == "SE") & (results["charger_option"] == "ac_11")]
    counts = nation.set_index("is_interoperable")
    assert counts.loc[True, "adopter_count"] > counts.loc[False, "adopter_count"]
    assert counts.loc[True, "support_sek_per_unit"] == pytest.approx(11200)
    assert counts.loc[False, "support_sek_per_unit"] == pytest.approx(6000)


def test_cost_of_a_firm_kilowatt_by_hand(evaluations):
    """MCPF times what is paid over what is added, both as present values at 3.5 %."""
    found = evaluations["task53"]
    paid = found.with_support.outlay_sek.sum(axis=(2, 3)) @ 1.035 ** -np.arange(15.0)
    change = found.with_support.enrolled_count.sum(axis=3) - found.without.enrolled_count.sum(axis=3)
    kw = (change * found.study.firm_kw[:, None]).sum(axis=(2, 3)) @ 1.035 ** -(np.arange(15.0) + 1)
    np.testing.assert_allclose(cost_per_firm_kw_year_sek(found), 1.3 * paid / kw, rtol=1e-6)


@pytest.mark.parametrize("name", SCHEMES)
def test_the_tables_pass_their_contracts(evaluations, centrals, name):
    found, own = evaluations[name], centrals[name]
    check_table(scheme_draws(name, found), SchemeDraws, name)
    check_table(scheme_results(name, found, own), SchemeResults, name)
    check_table(scheme_summary(name, found, own), SchemeSummary, name)
    check_table(scheme_accounts(name, found), Accounts, name)
    check_table(scheme_paths(name, found), SchemePaths, name)
    check_table(scheme_incidence(name, found), SchemeIncidence, name)


def test_groups_of_a_kind_add_up_to_the_whole(evaluations):
    table = scheme_incidence("task53", evaluations["task53"])
    flows = evaluations["task53"].ledger
    for kind, part in table.groupby("group_kind"):
        assert part["outlay_share_pu"].sum() == pytest.approx(1.0), kind
        assert part["household_count"].sum() == pytest.approx(4 * 910e3), kind
        assert part["tax_cost_msek"].sum() == pytest.approx(flows.net_budget_cost().mean() / 1e6), kind
        assert part["net_user_gain_msek"].sum() == pytest.approx(flows.by_account("user").mean() / 1e6), kind
        assert part["net_bill_gain_msek"].sum() == pytest.approx(
            0.35 * flows.by_account("other_customers").mean() / 1e6
        ), kind


def test_concentration_by_hand():
    assert concentration_index(np.full(5, 0.2)) == pytest.approx(0.0)
    assert concentration_index(np.array([0, 0, 0, 0, 1.0])) == pytest.approx(0.8)
    assert concentration_index(np.array([1.0, 0, 0, 0, 0])) == pytest.approx(-0.8)


def test_the_worth_of_openness_is_a_result_and_not_the_factor_of_the_law(summaries):
    """METHODS 9: stranding 0.0615 against 0.097 a year over ten years gives 1.17, whatever the scheme pays."""
    task53, other = summaries["task53"], summaries["green_deduction"]
    assert task53["equal_cost_open_closed_ratio"] == other["equal_cost_open_closed_ratio"]
    assert 1.05 < task53["equal_cost_open_closed_ratio"] < 1.35
    assert task53["equal_cost_dc_ac_ratio"] == pytest.approx(1.0, abs=1e-3)
    expected = (11200 / 6000 + 22400 / 12000 + 26400 / 16180.8) / 3
    assert task53["open_closed_ratio"] == pytest.approx(expected, rel=1e-4)


def test_a_stronger_response_makes_a_grant_cheaper(summaries):
    """Each response is calibrated anew, so what differs is how many the same grant moves."""
    for name in ("task53", "extra_cost"):
        costs = [summaries[name][f"outlay_sek_per_firm_kw_year_{each}_response"] for each in RESPONSES]
        assert all(np.isfinite(costs))
        assert costs[0] > costs[-1]


def test_the_central_study_holds_each_response_apart(middle):
    levels = response_levels(middle.frame)
    assert levels[MIDDLE] == central()["ado.logit_scale"]
    assert (np.diff(levels) > 0).all()
    np.testing.assert_allclose(middle.world.draws["ado.logit_scale"][of_response(evaluate(middle, {}), 0)], levels[0])
    assert len(middle.world.year_index) == len(RESPONSES) * 2


def test_uptake_without_support_is_held_to_the_anchor(summaries):
    for name in ("none", "task53"):
        assert summaries[name]["calibrated_uptake_pu"] == pytest.approx(0.08, rel=2e-3)
        assert summaries[name]["prior_uptake_pu"] != pytest.approx(0.08, rel=5e-3)


def test_half_of_what_moves_a_buyer_is_overpaid_and_all_that_moves_none(summaries, evaluations):
    """Rule of half, by hand from the free riders' part of the outlay."""
    flows = evaluations["task53"].ledger.flows
    free, more = -flows["support_free_riders", "state"], -flows["support_additional", "state"]
    assert summaries["task53"]["overpayment_pu"] == pytest.approx(np.median((free + more / 2) / (free + more)))


def test_the_deduction_leaves_tenants_out(summaries, evaluations):
    """GT-5: the share of households without support is the share of tenants among them."""
    table = summaries["green_deduction"]
    assert table["outlay_share_flat_rental_pu"] == 0.0
    renting = evaluations["green_deduction"].study.world.households.cell_pu[:, :, 2].sum(axis=2).mean(axis=1)
    assert table["households_without_support_pu"] == pytest.approx(np.median(renting), rel=1e-6)
    assert summaries["task53"]["households_without_support_pu"] == 0.0


def test_areas_sum_to_sweden(evaluations):
    found = evaluations["task53"]
    paths = scheme_paths("task53", found)
    means = {}
    for area in ("SE", "SE1", "SE2", "SE3", "SE4"):
        cars = found.with_support.enrolled_count.sum(axis=(3, 4))
        means[area] = cars.sum(axis=2)[:, 4] if area == "SE" else cars[:, 4, int(area[2]) - 1]
        row = paths[(paths["price_area"] == area) & (paths["year"] == 2030) & (paths["measure"] == "enrolled_count")]
        assert row["value"].item() == pytest.approx(np.median(means[area]), rel=1e-5)
    np.testing.assert_allclose(sum(means[f"SE{number}"] for number in range(1, 5)), means["SE"], rtol=1e-5)


def test_the_same_seed_gives_the_same_draws():
    first, second = (scheme_draws("task53", evaluate(study_of(count=10), law("task53"))) for _ in range(2))
    assert first.equals(second)


def test_the_span_of_a_run():
    assert span_of(POLICY, central(), 2030, 2025) == replace(SPAN, inflation_pu=0.02)
    assert SPAN.years == tuple(range(2026, 2041))


def test_standards_move_the_stranding_of_open_chargers_and_of_no_other():
    """Late standards and lock-in strand more of the open ones; the reference of 2030 is the service of that year."""
    cases = {name: study_of(count=10, standards=name).world for name in (
        "reference", "early_standards", "late_standards", "proprietary_lock_in",
    )}  # fmt: skip
    told = cases["reference"]
    is_open = np.array([each.is_interoperable for each in told.alternatives])
    works = np.maximum(
        told.draws["iop.p_bpt_2030"] * told.draws["iop.p_handshake"], told.draws["iop.p_unnamed_pair"]
    )  # fmt: skip
    hazard = told.draws["iop.car_change_hazard"] * (1 - told.draws["iop.brand_loyalty"]) * (1 - works)
    np.testing.assert_allclose(told.stranding_per_year[:, 4, is_open], hazard[:, None].repeat(is_open.sum(), 1))
    for name in ("late_standards", "proprietary_lock_in"):
        moved = cases[name].stranding_per_year
        assert (moved[:, 4, is_open] >= told.stranding_per_year[:, 4, is_open] - 1e-12).all()
        assert (moved[:, :, is_open].mean(axis=0) >= told.stranding_per_year[:, :, is_open].mean(axis=0) - 1e-9).all()
        np.testing.assert_array_equal(moved[..., ~is_open], told.stranding_per_year[..., ~is_open])
    locked = cases["proprietary_lock_in"].stranding_per_year
    np.testing.assert_allclose(locked[..., is_open].mean(axis=2), locked[..., ~is_open].mean(axis=2))


def test_nominal_amounts_lose_their_worth_with_inflation_and_real_ones_keep_it():
    """Two per cent a year from 2025: a cap of 50 000 SEK is 49 020 in 2026 and 45 287 in 2030; Task 53 stays."""
    span = Span(2026, 2040, 2030, 2030, 2025, 0.02)
    deduction = law_of(load_scheme(Path(ROOT / "data/policy/se/green_deduction.yaml")), span, POLICY)
    caps = [deduction[year].values["cap_sek_per_person_year"] for year in (2026, 2030)]
    np.testing.assert_allclose(caps, [50_000 / 1.02, 50_000 / 1.02**5])
    proposal = law_of(load_scheme(Path(ROOT / "data/policy/se/task53.yaml")), span, POLICY)
    assert proposal[2030].values["base_sek"] == 6000
