"""Embedded facts become the contract; a user's statistics replace them, and every unmatched name is said."""

import pandas as pd
import pytest

from analysis.errors import DataError
from analysis.io import check_table, read_csv_table
from analysis.schemas.geography import Municipalities
from analysis.schemas.sample import MunicipalityFacts
from analysis.sources.descriptor import Descriptor, FieldSource
from analysis.sources.layout import FileForm
from analysis.sources.municipalities import (
    municipalities_from_facts,
    plain_name,
    with_households,
    with_incomes,
    with_plugin_cars,
    with_population,
)
from analysis.sources.reader import read_source
from tests.analysis.sources.source_examples import HEAD


def areas_of(facts):
    areas = facts[["municipality_code", "name", "price_area", "price_area_land_share_pu"]]
    return areas.assign(price_area_land_share_pu=areas["price_area_land_share_pu"].fillna(0.0))


@pytest.fixture(scope="module")
def facts(root):
    return read_csv_table(root / "data/reference/municipalities.csv", MunicipalityFacts)


@pytest.fixture
def table(facts):
    return municipalities_from_facts(facts, areas_of(facts))


@pytest.fixture
def three(table):
    """Upplands Väsby, Uppsala and Malmö only."""
    return table[table["municipality_code"].isin(["0114", "0380", "1280"])].reset_index(drop=True)


def test_facts_pass_the_contract_and_keep_their_sums(facts, table):
    checked = check_table(table, Municipalities, "test")
    assert len(checked) == 290
    assert checked["population_count"].sum() == 10_551_707
    assert checked["bev_count"].sum() == 290_097
    first = checked.set_index("municipality_code").loc["0114"]
    assert first["household_detached_count"] == 920 + 5796
    households = [name for name in facts.columns if name.startswith("household_")]
    new = [name for name in checked.columns if name.startswith("household_")]
    assert checked[new].to_numpy().sum() == facts[households].to_numpy().sum()


def test_a_wrong_price_area_is_refused_and_a_border_case_may_be_moved(facts):
    wrong = facts.assign(price_area=facts["price_area"].where(facts["name"] != "Malmö", "SE1"))
    with pytest.raises(DataError, match="1280 Malmö"):
        municipalities_from_facts(wrong, areas_of(facts))
    cut = facts.loc[facts["price_area_land_share_pu"].between(0.5, 0.9)].iloc[0]
    other = "SE3" if cut["price_area"] != "SE3" else "SE4"
    moved = facts.assign(price_area=facts["price_area"].where(facts["name"] != cut["name"], other))
    row = municipalities_from_facts(moved, areas_of(facts)).set_index("name").loc[cut["name"]]
    assert row["price_area"] == other
    assert row["price_area_land_share_pu"] == pytest.approx(1 - cut["price_area_land_share_pu"])


@pytest.mark.parametrize("written", ["114", "114.0", "1280.0"])
def test_a_code_read_as_a_number_is_named(tmp_path, written):
    path = tmp_path / "population.csv"
    path.write_text(f"code,name,people\n0380,Uppsala,9\n{written},Upplands Väsby,7\n", encoding="utf-8")
    fields = {
        "municipality_code": {"column": "code"}, "name": {"column": "name"},
        "population_count": {"column": "people", "unit": "count"},
    }  # fmt: skip
    plain = Descriptor.model_validate(
        {**HEAD, "name": "mine", "table": "Population", "file": {"format": "csv"}, "fields": fields}
    )
    with pytest.raises(DataError, match=rf"csv:3/code: found '{written}', a municipality code read as a number"):
        read_source(plain, [path])
    numbers = path.with_suffix(".parquet")
    pd.DataFrame({"code": [380, 114], "name": ["Uppsala", "Upplands Väsby"], "people": [9, 7]}).to_parquet(numbers)
    as_parquet = plain.model_copy(update={"file": FileForm(format="parquet")})
    with pytest.raises(DataError, match="2 faults"):
        read_source(as_parquet, [numbers])
    padded = {**plain.fields, "municipality_code": FieldSource(column="code", pad_zeros=4)}
    declared = as_parquet.model_copy(update={"fields": padded})
    assert read_source(declared, [numbers])["municipality_code"].tolist() == ["0114", "0380"]


def test_a_merged_municipality_is_named_with_those_it_took_in(three):
    merged = pd.DataFrame(
        {"municipality_code": ["0199", "1280"], "name": ["Väsby och Uppsala", "Malmö"], "population_count": [9, 8]}
    )
    with pytest.raises(DataError) as error:
        with_population(three, merged)
    text = str(error.value)
    assert text.startswith("3 faults")
    assert "population: 0199 Väsby och Uppsala: found a code that no municipality has (merged, divided or moved" in text
    assert "population: 0114 Upplands Väsby: found no row (merged into another row?)" in text
    moved = three[["municipality_code", "name", "population_count"]].replace({"municipality_code": {"0380": "1917"}})
    with pytest.raises(DataError, match=r"Heby had it until the end of 2006, 0331 since"):
        with_population(three, moved)
    by_name = pd.DataFrame({"name": ["Väsby och Uppsala", "Malmö"], "dwelling": "detached", "household_count": [1, 2]})
    with pytest.raises(DataError, match=r"Väsby och Uppsala: found a name that is no municipality \(merged"):
        with_households(three, by_name)


def test_capitals_and_mixed_case_meet():
    assert plain_name("ÖSTRA  GÖINGE ") == plain_name("Östra Göinge kommun") == "östra göinge"


def test_plugin_cars_replace_counts(three):
    cars = pd.DataFrame(
        {
            "name": ["MALMÖ", "UPPLANDS VÄSBY", "UPPSALA"],
            "bev_count": [30, 10, 20],
            "phev_count": [3, 1, 2],
            "plugin_count": [40, 12, 25],
            "plugin_share_of_cars_pu": [0.1, 0.0, 0.05],
            "charge_point_count": pd.array([7, None, 8], dtype="Int64"),
        }
    )
    replaced = with_plugin_cars(three, cars).set_index("name")
    assert replaced["bev_count"].to_dict() == {"Upplands Väsby": 10, "Uppsala": 20, "Malmö": 30}
    before = three.set_index("name")["car_count"]
    assert replaced["car_count"].to_dict() == {
        "Malmö": 400.0,
        "Uppsala": 500.0,
        "Upplands Väsby": before["Upplands Väsby"],
    }
    assert replaced["public_charge_point_count"].isna().sum() == 1


def test_all_unmatched_names_are_faults(three):
    cars = pd.DataFrame(
        {"name": ["MALMÖ", "UPSALA", "LUND"], "bev_count": 1, "phev_count": 1, "plugin_count": 1,
         "plugin_share_of_cars_pu": 0.1, "charge_point_count": pd.array([1, 1, 1], dtype="Int64")}
    )  # fmt: skip
    with pytest.raises(DataError) as caught:
        with_plugin_cars(three, cars)
    places = [fault.place for fault in caught.value.faults]
    assert places == ["plugin_cars: LUND", "plugin_cars: UPSALA", "plugin_cars: upplands väsby", "plugin_cars: uppsala"]


def test_households_add_up_over_types_and_detached_forms(three):
    rows = [
        (name, kind, dwelling, 1)
        for name in three["name"]
        for kind in ("single", "couple")
        for dwelling in ("småhus, äganderätt", "småhus, hyresrätt", "flerbostadshus, hyresrätt", "uppgift saknas")
    ]
    households = pd.DataFrame(rows, columns=["name", "household_type", "dwelling", "household_count"])
    replaced = with_households(three, households)
    assert replaced["household_detached_count"].tolist() == [4, 4, 4]
    assert replaced["household_flat_cooperative_count"].tolist() == [0, 0, 0]
    assert replaced["household_flat_rental_count"].tolist() == [2, 2, 2]
    with pytest.raises(DataError, match="slott"):
        with_households(three, households.assign(dwelling="slott"))


def test_incomes_take_the_median_of_all_adults(three):
    incomes = pd.DataFrame(
        [(name, sex, "totalt 20+ år", measure, 300.0 if sex == "totalt" and measure == "Median" else 1.0)
         for name in three["name"] for sex in ("totalt", "män") for measure in ("Median", "Medelvärde")],
        columns=["name", "sex", "age_band", "measure", "income_ksek"],
    )  # fmt: skip
    assert with_incomes(three, incomes)["income_median_ksek"].tolist() == [300.0] * 3
    with pytest.raises(DataError, match="no median"):
        with_incomes(three, incomes[incomes["sex"] == "män"])


def test_population_is_joined_by_code(three):
    population = three[["municipality_code", "name"]].assign(population_count=[1, 2, 3])
    assert with_population(three, population)["population_count"].tolist() == [1, 2, 3]
    with pytest.raises(DataError, match="1280"):
        with_population(three, population.iloc[:2])
