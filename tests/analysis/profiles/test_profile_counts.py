"""Municipal counts add up to registered cars exactly, follow dwellings and incomes, and carry an honest interval."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import ConfigError, DataError
from analysis.io import check_table, normalise, read_csv_table
from analysis.profiles.counts import count_profiles
from analysis.profiles.rounding import round_keeping_total
from analysis.schemas.assumptions import Parameters
from analysis.schemas.mobility import ProfileCounts
from analysis.schemas.profile_link import CompanyCarAreas, ProfileCountSeeds, ProfileLink
from tests.analysis.profiles.profile_archetypes import municipalities_table, vehicles_table

KINDS = (("detached", 5, "p01"), ("flat_rental", 1, "p02"))


@pytest.fixture(scope="module")
def parameters(root):
    return read_csv_table(root / "data/assumptions/parameters.csv", Parameters)


def cars(per_kind=40, unknown=0):
    """House dwellers are p01, tenants p02; each certain by 0.9."""
    rows, labels = [], []
    for dwelling, quintile, profile in KINDS:
        for number in range(per_kind):
            name = f"{profile}_{number:03d}"
            rows.append((name, 1.0, 56, "made", "private", dwelling, quintile))
            labels += [(name, other, 0.9 if other == profile else 0.1) for other in ("p01", "p02")]
    for number in range(unknown):
        rows.append((f"x_{number:03d}", 1.0, 56, "made", "private", None, None))
        labels += [(f"x_{number:03d}", other, 0.5) for other in ("p01", "p02")]
    return vehicles_table(rows), pd.DataFrame(labels, columns=["vehicle_id", "profile_id", "probability_pu"])


def tables_of(parameters, vehicles, labels, areas=None, **more):
    areas = municipalities_table() if areas is None else areas
    return count_profiles(labels, vehicles, areas, parameters, more.pop("overrides", {}), more.pop("seed", 1), **more)


def counted(*given, **more):
    return tables_of(*given, **more).counts


def of_sweden(root, parameters, count=40, **more):
    from tests.analysis.profiles.test_profile_areas import sweden

    places = sweden.__wrapped__(root)
    return places, tables_of(parameters, *cars(count), places, draws=more.pop("draws", 4), **more)


def untangled(size=40):
    """Cars whose income says nothing of their dwelling, so that both can enter the link."""
    vehicles, labels = cars(size)
    vehicles["income_quintile"] = pd.array(1 + np.arange(2 * size) % 5, dtype="Int64")
    return vehicles, labels


def test_whole_cars_add_up_exactly_everywhere(root, parameters):
    places, found = of_sweden(root, parameters)
    table = found.counts
    by_place = table.groupby("municipality_code")["vehicle_count"].sum()
    assert (by_place == places.set_index("municipality_code")["bev_count"]).all()
    by_area = table.groupby("price_area")["vehicle_count"].sum()
    assert by_area.to_dict() == places.groupby("price_area")["bev_count"].sum().to_dict()
    assert table["vehicle_count"].sum() == places["bev_count"].sum() == 290_097
    assert table["vehicle_count"].dtype == np.int64


def test_published_counts_are_multiples_of_five_that_keep_the_total(parameters):
    table = counted(parameters, *untangled(), draws=20)
    check_table(normalise(table), ProfileCounts, "test")
    assert not table["is_suppressed"].any()
    published = table.groupby("municipality_code")["vehicle_published_count"].sum().to_dict()
    assert published == {"0101": 1005, "0202": 410}
    for name in ("vehicle_published_count", "vehicle_low_count", "vehicle_high_count"):
        assert (table[name] % 5 == 0).all()
    assert (table["vehicle_low_count"] <= table["vehicle_published_count"]).all()
    assert (table["vehicle_published_count"] <= table["vehicle_high_count"]).all()


def test_wide_counts_are_held_back_from_print_only(parameters):
    areas = municipalities_table().assign(bev_count=[1_003, 6])
    found = counted(parameters, *untangled(), areas, draws=40)
    small = found[found["municipality_code"] == "0202"]
    assert small["is_suppressed"].all()
    assert small["vehicle_published_count"].isna().all()
    assert small["vehicle_count"].sum() == 6
    large = found[found["municipality_code"] == "0101"]
    assert not large["is_suppressed"].any()
    assert (found["is_suppressed"] == (found["variation_pu"] > 0.3)).all()
    none = counted(parameters, *untangled(), areas, draws=40, overrides={"clu.cv_suppress": 10.0})
    assert not none["is_suppressed"].any()


def test_a_suppressed_count_cannot_be_written_with_its_number(parameters):
    table = counted(parameters, *cars(), draws=3)
    with pytest.raises(DataError, match="suppressed"):
        check_table(normalise(table.assign(is_suppressed=True)), ProfileCounts, "test")


def test_a_municipality_without_electric_cars_has_none_and_is_not_held_back(parameters):
    table = counted(parameters, *cars(), municipalities_table().assign(bev_count=[1_003, 0]), draws=5)
    empty = table[table["municipality_code"] == "0202"]
    assert (empty["vehicle_count"] == 0).all()
    assert not empty["is_suppressed"].any()


def test_the_other_tables_hold_their_contracts(root, parameters):
    _, found = of_sweden(root, parameters)
    check_table(normalise(found.link), ProfileLink, "test")
    check_table(normalise(found.seeds), ProfileCountSeeds, "test")
    check_table(normalise(found.company_cars), CompanyCarAreas, "test")
    shares = found.seeds.groupby("price_area")[["share_sample_seed_pu", "share_independent_seed_pu"]].sum()
    np.testing.assert_allclose(shares, 1.0)
    assert list(found.seeds["price_area"].unique()) == ["SE", "SE1", "SE2", "SE3", "SE4"]


def test_two_seeds_differ_where_dwelling_and_income_go_together(root, parameters):
    """All house dwellers of the sample are rich, all tenants poor: independent margins would hide it."""
    _, linked = of_sweden(root, parameters)
    assert linked.seeds["largest_municipality_difference_pu"].max() > 0.005
    assert (linked.seeds["net_difference_pu"].abs() <= linked.seeds["largest_municipality_difference_pu"] + 1e-9).all()
    vehicles, labels = cars(40)
    vehicles["dwelling"] = pd.Series([None] * len(vehicles), dtype="str")
    vehicles["income_quintile"] = pd.Series([None] * len(vehicles), dtype="Int64")
    same = tables_of(parameters, vehicles, labels, draws=2).seeds
    np.testing.assert_allclose(same["net_difference_pu"], 0.0, atol=1e-9)


def test_company_cars_stay_as_registered_unless_a_scenario_moves_them(root, parameters):
    places, default = of_sweden(root, parameters)
    assert not default.company_cars["is_used"].any()
    _, moved = of_sweden(root, parameters, overrides={"clu.company_cars_moved": 1.0})
    assert moved.company_cars["is_used"].all()
    columns = [name for name in default.company_cars if name != "is_used"]
    pd.testing.assert_frame_equal(moved.company_cars[columns], default.company_cars[columns])
    assert moved.counts["vehicle_count"].sum() == places["bev_count"].sum()
    areas = moved.counts.groupby("price_area")["vehicle_count"].sum()
    told = moved.company_cars.set_index("price_area")["reallocated_count"].drop("SE")
    assert areas.to_dict() == told.to_dict()
    assert not moved.counts["vehicle_count"].equals(default.counts["vehicle_count"])
    with pytest.raises(ConfigError, match="company_cars_moved"):
        tables_of(parameters, *cars(), draws=1, overrides={"clu.company_cars_moved": 2.0})


def test_a_municipality_of_houses_has_more_of_the_profile_of_houses(parameters):
    table = counted(parameters, *cars(), draws=5)
    share = table["vehicle_count"] / table.groupby("municipality_code")["vehicle_count"].transform("sum")
    houses = share[table["profile_id"] == "p01"].to_numpy()
    assert houses[0] > houses[1] + 0.15


def test_unknown_households_spread_a_profile_evenly(parameters):
    vehicles, labels = cars()
    vehicles["dwelling"] = pd.Series([None] * len(vehicles), dtype="str")
    vehicles["income_quintile"] = pd.Series([None] * len(vehicles), dtype="Int64")
    table = counted(parameters, vehicles, labels, draws=5)
    share = table["vehicle_count"] / table.groupby("municipality_code")["vehicle_count"].transform("sum")
    np.testing.assert_allclose(share, 0.5, atol=0.01)


def test_fleet_vehicles_are_not_counted(parameters):
    vehicles, labels = cars()
    fleet = vehicles_table([("van", 500.0, 56, "made", "fleet", None, None)])
    with_fleet = pd.concat([vehicles, fleet], ignore_index=True)
    more = pd.concat([labels, pd.DataFrame([("van", "fleet", 1.0)], columns=labels.columns)], ignore_index=True)
    pd.testing.assert_frame_equal(
        counted(parameters, with_fleet, more, draws=5), counted(parameters, vehicles, labels, draws=5)
    )


def test_same_seed_same_table_and_a_fixed_share_narrows_the_interval(parameters):
    vehicles, labels = cars()
    wide = counted(parameters, vehicles, labels, draws=60)
    pd.testing.assert_frame_equal(wide, counted(parameters, vehicles, labels, draws=60), check_exact=True)
    fixed = counted(parameters, vehicles, labels, draws=60, overrides={"plug.ev_owner_detached_share": 0.7})
    width = [float((t["vehicle_high_count"] - t["vehicle_low_count"]).sum()) for t in (wide, fixed)]
    assert width[1] < width[0]


def test_more_vehicles_give_a_narrower_interval(parameters):
    override = {"plug.ev_owner_detached_share": 0.7}
    width = []
    for size in (20, 640):
        vehicles, labels = untangled(size)
        hard = np.random.default_rng(1).random(2 * size) < np.repeat([0.75, 0.25], size)
        labels["probability_pu"] = np.column_stack([hard, ~hard]).astype(float).ravel()
        table = counted(parameters, vehicles, labels, draws=60, overrides=override)
        width.append(float((table["vehicle_high_count"] - table["vehicle_low_count"]).sum()))
    assert width[1] < width[0] / 2


def test_what_no_car_tells_apart_stays_uncertain_however_many_cars(parameters):
    """All house dwellers are rich, all tenants poor: nothing says which of the two makes the profile."""
    override = {"plug.ev_owner_detached_share": 0.7}
    together = counted(parameters, *cars(400), draws=60, overrides=override)
    apart = counted(parameters, *untangled(400), draws=60, overrides=override)
    of_houses = together["municipality_code"] == "0101"
    assert together["variation_pu"][of_houses].mean() > 2 * apart["variation_pu"][of_houses].mean()


def test_missing_labels_and_empty_municipalities_are_refused(parameters):
    vehicles, labels = cars()
    with pytest.raises(DataError, match="1 private cars"):
        counted(parameters, vehicles, labels[labels["vehicle_id"] != "p01_000"], draws=2)
    areas = municipalities_table()
    areas.loc[1, [name for name in areas.columns if name.startswith("household_")]] = 0
    with pytest.raises(DataError, match=r"municipalities\[0202\]"):
        counted(parameters, vehicles, labels, areas, draws=2)


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("municipality_code", [101, 202], r"numbers, as 101; expected text of four digits, as '0101'"),
        ("municipality_code", ["101", "0202"], "the code '101'"),
        ("municipality_code", ["0202", "0202"], "several rows"),
        ("county_code", ["03", "02"], r"municipalities\[0101\]: found county 03; expected county 01"),
        ("car_count", [1e6, 7e3], "1e\\+06 cars for 10000 households"),
    ],
)
def test_bad_municipalities_are_named(parameters, column, value, message):
    with pytest.raises(DataError, match=message):
        counted(parameters, *cars(), municipalities_table().assign(**{column: value}), draws=2)


def test_bad_weights_are_named_all_at_once(parameters):
    vehicles, labels = cars()
    vehicles.loc[3, "weight"], vehicles.loc[5, "weight"], vehicles.loc[7, "weight"] = 0.0, np.nan, -1.0
    with pytest.raises(DataError, match="3 faults") as caught:
        counted(parameters, vehicles, labels, draws=2)
    assert "vehicles[p01_003].weight: found 0" in str(caught.value)
    vehicles["weight"] = 0.0
    with pytest.raises(DataError, match="80 cars without a weight"):
        counted(parameters, vehicles, labels, draws=2)
    with pytest.raises(DataError, match="no such column"):
        counted(parameters, vehicles.drop(columns="weight"), labels, draws=2)
    with pytest.raises(DataError, match="no private car"):
        counted(parameters, vehicles.assign(use_case="fleet"), labels, draws=2)


def test_rounding_by_hand():
    np.testing.assert_array_equal(round_keeping_total(np.array([[7.0, 7.0, 7.0]])), [[10.0, 5.0, 5.0]])
    np.testing.assert_array_equal(round_keeping_total(np.array([[4.0, 0.0, 0.0]])), [[5.0, 0.0, 0.0]])
    np.testing.assert_array_equal(round_keeping_total(np.array([[10.0, 25.0, 5.0]])), [[10.0, 25.0, 5.0]])


@given(st.lists(st.floats(0, 5000), min_size=1, max_size=9))
def test_rounding_keeps_the_total_and_moves_no_count_by_five(values):
    row = np.array([values])
    rounded = round_keeping_total(row)
    assert abs(rounded.sum() - row.sum()) <= 2.5 + 1e-6
    assert (np.abs(rounded - row) < 5.0 + 1e-6).all()
    assert (rounded % 5 == 0).all()
