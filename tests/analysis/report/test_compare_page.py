"""The page of a comparison: both languages whole and escaped, how it opens, whose the difference is, the table."""

import io
import re
from itertools import pairwise

import pandas as pd
import pytest

from analysis.report import compare_views as views
from analysis.report.compare_chart import chart, tick_values
from analysis.report.compare_page import POLICY, build_comparison
from analysis.report.compare_tables import COLUMNS, compare_runs
from analysis.report.headlines import SATURATION
from analysis.report.text import Voice, read_catalog
from tests.analysis.report import compare_fixtures as fixtures
from tests.analysis.report.report_fixtures import demo_templates, demo_texts

OVERRIDE = {"assumptions__overrides": {"ret.tax_refund_rho": 1.0}}
PAGES = ("index.html", "en/index.html")
EVIL = '<img src=x onerror="alert(1)"></title><script>alert(2)</script>'


def build(*runs, labels=None):
    parameters = pd.DataFrame({"id": ["ret.tax_refund_rho"], "value": [0.0]})
    digests = {"parameters": fixtures.TABLE_DIGEST, "code": fixtures.CODE}
    return build_comparison(runs, parameters, digests, labels or {}, demo_texts(), demo_templates())


def after(changes=None, **more):
    return fixtures.run("after", told=fixtures.record(changes), **more)


def words(page):
    text = re.sub(r"<(style|code)\b.*?</\1>", " ", page, flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


@pytest.fixture(scope="module")
def site():
    """One override, fewer megawatts, other schemes."""
    schemes = {"task53": -90.0, "oneway_smart": 5.0}
    return build(fixtures.run(), after(OVERRIDE, schemes=schemes, firm=24.0))


@pytest.fixture(scope="module", params=["sv", "en"])
def voice(request):
    return Voice(request.param, read_catalog(demo_texts()[request.param]))


def test_both_languages_and_a_table(site):
    assert set(site) == {*PAGES, "comparison.csv"}
    assert '<html lang="sv">' in site[PAGES[0]]
    assert '<html lang="en">' in site[PAGES[1]]
    assert 'href="comparison.csv"' in site[PAGES[0]]
    assert 'href="../comparison.csv"' in site[PAGES[1]]


def test_it_opens_with_what_differs_most_in_numbers_with_ranges(site):
    first = re.search(r'<p class="answer">(.*?)</p>', site[PAGES[1]], flags=re.S).group(1).replace("\u00a0", " ")
    assert first.replace("\u2060", "") == (
        "What differs most is firm power in Sweden: 30 MW (28–32) in A against 24 MW (22–26) in B."
    )


def test_overlapping_ranges_say_nothing_for_certain():
    page = words(build(fixtures.run(firm=30.0), after({"seed": 7}, firm=29.0))[PAGES[1]])
    assert "but the ranges overlap, so the difference says nothing for certain." in page
    assert "The ranges overlap: the difference says nothing for certain" in page
    assert "share no simulations" in page


def test_shared_draws_speak_for_schemes(site):
    """-100, -99, -98 against -90, -89, -88: ten more in each."""
    assert "Higher in B in 100% of shared simulations; the difference there 10" in words(site[PAGES[1]])


def test_schemes_of_one_run_alone_are_named(site):
    page = words(site[PAGES[1]])
    assert "Only in A: extra_cost." in page
    assert "Only in B: oneway_smart." in page


def test_one_thing_that_differs_has_the_whole_difference(site):
    told = "Only one thing was different going in (assumptions): ret.tax_refund_rho is 0.0 in A and 1.0 in B."
    assert told in words(site[PAGES[1]])
    assert "VIA=" not in site[PAGES[1]]


def test_one_kind_of_several_things():
    changes = {"policy__day": "2027-01-01", "policy__last_paid_year": 2031}
    page = words(build(fixtures.run(), after(changes))[PAGES[1]])
    assert "Only one kind was different going in: policy. The whole difference comes from it." in page


def test_several_kinds_ask_for_runs_between():
    page = build(fixtures.run(), after({"policy__day": "2027-01-01", "seed": 7, **OVERRIDE}))[PAGES[1]]
    assert "Several kinds were different going in: data, assumptions and policy." in words(page)
    assert "needs runs in between" in words(page)
    assert "workflow/config/scenarios/before_with_after_data.yaml" in page
    assert "VIA=before_with_after_data,before_with_after_data_assumptions" in page


def test_code_that_differs_too_is_named():
    other = fixtures.run("after", told=fixtures.record({"seed": 7}, code="beef" * 4))
    page = build(fixtures.run(), other)[PAGES[1]]
    assert "Several kinds were different going in: data and code." in words(page)
    assert f"by the code that made before (digest {fixtures.CODE})" in words(page)


def test_a_chain_is_shown_step_by_step():
    middle = fixtures.run("middle", told=fixtures.record({"seed": 7}), firm=27.0)
    last = after({"seed": 7, "policy__day": "2027-01-01", **OVERRIDE}, firm=24.0)
    page = words(build(fixtures.run(firm=30.0), middle, last)[PAGES[1]])
    assert "To middle (data)" in page
    assert "To after (assumptions, policy)" in page
    assert "The step to after changes several kinds at once" in page
    assert "Firm power in Sweden MW 30.0 −3.0 −3.0 24.0 −6.0" in page
    assert "further down how the difference splits" in page


def test_the_same_run_twice_has_nothing_to_say():
    page = words(build(fixtures.run(), after())[PAGES[1]])
    assert "None of the five numbers differs between A and B." in page
    assert "Nothing was different going in, and all numbers are the same." in page


def test_a_difference_from_nothing_is_called_a_fault():
    lost = after()
    lost.headlines.loc[lost.headlines["headline_id"] == SATURATION, ["value", "low", "high"]] = float("nan")
    for other in (after(firm=31.0), lost):
        assert "That should not happen" in words(build(fixtures.run(), other)[PAGES[1]])


def test_markup_in_a_title_is_text():
    told = fixtures.record({"title_sv": EVIL, "title_en": EVIL})
    labels = {"task53": {"sv": EVIL, "en": EVIL}}
    for path, page in build(fixtures.run(told=told), after(OVERRIDE), labels=labels).items():
        if path in PAGES:
            assert "<img" not in page
            assert "<script" not in page
            assert page.count("&lt;img") >= 3


def test_the_page_may_run_and_fetch_nothing(site):
    for path in PAGES:
        assert f'content="{POLICY.replace(chr(39), "&#39;")}"' in site[path]
        assert "<script" not in site[path]
        assert not re.search(r'(src|href)="(https?:|//)', site[path])
    assert "script-src" not in POLICY
    assert POLICY.startswith("default-src 'none'")


def test_headings_never_skip_a_level(site):
    for path in PAGES:
        levels = [int(level) for level in re.findall(r"<h([1-6])\b", site[path])]
        assert levels.count(1) == 1
        assert all(later - earlier <= 1 for earlier, later in pairwise(levels))


def test_no_key_is_left_and_no_english_on_the_swedish_page(site):
    keys = [key for key in read_catalog(demo_texts()["sv"]) if key.startswith("compare.")]
    for path in PAGES:
        assert [key for key in keys if key in site[path]] == []
    swedish = words(site[PAGES[0]]).lower()
    found = [
        word
        for word in ("the", "and", "range", "value", "power", "scheme", "difference")
        if re.search(rf"\b{word}\b", swedish)
    ]
    assert found == []


def test_every_mark_in_a_legend_is_drawn(site):
    style = demo_templates()["compare.css"]
    marks = set(re.findall(r'class="swatch swatch-([\w-]+)"', site[PAGES[0]]))
    assert marks == {"run_a", "run_b"}
    assert all(f".swatch-{mark} {{" in style for mark in marks)


def test_the_table_to_take_away_reads_back(site):
    table = pd.read_csv(io.StringIO(site["comparison.csv"]))
    assert list(table.columns) == COLUMNS
    assert set(table["part"]) == {"headline", "scheme", "value"}
    assert (table["b_value"] - table["a_value"] - table["difference"]).abs().max() < 1e-9


def test_a_chance_that_no_draw_bears_out_is_small_not_zero(voice):
    table = views.headline_table(compare_runs(fixtures.run(), after()), voice)
    assert table.rows[-1][1] == voice.say("number.hardly")


def test_shares_differ_in_percentage_points(voice):
    assert views.signed(
        0.054, "share", (0.044, 0.064), voice
    ) == f"+5{voice.say('number.separators')[0]}4\u00a0" + voice.say("compare.points")
    assert views.signed(-3.0, "MW", (-4.0, -2.0), voice) == f"−3{voice.say('number.separators')[0]}0"
    assert views.signed(0.0, "MW", (-4.0, 4.0), voice)[0] == "0"
    assert views.signed(float("nan"), "MW", (0.0, 0.0), voice) == "–"


def test_ticks_by_hand():
    assert tick_values(0, 100) == [0, 25, 50, 75, 100]
    assert tick_values(-600, 100) == [-600, -400, -200, 0]
    assert tick_values(0, 0) == [0]


def test_a_strip_by_hand(voice):
    """An axis from 0 to 100 with 3 % of room on either side: 0 lies at 3/106 of the width, 50 in the middle."""
    drawn = chart("", "MW", [("x", [("a", 50.0, 0.0, 100.0)], "")], voice)
    (mark,) = drawn.strips[0].marks
    assert (mark.low, mark.middle, mark.high) == (2.83, 50.0, 97.17)
    assert drawn.zero == 2.83
    assert [words for _, words in drawn.ticks] == ["0", "25", "50", "75", "100"]
    assert chart("", "MW", [("x", [], "")], voice) is None
