"""Figures in a browser, from disk: choices, search, colours, paper."""

import pytest

from tests.browser.waiting import wait_until

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


@pytest.fixture
def visit(site_folder, browser, visit_of):
    opened = []

    def go(page, width=1280, **more):
        opened.append(visit_of(browser, (site_folder / page).as_uri(), width, **more))
        return opened[-1]

    yield go
    for one in opened:
        one.page.close()


def test_the_map_has_every_municipality(visit):
    assert visit("potential.html").page.locator("[data-figure=map] .scatterlayer .js-fill").count() == 290


def test_a_municipality_is_found_by_name(visit):
    """Its ring shows on the map, its words beside the field, and the table keeps its row alone."""
    opened = visit("profiles.html")
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


def test_another_scheme_is_drawn_when_it_is_chosen(visit):
    """By keyboard too: the list is the browser's own."""
    opened = visit("en/schemes.html")
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


def test_the_other_language_is_one_step_away_on_the_same_page(visit):
    opened = visit("value.html", 1000)
    for locale in ("en", "sv"):
        opened.page.locator(".language a").click()
        assert opened.page.locator("html").get_attribute("lang") == locale
        assert opened.page.url.endswith("value.html")


def test_the_parameter_filter_hides_rows(visit):
    opened = visit("method.html")
    opened.page.locator("#parameters").evaluate("node => { node.closest('details').open = true; }")
    shown = opened.page.locator("#parameters tbody tr:visible")
    every = shown.count()
    opened.page.locator("[data-filter=parameters] input[type=checkbox]").check()
    assumed = shown.count()
    assert 0 < assumed < every
    opened.page.locator("[data-filter=parameters] input[type=search]").fill("cba.social_rate")
    assert shown.count() == 1


def test_dark_mode_draws_on_a_dark_ground(visit):
    opened = visit("index.html", color_scheme="dark")
    assert opened.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 25, 29)"
    colour = "getComputedStyle(document.querySelector('.plot .xtick text')).fill"
    assert opened.page.evaluate(colour) == "rgb(232, 236, 239)"


@pytest.mark.parametrize("page", ["potential.html", "brief.sv.html"])
def test_on_paper_every_drawing_fits_its_column(visit, page):
    opened = visit(page)
    drawings = "document.querySelectorAll('.panels:not(.panels-lone) .plot svg.main-svg')"
    widths = f"[...{drawings}].map(node => Number(node.getAttribute('width')))"
    on_screen = opened.page.evaluate(widths)
    opened.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert max(opened.page.evaluate(widths)) <= 325 < max(on_screen)
    assert max(opened.page.evaluate(widths.replace(":not(.panels-lone)", ".panels-lone"))) == 640
    opened.page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    wait_until(opened.page, f"Math.max(...{widths}) > 325")


def test_without_scripts_the_numbers_are_there(site_folder, browser):
    page = browser.new_page(java_script_enabled=False)
    page.goto((site_folder / "potential.html").as_uri())
    assert page.locator("noscript").count() == 1
    assert page.locator("figure details table").count() >= 5
    page.close()
