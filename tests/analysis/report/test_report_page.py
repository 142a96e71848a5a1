"""The page: both languages whole, escaped, traceable to its tables, and honest about what is generated."""

import dataclasses
import json
import re
from itertools import pairwise

import pytest

from analysis.cba.accounts import RESOURCES, TRANSFERS
from analysis.errors import ConfigError, DataError
from analysis.report import figure_views, tables
from analysis.report import headlines as known
from analysis.report.addresses import BRIEF, PAGE_FILES, PAGE_IDS, path_of
from analysis.report.console import generated_line, headline_lines
from analysis.report.elements import Column, Panel, TableView, chosen_panel
from analysis.report.page import PAGES, build_site, embed
from analysis.report.site import FIGURES, content_policy
from analysis.report.text import Voice, read_catalog
from analysis.schemas.base import ACCOUNTS, STRATEGIES, TIERS
from analysis.schemas.explain import WEDGE_CASES
from analysis.schemas.value_summary import PARTS
from tests.analysis.report import report_fixtures as fixtures

ENGLISH = (
    "the", "and", "with", "charging", "scheme", "support", "value", "power", "firm", "cars", "price area", "outlay",
    "range", "source", "table", "show", "assumption", "adopters", "free riders", "year", "grid", "state", "unit",
)  # fmt: skip


@pytest.fixture(scope="module")
def results():
    return fixtures.demo_results()


@pytest.fixture(scope="module")
def site(results):
    built = build_site(results, fixtures.demo_settings(), "default", fixtures.demo_texts(), fixtures.demo_templates())
    return {path: page for path, page in built.items() if path.endswith(".html")}  # the data of figures left out


def whole(site, locale: str) -> str:
    """All pages of a language behind one another."""
    return "\n".join(site[path_of(page_id, locale)] for page_id in PAGES)


def visible(page: str) -> str:
    """The words of a page in its own language: no scripts, no code, nothing marked as another language."""
    text = re.sub(r"<(script|style|code)\b.*?</\1>", " ", page, flags=re.S)
    text = re.sub(r'<(th|td|p|a)\b[^>]*\blang="en"[^>]*>.*?</\1>', " ", text, flags=re.S)
    return re.sub(r"<[^>]+>", " ", text)


def test_every_page_is_built_in_its_language(site):
    apart = {path_of(page_id, locale) for page_id in ("designer", "evidence") for locale in ("sv", "en")}
    assert set(site) | apart == set(PAGE_FILES)
    for path, page in site.items():
        is_english = path.startswith("en/") or path == BRIEF["en"]
        assert f'<html lang="{"en" if is_english else "sv"}">' in page
    assert 'src="assets/plotly-cartesian.min.js"' in site["index.html"]
    assert 'src="../assets/plotly-cartesian.min.js"' in site["en/index.html"]


def test_every_figure_stands_on_a_page_and_no_page_names_one_that_is_not_made(results):
    voice = Voice("sv", read_catalog(fixtures.demo_texts()["sv"]))
    made = {figure.figure_id for figure in figure_views.all_figures(results, fixtures.demo_settings(), 2030, voice)}
    assert {name for page_id, names in FIGURES.items() if page_id != "index" for name in names} == made
    assert set(FIGURES["index"]) < made


def test_the_navigation_marks_where_one_is_and_leads_to_every_other_page(site):
    for page_id in PAGES:
        page = site[path_of(page_id, "sv")]
        nav = re.findall(r'<nav class="site".*?</nav>', page, flags=re.S)[0]
        assert re.findall(r'href="([^"]+)" aria-current="page"', nav) == [f"{page_id}.html"]
        assert len(re.findall("<a ", nav)) == len(PAGE_IDS)
    assert re.findall(r'href="([^"]+)" rel="next"', site["method.html"]) == ["run.html"]
    assert re.findall(r'href="([^"]+)" rel="next"', site["index.html"]) == ["potential.html"]


def test_every_mark_in_a_legend_is_drawn(site):
    style = fixtures.demo_templates()["report.css"]
    marks = set(re.findall(r'class="swatch swatch-([\w-]+)"', whole(site, "sv")))
    assert {"plugged", "parked", "fcr_n", "share_50"} <= marks
    assert [mark for mark in sorted(marks) if f".swatch-{mark} {{" not in style] == []


def test_every_key_has_both_texts_with_the_same_blanks():
    swedish, english = (read_catalog(fixtures.demo_texts()[locale]) for locale in ("sv", "en"))
    assert set(swedish) == set(english)
    blanks = re.compile(r"{(\w+)}")
    uneven = [key for key in swedish if set(blanks.findall(swedish[key])) != set(blanks.findall(english[key]))]
    assert uneven == []


@pytest.mark.parametrize("locale", ["sv", "en"])
def test_no_key_stands_twice_in_a_catalog(locale):
    """The later text would silently take the place of the earlier one."""
    keys = re.findall(r'^msgid "(.+)"$', fixtures.demo_texts()[locale], flags=re.M)
    assert sorted(key for key in set(keys) if keys.count(key) > 1) == []


@pytest.mark.parametrize("locale", ["sv", "en"])
def test_everything_of_a_closed_list_has_a_name(locale):
    """An id where a name should stand is what a reader sees of a forgotten entry."""
    lists = {"flow": (*TRANSFERS, *RESOURCES), "account": ACCOUNTS, "tier": TIERS, "strategy": STRATEGIES,
             "part": PARTS, "wedge": WEDGE_CASES}  # fmt: skip
    keys = {f"{kind}.{each}" for kind, ids in lists.items() for each in ids}
    assert sorted(keys - set(read_catalog(fixtures.demo_texts()[locale]))) == []


def test_sentences_are_translated():
    swedish, english = (read_catalog(fixtures.demo_texts()[locale]) for locale in ("sv", "en"))
    same = [key for key in swedish if swedish[key] == english[key] and len(swedish[key].split()) > 3]
    assert same == []


def test_no_english_is_left_on_the_swedish_page(site):
    words = visible(whole(site, "sv")).replace("Power Circle", "").lower()
    found = [word for word in ENGLISH if re.search(rf"\b{word}\b", words)]
    assert found == []


def test_no_key_is_left_on_either_page(site):
    keys = set(read_catalog(fixtures.demo_texts()["sv"]))
    for page in site.values():
        words = visible(page)
        found = sorted(key for key in keys if key in words)
        assert [key for key in found if re.search(rf"(?<![\w.]){re.escape(key)}(?![\w.])", words)] == []


def test_the_banner_says_what_is_generated(site, results):
    words = visible(site["index.html"])
    assert "Syntetiska indata: resor, priser" in words
    assert "inga svenska mätdata" in words
    settings = fixtures.demo_settings()
    source = {"descriptor": "spot", "pattern": "prices/*.csv"}
    inputs = settings.inputs.model_copy(update={"day_ahead_prices": (type("S", (), source)(),)})
    real = build_site(
        results,
        settings.model_copy(update={"inputs": inputs}),
        "real",
        fixtures.demo_texts(),
        fixtures.demo_templates(),
    )
    assert "Elpriserna är verkliga" in visible(real["index.html"])
    assert "prices/*.csv" in visible(real["index.html"])


def test_nothing_from_the_tables_becomes_markup(results):
    evil = '<img src=x onerror="alert(1)"></script><script>alert(2)</script>'
    municipalities = results.municipalities.copy()
    municipalities["name"] = evil
    profiles = results.profiles.assign(name_sv=evil, name_en=evil)
    run = {"key": evil, "code_digest": evil}
    hostile = dataclasses.replace(results, municipalities=municipalities, profiles=profiles, run=run)
    settings = fixtures.demo_settings().model_copy(update={"title_sv": evil, "title_en": evil})
    built = build_site(hostile, settings, evil, fixtures.demo_texts(), fixtures.demo_templates())
    for path, page in built.items():
        if not path.endswith(".html"):
            continue
        own = page.replace(fixtures.demo_templates()["plotly-cartesian.min.js"], "")
        assert "<img" not in own
        assert own.count("<script") == (3 if "method" in path else 5)
        assert "&lt;img" in own


def test_embedded_data_cannot_close_its_element():
    text = embed({"a": "</script><!--", "b": [1.5, None]})
    assert "<" not in text
    assert json.loads(text) == {"a": "</script><!--", "b": [1.5, None]}
    with pytest.raises(ValueError, match="Out of range"):
        embed(float("nan"))


def test_the_policy_names_the_hash_of_the_script_on_the_page(site):
    names = ("report.js", "trace.js", "plotly-cartesian.min.js")
    script, trace, library = (fixtures.demo_templates()[name] for name in names)
    policy = content_policy([script, trace])
    assert "unsafe-eval" not in policy
    for path, page in site.items():
        assert policy.split("sha256-")[1].split("'")[0] in page
        if path in BRIEF.values():
            assert library in page
            assert content_policy([library, script, trace], libraries="").replace("'", "&#39;") in page
            assert "<script defer" not in page
        else:
            assert re.findall(r"<script>(.*?)</script>", page, flags=re.S) == [script, trace]


def test_every_figure_has_title_source_and_table(site):
    for locale in ("sv", "en"):
        figures = re.findall(r"<figure.*?</figure>", whole(site, locale), flags=re.S)
        assert len(figures) == sum(len(names) for names in FIGURES.values())
        for figure in figures:
            assert re.search(r"<h3[^>]*>\s*\S", figure)
            assert 'class="source"' in figure
            assert "<table" in figure or "figure-map" in figure


def test_every_choice_has_a_drawing_of_each_panel(results):
    voice = Voice("sv", read_catalog(fixtures.demo_texts()["sv"]))
    for figure in figure_views.all_figures(results, fixtures.demo_settings(), 2030, voice):
        for panel in figure.panels:
            assert len(panel.drawing.get("others", [])) == max(len(figure.choices) - 1, 0), figure.figure_id


def test_a_layout_that_choices_share_stands_once():
    first = Panel("", [{"y": [1]}], {"a": 1})
    same, other = Panel("", [{"y": [2]}], {"a": 1}, 400), Panel("", [{"y": [3]}], {"a": 2})
    joined = chosen_panel([first, same, other])
    assert joined.height == 400
    assert joined.drawing["others"] == [{"data": [{"y": [2]}]}, {"data": [{"y": [3]}], "layout": {"a": 2}}]


def test_headings_never_skip_a_level(site):
    for page in site.values():
        levels = [int(level) for level in re.findall(r"<h([1-6])\b", page)]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))


def test_asek_stands_beside_each_block_of_results(site):
    for page_id, count in (("index", 1), ("schemes", 2)):
        assert visible(site[f"{page_id}.html"]).count("ASEK 8 har inte kunnat kontrolleras") == count


def test_a_missing_headline_is_a_fault(results):
    lacking = dataclasses.replace(
        results, headlines=results.headlines[results.headlines["headline_id"] != known.SATURATION]
    )
    with pytest.raises(DataError, match=known.SATURATION):
        build_site(lacking, fixtures.demo_settings(), "x", fixtures.demo_texts(), fixtures.demo_templates())


def test_a_missing_text_is_a_fault(results):
    texts = fixtures.demo_texts()
    texts["sv"] = texts["sv"].replace('msgid "answer.title"', 'msgid "answer.gone"')
    with pytest.raises(ConfigError, match=r"answer\.title"):
        build_site(results, fixtures.demo_settings(), "x", texts, fixtures.demo_templates())


@pytest.mark.parametrize(
    ("probability", "words"), [(0.19, "troligen lönar det sig inte"), (0.8, "det samhällsekonomiska nettonuvärdet är")]
)
def test_the_answer_follows_the_probability(results, probability, words):
    voice = Voice("sv", read_catalog(fixtures.demo_texts()["sv"]))
    table = results.headlines.copy()
    table.loc[table["headline_id"] == known.PROBABILITY, "value"] = probability
    sentences = known.answer(table, 2030, voice)
    assert len(sentences) == 3
    assert words in sentences[2]
    assert "59\u00a0700\u00a0bilar skulle räcka till hela den volym FCR-D som köps" in sentences[1]


def test_both_counts_of_cars_stand_in_the_card_of_fcr_d(results):
    voice = Voice("en", read_catalog(fixtures.demo_texts()["en"]))
    card = next(card for card in known.cards(results.headlines, voice) if card.title.startswith("Cars that bring"))
    assert card.lead.head == "530,000"
    assert [(other.head, other.span) for other in card.others] == [("59,700", "")]


def test_the_answer_when_no_scheme_adds_anything(results):
    voice = Voice("sv", read_catalog(fixtures.demo_texts()["sv"]))
    table = results.headlines.copy()
    table.loc[table["headline_id"].isin([known.EFFECTIVENESS, known.SATURATION]), ["value", "low", "high"]] = float(
        "nan"
    )
    _, second, third = known.answer(table, 2030, voice)
    assert "når inte sitt golv" in second
    assert third.startswith("Inget av de jämförda stöden")


def test_the_terminal_ends_with_five_lines(results):
    lines = list(headline_lines(results.headlines))
    assert [line[:3] for line in lines] == ["1. ", "2. ", "3. ", "4. ", "5. "]
    assert all(area in lines[0] for area in ("SE1", "SE2", "SE3 160", "SE4"))
    assert "(120 to 340)" in lines[0]
    assert "530 000 cars (360 000 to 740 000)" in lines[2]
    assert "60 000 cars (no range) would cover all FCR-D" in lines[2]
    assert "task53" in lines[3]
    assert "19%" in lines[4]


def test_a_chance_that_no_draw_bears_out_is_small_not_zero(results):
    table = results.headlines.copy()
    table.loc[table["headline_id"] == known.PROBABILITY, "value"] = 0.0
    assert "positive in less than 1% of draws" in list(headline_lines(table))[4]
    voice = Voice("sv", read_catalog(fixtures.demo_texts()["sv"]))
    assert known.cards(table, voice)[-1].others[0].head == "mindre än 1 %"


def test_strategies_without_reserves_are_drawn_beside_the_full_reserve_price(results):
    voice = Voice("sv", read_catalog(fixtures.demo_texts()["sv"]))
    figure = figure_views.value_figure(results, fixtures.demo_settings(), voice)
    assert len(figure.panels) == 3
    for panel in figure.panels:
        assert [bar["name"] for bar in panel.data] == [
            "Till hemmet (V2H)", "Till elnätet (V2G)", "Till elnätet och stödtjänster",
        ]  # fmt: skip
        assert all(value is not None for bar in panel.data for value in bar["y"])
    assert figure.panels[-1].data[2]["y"] == [1450.0] * 5


def test_grouped_tables_name_each_group_once():
    table = TableView("", [Column("a"), Column("b")], [("x", "1"), ("x", "2"), ("y", "3"), ("x", "4")], is_grouped=True)
    assert table.spans == [2, 0, 1, 1]
    assert TableView("", [Column("a")], [("x",), ("x",)]).spans == [1, 1]


def test_calibration_ratios_show_their_range(results):
    voice = Voice("sv", read_catalog(fixtures.demo_texts()["sv"]))
    view = tables.comparison_table(results.price_year_comparison, voice, "")
    assert [column.label for column in view.columns][5:] == ["Prishandel, exempelbil", "Medelpris"]
    assert view.rows[1][3:] == ("Ja", "Ja", "104\u00a0% (99\u2060–\u2060110\u00a0%)", "100\u00a0%")


def test_the_terminal_says_what_is_generated():
    inputs = fixtures.demo_settings().inputs
    assert generated_line(inputs).endswith("temperature, day-ahead prices, reserve prices.")
    read = inputs.model_copy(update={"day_ahead_prices": ("a file",), "reserve_prices": ("a file",)})
    assert generated_line(read) == "Generated, not measured: travel of private cars, household load, temperature."
