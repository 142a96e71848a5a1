"""Turns the rows behind figures and tables into text to take away: one CSV a figure, the same in every language."""

from collections.abc import Iterable

import pandas as pd

from analysis.report.elements import FigureView

FOLDER = "data"
LINE_END = "\r\n"
"""RFC 4180."""
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the start of a formula; East Asian ones also take the wide signs."""
GUARD = "'"


def parts(**tables: pd.DataFrame) -> pd.DataFrame:
    """Lay tables of different grain below each other; the first column ``part`` tells which a row is of.

    A column that a part lacks is empty there; whole numbers stay whole.
    """
    marked = [_able_to_lack(table).assign(part=part) for part, table in tables.items() if len(table)]
    joined = pd.concat(marked, ignore_index=True)
    return joined[["part", *(name for name in joined.columns if name != "part")]]


def _able_to_lack(table: pd.DataFrame) -> pd.DataFrame:
    """Give whole numbers and flags the types that have room for a missing one."""
    kinds = {"i": "Int64", "b": "boolean"}
    return table.astype({str(name): kinds[kind.kind] for name, kind in table.dtypes.items() if kind.kind in kinds})


def harmless(text: str) -> str:
    """Put an apostrophe before text that a spreadsheet would take for a formula; other text stays as it is.

    Examples
    --------
    ``=1+1`` gives ``'=1+1``, ``Skövde`` gives ``Skövde``.
    """
    return f"{GUARD}{text}" if text.startswith(RISKY) else text


def plain_times(table: pd.DataFrame) -> pd.DataFrame:
    """Write instants as text, ISO 8601 in UTC; everything else stays."""
    shown = table.copy(deep=False)
    for name in shown.columns:
        if isinstance(shown[name].dtype, pd.DatetimeTZDtype):
            shown[name] = shown[name].dt.tz_convert("UTC").dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    return shown


def csv_text(table: pd.DataFrame) -> str:
    """Give a table as CSV (RFC 4180, comma, decimal point): each number with all its digits, a missing one empty.

    Instants are ISO 8601 in UTC. Text that a spreadsheet would take for a formula gets an apostrophe in front.
    """
    shown = plain_times(table)
    for name in shown.columns:
        if isinstance(shown[name].dtype, pd.CategoricalDtype):
            shown[name] = shown[name].astype(object)
        if isinstance(shown[name].dtype, pd.StringDtype) or pd.api.types.is_object_dtype(shown[name]):
            shown[name] = shown[name].map(lambda cell: harmless(cell) if isinstance(cell, str) else cell)
    shown.columns = pd.Index([harmless(str(name)) for name in shown.columns])
    return str(shown.to_csv(index=False, lineterminator=LINE_END))


def figure_files(figures: Iterable[FigureView]) -> dict[str, str]:
    """Give the data of each figure by the name of its file."""
    return {f"{figure.figure_id}.csv": csv_text(figure.data) for figure in figures}
