"""The drawing library that lies in the repository: the part for charts with axes, of the release that plotly names."""

import hashlib
import re
from importlib.resources import files

from analysis.report import figure_views
from analysis.report.addresses import LIBRARY
from analysis.report.text import Voice, read_catalog
from tests.analysis.report import report_fixtures as fixtures

SHA256 = "79542150855a52c567260e3137095dbe2b744e6d702a5cabe67da246942fba7a"


def test_it_is_the_published_file_and_of_the_release_that_plotly_brings(root):
    text = (root / "reports" / "vendor" / LIBRARY).read_bytes()
    assert hashlib.sha256(text).hexdigest() == SHA256
    version = re.compile(rb"plotly\.js(?: \(cartesian - minified\))? v(\d+\.\d+\.\d+)")
    with (files("plotly") / "package_data" / "plotly.min.js").open("rb") as whole:
        assert version.search(text)[1] == version.search(whole.read(400))[1]


def test_it_draws_every_kind_of_chart_that_a_page_asks_for(root):
    library = (root / "reports" / "vendor" / LIBRARY).read_text(encoding="utf-8")
    voice = Voice("sv", read_catalog(fixtures.demo_texts()["sv"]))
    figures = figure_views.all_figures(fixtures.demo_results(), fixtures.demo_settings(), 2030, voice)
    kinds = {trace["type"] for figure in figures for panel in figure.panels for trace in panel.data}
    assert {"bar", "scatter", "heatmap"} <= kinds
    assert [kind for kind in sorted(kinds) if f'name:"{kind}"' not in library] == []
