"""Price lists held against the companies' own pages: words understood, amounts and hours found or told missing."""

from pathlib import Path

import pandas as pd
import pytest

from analysis.errors import DataError
from analysis.io import read_csv_table
from analysis.schemas.tariffs import GridCompanySeats, GridTariffs
from analysis.sources.grid_fee_text import Band, bands_of, peaks_of
from analysis.sources.grid_price_pages import grid_tariffs, price_page, read_power_fee_lists, read_price_pages

PAGE = """Effektavgift: snittet av de tre högsta timmarna på olika datum, vardagar kl 07:00-19:00
November – mars

135 kr/kW
April – oktober
67,5 kr/kW
Energiavgift
16 A
1 650 kr/år
5 öre/kWh
Nätnyttan är 7,0 öre/kWh exkl. moms."""


def listed(periods: str, fee: float | None = 0.05, peaks: str = "AverageHours 3") -> pd.DataFrame:
    return pd.DataFrame(
        {"operator": ["Ort Elnät AB"], "vat_number": ["SE1"], "variant": [None], "valid_from": ["2025-01-01"],
         "energy_fee_with_vat_sek_per_kwh": [fee], "peak_method": [peaks], "power_fee_periods": [periods]}
    )  # fmt: skip


WINDOW = "High:135.0 SEK/kW months Nov-Mar hours 7-18 no weekends no holidays"


def test_words_of_a_list() -> None:
    high, low = bands_of(f"{WINDOW} | Low:35.0 SEK/kW")
    assert high == Band(135.0, 11, 3, "window", 7, 18, "working_days")
    assert low == Band(35.0, hours="rest")
    assert bands_of("Base:45.0 SEK/kW") == [Band(45.0)]
    assert bands_of("High:30.0 SEK/kW months Nov-Mar hours 7-19 | Low:0.0 SEK/kW")[0].days == "all"
    assert bands_of("Base:80.0 SEK/kW | High: SEK/kW hours 22-6 kW divided by 2") == [
        Band(80.0, reduced_pu=0.5, reduced_from_hour=22, reduced_to_hour=6)
    ]
    assert bands_of("0 SEK/kW for 16-25 A (35-63 A: Base 75 SEK/kW)") == []
    assert peaks_of("AverageDays 3") == (3, True)
    assert peaks_of("(see source)") is None


def test_a_list_that_its_page_bears_out() -> None:
    (row,) = grid_tariffs(listed(WINDOW), {"SE1": price_page(PAGE)}, {"SE1": "SE3"}, 0.25).to_dict("records")
    assert row["tariff_id"] == "ort"
    assert row["capacity_price_sek_per_kw_month"] == 108.0
    assert row["energy_fee_sek_per_kwh"] == 0.04
    assert row["network_benefit_sek_per_kwh"] == 0.07
    assert (row["hour_first"], row["hour_end"]) == (7, 19), "the list counts the last hour in, the page ends before it"
    assert row["is_one_per_day"], "the page says different dates"
    assert row["verified"]


@pytest.mark.parametrize(
    ("periods", "fee", "note"),
    [
        (WINDOW.replace("135.0", "130.0"), 0.05, "not found on the page: 130"),
        (WINDOW.replace("135.0", "16.0"), 0.05, "not found on the page: 16"),  # 16 A is a fuse, not a price
        (WINDOW.replace("7-18", "6-22"), 0.05, "hours not found on the page"),
        (WINDOW, 0.06, "not found on the page: 0.06"),
    ],
)
def test_what_the_page_does_not_bear_out_is_told(periods: str, fee: float, note: str) -> None:
    (row,) = grid_tariffs(listed(periods, fee), {"SE1": price_page(PAGE)}, {}, 0.25).to_dict("records")
    assert not row["verified"]
    assert note in row["note"]
    assert row["price_area"] is None or pd.isna(row["price_area"])


def test_a_page_with_two_payments_for_feed_in_decides_nothing() -> None:
    assert price_page("Nätnytta 5 öre/kWh exkl. moms, förr 4 öre/kWh").network_benefit_sek_per_kwh is None
    assert price_page("Nätnytta 5 öre/kWh inkl. moms").network_benefit_sek_per_kwh == 0.04


def test_lists_and_pages_that_are_absent_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no price page"):
        read_price_pages(tmp_path)
    (tmp_path / "lists.csv").write_text("operator,vat_number\n", encoding="utf-8")
    with pytest.raises(DataError, match="peak_method"):
        read_power_fee_lists(tmp_path / "lists.csv")


@pytest.mark.real
def test_committed_table_is_what_the_files_give(real_root: Path, root: Path) -> None:
    seats = read_csv_table(root / "data/assumptions/grid_company_seats.csv", GridCompanySeats)
    cities = pd.read_csv(root / "data/reference/municipalities.csv", dtype={"municipality_code": "str"})
    areas = cities.set_index("municipality_code")["price_area"]
    seated = seats.dropna(subset="municipality_code")
    found = grid_tariffs(
        read_power_fee_lists(real_root / "tariffs/se_power_tariffs_2025.csv"),
        read_price_pages(real_root / "tariffs/price_pages"),
        dict(zip(seated["vat_number"], seated["municipality_code"].map(areas), strict=True)),
        0.25,
    )
    committed = read_csv_table(root / "data/reference/grid_tariffs.csv", GridTariffs)
    pd.testing.assert_frame_equal(found[committed.columns], committed, check_dtype=False)
    assert seats["operator"].isin(pd.read_csv(real_root / "tariffs/se_power_tariffs_2025.csv")["operator"]).all()
