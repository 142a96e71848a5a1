"""Turns ``data/sources/<name>.yaml`` into a checked description of one kind of file and the contract table it becomes.

The vocabulary is closed: an unknown key, unit, table or clock rule is a fault that names file, line and key; all faults
of a descriptor are raised at once, before any data file is opened.
"""

import re
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from analysis.errors import ConfigError, Fault
from analysis.settings.load import read_yaml
from analysis.sources.tables import TABLES
from analysis.sources.units_read import UNITS

DESCRIPTOR_FOLDER = Path("data/sources")
Text = Annotated[str, Field(min_length=1)]
Scalar = str | int | float | bool | None


class Closed(BaseModel):
    """Base: unknown keys are refused, nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _compiled(pattern: str | None) -> str | None:
    if pattern is not None:
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"not a regular expression: {error}") from None
    return pattern


class FileForm(Closed):
    """How the bytes are laid out; ``columns`` names the columns of a file that has no header."""

    format: Literal["csv", "excel", "parquet", "ndjson", "epw"]
    encoding: Literal["utf-8", "utf-8-sig", "cp1252", "iso-8859-1", "utf-16"] = "utf-8"
    delimiter: Literal[",", ";", "\t", "|"] = ","
    decimal: Literal[".", ","] = "."
    skip_rows: Annotated[int, Field(ge=0)] = 0
    header_rows: Annotated[int, Field(ge=0, le=3)] = 1
    sheet: str | None = None
    columns: tuple[Text, ...] | None = None
    ends_with_newline: bool = True

    @model_validator(mode="after")
    def has_names(self) -> "FileForm":
        """Without header rows the columns must be named here; only Excel has sheets."""
        if self.header_rows == 0 and self.columns is None and self.format in {"csv", "excel"}:
            raise ValueError("header_rows is 0: name the columns in file.columns")
        if self.sheet is not None and self.format != "excel":
            raise ValueError("sheet is for format excel only")
        return self


class RowRule(Closed):
    """Rows that are no data (totals, footers) or not wanted; each with its reason, which is logged with the count."""

    column: str
    drop_values: tuple[str, ...] | None = None
    drop_matches: str | None = None
    keep_matches: str | None = None
    reason: Text

    _regex = field_validator("drop_matches", "keep_matches")(_compiled)

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
    repeated_hour: Literal["in_file_order", "second_is_minute_01", "first_is_meant"] = "in_file_order"
    skipped_hour: Literal["fault", "drop_if_missing", "shift_forward"] = "fault"

    @field_validator("zone")
    @classmethod
    def is_known(cls, zone: str) -> str:
        """The zone is in the database of the machine."""
        if zone not in {"offset", "UTC"} and zone not in available_timezones():
            raise ValueError(f"no such time zone {zone!r}; use for example Europe/Stockholm, UTC or offset")
        return zone

    @model_validator(mode="after")
    def holds_together(self) -> "Clock":
        """Hours since midnight need a day; an offset needs ISO text."""
        if (self.format == "hours_since_midnight") != (self.base_date is not None):
            raise ValueError("base_date belongs with format hours_since_midnight, and only there")
        if self.zone == "offset" and self.format != "iso8601":
            raise ValueError("zone offset needs format iso8601")
        return self


class DaysBetween(Closed):
    """Whole days from one date column to another, both included."""

    first: Text
    last: Text
    format: Text


class FieldSource(Closed):
    """Where one field of the table comes from: exactly one of column, constant, file name, neighbour row, spacing."""

    column: str | None = None
    columns: tuple[Text, ...] | None = Field(default=None, description="text of several columns, joined by a blank")
    constant: Scalar = None
    from_file_name: str | None = None
    previous_row: str | None = None
    next_row: str | None = None
    from_spacing: bool = False
    days_between: DaysBetween | None = None
    within: str | None = Field(default=None, description="column whose value a neighbour row must share")
    unit: str | None = None
    map: dict[str, Scalar] | None = None
    otherwise: Scalar = None
    missing: tuple[str, ...] = ()
    pad_zeros: Annotated[int, Field(ge=1, le=20)] | None = None
    prefix: str = ""
    extract: str | None = None
    clock: Clock | None = None
    plausible_level: tuple[float, float] | None = Field(
        default=None, description="bounds of the mean absolute value after conversion"
    )

    _regex = field_validator("extract")(_compiled)

    @field_validator("unit")
    @classmethod
    def is_listed(cls, unit: str | None) -> str | None:
        """The unit is one that can be converted."""
        if unit is not None and unit not in UNITS:
            raise ValueError(f"no such unit {unit!r}; one of {', '.join(sorted(UNITS))}")
        return unit

    @model_validator(mode="after")
    def has_one_origin(self) -> "FieldSource":
        """One origin; a neighbour needs ``within``; a clock excludes units."""
        origins = [self.column, self.columns, self.from_file_name, self.previous_row, self.next_row, self.days_between]
        count = sum(origin is not None for origin in origins) + int(self.from_spacing) + int(self.has_constant)
        if count != 1:
            raise ValueError(
                "give exactly one of column, columns, constant, from_file_name, previous_row, next_row, from_spacing, "
                "days_between"
            )
        if (self.previous_row or self.next_row) and self.within is None:
            raise ValueError("previous_row and next_row need within: the column of the vehicle")
        if self.clock is not None and (self.unit or self.map):
            raise ValueError("a field with a clock takes neither unit nor map")
        return self

    @property
    def has_constant(self) -> bool:
        """Whether a constant is given (null counts)."""
        return "constant" in self.model_fields_set

    @property
    def file_column(self) -> str | None:
        """The column of the file it reads, if any."""
        return self.column if self.column is not None else (self.previous_row or self.next_row)


class Variant(Closed):
    """One value of the unpivoted field: its own columns, and the days on which it exists."""

    fields: dict[str, FieldSource]
    valid_from: str | None = Field(default=None, pattern=r"^\d{4}-\d{2}-\d{2}$")
    valid_to: str | None = Field(default=None, pattern=r"^\d{4}-\d{2}-\d{2}$")


class Variants(Closed):
    """Side-by-side columns become rows: one variant per value of ``field``, for example reserve products."""

    field: Text
    of: dict[str, Variant] = Field(min_length=1)


class ColumnsToRows(Closed):
    """Columns whose name matches become rows; the named groups of the pattern and ``value`` become columns."""

    pattern: Text
    value: Text

    _regex = field_validator("pattern")(_compiled)


class Series(Closed):
    """The promise of a time series: complete local days, or gaps that the publisher leaves out."""

    by: tuple[str, ...] = ()
    zone: str = "Europe/Stockholm"
    gaps: Literal["fault", "allowed"] = "fault"
    whole_days: bool = True
    covers_file_year: bool = False
    only_file_year: bool = False
    may_end_early: str | None = Field(default=None, description="field whose missing tail ends the series")


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


class Overlap(Closed):
    """Rows that another descriptor publishes too; left out when both are read."""

    descriptor: Text
    field: Text
    values: tuple[str, ...] = Field(min_length=1)


class Descriptor(Closed):
    """How one kind of file becomes one contract table."""

    name: Text
    title: Text
    publisher: Text
    licence: Text
    citation: Text
    url: Text
    notes: tuple[str, ...] = ()
    table: str
    file: FileForm
    file_name: str | None = None
    rows: tuple[RowRule, ...] = ()
    columns_to_rows: ColumnsToRows | None = None
    fields: dict[str, FieldSource] = Field(min_length=1)
    variants: Variants | None = None
    series: Series | None = None
    no_row_when: tuple[NoRow, ...] = ()
    aggregate: Aggregate | None = None
    first_of_key: bool = Field(default=False, description="keep one row per key: attributes repeated on every row")
    standard_year: StandardYear | None = None
    trips: TripRules | None = None
    overlap: Overlap | None = None

    _regex = field_validator("file_name")(_compiled)

    @field_validator("table")
    @classmethod
    def is_contract(cls, table: str) -> str:
        """The table has a schema."""
        if table not in TABLES:
            raise ValueError(f"no such table {table!r}; one of {', '.join(sorted(TABLES))}")
        return table

    @model_validator(mode="after")
    def fills_its_table(self) -> "Descriptor":
        """Every field of the table is described once; none is invented."""
        schema = TABLES[self.table].to_schema()
        given = {*self.fields, *([self.variants.field] if self.variants else [])}
        for variant in self.variants.of.values() if self.variants else ():
            given |= set(variant.fields)
        required = {name for name, column in schema.columns.items() if not column.nullable}
        problems = []
        if missing := sorted(required - given):
            problems.append(f"{self.table} needs {', '.join(missing)}")
        if extra := sorted((given | self._named_fields()) - set(schema.columns)):
            problems.append(f"{self.table} has no field {', '.join(extra)}")
        problems += self._unit_problems(
            {name for name, column in schema.columns.items() if str(column.dtype) == "float64"}
        )
        groups = set(re.compile(self.file_name).groupindex) if self.file_name else set()
        asked = {source.from_file_name for source in self.fields.values() if source.from_file_name}
        if absent := sorted(asked - groups):
            problems.append(f"file_name has no group named {', '.join(absent)}")
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def _named_fields(self) -> set[str]:
        """Fields that the rules of the descriptor name."""
        names: set[str] = set(self.series.by) if self.series else set()
        if self.series is not None:
            names |= {"interval_start_utc"} | ({self.series.may_end_early} if self.series.may_end_early else set())
        for rule in self.no_row_when:
            names |= {*(rule.all_zero or ()), *(rule.any_zero or ()), *(rule.any_missing or ())}
        names |= set(self.aggregate.fields) if self.aggregate else set()
        names |= {self.standard_year.field} if self.standard_year else set()
        return names | ({self.overlap.field} if self.overlap else set())

    def _unit_problems(self, floats: set[str]) -> list[str]:
        """A measured number needs a unit, and the unit must become that of the field's name."""
        sources = list(self.fields.items())
        for variant in self.variants.of.values() if self.variants else ():
            sources += variant.fields.items()
        problems = []
        for field, source in sources:
            if source.unit is None:
                if field in floats and source.file_column is not None:
                    problems.append(f"{field} is a measured number: give its unit")
                continue
            becomes = UNITS[source.unit].becomes
            if becomes and field != "value" and field != becomes and not field.endswith("_" + becomes):
                problems.append(f"unit {source.unit} becomes {becomes}, which is not the unit of {field}")
        return problems


def load_descriptor(name: str, folder: Path = DESCRIPTOR_FOLDER) -> Descriptor:
    """Read and check one descriptor by name.

    Raises
    ------
    ConfigError
        With every fault at once: file, line and key, what was found, what was expected, what to do.
    """
    folder = Path(folder)
    path = folder / f"{name}.yaml"
    if not path.exists():
        names = ", ".join(descriptor_names(folder)) or "none"
        raise ConfigError(Fault(str(path), "no such descriptor", f"one of {names}", "Check the name, or write one."))
    value = read_yaml(path)
    if not isinstance(value, dict):
        raise ConfigError(Fault(str(path), f"a {type(value).__name__}", "a mapping", "See data/sources/README.md."))
    try:
        return Descriptor.model_validate({**value, "name": name})
    except ValidationError as error:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
        raise ConfigError([_fault_of(path, root, item) for item in error.errors()]) from None


def descriptor_names(folder: Path = DESCRIPTOR_FOLDER) -> list[str]:
    """Names of all descriptors of a folder, sorted."""
    return sorted(path.stem for path in Path(folder).glob("*.yaml"))


def _fault_of(path: Path, root: Any, item: Any) -> Fault:
    key = ".".join(str(part) for part in item["loc"]) or "(whole file)"
    place = f"{path}:{_line_of(root, item['loc'])}: {key}"
    if item["type"] == "extra_forbidden":
        return Fault(place, "an unknown key", "a key of data/sources/README.md", "Correct the spelling or remove it.")
    found = "nothing" if item["type"] == "missing" else repr(item.get("input"))[:100]
    expected = item["msg"].removeprefix("Value error, ")
    return Fault(place, found, expected, "Correct the descriptor; data/sources/README.md explains each key.")


def _line_of(root: Any, location: tuple[Any, ...]) -> int:
    """Line of the deepest part of a key path that the YAML holds."""
    node, line = root, 1
    for part in location:
        if isinstance(node, yaml.MappingNode):
            pair = next(((key, value) for key, value in node.value if str(key.value) == str(part)), None)
            if pair is None:
                return line
            line, node = pair[0].start_mark.line + 1, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
    return line
