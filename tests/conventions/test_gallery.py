"""The gallery of the report: a picture of every page in both languages, 1280 px wide, light enough to be kept."""

import csv

import pytest

from analysis.report.addresses import LOCALES, PAGE_IDS

MOST_BYTES = 200_000
WIDTH_PX = 1280


def width_of(webp: bytes) -> int:
    """Width of a lossy or an extended WebP picture (RFC 9649)."""
    assert webp[:4] == b"RIFF" and webp[8:12] == b"WEBP"
    if webp[12:16] == b"VP8X":
        return 1 + int.from_bytes(webp[24:27], "little")
    assert webp[12:16] == b"VP8 "
    return int.from_bytes(webp[26:28], "little") & 0x3FFF


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("page_id", PAGE_IDS)
def test_each_page_has_its_picture(root, page_id, locale):
    content = (root / "reports" / "gallery" / f"{page_id}.{locale}.webp").read_bytes()
    assert len(content) <= MOST_BYTES
    assert width_of(content) == WIDTH_PX


def test_nothing_else_lies_there(root):
    with (root / "reports" / "gallery" / "pages.csv").open(encoding="utf-8", newline="") as file:
        named = {row["picture"] for row in csv.DictReader(file)}
    assert {path.name for path in (root / "reports" / "gallery").glob("*.webp")} == named
    assert named == {f"{page_id}.{locale}.webp" for page_id in PAGE_IDS for locale in LOCALES}
