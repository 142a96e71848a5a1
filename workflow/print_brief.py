"""Prints the brief of a finished scenario as PDF, in both languages, by the system's Chromium (``make pdf``)."""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from analysis.io import atomic_path
from analysis.report.addresses import BRIEF

ROOT = Path(__file__).resolve().parent.parent
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
PATIENCE_S = 120
DRAWING_MS = 20_000
"""Time on the page's own clock until it is printed: all figures are drawn by then, on a slow machine too."""
FLAGS = ("--headless", "--disable-gpu", "--disable-background-networking", "--no-pdf-header-footer",
         "--generate-pdf-document-outline", f"--virtual-time-budget={DRAWING_MS}")  # fmt: skip


def find_chromium() -> str | None:
    """Path of the system's Chromium or Chrome; none where there is none."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def page_count(pdf: bytes) -> int:
    """Count the pages of a PDF as Chromium writes it: one uncompressed object a page."""
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))


def print_page(chromium: str, page: Path, pdf: Path) -> int:
    """Print one page to a PDF file and give its number of pages.

    Raises
    ------
    RuntimeError
        If Chromium writes nothing.
    """
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium refuses its sandbox to root
    with atomic_path(pdf) as written, tempfile.TemporaryDirectory() as profile:
        command = [chromium, *FLAGS, *sandbox, f"--user-data-dir={profile}", f"--print-to-pdf={written}", page.as_uri()]
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
        if not written.exists() or written.stat().st_size == 0:
            raise RuntimeError(f"{page}: {chromium} wrote no PDF: {done.stderr.strip()[-500:]}")
        return page_count(written.read_bytes())


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenario", default="default")
    folder = ROOT / "reports" / "build" / parser.parse_args().scenario
    absent = [name for name in BRIEF.values() if not (folder / name).exists()]
    if absent:
        print(f"{folder}: {', '.join(absent)} not found: make the report first (make report)", file=sys.stderr)
        return 1
    chromium = find_chromium()
    if chromium is None:
        print("No PDF: no Chromium or Chrome on this machine. The brief prints from any browser as well.")
        return 0
    for name in BRIEF.values():
        pdf = (folder / name).with_suffix(".pdf")
        print(f"PDF: {pdf} ({print_page(chromium, folder / name, pdf)} pages)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
