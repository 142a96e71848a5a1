"""What browser tests share: one browser a worker, a site of demo tables on disk, and an open page that tells all."""

import time
from pathlib import Path

import pytest

from analysis.report.addresses import ASSETS, LIBRARY, book_of
from analysis.report.designer_page import build_designer
from analysis.report.evidence_page import build_evidence
from analysis.report.evidence_rows import TAKEN_AWAY
from analysis.report.page import build_site
from analysis.report.places import TAKEN_AWAY as PLACES
from analysis.report.run_page import build_run_page
from tests.analysis.report import report_fixtures as fixtures
from tests.analysis.report.designer_fixtures import demo_designer
from tests.analysis.report.run_fixtures import demo_facts

playwright = pytest.importorskip("playwright.sync_api")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PATIENCE_S = 60


class Visit:
    """One open page and what it asked for and complained about."""

    def __init__(self, browser, address, width, **more):
        self.page = browser.new_page(viewport={"width": width, "height": 900}, **more)
        self.requests, self.failed, self.complaints = [], [], []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("requestfailed", lambda request: self.failed.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(address)
        self.await_figures()

    def await_figures(self):
        end = time.monotonic() + PATIENCE_S
        while self.page.locator(".plot:not([data-drawn])").count() and time.monotonic() < end:
            time.sleep(0.05)


@pytest.fixture(scope="session")
def browser(chromium):
    with playwright.sync_playwright() as started:
        running = started.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture(scope="session")
def visit_of():
    return Visit


@pytest.fixture(scope="session")
def site_folder(tmp_path_factory) -> Path:
    """A whole site of demo tables, as a run writes it."""
    target = tmp_path_factory.mktemp("site")
    results, words = fixtures.demo_results(), (fixtures.demo_texts(), fixtures.demo_templates())
    site = build_site(results, fixtures.demo_settings(), "default", *words) | build_evidence(results, *words)
    site |= build_designer(results, demo_designer(), fixtures.demo_settings(), "default", *words)
    site |= build_run_page(demo_facts(), *words)
    assets = ASSETS["sv"]
    site |= {f"{assets}{LIBRARY}": words[1][LIBRARY], f"{assets}{TAKEN_AWAY}": "a\n", f"{assets}{PLACES}": "a\n"}
    site |= {book_of("default"): "a\n", f"{assets}job_times.csv": "a\n"}
    for path, text in site.items():
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        (target / path).write_text(text, encoding="utf-8")
    return target
