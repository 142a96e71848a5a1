"""The connectors beside real files: a real export has the columns they ask for, real prices come through unchanged."""

import pandas as pd
import pytest

from analysis.connectors import entsoe_prices, mimer
from analysis.sources.descriptor import load_descriptor
from analysis.sources.reader import read_source
from tests.analysis.connectors import formats
from tests.analysis.connectors.reading_back import contract
from tests.analysis.connectors.service import Reply
from tests.conftest import ROOT

pytestmark = pytest.mark.real


def test_a_real_export_of_mimer_has_the_columns_that_are_asked_for(real_root):
    """Downloaded from Mimer in 2021: the form of all its exports."""
    text = (real_root / "reserves/afrr_mimer/SE_AFRR_2021.csv").read_text("utf-8")
    header = text.split("\n", 1)[0].removeprefix("\ufeff").split(";")
    assert {mimer.STAMPS["afrr"], mimer.AREA, *mimer.AMOUNTS["afrr"]} <= set(header)
    assert text.startswith("\ufeff")
    assert text.rstrip().split("\n")[-1].startswith(mimer.TOTAL)


def blocks(day, prices):
    """A day's prices as the platform writes them since 2024: a block curve without repeats."""
    start = day[0].tz_convert("UTC")
    hours = round((day[1] - start) / pd.Timedelta(hours=1))
    values = [prices[start + pd.Timedelta(hours=hour)] for hour in range(hours)]
    kept = {
        place: value
        for place, value in enumerate(values, start=1)
        if place == 1 or value != values[place - 2]
    }  # fmt: skip
    return formats.one_series("SE3", *day, "PT60M", kept), hours - len(kept)


def test_a_real_year_of_prices_comes_through_the_pages_unchanged(service, cache, tmp_path, real_root):
    file = real_root / "prices/entsoe/SE3_2023_entsoe.csv"
    real = read_source(load_descriptor("entsoe_day_ahead", ROOT / "data" / "sources"), [file])
    prices = real.set_index("interval_start_utc")["price_eur_nominal_per_mwh"].to_dict()
    days = [blocks(day, prices) for day in formats.local_days(2023)]
    assert sum(left_out for _, left_out in days) > 20, "some hours repeat the one before"
    series = [text for text, _ in days]
    service.answer = lambda asked: Reply(
        formats.document(series[int(asked.query["offset"]) :][:100]), kind="application/xml"
    )
    entsoe_prices.retrieve_day_ahead(cache, tmp_path / "SE3_2023.csv", "SE3", 2023)
    pd.testing.assert_frame_equal(contract("entsoe_api_day_ahead", tmp_path / "SE3_2023.csv"), real)
