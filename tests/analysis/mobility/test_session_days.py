"""Sessions become days by hand: who is plugged in at half past, who is observed, which days are holidays."""

import numpy as np
import pandas as pd
import pytest

from analysis.errors import DataError
from analysis.mobility.session_days import holiday_days, plugged_days


def sessions(rows):
    table = pd.DataFrame(rows, columns=["user_id", "begin", "end"])
    for name, text in (("plug_in_utc", "begin"), ("plug_out_utc", "end")):
        table[name] = pd.to_datetime(table[text]).dt.tz_localize("Europe/Stockholm").dt.tz_convert("UTC")
    return table.assign(place="home", site="a")


def weekly(user="u1", weeks=6, start="2024-01-08 20:10", hours=11 + 50 / 60):
    begin = pd.date_range(start, periods=weeks, freq="7D")
    return [(user, first, first + pd.Timedelta(hours=hours)) for first in begin]


def test_a_weekly_session_by_hand():
    found = plugged_days(sessions(weekly()))
    # first plug-in Monday 8 January: observed from Monday 15 January for the four whole weeks before 13 February
    assert found.days[0] == pd.Timestamp("2024-01-15") and len(found.days) == 28
    assert found.observed.all()
    monday, tuesday = found.plugged[0, :, 0], found.plugged[1, :, 0]
    assert np.flatnonzero(monday).tolist() == [20, 21, 22, 23]
    assert np.flatnonzero(tuesday).tolist() == list(range(8))
    assert found.plugged.sum() == 12 * 4


def test_nobody_is_absent_before_entering_or_after_leaving():
    found = plugged_days(sessions(weekly() + weekly("u2", 8, "2024-02-05 20:00")))
    assert found.user_ids.tolist() == ["u1", "u2"]
    weeks = found.observed[::7]
    assert weeks[:, 0].sum() == 4 and weeks[:, 1].sum() == 6
    assert not (found.plugged & ~found.observed[:, None, :]).any()
    assert not weeks[:4, 1].any() and not weeks[4:, 0].any()


def test_two_sessions_at_once_are_one_connection_and_short_stays_are_left_out():
    doubled = weekly() + [(user, begin + pd.Timedelta(hours=1), end) for user, begin, end in weekly()]
    assert plugged_days(sessions(doubled)).plugged.sum() == 12 * 4
    assert plugged_days(sessions(weekly() + weekly("u2", 3))).user_ids.tolist() == ["u1"]
    with pytest.raises(DataError, match="four whole weeks"):
        plugged_days(sessions(weekly(weeks=3)))


def test_holidays_by_hand():
    days = pd.date_range("2019-01-01", "2019-12-31", freq="D")
    found = pd.Series(holiday_days(days, "NO"), index=days)
    assert found["2019-01-01"] and not found["2019-01-02"]
    # Easter Sunday 21 April: Holy Week from Monday 15 to Easter Monday
    assert found["2019-04-15":"2019-04-22"].all() and not found["2019-04-14"] and not found["2019-04-23"]
    assert found["2019-05-17"] and found["2019-07-01":"2019-07-31"].all()
    assert found["2019-12-23":"2019-12-31"].all() and not found["2019-12-22"]
    # eight other red days: 1 and 17 May, Ascension, Whit Sunday and Monday; no plain Sunday
    assert found.sum() == 1 + 8 + 5 + 31 + 9
