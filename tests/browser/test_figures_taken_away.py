"""What a figure gives away, in a browser from disk: its rows, and its drawings as pictures."""

import csv
import importlib.resources
import io
import shutil
import struct
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from analysis.report.figure_data import csv_text
from analysis.report.page import build_site
from tests.analysis.report import report_fixtures as fixtures

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, pytest.mark.slow]
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PATIENCE_S = 60
PATIENCE_MS = 20_000
SVG = "{http://www.w3.org/2000/svg}"
PNG_MARK = b"\x89PNG\r\n\x1a\n"
SCALE = 2


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    target = tmp_path_factory.mktemp("taken")
    site = build_site(
        fixtures.demo_results(), fixtures.demo_settings(), "default", fixtures.demo_texts(), fixtures.demo_templates()
    )
    for path, text in site.items():
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        (target / path).write_bytes(text.encode("utf-8"))
    (target / "assets").mkdir()
    with importlib.resources.as_file(importlib.resources.files("plotly") / "package_data" / "plotly.min.js") as bundle:
        shutil.copyfile(bundle, target / "assets" / "plotly.min.js")
    return target


@pytest.fixture(scope="module")
def started(chromium):
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module", params=["index.html", "en/index.html"], ids=["sv", "en"])
def page(request, folder, started):
    opened = started.new_page(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    opened.complaints = []
    opened.on("console", lambda message: opened.complaints.append(message.text))
    opened.on("pageerror", lambda error: opened.complaints.append(str(error)))
    opened.goto((folder / request.param).as_uri())
    end = time.monotonic() + PATIENCE_S
    while opened.locator(".plot:not([data-drawn])").count() and time.monotonic() < end:
        time.sleep(0.05)
    yield opened
    opened.close()


def taken(page, figure_id, control, tmp_path):
    """Press one control of a figure with the keyboard and give the file that comes."""
    with page.expect_download(timeout=PATIENCE_MS) as waiting:
        page.locator(f".take[data-figure={figure_id}] {control}").press("Enter")
    path = tmp_path / "taken"
    waiting.value.save_as(path)
    return waiting.value.suggested_filename, path.read_bytes()


def test_the_rows_come_as_they_are(page, tmp_path):
    rows = fixtures.demo_results().local_grid
    name, found = taken(page, "feeder", "a", tmp_path)
    assert name == "feeder.csv"
    assert found == csv_text(rows).encode("utf-8")
    read = list(csv.DictReader(io.StringIO(found.decode("utf-8"), newline="")))
    assert [float(row["peak_import_kw"]) for row in read] == list(rows["peak_import_kw"])


def test_every_figure_links_to_a_file_that_is_there(page):
    links = page.locator(".take a").evaluate_all("all => all.map(one => one.href)")
    assert len(links) == page.locator("figure").count() > 20
    assert all(Path(unquote(urlsplit(link).path)).is_file() for link in links)


def test_a_picture_in_svg_keeps_its_text(page, tmp_path):
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


def test_a_picture_in_png_has_the_size_of_the_drawing(page, tmp_path):
    name, found = taken(page, "map", "button[data-format=png]", tmp_path)
    assert name.endswith(".png")
    assert found[:8] == PNG_MARK
    width, height = struct.unpack(">II", found[16:24])
    drawn = page.locator(".plot[data-figure=map]").bounding_box()
    assert width == pytest.approx(SCALE * max(drawn["width"], 480), abs=SCALE)
    assert height > SCALE * drawn["height"]


def test_a_figure_of_panels_gives_a_file_each(page):
    files = []
    page.on("download", lambda found: files.append(found.suggested_filename))
    page.locator(".take[data-figure=years] button[data-format=svg]").press("Enter")
    page.wait_for_function("document.querySelector('.take[data-figure=years] [role=status]').textContent")
    page.wait_for_timeout(500)
    assert [name[:2] for name in sorted(files)] == ["1-", "2-"]
    assert len({name[2:] for name in files}) == 1


def test_a_picture_that_fails_is_told(page):
    page.evaluate(
        "() => { window.kept = window.Plotly.toImage; window.Plotly.toImage = () => Promise.reject(new Error('no')); }"
    )
    page.locator(".take[data-figure=tiers] button[data-format=png]").click()
    bar = page.locator(".take[data-figure=tiers]")
    page.wait_for_function("document.querySelector('.take[data-figure=tiers] [role=status]').textContent")
    assert bar.locator("[role=status]").text_content() == bar.get_attribute("data-failed")
    page.evaluate("() => { window.Plotly.toImage = window.kept; }")


def test_nothing_is_complained_about(page):
    assert page.complaints == []
