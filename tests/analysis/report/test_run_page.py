"""The page about a run: times, inputs, choices and doubts stand on it in both languages, and markup is text."""

import re
from dataclasses import replace
from html import unescape

import pytest

from analysis.report.assume import list_assumptions
from analysis.report.results import empty_table
from analysis.report.run_page import build_run_page
from analysis.schemas.schemes import Sensitivity
from tests.analysis.report import report_fixtures as fixtures
from tests.analysis.report import run_fixtures
from tests.conftest import ROOT

MARKUP = '<img src=x onerror="alert(1)">{{ 7 * 7 }}'


def build(facts):
    return build_run_page(facts, fixtures.demo_texts(), fixtures.demo_templates())


@pytest.fixture(scope="module")
def site():
    return build(run_fixtures.demo_facts())


def text_of(page):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_one_page_a_language(site):
    assert set(site) == {"run.html", "en/run.html"}
    assert '<html lang="sv">' in site["run.html"]
    assert '<html lang="en">' in site["en/run.html"]


def test_it_is_the_last_page_of_the_site(site):
    for page in site.values():
        assert re.findall(r'href="([^"]+)" aria-current="page"', page) == ["run.html"]
        assert 'rel="next"' not in page


def test_it_says_why_the_scenario_is_there(site):
    settings = run_fixtures.demo_facts().settings
    assert settings.reason_sv in text_of(site["run.html"])
    assert settings.reason_en in text_of(site["en/run.html"])


def test_times_by_hand(site):
    """2.5 s and 10 s are recorded, the third job has no record, and what only calibration needs is not of the run."""
    told = text_of(site["en/run.html"])
    assert "2 of 3 jobs have a measured time, 12.5 s together" in told
    assert "Dispatch dispatch_vehicles Dispatch: best schedule and value of each car 1 10.0 10.0" in told
    assert "Report render_report The pages in Swedish and English 1 – –" in told
    assert "unused" not in told


def test_the_picture_has_a_box_for_each_rule(site):
    for page in site.values():
        assert page.count('<g class="box stage-') == 3
        assert page.count('<path d="M') == 2


def test_files_laws_and_versions_stand_with_their_digest(site):
    for page in site.values():
        told = text_of(page)
        for wanted in ("prices/2024.csv", "aa11", "bb22", "mimer_fcr", "digest-0", "data/policy/se/task53.yaml",
                       "digest-3", "SCB open data (CC0)", "c0de", "10c4", "3.11.7", "3.1.1"):  # fmt: skip
            assert wanted in told, wanted
        for descriptor in run_fixtures.demo_facts().descriptors.values():
            assert descriptor.licence in told
            assert descriptor.citation in told


def test_no_mark_in_the_code_is_lost():
    """As many choices on the page as marks in the code, counted the way grep does."""
    paths = [path for path in (ROOT / "analysis").rglob("*.py") if path.name != "assume.py"]
    sources = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in paths}
    marks = sum(source.count("ASSUME:") for source in sources.values())
    facts = replace(run_fixtures.demo_facts(), code_assumptions=list_assumptions(sources))
    page = build(facts)["en/run.html"]
    assert marks > 200
    assert len(re.findall(r"<td[^>]*><code>analysis/[\w/]+\.py:\d+</code></td>", page)) == marks
    assert f"{marks} modelling choices in the code" in text_of(page)


def test_without_sensitivity_the_page_says_what_to_run():
    page = text_of(build(replace(run_fixtures.demo_facts(), sensitivity=empty_table(Sensitivity)))["en/run.html"])
    assert "make sensitivity SCENARIO=default" in page


def test_snakemakes_own_report_is_linked_once_it_is_there(site):
    assert "make run-report SCENARIO=default" in site["run.html"]
    there = build(replace(run_fixtures.demo_facts(), has_snakemake_page=True))
    assert '<a href="snakemake.html">' in there["run.html"]
    assert '<a href="../snakemake.html">' in there["en/run.html"]
    assert "make run-report" not in there["run.html"]


def test_a_run_without_records_says_so():
    page = text_of(build(replace(run_fixtures.demo_facts(), records={}))["en/run.html"])
    assert "Snakemake has no record of the times" in page


def test_markup_in_a_name_is_text():
    own = build(run_fixtures.demo_facts())["run.html"].count("<script")
    for page in build(run_fixtures.hostile_facts(MARKUP)).values():
        assert "<img" not in page
        assert text_of(page).count("7 * 7") >= 8
        assert page.count("<script") == page.count("</script>") == own


def test_nothing_is_asked_of_the_network(site):
    for page in site.values():
        assert "default-src &#39;none&#39;" in page
        assert not re.search(r'(?:src|href)="(?:https?:)?//', page)
        assert len(page) < 500_000
