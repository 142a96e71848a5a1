"""Choice of representative weeks: whole local weeks, weights of the year, the dearest hour, days of moved clocks."""

import numpy as np
import pandas as pd
import pytest

from analysis.errors import DataError
from analysis.io import check_table
from analysis.mobility.weeks import calendar_weeks, choose_weeks
from analysis.schemas.mobility import RepresentativeWeeks
from analysis.synthetic.climate import local_hours

ZONE = "Europe/Stockholm"


def prices(year: int, areas=("SE3", "SE4"), seed: int = 1) -> pd.DataFrame:
    hours = local_hours(year)
    generator = np.random.default_rng(seed)
    level = 400 + 150 * np.cos(2 * np.pi * np.arange(len(hours)) / len(hours))
    week = np.repeat(generator.gamma(4.0, 0.25, 54), 168)[: len(hours)]
    shape = 1 + 0.5 * np.sin(2 * np.pi * (np.arange(len(hours)) % 24 - 9) / 24)
    blocks = [
        pd.DataFrame(
            {
                "interval_start_utc": hours,
                "step_h": 1.0,
                "price_area": area,
                "price_sek_per_mwh": level * week * shape * (1 + 0.2 * number),
            }
        )
        for number, area in enumerate(areas)
    ]
    return pd.concat(blocks, ignore_index=True)


def reserves(year: int, april: float = 1.0) -> pd.DataFrame:
    """FCR prices of the year, FCR-D down dearer in April by a factor."""
    hours = local_hours(year)
    is_april = pd.DatetimeIndex(hours).tz_convert(ZONE).month == 4
    blocks = [
        pd.DataFrame(
            {
                "interval_start_utc": hours,
                "step_h": 1.0,
                "product": product,
                "price_area": "SE",
                "price_sek_per_mw_h": np.where(is_april & (product == "fcr_d_down"), level * april, level),
                "volume_mw": 200.0,
            }
        )
        for product, level in (("fcr_n", 300.0), ("fcr_d_up", 60.0), ("fcr_d_down", 60.0))
    ]
    return pd.concat(blocks, ignore_index=True)


def weighted_reserve_price(chosen: pd.DataFrame, table: pd.DataFrame, product: str) -> float:
    """Mean price of a product over the chosen weeks, as their weights count it."""
    price = table[table["product"] == product].set_index("interval_start_utc")["price_sek_per_mw_h"]
    weeks = [
        price.reindex(pd.date_range(start, periods=168, freq="h", unit="us")).mean()
        for start in chosen["week_start_utc"]
    ]
    return float(np.average(weeks, weights=chosen["weight_weeks"]))


@pytest.mark.parametrize("per_season", [2, 3])
def test_one_dear_month_of_reserves_keeps_its_share_of_the_year(per_season):
    table = reserves(2024, april=20.0)
    chosen = choose_weeks(prices(2024), table, 2024, per_season, True)
    year_mean = table.loc[table["product"] == "fcr_d_down", "price_sek_per_mw_h"].mean()
    assert weighted_reserve_price(chosen, table, "fcr_d_down") == pytest.approx(year_mean, rel=0.1)


@pytest.mark.parametrize("year", [2023, 2024, 2025])
@pytest.mark.parametrize("per_season", [1, 2, 3])
def test_weights_sum_to_the_weeks_of_the_year(year, per_season):
    chosen = check_table(
        choose_weeks(prices(year), reserves(year), year, per_season, True), RepresentativeWeeks, "weeks"
    )
    days = 366 if year == 2024 else 365
    assert chosen["weight_weeks"].sum() == pytest.approx(days / 7)
    assert len(chosen) == 4 * per_season + 1
    assert chosen.loc[chosen["is_extreme"], "weight_weeks"].tolist() == [1.0]


def test_the_extreme_week_holds_the_dearest_hour():
    table = prices(2025)
    moment = pd.Timestamp("2025-06-18 19:00", tz=ZONE).tz_convert("UTC")
    dearest = (table["interval_start_utc"] == moment) & (table["price_area"] == "SE4")
    table.loc[dearest, "price_sek_per_mwh"] = 9000.0
    chosen = choose_weeks(table, reserves(2025), 2025, 2, True)
    assert chosen.loc[chosen["is_extreme"], "week_id"].tolist() == ["2025-W25"]
    without = choose_weeks(table, reserves(2025), 2025, 2, False)
    assert not without["is_extreme"].any()
    assert without["weight_weeks"].sum() == pytest.approx(365 / 7)


def test_weeks_are_monday_to_sunday_local_with_168_hours():
    for year in (2024, 2025):
        weeks = calendar_weeks(year)
        local = weeks["week_start_utc"].dt.tz_convert(ZONE)
        assert (local.dt.day_of_week == 0).all()
        assert (local.dt.hour == 0).all()
        assert (~weeks["is_plain"]).sum() == 2
        chosen = choose_weeks(prices(year), reserves(year), year, 13, False)
        plain = weeks.set_index("week_id")["is_plain"]
        assert plain[chosen["week_id"].tolist()].all()


def test_christmas_and_easter_weeks_do_not_stand_for_others():
    chosen = choose_weeks(prices(2025), reserves(2025), 2025, 3, False)
    red = calendar_weeks(2025).set_index("week_id")["has_red_weekday"]
    assert red["2025-W52"] and red["2025-W17"] and red["2025-W16"] and not red["2025-W03"]
    assert not red[chosen["week_id"].tolist()].any()


def test_weighted_mean_price_is_near_the_year():
    table = prices(2025)
    chosen = choose_weeks(table, reserves(2025), 2025, 3, True)
    series = table[table["price_area"] == "SE3"].set_index("interval_start_utc")["price_sek_per_mwh"]
    means = [series[start : start + pd.Timedelta(hours=167)].mean() for start in chosen["week_start_utc"]]
    assert np.average(means, weights=chosen["weight_weeks"]) == pytest.approx(series.mean(), rel=0.08)


def test_quarters_and_hours_give_the_same_weeks():
    table = prices(2025)
    quarters = pd.concat(
        [
            table.assign(interval_start_utc=table["interval_start_utc"] + pd.Timedelta(minutes=m))
            for m in (0, 15, 30, 45)
        ]
    ).assign(step_h=0.25)
    pd.testing.assert_frame_equal(
        choose_weeks(quarters, reserves(2025), 2025, 2, True), choose_weeks(table, reserves(2025), 2025, 2, True)
    )


def test_equal_weeks_still_get_weights_above_zero():
    table = prices(2025).assign(price_sek_per_mwh=300.0)
    chosen = check_table(choose_weeks(table, reserves(2025), 2025, 2, False), RepresentativeWeeks, "weeks")
    assert (chosen["weight_weeks"] > 0).all()


def test_a_season_without_prices_is_a_named_fault():
    table = prices(2025)
    cut = table[table["interval_start_utc"] < pd.Timestamp("2025-06-01", tz="UTC")]
    with pytest.raises(DataError, match="summer"):
        choose_weeks(cut, reserves(2025), 2025, 2, False)
