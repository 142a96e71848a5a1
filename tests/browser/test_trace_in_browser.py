"""Where from: a click on a number opens what it rests on; the keyboard gets there by the button of each view."""

from pathlib import Path

import pytest

from analysis.report.lineage import PARAMETERS, read_lineage
from analysis.report.page import voice_of
from analysis.report.trace_page import with_trace
from tests.analysis.report import report_fixtures as fixtures
from tests.analysis.report.lineage_fixtures import demo_lineage
from tests.browser.test_site_in_browser import grave_findings

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def traced(site_folder, tmp_path_factory) -> Path:
    target = tmp_path_factory.mktemp("traced")
    results, texts = fixtures.demo_results(), fixtures.demo_texts()
    pages = {path.relative_to(site_folder): path.read_text(encoding="utf-8") for path in site_folder.rglob("*.html")}
    graph = read_lineage(demo_lineage(), "lineage.json")
    for asset in (site_folder / "assets").iterdir():
        (target / "assets").mkdir(exist_ok=True)
        (target / "assets" / asset.name).write_bytes(asset.read_bytes())
    for path, page in pages.items():
        locale = "en" if "en" in path.parts or ".en." in path.name else "sv"
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        told = with_trace(page, graph, results.parameters, voice_of(locale, texts[locale], results))
        (target / path).write_text(told, encoding="utf-8")
    return target


@pytest.fixture
def opened(traced, browser, visit_of):
    visits = []

    def go(path, width=1280):
        visits.append(visit_of(browser, (traced / path).as_uri(), width))
        return visits[-1]

    yield go
    for visit in visits:
        assert visit.complaints == []
        visit.page.close()


def test_a_click_on_a_headline_tells_table_rule_and_sources(opened):
    page = opened("index.html").page
    number = page.locator(".figure-number").first
    shown = number.inner_text()
    number.click()
    dialog = page.locator("dialog.trace[open]")
    text = dialog.inner_text()
    for part in (
        shown, "headlines", "data/results/default/headlines.parquet", "Stöden sida vid sida, huvudtal",
        "Lag och förslag", "task53.yaml", "Uppmätt", "INPUTS/prices/SE1.csv", "Antaganden", PARAMETERS,
        f'make trace NUMBER="headlines: {shown.replace(chr(160), " ")}" SCENARIO=default',
    ):  # fmt: skip
        assert part in text, part
    assert grave_findings(page) == []
    page.keyboard.press("Escape")
    assert dialog.count() == 0


def test_a_cell_of_a_table_is_told_with_its_row_and_column(opened):
    page = opened("en/index.html").page
    row = page.locator("table.overview tbody tr").nth(1)
    cell = row.locator("td.number").first
    name, head = row.locator("th").inner_text(), page.locator("table.overview thead th").nth(1).inner_text()
    cell.click(position={"x": 3, "y": 3})  # in the cell, beside its letters
    told = page.locator("dialog.trace[open]").inner_text()
    assert f"Row\n{name}" in told and f"Column\n{head}" in told and "scheme_summary" in told


def test_a_number_in_a_sentence_is_told_and_a_word_is_not(opened):
    page = opened("en/index.html").page
    spot = page.evaluate("""() => {
        const node = document.querySelector('p.answer').firstChild, at = node.nodeValue.search(/\\d+\\sMW/);
        const range = document.createRange(); range.setStart(node, at); range.setEnd(node, at + 1);
        document.querySelector('p.answer').scrollIntoView({block: 'center'});
        const box = range.getBoundingClientRect(); return [box.x + 2, box.y + box.height / 2];
    }""")
    page.mouse.click(*spot)
    assert "MW" in page.locator("dialog.trace[open] h2").inner_text()
    page.keyboard.press("Escape")
    page.locator("h2").first.click()
    assert page.locator("dialog.trace[open]").count() == 0


def test_the_keyboard_opens_by_the_button_of_a_view_and_comes_back_to_it(opened):
    page = opened("value.html").page
    button = page.locator("figure .trace-button").first
    assert button.inner_text().startswith("Varifrån?")
    button.focus()
    page.keyboard.press("Enter")
    dialog = page.locator("dialog.trace[open]")
    assert "value_summary" in dialog.inner_text()
    assert dialog.get_attribute("aria-labelledby") == "trace-title"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.className") == "trace-button"


def test_each_view_has_one_button_and_no_page_has_many(opened, traced):
    for path in ("index.html", "potential.html", "schemes.html", "evidence.html"):
        page = opened(path).page
        assert page.locator("figure").count() == page.locator("figure .trace-button").count()
        assert page.locator("li.card").count() == page.locator("li.card .trace-button").count()
        assert 3 <= page.locator(".trace-button").count() <= 60


def test_the_dialog_fits_a_phone_and_stays_off_paper(opened):
    page = opened("index.html", 390).page
    page.locator(".figure-number").first.click()
    box = page.locator("dialog.trace[open]").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 390
    page.locator(".trace-close").click()
    page.emulate_media(media="print")
    assert not page.locator(".trace-button").first.is_visible()


def test_the_brief_that_is_mailed_tells_it_too(opened):
    page = opened("brief.en.html").page
    page.locator(".figure-number").first.click()
    assert "headlines.parquet" in page.locator("dialog.trace[open]").inner_text()
