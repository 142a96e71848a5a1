"""Turns numbers with intervals into text of a language: no more digits than the interval supports, never hidden."""

import math
from datetime import date
from functools import lru_cache

import pandas as pd
from babel.dates import format_date
from babel.numbers import format_decimal, format_percent

MOST_DIGITS = 3
LEAST_DIGITS = 2
MINUS = "\u2212"


def rounding_exponent(value: float, low: float | None = None, high: float | None = None) -> int:
    """Give the power of ten that a number is shown to.

    Half the width of the interval decides, held between two and three significant digits of the largest of the three;
    a value smaller than its bounds keeps two digits of its own as long as the largest has no more than three. A number
    without an interval is shown with three.

    Examples
    --------
    412 (330 to 506) gives 1: shown as 410. 0.62 (0.55 to 0.70) gives -2. 5213 (1200 to 9800) gives 2: shown as 5 200.
    -251 (-1084 to -8) gives 1: shown as -250 (-1 080 to -10).
    """
    known = [abs(item) for item in (value, low, high) if item is not None and item != 0]
    if not known:
        return 0
    magnitude = math.floor(math.log10(max(known)))
    finest, coarsest = magnitude - MOST_DIGITS + 1, magnitude - LEAST_DIGITS + 1
    if low is None or high is None or high <= low:
        return finest
    own = math.floor(math.log10(abs(value))) - LEAST_DIGITS + 1 if value else coarsest
    return max(min(math.floor(math.log10((high - low) / 2)), coarsest, own), finest)


def number_text(value: float, exponent: int, locale: str) -> str:
    """Write one number in the manner of a locale, rounded to a power of ten; minus zero is zero."""
    return _decimal_text(round(value, -exponent) + 0.0, max(0, -exponent), locale)


def share_text(value: float, exponent: int, locale: str) -> str:
    """Write a share (0 to 1) as per cent, rounded to a power of ten of the share itself."""
    return _percent_text(round(value, -exponent) + 0.0, max(0, -exponent - 2), locale)


@lru_cache(maxsize=65536)
def _decimal_text(rounded: float, decimals: int, locale: str) -> str:
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return str(format_decimal(rounded, format=pattern, locale=locale)).replace("-", MINUS)


@lru_cache(maxsize=65536)
def _percent_text(rounded: float, decimals: int, locale: str) -> str:
    pattern = str(format_percent(0.5, locale=locale)).replace(
        "50", "#,##0" + ("." + "0" * decimals if decimals else "")
    )
    return str(format_percent(rounded, format=pattern, locale=locale)).replace("-", MINUS)


def exact_text(value: float, locale: str) -> str:
    """Write an input as it stands in its file: nothing is rounded away."""
    return str(format_decimal(value, format="#,##0.##########", locale=locale)).replace("-", MINUS)


def is_known(value: object) -> bool:
    """Say whether a cell holds a finite number."""
    return isinstance(value, int | float) and not pd.isna(value) and math.isfinite(value)


def date_text(day: str, locale: str) -> str:
    """Write an ISO date in words: 2026-11-23 gives 23 november 2026, and 23 November 2026 in English."""
    return str(format_date(date.fromisoformat(day), format="long", locale={"en": "en_GB"}.get(locale, locale)))
