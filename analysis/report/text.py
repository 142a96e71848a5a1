"""Turns keys and values into sentences of one language, by a catalog that is compiled in memory.

A key without a text is a fault, never an English leftover. Names of things that a user may add (a scheme, a charger
option, a measure) are shown by their id until the catalogs name them.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass

from babel.dates import get_day_names
from babel.messages.pofile import read_po

from analysis.errors import ConfigError, Fault
from analysis.report.numbers import date_text, exact_text, is_known, number_text, rounding_exponent, share_text

COUNT_UNITS = ("count", "cars", "car")
SHARE_UNITS = ("pu", "share", "probability_pu")
WHOLE_PER_CENT = -2
NO_BREAK = "\u00a0"
NO_WRAP = "\u2060"
UNKNOWN = "–"
HOURS_PER_DAY = 24


def read_catalog(source: str) -> dict[str, str]:
    """Read the text of one ``.po`` file into key and text; a fuzzy or empty entry is left out."""
    catalog = read_po(io.BytesIO(source.encode("utf-8")))
    entries = {message.id: message.string for message in catalog if message.id and not message.fuzzy}
    return {str(key): str(text) for key, text in entries.items() if text}


@dataclass(frozen=True)
class Voice:
    """One language: its texts, its numbers, its dates."""

    locale: str
    texts: Mapping[str, str]

    def say(self, key: str, **values: str) -> str:
        """Give the text of a key with its values filled in.

        Raises
        ------
        ConfigError
            If the catalog of the language has no such key, or the text asks for a value that was not given.
        """
        if key not in self.texts:
            raise ConfigError(self._fault(key, "no text", "a translated entry"))
        try:
            return self.texts[key].format(**values)
        except KeyError as error:
            raise ConfigError(self._fault(key, f"the unknown value {error}", f"only {sorted(values)}")) from None

    def _fault(self, key: str, found: str, expected: str) -> Fault:
        place = f"reports/text/{self.locale}/LC_MESSAGES/report.po [{key}]"
        return Fault(place, found, expected, "Correct the entry in both catalogs.")

    def name(self, kind: str, identifier: str) -> str:
        """Give the name of a thing of an open list, or its id where the catalogs do not name it yet."""
        return self.texts.get(f"{kind}.{identifier}", identifier)

    def inline(self, kind: str, identifier: str) -> str:
        """Give a name as it stands inside a sentence: small first letter, unless it is an abbreviation."""
        name = self.name(kind, identifier)
        return name[0].lower() + name[1:] if name[1:2].islower() else name

    def number(self, value: object, unit: str = "", low: object = None, high: object = None) -> str:
        """Write a number without its unit, as precise as its interval allows; a missing number is a dash."""
        if not is_known(value):
            return UNKNOWN
        bounds = (float(low), float(high)) if is_known(low) and is_known(high) else (None, None)  # type: ignore[arg-type]
        exponent = _exponent(unit, float(value), *bounds)  # type: ignore[arg-type]
        if unit in SHARE_UNITS and bounds[0] is None and exponent < WHOLE_PER_CENT:
            exponent = WHOLE_PER_CENT
        return self._write(float(value), exponent, unit)  # type: ignore[arg-type]

    def interval(self, value: object, low: object, high: object, unit: str = "") -> str:
        """Write ``value (low–high)`` without the unit; where the value is zero, the range alone."""
        if not is_known(value):
            return UNKNOWN
        if not (is_known(low) and is_known(high)) or low == high:
            return self.number(value, unit)
        if rounds_to_zero(value, low, high, unit) and float(low) >= 0:  # type: ignore[arg-type]
            return self.span(value, low, high, unit)
        number = self.number(value, unit, low, high)
        exponent = _exponent(unit, float(value), float(low), float(high))  # type: ignore[arg-type]
        ends = {self._write(float(end), exponent, unit) for end in (low, high)}  # type: ignore[arg-type]
        return number if ends == {number} else f"{number} ({self.span(value, low, high, unit)})"

    def span(self, value: object, low: object, high: object, unit: str = "") -> str:
        """Write ``low–high``; with a negative bound the dash becomes a word, so that it is not read as a minus."""
        numbers = (float(value), float(low), float(high))  # type: ignore[arg-type]
        exponent = _exponent(unit, *numbers)
        first, last = (self._write(bound, exponent, unit) for bound in numbers[1:])
        if numbers[2] < 0 and round(numbers[2], -exponent) == 0:
            last = self.say("number.below_zero")
        if unit in SHARE_UNITS:
            first = first.rstrip("%").rstrip()
        if min(numbers[1:]) < 0:
            return f"{first} {self.say('number.to')} {last}"
        return f"{first}{NO_WRAP}–{NO_WRAP}{last}"

    def _write(self, value: float, exponent: int, unit: str) -> str:
        writer = share_text if unit in SHARE_UNITS else number_text
        if round(value, -exponent) == 0:
            return writer(0.0, 0, self.locale)
        return writer(value, exponent, self.locale)

    def decimals(self, value: float, count: int) -> str:
        """Write a number with a fixed count of decimals; what is not zero but would be read as zero is marked so."""
        if value == 0:
            return "0"
        if round(value, count) == 0:
            return f"≈{NO_BREAK}0"
        return number_text(value, -count, self.locale)

    def exact(self, value: float) -> str:
        """Write an input as it stands in its file."""
        return exact_text(value, self.locale)

    def unit(self, unit: str) -> str:
        """Give the unit in words; a share carries its per cent sign already."""
        return "" if unit in SHARE_UNITS else self.name("unit", unit)

    def quantity(self, value: object, low: object, high: object, unit: str) -> str:
        """Write value, unit and range: ``410 MW (330–510)``."""
        if not is_known(value):
            return self.say("number.missing")
        head = f"{self.number(value, unit, low, high)}{NO_BREAK}{self.unit(unit)}".strip()
        if not (is_known(low) and is_known(high)) or low == high:
            return head
        return f"{head} ({self.span(value, low, high, unit)})"

    def date(self, day: str) -> str:
        """Write an ISO date in words."""
        return date_text(day, self.locale)

    def hour(self, hour_of_week: int) -> str:
        """Name an hour of the week: ``måndag 17–18``."""
        names = get_day_names("wide", context="format", locale=self.locale)
        day, hour = divmod(hour_of_week, HOURS_PER_DAY)
        return f"{names[day]} {hour:02d}–{hour + 1:02d}"

    def weekdays(self) -> list[str]:
        """Give the short names of the days, Monday first."""
        names = get_day_names("abbreviated", context="stand-alone", locale=self.locale)
        return [str(names[day]) for day in range(7)]


def _exponent(unit: str, value: float, low: float | None = None, high: float | None = None) -> int:
    """Give the power of ten that a number is shown to; things that are counted have no decimals."""
    exponent = rounding_exponent(value, low, high)
    return max(exponent, 0) if unit in COUNT_UNITS else exponent


def rounds_to_zero(value: object, low: object, high: object, unit: str) -> bool:
    """Say whether a value is shown as zero at the precision of its interval."""
    numbers = (float(value), float(low), float(high))  # type: ignore[arg-type]
    return round(numbers[0], -_exponent(unit, *numbers)) == 0
