"""Names the scheme that the page leads with and the order of the others; reads measures of schemes by name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

import pandas as pd

from analysis.errors import DataError, Fault
from analysis.report import headlines
from analysis.report.elements import rows_of
from analysis.report.numbers import is_known
from analysis.report.text import NO_BREAK, Voice

BASELINE = "none"
NAME_WIDTH = 22
FIRM_COST = "outlay_sek_per_firm_kw_year"
SOCIAL = "net_social_npv_msek"
SOCIAL_MEAN = "net_social_npv_mean_msek"
CHANCE = "social_npv_positive_pu"
ADDITIONAL = "net_additional_count"
FREE = "free_rider_pu"
FIRM = "net_firm_additional_mw"
OUTLAY = "outlay_msek"
HOME_BATTERY = "home_battery_sek_per_firm_kw_year"
TOP = "outlay_share_top_quintile_pu"


@dataclass(frozen=True)
class Choice:
    """The schemes of a run in reading order: the leading one first, then as the run names them; never the baseline."""

    schemes: tuple[str, ...]
    lead: str | None

    def of(self, table: pd.DataFrame) -> list[str]:
        """Give the schemes that a table has rows of, in reading order; one that the run does not name comes last."""
        found = list(dict.fromkeys(str(name) for name in table["scheme"]))
        unnamed = [name for name in found if name not in self.schemes and name != BASELINE]
        return [name for name in (*self.schemes, *unnamed) if name in found]


def choose(named: Sequence[str], results_headlines: pd.DataFrame) -> Choice:
    """Put the scheme that the headlines call best first; where no scheme adds anything the run's first one leads."""
    best = headlines.best_scheme(results_headlines)
    others = [name for name in named if name != BASELINE]
    ranked = tuple(sorted(others, key=lambda name: name != best))
    return Choice(ranked, ranked[0] if ranked else None)


def wrapped(name: str) -> str:
    """Break a name into short lines of about the same length for an axis."""

    def lines(width: int) -> list[str]:
        return wrap(name.replace("<", "&lt;"), width, break_long_words=False, break_on_hyphens=False)

    count = len(lines(NAME_WIDTH))
    return "<br>".join(next(lines(width) for width in range(1, NAME_WIDTH + 1) if len(lines(width)) <= count))


def measures(summary: pd.DataFrame, year: int) -> dict[tuple[str, str], Any]:
    """Give the rows of ``SchemeSummary`` of one year by scheme and measure."""
    return {(row.scheme, row.measure): row for row in rows_of(summary[summary["year"] == year])}


def pick(found: Mapping[tuple[str, str], Any], scheme: str, measure: str) -> Any:
    """Pick one measure of one scheme.

    Raises
    ------
    DataError
        If the summary lacks it.
    """
    if (scheme, measure) not in found:
        raise DataError(
            Fault(f"scheme_summary [{scheme}, {measure}]", "no row", "one row", "Write it where schemes are summed up.")
        )
    return found[scheme, measure]


def told(row: Any, voice: Voice) -> str:
    """Write a measure with unit and range."""
    if not is_known(row.value):
        return voice.say("number.missing")
    return voice.quantity(row.value, row.low, row.high, row.unit)


def mean_text(value: float, unit: str, voice: Voice) -> str:
    """Write a mean that has no interval of its own with two digits and its unit."""
    number = voice.number(float(value), unit, min(float(value), 0.0), max(float(value), 0.0))
    return f"{number}{NO_BREAK}{voice.unit(unit)}"


def chance(row: Any, voice: Voice) -> str:
    """Write a probability; one that no draw bears out is small, not zero, and so is what is left of a sure one."""
    if not is_known(row.value):
        return voice.say("number.missing")
    return chance_text(float(row.value), voice)


def chance_text(value: float, voice: Voice) -> str:
    """Write a share of draws; under one per cent and over ninety-nine in words."""
    if value < headlines.HARDLY:
        return voice.say("number.hardly")
    return voice.say("number.nearly_all") if value > 1 - headlines.HARDLY else voice.number(value, "pu", 0.0, 1.0)
