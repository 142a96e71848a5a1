"""What a figure offers as CSV: every digit, no formula, and enough to draw the figure and its table again."""

import csv
import io
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.report import figure_views as views
from analysis.report import scheme_pages
from analysis.report.account_views import account_figure
from analysis.report.certainty_views import comparison_figure, information_figure
from analysis.report.figure_data import csv_text, figure_files, harmless, parts
from analysis.report.page import voice_of
from analysis.report.results import COMMITTED, ONCE_MADE, TABLES
from analysis.report.scheme_choice import choose
from tests.analysis.report import report_fixtures as fixtures

YEAR = 2030
FIELDS = {
    "map": {"area": "potential_summary", "municipality": "potential_municipalities", "cars": "scheme_municipalities"},
    "waterfall": {"tier": "potential_summary", "sold": "market_balance"},
    "tiers": {"": "potential_summary"},
    "heat": {"": "potential"},
    "hours": {"": "potential"},
    "curve": {"power": "firm_curve", "fleets": "availability_fleets"},
    "regulation": {"": "regulation_timeline"},
    "profiles": {"profile": "profiles", "hour": "profile_shapes"},
    "places": {"profile": "profile_counts"},
    "validation": {"": "plug_in_validation"},
    "values": {"": "value_summary"},
    "years": {"": "reserve_collapse"},
    "steps": {"": "value_steps"},
    "foresight": {"": "foresight"},
    "wedge": {"": "export_wedge"},
    "week": {"": "car_week"},
    "depth": {"balance": "market_balance", "sales": "market_sales", "products": "market_products"},
    "schemes": {"": "scheme_summary"},
    "matrix": {"": "scheme_results"},
    "paths": {"": "scheme_paths"},
    "incidence": {"": "scheme_incidence"},
    "comparison": {"": "scheme_comparison"},
    "information": {"": "information_value"},
    "sensitivity": {"": "sensitivity"},
    "front": {"trial": "scheme_front", "best": "best_scheme"},
    "ratios": {"": "best_scheme"},
    "backup": {"": "resilience"},
    "worth": {"worth": "backup_value", "crises": "backup_threshold"},
    "island": {"case": "island_case", "duration": "island_duration"},
    "feeder": {"": "local_grid"},
}
"""The result tables that each figure is made of, by part of its file."""


def build(figure_id, results, voice):
    """Build one figure from results."""
    settings = fixtures.demo_settings()
    choice = choose(settings.policy.schemes, results.headlines)
    proposal = scheme_pages.proposal_of(results.scheme_law.get(scheme_pages.PROPOSAL, ()))
    summary = results.potential_summary
    builders = {
        "map": lambda: views.map_figure(results, views.at_need(summary, YEAR), YEAR, voice),
        "waterfall": lambda: views.waterfall_figure(summary, results.market_balance, YEAR, voice),
        "tiers": lambda: views.tier_figure(results, YEAR, voice),
        "heat": lambda: views.heat_figure(results.potential, YEAR, voice),
        "hours": lambda: views.hour_figure(results, YEAR, voice),
        "curve": lambda: views.curve_figure(results.firm_curve, results.availability_fleets, summary, YEAR, voice),
        "regulation": lambda: views.regulation_figure(
            results.regulation_timeline, settings.assumptions.standards, settings.policy.day, voice
        ),
        "profiles": lambda: views.profile_figure(results, voice),
        "places": lambda: views.place_figure(results, voice),
        "validation": lambda: views.validation_figure(results, voice),
        "values": lambda: views.value_figure(results, settings, voice),
        "years": lambda: views.years_figure(results.reserve_collapse, voice),
        "steps": lambda: views.steps_figure(results.value_steps, settings.scope.two_way_option, voice),
        "foresight": lambda: views.foresight_figure(results.foresight, voice),
        "wedge": lambda: views.wedge_figure(results.export_wedge, voice),
        "week": lambda: views.week_figure(results.car_week, voice),
        "depth": lambda: views.depth_figure(results, voice),
        "schemes": lambda: views.scheme_figure(results, settings, YEAR, voice),
        "matrix": lambda: scheme_pages.matrix_figure(results.scheme_results, choice, YEAR, voice),
        "paths": lambda: scheme_pages.path_figure(results.scheme_paths, choice, voice),
        "incidence": lambda: scheme_pages.incidence_figure(results.scheme_incidence, choice, voice),
        "comparison": lambda: comparison_figure(results.scheme_comparison, choice, voice),
        "information": lambda: information_figure(results.information_value, voice),
        "sensitivity": lambda: scheme_pages.sensitivity_figure(results.sensitivity, choice, voice),
        "front": lambda: scheme_pages.front_figure(results.scheme_front, results.best_scheme, proposal, voice),
        "ratios": lambda: scheme_pages.ratio_figure(results.best_scheme, voice),
        "backup": lambda: views.backup_figure(results.resilience, voice),
        "worth": lambda: views.worth_figure(results.backup_value, results.backup_threshold, voice),
        "island": lambda: views.island_figure(results.island_case, results.island_duration, voice),
        "feeder": lambda: views.feeder_figure(results.local_grid, voice),
    }
    return builders[figure_id]()


def read_back(text, field, part):
    """Read the rows of a part as the contract of its table types them."""
    rows = pd.read_csv(io.StringIO(text, newline=""), dtype=str, keep_default_na=False, na_values=[""])
    own = rows[rows["part"] == part] if part else rows
    columns = (TABLES | COMMITTED | ONCE_MADE)[field].to_schema().columns
    typed = {name: of_kind(own[name], str(column.dtype)) for name, column in columns.items() if name in own.columns}
    return pd.DataFrame(typed).reset_index(drop=True)


def of_kind(cells, kind):
    if kind.startswith("datetime"):
        return pd.to_datetime(cells, utc=True).astype("datetime64[us, UTC]")
    if kind == "bool":
        return cells.map({"True": True, "False": False})
    return cells.astype(kind)


@pytest.fixture(scope="module")
def results():
    return fixtures.demo_results()


@pytest.fixture(scope="module")
def voices(results):
    return {locale: voice_of(locale, text, results) for locale, text in fixtures.demo_texts().items()}


@pytest.fixture(scope="module")
def figures(results, voices):
    settings = fixtures.demo_settings()
    return {
        locale: {figure.figure_id: figure for figure in views.all_figures(results, settings, YEAR, voice)}
        for locale, voice in voices.items()
    }


@pytest.mark.parametrize("figure_id", FIELDS)
def test_the_file_draws_the_figure_and_its_table_again(figure_id, figures, results, voices):
    figure = figures["en"][figure_id]
    text = csv_text(figure.data)
    read = {field: read_back(text, field, part) for part, field in FIELDS[figure_id].items()}
    assert all(len(table) for table in read.values())
    assert build(figure_id, replace(results, **read), voices["en"]) == figure


def test_the_file_of_the_accounts_draws_them_again(figures, voices):
    figure = figures["en"]["accounts"]
    wide = pd.read_csv(io.StringIO(csv_text(figure.data))).set_index("scheme")
    names = {name: name.removeprefix("net_").removesuffix("_msek") for name in wide if "social" not in name}
    assert account_figure(wide.rename(columns=names), voices["en"]) == figure


def test_every_figure_is_held_against_its_file(figures):
    assert set(figures["sv"]) == {*FIELDS, "accounts"}


def test_both_languages_share_the_files(figures):
    assert figure_files(figures["sv"].values()) == figure_files(figures["en"].values())


def test_a_changed_number_is_seen(figures, results, voices):
    figure = figures["en"]["feeder"]
    other = replace(results, local_grid=figure.data.assign(net_peak_change_pu=figure.data["net_peak_change_pu"] * 1.5))
    assert build("feeder", other, voices["en"]) != figure


def test_names_held_back_stay_held_back(figures, results):
    data = figures["sv"]["places"].data
    held = data[data["is_suppressed"].fillna(False).astype(bool)]
    assert len(held) == results.profile_counts["is_suppressed"].sum()
    assert held[["vehicle_low_count", "vehicle_high_count"]].isna().all().all()
    assert "vehicle_count" not in data


def test_tables_below_each_other_by_hand():
    cars = pd.DataFrame({"price_area": ["SE1", "SE2"], "car_count": [3, 4]})
    power = pd.DataFrame({"price_area": ["SE1"], "power_mw": [0.1]})
    assert csv_text(parts(cars=cars, power=power)) == (
        "part,price_area,car_count,power_mw\r\ncars,SE1,3,\r\ncars,SE2,4,\r\npower,SE1,,0.1\r\n"
    )


def test_instants_digits_and_marks_by_hand():
    table = pd.DataFrame(
        {
            "start_utc": pd.to_datetime(["2030-01-01T00:15Z"]).astype("datetime64[us, UTC]"),
            "value_sek": [-1 / 3],
            "name": ['Ås, "öst"\nnorr'],
            "is_open": [True],
        }
    )
    assert csv_text(table) == (
        'start_utc,value_sek,name,is_open\r\n2030-01-01T00:15:00Z,-0.3333333333333333,"Ås, ""öst""\nnorr",True\r\n'
    )


@pytest.mark.parametrize("risky", ["=1+1", "+46", "-x", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_of_text_is_a_formula(risky):
    rows = list(csv.reader(io.StringIO(csv_text(pd.DataFrame({"name": [risky], "net_sek": [-5.5]})), newline="")))
    assert rows == [["name", "net_sek"], [f"'{risky}", "-5.5"]]


def test_a_municipality_that_looks_like_a_formula_is_text_in_the_file(results, voices):
    evil = "=HYPERLINK(1)<script>"
    named = replace(results, municipalities=results.municipalities.assign(name=evil))
    rows = csv.DictReader(io.StringIO(csv_text(views.place_figure(named, voices["sv"]).data), newline=""))
    assert {row["name"] for row in rows} == {f"'{evil}"}


@given(st.text())
def test_text_is_kept_behind_its_guard(text):
    assert harmless(text).removeprefix("'") == text.removeprefix("'")
    assert harmless(text)[:1] not in ("=", "+", "-", "@", "\t", "\r")
