"""The evidence page: every row in both languages, what its cells say, nothing from a table as markup."""

import io
import re
from itertools import pairwise
from types import SimpleNamespace

import pandas as pd
import pytest

from analysis.report.evidence_page import PAGES, build_evidence
from analysis.report.evidence_rows import table_to_take
from analysis.report.evidence_words import ours_told, published_told, required, sign_told
from analysis.report.site import content_policy
from analysis.report.text import Voice, read_catalog
from analysis.schemas.evidence import CASE_KINDS, COMPARABILITIES, KNOB_SETTINGS, VERDICTS, Evidence
from tests.analysis.report.evidence_fixtures import MARKUP, ROWS, committed_tables, small_tables
from tests.analysis.report.report_fixtures import demo_templates, demo_texts

ENGLISH = (
    "the",
    "and",
    "with",
    "price",
    "published",
    "reproduced",
    "row",
    "verdict",
    "ours",
    "source",
    "changed",
    "set",
)


def build(tables, **more):
    return build_evidence(SimpleNamespace(**tables), demo_texts(), demo_templates(), **more)


@pytest.fixture(scope="module")
def site():
    return build(small_tables())


@pytest.fixture(scope="module")
def committed():
    tables = committed_tables()
    return tables["evidence"], build(tables)


def row_of(page: str, name: str) -> str:
    (found,) = re.findall(rf'<li class="row" id="{name}".*?</details>\s*</li>', page, flags=re.S)
    return found


def words(markup: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", markup).replace("\u00a0", " ").replace("\u2060", "").split())


def at(name: str, locale: str = "sv"):
    voice = Voice(locale, read_catalog(demo_texts()[locale]))
    row = next(row for row in small_tables()["evidence"].itertuples() if row.published_id == name)
    return row, voice


@pytest.mark.parametrize("locale", ["sv", "en"])
def test_every_published_result_is_a_row_in_its_group(committed, locale):
    told, pages = committed
    page = pages[PAGES[locale]]
    shown = re.findall(r'<li class="row" id="([^"]+)"[^>]*data-comparability="(\w+)"', page)
    assert len(shown) == len(told) > 100
    assert set(shown) == set(zip(told["published_id"], told["comparability"], strict=True))
    groups = [comparability for _, comparability in shown]
    assert groups == sorted(groups, key=COMPARABILITIES.index)


def test_a_row_says_what_its_cells_say(site):
    row = words(row_of(site[PAGES["sv"]], "A3"))
    for told in (
        "Project A3", "Quantity A3", "20–80 cykler per år", "204 (174–204) cykler per år", "förklaras", "framräknad",
        "vilka priser som betalas ( pays ) ; satt till ägarens elpris ger det 21,9 cykler per år.",
        "prisåret ( price_year ) 2023 190 cykler per år nej",
        "laddaren ( charger_option ) växelström 22 kW 209 cykler per år nej",
    ):  # fmt: skip
        assert told in row
    miss = words(row_of(site[PAGES["en"]], "A4"))
    assert "( cap.ac_bi ) ; changed from 20,000 SEK to 30,000 SEK it gives 1.13 times." in miss
    assert "None" not in miss
    assert "example.org ; not checked against the source" in miss
    first = words(row_of(site[PAGES["en"]], "A1"))
    assert "RISE report 2026:45, section 2.1, page 8 ; checked against the source" in first
    assert "Our conditions for A1." in first
    assert "Published conditions" in first
    assert "ado.stated_accept" in row_of(site[PAGES["en"]], "D1")


def test_marks_stand_beside_words(site):
    assert "transferred" in words(row_of(site[PAGES["en"]], "A5"))
    assert "used for calibration" in words(row_of(site[PAGES["en"]], "A6"))
    for page in site.values():
        for name, given in ROWS.items():
            assert f'<p class="verdict verdict-{given.get("verdict", "not_a_test")}"><svg class="mark' in row_of(
                page, name
            )


@pytest.mark.parametrize(
    ("name", "published", "original", "ours", "asked"),
    [
        ("A4", "2 gånger", "", "1,05 (1–1,1) gånger", "1,6–2,4 gånger"),
        ("C2", "minst 8 MW", "", "11 MW", "6,4–9,6 MW"),
        ("P1", "över 10 h", "", "inget tal", "–"),
        ("D1", "minst 50 %", "majority", "inget tal", "–"),
        ("E1", "2018–2021", "", "inget tal", "–"),
        ("B2", "", "", "marginal −0,1 (−1 till 1)", "en marginal över noll"),
    ],
)
def test_numbers_in_words(name, published, original, ours, asked):
    row, voice = at(name)
    told = published_told(row, voice)
    found = [told.figures, told.original, ours_told(row, voice), required(row, voice)]
    assert [words(text) for text in found] == [published, original, ours, asked]


@pytest.mark.parametrize(
    ("low", "high", "text", "told"),
    [
        (-45.0, None, "up to -45", "up to −45%"), (79.1, 87.8, "87.0", "87 (79.1–87.8)%"),
        (None, 3.0, None, "at most 3%"), (8.0, None, "8", "at least 8%"), (None, None, "10", "10%"),
        (-30.0, -20.0, None, "−30 to −20%"), (None, 0.0, "0", "0%"), (5.0, 5.0, None, "5%"), (None, None, None, ""),
    ],
)  # fmt: skip
def test_open_ends_and_words_of_a_published_figure(low, high, text, told):
    ends = {"published_low": low, "published_high": high}
    row = SimpleNamespace(
        unit="%", published_text=text, **{k: float("nan") if v is None else v for k, v in ends.items()}
    )
    _, voice = at("A1", "en")
    assert words(published_told(row, voice).figures) == told


def test_a_sign_holds_in_part_or_not(site):
    found = [sign_told(*at(name)) for name in ("B1", "B2", "B3", "A1")]
    assert found == ["ordningen håller", "håller i en del av vårt spann", "ordningen håller inte", ""]


def test_a_drawing_is_told_in_words_and_stands_where_there_is_one(site):
    page = site[PAGES["en"]]
    label = 'role="img" aria-label="Counts as reproduced: 20–80\u00a0cycles a year. Ours: 50 (40–60)'
    assert label in row_of(page, "A1").replace("\u2060", "")
    assert [name for name in ROWS if 'class="strip"' not in row_of(page, name)] == ["P1", "D1", "E1"]
    assert "beyond-open" in row_of(page, "C2")


@pytest.mark.parametrize(
    ("table", "column", "value", "name", "told"),
    [
        ("evidence", "quantity", "Another quantity", "A1", "Another quantity"),
        ("evidence", "ours_central", 51.5, "A1", "51.5 (40–60)"),
        ("evidence", "published_low", 21.25, "A1", "21.25–80"),
        ("evidence_cases", "conditions_en", "Other conditions.", "A1", "Other conditions."),
        ("published_results", "how_to_reproduce", "Otherwise", "A1", "Otherwise"),
        ("published_results", "page_from", "77", "A1", "page 77"),
        ("evidence_moves", "value", 191.0, "A3", "191 cycles a year"),
    ],
)
def test_a_changed_cell_changes_the_page(site, table, column, value, name, told):
    tables = small_tables()
    changed = tables[table].copy()
    changed.loc[changed.index[0], column] = value
    page = build(tables | {table: changed})[PAGES["en"]]
    assert told in words(row_of(page, name))
    assert told not in words(row_of(site[PAGES["en"]], name))


def test_markup_in_a_table_is_text():
    tables = small_tables()
    hostile = {name: table.copy() for name, table in tables.items()}
    hostile["evidence"][["quantity", "unit", "published_text"]] = MARKUP
    hostile["evidence_cases"][["conditions_sv", "conditions_en", "enters_at"]] = MARKUP
    hostile["published_results"][["conditions", "how_to_reproduce", "note", "verified_where"]] = MARKUP
    hostile["evidence_moves"]["knob_value"] = MARKUP
    for page in (*build(tables).values(), *build(hostile).values()):
        assert "&lt;img src=x" in page
        assert "<img" not in page
        assert "<b>" not in page
        assert page.count("<script") == page.count("</script>") == 3


def test_the_policy_allows_the_page_its_own_script_alone(site):
    scripts = [demo_templates()[name] for name in ("evidence.js", "trace.js")]
    policy = content_policy(scripts, libraries="")
    assert "script-src 'sha256-" in policy
    assert "file:" not in policy
    for page in site.values():
        assert re.findall(r"<script>(.*?)</script>", page, flags=re.S) == scripts
        assert policy.split("sha256-")[1].split("'")[0] in page
        assert "src=" not in re.sub(r"&lt;.*?&gt;", "", page)


def test_pages_point_at_each_other_and_at_the_report(site):
    swedish, english = site[PAGES["sv"]], site[PAGES["en"]]
    assert 'href="en/evidence.html"' in swedish
    assert 'href="../evidence.html"' in english
    assert 'href="assets/evidence.csv" download' in swedish
    assert 'href="../assets/evidence.csv" download' in english
    assert all(page.count('href="index.html"') == 1 for page in site.values())


def test_misses_that_speak_for_the_model_stand_open_and_others_behind_a_fold(site):
    page = site[PAGES["sv"]]
    answer = page[page.index('id="answer"') : page.index('id="standing"')]
    before, behind = answer.split("<details>")
    assert re.findall(r'href="#(\w+)"', before) == ["A3", "A4", "B3"]
    assert re.findall(r'href="#(\w+)"', behind) == ["A6"]


def test_no_english_is_left_on_the_swedish_page(committed):
    page = re.sub(r"<(script|style|code)\b.*?</\1>", " ", committed[1][PAGES["sv"]], flags=re.S)
    page = re.sub(r'<(span|h4|dd|td|q|a)\b[^>]*\blang="en"[^>]*>.*?</\1>', " ", page, flags=re.S)
    labels = " ".join(re.findall(r'aria-label="([^"]+)"', page))
    text = f"{words(page)} {labels}".lower()
    assert [word for word in ENGLISH if re.search(rf"\b{word}\b", text)] == []


def test_every_unit_and_every_thing_of_a_closed_list_has_words(committed):
    catalog = read_catalog(demo_texts()["sv"])
    lists = {"verdict": VERDICTS, "comparability": COMPARABILITIES, "kind_of": CASE_KINDS}
    assert [f"{kind}.{each}" for kind, ids in lists.items() for each in ids if f"{kind}.{each}" not in catalog] == []
    assert set(KNOB_SETTINGS) == {"low", "high", "between"}, "a setting of another name would need words"
    as_they_are = {"%", "kW", "GWh", "kWh", "A", "s", "sign", "ordinal", "h", "MW", "km"}
    units = set(committed[0]["unit"]) - as_they_are
    assert sorted(unit for unit in units if f"unit.{unit}" not in catalog) == []


def test_headings_never_skip_a_level(site):
    for page in site.values():
        levels = [int(level) for level in re.findall(r"<h([1-6])\b", page)]
        assert levels.count(1) == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))


def test_the_table_to_take_away_holds_every_row_and_its_words():
    tables = small_tables()
    taken = pd.read_csv(io.StringIO(table_to_take(tables)), keep_default_na=False)
    assert taken["published_id"].tolist() == list(ROWS)
    assert set(Evidence.to_schema().columns) <= set(taken.columns)
    assert taken.loc[0, ["conditions_sv", "published_conditions", "page_from"]].tolist() == [
        "Våra villkor för A1.", "Published conditions", "8",
    ]  # fmt: skip
    assert taken.loc[4, "project"] == MARKUP


def test_other_models_stand_beside_ours_where_they_were_run(site):
    """Of three comparisons two hold; each model is named once."""
    tables = small_tables()
    page = site[PAGES["en"]]
    section = page[page.index('id="peers"') : page.index('id="rows"')]
    assert "in 2 other open models. Of 3 comparisons 2 lie within" in section
    rows = [words(row) for row in re.findall(r"<tr>.*?</tr>", section, flags=re.S)[1:]]
    assert rows == [
        "EV2Gym 2.0 calendar ageing week 1 share 0.01 0.012 20.0% no",
        "linopy 0.1 least cost week 1 SEK 200 200 0.0% yes",
        "least cost week 2 SEK 100 100 0.5% yes",
    ]
    none = build(tables | {"peer_check": tables["peer_check"].head(0)})
    assert all('id="peers"' not in page for page in none.values())


def test_parts_taken_out_are_told_with_the_cases_that_break(site):
    page = " ".join(site[PAGES["en"]].split())
    assert "Without the cost of battery wear, these break: PR018, PR019." in page
    assert "Without the endurance that reserves ask for, these break: T2 (what an 11 kW car may sell)." in page
