"""Takes the pictures of ``reports/gallery``: every page of the default report at 1280 px, again only where it changed.

``make gallery`` after ``make report``; whoever commits the pictures looks at them first.
"""

import argparse
import base64
import csv
import hashlib
import sys
import time
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from analysis.io import atomic_path
from analysis.report.addresses import LOCALES, PAGE_IDS, path_of
from workflow.print_brief import find_chromium

ROOT = Path(__file__).resolve().parent.parent.parent
GALLERY = ROOT / "reports" / "gallery"
LIST = GALLERY / "pages.csv"
WIDTH_PX, HEIGHT_PX, MOST_BYTES = 1280, 2600, 200_000
QUALITIES = range(80, 9, -10)
PATIENCE_S = 60
UNFINISHED = ".plot:not([data-drawn]), [aria-busy=true]"


def picture_of(page_id: str, locale: str) -> str:
    """File name of a page's picture."""
    return f"{page_id}.{locale}.webp"


def taken_before() -> dict[str, str]:
    """Digest of the page that each picture shows."""
    if not LIST.exists():
        return {}
    with LIST.open(encoding="utf-8", newline="") as file:
        return {row["picture"]: row["page_sha256"] for row in csv.DictReader(file)}


def take(browser: Browser, page_file: Path, picture: Path) -> int:
    """Write the first screens of a page as WebP, as sharp as the size allows, and give its size in bytes."""
    page = browser.new_page(viewport={"width": WIDTH_PX, "height": HEIGHT_PX})
    page.goto(page_file.as_uri())
    end = time.monotonic() + PATIENCE_S
    while page.locator(UNFINISHED).count() and time.monotonic() < end:
        time.sleep(0.05)
    session = page.context.new_cdp_session(page)
    for quality in QUALITIES:
        shot = session.send("Page.captureScreenshot", {"format": "webp", "quality": quality})
        content = base64.b64decode(shot["data"])
        if len(content) <= MOST_BYTES:
            break
    page.close()
    with atomic_path(picture) as temporary:
        temporary.write_bytes(content)
    return len(content)


def main() -> int:
    """Take what changed and write the list anew."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenario", default="default")
    site = ROOT / "reports" / "build" / parser.parse_args().scenario
    chromium, before, rows = find_chromium(), taken_before(), []
    if chromium is None:
        print("No pictures: no Chromium or Chrome on this machine.", file=sys.stderr)
        return 1
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for page_id in PAGE_IDS:
            for locale in LOCALES:
                page, name = site / path_of(page_id, locale), picture_of(page_id, locale)
                digest = hashlib.sha256(page.read_bytes()).hexdigest()
                if before.get(name) != digest or not (GALLERY / name).exists():
                    print(f"{name}: {take(browser, page, GALLERY / name)} bytes")
                rows.append((name, digest))
        browser.close()
    with atomic_path(LIST) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([("picture", "page_sha256"), *rows])
    return 0


if __name__ == "__main__":
    sys.exit(main())
