"""The designer's page: both languages whole, what its script reads, what it can start from, and the committed check."""

import base64
import json
import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from analysis.errors import DataError
from analysis.io import check_table, read_csv_table
from analysis.policy.loader import load_scheme
from analysis.report.designer_page import (
    MEASURES,
    SCRIPTS,
    WORDS,
    build_designer,
    check_note,
    designer_run,
    fixed_points,
    knob,
    packed,
    presets,
)
from analysis.report.text import Voice, read_catalog
from analysis.schemas.designer import DesignerCheck
from analysis.uncertainty.designer import case_rows
from analysis.uncertainty.designer_setting import BY_AREA, NATIONAL, SETTING_NAMES
from tests.analysis.cba import scheme_tables as small
from tests.analysis.report import report_fixtures as fixtures
from tests.analysis.report.designer_fixtures import ROOT, demo_check, demo_designer, run_settings, scheme
from tests.analysis.report.test_report_page import ENGLISH, visible

SUMMARY = pd.DataFrame(
    [("task53", "outlay_msek", 490.0), ("task53", "net_firm_additional_mw", 18.5), ("none", "outlay_msek", 0.0),
     ("none", "net_firm_additional_mw", 0.0), ("mandate_chargers", "outlay_msek", 0.0),
     ("mandate_chargers", "net_firm_additional_mw", 20.0), ("green_deduction", "outlay_msek", 500.0),
     ("green_deduction", "net_firm_additional_mw", float("nan"))],
    columns=["scheme", "measure", "value"],
).assign(year=2030)  # fmt: skip


def built(run=None):
    results = SimpleNamespace(
        scheme_summary=SUMMARY, designer_check=demo_check(), scheme_labels={"task53": {"sv": "Förslaget", "en": "It"}}
    )
    texts, templates = fixtures.demo_texts(), fixtures.demo_templates()
    return build_designer(results, run or demo_designer(), run_settings(), "default", texts, templates)


@pytest.fixture(scope="module")
def site():
    return built()


def data_of(page):
    return json.loads(re.findall(r'<script type="application/json" id="designer-data">(.*?)</script>', page, re.S)[0])


def voice(locale="en"):
    return Voice(locale, read_catalog(fixtures.demo_texts()[locale]))


def test_both_languages_are_built_whole_and_need_nothing_beside_them(site):
    assert set(site) == {"designer.html", "en/designer.html"}
    for path, page in site.items():
        assert f'lang="{"en" if path.startswith("en/") else "sv"}"' in page
        assert not re.search(r'(src|href)="https?:', page)
        assert "plotly" not in page
        assert len(page.encode()) < 1_500_000
        assert page.count('<input type="range"') == len(SETTING_NAMES) == page.count('<input type="number"')
        assert page.count("<tr data-measure=") == len(MEASURES)


def test_the_page_of_schemes_leads_here():
    assert '<a href="designer.html">' in fixtures.demo_templates()["schemes.html.j2"]


def test_every_control_has_a_label_and_a_unit(site):
    for page in site.values():
        controls = re.findall(r'<(?:input|select)\b[^>]*\bid="([^"]+)"[^>]*>', page)
        for control in controls:
            has_label = f'<label for="{control}">' in page or control == "free"
            assert has_label or re.search(rf'id="{control}"[^>]*aria-label="[^"]+, [^"]+"', page), control


def test_the_policy_allows_the_pages_own_scripts_and_no_eval(site):
    for page in site.values():
        policy = re.findall(r'Content-Security-Policy" content="([^"]+)"', page)[0]
        assert policy.count("sha256-") == page.count("<script>") >= len(SCRIPTS)
        assert "unsafe-eval" not in policy
    assert not any("eval(" in fixtures.demo_templates()[name] for name in SCRIPTS)


def test_no_english_and_no_key_is_left_on_the_page(site):
    words = visible(site["designer.html"]).lower()
    assert [word for word in ENGLISH if re.search(rf"\b{word}\b", words)] == []
    for page in site.values():
        assert not re.search(
            r"designer\.[a-z_]+\.?", visible(page).replace("designer.npz", "").replace("designer.html", "")
        )


def test_every_text_of_the_page_is_used():
    catalog = read_catalog(fixtures.demo_texts()["sv"])
    code = (ROOT / "analysis/report/designer_page.py").read_text() + "".join(
        fixtures.demo_templates()[f"{name}.html.j2"] for name in ("designer", "schemes")
    )
    families = ("knob", "knob_unit", "help", "measure", "case", "unit", "technology")
    for key in catalog:
        kind, _, rest = key.partition(".")
        if kind == "designer" and rest.split(".")[0] not in families and not rest.startswith(("left_out_", "say.")):
            assert f'"{key}"' in code or f"'{key}'" in code, key
        if rest.startswith("say."):
            assert rest[len("say.") :] in WORDS or f"designer.{rest}" in code, key


def test_arrays_come_back_as_they_were_packed():
    single, double = np.array([[1.5, -2.0]], dtype=np.float32), np.array([1, 2, 3])
    assert packed(single)["kind"] == "f4"
    assert packed(single)["shape"] == [1, 2]
    assert np.frombuffer(base64.b64decode(packed(single)["data"]), "<f4").tolist() == [1.5, -2.0]
    assert np.frombuffer(base64.b64decode(packed(double)["data"]), "<f8").tolist() == [1.0, 2.0, 3.0]
    assert packed(np.array([True, False]))["kind"] == "f8"


def test_the_script_is_given_cases_areas_and_the_law(site):
    data, run = data_of(site["en/designer.html"]), demo_designer()
    assert data["areas"] == ["SE", "SE1", "SE2", "SE3", "SE4"]
    assert {name: rows.tolist() for name, rows in case_rows(run.arrays).items()} == data["cases"]
    assert data["law"] == {"power_reference_kw": 11.0, "power_cap_kw": 100.0, "paid_places": [0, 1, 2, 3, 4]}
    assert set(data["measures"]) == {*BY_AREA, *NATIONAL}
    assert set(data["presets"]) == {"task53"}
    assert data["presets"]["task53"]["open_closed_ratio"] == 2.0
    assert data["points"] == [{"name": "It", "outlay": 490.0, "firm": 18.5}]


def test_schemes_that_pay_nothing_or_have_no_number_are_no_points():
    assert fixed_points(SUMMARY, ["none", "task53", "mandate_chargers", "green_deduction"], 2030) == [
        ("task53", 490.0, 18.5)
    ]
    assert fixed_points(SUMMARY, ["task53"], 2035) == []


def test_schemes_of_the_family_can_be_started_from_after_the_proposal():
    family, own = demo_designer().family, {"own": {"base_sek": 1.0}}
    assert list(presets(family, own, ["none", "own"])) == ["task53", "own"]
    assert list(presets(family, own, ["none"])) == ["task53"]


def test_a_proposal_of_another_form_is_told_and_not_tried():
    for page in built(replace(demo_designer(), family=None)).values():
        assert "designerChoice" not in page
        assert "designer-data" not in page
        assert 'id="range-' not in page
    assert "går det inte att räkna exakt" in built(replace(demo_designer(), family=None))["designer.html"]


def test_the_run_keeps_schemes_of_the_family_and_drops_a_proposal_that_changes(tmp_path):
    text = (ROOT / "data/policy/se/task53.yaml").read_text(encoding="utf-8")
    (tmp_path / "own.yaml").write_text(text.replace("scheme: task53", "scheme: own").replace("6000", "20000"))
    later = "      2028-01-01: {value: 1, status: assumption, reference: {title: t, paragraph: p}}\n  technology_ac_pu:"
    (tmp_path / "task53.yaml").write_text(text.replace("  technology_ac_pu:\n    label", f"{later}\n    label"))
    own, changing = (load_scheme(tmp_path / f"{name}.yaml") for name in ("own", "task53"))
    arrays, settings, values = demo_designer().arrays, run_settings(), small.parameters_table()
    found = designer_run(arrays, scheme("task53"), [own], settings, values)
    assert found.schemes["own"]["base_sek"] == 20_000.0
    assert designer_run(arrays, changing, [own], settings, values).family is None
    knobs = re.findall(r'id="range-base_sek" min="0" max="(\d+)"', built(found)["designer.html"])
    assert knobs == ["15000"], "a scheme that the run does not name is not started from"


def test_the_worst_error_is_told_with_how_it_was_measured():
    said = check_note(demo_check(), voice())
    assert "500 random settings" in said
    assert "0.02 per cent" in said
    assert "0.003 per cent" in said


def test_a_knob_has_the_ends_of_the_family():
    found = knob("dc_ac_ratio", voice())
    assert (found["low"], found["high"], found["unit"]) == ("0.25", "4", "times")
    assert knob("budget_msek", voice("sv"))["unit"] == "mnkr"
    assert knob("base_sek", voice(), [6000.0, 20_000.0])["high"] == "20000"


def test_arrays_that_lack_something_are_refused():
    run = demo_designer()
    with pytest.raises(DataError, match="no cube_value"):
        built(replace(run, arrays={name: each for name, each in run.arrays.items() if name != "cube_value"}))
    with pytest.raises(DataError, match="3 areas"):
        built(replace(run, arrays=run.arrays | {"firm_kw": run.arrays["firm_kw"][:3]}))


def test_the_committed_check_holds_what_the_page_promises():
    table = read_csv_table(ROOT / "data/evidence/designer_check.csv", DesignerCheck)
    assert set(table["measure"]) == {*MEASURES, "quintile_msek"}
    assert table["setting_count"].min() >= 500
    assert table["worst_error_pu"].max() <= 0.01
    assert table["worst_shown_error_pu"].max() <= 0.01
    check_table(demo_check()[list(DesignerCheck.to_schema().columns)], DesignerCheck, "demo")
