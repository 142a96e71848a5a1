"""The designer's arrays and settings: laws, cases, measures, by hand and against scheme evaluation."""

import numpy as np
import pytest

from analysis.cba.alternatives import ONE_WAY_KW
from analysis.errors import PolicyError
from analysis.io import read_arrays
from analysis.policy.levers import annual_budget_sek
from analysis.uncertainty.central import RESPONSES
from analysis.uncertainty.designer import CUBES, DRAWN, case_rows, designer_arrays
from analysis.uncertainty.designer_setting import (
    BUDGET,
    BUDGET_HIGH_MSEK,
    evaluate_setting,
    is_family,
    law_of_setting,
    random_settings,
    read_family,
)
from analysis.uncertainty.engine import outcomes
from analysis.uncertainty.evaluate import evaluate
from analysis.uncertainty.family import SPANS, family_law
from analysis.uncertainty.measures import outlay_by_year_sek
from tests.analysis.cba import scheme_tables as small
from tests.analysis.report.designer_fixtures import DRAWS, law, run_settings, small_studies
from tests.analysis.uncertainty.test_scheme_scripts import script

PROPOSED = {"base_sek": 6000.0, "dc_ac_ratio": 2.0, "open_closed_ratio": 2.0, "power_exponent_pu": 0.5,
            "share_cap_pu": 0.5}  # fmt: skip


@pytest.fixture(scope="module")
def run():
    return run_settings()


@pytest.fixture(scope="module")
def studies():
    return small_studies()


@pytest.fixture(scope="module")
def frame(studies):
    return studies.drawn.frame


@pytest.fixture(scope="module")
def family(frame):
    return law(frame)


def test_a_setting_without_a_budget_is_the_family_law_as_the_search_evaluates_it(studies, family):
    setting = PROPOSED | {"base_sek": 9000.0, "dc_ac_ratio": 0.5, BUDGET: np.inf}
    found = evaluate_setting(studies.drawn, family, setting)
    searched = outcomes(studies.drawn, {year: family_law(each, setting) for year, each in family.items()})
    for name, column in (("firm_mw", "net_firm_additional_mw"), ("outlay_msek", "outlay_msek"),
                         ("adopter_count", "adopter_count")):  # fmt: skip
        np.testing.assert_allclose(found[name].sum(axis=1), searched[column], rtol=1e-6)
    np.testing.assert_allclose(found["social_npv_msek"], searched["net_social_npv_msek"])
    np.testing.assert_allclose(
        found["top_quintile_pu"] * found["outlay_msek"].sum(axis=1), searched["top_quintile_outlay_msek"], rtol=1e-6
    )
    np.testing.assert_allclose(found["quintile_msek"].sum(axis=1), searched["outlay_msek"], rtol=1e-6)


def test_the_proposal_as_a_setting_is_the_proposal(studies, family):
    own = evaluate(studies.drawn, family)
    found = evaluate_setting(studies.drawn, family, PROPOSED | {BUDGET: np.inf})
    once, _ = outlay_by_year_sek(own)
    np.testing.assert_allclose(found["outlay_msek"].sum(axis=1), once.sum(axis=1) / 1e6, rtol=1e-9)
    np.testing.assert_array_equal(found["social_npv_msek"], own.ledger.social() / 1e6)


def test_a_budget_is_spent_and_never_exceeded(studies, family):
    setting = PROPOSED | {"base_sek": 15_000.0, BUDGET: 0.5}
    changed = law_of_setting(family, setting)
    assert {annual_budget_sek(each, year) for year, each in changed.items()} == {0.5e6}
    once, _ = outlay_by_year_sek(evaluate(studies.drawn, changed))
    assert once.max() <= 0.5e6 * (1 + 1e-6)
    assert once[:, 0] == pytest.approx(0.5e6, rel=1e-6)


@pytest.mark.parametrize("changed", [{"base_sek": 0.0}, {BUDGET: 0.0}])
def test_nothing_is_paid_where_amount_or_budget_is_nothing(studies, family, changed):
    found = evaluate_setting(studies.drawn, family, PROPOSED | {BUDGET: np.inf} | changed)
    assert found["outlay_msek"].max() == 0
    assert np.isnan(found["top_quintile_pu"]).all()
    assert np.isnan(found["free_rider_pu"]).all()
    if "base_sek" in changed:
        assert np.abs(found["additional_count"]).max() == 0
        assert np.abs(found["social_npv_msek"]).max() < 1e-9


def test_cases_are_all_draws_each_price_year_and_the_central_case_by_response(studies):
    arrays = designer_arrays(studies)
    rows = case_rows(arrays)
    count = arrays["case_start"].item()
    assert list(rows)[:3] == [DRAWN, "price_2024", "price_2025"]
    assert [name for name in rows if name.startswith("central_")] == [f"central_{name}" for name in RESPONSES]
    np.testing.assert_array_equal(np.sort(np.concatenate([rows["price_2024"], rows["price_2025"]])), np.arange(count))
    assert len(rows["price_2024"]) == len(rows["price_2025"])
    assert [len(rows[f"central_{name}"]) for name in RESPONSES] == [2] * 5
    assert max(rows["central_high"]) == len(arrays["draw_year_index"]) - 1
    one = {"price_years": np.array([2025]), "case_start": np.array([3]), "draw_year_index": np.zeros(8, dtype=int)}
    assert list(case_rows(one)) == [DRAWN, *(f"central_{name}" for name in RESPONSES)]


def test_arrays_hold_streams_added_up_as_the_accounts_add_them(studies):
    arrays = designer_arrays(studies)
    of = studies.drawn.frame.yearly.two_way
    assert {name for name in arrays if name.startswith("cube_")} == {f"cube_{name}" for name in CUBES}
    np.testing.assert_allclose(
        arrays["cube_tax"], of["net_vat_sek"] + of["energy_tax_sek"] - of["tax_refund_sek"], rtol=1e-6, atol=1e-4
    )
    np.testing.assert_allclose(
        arrays["cube_resource"],
        -of["net_spot_import_sek"] - of["net_spot_export_sek"] - of["forced_charge_cost_sek"], rtol=1e-6, atol=1e-4,
    )  # fmt: skip
    assert arrays["cube_value"].dtype == np.float32
    assert arrays["draw_price_sek"].shape[1] == len(arrays["years"]) == 15
    # a two-way charger never costs less than the ordinary one it replaces, in any year
    assert (arrays["draw_price_sek"].min(axis=(1, 2)) >= arrays["draw_oneway_sek"] - 1e-6).all()


def test_a_run_of_few_draws_keeps_them_few(studies):
    assert len(studies.drawn.world.year_index) == DRAWS


def test_what_of_a_law_is_fixed_is_read_from_it(family):
    found = read_family(family)
    assert (found.power_reference_kw, found.power_cap_kw) == (ONE_WAY_KW, 100.0)
    assert found.paid_years == (2026, 2027, 2028, 2029, 2030)
    assert found.proposed == PROPOSED


@pytest.mark.parametrize("name", ["green_deduction", "mandate_chargers", "task53_and_deduction", "pay_for_performance"])
def test_a_law_of_another_form_is_refused(frame, name):
    other = law(frame, name)
    assert not is_family(other)
    with pytest.raises(PolicyError, match="other parts than those of the family"):
        read_family(other)


def test_an_empty_law_is_refused():
    with pytest.raises(PolicyError, match="no year with support"):
        read_family({})
    assert not is_family({})


def test_random_settings_reach_corners_no_budget_and_nothing_to_spend():
    settings = random_settings(200, 1)
    assert settings == random_settings(200, 1)
    assert all(span.low <= each[name] <= span.high for each in settings for name, span in SPANS.items())
    budgets = np.array([each[BUDGET] for each in settings])
    assert np.isinf(budgets).any()
    assert (budgets == 0).any()
    assert budgets[np.isfinite(budgets)].max() <= BUDGET_HIGH_MSEK
    assert any(each["base_sek"] == 0 for each in settings)
    assert any(each["dc_ac_ratio"] == SPANS["dc_ac_ratio"].high for each in settings)


def test_the_script_writes_the_arrays(tmp_path, run, studies):
    path = tmp_path / "designer.npz"
    given = small.scheme_files_in(tmp_path)
    settings = run.model_dump(mode="json")
    settings["scope"]["draw_count"] = 50  # the fewest that settings allow
    script("tabulate_designer")(designer=path, settings=settings, **given)
    arrays = read_arrays(path)
    assert set(arrays) == set(designer_arrays(studies))
    assert arrays["case_start"].item() == 50
