"""The page of two scenarios in a browser, from disk: on a phone and on a screen, without a word on the console."""

import pytest

from tests.analysis.report import compare_fixtures as fixtures
from tests.analysis.report.test_compare_page import after, build

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]
PAGES = {"sv": "index.html", "en": "en/index.html"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    target = tmp_path_factory.mktemp("comparison")
    middle = fixtures.run("middle", told=fixtures.record({"seed": 7}), firm=27.0)
    site = build(fixtures.run(), middle, after({"seed": 7, "policy__day": "2027-01-01"}, firm=24.0))
    for path, text in site.items():
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        (target / path).write_text(text, encoding="utf-8")
    return target


@pytest.fixture(params=[("sv", 1280), ("sv", 390), ("en", 1280), ("en", 390)], ids=lambda case: f"{case[0]}-{case[1]}")
def visit(request, folder, browser):
    locale, width = request.param
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.told, page.requests, page.width = [], [], width
    page.on("console", lambda message: page.told.append(message.text))
    page.on("pageerror", lambda error: page.told.append(str(error)))
    page.on("request", lambda request: page.requests.append(request.url))
    page.goto((folder / PAGES[locale]).as_uri())
    yield page
    page.close()


def test_nothing_is_complained_about_and_nothing_asked_for(visit):
    assert visit.told == []
    assert len(visit.requests) == 1


def test_nothing_spills_over_sideways(visit):
    assert visit.evaluate("document.documentElement.scrollWidth") <= visit.width


def test_the_strips_are_drawn_in_their_colours(visit):
    assert (
        visit.locator(".strip-drawing circle.run-a").count() == visit.locator(".strip-drawing path.run-b").count() == 5
    )
    places = visit.evaluate(
        "[...document.querySelectorAll('circle.run-a')].map(node => node.getBoundingClientRect())"
        ".map(box => [box.left, box.right])"
    )
    assert all(0 < left < right < visit.width for left, right in places)
    colour = "getComputedStyle(document.querySelector('circle.run-a')).fill"
    assert visit.evaluate(colour) == "rgb(0, 80, 125)"


def test_numbers_of_both_are_seen_on_a_phone_without_scrolling(visit):
    rows = "[...document.querySelectorAll('section[aria-labelledby=headlines] tbody tr')]"
    ends = visit.evaluate(f"{rows}.map(row => row.cells[2].getBoundingClientRect().right)")
    assert len(ends) == 10
    assert max(ends) <= visit.width


def test_the_other_language_is_one_step_away(visit):
    first = visit.locator("html").get_attribute("lang")
    visit.locator(".language a").click()
    assert {first, visit.locator("html").get_attribute("lang")} == {"sv", "en"}


def test_it_prints(folder, browser):
    page = browser.new_page()
    page.goto((folder / "index.html").as_uri())
    page.emulate_media(media="print")
    assert page.locator(".language").is_hidden()
    assert page.locator(".strip-drawing").first.is_visible()
    assert page.pdf(format="A4").startswith(b"%PDF")
    page.close()
