"""The part of a descriptor that says what its rows promise, and which of them are no data or cannot be."""

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from analysis.sources.layout import Closed, Text, known_zone


class Series(Closed):
    """The promise of a time series: complete local days, or gaps that the publisher leaves out."""

    by: tuple[str, ...] = ()
    zone: str = "Europe/Stockholm"
    gaps: Literal["fault", "allowed"] = "fault"
    whole_days: bool = True
    covers_file_year: bool = False
    only_file_year: bool = False
    may_end_early: str | None = Field(default=None, description="field whose missing tail ends the series")

    _zone = field_validator("zone")(known_zone)


class NoRow(Closed):
    """Values that mean absence: such rows are left out, and counted in the log."""

    all_zero: tuple[Text, ...] | None = None
    any_zero: tuple[Text, ...] | None = None
    any_missing: tuple[Text, ...] | None = None
    reason: Text

    @model_validator(mode="after")
    def has_one_test(self) -> "NoRow":
        """Exactly one way to choose the rows."""
        if sum(test is not None for test in (self.all_zero, self.any_zero, self.any_missing)) != 1:
            raise ValueError("give exactly one of all_zero, any_zero, any_missing")
        return self


class Aggregate(Closed):
    """Finer rows are gathered: the named fields are averaged or summed over equal values of all others."""

    fields: dict[str, Literal["mean", "sum", "first"]] = Field(min_length=1)


class StandardYear(Closed):
    """A year of 8 760 hours by month, day and hour: missing hours are filled, the total is brought to one."""

    field: Text
    fill: float = 0.0
    published_total: float | None = Field(default=None, description="sum of the file as published, within 1 %")
    drops_leap_day: bool = True
    sums_to_one: bool = True


class TripRules(Closed):
    """What a trip cannot be; such rows are dropped and counted."""

    max_speed_km_per_h: Annotated[float, Field(gt=0)]


class PlaceRules(Closed):
    """How home and work are found from where and when a car stands (:mod:`analysis.mobility.places`)."""

    radius_m: Annotated[float, Field(gt=0, le=5000)] = 200.0
    least_nights: Annotated[int, Field(ge=1)] = 2
    least_workdays: Annotated[int, Field(ge=1)] = 2
    base: Literal["home", "depot"] = "home"


class SessionRules(Closed):
    """What else the rows of a session file say about each other."""

    withdrawn_by: str | None = Field(default=None, description="column that names the record which a row withdraws")
    record: str | None = Field(default=None, description="column with the name of each record")
    energy_parts: str | None = Field(default=None, description="column with the energy of the parts of a session, kWh")

    @model_validator(mode="after")
    def names_both(self) -> "SessionRules":
        """A withdrawal needs the name it points to."""
        if (self.withdrawn_by is None) != (self.record is None):
            raise ValueError("withdrawn_by and record belong together")
        return self


class Overlap(Closed):
    """Rows that another descriptor publishes too; left out when both are read."""

    descriptor: Text
    field: Text
    values: tuple[str, ...] = Field(min_length=1)
