"""A scheme's cars by municipality: they sum to the country's, and lie where those who can choose live."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.io import check_table, normalise
from analysis.policy.loader import load_scheme
from analysis.schemas.schemes import SchemeMunicipalities
from analysis.uncertainty.central import central_study
from analysis.uncertainty.evaluate import Span, build_frame, evaluate
from analysis.uncertainty.law import law_of
from analysis.uncertainty.places import scheme_municipalities
from tests.analysis.cba.scheme_tables import LEVELS, OPTIONS, ROOT, central, standards_case, tables
from tests.analysis.uncertainty.test_scheme_evaluation import POLICY

SPAN = Span(2026, 2040, 2030, 2030, 2025, 0.0)
FLATS = "0009"


def in_two_places() -> pd.DataFrame:
    """A second municipality in SE3, of flats, with as many cars as the first, of houses."""
    found = tables(3.0).municipalities
    more = found[found["price_area"] == "SE3"].assign(
        municipality_code=FLATS, household_detached_count=50_000, household_flat_cooperative_count=550_000
    )
    return pd.concat([found, more], ignore_index=True)


def evaluation(name: str, contract_burden_sek: float = 0.0):
    frame = build_frame(
        replace(tables(3.0), municipalities=in_two_places()), central(), span=SPAN, options=OPTIONS, levels=LEVELS,
        standards=standards_case("reference"), contract_burden_sek=contract_burden_sek,
    )  # fmt: skip
    law = law_of(load_scheme(ROOT / f"data/policy/se/{name}.yaml"), SPAN, POLICY)
    return evaluate(central_study(frame, frame.parameters), law)


@pytest.fixture(scope="module")
def deduction():
    return evaluation("green_deduction")


@pytest.fixture(scope="module")
def places(deduction):
    table = scheme_municipalities("green_deduction", deduction)
    return check_table(normalise(table)[list(SchemeMunicipalities.to_schema().columns)], SchemeMunicipalities, "places")


def test_municipalities_sum_to_their_area_in_the_middle(deduction, places):
    """One draw and price year alone has no spread, so that medians add up; here the mean of five is near."""
    study = deduction.study
    enrolled = deduction.with_support.enrolled_count[:, study.target].sum(axis=(2, 3))
    for number, area in enumerate(study.frame.streams.areas):
        here = places[places["price_area"] == area]
        assert here["adopter_low_count"].sum() <= enrolled[:, number].max()
        assert here["adopter_high_count"].sum() >= enrolled[:, number].min()
    capable = study.world.households.capable_count[:, study.target]
    sums = places.groupby("price_area")["eligible_count"].sum()
    np.testing.assert_allclose(sums, np.median(capable, axis=0), rtol=1e-6)


def test_a_support_for_houses_adds_more_where_houses_are(places):
    rows = places.set_index("municipality_code")
    assert rows.loc["0002", "eligible_count"] > rows.loc[FLATS, "eligible_count"]
    added = rows["net_additional_count"] / rows["eligible_count"]
    assert added["0002"] > added[FLATS] > 0


def test_a_support_for_flats_adds_more_where_flats_are():
    rows = scheme_municipalities("ladda_bilen", evaluation("ladda_bilen")).set_index("municipality_code")
    added = rows["net_additional_count"] / rows["eligible_count"]
    assert added[FLATS] > added["0002"]


def test_what_a_contract_asks_is_a_cost_of_the_owner_in_each_enrolled_year(deduction):
    """The same anchor is met with it, so the path without support moves little; the cost stands in the accounts."""
    asked = evaluation("green_deduction", contract_burden_sek=500.0)
    rate = asked.study.frame.parameters["cba.social_rate"]
    more = asked.with_support.enrolled_total - asked.without.enrolled_total
    yearly = more @ (1 + rate) ** -(np.arange(more.shape[1]) + 1.0)
    draws = asked.study.world.draws
    new = (asked.with_support.new_count - asked.without.new_count).sum(axis=(2, 3, 4), dtype=float)
    once = new @ (1 + rate) ** -np.arange(new.shape[1], dtype=float)
    contract = -draws["ado.b_contract"] / draws["ado.logit_scale"] * 1000.0
    by_hand = -once * (draws["ado.hassle"] + contract) - 500.0 * yearly
    np.testing.assert_allclose(asked.ledger.flows["effort_and_contract", "user"], by_hand, rtol=1e-6)
    terms = asked.study.world.contract_burden_sek
    assert terms == 500.0 and deduction.study.world.contract_burden_sek == 0.0
