"""Checks that a series holds every interval of its local days once: 23, 24 or 25 hours, 92, 96 or 100 quarters."""

import numpy as np
import pandas as pd

from analysis.errors import Fault
from analysis.sources.rules import Series

MAX_FAULTS = 25
HOUR = pd.Timedelta(hours=1)
SECONDS_PER_HOUR = 3600.0


def infer_step_h(utc: pd.Series, groups: pd.Series, zone: str) -> pd.Series:
    """Step of each row in hours, from the spacing of the starts within its local day.

    Notes
    -----
    The middle spacing of the day is taken, so that a hole does not change the step of its neighbours, and the change
    from 60 to 15 minutes at a local midnight (METHODS 0: delivery day 1 October 2025) is met. A lone row gets 1 h.
    """
    frame = pd.DataFrame({"utc": utc, "group": groups, "day": utc.dt.tz_convert(zone).dt.date})
    frame = frame.sort_values(["group", "utc"], kind="stable")
    spacing = frame.groupby(["group", "day"], sort=False)["utc"].diff().dt.total_seconds() / SECONDS_PER_HOUR
    middle = spacing.groupby([frame["group"], frame["day"]], sort=False).transform("median")
    return pd.Series(middle.fillna(1.0).reindex(utc.index), name="step_h")


def calendar_faults(
    utc: pd.Series, step_h: pd.Series, groups: pd.Series, series: Series, place: str, file_year: int | None
) -> list[Fault]:
    """Name duplicated and missing intervals per group and local day.

    Parameters
    ----------
    utc, step_h, groups
        Start, length and group label by row (index = row number in the file).
    series
        The promise of the descriptor.
    place
        File for the faults.
    file_year
        Year of the file name; with ``covers_file_year`` the first and last local day must be those of the year.
    """
    faults: list[Fault] = []
    for label, rows in utc.groupby(groups, sort=True):
        at = f"{place} [{label}]" if label else place
        faults += _duplicate_faults(rows, at)
        if series.gaps == "fault":
            faults += _hole_faults(rows.drop_duplicates(), step_h[rows.index], series, at, file_year)
    return faults[:MAX_FAULTS] + _rest(faults, place)


def _rest(faults: list[Fault], place: str) -> list[Fault]:
    if len(faults) <= MAX_FAULTS:
        return []
    return [Fault(place, f"{len(faults) - MAX_FAULTS} more faults of the calendar", "none", "Correct the first ones.")]


def _duplicate_faults(rows: pd.Series, place: str) -> list[Fault]:
    repeated = rows[rows.duplicated(keep="first")]
    return [
        Fault(f"{place}:{row}", f"{stamp:%Y-%m-%d %H:%M} UTC again", "each interval once",
              "Remove one of the rows; in autumn check clock.repeated_hour.")
        for row, stamp in repeated.head(MAX_FAULTS + 1).items()
    ]  # fmt: skip


def _hole_faults(
    starts: pd.Series, step_h: pd.Series, series: Series, place: str, file_year: int | None
) -> list[Fault]:
    if starts.empty:
        return []
    ordered = starts.sort_values()
    steps = step_h[ordered.index].to_numpy()
    begins = ordered.dt.tz_convert(None).to_numpy()
    ends = begins + (steps * 3.6e9).astype("timedelta64[us]")
    gap_h = (begins[1:] - ends[:-1]) / np.timedelta64(1, "h")
    faults = [_gap_fault(pd.Timestamp(ends[i], tz="UTC"), float(gap_h[i]), series.zone, place)
              for i in np.flatnonzero(gap_h > 1e-6)[: MAX_FAULTS + 1]]  # fmt: skip
    first = ordered.iloc[0].tz_convert(series.zone)
    last = pd.Timestamp(ends[-1], tz="UTC").tz_convert(series.zone)
    if not (series.whole_days or series.covers_file_year):
        return faults
    begin, stop = first.normalize(), last if last == last.normalize() else _next_day(last)
    if series.covers_file_year and file_year is not None:
        begin = min(begin, pd.Timestamp(file_year, 1, 1, tz=series.zone))
        stop = max(stop, pd.Timestamp(file_year + 1, 1, 1, tz=series.zone))
    for start, end in ((begin, first), (last, stop)):
        hours = (end - start) / HOUR
        if hours > 1e-6:
            faults.append(_gap_fault(start.tz_convert("UTC"), hours, series.zone, place))
    return faults


def _next_day(moment: pd.Timestamp) -> pd.Timestamp:
    return (moment.normalize() + pd.DateOffset(days=1)).normalize()


def _gap_fault(start_utc: pd.Timestamp, hours: float, zone: str, place: str) -> Fault:
    local = start_utc.tz_convert(zone)
    day_h = (_next_day(local) - local.normalize()) / HOUR
    length = f"{hours:g} h" if hours < day_h else f"{hours / 24:.1f} days"
    return Fault(
        f"{place} {local:%Y-%m-%d %H:%M} local", f"{length} missing", f"every interval of a local day of {day_h:g} h",
        "Fetch the missing part, or declare the gap in the descriptor (series.gaps, series.may_end_early).",
    )  # fmt: skip
