"""The page in a browser, from disk: no request leaves the folder, every figure is drawn, nothing spills over."""

import importlib.resources
import shutil
import time

import pytest

from analysis.report.page import build_site
from tests.analysis.report import report_fixtures as fixtures

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, pytest.mark.slow]
PAGES = {"sv": "index.html", "en": "en/index.html"}
PATIENCE_S = 60
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    target = tmp_path_factory.mktemp("report")
    site = build_site(
        fixtures.demo_results(), fixtures.demo_settings(), "default", fixtures.demo_texts(), fixtures.demo_templates()
    )
    for path, text in site.items():
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        (target / path).write_text(text, encoding="utf-8")
    (target / "assets").mkdir()
    with importlib.resources.as_file(importlib.resources.files("plotly") / "package_data" / "plotly.min.js") as bundle:
        shutil.copyfile(bundle, target / "assets" / "plotly.min.js")
    return target


@pytest.fixture(scope="module")
def browser(chromium):
    with playwright.sync_playwright() as started:
        running = started.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield running
        running.close()


class Visit:
    """One open page and what it asked for and complained about."""

    def __init__(self, browser, address, width, **more):
        self.page = browser.new_page(viewport={"width": width, "height": 900}, **more)
        self.requests, self.complaints = [], []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(address)
        self.await_figures()

    def await_figures(self):
        end = time.monotonic() + PATIENCE_S
        while self.page.locator(".plot:not([data-drawn])").count() and time.monotonic() < end:
            time.sleep(0.05)


@pytest.fixture(
    scope="module", params=[("sv", 1280), ("en", 390), ("sv", 390)], ids=lambda case: f"{case[0]}-{case[1]}"
)
def visit(request, folder, browser):
    locale, width = request.param
    opened = Visit(browser, (folder / PAGES[locale]).as_uri(), width)
    opened.locale, opened.width = locale, width
    yield opened
    opened.page.close()


def test_only_its_own_folder_is_asked(visit, folder):
    assert len(visit.requests) == 2
    assert all(address.startswith(folder.as_uri()) for address in visit.requests)


def test_nothing_is_complained_about(visit):
    assert visit.complaints == []


def test_every_figure_is_drawn(visit):
    plots = visit.page.locator(".plot")
    assert plots.count() > 20
    for place in range(plots.count()):
        assert plots.nth(place).locator("svg.main-svg").count() > 0
        assert plots.nth(place).locator("path").count() > 0


def test_the_map_has_every_municipality(visit):
    assert visit.page.locator("[data-figure=map] .scatterlayer .js-fill").count() == 290


def test_a_municipality_is_found_by_name(folder, browser):
    """Its ring shows on the map, its words beside the field, and the table keeps its row alone."""
    opened = Visit(browser, (folder / PAGES["sv"]).as_uri(), 1280)
    opened.page.locator("#place-rows").evaluate("node => { node.closest('details').open = true; }")
    rows = opened.page.locator("#place-rows tbody tr:visible")
    every = rows.count()
    opened.page.locator(".finder input").fill("no such place")
    assert rows.count() == 0 < every
    opened.page.locator(".finder input").fill("kiru")
    assert "Kiruna, SE1" in opened.page.locator(".finder [role=status]").inner_text()
    shown = "document.querySelector('.plot[data-figure=places]').data.at(-1).marker.opacity.filter(Boolean).length"
    assert opened.page.evaluate(shown) == 1
    opened.page.locator(".finder input").fill("")
    assert (rows.count(), opened.page.evaluate(shown)) == (every, 0)
    opened.page.close()


def test_another_scheme_is_drawn_when_it_is_chosen(folder, browser):
    """By keyboard too: the list is the browser's own."""
    opened = Visit(browser, (folder / PAGES["en"]).as_uri(), 1280)
    line = "document.querySelector('.plot[data-figure=paths]').data.at(-1).y.at(-1)"
    chooser = opened.page.locator(".chooser[data-figure=paths] select")
    first = opened.page.evaluate(line)
    chooser.focus()
    opened.page.keyboard.press("ArrowDown")
    second = opened.page.evaluate(line)
    assert second != first
    chooser.select_option("0")
    assert opened.page.evaluate(line) == first
    assert opened.page.locator(".plot[data-figure=incidence]").count() == 4
    assert opened.complaints == []
    opened.page.close()


def test_the_language_is_declared(visit):
    assert visit.page.locator("html").get_attribute("lang") == visit.locale
    other = visit.page.locator(".language a")
    assert {visit.locale, other.get_attribute("hreflang")} == {"sv", "en"}


def test_nothing_spills_over_sideways(visit):
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= visit.width


def test_the_other_language_is_one_step_away(folder, browser):
    opened = Visit(browser, (folder / PAGES["sv"]).as_uri(), 1000)
    opened.page.locator(".language a").click()
    assert opened.page.locator("html").get_attribute("lang") == "en"
    opened.page.locator(".language a").click()
    assert opened.page.locator("html").get_attribute("lang") == "sv"
    opened.page.close()


def test_the_parameter_filter_hides_rows(folder, browser):
    opened = Visit(browser, (folder / PAGES["sv"]).as_uri(), 1280)
    opened.page.locator("#parameters").evaluate("node => { node.closest('details').open = true; }")
    shown = opened.page.locator("#parameters tbody tr:visible")
    every = shown.count()
    opened.page.locator("[data-filter=parameters] input[type=checkbox]").check()
    assumed = shown.count()
    assert 0 < assumed < every
    opened.page.locator("[data-filter=parameters] input[type=search]").fill("cba.social_rate")
    assert shown.count() == 1
    opened.page.close()


def test_dark_mode_draws_on_a_dark_ground(folder, browser):
    opened = Visit(browser, (folder / PAGES["sv"]).as_uri(), 1280, color_scheme="dark")
    assert opened.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 25, 29)"
    colour = "getComputedStyle(document.querySelector('.plot .xtick text')).fill"
    assert opened.page.evaluate(colour) == "rgb(232, 236, 239)"
    opened.page.close()


def test_on_paper_every_drawing_fits_its_column(folder, browser):
    opened = Visit(browser, (folder / PAGES["sv"]).as_uri(), 1280)
    drawings = "document.querySelectorAll('.panels:not(.panels-lone) .plot svg.main-svg')"
    widths = f"[...{drawings}].map(node => Number(node.getAttribute('width')))"
    on_screen = opened.page.evaluate(widths)
    opened.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert max(opened.page.evaluate(widths)) <= 325 < max(on_screen)
    assert max(opened.page.evaluate(widths.replace(":not(.panels-lone)", ".panels-lone"))) == 640
    opened.page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    opened.page.wait_for_function(f"Math.max(...{widths}) > 325")
    opened.page.close()


def test_without_scripts_the_numbers_are_there(folder, browser):
    page = browser.new_page(java_script_enabled=False)
    page.goto((folder / PAGES["sv"]).as_uri())
    assert page.locator("noscript").count() == 1
    assert page.locator("figure details table").count() >= 6
    page.close()
