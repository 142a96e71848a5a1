"""Names are read from data, in both languages, and never shared by two profiles."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.profiles.names import Portrait, home_phrase, longest_run, name_profiles


def day(home_from, home_to, high=0.95, low=0.2):
    hours = np.arange(24)
    is_home = (
        (hours >= home_from) | (hours < home_to) if home_from > home_to else (hours >= home_from) & (hours < home_to)
    )
    return np.where(is_home, high, low)


COMMUTER = Portrait(
    daily_km=40.0, all_daily_km=35.0, used_days_pu=0.8, work_days_pu=0.8, weekend_ratio_pu=0.7,
    weekday_home_pu=day(17, 7), plugged_h_per_day=6.0, dwelling_pu={"detached": 0.8, "flat_rental": 0.2},
)  # fmt: skip
MIXED = {"detached": 0.4, "flat_rental": 0.3, "flat_cooperative": 0.3}


@pytest.mark.parametrize(
    ("change", "swedish", "english"),
    [
        ({}, "Pendlare med villa, hemma 17–07", "Commuter with a house, home 17–07"),
        (
            {"daily_km": 70.0, "dwelling_pu": {"flat_cooperative": 1.0}},
            "Långpendlare i bostadsrätt, hemma 17–07",
            "Long-distance commuter in a cooperative flat, home 17–07",
        ),
        (
            {"used_days_pu": 0.3, "dwelling_pu": {"flat_rental": 0.6, "other": 0.4}},
            "Sällankörare i hyresrätt, hemma 17–07",
            "Occasional driver in a rental flat, home 17–07",
        ),
        (
            {"work_days_pu": 0.1, "weekday_home_pu": day(12, 10, low=0.7), "dwelling_pu": MIXED},
            "Hemmavarande i blandade bostäder",
            "Home-based driver in mixed housing",
        ),
        (
            {"weekday_home_pu": day(8, 20), "dwelling_pu": {}},
            "Nattkörare, hemma 08–20",
            "Night driver, home 08–20",
        ),
        (
            {"weekday_home_pu": day(23, 13)},
            "Kvällspendlare med villa, hemma 23–13",
            "Evening commuter with a house, home 23–13",
        ),
        (
            {"work_days_pu": 0.1, "weekend_ratio_pu": 2.0},
            "Helgåkare med villa, hemma 17–07",
            "Weekend driver with a house, home 17–07",
        ),
        (
            {"work_days_pu": 0.1, "daily_km": 90.0},
            "Långkörare med villa, hemma 17–07",
            "Long-distance driver with a house, home 17–07",
        ),
        ({"work_days_pu": 0.1}, "Vardagsåkare med villa, hemma 17–07", "Everyday driver with a house, home 17–07"),
    ],
)
def test_names_by_habit(change, swedish, english):
    assert name_profiles([replace(COMMUTER, **change)]) == [(swedish, english)]


def test_names_that_fall_together_are_told_apart_in_both_languages():
    named = name_profiles([
        COMMUTER, replace(COMMUTER, daily_km=25.0), replace(COMMUTER, daily_km=25.0, plugged_h_per_day=11.0),
        replace(COMMUTER, daily_km=25.0, plugged_h_per_day=11.0), replace(COMMUTER, weekday_home_pu=day(18, 6)),
    ])  # fmt: skip
    assert named[0] == (
        "Pendlare med villa, hemma 17–07, 40 km om dagen",
        "Commuter with a house, home 17–07, 40 km a day",
    )
    assert named[1][0].endswith("25 km om dagen, inkopplad 6 timmar om dygnet")
    assert named[3][1].endswith("25 km a day, plugged in 11 hours a day (2)")
    assert named[4] == ("Pendlare med villa, hemma 18–06", "Commuter with a house, home 18–06")
    for language in (0, 1):
        assert len({name[language] for name in named}) == len(named)
    assert all(swedish != english for swedish, english in named)


def test_home_phrase_and_longest_run():
    assert home_phrase(np.full(24, 0.2)) == ("sällan hemma", "seldom at home")
    assert home_phrase(day(12, 11)) == ("hemma större delen av dygnet", "home most of the day")
    assert longest_run(np.arange(24) >= 22) == (22, 2)
    assert longest_run((np.arange(24) < 7) | (np.arange(24) >= 17)) == (17, 14)
