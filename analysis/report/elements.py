"""What a page is made of: tables, panels of a figure, figures. Plain values that a template can print."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd


@dataclass(frozen=True)
class Column:
    """One column: its heading, and whether it holds numbers, code or the original language of a source."""

    label: str
    kind: str = "text"


@dataclass(frozen=True)
class TableView:
    """A table as shown. The first column names the row. ``origin`` names the tables its numbers come from."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    note: str = ""
    is_grouped: bool = False
    origin: Sequence[str] = field(default_factory=tuple)

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
    ``other_locale``. ``others`` are the drawings of the figure's further choices, in their order.
    """

    title: str
    data: list[dict[str, Any]]
    layout: dict[str, Any]
    height: int = 300
    facts: Sequence[tuple[str, str]] = field(default_factory=tuple)
    other_name: str = ""
    other_locale: str = ""
    others: Sequence["Panel"] = field(default_factory=tuple)

    @property
    def drawing(self) -> dict[str, Any]:
        """What the page draws: data and layout, and those of further choices; a layout that is the same stands once."""
        shown: dict[str, Any] = {"data": self.data, "layout": self.layout}
        if not self.others:
            return shown
        others = [
            {"data": other.data} if other.layout == self.layout else {"data": other.data, "layout": other.layout}
            for other in self.others
        ]
        return shown | {"others": others}


def chosen_panel(versions: Sequence[Panel]) -> Panel:
    """Join the drawings of a panel by choice: the first stands there first; all have the height of the tallest."""
    first, *others = versions
    return replace(first, height=max(version.height for version in versions), others=tuple(others))


@dataclass(frozen=True)
class FigureView:
    """A figure: a title that states the message, what to see, where it comes from, and the same numbers as a table.

    ``choices`` are what the reader may choose among, in the order of each panel's drawings, and ``chooser`` the words
    before the list. ``method`` stands behind a fold. ``data`` are the rows that panels and table are made of, as
    results hold them: every digit, columns named with their units, the same in every language. ``origin`` names the
    tables its numbers come from.
    """

    figure_id: str
    title: str
    lead: str
    source: str
    panels: Sequence[Panel]
    table: TableView
    legend: Sequence[tuple[str, str]] = field(default_factory=tuple)
    width: str = "wide"
    choices: Sequence[str] = field(default_factory=tuple)
    chooser: str = ""
    method: str = ""
    data: pd.DataFrame = field(kw_only=True, compare=False, repr=False)
    origin: Sequence[str] = field(default_factory=tuple)


class Told(str):
    """A sentence that knows the tables its numbers come from."""

    origin: Sequence[str]

    def __new__(cls, words: str, origin: Sequence[str]) -> "Told":
        """Join the words with the names of the tables."""
        told = super().__new__(cls, words)
        told.origin = tuple(origin)
        return told


def rows_of(table: pd.DataFrame) -> Iterator[Any]:
    """Walk over the rows of a checked table; cells are read by column name."""
    return iter(table.itertuples(index=False))
