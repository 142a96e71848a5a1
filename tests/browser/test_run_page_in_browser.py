"""What only the page about the run has, in a browser: the picture of its rules, names that hold markup."""

import pytest

from analysis.report.run_page import build_run_page
from tests.analysis.report.report_fixtures import demo_templates, demo_texts
from tests.analysis.report.run_fixtures import demo_facts, hostile_facts

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    made = {}
    for name, facts in (("demo", demo_facts()), ("hostile", hostile_facts('<img src=x onerror="window.hit = 1">'))):
        made[name] = tmp_path_factory.mktemp(name)
        for path, text in build_run_page(facts, demo_texts(), demo_templates()).items():
            (made[name] / path).parent.mkdir(exist_ok=True)
            (made[name] / path).write_text(text, encoding="utf-8")
    return made


@pytest.fixture
def go(browser):
    contexts = []

    def visit(file, width=1280, **more):
        contexts.append(browser.new_context(viewport={"width": width, "height": 900}, **more))
        page = contexts[-1].new_page()
        page.goto(file.as_uri())
        return page

    yield visit
    for context in contexts:
        context.close()


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
