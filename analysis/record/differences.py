"""Says how a recomputed table differs from the recorded one: columns, rows by their key, the largest difference.

Values are compared as they are, without tolerance: the same code on the same machine gives the same bytes.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

MOST_NAMED = 3
SAME_VALUES = "the same values in other bytes, as another version of a library writes them"


@dataclass(frozen=True)
class Difference:
    """One file that is not the same: a line for each thing that differs, and the largest relative difference.

    ``largest_relative`` is |a - b| over the larger of |a| and |b|: 0 where no number differs, infinite where a number
    stands against none.
    """

    path: str
    lines: tuple[str, ...]
    largest_relative: float


def table_difference(path: str, recorded: pd.DataFrame, recomputed: pd.DataFrame, key: Sequence[str]) -> Difference:
    """Compare two versions of a table.

    Parameters
    ----------
    path
        Name of the file, for the answer.
    key
        Columns that name a row. Rows are matched by them where they do so in both versions, else by place.

    Returns
    -------
    Difference
        With one line at least: where no value differs it says so.

    Examples
    --------
    ``net_value_sek`` of area ``SE3`` recorded as 100.0 and recomputed as 90.0: ``net_value_sek: 1 of 4 rows differs, by
    0.1 at most; price_area=SE3: recorded 100.0, recomputed 90.0``.
    """
    lines = _column_lines(recorded, recomputed)
    first, second, more = _matched(recorded, recomputed, [*key])
    shared = [name for name in first.columns if name in second.columns]
    told = [_value_line(name, first[name], second[name], _row_name(first)) for name in shared]
    found = [each for each in told if each is not None]
    largest = max((size for _, size in found), default=0.0)
    lines += [*more, *(line for line, _ in found)]
    return Difference(path, tuple(lines or [SAME_VALUES]), largest)


def arrays_difference(
    path: str, recorded: Mapping[str, np.ndarray], recomputed: Mapping[str, np.ndarray]
) -> Difference:
    """Compare two versions of a file of named arrays, entry by entry; as :func:`table_difference`."""
    lines = [f"array {name}: only recorded" for name in sorted(set(recorded) - set(recomputed))]
    lines += [f"array {name}: only recomputed" for name in sorted(set(recomputed) - set(recorded))]
    largest = 0.0
    for name in sorted(set(recorded) & set(recomputed)):
        before, after = recorded[name], recomputed[name]
        if before.shape != after.shape:
            lines.append(f"array {name}: recorded shape {before.shape}, recomputed {after.shape}")
            continue
        name_of = _entry_name(before.shape)
        if told := _value_line(f"array {name}", pd.Series(before.ravel()), pd.Series(after.ravel()), name_of):
            lines.append(told[0])
            largest = max(largest, told[1])
    return Difference(path, tuple(lines or [SAME_VALUES]), largest)


def _column_lines(recorded: pd.DataFrame, recomputed: pd.DataFrame) -> list[str]:
    before, after = dict(recorded.dtypes.astype(str)), dict(recomputed.dtypes.astype(str))
    lines = [f"column {name}: only recorded" for name in before if name not in after]
    lines += [f"column {name}: only recomputed" for name in after if name not in before]
    return lines + [
        f"column {name}: recorded as {kind}, recomputed as {after[name]}"
        for name, kind in before.items() if after.get(name, kind) != kind
    ]  # fmt: skip


def _matched(
    recorded: pd.DataFrame, recomputed: pd.DataFrame, key: list[str]
) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    """Bring the rows of both in one order; rows that stand in one only become lines."""
    tables = recorded, recomputed
    if key and all({*key} <= {*each.columns} and not each.duplicated(key).any() for each in tables):
        first, second = (each.set_index(key) for each in tables)
        lines = [*_only(first, second, "recorded"), *_only(second, first, "recomputed")]
        both = first.index[first.index.isin(second.index)]
        return first.loc[both], second.loc[both], lines
    count = min(len(recorded), len(recomputed))
    lines = []
    if len(recorded) != len(recomputed):
        lines.append(f"recorded {len(recorded)} rows, recomputed {len(recomputed)}; the first {count} are compared")
    return recorded.iloc[:count].reset_index(drop=True), recomputed.iloc[:count].reset_index(drop=True), lines


def _only(first: pd.DataFrame, second: pd.DataFrame, word: str) -> list[str]:
    alone = np.flatnonzero(~first.index.isin(second.index))
    if not len(alone):
        return []
    named = "; ".join(map(_row_name(first), alone[:MOST_NAMED]))
    return [f"{_rows(len(alone))} only {word}: {named}{' …' if len(alone) > MOST_NAMED else ''}"]


def _value_line(
    name: str, before: pd.Series, after: pd.Series, name_of: Callable[[int], str]
) -> tuple[str, float] | None:
    """One column: how many rows differ, by how much at most, and the first of them; none where none does."""
    old, new = before.reset_index(drop=True), after.reset_index(drop=True)
    if old.dtype != new.dtype:
        old, new = (_plain(each) for each in (old, new))
    differs = ~(old.eq(new).fillna(False).astype(bool) | (old.isna() & new.isna()))
    places = np.flatnonzero(differs.to_numpy())
    if not len(places):
        return None
    size = _largest_relative(old[differs], new[differs])
    by = "" if math.isnan(size) else f", by {size:.3g} at most"
    first = "; ".join(
        f"{name_of(place)}: recorded {old[place]}, recomputed {new[place]}" for place in places[:MOST_NAMED]
    )
    more = " …" if len(places) > MOST_NAMED else ""
    return (
        f"{name}: {len(places)} of {_rows(len(old), 'differ' if len(places) > 1 else 'differs')}{by}; {first}{more}",
        (0.0 if math.isnan(size) else size),
    )


def _plain(column: pd.Series) -> pd.Series:
    """What columns of two kinds can be compared as: numbers as numbers, all else as text."""
    is_number = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
    return column.astype("Float64") if is_number else column.astype("str")


def _largest_relative(old: pd.Series, new: pd.Series) -> float:
    """Largest |a - b| over the larger of the two; infinite where one is empty; not a number where these are none."""
    if not all(pd.api.types.is_numeric_dtype(each) and not pd.api.types.is_bool_dtype(each) for each in (old, new)):
        return math.nan
    first, second = (each.astype("float64").to_numpy() for each in (old, new))
    with np.errstate(invalid="ignore", divide="ignore"):
        size = np.abs(first - second) / np.maximum(np.abs(first), np.abs(second))
    return float(np.where(np.isnan(size), np.inf, size).max())


def _row_name(table: pd.DataFrame) -> Callable[[Any], str]:
    """Give the name of a row: its key, or its place counted from 0 where it has none."""
    names = [str(name) for name in table.index.names if name is not None]

    def name_of(place: Any) -> str:
        label = table.index[place]
        cells = label if isinstance(label, tuple) else (label,)
        return ", ".join(f"{name}={cell}" for name, cell in zip(names, cells, strict=True)) if names else f"row {place}"

    return name_of


def _entry_name(shape: tuple[int, ...]) -> Callable[[Any], str]:
    return lambda place: f"entry {tuple(int(each) for each in np.unravel_index(place, shape))}"


def _rows(count: int, verb: str = "") -> str:
    return f"{count} {'row' if count == 1 else 'rows'}{' ' + verb if verb else ''}"
