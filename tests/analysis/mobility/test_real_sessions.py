"""Generated plug-in behaviour and the committed statistics beside real Norwegian sessions."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.io import check_table, read_csv_table
from analysis.mobility.calibration import calibrated_behaviour
from analysis.mobility.plug_in import plug_stays
from analysis.mobility.sessions import plug_in_statistics
from analysis.mobility.stays import WEEK_MIN, diaries_of
from analysis.mobility.years import WARM_UP_WEEKS, vehicle_year
from analysis.schemas.plug_in import PlugInStatistics
from analysis.sources.descriptor import load_descriptor
from analysis.sources.reader import read_source

OVERLAP = {"arrival_share": 0.80, "departure_share": 0.82}
"""Least common area of the hourly profiles on weekdays: 1 would be the same profile."""


@pytest.fixture(scope="module")
def committed(root: Path) -> pd.DataFrame:
    return read_csv_table(root / "data/reference/plug_in_statistics.csv", PlugInStatistics)


@pytest.mark.real
def test_committed_statistics_are_those_of_the_sessions(real_root, root, committed):
    descriptor = load_descriptor("norway12_sessions", root / "data/sources")
    file = real_root / "charging/norway12/norway12_Dataset1_charging_reports.csv"
    found = plug_in_statistics(read_source(descriptor, [file]), descriptor.citation)
    pd.testing.assert_frame_equal(check_table(found, PlugInStatistics, "sessions"), committed, rtol=1e-9)
    value = found.set_index("statistic")["value"]
    assert value["plug_ins_per_week_mean"] == pytest.approx(3.3, abs=0.05)
    assert value["plug_ins_per_week_median"] == pytest.approx(2.6, abs=0.1)


def test_generated_sessions_resemble_real_ones(fleet, mild_weather, committed, assumptions):
    vehicles, trips = fleet
    behaviour = calibrated_behaviour(trips, vehicles, mild_weather, committed, 7, assumptions)
    year = vehicle_year(diaries_of(trips, vehicles, 62.0), mild_weather, 7, assumptions)
    found = plug_stays(year.stays, year.habits, behaviour.rhythm, year.diaries.battery_kwh, assumptions)
    kept = found.is_plugged & (year.stays.arrive_min >= WARM_UP_WEEKS * WEEK_MIN)
    value = committed[committed["hour"].isna()].set_index("statistic")["value"]
    energy_ac = found.charge_dc_kwh[kept].mean() / assumptions["plug.charge_efficiency"]
    assert energy_ac == pytest.approx(value["energy_mean"], rel=0.25)
    hours = (found.unplug_min - year.stays.arrive_min)[kept] / 60
    assert np.median(hours) == pytest.approx(value["connection_median"], rel=0.20)
    for statistic, minutes in (("arrival_share", year.stays.arrive_min), ("departure_share", found.unplug_min)):
        local = minutes[kept] % WEEK_MIN
        weekday = local[local < 5 * 1440]
        shares = np.bincount((weekday % 1440 // 60).astype(int), minlength=24) / len(weekday)
        chosen = committed[(committed["statistic"] == statistic) & (committed["day_kind"] == "weekday")]
        wanted = chosen.sort_values("hour")["value"].to_numpy(float)
        assert np.minimum(shares, wanted).sum() >= OVERLAP[statistic]
