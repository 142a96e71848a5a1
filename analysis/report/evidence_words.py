"""Turns the numbers of a published row into words: what was published, what counts as met, what we get, from where."""

import re
from dataclasses import dataclass
from math import isfinite
from typing import Any

from analysis.report.text import NO_BREAK, NO_WRAP, UNKNOWN, Voice

WITHOUT_UNIT = ("sign", "ordinal", "year")
UNGROUPED = ("year",)
DIGITS = 3
"""Significant digits of our numbers: as many for the range as for its middle, so that a near miss is seen as one."""
FIGURE = re.compile(r"^(?P<word>>|over|up to|nearly|)\s*(?P<figure>-?\d+(\.\d+)?)$")
WORD_KEYS = {">": "over", "over": "over", "up to": "up_to", "nearly": "nearly"}


@dataclass(frozen=True)
class Published:
    """What a row says: its figures in words of the page's language, and words of its own in the source's."""

    figures: str
    original: str


def published_told(row: Any, voice: Voice) -> Published:
    """Write the published figures as they stand in the table; nothing is rounded.

    Examples
    --------
    20 to 80 with no figure between: "20-80". 8 as a low end alone: "at least 8". ">10": "over 10". "majority": as is.
    """
    text = "" if _is_missing(row.published_text) else str(row.published_text).strip()
    found = FIGURE.match(text)
    low, high, unit = row.published_low, row.published_high, row.unit
    if found and found["word"]:
        figure = _plain(float(found["figure"]), unit, voice)
        return Published(with_unit(voice.say(f"published.{WORD_KEYS[found['word']]}", figure=figure), unit, voice), "")
    central = float(found["figure"]) if found else None
    return Published(_figures(low, central, high, unit, voice), "" if found else text)


def _figures(low: float, central: float | None, high: float, unit: str, voice: Voice) -> str:
    ends = [_plain(end, unit, voice) for end in (low, high) if isfinite(end)]
    if isfinite(low) and isfinite(high) and low < high:
        span = between(low, high, unit, voice)
        shown = span if central is None or central in (low, high) else f"{_plain(central, unit, voice)} ({span})"
    elif central is not None and not (isfinite(low) and not isfinite(high)):
        shown = _plain(central, unit, voice)
    elif not ends:
        return ""
    elif isfinite(low) and isfinite(high):
        shown = ends[0]
    else:
        shown = voice.say("published.at_least" if isfinite(low) else "published.at_most", figure=ends[0])
    return with_unit(shown, unit, voice)


def between(low: float, high: float, unit: str, voice: Voice) -> str:
    """Write a range; beside a minus the dash becomes a word."""
    first, last = _plain(low, unit, voice), _plain(high, unit, voice)
    return f"{first} {voice.say('number.to')} {last}" if min(low, high) < 0 else f"{first}{NO_WRAP}–{NO_WRAP}{last}"


def required(row: Any, voice: Voice) -> str:
    """Say what counts as met: between the ends of the row's target, beyond the only one, or above 0 for a sign."""
    if row.comparability == "sign":
        return voice.say("required.sign")
    low, high, unit = row.target_low, row.target_high, row.unit
    if isfinite(low) and isfinite(high):
        return with_unit(between(low, high, unit, voice), unit, voice)
    if not (isfinite(low) or isfinite(high)):
        return UNKNOWN
    key, end = ("published.at_least", low) if isfinite(low) else ("published.at_most", high)
    return with_unit(voice.say(key, figure=_plain(end, unit, voice)), unit, voice)


def ours_told(row: Any, voice: Voice) -> str:
    """Write our number with its range, or that there is none; of a sign it is the margin by which the order holds."""
    if not isfinite(row.ours_central):
        return voice.say("ours.none" if row.case_kind == "none" else "number.missing")
    number, low, high = (rounded(value) for value in (row.ours_central, row.ours_low, row.ours_high))
    told = voice.exact(number) + ("" if low == high else f" ({between(low, high, row.unit, voice)})")
    if row.comparability == "sign":
        return voice.say("ours.margin", number=told)
    return with_unit(told, row.unit, voice)


def rounded(value: float) -> float:
    """Keep :data:`DIGITS` significant digits.

    Examples
    --------
    204.133 gives 204; 8.8 gives 8.8.
    """
    return float(f"{value:.{DIGITS}g}")


def sign_told(row: Any, voice: Voice) -> str:
    """Say whether the published order holds in ours; empty for a row that is no sign or has no case."""
    if row.comparability != "sign" or not isfinite(row.ours_central):
        return ""
    word = {"reproduced": "holds", "within_spread": "holds_in_part"}.get(row.verdict, "does_not_hold")
    return voice.say(f"sign.{word}")


def with_unit(number: str, unit: str, voice: Voice) -> str:
    """Set a unit behind a number; an order has none, and English sets no space before a per cent sign."""
    if unit in WITHOUT_UNIT:
        return number
    name = voice.name("unit", unit)
    space = "" if name.startswith("%") and voice.locale == "en" else NO_BREAK
    return f"{number}{space}{name}"


def _plain(value: float, unit: str, voice: Voice) -> str:
    return f"{value:.0f}" if unit in UNGROUPED else voice.exact(value)


def _is_missing(cell: object) -> bool:
    return cell is None or cell != cell  # a missing cell is not equal to itself
