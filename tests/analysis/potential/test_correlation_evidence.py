"""The committed evidence holds together, comes out of the real sessions again, and real fleets follow the formulas."""

import numpy as np
import pandas as pd
import pytest

from analysis.errors import DataError
from analysis.io import check_table, read_csv_table
from analysis.mobility.session_days import PluggedDays, plugged_days
from analysis.mobility.sessions import sound_sessions
from analysis.potential.correlation import correlation, pair_moments
from analysis.potential.correlation_evidence import correlation_rows
from analysis.potential.firm import fleet_firm_share
from analysis.potential.measured import measured_correlation
from analysis.potential.real_fleets import Assumed, real_fleets
from analysis.schemas.correlation import AvailabilityCorrelation, AvailabilityFleets
from analysis.sources.descriptor import load_descriptor
from analysis.sources.publishers import without_overlap
from analysis.sources.reader import read_source


@pytest.fixture(scope="module")
def committed(root):
    return read_csv_table(root / "data/evidence/availability_correlation.csv", AvailabilityCorrelation)


@pytest.fixture(scope="module")
def fleets(root):
    return read_csv_table(root / "data/evidence/availability_fleets.csv", AvailabilityFleets).set_index("fleet_count")


def drawn_days(rho, users=80, weeks=60, chance=0.5):
    """Users observed all the time with one chance, common by day: a beta-binomial fleet."""
    rng = np.random.default_rng(4)
    days = pd.date_range("2018-01-01", periods=7 * weeks, freq="D")
    common = np.full((len(days), 24), chance) if rho == 0 else None
    if common is None:
        common = rng.beta(chance * (1 - rho) / rho, (1 - chance) * (1 - rho) / rho, (len(days), 24))
    plugged = rng.random((len(days), 24, users)) < common[:, :, None]
    names = np.array([f"u{number:03d}" for number in range(users)])
    return PluggedDays(
        days, names, np.where(np.arange(users) % 2, "a", "b"), plugged, np.ones((len(days), users), bool)
    )


def test_a_run_rests_on_the_measured_correlation_and_its_range_reaches_the_assumed_one(committed, parameters_table):
    value, low, high = measured_correlation(committed)
    rows = parameters_table.set_index("id")
    used, assumed = rows.loc["mc.rho_common"], rows.loc["mc.rho_assumed"]
    assert used["value"] == pytest.approx(value, abs=5e-5)
    assert used["low"] == pytest.approx(low, abs=5e-4)
    assert high < assumed["low"] < assumed["value"] == used["high"]


def test_holidays_and_sites_add_to_the_correlation(committed):
    whole = committed[committed["hour"].isna() & (committed["day_kind"] == "all") & (committed["weighting"] == "pair")]
    value = whole.set_index(["case", "pairs"])["correlation_pu"]
    across = value.xs("across_sites", level="pairs")
    assert across["season_without_holidays"] < across["season"] < across["hour_of_week"] < across["holidays"]
    assert (value.xs("within_sites", level="pairs") > across).all()
    both = value.xs("all", level="pairs")
    assert ((across < both) & (both < value.xs("within_sites", level="pairs"))).all()
    assert (committed["own_correlation_pu"].abs() >= committed["correlation_pu"].abs()).all()


def test_every_hour_of_the_day_is_there(committed):
    hours = committed.dropna(subset=["hour"]).groupby(["case", "day_kind"])["hour"].nunique()
    assert len(hours) == 6 and (hours == 24).all()


def test_a_missing_measurement_is_a_fault(committed):
    with pytest.raises(DataError, match="0 rows"):
        measured_correlation(committed[committed["case"] == "winter"])


def test_fleets_of_fifty_and_a_hundred_follow_the_measured_correlation(fleets):
    for size in (50, 100):
        row = fleets.loc[size]
        assert abs(row["firm_share_pu"] - row["measured_share_pu"]) < 0.01
        assert (
            row["assumed_share_pu"] < row["firm_share_low_pu"] < row["firm_share_high_pu"] < row["independent_share_pu"]
        )
    assert fleets["most_observed_count"].eq(194).all()
    assert fleets.loc[286].drop(["most_observed_count", "week_count", "source"]).isna().all()


@pytest.mark.parametrize("rho", [0.0, 0.05])
def test_drawn_fleets_follow_the_formula_they_were_made_with(rho):
    found = drawn_days(rho)
    table = real_fleets(found, [12, 40, 200], Assumed(rho, 0.2), 20, np.random.default_rng(1)).set_index("fleet_count")
    for size in (12, 40):
        expected = float(fleet_firm_share(np.array([size]), np.array([0.5]), np.array([rho]))[0])
        assert table.loc[size, "firm_share_pu"] == pytest.approx(expected, abs=0.01 + 0.6 / size)  # in part of a car
        assert table.loc[size, "measured_share_pu"] == pytest.approx(expected, abs=0.01 + 0.6 / size)
    assert table.loc[200, "week_count"] == 0 and np.isnan(table.loc[200, "firm_share_pu"])
    check_table(table.reset_index().assign(source="s").astype({"source": "str"}), AvailabilityFleets, "fleets")


@pytest.mark.slow
def test_the_rows_of_all_cases_pass_their_contract():
    found = drawn_days(0.05, users=30, weeks=110)
    table = correlation_rows(found, np.random.default_rng(1)).assign(source="s")
    text = ["case", "pairs", "weighting", "day_kind", "source"]
    check_table(table.astype(dict.fromkeys(text, "str")), AvailabilityCorrelation, "rows")
    whole = table[table["hour"].isna() & table["case"].isin(["hour_of_week", "season", "quarter"])]
    assert whole["correlation_pu"].to_numpy() == pytest.approx(0.05, abs=0.012)


@pytest.mark.real
@pytest.mark.slow
def test_the_committed_value_comes_out_of_the_real_sessions(real_root, root, committed, monkeypatch):
    monkeypatch.chdir(root)
    folder = real_root / "charging"
    files = {
        "norway12_sessions": folder / "norway12/norway12_Dataset1_charging_reports.csv",
        "trondheim_sessions": folder / "trondheim_risvollan/Dataset_1_EV_charging_reports.csv",
    }
    readers = {name: load_descriptor(name) for name in files}
    tables = without_overlap({name: read_source(readers[name], [path]) for name, path in files.items()}, readers)
    found = plugged_days(sound_sessions(pd.concat(tables.values(), ignore_index=True), "sessions").sessions)
    assert len(found.user_ids) == 269 and found.observed.sum(axis=1).max() == 194
    again = correlation(pair_moments(found, "across_sites"), np.random.default_rng(1))
    assert again.correlation_pu == pytest.approx(measured_correlation(committed)[0], rel=1e-4)
