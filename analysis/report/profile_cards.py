"""Turns profiles into cards: the facts of each beside its week, by hour and day, as three maps of shares.

Parked at home, plugged in and available stay three maps, one below the other on the same hours: what fades from one to
the next is power out of reach.
"""

from typing import Any

import pandas as pd

from analysis.report.elements import Panel, rows_of
from analysis.report.figures import HOURS_PER_DAY, axis, base_layout
from analysis.report.notes import stability
from analysis.report.results import FLEET_PROFILE, private_profiles
from analysis.report.text import Voice

OTHER_LOCALE = {"sv": "en", "en": "sv"}
STEPS = {"parked_home_pu": "profiles.parked", "plugged_pu": "profiles.plugged", "available_pu": "profiles.available"}
DAYS = 7
# Each map fills its part of the height, with room for its name above it.
DOMAINS = ((0.73, 0.95), (0.40, 0.62), (0.07, 0.29))
FULL_COLOUR = "@plugged"
EMPTY_COLOUR = "@plugged/0.04"
MARKED_DAYS = (0, 2, 4, 6)
MARKED_HOURS = (0, 6, 12, 18)
HEIGHT = 300


def profile_panels(profiles: pd.DataFrame, shapes: pd.DataFrame, voice: Voice) -> list[Panel]:
    """Draw one card a profile, the most common first, firms' cars last.

    Parameters
    ----------
    profiles, shapes
        ``Profiles`` and ``ProfileShapes``.
    """
    private = private_profiles(profiles).sort_values("share_pu", ascending=False)
    return [
        _card(profile, shapes[shapes["profile_id"] == profile.profile_id].sort_values("hour_of_week"), voice)
        for profile in rows_of(pd.concat([private, profiles.drop(private.index)]))
    ]


def _card(profile: Any, week: pd.DataFrame, voice: Voice) -> Panel:
    names = {"sv": profile.name_sv, "en": profile.name_en}
    other = OTHER_LOCALE[voice.locale]
    data = [_map(week[column], place, voice) for place, column in enumerate(STEPS)]
    return Panel(
        names[voice.locale], data, _layout(voice), HEIGHT, facts=profile_facts(profile, voice),
        other_name=names[other], other_locale=other,
    )  # fmt: skip


def profile_facts(profile: Any, voice: Voice) -> list[tuple[str, str]]:
    """Say of one profile how common it is, how far it drives on what energy, how long it is plugged in, how sure it is.

    Firms' cars are one group by definition: they have no share of private cars and no stability.
    """
    driven = _rough(profile.daily_km, "km", voice)
    energy = _rough(profile.driving_dc_kwh_per_day, "kwh", voice)
    facts = [
        (voice.say("column.daily_km"), driven),
        (voice.say("column.daily_kwh"), energy),
        (voice.say("column.plugged_h_per_day"), _rough(profile.plugged_h_per_day, "h", voice)),
    ]
    if profile.profile_id == FLEET_PROFILE:
        return facts
    share = voice.interval(profile.share_pu, profile.share_low_pu, profile.share_high_pu, "pu")
    words = voice.say(f"stability.{stability(profile.jaccard_pu)}")
    sure = f"{words} ({voice.decimals(profile.jaccard_pu, 2)})"
    return [(voice.say("column.share"), share), *facts, (voice.say("column.stability"), sure)]


def _rough(value: float, unit: str, voice: Voice) -> str:
    """Write a mean without an interval of its own with two digits."""
    return voice.number(value, unit, min(value, 0.0), max(value, 0.0))


def _map(shares: pd.Series, place: int, voice: Voice) -> dict[str, Any]:
    """Draw the share of cars by day (down) and hour (across); faint is none, full colour is all."""
    by_day = shares.to_numpy(float).reshape(DAYS, HOURS_PER_DAY)
    return {
        "type": "heatmap", "z": [[round(float(share), 2) for share in day] for day in by_day], "zmin": 0, "zmax": 1,
        "y": voice.weekdays(), "yaxis": f"y{place + 1}" if place else "y", "showscale": False, "xgap": 0.5, "ygap": 1,
        "colorscale": [[0, EMPTY_COLOUR], [1, FULL_COLOUR]],
        "hovertemplate": "%{y} %{x}: %{z:.0%}<extra></extra>",
    }  # fmt: skip


def _layout(voice: Voice) -> dict[str, Any]:
    small, days = {"size": 11}, voice.weekdays()
    down = axis(showgrid=False, autorange="reversed", tickvals=[days[day] for day in MARKED_DAYS], tickfont=small,
                ticks="", zeroline=False)  # fmt: skip
    hours = axis(showgrid=False, tickvals=list(MARKED_HOURS), ticktext=[f"{hour:02d}" for hour in MARKED_HOURS],
                 tickfont=small, zeroline=False, anchor=f"y{len(DOMAINS)}")  # fmt: skip
    names = [
        {"text": voice.say(key), "xref": "paper", "yref": "paper", "x": 0, "y": domain[1], "xanchor": "left",
         "yanchor": "bottom", "showarrow": False, "font": {"size": 12}}
        for key, domain in zip(STEPS.values(), DOMAINS, strict=True)
    ]  # fmt: skip
    downs = {f"yaxis{place + 1}" if place else "yaxis": down | {"domain": list(domain)}
             for place, domain in enumerate(DOMAINS)}  # fmt: skip
    margin = {"l": 40, "r": 4, "t": 2, "b": 4}
    return base_layout(voice, xaxis=hours, annotations=names, margin=margin, **downs)
