"""Erosion is found where it is, a trend is not taken for it, and no rule sees the months that it foretells."""

import numpy as np
import pandas as pd
import pytest

from analysis.io import check_table, read_csv_table
from analysis.potential import erosion
from analysis.potential.erosion_months import CENTRAL, MOST_GROWTH, monthly_reserves, storage_mw, supply_mw
from analysis.potential.erosion_table import LEAST_MONTHS, erosion_fit
from analysis.schemas.erosion import ErosionFit, PrequalifiedVolumes

RATIO = (2.0, 1.5, 4.0)
PRIOR = erosion.prior_of(1.5, 0.8, 3.0)


@pytest.fixture(scope="module")
def volumes(root):
    return read_csv_table(root / "data/reference/prequalified_volumes.csv", PrequalifiedVolumes)


def hours(first, last):
    local = pd.date_range(first, last, freq="h", inclusive="left", tz="Europe/Stockholm")
    return pd.Series(local.tz_convert("UTC").as_unit("us"))


def reserve_rows(product, area, starts, price, volume):
    return pd.DataFrame(
        {"interval_start_utc": starts, "step_h": 1.0, "product": product, "price_area": area,
         "price_sek_per_mw_h": price, "volume_mw": volume}
    )  # fmt: skip


def day_ahead_rows(starts, price):
    return pd.concat(
        [pd.DataFrame({"interval_start_utc": starts, "step_h": 1.0, "price_area": area, "price_sek_per_mwh": price})
         for area in ("SE1", "SE2", "SE3", "SE4")]
    )  # fmt: skip


def made_months(product, log_price_of, months=48, noise=0.1, first="2021-01", seed=3):
    """Months with a chosen law: ``log_price_of`` takes the months and gives their log price before noise."""
    month = pd.Series(pd.period_range(first, periods=months, freq="M"))
    random = np.random.default_rng(seed)
    table = pd.DataFrame(
        {"product": product, "price_area": "SE", "month": month, "volume_mw": 550.0, "sweden_volume_mw": 550.0,
         "hour_count": 720, "day_ahead_sek_per_mwh": 400 * np.exp(random.normal(0, 0.3, months))}
    )  # fmt: skip
    log_price = log_price_of(table) + noise * random.normal(size=months)
    return table.assign(price_sek_per_mw_h=np.exp(log_price))


def test_months_are_means_of_hours_with_a_purchase_and_absent_markets_have_no_row():
    starts = hours("2024-05-01", "2024-07-01")
    june = starts[starts >= pd.Timestamp("2024-05-31 22:00", tz="UTC")]
    paid = pd.concat(
        [reserve_rows("mfrr_up", "SE3", june[:48], [100.0] * 24 + [300.0] * 24, 40.0),
         reserve_rows("mfrr_up", "SE4", june[:360], 50.0, 10.0),
         reserve_rows("mfrr_up", "SE1", june[:5], 50.0, 10.0)]
    )  # fmt: skip
    found = monthly_reserves(paid, day_ahead_rows(starts, 250.0)).set_index("price_area")
    # nothing in May: no row, no zero; SE1 sold less than a day
    assert list(found.index) == ["SE3", "SE4"] and set(found["month"].astype(str)) == {"2024-06"}
    assert found.loc["SE3", "price_sek_per_mw_h"] == pytest.approx(200.0)
    assert found.loc["SE3", "volume_mw"] == pytest.approx(40.0)
    assert found.loc["SE4", "sweden_volume_mw"] == pytest.approx((40 * 48 + 10 * 360 + 10 * 5) / 720)
    assert found.loc["SE3", "day_ahead_sek_per_mwh"] == pytest.approx(250.0)


def test_storage_grows_by_a_constant_factor_and_from_nothing_by_steps(volumes):
    months = pd.Series(pd.period_range("2021-01", "2025-12", freq="M"))
    up = pd.Series(storage_mw(volumes, "fcr_d_up", months), index=months.astype(str))
    assert up["2021-06"] == up["2022-06"] == 10.0
    share = (pd.Timestamp("2023-07-16") - pd.Timestamp("2022-12-31")).days / 365
    assert up["2023-07"] == pytest.approx(10 * 9**share)
    assert (up.diff().dropna() >= 0).all() and up["2025-12"] < 850
    n = pd.Series(storage_mw(volumes, "fcr_n", months), index=months.astype(str))
    assert n["2023-12"] == pytest.approx(60 * 350 / 731, rel=0.01)
    assert storage_mw(volumes, "mfrr_down", months) is None


def test_other_supply_is_the_table_s_or_a_multiple_of_what_was_bought(volumes):
    def months(product, bought):
        table = made_months(product, lambda rows: np.zeros(len(rows)), months=12)
        return table.assign(sweden_volume_mw=bought)

    assert supply_mw(months("fcr_d_up", 550.0), volumes, RATIO, CENTRAL)[0] == 800 + 10
    assert supply_mw(months("fcr_d_up", 550.0), volumes, RATIO, MOST_GROWTH)[0] == 500 + 10
    assert supply_mw(months("fcr_d_down", 300.0), volumes, RATIO, CENTRAL)[0] == 2 * 300 + 5
    assert supply_mw(months("fcr_d_down", 300.0), volumes, RATIO, MOST_GROWTH)[0] == 1.5 * 300 + 10


def test_the_prior_is_laid_on_by_its_precision():
    assert PRIOR.deviation == pytest.approx(2.2 / 3.29, rel=1e-3)
    random = np.random.default_rng(1)
    log_supply = np.linspace(0, 1, 40)
    found = erosion.fit_exponent(
        5 - 2.5 * log_supply + 0.2 * random.normal(size=40), log_supply, np.ones((40, 1)), PRIOR
    )
    weight = found.free_error**-2 / (found.free_error**-2 + PRIOR.deviation**-2)
    assert found.value == pytest.approx(weight * found.free + (1 - weight) * 1.5)
    assert found.free == pytest.approx(2.5, abs=0.4) and found.error < min(found.free_error, PRIOR.deviation)


def test_supply_that_stands_still_leaves_the_prior():
    found = erosion.fit_exponent(np.arange(20.0), np.full(20, 6.0), np.ones((20, 1)), PRIOR)
    assert np.isnan(found.free) and found.value == 1.5 and found.error == PRIOR.deviation


@pytest.mark.parametrize("exponent", [0.9, 2.6])
def test_a_known_exponent_is_found_and_beats_trend_constant_and_prior(volumes, exponent):

    def law(rows):
        return 8 - exponent * np.log(supply_mw(rows, volumes, RATIO)) + 0.3 * np.log(rows["day_ahead_sek_per_mwh"])

    months = made_months("fcr_d_up", law, months=60, noise=0.03)
    found = erosion_fit(months, volumes, PRIOR, RATIO).set_index("test")
    ahead = found.loc["ahead"]
    assert ahead["free_exponent_pu"] == pytest.approx(exponent, abs=3 * ahead["free_error_pu"] + 0.05)
    assert ahead["exponent_low_pu"] < exponent < ahead["exponent_high_pu"]
    assert (found["verdict"] == "fit").all() and (found["best_rule"] == "fit").all()
    check_table(found.reset_index()[list(ErosionFit.to_schema().columns)], ErosionFit, "fit")


def test_a_trend_that_supply_does_not_follow_is_not_taken_for_erosion(volumes):
    months = made_months("fcr_d_up", lambda rows: 6 - 0.02 * np.arange(len(rows)), months=60)
    found = erosion_fit(months, volumes, PRIOR, RATIO)
    assert (found["verdict"] == "prior").all() and (found["best_rule"] == "trend").all()


def test_no_rule_sees_the_months_that_it_foretells(volumes):
    months = made_months("fcr_d_up", lambda rows: np.sin(np.arange(len(rows))), months=40)
    log_supply, design = np.log(supply_mw(months, volumes, RATIO)), erosion.controls(months)
    log_price, time = np.log(months["price_sek_per_mw_h"].to_numpy()), np.arange(40.0)
    for test in erosion.TESTS:
        for known, held in erosion.splits(months["month"], test):
            assert not (known & held).any()
            if test == "ahead":
                assert months["month"][known].max() < months["month"][held].min()
            spoiled = np.where(known, log_price, 99.0)
            told, retold = (
                erosion.predictions(prices, log_supply, design, time, known, PRIOR) for prices in (log_price, spoiled)
            )
            for rule in erosion.RULES:
                np.testing.assert_allclose(told[rule], retold[rule])


def test_a_change_that_the_known_months_cannot_tell_is_left_out():
    months = made_months("fcr_n", lambda rows: np.zeros(len(rows)), months=38)
    design = erosion.controls(months)
    assert design[:, 4].sum() == 1  # January 2021 on: month 38 is February 2024
    assert erosion._told_apart(design).tolist() == [True, True, True, True, False]
    assert erosion.controls(months.assign(product="mfrr_up")).shape[1] == 4


def test_few_months_and_unknown_supply_have_no_exponent(volumes):
    few = made_months("fcr_n", lambda rows: np.zeros(len(rows)), months=LEAST_MONTHS - 1)
    unknown = made_months("mfrr_down", lambda rows: np.zeros(len(rows)), months=20, first="2024-06")
    still = made_months("afrr_up", lambda rows: np.zeros(len(rows)), months=36, first="2023-01")
    found = erosion_fit(pd.concat([few, unknown, still]), volumes, PRIOR, RATIO)
    status = dict(zip(found["product"], found["status"], strict=True))
    assert status == {"mfrr_down": "supply_unknown", "afrr_up": "supply_still"}
    assert found["exponent_pu"].isna().all() and (found["verdict"] == "prior").all()


def test_the_committed_verdicts_follow_from_the_misses_and_absent_markets_are_absent(root):
    table = read_csv_table(root / "data/evidence/erosion_fit.csv", ErosionFit)
    fitted = table[table["status"] == "fitted"]
    rivals = fitted[["trend_miss_pu", "constant_miss_pu", "prior_miss_pu"]].min(axis=1)
    wins = (fitted["fit_miss_pu"] < rivals).groupby([fitted["product"], fitted["price_area"]]).transform("all")
    assert ((fitted["verdict"] == "fit") == wins).all()
    assert (table.loc[table["status"] != "fitted", "verdict"] == "prior").all()
    first = table.groupby("product")["first_month"].min()
    assert first["fcr_d_down"] >= "2022-01" and (first[["mfrr_up", "mfrr_down"]] >= "2024-06").all()
    assert not ((table["price_area"] == "SE4") & table["product"].str.startswith("afrr")).any()
    # what METHODS 4 warns of: where supply moved, time foretells worse than supply
    moved = fitted[fitted["product"].str.startswith("fcr_d") & (fitted["test"] == "ahead")]
    assert len(moved) == 2 and (moved["fit_miss_pu"] < moved["trend_miss_pu"]).all()
