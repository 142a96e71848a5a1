"""The link: what enters it, what is left out and why, what it says of itself, and that it finds a known truth."""

import numpy as np
import pandas as pd
import pytest

from analysis.io import check_table, normalise, read_csv_table
from analysis.profiles.link import SYNTHETIC_DATASETS, cell_chance, fit_link, link_table
from analysis.schemas.assumptions import Parameters
from analysis.schemas.profile_link import ProfileLink
from analysis.settings.parameters import parameter_set
from analysis.synthetic.travel_vehicles import draw_vehicles
from tests.analysis.profiles.profile_archetypes import vehicles_table

DETACHED, INCOME = 0.9, 0.7


def simulated(count=1200, seed=4, dataset="observed"):
    """Two profiles; log odds of the second: -0.5 + 0.9 in houses + 0.7 from the middle to the top quintile."""
    generator = np.random.default_rng(seed)
    dwelling = generator.choice(["detached", "flat_cooperative", "flat_rental"], count)
    quintile = generator.integers(1, 6, count)
    odds = -0.5 + DETACHED * (dwelling == "detached") + INCOME * (quintile - 3) / 2
    second = generator.random(count) < 1 / (1 + np.exp(-odds))
    rows = [
        (f"car_{number:04d}", 1.0, 56, dataset, "private", home, int(income))
        for number, (home, income) in enumerate(zip(dwelling, quintile, strict=True))
    ]
    labels = pd.DataFrame({"p01": (~second).astype(float), "p02": second.astype(float)})
    return labels, vehicles_table(rows)


def table_of(link):
    table = link_table(link)
    check_table(normalise(table), ProfileLink, "test")
    return table.set_index(["profile_id", "covariate"])


@pytest.mark.slow
def test_a_known_link_is_found_within_its_standard_errors():
    gaps = []
    for seed in range(12):
        labels, vehicles = simulated(seed=seed)
        table = table_of(fit_link(labels, vehicles, 1))
        reference = table.index[table["state"] == "reference"][0][0]
        other, sign = ("p02", 1.0) if reference == "p01" else ("p01", -1.0)
        for covariate, truth in (("dwelling_detached", DETACHED), ("income_quintile", INCOME)):
            row = table.loc[(other, covariate)]
            gaps.append((sign * row["coefficient_pu"] - truth) / row["standard_error_pu"])
    assert abs(np.mean(gaps)) < 3 / np.sqrt(len(gaps))
    assert (np.abs(gaps) < 2).mean() >= 0.85


def test_cells_follow_the_link():
    labels, vehicles = simulated()
    link = fit_link(labels, vehicles, 1)
    chance = cell_chance(link, link.fit.coefficient)
    assert chance.shape == (4, 5, 2)
    np.testing.assert_allclose(chance.sum(axis=2), 1.0)
    truth = 1 / (1 + np.exp(-(-0.5 + DETACHED + INCOME)))
    assert chance[0, 4, 1] == pytest.approx(truth, abs=0.06)
    assert chance[0, 4, 1] > chance[0, 0, 1] > chance[1, 0, 1]


def test_generated_travel_is_called_an_assumption(root):
    labels, vehicles = simulated(dataset=SYNTHETIC_DATASETS[0])
    assert set(table_of(fit_link(labels, vehicles, 1))["basis"]) == {"assumption_synthetic_travel"}
    labels, vehicles = simulated()
    assert set(table_of(fit_link(labels, vehicles, 1))["basis"]) == {"observed_travel"}
    parameters = parameter_set(read_csv_table(root / "data/assumptions/parameters.csv", Parameters))
    assert set(draw_vehicles(20, 2, 1, parameters)["dataset"]) == set(SYNTHETIC_DATASETS)


def test_without_demographics_the_link_says_so_and_is_the_same_everywhere():
    labels, vehicles = simulated(200)
    vehicles["dwelling"] = pd.Series([None] * 200, dtype="str")
    vehicles["income_quintile"] = pd.Series([None] * 200, dtype="Int64")
    link = fit_link(labels, vehicles, 1)
    table = table_of(link)
    assert set(table["basis"]) == {"no_demographics"}
    assert table.loc[("p01", "dwelling_detached"), "reason"] == "not_stated"
    assert table.loc[("p01", "income_quintile"), "reason"] == "not_stated"
    chance = cell_chance(link, link.fit.coefficient)
    np.testing.assert_allclose(chance, np.broadcast_to(labels.mean().to_numpy(), (4, 5, 2)), atol=1e-6)


def test_covariates_enter_only_with_ten_cars_of_the_smallest_profile_each():
    labels, vehicles = simulated(1000)
    rare = np.arange(1000) % 40 == 0
    for events, entered in ((25, {"dwelling_detached", "income_quintile"}), (15, {"dwelling_detached"}), (5, set())):
        chosen = rare & (np.cumsum(rare) <= events)
        three = pd.concat([labels.mul(~chosen, axis=0), pd.Series(chosen.astype(float), name="p03")], axis=1)
        table = table_of(fit_link(three, vehicles, 1))
        used = table[table["state"] == "estimated"].loc["p03"].index.difference(["intercept"])
        assert set(used) == entered
        assert table.loc[("p03", "dwelling_flat_rental"), "reason"] == "too_few_events"
    assert set(table["basis"]) == {"too_few_cars"}


def test_what_no_table_carries_is_listed_as_left_out():
    table = table_of(fit_link(*simulated(300), 1))
    left = table.loc["p01"][lambda rows: rows["state"] == "left_out"]["reason"].to_dict()
    assert left["age_band"] == left["household_cars"] == "not_in_vehicles"
    assert left["household_type"] == "not_stated"
    assert left["dwelling_other"] == "does_not_vary"
    assert left["car_type"] == "no_trait_of_the_household"


def test_household_types_are_shared_out_within_a_dwelling():
    _, vehicles = simulated(2000)
    generator = np.random.default_rng(1)
    vehicles["household_type"] = pd.Series(generator.choice(["couple", "single"], 2000, p=[0.8, 0.2]), dtype="str")
    second = pd.Series((generator.random(2000) < np.where(vehicles["household_type"] == "single", 0.8, 0.3)) * 1.0)
    link = fit_link(pd.DataFrame({"p01": 1 - second, "p02": second}), vehicles, 1)
    assert "household_type_single" in link.terms
    chance = cell_chance(link, link.fit.coefficient)
    np.testing.assert_allclose(chance[0, :, 1], 0.8 * 0.3 + 0.2 * 0.8, atol=0.06)
    np.testing.assert_allclose(link.mix.sum(axis=1), 1.0)


def test_cars_without_a_covariate_are_left_out_and_counted(caplog):
    labels, vehicles = simulated(600)
    vehicles.loc[:49, "dwelling"] = None
    with caplog.at_level("INFO"):
        link = fit_link(labels, vehicles, 1)
    assert link.car_count == 550
    assert "50 of 600" in caplog.text


def test_weights_count_at_their_effective_number():
    labels, vehicles = simulated(600)
    vehicles["weight"] = np.where(np.arange(600) < 300, 1e4, 3e4)
    link = fit_link(labels, vehicles, 1)
    assert link.effective_count == pytest.approx((1 + 3) ** 2 / (1 + 9) * 300)
