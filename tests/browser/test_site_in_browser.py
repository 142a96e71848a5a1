"""Every page of the site in a browser, from disk: silent, closed to the outside, readable by all, whole on paper."""

import re
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlparse

import pytest

from analysis.report.addresses import BRIEF, PAGE_FILES, RUN_FILES
from tests.browser.waiting import wait_until
from workflow.print_brief import page_count, print_page

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]
AXE = Path(__file__).parent / "vendor" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
GRAVE = ("serious", "critical")
WIDTHS = (390, 1280, 2560)


def grave_findings(page, with_colours=True):
    """What axe calls serious or critical: rule and the first place."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    rules = f"{{'color-contrast': {{enabled: {str(with_colours).lower()}}}}}"
    found = page.evaluate(f"axe.run(document, {{resultTypes: ['violations'], runOnly: {RULES}, rules: {rules}}})")
    assert found["testEngine"]["name"] == "axe-core"
    return [(each["id"], each["nodes"][0]["html"][:200]) for each in found["violations"] if each["impact"] in GRAVE]


@pytest.fixture(scope="module", params=(*PAGE_FILES, *RUN_FILES))
def opened(request, site_folder, browser, visit_of):
    visit = visit_of(browser, (site_folder / request.param).as_uri(), 1280)
    visit.path = request.param
    yield visit
    visit.page.close()


def test_it_asks_for_its_library_at_most_and_nothing_fails(opened, site_folder):
    assert len(opened.requests) <= 2
    assert all(address.startswith(site_folder.as_uri()) for address in opened.requests)
    assert opened.failed == []


def test_every_figure_is_drawn(opened):
    plots = opened.page.locator(".plot")
    for place in range(plots.count()):
        assert plots.nth(place).locator("svg.main-svg").count() > 0
        assert plots.nth(place).locator("path").count() > 0
    figures = opened.page.locator("figure").count()
    assert plots.count() >= figures
    assert figures >= 3 or not any(name in opened.path for name in ("index", "brief", "potential", "value", "schemes"))


def test_every_fold_opens(opened):
    folds = opened.page.locator("details")
    opened.page.evaluate("document.querySelectorAll('details:not([open]) > summary').forEach(node => node.click())")
    assert opened.page.locator("details[open]").count() == folds.count()


def test_nothing_spills_over_sideways_at_any_width(opened):
    for width in WIDTHS:
        opened.page.set_viewport_size({"width": width, "height": 900})
        wait_until(opened.page, f"document.documentElement.scrollWidth <= {width}")
    opened.page.set_viewport_size({"width": 1280, "height": 900})


def test_every_link_is_alive(opened, site_folder):
    addresses = opened.page.evaluate("[...document.querySelectorAll('a[href]')].map(node => node.getAttribute('href'))")
    assert addresses
    for address in addresses:
        target, fragment = urldefrag(urljoin(opened.page.url, address))
        path = Path(unquote(urlparse(target).path))
        assert path.is_file(), address
        assert path.resolve().is_relative_to(site_folder.resolve()), address
        if fragment:
            assert re.search(rf'\bid="{re.escape(unquote(fragment))}"', path.read_text(encoding="utf-8")), address


def test_nobody_is_shut_out(opened):
    """All folds are open by now; the keyboard path begins with a link past the navigation. English has the colours
    of Swedish, and they are half of the work."""
    assert grave_findings(opened.page, with_colours=not opened.path.startswith("en/")) == []
    opened.page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    opened.page.keyboard.press("Tab")
    assert opened.page.evaluate("document.activeElement.className") == "skip"


def test_it_prints(opened):
    opened.page.emulate_media(media="print")
    assert page_count(opened.page.pdf(format="A4")) >= 1
    assert opened.page.locator(".site").count() == 0 or opened.page.locator(".site").is_hidden()
    opened.page.emulate_media(media="screen")


def test_nothing_was_complained_about(opened):
    """After all that the other tests did to the page."""
    assert opened.complaints == []


@pytest.mark.parametrize("page", ["index.html", "schemes.html", "designer.html", "evidence.html"])
def test_dark_pages_can_be_read(site_folder, browser, visit_of, page):
    visit = visit_of(browser, (site_folder / page).as_uri(), 1280, color_scheme="dark")
    assert grave_findings(visit.page) == []
    visit.page.close()


def test_the_finder_of_faults_finds_one(browser):
    page = browser.new_page()
    page.set_content("<html lang='en'><title>t</title><main><h1>h</h1><img src='data:,'><p style='color:#ccc'>pale</p>")
    assert {"image-alt", "color-contrast"} <= {name for name, _ in grave_findings(page)}
    page.close()


def test_a_text_that_is_larger_for_the_reader_does_not_spill(site_folder, browser, visit_of):
    """WCAG 1.4.4 and 1.4.10: text at twice its size, a window of 640 px."""
    visit = visit_of(browser, (site_folder / "index.html").as_uri(), 640)
    visit.page.add_style_tag(content="html { font-size: 200% }")
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= 640
    visit.page.close()


@pytest.mark.parametrize("locale", sorted(BRIEF))
def test_the_brief_is_two_to_four_pages_of_paper(site_folder, chromium, tmp_path, locale):
    pdf = tmp_path / "brief.pdf"
    assert 2 <= print_page(chromium, site_folder / BRIEF[locale], pdf) <= 4
    assert pdf.read_bytes().startswith(b"%PDF")
    assert list(tmp_path.iterdir()) == [pdf]
