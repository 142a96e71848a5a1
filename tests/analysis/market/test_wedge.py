"""What export needs is held against the prices of each area and year: by hand on a made year, and in its order."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.io import check_table, normalise, read_csv_table
from analysis.market.tariff import Tariff, household_tariff, needed_spot_sek_per_kwh
from analysis.market.wedge import export_wedge
from analysis.schemas.assumptions import Parameters
from analysis.schemas.explain import WEDGE_CASES, ExportWedge
from analysis.settings.parameters import ParameterSet, parameter_set

CHEAP, DEAR = 100.0, 1400.0


@pytest.fixture(scope="module")
def assumed(root: Path) -> ParameterSet:
    return parameter_set(read_csv_table(root / "data/assumptions/parameters.csv", Parameters))


@pytest.fixture(scope="module")
def tariff(assumed: ParameterSet) -> Tariff:
    return household_tariff(assumed)


def year_of_prices(price_area: str, every: int) -> pd.DataFrame:
    """Hours at 100 SEK/MWh, and on every n-th local day five hours from 17 at 1 400."""
    hours = pd.date_range("2025-01-01", "2026-01-01", freq="h", inclusive="left", tz="Europe/Stockholm")
    is_dear = (hours.hour >= 17) & (hours.hour < 22) & (hours.day_of_year % every == 0)
    return pd.DataFrame(
        {"interval_start_utc": hours.tz_convert("UTC").as_unit("us"), "step_h": 1.0, "price_area": price_area,
         "price_sek_per_mwh": np.where(is_dear, DEAR, CHEAP)}
    )  # fmt: skip


def test_hours_and_days_above_the_need_by_hand(tariff: Tariff, assumed: ParameterSet) -> None:
    prices = pd.concat([year_of_prices("SE3", 5), year_of_prices("SE4", 365)])
    found = export_wedge(prices, {"SE3": tariff, "SE4": tariff}, assumed, (2025,))
    check_table(normalise(found), ExportWedge, "test")
    rows = found.set_index(["price_area", "case"])
    assert rows.loc[("SE3", "export"), "bought_sek_per_mwh"] == pytest.approx(CHEAP)
    assert rows.loc[("SE3", "export"), "needed_sek_per_mwh"] == pytest.approx(1330, abs=10)
    assert rows.loc[("SE3", "export"), "reached_pu"] == pytest.approx(73 * 5 / 8760)
    assert rows.loc[("SE3", "export"), "day_pu"] == pytest.approx(0.2)
    assert rows.loc[("SE4", "export"), "day_pu"] == pytest.approx(1 / 365)
    assert rows.loc[("SE3", "export"), "dear_sek_per_mwh"] == pytest.approx(0.2 * DEAR + 0.8 * CHEAP)


def test_each_relief_lowers_the_need_and_no_case_is_missing(tariff: Tariff, assumed: ParameterSet) -> None:
    found = export_wedge(year_of_prices("SE3", 5), {"SE3": tariff}, assumed, (2025,))
    need = found.set_index("case")["needed_sek_per_mwh"]
    assert sorted(need.index) == sorted(WEDGE_CASES)
    assert need["export"] > need["export_tax_refunded"] > need["export_no_fee"]
    assert need["home"] > need["home_low_wear"]
    wear, trip = assumed["deg.c_deg_nmc"], assumed["loss.rte_11kw"]
    assert need["home"] == pytest.approx(1000 * needed_spot_sek_per_kwh(tariff, 0.1, trip, wear, False))


def test_quarters_are_averaged_to_hours(tariff: Tariff, assumed: ParameterSet) -> None:
    """A price reached for a quarter is not an hour at that price."""
    hourly = year_of_prices("SE3", 5)
    quarters = hourly.loc[hourly.index.repeat(4)].reset_index(drop=True)
    offset = np.tile([0, 15, 30, 45], len(hourly))
    quarters["interval_start_utc"] += pd.to_timedelta(offset, unit="min").as_unit("us")
    quarters["step_h"] = 0.25
    same = export_wedge(quarters, {"SE3": tariff}, assumed, (2025,))
    pd.testing.assert_frame_equal(same, export_wedge(hourly, {"SE3": tariff}, assumed, (2025,)))
    quarters.loc[quarters["price_sek_per_mwh"] == DEAR, "price_sek_per_mwh"] = np.tile(
        [2 * DEAR, 0.0, 0.0, 0.0], 73 * 5
    )
    lower = export_wedge(quarters, {"SE3": tariff}, assumed, (2025,))
    assert (lower.set_index("case").loc["export", "reached_pu"]) == 0.0
