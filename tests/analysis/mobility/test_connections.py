"""Connections by hand: nights, overlaps, clock hours, distances of a set to itself and to its shifted self."""

import numpy as np
import pandas as pd
import pytest

from analysis.mobility.connections import (
    clock_share,
    connections_of_sessions,
    cumulative_share,
    distances,
    level_measures,
    plug_ins_per_week_by_user,
    plugged_share_by_hour,
)

DAY = 1440.0


def connections(rows):
    table = pd.DataFrame(rows, columns=["user_id", "begin_min", "end_min"], dtype=object)
    table = table.astype({"begin_min": float, "end_min": float})
    return table.assign(connected_h=(table["end_min"] - table["begin_min"]) / 60.0, energy_ac_kwh=10.0)


def nights(user="u", days=22, begin_h=18.0, long_h=12.0):
    return [(user, day * DAY + begin_h * 60, day * DAY + (begin_h + long_h) * 60) for day in range(days)]


def test_every_night_from_18_to_06():
    share = plugged_share_by_hour(connections(nights()))
    for row in share:
        np.testing.assert_allclose(row, [1.0] * 6 + [0.0] * 12 + [1.0] * 6)


def test_connections_of_one_user_that_overlap_count_once():
    within = [("u", day * DAY + 20 * 60, day * DAY + 21 * 60) for day in range(21)]
    np.testing.assert_allclose(plugged_share_by_hour(connections(nights() + within))[0][[19, 20, 21, 23]], 1.0)
    assert plugged_share_by_hour(connections(nights() + within)).max() <= 1.0


def test_users_count_alike_and_those_seen_shortly_not_at_all():
    table = connections([*nights(), *[("v", day * DAY, day * DAY + 60) for day in (0, 7, 14, 21)],
                         ("w", 0.0, 600.0), ("w", 5 * DAY, 5 * DAY + 600.0)])  # fmt: skip
    rates = plug_ins_per_week_by_user(table)
    assert rates.to_dict() == {"u": pytest.approx(22 / 3), "v": pytest.approx(4 / 3)}
    assert plugged_share_by_hour(table)[0][20] == pytest.approx(0.5)


def test_clock_hours_are_local_and_by_day_kind():
    sessions = pd.DataFrame(
        {
            "user_id": ["u", "u"],
            "plug_in_utc": pd.to_datetime(["2024-06-07 21:30Z", "2024-06-08 22:30Z"]),  # summer: Friday 23, Sunday 00
            "plug_out_utc": pd.to_datetime(["2024-06-08 05:30Z", "2024-06-09 05:30Z"]),
            "energy_ac_kwh": [5.0, 7.0],
        }
    )
    found = connections_of_sessions(sessions)
    share = clock_share(found["begin_min"])
    assert share[0][23] == 1.0
    assert share[1][0] == 1.0
    assert found["connected_h"].tolist() == [8.0, 7.0]


def test_cumulative_share_counts_the_whole_hour():
    found = cumulative_share(pd.Series([0.5, 1.0, 1.5, 30.0]), 2)
    np.testing.assert_allclose(found, [0.0, 0.5, 0.75])


def test_a_set_is_at_no_distance_from_itself_and_an_hour_from_its_longer_self():
    one, other = connections(nights()), connections(nights(long_h=13.0))
    assert max(distances(one, one).values()) == 0.0
    away = distances(other, one)
    assert away["connection_wasserstein", "all"] == pytest.approx(1.0)
    assert away["connection_kolmogorov", "all"] == 1.0
    assert away["departure_hours", "weekday"] == pytest.approx(1.0)
    assert away["arrival_hours", "weekday"] == 0.0
    assert away["plugged_share_by_hour", "all"] == pytest.approx(1 / 24)
    assert level_measures(other)["plugged_share"] == pytest.approx(13 / 24, abs=0.01)
