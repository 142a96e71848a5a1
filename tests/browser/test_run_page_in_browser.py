"""The run page in a browser, from disk: it asks for nothing, spills over nowhere, and can be read by everyone."""

import pytest

from analysis.report.run_page import build_run_page
from tests.analysis.report.report_fixtures import demo_templates, demo_texts
from tests.analysis.report.run_fixtures import demo_facts, hostile_facts
from tests.conftest import ROOT

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, pytest.mark.slow]
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
AXE = ROOT / "tests" / "browser" / "vendor" / "axe.min.js"
RULES = "{ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }"


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    made = {}
    for name, facts in (("demo", demo_facts()), ("hostile", hostile_facts('<img src=x onerror="window.hit = 1">'))):
        made[name] = tmp_path_factory.mktemp(name)
        for path, text in build_run_page(facts, demo_texts(), demo_templates()).items():
            (made[name] / path).parent.mkdir(exist_ok=True)
            (made[name] / path).write_text(text, encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def browser(chromium):
    with playwright.sync_playwright() as started:
        running = started.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def go(browser):
    contexts = []

    def visit(file, width=1280, **more):
        contexts.append(browser.new_context(viewport={"width": width, "height": 900}, **more))
        page = contexts[-1].new_page()
        page.asked, page.complaints = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda message: page.complaints.append(message.text))
        page.goto(file.as_uri())
        return page

    yield visit
    for context in contexts:
        context.close()


@pytest.mark.parametrize(("path", "width"), [("run.html", 1280), ("run.html", 390), ("en/run.html", 2560)])
def test_it_asks_for_nothing_and_spills_over_nowhere(go, folders, path, width):
    file = folders["demo"] / path
    page = go(file, width)
    assert page.asked == [file.as_uri()]
    assert page.complaints == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize(("path", "scheme"), [("run.html", "light"), ("en/run.html", "dark")])
def test_nothing_stands_in_anyones_way(go, folders, path, scheme):
    page = go(folders["demo"] / path, color_scheme=scheme, bypass_csp=True)
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(f"axe.run(document, {RULES})")["violations"]
    assert [(each["id"], [node["html"][:120] for node in each["nodes"][:3]]) for each in found] == []


def test_words_of_a_box_stay_inside_it(go, folders):
    page = go(folders["demo"] / "run.html")
    inside = """() => Array.from(document.querySelectorAll('.rule-graph .box')).every((box) => {
      const frame = box.querySelector('.frame').getBoundingClientRect();
      return Array.from(box.querySelectorAll('text')).every((text) => {
        const at = text.getBoundingClientRect();
        return at.left >= frame.left && at.right <= frame.right && at.bottom <= frame.bottom;
      });
    })"""
    assert page.locator(".rule-graph .box").count() == 3
    assert page.evaluate(inside)


def test_markup_in_a_name_does_nothing(go, folders):
    page = go(folders["hostile"] / "run.html")
    assert page.evaluate("window.hit") is None
    assert page.locator("img").count() == 0
    assert page.get_by_text("onerror").count() >= 5
