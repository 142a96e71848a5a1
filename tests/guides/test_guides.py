"""Each guide's worked example, taken from the guide and laid over a copy: what it says it gives, it gives."""

import importlib.util
import re
import shutil

import pandas as pd
import pytest

from analysis.dispatch import strategies
from analysis.dispatch.branching import DEFAULT_LIMITS
from analysis.dispatch.options import charger_physics
from analysis.dispatch.problem import Strategy
from analysis.errors import ConfigError, DataError, PipelineError, PolicyError
from analysis.fleet.use_cases import habit, seeded, use_cases, vehicle_week
from analysis.io import read_csv_table
from analysis.policy.loader import load_scheme
from analysis.report.text import read_catalog
from analysis.schemas.assumptions import Parameters
from analysis.schemas.use_cases import UseCases
from analysis.settings.load import load_settings
from analysis.settings.parameters import parameter_set
from analysis.sources.bundle import day_ahead_quotes, reserve_quotes
from analysis.sources.descriptor import load_descriptor
from analysis.sources.reader import read_source
from tests.analysis.dispatch.test_use_cases import week
from tests.conftest import ROOT
from tests.guides.examples import GUIDES, examples_of, lay_over
from tests.guides.retailer import prices_eur_per_kwh, write_reserves, write_years
from tests.workflow.project import copy_project
from workflow.written import written_errors

EXAMPLES = [example for guide in GUIDES for example in examples_of(guide)]
CATALOGS = {locale: f"reports/text/{locale}/LC_MESSAGES/report.po" for locale in ("sv", "en")}


@pytest.fixture(scope="module")
def laid(tmp_path_factory):
    """A copy of the project with every example in it."""
    folder = copy_project(tmp_path_factory.mktemp("guides") / "project")
    lay_over(folder, EXAMPLES)
    return folder


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """The retailer's files, to be read."""
    return write_years(tmp_path_factory.mktemp("retailer"))


def module_of(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def changed(guide):
    """Files that the examples of a guide touch."""
    examples = examples_of(guide)
    diffs = "\n".join(example.text for example in examples if example.is_change)
    return {example.path for example in examples if example.path} | set(re.findall(r"^\+\+\+ b/(\S+)$", diffs, re.M))


@pytest.mark.parametrize("guide", GUIDES)
def test_every_guide_has_an_example_and_contributing_leads_to_it(guide):
    assert examples_of(guide)
    assert f"({guide}" in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("guide", ["data/sources/README.md", "data/policy/README.md"])
def test_a_data_source_and_a_scheme_need_no_python(guide):
    assert not [path for path in changed(guide) if not path.endswith(".yaml")]


def test_a_use_case_is_a_row_and_its_name():
    assert changed("data/README.md") == {"data/reference/use_cases.csv", *CATALOGS.values()}


def test_a_strategy_is_a_line_its_word_and_its_name():
    assert changed("analysis/dispatch/README.md") == {
        "analysis/dispatch/strategies.py", "analysis/schemas/base.py", *CATALOGS.values(),
    }  # fmt: skip
    (change,) = [example for example in examples_of("analysis/dispatch/README.md") if example.is_change]
    added = [line for line in change.text.splitlines() if re.match(r"\+(?!\+\+)", line)]
    assert len(added) == 3


def test_the_data_source_is_read_as_the_guide_says(laid, files):
    lines = files["SE3"].read_text(encoding="utf-8").splitlines()
    guide = (ROOT / "data/sources/README.md").read_text(encoding="utf-8")
    assert "```text\n" + "\n".join([*lines[:3], "…", lines[-1]]) + "\n```" in guide
    found = read_source(load_descriptor("my_retailer", laid / "data/sources"), files.values())
    assert len(found) == 2 * 8760
    area = found[found["price_area"] == "SE3"].sort_values("interval_start_utc")
    told = prices_eur_per_kwh("SE3")
    assert area["price_eur_nominal_per_mwh"].to_numpy() == pytest.approx(1000 * told.to_numpy())
    assert area["interval_start_utc"].iloc[0] == pd.Timestamp("2024-12-31 23:00", tz="UTC")


def test_day_ahead_and_reserves_of_the_scenario_make_its_prices(laid, tmp_path):
    """What the run reads first: both kinds of one year, as the scenario names them."""
    write_years(tmp_path)
    write_reserves(tmp_path)
    settings = load_settings("my_first", laid / "workflow" / "config")
    quotes = reserve_quotes(settings, tmp_path, folder=laid / "data/sources")
    assert len(quotes) == 3 * 8760
    assert len(day_ahead_quotes(settings, tmp_path, folder=laid / "data/sources")) == 2 * 8760


MISTAKES = [
    ("column: Pris EUR/kWh", "column: Pris EUR/KWh", ("Pris EUR/KWh", "Pris EUR/kWh")),
    ("unit: eur_per_kwh", "unit: eur_per_kWh", ("eur_per_kWh", "eur_per_kwh")),
    ("unit: eur_per_kwh", "unit: eur_per_mwh", ("eur_per_mwh", "EUR/kWh")),
    ("drop_values: [Summa]", "drop_values: [Sum]", ("Summa",)),
    ("repeated_hour: in_file_order", "repeated_hour: second_is_minute_01", ("2025-10-26",)),
]


@pytest.mark.parametrize(("right", "wrong", "named"), MISTAKES, ids=[wrong for _, wrong, _ in MISTAKES])
def test_a_usual_mistake_says_what_was_found_and_what_to_do(laid, files, tmp_path, right, wrong, named):
    text = (laid / "data/sources/my_retailer.yaml").read_text(encoding="utf-8")
    assert right in text
    (tmp_path / "my_retailer.yaml").write_text(text.replace(right, wrong), encoding="utf-8")
    with pytest.raises(PipelineError) as error:
        read_source(load_descriptor("my_retailer", tmp_path), [files["SE3"]])
    assert all(word in error.value.message for word in named), error.value.message
    assert all(fault.remedy for fault in error.value.faults)


def test_a_year_with_a_missing_hour_is_a_fault(laid, files, tmp_path):
    lines = files["SE4"].read_text(encoding="utf-8").splitlines()
    cut = tmp_path / "SE4_2025.csv"
    cut.write_text("\n".join([*lines[:40], *lines[41:]]) + "\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"SE4_2025\.csv.*2025-01-02 15:00"):
        read_source(load_descriptor("my_retailer", laid / "data/sources"), [cut])


def test_the_scenario_names_source_and_scheme(laid):
    settings = load_settings("my_first", laid / "workflow" / "config")
    assert settings.inputs.day_ahead_prices[0].descriptor == "my_retailer"
    assert "open_start" in settings.policy.schemes
    assert load_scheme(laid / "data/policy/se/open_start.yaml").scheme == "open_start"


SCHEME_MISTAKES = [
    (", reference: {title: Our proposal, paragraph: section 4}", "", "reference"),
    ("unit: sek_per_kw\n", "unit: kr_per_kw\n", "kr_per_kw"),
    ("part: per_kw,", "part: per_kilowatt,", "per_kilowatt"),
    ("scheme: open_start", "scheme: open", "open"),
]


@pytest.mark.parametrize(("right", "wrong", "named"), SCHEME_MISTAKES, ids=["reference", "unit", "part", "name"])
def test_a_mistake_in_scheme_and_source_is_told_before_the_first_job(laid, tmp_path, right, wrong, named):
    """Both files have one: both are named at once, with what to do."""
    shutil.copytree(laid / "data/policy", tmp_path / "policy")
    scheme = tmp_path / "policy/se/open_start.yaml"
    text = scheme.read_text(encoding="utf-8")
    assert text.count(right) == 1
    scheme.write_text(text.replace(right, wrong), encoding="utf-8")
    (tmp_path / "sources").mkdir()
    source = (laid / "data/sources/my_retailer.yaml").read_text(encoding="utf-8").replace("licence: own data\n", "")
    (tmp_path / "sources/my_retailer.yaml").write_text(source, encoding="utf-8")
    errors = written_errors(load_settings("my_first", laid / "workflow" / "config"), tmp_path)
    assert {type(error) for error in errors} == {ConfigError, PolicyError}
    faults = [fault for error in errors for fault in error.faults]
    told = [str(fault) for fault in faults]
    assert any("my_retailer.yaml" in each and "licence" in each for each in told)
    assert any("open_start.yaml" in each and named in each for each in told)
    assert all(fault.remedy for fault in faults)


def test_what_is_right_has_no_fault(laid):
    assert written_errors(load_settings("my_first", laid / "workflow" / "config"), laid / "data") == []


def test_the_use_case_drives_and_is_at_its_base_at_night(laid):
    cases = {case.use_case: case for case in use_cases(read_csv_table(laid / "data/reference/use_cases.csv", UseCases))}
    case = cases["home_care"]
    random = seeded(case, 1, 0)
    plugged, driving = vehicle_week(case, habit(case, random), "winter", 168, 1.0, random)
    by_day = plugged.reshape(7, 24)
    assert by_day[1:5, :4].min() == 1.0
    assert by_day[:5, 10:13].max() == 0.0
    assert driving.sum() > 5 * 0.6 * case.energy_dc_kwh_per_day


def test_the_strategy_is_worth_no_less_than_one_way_and_no_more_than_both(monkeypatch):
    """Nights are cheap and evenings dear: feeding the grid pays, and serving the house too pays more."""
    export = Strategy("export", export=True)
    monkeypatch.setattr(strategies, "TWO_WAY", {**strategies.TWO_WAY, export: strategies.SMART})
    terms = strategies.terms_of(
        parameter_set(read_csv_table(ROOT / "data/assumptions/parameters.csv", Parameters)), (), 1.0
    )
    case = use_cases(read_csv_table(ROOT / "data/reference/use_cases.csv", UseCases))[0]
    random = seeded(case, 1, 0)
    plugged, driving = vehicle_week(case, habit(case, random), "winter", 168, 1.0, random)
    one = week()
    problem = strategies.build_problem(
        terms, charger_physics("ac_11", terms.parameters), one, plugged_pu=plugged, driving_dc_kwh=driving,
        load_kw=one.load_kw["detached"], capacity_kwh=case.battery_usable_kwh,
    )  # fmt: skip
    solved = strategies.solve_strategies(problem, (), True, DEFAULT_LIMITS)
    cost = {strategy.name: schedule.penalised_sek for strategy, schedule in solved.items()}
    assert list(cost) == ["uncontrolled", "smart", "home", "grid", "export"]
    assert cost["grid"] <= cost["export"] + 1e-6
    assert cost["export"] <= cost["smart"] + 1e-6


def test_the_result_averages_the_dearest_hours(laid):
    """100, 300 and 200 SEK: the two dearest cost 250. Quarters are averaged to hours first."""
    dear_hours = module_of(laid / "analysis/market/dear_hours.py").dear_hours
    starts = pd.date_range("2025-01-13", periods=3, freq="h", tz="UTC", unit="us")
    prices = pd.DataFrame({"interval_start_utc": starts, "price_area": "SE3", "price_sek_per_mwh": [100.0, 300, 200]})
    assert dear_hours(prices, 2)[["dear_hour_count", "price_sek_per_mwh"]].to_numpy().tolist() == [[2, 250.0]]
    quarters = starts[0] + pd.to_timedelta([0, 15, 30, 45, 60], unit="min")
    prices = pd.DataFrame(
        {"interval_start_utc": quarters, "price_area": "SE3", "price_sek_per_mwh": [0.0, 0, 0, 400, 150]}
    )
    assert dear_hours(prices, 1)["price_sek_per_mwh"].tolist() == [150.0]


def test_the_contract_keeps_the_house_rules(laid):
    schema = module_of(laid / "analysis/schemas/dear_hours.py").DearHours.to_schema()
    assert schema.strict
    assert schema.unique == ["price_area", "price_year"]


@pytest.mark.parametrize("locale", CATALOGS)
def test_the_page_has_every_text_it_says(laid, locale):
    template = (laid / "reports/templates/prices.html.j2").read_text(encoding="utf-8")
    view = (laid / "analysis/report/dear_hours_view.py").read_text(encoding="utf-8")
    said = {*re.findall(r'say\("([\w.]+)"\)', template + view), "nav.prices", "page_title.prices", "page_about.prices"}
    texts = read_catalog((laid / CATALOGS[locale]).read_text(encoding="utf-8"))
    assert len(said) > 6
    assert said <= set(texts)
    assert {"rule.average_dear_hours", "use_case.home_care"} <= set(texts)


def test_both_languages_say_something_else(laid):
    swedish, english = (read_catalog((laid / path).read_text(encoding="utf-8")) for path in CATALOGS.values())
    ours = [
        key for example in EXAMPLES if example.path.endswith(".po") for key in re.findall(r'msgid "(.*)"', example.text)
    ]
    assert len(ours) >= 16
    assert [key for key in ours if swedish[key] == english[key]] == []
