"""What a page is made of: tables, panels of a figure, figures. Plain values that a template can print."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd


@dataclass(frozen=True)
class Column:
    """One column: its heading, and whether it holds numbers, code or the original language of a source."""

    label: str
    kind: str = "text"


@dataclass(frozen=True)
class TableView:
    """A table as shown. The first column names the row."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    note: str = ""
    is_grouped: bool = False

    @property
    def spans(self) -> list[int]:
        """How many rows the first cell of each row names: 0 where the row above names it already."""
        if not self.is_grouped:
            return [1] * len(self.rows)
        spans: list[int] = []
        head = 0
        for place, row in enumerate(self.rows):
            if place and row[0] == self.rows[head][0]:
                spans.append(0)
                spans[head] += 1
            else:
                spans.append(1)
                head = place
        return spans


@dataclass(frozen=True)
class Panel:
    """One drawing of a figure: the plotly data and layout, colours named by token (``@se3``).

    ``facts`` are pairs of label and value printed beside the drawing; ``other_name`` is the title in the language
    ``other_locale``.
    """

    title: str
    data: list[dict[str, Any]]
    layout: dict[str, Any]
    height: int = 300
    facts: Sequence[tuple[str, str]] = field(default_factory=tuple)
    other_name: str = ""
    other_locale: str = ""


@dataclass(frozen=True)
class FigureView:
    """A figure: a title that states the message, what to see, where it comes from, and the same numbers as a table."""

    figure_id: str
    title: str
    lead: str
    source: str
    panels: Sequence[Panel]
    table: TableView
    legend: Sequence[tuple[str, str]] = field(default_factory=tuple)
    width: str = "wide"


def rows_of(table: pd.DataFrame) -> Iterator[Any]:
    """Walk over the rows of a checked table; cells are read by column name."""
    return iter(table.itertuples(index=False))
