"""Measures the pages of a finished report from disk: weight, time to first text, time until every figure is drawn.

Each time is the median of five visits in a fresh browser context, counted from the start of the navigation.
"""

import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from workflow.print_brief import find_chromium

VISITS = 5
PATIENCE_MS = 60_000
WEIGHT_MIB, PAINTED_S, DRAWN_S = 6.0, 0.3, 2.0
BYTES_PER_MIB = 2**20
NOT_OURS = ("snakemake.html",)
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
WATCH = """
window.drawnAt = null;
new MutationObserver(function () {
  var plots = document.querySelectorAll(".plot");
  if (window.drawnAt === null && plots.length && document.readyState !== "loading"
      && !document.querySelector(".plot:not([data-drawn])")) {
    window.drawnAt = 0;
    requestAnimationFrame(function () { window.drawnAt = performance.now(); });
  }
}).observe(document, { subtree: true, childList: true, attributes: true });
"""
"""Notes when the last figure was marked as drawn and the frame behind it came."""
PAINTED = (
    "() => { const at = performance.getEntriesByName('first-contentful-paint'); return at.length && at[0].startTime }"
)

Row = tuple[str, float, str, str, float]


def page_rows(build: Path) -> list[Row]:
    """Measure, figure, unit, what it is held against and its value, of every page of a report's folder.

    Times are taken of the Swedish pages, at the top of the folder; without Chromium only weights are.
    """
    chromium = find_chromium()
    rows = list(_weights(build))
    if chromium is None:
        print("No Chromium here: the pages are weighed and not timed.")
        return rows
    from playwright.sync_api import sync_playwright  # a tool of checks: not there in a run

    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        for page in pages_of(build):
            rows.extend(times_of(browser, page))
        browser.close()
    return rows


def pages_of(folder: Path) -> list[Path]:
    """List the report's own pages in one folder."""
    return sorted(path for path in folder.glob("*.html") if path.name not in NOT_OURS)


def _weights(build: Path) -> Iterator[Row]:
    held = ("budget of the brief as one file", WEIGHT_MIB)
    for path in [*pages_of(build), *pages_of(build / "en")]:
        name = path.relative_to(build).with_suffix("").as_posix().replace("/", "_")
        yield f"page_{name}_weight", path.stat().st_size / BYTES_PER_MIB, "MiB", *held
    whole = sum(path.stat().st_size for path in build.rglob("*") if path.is_file() and path.name not in NOT_OURS)
    yield "site_weight", whole / BYTES_PER_MIB, "MiB, all pages and assets", *held


def times_of(browser: Any, path: Path) -> list[Row]:
    """Time a page from disk: first text, and last figure where it has any; the middle of several visits."""
    visits = [_visit(browser, path.as_uri()) for _ in range(VISITS)]
    painted = statistics.median(visit[0] for visit in visits)
    rows = [(f"page_{path.stem}_text_painted", painted, "s, median of 5", "budget", PAINTED_S)]
    drawn = [visit[1] for visit in visits if visit[1] is not None]
    if drawn:
        rows.append((f"page_{path.stem}_figures_drawn", statistics.median(drawn), "s, median of 5", "budget", DRAWN_S))
    return rows


def _visit(browser: Any, address: str) -> tuple[float, float | None]:
    """Open a page once: seconds to its first text, and to its last figure where it has any."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.add_init_script(WATCH)
    page = context.new_page()
    page.goto(address)
    page.wait_for_function(PAINTED, timeout=PATIENCE_MS)
    drawn = None
    if page.locator(".plot").count():
        page.wait_for_function("() => window.drawnAt > 0", timeout=PATIENCE_MS)
        drawn = page.evaluate("window.drawnAt") / 1000
    painted = page.evaluate(PAINTED) / 1000
    context.close()
    return painted, drawn
