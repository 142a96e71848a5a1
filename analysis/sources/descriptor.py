"""Turns ``data/sources/<name>.yaml`` into a checked description of one kind of file and the contract table it becomes.

The vocabulary is closed: an unknown key, unit, table or clock rule is a fault that names file, line and key; all faults
of a descriptor are raised at once, before any data file is opened.
"""

from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import Field, ValidationError, field_validator, model_validator

from analysis.errors import ConfigError, Fault
from analysis.settings.load import read_yaml
from analysis.sources.layout import Clock, Closed, FileForm, RowRule, Text, real_day, time_form
from analysis.sources.patterns import compiled, group_names
from analysis.sources.rules import (
    Aggregate,
    NoRow,
    Overlap,
    PlaceRules,
    Series,
    SessionRules,
    StandardYear,
    TripRules,
)
from analysis.sources.tables import RECORD_IDS, TABLES
from analysis.sources.units_read import UNITS

DESCRIPTOR_FOLDER = Path("data/sources")
Scalar = str | int | float | bool | None


class DaysBetween(Closed):
    """Whole days from one date column to another, both included."""

    first: Text
    last: Text
    format: Text

    _form = field_validator("format")(time_form)


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
    pseudonym: Text | None = Field(default=None, description="word hashed with the cell; the hash is kept")
    extract: str | None = None
    clock: Clock | None = None
    plausible_level: tuple[float, float] | None = Field(
        default=None, description="bounds of the mean absolute value after conversion"
    )

    _regex = field_validator("extract")(compiled)

    @field_validator("unit")
    @classmethod
    def is_listed(cls, unit: str | None) -> str | None:
        """The unit is one that can be converted."""
        if unit is not None and unit not in UNITS:
            raise ValueError(f"one of {', '.join(sorted(UNITS))}")
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

    _days = field_validator("valid_from", "valid_to")(real_day)


class Variants(Closed):
    """Side-by-side columns become rows: one variant per value of ``field``, for example reserve products."""

    field: Text
    of: dict[str, Variant] = Field(min_length=1)


class ColumnsToRows(Closed):
    """Columns whose name matches become rows; the named groups of the pattern and ``value`` become columns."""

    pattern: Text
    value: Text

    _regex = field_validator("pattern")(compiled)


class Obtain(Closed):
    """How a reader gets a file of this kind, so that a claim that rests on it can be checked.

    ``file`` is its path under INPUTS, with ``?`` and ``*`` where years and areas stand.
    """

    file: Text
    page: Text = Field(description="the publisher's own address, and what to choose there")
    copied_from: Text | None = Field(default=None, description="where the checked file was copied from; none: by hand")


class Descriptor(Closed):
    """How one kind of file becomes one contract table."""

    name: Text
    title: Text
    publisher: Text
    licence: Text
    citation: Text
    url: Text
    obtain: Obtain
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
    places: PlaceRules | None = None
    sessions: SessionRules | None = None
    overlap: Overlap | None = None

    _regex = field_validator("file_name")(compiled)

    @field_validator("table")
    @classmethod
    def is_contract(cls, table: str) -> str:
        """The table has a schema."""
        if table not in TABLES:
            raise ValueError(f"one of {', '.join(sorted(TABLES))}")
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
        problems += self._rule_problems()
        groups = group_names(self.file_name) if self.file_name else frozenset()
        asked = {source.from_file_name for source in self.fields.values() if source.from_file_name}
        if absent := sorted(asked - groups):
            problems.append(f"file_name has no group named {', '.join(absent)}")
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def _rule_problems(self) -> list[str]:
        """Rules that belong to one kind of table and stand in the descriptor of another."""
        problems = []
        if self.table in {"Trips", "GpsTrips"} and self.trips is None:
            problems.append("a table of trips needs trips.max_speed_km_per_h")
        if self.places is not None and self.table != "GpsTrips":
            problems.append("places is for table GpsTrips only")
        if self.sessions is not None and self.table != "Sessions":
            problems.append("sessions is for table Sessions only")
        clocks = [source.clock for source in self.fields.values() if source.clock is not None]
        if self.table not in RECORD_IDS and any(clock.drops_rows for clock in clocks):
            problems.append(f"a clock that drops rows is for {', '.join(sorted(RECORD_IDS))}")
        return problems

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
    if name not in (names := descriptor_names(folder)):
        known = ", ".join(names) or "none"
        raise ConfigError(Fault(str(path), "no such descriptor", f"one of {known}", "Check the name, or write one."))
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
    if item["type"] == "missing":
        return Fault(place, "nothing", "this key", "Add it; data/sources/README.md explains each key.")
    found = repr(item.get("input"))[:100] if item["loc"] else f"fields {', '.join(item['input'].get('fields', ()))}"
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
