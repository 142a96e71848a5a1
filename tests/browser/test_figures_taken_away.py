"""What a figure gives away, in a browser from disk: its rows, and its drawings as pictures."""

import csv
import io
import struct
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from analysis.report.addresses import path_of
from analysis.report.figure_data import csv_text
from tests.analysis.report import report_fixtures as fixtures
from tests.browser.waiting import wait_until

pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]
PATIENCE_S = 60
PATIENCE_MS = 20_000
SVG = "{http://www.w3.org/2000/svg}"
PNG_MARK = b"\x89PNG\r\n\x1a\n"
SCALE = 2


class Site:
    """The pages of one language, each opened when first asked for; ``complaints`` are those of them all."""

    def __init__(self, browser, folder, locale):
        self.browser, self.folder, self.locale = browser, folder, locale
        self.opened, self.complaints = {}, []

    def page(self, page_id):
        if page_id not in self.opened:
            page = self.browser.new_page(viewport={"width": 1280, "height": 900}, accept_downloads=True)
            page.on("console", lambda message: self.complaints.append(message.text))
            page.on("pageerror", lambda error: self.complaints.append(str(error)))
            page.goto((self.folder / path_of(page_id, self.locale)).as_uri())
            end = time.monotonic() + PATIENCE_S
            while page.locator(".plot:not([data-drawn])").count() and time.monotonic() < end:
                time.sleep(0.05)
            self.opened[page_id] = page
        return self.opened[page_id]


@pytest.fixture(scope="module", params=["sv", "en"])
def site(request, site_folder, browser):
    return Site(browser, site_folder, request.param)


def taken(page, figure_id, control, tmp_path):
    """Press one control of a figure with the keyboard and give the file that comes."""
    with page.expect_download(timeout=PATIENCE_MS) as waiting:
        page.locator(f".take[data-figure={figure_id}] {control}").press("Enter")
    path = tmp_path / "taken"
    waiting.value.save_as(path)
    return waiting.value.suggested_filename, path.read_bytes()


def test_the_rows_come_as_they_are(site, tmp_path):
    rows = fixtures.demo_results().local_grid
    name, found = taken(site.page("resilience"), "feeder", "a", tmp_path)
    assert name == "feeder.csv"
    assert found == csv_text(rows).encode("utf-8")
    read = list(csv.DictReader(io.StringIO(found.decode("utf-8"), newline="")))
    assert [float(row["peak_import_kw"]) for row in read] == list(rows["peak_import_kw"])


def test_every_figure_links_to_a_file_that_is_there(site):
    page = site.page("value")
    links = page.locator(".take a").evaluate_all("all => all.map(one => one.href)")
    assert len(links) == page.locator("figure").count() > 5
    assert all(Path(unquote(urlsplit(link).path)).is_file() for link in links)


def test_the_brief_as_one_file_gives_pictures_and_links_to_no_file(site_folder, browser, site):
    page = browser.new_page(accept_downloads=True)
    page.goto((site_folder / f"brief.{site.locale}.html").as_uri())
    assert page.locator(".take a").count() == 0
    page.wait_for_selector(".plot[data-figure=tiers][data-drawn]")
    with page.expect_download(timeout=PATIENCE_MS) as waiting:
        page.locator(".take[data-figure=tiers] button[data-format=svg]").click()
    assert waiting.value.suggested_filename.endswith(".svg")
    page.close()


def test_a_picture_in_svg_keeps_its_text(site, tmp_path):
    page = site.page("potential")
    name, found = taken(page, "map", "button[data-format=svg]", tmp_path)
    title = page.locator("#map-title").text_content()
    assert name.endswith(".svg")
    assert title.split()[0] in name
    root = ElementTree.fromstring(found)
    assert root.tag == f"{SVG}svg"
    texts = " ".join("".join(text.itertext()) for text in root.iter(f"{SVG}text"))
    assert title.split()[0] in texts
    assert "SE3" in texts
    assert page.locator(".take[data-figure=map] [role=status]").text_content()


def test_a_picture_in_png_has_the_size_of_the_drawing(site, tmp_path):
    page = site.page("potential")
    name, found = taken(page, "map", "button[data-format=png]", tmp_path)
    assert name.endswith(".png")
    assert found[:8] == PNG_MARK
    width, height = struct.unpack(">II", found[16:24])
    drawn = page.locator(".plot[data-figure=map]").bounding_box()
    assert width == pytest.approx(SCALE * max(drawn["width"], 480), abs=SCALE)
    assert height > SCALE * drawn["height"]


def test_a_figure_of_panels_gives_a_file_each(site):
    page, files = site.page("value"), []
    page.on("download", lambda found: files.append(found.suggested_filename))
    page.locator(".take[data-figure=years] button[data-format=svg]").press("Enter")
    wait_until(page, "document.querySelector('.take[data-figure=years] [role=status]').textContent")
    page.wait_for_timeout(500)
    assert [name[:2] for name in sorted(files)] == ["1-", "2-"]
    assert len({name[2:] for name in files}) == 1


def test_a_picture_that_fails_is_told(site):
    page = site.page("potential")
    page.evaluate(
        "() => { window.kept = window.Plotly.toImage; window.Plotly.toImage = () => Promise.reject(new Error('no')); }"
    )
    page.locator(".take[data-figure=tiers] button[data-format=png]").click()
    bar = page.locator(".take[data-figure=tiers]")
    wait_until(page, "document.querySelector('.take[data-figure=tiers] [role=status]').textContent")
    assert bar.locator("[role=status]").text_content() == bar.get_attribute("data-failed")
    page.evaluate("() => { window.Plotly.toImage = window.kept; }")


def test_nothing_is_complained_about(site):
    assert site.opened
    assert site.complaints == []
