"""Weights of pages, by pages made for it."""

import pytest

from workflow.bench_pages import BYTES_PER_MIB, page_rows, pages_of

PLAIN = "<!DOCTYPE html><html lang='en'><title>t</title><body><p>Text</p></body></html>"
DRAWN = PLAIN.replace("<p>", "<div class='plot'></div><p>")


@pytest.fixture
def build(tmp_path):
    (tmp_path / "en").mkdir()
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text(PLAIN, encoding="utf-8")
    (tmp_path / "value.html").write_text(DRAWN, encoding="utf-8")
    (tmp_path / "en" / "index.html").write_text(PLAIN, encoding="utf-8")
    (tmp_path / "snakemake.html").write_text("x" * BYTES_PER_MIB, encoding="utf-8")
    (tmp_path / "assets" / "data.csv").write_bytes(b"x" * BYTES_PER_MIB)
    return tmp_path


def test_weights_by_hand(build, monkeypatch):
    """Each page, then the whole site with its assets; Snakemake's own report is not of the site."""
    monkeypatch.setattr("workflow.bench_pages.find_chromium", lambda: None)
    rows = {row[0]: row[1] for row in page_rows(build)}
    assert set(rows) == {"page_index_weight", "page_value_weight", "page_en_index_weight", "site_weight"}
    assert rows["page_value_weight"] == len(DRAWN) / BYTES_PER_MIB
    assert rows["site_weight"] == pytest.approx(1 + (2 * len(PLAIN) + len(DRAWN)) / BYTES_PER_MIB)
    assert [path.name for path in pages_of(build)] == ["index.html", "value.html"]
