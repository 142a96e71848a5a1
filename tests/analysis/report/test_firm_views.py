"""Firm power is drawn as its tables hold it: the curve, the week, the ladder, and the measured correlation."""

import dataclasses

import pytest

from analysis.report.firm_views import SHOWN_CASES, correlation_table, curve_figure, heat_figure, waterfall_figure
from analysis.report.text import Voice, read_catalog
from analysis.schemas.base import OCCASIONS, SERVICES, TIERS
from analysis.schemas.correlation import PAIRS
from analysis.schemas.firm import CORRELATION_BASES
from tests.analysis.report import report_fixtures as fixtures


@pytest.fixture(scope="module")
def results():
    return fixtures.demo_results()


@pytest.fixture(params=["sv", "en"])
def voice(request):
    return Voice(request.param, read_catalog(fixtures.demo_texts()[request.param]))


def test_the_curve_tells_the_kw_of_its_table_and_draws_real_fleets(results, voice):
    figure = curve_figure(results.firm_curve, results.availability_fleets, results.potential_summary, 2030, voice)
    curve = results.firm_curve.set_index(["price_area", "occasion", "basis", "fleet_count"])["firm_1h_kw_per_car"]
    for basis in CORRELATION_BASES:
        told = voice.decimals(curve["SE3", "dearest_50", basis, 10_000], 2)
        assert told in figure.title
    power, fleets = figure.panels
    assert power.layout["xaxis"]["type"] == "log"
    assert [line["y"][-1] for line in power.data] == pytest.approx(
        [curve["SE3", "dearest_50", basis, 1_000_000] for basis in CORRELATION_BASES], rel=1e-4
    )
    assert fleets.data[-1]["x"] == ["10", "50", "100", "134"]
    assert len(figure.table.rows) == 15 and len(figure.table.columns) == 7
    more = results.firm_curve.assign(firm_1h_kw_per_car=results.firm_curve["firm_1h_kw_per_car"] * 0.5)
    other = curve_figure(more, results.availability_fleets, results.potential_summary, 2030, voice)
    assert other.title != figure.title


def test_the_map_of_the_week_has_a_cell_an_hour_of_each_area(results, voice):
    figure = heat_figure(results.potential, 2030, voice)
    rows = results.potential.query("tier == 'firm' and service == 'discharge_1h'")
    areas = sorted(set(rows["price_area"]))
    assert len(figure.panels) == len(areas)
    for area, panel in zip(areas, figure.panels, strict=True):
        cells = panel.data[0]["z"]
        assert [len(day) for day in cells] == [24] * 7
        wednesday = rows[(rows["price_area"] == area) & (rows["hour_of_week"] == 2 * 24 + 17)]["power_mw"].item()
        assert cells[2][17] == pytest.approx(wednesday, rel=1e-4)
    assert len(figure.table.rows) == 2 * len(areas)


def test_the_ladder_goes_down_to_what_as_many_cars_sell(results, voice):
    figure = waterfall_figure(results.potential_summary, results.market_balance, 2030, voice)
    summary = results.potential_summary.query("price_area == 'SE' and service == 'discharge_1h'")
    enrolled = summary.query("tier == 'willing'")["car_count"].iloc[0]
    balance = results.market_balance
    sold = balance[balance["enrolled_count"] <= enrolled].sort_values("enrolled_count").iloc[-1]
    assert [panel.layout["xaxis"]["type"] for panel in figure.panels] == ["log", "log"]
    for panel, need in zip(figure.panels, ("dearest_50", "coldest_50"), strict=True):
        drawn = panel.data[0]["x"][::-1]
        steps = summary[summary["occasion"] == need].set_index("tier").loc[list(TIERS), "power_mw"]
        assert drawn[: len(TIERS)] == pytest.approx(steps.tolist(), rel=1e-4)
        for value, column in zip(drawn[len(TIERS) :], ("fcr_n_sold_mw", "fcr_d_sold_mw"), strict=True):
            assert (value or 0.0) == pytest.approx(sold[column], rel=1e-4)
    assert len(figure.table.rows) == len(OCCASIONS) * len(TIERS)
    assert len(figure.table.columns) == 2 + len(SERVICES) + 1


def test_few_cars_sell_nothing_and_draw_no_bar(results, voice):
    summary = results.potential_summary.copy()
    summary["car_count"] = 0.0
    balance = results.market_balance.copy()
    none = balance.iloc[[0]].assign(enrolled_count=0.0, fcr_n_sold_mw=0.0, fcr_d_sold_mw=0.0)
    figure = waterfall_figure(summary, none, 2030, voice)
    assert figure.panels[0].data[0]["x"][:2] == [None, None]


def test_the_correlation_table_has_both_kinds_of_pairs_for_each_case(results, voice):
    table = correlation_table(results.availability_correlation, voice)
    assert len(table.rows) == 2 * len(SHOWN_CASES)
    assert voice.decimals(0.00934, 3) in {row[2] for row in table.rows}


def test_closed_lists_have_names(voice):
    for kind, names in (("occasion", OCCASIONS), ("basis", CORRELATION_BASES), ("correlation", SHOWN_CASES),
                        ("column", SERVICES), ("pairs", PAIRS[1:])):  # fmt: skip
        for name in names:
            assert voice.say(f"{kind}.{name}")


def test_the_fields_of_the_page_hold_the_new_tables(results):
    names = {field.name for field in dataclasses.fields(results)}
    assert {"firm_curve", "availability_correlation", "availability_fleets"} <= names
