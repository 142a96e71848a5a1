"""What a scenario fetches: closed questions, names that follow from them, and nothing else that depends on it."""

import shutil

import pytest

from analysis.errors import ConfigError
from analysis.settings.load import CONFIG_FOLDER, dataset_name, load_checked, load_settings, settings_for_rule
from analysis.settings.model import Inputs
from analysis.settings.retrieve import disagreements, matching_files, planned_files
from tests.conftest import ROOT

CONFIG = ROOT / CONFIG_FOLDER


def asked(*items):
    return Inputs.model_validate({"bundle": "trial", "retrieve": list(items)}).retrieve


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "scenarios").mkdir()
    shutil.copy(CONFIG / "default.yaml", tmp_path / "default.yaml")
    return tmp_path


def scenario(folder, text, name="trial"):
    (folder / "scenarios" / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def test_no_scenario_fetches_anything_but_the_one_that_says_so():
    fetching = {name for name, each in load_checked(CONFIG, ROOT / "data").items() if each.inputs.retrieve}
    assert fetching == {"live_prices"}


def test_the_names_of_files_follow_from_the_questions():
    plan = planned_files(
        asked(
            {"service": "entsoe", "price_areas": ["SE1", "SE3"], "years": [2025]},
            {"service": "mimer", "markets": ["fcr"], "years": [2024, 2025], "refresh": True},
            {"service": "pxweb", "name": "people", "table": "TAB638", "selection": {"Region": ["*"], "Tid": ["2024"]}},
            {"service": "trafikanalys", "name": "cars", "query": "t10016|ar:2024|nyregunder"},
            {"service": "smhi", "station": 98230, "price_area": "SE3", "years": [2025]},
            {"service": "ecb", "years": [2025]},
        )
    )
    assert plan == {
        "retrieved/entsoe/SE1_2025.csv": {"price_area": "SE1", "year": 2025, "refresh": False},
        "retrieved/entsoe/SE3_2025.csv": {"price_area": "SE3", "year": 2025, "refresh": False},
        "retrieved/mimer/fcr_2024.csv": {"market": "fcr", "year": 2024, "refresh": True},
        "retrieved/mimer/fcr_2025.csv": {"market": "fcr", "year": 2025, "refresh": True},
        "retrieved/pxweb/people.csv": {
            "pxweb_table": "TAB638", "selection": {"Region": ["*"], "Tid": ["2024"]}, "refresh": False,
        },
        "retrieved/trafikanalys/cars.csv": {"query": "t10016|ar:2024|nyregunder", "refresh": False},
        "retrieved/smhi/SE3_98230_2025.csv": {"station": 98230, "year": 2025, "refresh": False},
        "retrieved/ecb/eur_sek_2025.csv": {"year": 2025, "refresh": False},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("pattern", "count"),
    [("retrieved/entsoe/SE?_2025.csv", 2), ("retrieved/*/SE1*", 1), ("SE1_2025.csv", 0), ("entsoe/SE1_2025.csv", 0)],
)
def test_a_pattern_takes_in_what_is_planned_from_the_root_on(pattern, count):
    retrieve = asked({"service": "entsoe", "price_areas": ["SE1", "SE3"], "years": [2025]})
    assert len(matching_files(retrieve, pattern)) == count


@pytest.mark.parametrize(
    ("item", "fault"),
    [
        ({"service": "post"}, "post"),
        ({"service": "ecb", "years": []}, "years"),
        ({"service": "ecb", "years": [2025], "token": "x"}, "token"),
        ({"service": "entsoe", "price_areas": ["NO1"], "years": [2025]}, "price_areas"),
        ({"service": "pxweb", "name": "../x", "table": "TAB1", "selection": {"Tid": ["2024"]}}, "name"),
        ({"service": "pxweb", "name": "x", "table": "../x", "selection": {"Tid": ["2024"]}}, "table"),
        ({"service": "pxweb", "name": "x", "table": "TAB1", "selection": {"Tid": ["20*"]}}, "or '\\*' alone"),
        ({"service": "pxweb", "name": "x", "table": "TAB1", "selection": {"Tid": ["2024", "2024"]}}, "each once"),
        ({"service": "trafikanalys", "name": "x", "query": "t10016&lang=en|ar"}, "query"),
    ],
)
def test_a_question_that_cannot_be_asked_is_a_fault_of_the_scenario(folder, item, fault):
    with pytest.raises(ConfigError, match=fault):
        load_settings("trial", scenario(folder, f"inputs: {{retrieve: [{item}]}}\n"))


def test_one_file_cannot_answer_two_questions_of_a_scenario(folder):
    twice = "{service: ecb, years: [2025]}, {service: ecb, years: [2024, 2025]}"
    with pytest.raises(ConfigError, match=r"retrieve asks twice for ecb/eur_sek_2025\.csv"):
        load_settings("trial", scenario(folder, f"inputs: {{retrieve: [{twice}]}}\n"))


def test_two_scenarios_may_share_a_file_but_not_a_name(folder):
    one, other = (
        asked({"service": "trafikanalys", "name": "cars", "query": query}) for query in ("t1|ar:2023", "t1|ar:2024")
    )
    renewed = tuple(each.model_copy(update={"refresh": True}) for each in one)
    assert disagreements({"a.yaml": one, "b.yaml": renewed}) == []
    (fault,) = disagreements({"a.yaml": one, "b.yaml": other})
    assert str(fault).startswith("b.yaml: inputs.retrieve: found another question for retrieved/trafikanalys/cars.csv")
    for name, query in (("one", "t1|ar:2023"), ("other", "t1|ar:2024")):
        scenario(folder, f"inputs: {{retrieve: [{{service: trafikanalys, name: cars, query: '{query}'}}]}}\n", name)
    with pytest.raises(ConfigError, match=r"another question for retrieved/trafikanalys/cars\.csv"):
        load_checked(folder, ROOT / "data")


def test_fetching_changes_no_name_and_no_other_rule(folder):
    base = load_settings("default", folder)
    fetching = load_settings("trial", scenario(folder, "inputs: {retrieve: [{service: ecb, years: [2025]}]}\n"))
    assert dataset_name(fetching) == dataset_name(base)
    assert settings_for_rule(fetching, "inputs") == settings_for_rule(base, "inputs")
