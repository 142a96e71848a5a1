"""Turns the raw frame of a file into one raw row per row of the table: row rules, columns to rows, gathering."""

import logging

import numpy as np
import pandas as pd

from analysis.errors import DataError, Fault
from analysis.sources.descriptor import Descriptor, FieldSource, Variant
from analysis.sources.patterns import found_in, is_match
from analysis.sources.rules import Aggregate, NoRow, StandardYear
from analysis.sources.tables import TABLES

log = logging.getLogger(__name__)

ROW_NUMBER = "#row"
MAX_EXAMPLES = 20
TOTAL_TOLERANCE_PU = 0.01


def wanted_rows(raw: pd.DataFrame, descriptor: Descriptor, place: str) -> pd.DataFrame:
    """Leave out the rows that the descriptor names as no data; log each reason with its count."""
    faults = [
        Fault(f"{place}/{rule.column}", "no such column", f"one of {', '.join(map(str, raw.columns))}",
              "Correct rows.column in the descriptor.")
        for rule in descriptor.rows if rule.column not in raw.columns
    ]  # fmt: skip
    if faults:
        raise DataError(faults)
    for rule in descriptor.rows:
        text = raw[rule.column].astype("str").str.strip()
        text = text.where(text.notna(), "")
        if rule.drop_values is not None:
            drop = text.isin(list(rule.drop_values))
        elif rule.drop_matches is not None:
            drop = is_match(rule.drop_matches, text)
        else:
            drop = ~is_match(rule.keep_matches or "", text)
        if drop.any():
            log.info("%s: dropped %d of %d rows: %s", place, int(drop.sum()), len(raw), rule.reason)
            raw = raw[~drop]
    if raw.empty:
        raise DataError(Fault(place, "no rows left", "at least one row of data", "Check rows in the descriptor."))
    numbered = raw.copy(deep=False)
    numbered[ROW_NUMBER] = np.arange(len(raw))
    return numbered


def columns_to_rows(raw: pd.DataFrame, descriptor: Descriptor, place: str) -> pd.DataFrame:
    """Turn matching columns into rows; the pattern's named groups become columns. The row number stays as index."""
    rule = descriptor.columns_to_rows
    if rule is None:
        return raw
    found_in_name = {name: found_in(rule.pattern, str(name)) for name in raw.columns}
    matches = {name: groups for name, groups in found_in_name.items() if groups is not None}
    if not matches:
        raise DataError(
            Fault(place, f"columns {', '.join(map(str, raw.columns[:12]))}", f"columns that match {rule.pattern!r}",
                  "Correct columns_to_rows.pattern.")
        )  # fmt: skip
    rest = raw.drop(columns=list(matches))
    parts = []
    for name, groups in matches.items():
        part = rest.copy(deep=False)
        part[rule.value] = raw[name]
        for group, text in groups.items():
            part[group] = text
        parts.append(part)
    return pd.concat(parts)


def variant_fields(descriptor: Descriptor) -> list[tuple[dict[str, FieldSource], Variant | None, str | None]]:
    """The field sources of each pass over the file: one pass, or one per variant with its value laid over."""
    if descriptor.variants is None:
        return [(dict(descriptor.fields), None, None)]
    passes: list[tuple[dict[str, FieldSource], Variant | None, str | None]] = []
    for value, variant in descriptor.variants.of.items():
        fields = {**descriptor.fields, **variant.fields, descriptor.variants.field: FieldSource(constant=value)}
        passes.append((fields, variant, value))
    return passes


def missing_columns(raw: pd.DataFrame, fields: dict[str, FieldSource], place: str) -> list[Fault]:
    """Columns that the descriptor reads and the file does not have."""
    have = ", ".join(str(name) for name in raw.columns if name != ROW_NUMBER)
    asked = {name for source in fields.values() for name in asked_columns(source)}
    return [
        Fault(
            f"{place}/{name}", "no such column", f"a column {name!r}", f"The file has: {have}. Correct the descriptor."
        )
        for name in sorted(asked - set(raw.columns))
    ]


def asked_columns(source: FieldSource) -> list[str]:
    """Columns of the file that one field reads."""
    names = [source.file_column, source.within, *(source.columns or ())]
    if source.days_between is not None:
        names += [source.days_between.first, source.days_between.last]
    return [name for name in names if name is not None]


def short_row_faults(raw: pd.DataFrame, fields: dict[str, FieldSource], place: str) -> list[Fault]:
    """Rows of a text file that end before the last column that is read: a cut line."""
    asked = [name for source in fields.values() for name in asked_columns(source) if name in raw.columns]
    cut = raw[raw[asked].isna().any(axis=1)] if asked else raw[:0]
    rows = cut.notna().sum(axis=1).groupby(level=0).min()
    return [
        Fault(
            f"{place}:{row}",
            f"a row of {int(count) - 1} fields",
            f"{raw.shape[1] - 1} fields",
            "The row was cut; if it is the last one, fetch the file again.",
        )
        for row, count in rows.head(MAX_EXAMPLES).items()
    ]


def lacking_key_faults(raw: pd.DataFrame, descriptor: Descriptor, place: str) -> list[Fault]:
    """Records without a key whose text the table needs, or with null there; times and numbers are named elsewhere."""
    schema = TABLES[descriptor.table].to_schema().columns
    asked = {
        column
        for field, source in descriptor.fields.items()
        if not schema[field].nullable and not source.missing and "otherwise" not in source.model_fields_set
        and str(schema[field].dtype).startswith("str")
        for column in asked_columns(source)
    }  # fmt: skip
    return [
        Fault(f"{place}:{row}/{column}", "a record without this key", "a value", "Add it, or list the key as optional.")
        for column in sorted(asked - set(descriptor.file.optional))
        for row in raw.index[raw[column].isna()][:MAX_EXAMPLES]
    ]


def neighbour_name(source: FieldSource) -> str:
    """Name under which the cell of a neighbour row is kept with each row."""
    return f"#{'previous' if source.previous_row is not None else 'next'} {source.previous_row or source.next_row}"


def with_neighbours(raw: pd.DataFrame, descriptor: Descriptor, place: str) -> pd.DataFrame:
    """Add the cells of the row before and after, where that row has the same vehicle; before any row is left out."""
    sources = [source for source in descriptor.fields.values() if source.previous_row or source.next_row]
    absent = missing_columns(raw, {str(i): source for i, source in enumerate(sources)}, place)
    if absent:
        raise DataError(absent)
    added = raw.copy(deep=False)
    for source in sources:
        step = 1 if source.previous_row is not None else -1
        within = raw[str(source.within)]
        added[neighbour_name(source)] = raw[str(source.file_column)].shift(step).where(within == within.shift(step))
    return added


def without_absent(table: pd.DataFrame, rules: tuple[NoRow, ...], place: str) -> pd.DataFrame:
    """Leave out rows whose values mean absence (METHODS 3.4: price and volume both exactly 0), and log the count."""
    for rule in rules:
        if rule.all_zero is not None:
            absent = (table[list(rule.all_zero)] == 0.0).all(axis=1)
        elif rule.any_zero is not None:
            absent = (table[list(rule.any_zero)] == 0.0).any(axis=1)
        else:
            absent = table[list(rule.any_missing or ())].isna().any(axis=1)
        if absent.any():
            log.info("%s: left out %d of %d rows: %s", place, int(absent.sum()), len(table), rule.reason)
            table = table[~absent]
    return table


def within_validity(table: pd.DataFrame, variant: Variant | None, time: str, zone: str, place: str) -> pd.DataFrame:
    """Rows on the days on which a variant exists; a value above zero outside them is a fault of the descriptor."""
    if variant is None or (variant.valid_from is None and variant.valid_to is None):
        return table
    inside = pd.Series(True, index=table.index)
    if variant.valid_from is not None:
        inside &= table[time] >= pd.Timestamp(variant.valid_from, tz=zone)
    if variant.valid_to is not None:
        inside &= table[time] < pd.Timestamp(variant.valid_to, tz=zone) + pd.DateOffset(days=1)
    numbers = table.loc[~inside].select_dtypes("float").drop(columns="step_h", errors="ignore")
    if (numbers.fillna(0.0) != 0.0).any(axis=None):
        raise DataError(
            Fault(place, "values outside the days of the product", f"{variant.valid_from} to {variant.valid_to}",
                  "Correct valid_from or valid_to of the variant.")
        )  # fmt: skip
    if not inside.all():
        log.info("%s: left out %d rows: the product does not exist on these days", place, int((~inside).sum()))
    return table[inside]


def gathered(table: pd.DataFrame, rule: Aggregate | None) -> pd.DataFrame:
    """Average or sum finer rows over equal values of all other columns."""
    if rule is None:
        return table
    by = [name for name in table.columns if name not in rule.fields]
    return table.groupby(by, sort=True, dropna=False, as_index=False).agg(rule.fields)


def completed_year(table: pd.DataFrame, rule: StandardYear | None, place: str, by: str = "price_area") -> pd.DataFrame:
    """Fill the hours of a standard year that the publisher leaves out, drop 29 February, bring the total to one."""
    if rule is None:
        return table
    total = float(table[rule.field].sum())
    if rule.published_total is not None and abs(total / rule.published_total - 1.0) > TOTAL_TOLERANCE_PU:
        raise DataError(
            Fault(f"{place}/{rule.field}", f"a sum of {total:.4g}", f"{rule.published_total:g} within 1 %",
                  "The file was cut or holds several years: fetch it again.")
        )  # fmt: skip
    if rule.drops_leap_day:
        table = table[~((table["month"] == 2) & (table["day"] == 29))]
    hours = pd.date_range("2023-01-01", "2023-12-31 23:00", freq="h")
    calendar = pd.DataFrame({"month": hours.month, "day": hours.day, "hour": hours.hour})
    full = calendar.astype("int64").merge(table[[by]].drop_duplicates(), how="cross")
    keys = [by, "month", "day", "hour"]
    joined = full.merge(table.astype({"month": "int64", "day": "int64", "hour": "int64"}), on=keys, how="left")
    joined[rule.field] = joined[rule.field].fillna(rule.fill)
    if rule.sums_to_one:
        joined[rule.field] /= joined.groupby(by)[rule.field].transform("sum")
    return joined[[name for name in table.columns if name in joined.columns]]
