"""Turns what sets a profile apart into a name in Swedish and in English, read from its data and never typed by hand.

A name has three parts: how the car is used, where its household lives, and when it is at home. The first habit that
holds gives the first part; hours are local, Monday to Friday.
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# ASSUME: the limits at which a habit gives its name to a profile. They name and do not group; no result rests on them.
SELDOM_USED_DAYS_PU = 0.45
LONG_DAILY_RATIO = 1.6
WORK_DAYS_PU = 0.4
WEEKEND_RATIO = 1.5
HOME_BY_DAY_PU = 0.6
AWAY_AT_NIGHT_PU = 0.5
AWAY_IN_EVENING_PU = 0.6
DOMINANT_DWELLING_PU = 0.5
MOSTLY_HOME_PU = 0.6
MOSTLY_HOME_H = 20
SELDOM_HOME_PU = 0.5
MIDDAY = slice(10, 15)
NIGHT = slice(1, 5)
MORNING = slice(8, 12)
EVENING = slice(18, 21)

HABITS: dict[str, tuple[str, str]] = {
    "away_at_night": ("Nattkörare", "Night driver"),
    "away_in_evening": ("Kvällspendlare", "Evening commuter"),
    "seldom": ("Sällankörare", "Occasional driver"),
    "commuter": ("Pendlare", "Commuter"),
    "far_commuter": ("Långpendlare", "Long-distance commuter"),
    "far": ("Långkörare", "Long-distance driver"),
    "weekend": ("Helgåkare", "Weekend driver"),
    "home_by_day": ("Hemmavarande", "Home-based driver"),
    "everyday": ("Vardagsåkare", "Everyday driver"),
}
DWELLINGS: dict[str, tuple[str, str]] = {
    "detached": ("med villa", "with a house"),
    "flat_cooperative": ("i bostadsrätt", "in a cooperative flat"),
    "flat_rental": ("i hyresrätt", "in a rental flat"),
    "other": ("i annan bostad", "in other housing"),
    "mixed": ("i blandade bostäder", "in mixed housing"),
}
MOSTLY_HOME = ("hemma större delen av dygnet", "home most of the day")
FLEET_NAME = ("Verksamhetsfordon", "Fleet vehicles")


@dataclass(frozen=True)
class Portrait:
    """What a name is read from: weighted means of a profile, its weekday by hour, and the mean of all profiles.

    ``dwelling_pu`` holds the share of each known dwelling; empty where the source knows none.
    """

    daily_km: float
    all_daily_km: float
    used_days_pu: float
    work_days_pu: float
    weekend_ratio_pu: float
    weekday_home_pu: Array
    plugged_h_per_day: float
    dwelling_pu: dict[str, float]


def name_profiles(portraits: list[Portrait]) -> list[tuple[str, str]]:
    """Name profiles in Swedish and English; names that fall together are told apart by distance, then by plug-in.

    Examples
    --------
    Work on most days, in houses, home from five to seven: ("Pendlare med villa, hemma 17–07",
    "Commuter with a house, home 17–07").
    """
    names = [_plain_name(portrait) for portrait in portraits]
    for detail in (_distance, _plug_in):
        shared = _shared(names)
        names = [_joined(name, detail(portrait)) if name in shared else name
                 for name, portrait in zip(names, portraits, strict=True)]  # fmt: skip
    shared, seen = _shared(names), Counter[tuple[str, str]]()
    for index, name in enumerate(names):
        seen[name] += 1
        if name in shared:
            names[index] = (f"{name[0]} ({seen[name]})", f"{name[1]} ({seen[name]})")
    return names


def _shared(names: list[tuple[str, str]]) -> set[tuple[str, str]]:
    return {name for name, count in Counter(names).items() if count > 1}


def _joined(name: tuple[str, str], detail: tuple[str, str]) -> tuple[str, str]:
    return f"{name[0]}, {detail[0]}", f"{name[1]}, {detail[1]}"


def _plain_name(portrait: Portrait) -> tuple[str, str]:
    habit, dwelling, hours = habit_of(portrait), dwelling_of(portrait), home_phrase(portrait.weekday_home_pu)
    name = HABITS[habit]
    if dwelling:
        name = (f"{name[0]} {DWELLINGS[dwelling][0]}", f"{name[1]} {DWELLINGS[dwelling][1]}")
    is_said = habit == "home_by_day" and hours == MOSTLY_HOME
    return name if is_said else _joined(name, hours)


def habit_of(portrait: Portrait) -> str:
    """The first habit of the ladder that holds; ``everyday`` where none does."""
    day = portrait.weekday_home_pu
    is_far = portrait.daily_km > LONG_DAILY_RATIO * portrait.all_daily_km
    ladder = {
        "away_at_night": day[NIGHT].mean() < AWAY_AT_NIGHT_PU and day[NIGHT].mean() < day[MIDDAY].mean(),
        "away_in_evening": day[EVENING].mean() < AWAY_IN_EVENING_PU and day[EVENING].mean() < day[MORNING].mean(),
        "seldom": portrait.used_days_pu < SELDOM_USED_DAYS_PU,
        "far_commuter": portrait.work_days_pu >= WORK_DAYS_PU and is_far,
        "commuter": portrait.work_days_pu >= WORK_DAYS_PU,
        "far": is_far,
        "weekend": portrait.weekend_ratio_pu > WEEKEND_RATIO,
        "home_by_day": day[MIDDAY].mean() >= HOME_BY_DAY_PU,
    }
    return next((name for name, holds in ladder.items() if holds), "everyday")


def dwelling_of(portrait: Portrait) -> str:
    """The dwelling of at least half of the vehicles, else ``mixed``; empty where no dwelling is known."""
    if not portrait.dwelling_pu:
        return ""
    most = max(sorted(portrait.dwelling_pu), key=lambda name: portrait.dwelling_pu[name])
    return most if portrait.dwelling_pu[most] >= DOMINANT_DWELLING_PU else "mixed"


def home_phrase(weekday_home_pu: Array) -> tuple[str, str]:
    """Say when a car is at home: the longest run of hours above the middle between its emptiest and fullest hour."""
    least, most = float(weekday_home_pu.min()), float(weekday_home_pu.max())
    if most < SELDOM_HOME_PU:
        return "sällan hemma", "seldom at home"
    start, length = longest_run(weekday_home_pu >= (least + most) / 2.0)
    if least >= MOSTLY_HOME_PU or length >= MOSTLY_HOME_H:
        return MOSTLY_HOME
    hours = f"{start:02d}–{(start + length) % 24:02d}"
    return f"hemma {hours}", f"home {hours}"


def longest_run(is_home: NDArray[np.bool_]) -> tuple[int, int]:
    """First hour and length of the longest run of true hours round the clock.

    Examples
    --------
    True at 17-23 and 0-6: start 17, length 14.
    """
    best = (0, 0)
    for start in range(len(is_home)):
        turned = np.roll(is_home, -start)
        length = int(turned.argmin()) if not turned.all() else len(turned)
        if length > best[1]:
            best = (start, length)
    return best


def _distance(portrait: Portrait) -> tuple[str, str]:
    return f"{portrait.daily_km:.0f} km om dagen", f"{portrait.daily_km:.0f} km a day"


def _plug_in(portrait: Portrait) -> tuple[str, str]:
    hours = f"{portrait.plugged_h_per_day:.0f}"
    return f"inkopplad {hours} timmar om dygnet", f"plugged in {hours} hours a day"
