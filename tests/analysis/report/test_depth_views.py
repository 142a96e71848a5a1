"""Market depth on the page: lines where they belong, verdicts in words that follow the table, no number made here."""

import pytest

from analysis.report import depth_views
from analysis.report.headlines import FILL
from analysis.report.text import Voice, read_catalog
from tests.analysis.report import report_fixtures as fixtures


@pytest.fixture(scope="module")
def results():
    return fixtures.demo_results()


@pytest.fixture(scope="module", params=["sv", "en"])
def voice(request, root):
    text = (root / f"reports/text/{request.param}/LC_MESSAGES/report.po").read_text(encoding="utf-8")
    return Voice(request.param, read_catalog(text))


def test_the_figure_has_todays_value_the_filling_number_and_the_requirement(results, voice):
    figure = depth_views.depth_figure(results, voice)
    value, price, sales = figure.panels
    today = results.market_balance.sort_values("enrolled_count").iloc[0]
    guides = [trace for trace in value.data if trace.get("line", {}).get("dash") == "dot"]
    assert guides[0]["y"] == [pytest.approx(today["value_sek_per_car_year"], rel=1e-4)] * 2
    fill = results.headlines.set_index(["headline_id", "price_area"]).loc[(FILL, "SE"), "value"]
    assert guides[1]["x"] == [pytest.approx(fill, rel=1e-4)] * 2
    assert sum(trace.get("line", {}).get("dash") == "dot" for trace in price.data) == 2
    hourly = [trace for trace in price.data if voice.say("depth.by_hour") in trace.get("name", "")]
    assert len(hourly) == 3 and {value for trace in hourly for value in trace["y"]} == {0.8}
    needs = [trace["y"] for trace in sales.data if trace.get("hoverinfo") == "skip"]
    assert needs == [[226.0, 226.0], [547.0, 547.0], [528.0, 528.0]]
    drawn = [trace for trace in sales.data if trace.get("hoverinfo") != "skip"]
    assert all(max(trace["y"]) <= need[0] for trace, need in zip(drawn, needs, strict=True))


def test_a_missing_filling_number_draws_no_line(results, voice):
    figure = depth_views._depth_panels(results.market_balance, results.market_sales, None, voice)
    assert sum(trace.get("line", {}).get("dash") == "dot" for trace in figure[0].data) == 1


def test_the_verdict_follows_the_table(results, voice):
    fits = results.erosion_fit
    note = depth_views.erosion_note(fits, results.parameters, voice)
    assert note == voice.say("erosion.note_lost", markets="7", beats="2", fcr_d="2", prior=voice.exact(1.5),
                             low=voice.exact(0.8), high=voice.exact(3.0))  # fmt: skip
    won = fits.assign(verdict=fits["verdict"].mask(fits["product"] == "fcr_d_up", "fit"))
    assert depth_views.erosion_note(won, results.parameters, voice) != note
    table = depth_views.erosion_table(fits, voice)
    by_market = {row[0]: row for row in table.rows}
    assert len(table.rows) == 2 * 7 + (fits["status"] != "fitted").sum() // 2
    unknown = f"{voice.say('product.mfrr_down')}, {voice.say('area.SE3')}"
    assert by_market[unknown][-1] == voice.say("erosion.supply_unknown") and by_market[unknown][2] == "–"


def test_capture_prices_are_those_of_the_table_and_absent_ones_a_dash(results, voice):
    table = depth_views.capture_table(results.capture_prices, results.profiles, voice)
    assert table.rows[0][:2] == [voice.say("capture.all"), "2024"]
    assert table.rows[0][2:5] == ["300", "285", "360"]
    short = results.capture_prices[
        ~((results.capture_prices["product"] == "fcr_n") & (results.capture_prices["price_year"] == 2024))
    ]
    assert depth_views.capture_table(short, results.profiles, voice).rows[0][2:5] == ["–"] * 3


def test_profiles_and_portfolios_are_listed(results, voice):
    table = depth_views.profile_value_table(results.profile_depth, results.profiles, voice)
    assert len(table.columns) == 1 + 4 and len(table.rows) == len(results.profile_depth["profile_id"].unique())
    assert len(depth_views.portfolio_table(results.portfolio_values, voice).rows) == len(results.portfolio_values)
