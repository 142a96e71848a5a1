"""The designer in a browser: its script against the pipeline, mouse and keyboard, the link, and silence."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from analysis.report.designer_page import MEASURES, build_designer
from analysis.report.numbers import number_text, rounding_exponent
from analysis.uncertainty.designer_setting import BUDGET, BY_AREA, evaluate_setting, random_settings
from analysis.uncertainty.family import SPANS
from analysis.uncertainty.intervals import interval
from tests.analysis.report.designer_fixtures import (
    ROOT,
    demo_check,
    demo_designer,
    law,
    run_settings,
    small_studies,
)
from tests.analysis.report.report_fixtures import demo_templates, demo_texts
from tests.browser.designer_script import by_script, distances, load, script_page
from tests.browser.waiting import wait_until

pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

PROPOSED = {"base_sek": 6000.0, "dc_ac_ratio": 2.0, "open_closed_ratio": 2.0, "power_exponent_pu": 0.5,
            "share_cap_pu": 0.5, BUDGET: np.inf}  # fmt: skip
READY = "#outcome[aria-busy=false]"
COMMITTED = ROOT / "data/evidence/designer_check.csv"


@pytest.fixture(scope="module")
def studies():
    return small_studies()


@pytest.fixture(scope="module")
def family(studies):
    return law(studies.drawn.frame)


@pytest.fixture(scope="module")
def bare(browser):
    page = script_page(browser)
    yield page
    page.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    found = tmp_path_factory.mktemp("designer")
    summary = pd.DataFrame(
        [("task53", "outlay_msek", 9.0), ("task53", "net_firm_additional_mw", 0.5)],
        columns=["scheme", "measure", "value"],
    ).assign(year=2030)
    results = SimpleNamespace(scheme_summary=summary, designer_check=demo_check(), scheme_labels={})
    texts, templates = demo_texts(), demo_templates()
    for path, text in build_designer(results, demo_designer(), run_settings(), "default", texts, templates).items():
        (found / path).parent.mkdir(parents=True, exist_ok=True)
        (found / path).write_text(text, encoding="utf-8")
    return found


@pytest.fixture
def visit(browser, folder):
    opened = []

    def go(fragment="", path="en/designer.html", width=1280, **more):
        page = browser.new_page(viewport={"width": width, "height": 900}, **more)
        page.requests, page.complaints = [], []
        page.on("request", lambda request: page.requests.append(request.url))
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.goto((folder / path).as_uri() + fragment)
        page.wait_for_selector(READY)
        opened.append(page)
        return page

    yield go
    for page in opened:
        assert page.complaints == []
        assert len(page.requests) == 1
        page.close()


def shown(page):
    """What the table says, measure and text."""
    rows = page.locator(".outcome-table tbody tr").evaluate_all(
        "rows => rows.map(row => [row.dataset.measure, row.querySelector('.value').textContent, "
        "row.querySelector('.span').textContent])"
    )
    return {name: (value, span) for name, value, span in rows}


def expected(studies, family, setting, area=None):
    """What the pipeline says of the same, written as the page writes it."""
    units = {"mw": "\u00a0MW", "msek": "\u00a0MSEK", "sek": "\u00a0SEK", "share": "\u00a0%", "count": ""}
    found = {}
    for name, values in evaluate_setting(studies.drawn, family, setting).items():
        if name not in MEASURES:
            continue
        if name in BY_AREA:
            values = values.sum(axis=1) if area is None else values[:, area]
        told = interval(values)
        if np.isnan(told.value):
            found[name] = ("none", "")
            continue
        exponent, scale = rounding_exponent(told.value, told.low, told.high), 100 if MEASURES[name] == "share" else 1
        value, low, high = (
            number_text(each * scale, exponent + (2 if scale > 1 else 0), "en")
            for each in (told.value, told.low, told.high)
        )
        span = "" if told.low == told.high else f"{low} to {high}"
        found[name] = (value + units[MEASURES[name]], span)
    return found


def test_the_script_is_the_pipeline_on_settings_at_random_and_in_corners(bare, studies, family):
    lowest, highest = ({name: getattr(span, end) for name, span in SPANS.items()} for end in ("low", "high"))
    corner = PROPOSED | {"base_sek": 15_000.0, BUDGET: 1.0}
    settings = [
        *random_settings(18, 5), PROPOSED, PROPOSED | {"base_sek": 0.0}, PROPOSED | {BUDGET: 0.0}, corner,
        corner | {"share_cap_pu": 0.3, BUDGET: np.inf}, lowest | {BUDGET: 5.0},
        highest | {BUDGET: np.inf},
    ]  # fmt: skip
    assert len(settings) == 25
    committed = pd.read_csv(COMMITTED).set_index("measure")
    for name, distance in distances(bare, studies, family, settings).items():
        assert distance.high > distance.low, name
        assert distance.over(distance.worst) <= 0.01
        assert distance.over(distance.worst) <= 100 * max(committed["worst_error_pu"][name], 1e-6), name
        assert distance.over(distance.shown) <= 0.01


def test_the_central_case_is_the_pipelines_too(bare, studies, family):
    fixed = load(bare, studies, family, studies.drawn.frame.span)
    drawn, central = len(studies.drawn.world.year_index), len(studies.central.world.year_index)
    theirs = by_script(bare, fixed, PROPOSED, (drawn, drawn + central))["draws"]
    ours = evaluate_setting(studies.central, family, PROPOSED)
    for name in ("social_npv_msek", "firm_mw", "outlay_msek"):
        np.testing.assert_allclose([row[name] for row in theirs], ours[name], rtol=1e-4, atol=1e-6)


def test_a_script_with_another_model_is_noticed(bare, studies, family):
    fixed = load(bare, studies, family, studies.drawn.frame.span)
    draws = len(studies.drawn.world.year_index)
    ours = evaluate_setting(studies.drawn, family, PROPOSED)["outlay_msek"]
    theirs = by_script(bare, fixed, PROPOSED | {"open_closed_ratio": 1.9}, (0, draws))["draws"]
    assert np.abs(np.array([row["outlay_msek"] for row in theirs]) - ours).max() > 0.01 * np.ptp(ours)


def test_interval_and_support_by_hand(bare):
    def told(values):
        return bare.evaluate("values => window.designerAccounts.interval(values)", values)

    assert told(list(range(101))) == pytest.approx({"value": 50, "low": 5, "high": 95})
    assert told([4, None, 1]) == pytest.approx({"value": 2.5, "low": 1.15, "high": 3.85})
    assert told([None]) is None
    # 6 000 SEK doubled for DC and again for open: 24 000, but half of 56 000/1.25 is 22 400; the AC one gets 6 000
    given = bare.evaluate(
        """setting => Array.from(window.designerChoice.supportOf(
          { sizes: { alternatives: 2 }, of: { power_kw: [11, 11], is_dc: [0, 1], is_open: [0, 1], vat_pu: [0.25] } },
          { price_sek: [28000, 56000] }, 0, setting))""",
        {**PROPOSED, BUDGET: 0, "power_cap_kw": 100, "power_reference_kw": 11},
    )
    assert given == pytest.approx([6000.0, 22_400.0])


def test_the_page_starts_from_the_proposal_and_says_what_the_pipeline_says(visit, studies, family):
    page = visit()
    assert shown(page) == expected(studies, family, PROPOSED)
    assert page.input_value("#number-base_sek") == "6000"
    assert page.is_checked("#free")
    bars = [float(text.split("\u00a0")[0]) for text in page.locator(".fifths .number").all_inner_texts()]
    paid = evaluate_setting(studies.drawn, family, PROPOSED)["quintile_msek"].sum(axis=0)
    assert bars == [round(100 * each) for each in paid / paid.sum()]
    assert page.locator(".given tbody tr").count() == len(studies.drawn.alternatives)


def test_mouse_and_keyboard_move_a_number_and_the_result_follows(visit, studies, family):
    page = visit()
    box = page.locator("#range-base_sek").bounding_box()
    page.mouse.move(box["x"] + 0.4 * box["width"], box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + box["height"] / 2, steps=5)
    page.mouse.up()
    amount = float(page.input_value("#number-base_sek"))
    assert 11_000 < amount < 13_000
    page.focus("#range-dc_ac_ratio")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.focus("#number-share_cap_pu")
    page.keyboard.press("Control+A")
    page.keyboard.type("0.6")
    page.focus("#free")
    page.keyboard.press("Space")
    page.fill("#number-budget_msek", "2")
    page.wait_for_selector(READY)
    setting = PROPOSED | {"base_sek": amount, "dc_ac_ratio": 2.15, "share_cap_pu": 0.6, BUDGET: 2.0}
    assert shown(page) == expected(studies, family, setting)
    assert page.get_attribute("#range-dc_ac_ratio", "aria-valuetext") == "2.15 times"
    assert "dcac=2.15" in page.url
    assert "budget=2" in page.url


def test_an_area_and_a_case_are_another_look_at_the_same_draws(visit, studies, family):
    page = visit()
    page.select_option("#area", "SE3")
    page.wait_for_selector(READY)
    assert shown(page) == expected(studies, family, PROPOSED, area=2)
    assert page.locator("#no-points").is_visible()
    page.select_option("#case", "central_middle")
    page.wait_for_selector(READY)
    wait_until(page, "document.getElementById('range-head').textContent.includes('price years')")
    ours = evaluate_setting(studies.central, family, PROPOSED)["social_npv_msek"][4:6]
    value = float(shown(page)["social_npv_msek"][0].split("\u00a0")[0].replace("\u2212", "-").replace(",", ""))
    assert value == pytest.approx(ours.mean(), rel=0.05)


def test_the_link_gives_a_colleague_the_same(visit):
    page = visit("#amount=9100&dcac=0.5&open=3&exponent=0.2&cap=0.4&budget=3&area=SE4&case=price_2025")
    assert page.input_value("#number-open_closed_ratio") == "3"
    assert page.input_value("#area") == "SE4"
    other = visit(page.url[page.url.index("#") :])
    assert shown(other) == shown(page)
    swedish = visit(page.url[page.url.index("#") :], path="designer.html")
    assert swedish.input_value("#number-base_sek") == "9100"


@pytest.mark.parametrize("fragment", ["#amount=abc&budget=-5&area=XX&case=none", "#amount=1e99", "#", "#%E0%A4%A"])
def test_a_broken_link_is_the_proposal_within_its_ends(visit, fragment):
    page = visit(fragment)
    assert page.input_value("#area") == "SE"
    assert page.input_value("#case") == "drawn"
    assert float(page.input_value("#number-base_sek")) in (6000, 15_000)
    assert not page.locator("#trouble").is_visible()


def test_reset_goes_back_to_the_proposal_and_copying_tells(visit):
    page = visit("#amount=100&budget=7")
    first = shown(page)
    page.click("#reset")
    page.wait_for_selector(READY)
    assert "amount=6000" in page.url
    assert "budget=none" in page.url
    wait_until(page, "old => document.querySelector('.outcome-table .value').textContent !== old",
                           first["adopter_count"][0])  # fmt: skip
    page.click("#copy")
    wait_until(page, "document.getElementById('copied').textContent.length > 0")


def test_nothing_paid_is_said_and_not_divided_by(visit, studies, family):
    page = visit("#amount=0&budget=none")
    told = shown(page)
    assert told["top_quintile_pu"] == told["free_rider_pu"] == told["firm_cost_sek"] == ("none", "")
    assert told == expected(studies, family, PROPOSED | {"base_sek": 0.0})
    wait_until(page, "document.getElementById('told').textContent.includes('No support is paid')")
