"""Times of pages, by pages made for it: one whose figure is marked as drawn late, one without figures."""

import pytest

from workflow.bench_pages import times_of

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]
LATE_S = 0.4
PLAIN = "<!DOCTYPE html><html lang='en'><title>t</title><body><p>Text</p></body></html>"
DRAWN = PLAIN.replace(
    "<p>",
    "<div class='plot'></div><script>setTimeout(() => { document.querySelector('.plot').dataset.drawn = 'true'; }, "
    f"{1000 * LATE_S:.0f})</script><p>",
)


def test_times_of_a_page_that_draws_late_and_of_one_that_draws_nothing(browser, tmp_path):
    for name, text in (("value", DRAWN), ("index", PLAIN)):
        (tmp_path / f"{name}.html").write_text(text, encoding="utf-8")
    rows = {row[0]: row for name in ("value", "index") for row in times_of(browser, tmp_path / f"{name}.html")}
    assert set(rows) == {"page_value_figures_drawn", "page_value_text_painted", "page_index_text_painted"}
    assert rows["page_value_figures_drawn"][1] >= LATE_S
    assert rows["page_value_text_painted"][1] > 0
    assert [rows["page_value_text_painted"][4], rows["page_value_figures_drawn"][4]] == [0.3, 2.0]
