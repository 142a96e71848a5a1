"""The part of a descriptor that says how the bytes of a file are laid out, and how its texts become instants."""

import datetime
import re
from typing import Annotated, Literal
from zoneinfo import available_timezones

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from analysis.sources.patterns import compiled

Text = Annotated[str, Field(min_length=1)]


class Closed(BaseModel):
    """Base: unknown keys are refused, nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def real_day(text: str | None) -> str | None:
    """Give a day back when the calendar has it."""
    if text is not None:
        datetime.date.fromisoformat(text)
    return text


def time_form(form: str) -> str:
    """Give a form of times back when it can be read by; a letter that means nothing is told."""
    if form not in {"iso8601", "hours_since_midnight"}:
        try:
            pd.to_datetime(pd.Series(["x"]), format=form, errors="coerce")
        except (ValueError, TypeError, re.error, UnicodeError) as error:
            raise ValueError(f"no form of a time: {error}") from None
        if "%" not in form:
            raise ValueError("no form of a time: it names no part of one, such as %Y")
    return form


def known_zone(zone: str) -> str:
    """Give a time zone back when the machine's database has it."""
    if zone not in available_timezones():
        raise ValueError(f"no such time zone {zone!r}; use for example Europe/Stockholm")
    return zone


class Envelope(Closed):
    """What a service wraps its records in; ``success`` is what ``status`` must match for the answer to be data."""

    records: Text = Field(description="path of the list, keys joined by a full stop")
    status: Text
    success: Text

    _regex = field_validator("success")(compiled)


class ListSum(Closed):
    """Numbers in a list inside a record, added up: ``each`` is the path of the list, which may lead through lists."""

    each: Text
    value: Text
    where: dict[str, str] = Field(default_factory=dict, description="key → text that an element must hold")


class FileForm(Closed):
    """How the bytes are laid out; ``columns`` names the columns of a file that has no header."""

    format: Literal["csv", "excel", "parquet", "ndjson", "json", "epw"]
    encoding: Literal["utf-8", "utf-8-sig", "cp1252", "iso-8859-1", "utf-16"] = "utf-8"
    delimiter: Literal[",", ";", "\t", "|"] = ","
    decimal: Literal[".", ","] = "."
    skip_rows: Annotated[int, Field(ge=0, le=100_000)] = 0
    header_rows: Annotated[int, Field(ge=0, le=3)] = 1
    sheet: str | None = None
    columns: tuple[Text, ...] | None = None
    ends_with_newline: bool = True
    envelope: Envelope | None = None
    sums: dict[str, ListSum] = Field(default_factory=dict, description="new column → what is added up in each record")
    optional: tuple[Text, ...] = Field(default=(), description="keys that a record may lack, even all of them")

    @model_validator(mode="after")
    def has_names(self) -> "FileForm":
        """Without header rows the columns must be named here; only Excel has sheets."""
        if self.header_rows == 0 and self.columns is None and self.format in {"csv", "excel"}:
            raise ValueError("header_rows is 0: name the columns in file.columns")
        if self.sheet is not None and self.format != "excel":
            raise ValueError("sheet is for format excel only")
        if self.format != "json" and (self.envelope or self.sums or self.optional):
            raise ValueError("envelope, sums and optional are for format json only")
        return self


class RowRule(Closed):
    """Rows that are no data (totals, footers) or not wanted; each with its reason, which is logged with the count."""

    column: str
    drop_values: tuple[str, ...] | None = None
    drop_matches: str | None = None
    keep_matches: str | None = None
    reason: Text

    _regex = field_validator("drop_matches", "keep_matches")(compiled)

    @model_validator(mode="after")
    def has_one_test(self) -> "RowRule":
        """Exactly one way to choose the rows."""
        tests = [self.drop_values, self.drop_matches, self.keep_matches]
        if sum(test is not None for test in tests) != 1:
            raise ValueError("give exactly one of drop_values, drop_matches, keep_matches")
        return self


class Clock(Closed):
    """How a text becomes an instant: its form, its time zone, what it labels, and the two odd hours of the year."""

    format: Text = Field(description="strptime form, or iso8601, or hours_since_midnight")
    zone: Text = Field(description="an IANA zone, UTC, or offset where the text carries one")
    label: Literal["interval_start", "interval_end", "instant"] = "interval_start"
    range_separator: str | None = None
    base_date: str | None = Field(default=None, pattern=r"^\d{4}-\d{2}-\d{2}$")
    repeated_hour: Literal["in_file_order", "second_is_minute_01", "first_is_meant", "drop"] = "in_file_order"
    skipped_hour: Literal["fault", "drop_if_missing", "shift_forward", "drop"] = "fault"

    _form = field_validator("format")(time_form)
    _day = field_validator("base_date")(real_day)

    @field_validator("zone")
    @classmethod
    def is_known(cls, zone: str) -> str:
        """The zone is in the database of the machine."""
        if zone not in {"offset", "UTC"} and zone not in available_timezones():
            raise ValueError(f"no such time zone {zone!r}; use for example Europe/Stockholm, UTC or offset")
        return zone

    @property
    def drops_rows(self) -> bool:
        """Whether a row at a local time that the clock skips or repeats is left out."""
        return "drop" in (self.repeated_hour, self.skipped_hour)

    @model_validator(mode="after")
    def holds_together(self) -> "Clock":
        """Hours since midnight need a day; an offset needs ISO text."""
        if (self.format == "hours_since_midnight") != (self.base_date is not None):
            raise ValueError("base_date belongs with format hours_since_midnight, and only there")
        if self.zone == "offset" and self.format != "iso8601":
            raise ValueError("zone offset needs format iso8601")
        return self
