"""Publishers joined, euro turned into crowns, steps changed, files located."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import DataError
from analysis.io import read_csv_table
from analysis.schemas.market import PriceIndex
from analysis.settings.model import FileSource
from analysis.sources.locate import files_of
from analysis.sources.money import real_day_ahead_prices, real_reserve_prices, to_step
from analysis.sources.publishers import combine_quotes, combine_reserve_quotes

INDEX = pd.DataFrame(
    {
        "year": [2024, 2025], "sek_per_eur": [11.4309, 11.0647], "consumer_price_index_pu": [415.2, 418.3],
        "source": "s", "verified": True, "note": None,
    }
)  # fmt: skip


def quotes(start: str, prices: list[float], step_h: float = 1.0, area: str = "SE3") -> pd.DataFrame:
    stamps = pd.date_range(start, periods=len(prices), freq=f"{round(step_h * 60)}min", tz="UTC").astype(
        "datetime64[us, UTC]"
    )
    table = pd.DataFrame({"interval_start_utc": stamps, "step_h": step_h, "price_area": area})
    return table.assign(price_eur_nominal_per_mwh=prices)


def test_worked_row_of_the_conversion() -> None:
    table = real_day_ahead_prices(quotes("2024-06-01", [100.0]), INDEX, 2025)
    assert table["price_sek_per_mwh"].tolist() == pytest.approx([100 * 11.4309 * 418.3 / 415.2])
    assert table["price_sek_per_mwh"].item() == pytest.approx(1151.6, abs=0.05)


def test_rate_is_that_of_the_local_year() -> None:
    table = real_day_ahead_prices(quotes("2024-12-31 22:00", [100.0, 100.0]), INDEX, 2025)
    assert table["price_sek_per_mwh"].tolist() == pytest.approx([1151.6, 1106.47], abs=0.05)


def test_year_without_index_is_named() -> None:
    with pytest.raises(DataError, match=r"price_index\.csv: 2019"):
        real_day_ahead_prices(quotes("2019-06-01", [100.0]), INDEX, 2025)


def test_reserves_keep_their_volume() -> None:
    reserve = quotes("2025-06-01", [10.0]).rename(columns={"price_eur_nominal_per_mwh": "price_eur_nominal_per_mw_h"})
    table = real_reserve_prices(reserve.assign(product="fcr_n", price_area="SE", volume_mw=200.0), INDEX, 2025)
    assert table["price_sek_per_mw_h"].item() == pytest.approx(110.647)
    assert table["volume_mw"].item() == 200.0


def test_committed_index_covers_the_price_years(root: Path) -> None:
    index = read_csv_table(root / "data" / "assumptions" / "price_index.csv", PriceIndex)
    facts = pd.read_csv(root / "data" / "reference" / "market_facts.csv").set_index("id")["value"]
    assert index["year"].tolist() == list(range(2019, 2027))
    rates = index.set_index("year")["sek_per_eur"]
    for offset, year in enumerate(range(2020, 2027)):
        assert rates[year] == pytest.approx(facts[f"MF0{374 + offset}"]), year


def test_hour_is_repeated_and_quarters_are_averaged() -> None:
    hourly = quotes("2025-09-30 21:00", [10.0])
    quarters = quotes("2025-09-30 22:00", [1.0, 2.0, 3.0, 6.0], 0.25)
    both = pd.concat([hourly, quarters], ignore_index=True)
    fine, coarse = to_step(both, 0.25), to_step(both, 1.0)
    assert fine["price_eur_nominal_per_mwh"].tolist() == [10.0, 10.0, 10.0, 10.0, 1.0, 2.0, 3.0, 6.0]
    assert coarse["price_eur_nominal_per_mwh"].tolist() == [10.0, 3.0]
    assert set(fine["step_h"]) == {0.25} and set(coarse["step_h"]) == {1.0}


@given(st.lists(st.floats(-500, 4000), min_size=1, max_size=30))
@settings(max_examples=40, deadline=None)
def test_there_and_back_is_the_same(prices: list[float]) -> None:
    table = quotes("2024-10-26 20:00", prices)
    back = to_step(to_step(table, 0.25), 1.0)
    pd.testing.assert_frame_equal(back[table.columns], table, check_exact=False, rtol=1e-12)


def test_publishers_that_agree_are_joined() -> None:
    first, second = quotes("2024-06-01", [10.0, 20.0]), quotes("2024-06-01 01:00", [20.004, 30.0])
    joined = combine_quotes({"a": first, "b": second})
    assert joined["price_eur_nominal_per_mwh"].tolist() == [10.0, 20.0, 30.0]


def test_publishers_that_differ_are_named_with_both_values() -> None:
    first, second = quotes("2024-06-01", [10.0, 20.0, 5.0]), quotes("2024-06-01", [10.0, 21.0, 5.0])
    with pytest.raises(DataError) as error:
        combine_quotes({"a": first, "b": second})
    text = str(error.value)
    assert "SE3 2024-06-01 01:00 UTC: found 20.00 EUR/MWh in a and 21.00 in b (1 of 3 common hours differ)" in text


def test_hourly_is_compared_with_the_mean_of_quarters_and_the_finer_is_kept() -> None:
    first, second = quotes("2025-10-02", [3.0]), quotes("2025-10-02", [1.0, 2.0, 3.0, 6.0], 0.25)
    joined = combine_quotes({"a": first, "b": second})
    assert joined["step_h"].tolist() == [0.25] * 4
    with pytest.raises(DataError, match=r"4\.00 EUR/MWh in a and 3\.00 in b"):
        combine_quotes({"a": quotes("2025-10-02", [4.0]), "b": second})


def test_reserve_publishers_that_differ_are_named() -> None:
    reserve = quotes("2025-06-01", [10.0]).rename(columns={"price_eur_nominal_per_mwh": "price_eur_nominal_per_mw_h"})
    reserve = reserve.assign(product="fcr_n", price_area="SE", volume_mw=200.0)
    assert len(combine_reserve_quotes({"a": reserve, "b": reserve})) == 1
    with pytest.raises(DataError, match=r"10\.00 in a and 11\.00 in b"):
        combine_reserve_quotes({"a": reserve, "b": reserve.assign(price_eur_nominal_per_mw_h=11.0)})


def test_files_are_found_inside_the_root_only(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside.csv"
    (root / "a").mkdir(parents=True)
    (root / "a" / "2.csv").write_text("x")
    (root / "a" / "1.csv").write_text("x")
    outside.write_text("secret")
    source = FileSource(descriptor="d", pattern="a/*.csv")
    assert [path.name for path in files_of(source, root)] == ["1.csv", "2.csv"]
    (root / "a" / "3.csv").symlink_to(outside)
    with pytest.raises(DataError, match="a link to"):
        files_of(source, root)
    with pytest.raises(DataError, match="at least one file for descriptor d"):
        files_of(FileSource(descriptor="d", pattern="b/*.csv"), root)
    with pytest.raises(DataError, match="leaves the inputs root"):
        files_of(FileSource.model_construct(descriptor="d", pattern="../*.csv"), root)
    with pytest.raises(DataError, match="no such folder"):
        files_of(source, tmp_path / "none")
