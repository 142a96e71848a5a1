"""Turns published clock texts into UTC instants: offsets, wall clocks, ranges, and the two odd hours of the year."""

import logging
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.errors import Fault
from analysis.sources.layout import Clock

log = logging.getLogger(__name__)

MAX_EXAMPLES = 20
FIRST_YEAR, LAST_YEAR = 1900, 2199
"""Years that a clock text may name; others are a slip of the form or of the unit."""
MOST_HOURS = 24.0 * 366 * (LAST_YEAR - FIRST_YEAR)
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Instants:
    """UTC instants by row; faults name rows.

    ``skipped`` marks rows whose wall-clock time does not exist, ``odd`` those that the clock has dropped: skipped or
    repeated, where the descriptor says ``drop``.
    """

    utc: pd.Series
    skipped: pd.Series
    odd: pd.Series
    faults: tuple[Fault, ...]


def read_instants(texts: pd.Series, clock: Clock, groups: pd.Series | None, place: str, column: str) -> Instants:
    """Read a column of clock texts.

    Parameters
    ----------
    texts
        One text (or typed datetime) per row; index = row number in the file.
    clock
        The form, the zone and the rules of the odd hours.
    groups
        What tells the two passes of a repeated hour apart besides the text (for example the zone); None = nothing.
    place, column
        File and column for the faults.

    Returns
    -------
    Instants
        ``utc`` is NaT where a text is missing, cannot be read, or names an hour that was skipped.

    Notes
    -----
    METHODS 0: index in UTC. Mimer: 02:00 is absent in March, the second 02:00 of October is stamped 02:01.
    """
    naive, bad = _parse(texts, clock)
    far = naive.notna() & ~naive.dt.year.between(FIRST_YEAR, LAST_YEAR)
    naive, bad = naive.mask(far), bad | far.to_numpy()
    faults = [
        Fault(f"{place}:{row}/{column}", repr(texts[row]),
              f"a time as {clock.format}" + f", of the years {FIRST_YEAR} to {LAST_YEAR}" * bool(far[row]),
              "Correct the row or clock.format.")
        for row in texts.index[bad][:MAX_EXAMPLES]
    ]  # fmt: skip
    if isinstance(naive.dtype, pd.DatetimeTZDtype):
        utc = naive.dt.tz_convert("UTC").astype("datetime64[us, UTC]")
        never = pd.Series(False, index=texts.index)
        return Instants(utc, never, never, tuple(faults))
    utc, skipped, repeated = _localised(naive, clock, groups, f"{place}/{column}")
    if clock.skipped_hour == "fault":
        faults += [
            Fault(f"{place}:{row}/{column}", repr(texts[row]), f"a time that exists in {clock.zone}",
                  "The clock skips this hour in spring: check clock.zone, or set clock.skipped_hour.")
            for row in texts.index[skipped][:MAX_EXAMPLES]
        ]  # fmt: skip
    odd = repeated | skipped if clock.skipped_hour == "drop" else repeated
    return Instants(utc, skipped, odd, tuple(faults))


def _parse(texts: pd.Series, clock: Clock) -> tuple[pd.Series, Mask]:
    """Naive (or offset-aware) times, and a mask of texts that cannot be read."""
    if clock.format == "hours_since_midnight":
        hours = pd.to_numeric(texts, errors="coerce").astype("float64")
        hours = hours.where(hours.abs() < MOST_HOURS)
        seconds = (hours * 3600.0).round()
        naive = pd.Timestamp(str(clock.base_date)) + pd.to_timedelta(seconds, unit="s")
        return naive.astype("datetime64[us]"), hours.isna().to_numpy()
    if pd.api.types.is_datetime64_any_dtype(texts.dtype):
        return texts, texts.isna().to_numpy()
    read = texts.astype("str").str.strip()
    if clock.range_separator is not None:
        part = 1 if clock.label == "interval_end" else 0
        read = read.str.split(clock.range_separator, n=1, regex=False).str[part]
    form = "ISO8601" if clock.format == "iso8601" else clock.format
    naive = pd.to_datetime(read, format=form, errors="coerce", utc=clock.zone in {"offset", "UTC"})
    bad = naive.isna().to_numpy()
    if clock.zone == "offset":
        has_offset = read.str.contains(r"(?:Z|[+-]\d{2}:?\d{2})$", regex=True, na=False).to_numpy()
        bad = bad | ~has_offset
    return naive, bad


def _localised(
    naive: pd.Series, clock: Clock, groups: pd.Series | None, place: str
) -> tuple[pd.Series, pd.Series, pd.Series]:
    """UTC, and the rows on the hour that spring skips and on the hour that autumn repeats (where those are dropped)."""
    never = pd.Series(False, index=naive.index)
    if clock.zone == "UTC":
        return naive.dt.tz_localize("UTC").astype("datetime64[us, UTC]"), never, never
    is_summer = np.ones(len(naive), dtype=bool)
    if clock.repeated_hour == "second_is_minute_01":
        naive, is_summer = _minute_01(naive, clock)
    elif clock.repeated_hour == "in_file_order":
        is_summer = ~_is_repeat(naive, groups)
    shift = clock.skipped_hour == "shift_forward"
    local = naive.dt.tz_localize(clock.zone, ambiguous=is_summer, nonexistent="shift_forward" if shift else "NaT")
    skipped = naive.notna() & local.isna()
    repeated = never
    if clock.repeated_hour in {"drop", "first_is_meant"}:
        winter = naive.dt.tz_localize(clock.zone, ambiguous=~is_summer, nonexistent="NaT")
        repeated = winter.notna() & (winter != local)
        if repeated.any() and clock.repeated_hour == "first_is_meant":
            log.info("%s: read %d times on the repeated hour of autumn as summer time", place, int(repeated.sum()))
            repeated = never
    if shift:
        moved = naive.notna() & naive.dt.tz_localize(clock.zone, ambiguous=is_summer, nonexistent="NaT").isna()
        if moved.any():
            log.info("%s: moved %d times on the skipped hour of spring to its end", place, int(moved.sum()))
    return local.dt.tz_convert("UTC").astype("datetime64[us, UTC]"), skipped, repeated


def _is_repeat(naive: pd.Series, groups: pd.Series | None) -> Mask:
    keys = pd.DataFrame({"naive": naive.to_numpy()}, index=naive.index)
    if groups is not None:
        keys["group"] = groups.to_numpy()
    return keys.duplicated(keep="first").to_numpy()


def _minute_01(naive: pd.Series, clock: Clock) -> tuple[pd.Series, Mask]:
    """The stamp HH:01 stands for the second pass of HH:00 (Mimer); only in the repeated hour itself."""
    is_marked = (naive.dt.minute == 1).to_numpy()
    moved = naive.where(~is_marked, naive - pd.Timedelta(minutes=1))
    as_summer = moved.dt.tz_localize(clock.zone, ambiguous=np.ones(len(moved), bool), nonexistent="NaT")
    as_winter = moved.dt.tz_localize(clock.zone, ambiguous=np.zeros(len(moved), bool), nonexistent="NaT")
    is_ambiguous = (as_summer != as_winter).to_numpy() & as_summer.notna().to_numpy()
    second = is_marked & is_ambiguous
    return naive.where(~second, moved), ~second
