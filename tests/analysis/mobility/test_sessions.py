"""Sessions that cannot be are refused by name; long ones are left out, overlapping ones counted."""

import pandas as pd
import pytest

from analysis.errors import DataError
from analysis.mobility.sessions import plug_in_statistics, sound_sessions


def table_of(*rows):
    table = pd.DataFrame(rows, columns=["user_id", "plug_in_utc", "plug_out_utc", "energy_ac_kwh"])
    for name in ("plug_in_utc", "plug_out_utc"):
        table[name] = pd.to_datetime(table[name], utc=True)
    return table.assign(place="home")


WEEKS = (
    ("u", "2024-01-08 17:00", "2024-01-09 07:00", 10.0),
    ("u", "2024-01-29 17:00", "2024-01-30 07:00", 10.0),
)


def test_what_cannot_be_is_named_all_at_once():
    table = table_of(*WEEKS, ("v", "2024-01-08 17:00", "2024-01-09 07:00", -1.0),
                     ("w", "2024-01-10 17:00", "2024-01-09 07:00", 3.0))  # fmt: skip
    for read in (sound_sessions, plug_in_statistics):
        with pytest.raises(DataError) as caught:
            read(table, "a file")
        told = str(caught.value)
        assert "a file, user v, 2024-01-08 17:00 UTC" in told
        assert "negative energy (1 such" in told
        assert "user w" in told
        assert "plug-out before plug-in (1 such" in told


def test_a_session_longer_than_a_month_is_left_out_and_counted():
    whole_month = ("u", "2024-03-01 00:00", "2024-04-01 00:00", 5.0)
    found = sound_sessions(table_of(*WEEKS, whole_month, ("u", "2024-05-01 00:00", "2024-06-01 01:00", 5.0)), "a file")
    assert found.long_count == 1
    assert len(found.sessions) == 3


def test_overlaps_of_one_user_are_counted_and_kept():
    table = table_of(
        ("u", "2024-01-08 17:00", "2024-01-10 07:00", 10.0),
        ("u", "2024-01-09 06:00", "2024-01-09 08:00", 10.0),
        ("u", "2024-01-09 12:00", "2024-01-09 13:00", 10.0),  # within the first, after the end of the second
        ("u", "2024-01-10 07:00", "2024-01-10 08:00", 10.0),
        ("v", "2024-01-09 06:00", "2024-01-09 08:00", 10.0),
    )
    found = sound_sessions(table.sample(frac=1.0, random_state=1), "a file")
    assert (found.overlap_count, found.overlap_user_count, found.long_count) == (2, 1, 0)
    assert len(found.sessions) == 5
