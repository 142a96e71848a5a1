"""One question to the API of Trafikanalys, from its JSON answer to a table with a column for each variable and measure.

trafapy is not used: it keeps its own store in the home folder, and no bytes.
"""

from pathlib import Path
from typing import Any

from analysis.connectors.cache import Cache
from analysis.connectors.publish import csv_bytes, publish
from analysis.connectors.reading import changed, json_of
from analysis.connectors.services import SERVICES, Question

SERVICE = SERVICES["trafikanalys"]
NO_VALUE = {"", "-", "..", "."}
"""How the service writes a measure without value."""


def retrieve_table(cache: Cache, table: Path, name: str, query: str, refresh: bool = False) -> None:
    """Fetch one question, and write its rows as a table.

    Parameters
    ----------
    cache
        Of kept answers.
    table
        Written: a column for each variable and measure, named as the service names them; totals left out.
    name
        Of the question, as the scenario has it.
    query
        ``product|variable:values|measure``.
    refresh
        Ask again for what is kept.

    Raises
    ------
    DataError
        If the service answers with errors, without one of the columns asked for, or with a measure that is no number.
    """
    question = Question(SERVICE, f"{name}.json", "/data", {"query": query, "lang": "sv"})
    kept = cache.ask(question, lambda content: _rows(question, content, query), refresh)
    header, rows = _rows(question, kept.content, query)
    publish(csv_bytes(header, rows), table, [kept])


def _rows(question: Question, content: bytes, query: str) -> tuple[list[str], list[list[object]]]:
    told = json_of(question, content)
    if errors := told.get("Errors"):
        raise changed(question, f"errors: {errors}"[:300], "rows", "Correct the query in inputs.retrieve.")
    header, rows = told.get("Header"), told.get("Rows")
    columns = header.get("Column") if isinstance(header, dict) else None
    if not isinstance(columns, list) or not isinstance(rows, list):
        raise changed(question, f"keys {', '.join(sorted(told))}"[:200], "Header.Column and Rows")
    kinds = {str(each.get("Name")): each.get("Type") for each in columns if isinstance(each, dict)}
    asked = [part.partition(":")[0] for part in query.split("|")[1:]]
    if absent := [name for name in asked if name not in kinds]:
        raise changed(question, f"columns {', '.join(kinds)}"[:200], f"columns {', '.join(absent)}")
    if not rows:
        raise changed(question, "no rows", "rows", "Correct the query in inputs.retrieve.")
    names = list(kinds)
    found = [_cells(question, row, names, kinds) for row in rows if not _is_total(row)]
    keys = [name for name in names if kinds[name] != "M"]
    seen = {tuple(str(row[names.index(name)]) for name in keys) for row in found}
    if len(seen) != len(found):
        raise changed(question, f"{len(found) - len(seen)} rows that repeat another's variables", "each row once")
    return names, found


def _is_total(row: Any) -> bool:
    return isinstance(row, dict) and row.get("IsTotal") is True


def _cells(question: Question, row: Any, names: list[str], kinds: dict[str, Any]) -> list[object]:
    """Values of one row in the order of the header; a measure without value is None."""
    listed = row.get("Cell") if isinstance(row, dict) else None
    cells = {str(cell.get("Column")): cell for cell in listed or [] if isinstance(cell, dict)}
    if absent := [name for name in names if "Value" not in cells.get(name, {})]:
        raise changed(question, f"a row without {', '.join(absent)}", "a cell for each column")
    values: list[object] = []
    for name in names:
        text = str(cells[name]["Value"]).strip()
        if kinds[name] != "M":
            values.append(text)
            continue
        try:
            values.append(None if text in NO_VALUE else _number(text))
        except ValueError:
            raise changed(question, f"{name} {text!r}", "a number, or '-'") from None
    return values


def _number(text: str) -> str:
    """Give a number back without thousands blanks and with a decimal point."""
    plain = text.replace("\u00a0", "").replace(" ", "").replace(",", ".")
    float(plain)
    return plain
