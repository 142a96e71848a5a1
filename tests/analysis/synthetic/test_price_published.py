"""Published quotes are cut into local calendar years, each with the files and publishers it came from."""

from pathlib import PurePath

import pandas as pd
import pytest

from analysis.errors import DataError
from analysis.schemas.price_statistics import PublishedPriceFiles
from analysis.synthetic.price_published import NO_SOURCE, published_file_rows, published_years


@pytest.fixture
def quotes():
    """Three hours around the turn of the year; the year changes at 23:00 UTC, midnight in Sweden."""
    hours = pd.to_datetime(["2023-12-31 22:00", "2023-12-31 23:00", "2024-01-01 00:00"], utc=True).as_unit("us")
    day_ahead = pd.DataFrame({"interval_start_utc": hours, "step_h": 1.0, "price_area": "SE3",
                              "price_eur_nominal_per_mwh": [1.0, 2.0, 3.0]})  # fmt: skip
    reserves = pd.DataFrame({"interval_start_utc": hours[1:], "step_h": 1.0, "product": "fcr_n", "price_area": "SE",
                             "price_eur_nominal_per_mw_h": [4.0, 5.0], "volume_mw": 6.0})  # fmt: skip
    return day_ahead, reserves


@pytest.fixture
def files():
    return pd.concat(
        [
            published_file_rows("DayAheadQuotes", "Exchange", [PurePath("a/2024.csv"), PurePath("SE3_2023_x.csv")]),
            published_file_rows("ReserveQuotes", "Operator", [PurePath("r/2024.csv")]),
        ],
        ignore_index=True,
    )


def test_years_turn_at_local_midnight(quotes, files):
    years = published_years(*quotes, files)
    assert {year: part.day_ahead["price_eur_nominal_per_mwh"].tolist() for year, part in years.items()} == {
        2023: [1.0],
        2024: [2.0, 3.0],
    }
    assert [len(part.reserves) for part in years.values()] == [0, 2]


def test_each_year_names_its_own_files_and_publishers(quotes, files):
    years = published_years(*quotes, files)
    assert years[2024].files == "a/2024.csv r/2024.csv"
    assert (years[2024].day_ahead_source, years[2024].reserve_source) == ("Exchange", "Operator")
    assert years[2023].files == "SE3_2023_x.csv"
    assert years[2023].reserve_source == NO_SOURCE


def test_reserve_files_alone_make_no_year(quotes, files):
    years = published_years(*quotes, files[files["table"] == "ReserveQuotes"])
    assert years == {}


def test_two_publishers_of_a_year_are_both_named(quotes, files):
    second = published_file_rows("DayAheadQuotes", "Pool", [PurePath("b/2024.csv")])
    years = published_years(*quotes, pd.concat([files, second], ignore_index=True))
    assert years[2024].day_ahead_source == "Exchange; Pool"


def test_every_file_without_a_year_is_named():
    with pytest.raises(DataError, match=r"(?s)2 faults.*12345\.csv.*prices\.csv"):
        published_file_rows(
            "DayAheadQuotes", "x", [PurePath("prices.csv"), PurePath("12345.csv"), PurePath("2024.csv")]
        )


def test_file_rows_pass_their_contract(files):
    PublishedPriceFiles.validate(files)
