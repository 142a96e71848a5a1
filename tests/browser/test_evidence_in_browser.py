"""The evidence page in a browser, from disk: it asks for nothing, filters answer the keyboard, paper shows all rows."""

import time
from types import SimpleNamespace

import pytest

from analysis.report.evidence_page import PAGES, build_evidence
from tests.analysis.report.evidence_fixtures import committed_tables, small_tables
from tests.analysis.report.report_fixtures import demo_templates, demo_texts
from tests.browser.waiting import wait_until

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]
SHOWN = ".row:visible"
PATIENCE_S = 10


def write(folder, tables):
    for path, text in build_evidence(SimpleNamespace(**tables), demo_texts(), demo_templates()).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write(tmp_path_factory.mktemp("evidence"), committed_tables())


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return write(tmp_path_factory.mktemp("small"), small_tables())


@pytest.fixture
def visit(browser):
    opened = []

    def go(folder, locale="sv", width=1280, fragment="", **more):
        page = browser.new_page(viewport={"width": width, "height": 900}, **more)
        page.requests, page.complaints = [], []
        page.on("request", lambda request: page.requests.append(request.url))
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.goto((folder / PAGES[locale]).as_uri() + fragment)
        opened.append(page)
        return page

    yield go
    for page in opened:
        page.close()


def ids(page):
    return page.locator(SHOWN).evaluate_all("rows => rows.map(row => row.id)")


def told(page, words):
    end = time.monotonic() + PATIENCE_S
    while page.locator("[role=status]").inner_text() != words and time.monotonic() < end:
        time.sleep(0.02)
    return page.locator("[role=status]").inner_text()


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("locale", ["sv", "en"])
def test_every_fold_opens_and_nothing_spills_over(visit, folder, locale, width):
    page = visit(folder, locale, width)
    folds = page.locator("details")
    assert folds.count() > 100
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate("document.querySelectorAll('details > summary').forEach(node => node.click())")
    assert page.locator("details[open]").count() == folds.count()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.complaints == []
    assert len(page.requests) == 1


def test_a_fold_opens_by_keyboard(visit, small):
    page = visit(small)
    page.locator("#A3 summary").focus()
    page.keyboard.press("Enter")
    assert page.locator("#A3 details dl").is_visible()


def test_filters_answer_the_keyboard_and_the_count_is_announced(visit, small):
    page = visit(small)
    assert page.locator("[role=status]").get_attribute("aria-live") == "polite"
    assert told(page, "14 av 14 rader visas.") == "14 av 14 rader visas."
    page.locator("select[name=verdict]").focus()
    page.keyboard.press("ArrowDown")
    assert ids(page) == ["A1", "A5", "C1", "B1"]
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    assert ids(page) == ["A1", "A5"]
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert ids(page) == ["A5"]
    assert told(page, "1 av 14 rader visas.") == "1 av 14 rader visas."
    assert page.locator(".row-group:visible").count() == 1
    page.keyboard.press("Tab")
    page.keyboard.type("no such words")
    assert ids(page) == []
    assert told(page, "Ingen rad passar urvalet.") == "Ingen rad passar urvalet."
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert told(page, "14 av 14 rader visas.") == "14 av 14 rader visas."
    assert len(ids(page)) == 14
    assert "#" not in page.evaluate("location.href")
    assert page.complaints == []


def test_a_range_is_found_as_it_is_written(visit, small):
    page = visit(small)
    page.locator("input[name=text]").fill("50 (40–60) cykler per år")
    assert ids(page) == ["A1", "A5"]


def test_the_choice_stands_in_the_link(visit, small):
    page = visit(small)
    page.locator("select[name=fits]").select_option("calibration")
    page.locator("input[name=text]").fill("project a6 & more")
    assert page.evaluate("location.href").endswith("#fits=calibration&text=project+a6+%26+more")
    again = visit(small, fragment="#fits=calibration&text=project+a6")
    assert ids(again) == ["A6"]
    assert again.locator("input[name=text]").input_value() == "project a6"
    again.evaluate("window.location.hash = 'kind=input'")
    wait_until(again, "document.querySelectorAll('.row:not([hidden])').length === 1")
    assert ids(again) == ["C2"]
    assert again.locator("select[name=fits]").input_value() == ""


@pytest.mark.parametrize("fragment", ["#verdict=%3Cscript%3E", "#%E0%A4%A", "#verdict=", "#nothing", "#toString=1"])
def test_a_strange_link_shows_every_row(visit, small, fragment):
    page = visit(small, fragment=fragment)
    assert len(ids(page)) == 14
    assert page.complaints == []


def test_a_link_to_a_row_opens_it(visit, small):
    page = visit(small, fragment="#A3")
    assert page.locator("#A3 details").get_attribute("open") is not None
    assert len(ids(page)) == 14
    page.locator("select[name=verdict]").select_option("reproduced")
    page.locator("a[href='#A4']").click()
    wait_until(page, "document.querySelector('#A4 details').open")
    assert page.locator("#A4").is_visible()


def test_markup_in_a_name_is_text(visit, small):
    page = visit(small)
    assert page.locator("#A5 img").count() == page.locator("#A5 b").count() == 0
    assert "<img src=x" in page.locator("#A5").inner_text()
    assert page.complaints == []


def test_without_scripts_every_row_is_there(visit, small):
    page = visit(small, java_script_enabled=False)
    assert page.locator(SHOWN).count() == 14
    assert not page.locator(".row-filter").is_visible()


def test_paper_shows_every_row(visit, small):
    page = visit(small)
    page.locator("select[name=verdict]").select_option("reproduced")
    assert len(ids(page)) == 4
    page.emulate_media(media="print")
    assert len(ids(page)) == 14
    assert not page.locator(".row-filter").is_visible()
    assert not page.locator("[role=status]").is_visible()


def test_dark_mode_is_dark(visit, small):
    page = visit(small, color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 25, 29)"
    assert page.evaluate("getComputedStyle(document.querySelector('.strip .dot')).fill") == "rgb(232, 236, 239)"
