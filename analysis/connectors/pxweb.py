"""A selection of a table of Statistics Sweden, from JSON-stat answers of its PxWeb API to one long table.

pxwebpy is not used: it keeps answers in memory and parsed, where the bytes must be kept.
"""

import math
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

from analysis.connectors.cache import Cache, Kept
from analysis.connectors.publish import csv_bytes, publish
from analysis.connectors.reading import changed, json_of
from analysis.connectors.services import SERVICES, Question
from analysis.errors import DataError, Fault

SERVICE = SERVICES["pxweb"]
LANGUAGE = {"lang": "sv"}
Selection = Mapping[str, Sequence[str]]


def retrieve_table(
    cache: Cache, table: Path, name: str, pxweb_table: str, selection: Selection, refresh: bool = False
) -> None:  # fmt: skip
    """Fetch a selection in as many questions as the service's limit of cells needs, and write it as one table.

    Parameters
    ----------
    cache
        Of kept answers.
    table
        Written: for each variable its code and, as ``<variable>_text``, its words; ``value`` (empty where the service
        has none); a row a cell.
    name
        Of the question, as the scenario has it.
    pxweb_table
        For example TAB638.
    selection
        Variable → codes; ``*`` alone takes all, which the table's own description lists.
    refresh
        Ask again for what is kept.

    Raises
    ------
    DataError
        If table, variable or code do not exist, or an answer is no JSON-stat of what was asked.
    """
    limits = Question(SERVICE, "config.json", "/config")
    told = cache.ask(limits, partial(_check_limits, limits), refresh)
    most = int(json_of(limits, told.content)["maxDataCells"])
    whole, described = _described(cache, name, pxweb_table, selection, refresh)
    kept: list[Kept] = []
    rows: list[list[object]] = []
    orders: list[list[str]] = []
    for number, part in enumerate(split(whole, most)):
        wanted = [{"variableCode": variable, "valueCodes": list(codes)} for variable, codes in part.items()]
        question = Question(
            SERVICE, f"{name}_{number:03d}.json", f"/tables/{pxweb_table}/data",
            LANGUAGE | {"outputFormat": "json-stat2"}, body={"selection": wanted},
        )  # fmt: skip
        kept.append(cache.ask(question, partial(cells, question, asked=part), refresh))
        rows += cells(question, kept[-1].content, part)
        orders.append(json_of(question, kept[-1].content)["id"])
        if orders[-1] != orders[0]:
            raise changed(question, f"variables {', '.join(orders[-1])}", f"in the order {', '.join(orders[0])}")
    header = [column for variable in orders[0] for column in (variable, f"{variable}_text")]
    publish(csv_bytes([*header, "value"], rows), table, [*described, *kept])


def _check_limits(question: Question, content: bytes) -> None:
    most = json_of(question, content).get("maxDataCells")
    if not isinstance(most, int) or most < 1:
        raise changed(question, f"maxDataCells {most!r}", "a number of cells")


def _described(
    cache: Cache, name: str, pxweb_table: str, selection: Selection, refresh: bool
) -> tuple[dict[str, list[str]], list[Kept]]:  # fmt: skip
    """Write out ``*`` and refuse names that the table does not have, before any data is asked for."""
    question = Question(SERVICE, f"{name}_metadata.json", f"/tables/{pxweb_table}/metadata", LANGUAGE)
    kept = cache.ask(question, partial(_check_metadata, question), refresh)
    dimensions = json_of(question, kept.content)["dimension"]
    if absent := sorted(set(selection) - set(dimensions)):
        raise DataError(
            Fault(f"{question.place}: {variable}", "no such variable", f"one of {', '.join(dimensions)}",
                  "Correct inputs.retrieve.") for variable in absent
        )  # fmt: skip
    known = {variable: _codes(dimensions[variable]) for variable in selection}
    faults = [
        Fault(f"{question.place}: {variable}", f"no code {code!r}", f"one of {', '.join(known[variable][:12])}…",
              "Correct inputs.retrieve.")
        for variable, codes in selection.items() for code in codes if code != "*" and code not in known[variable]
    ]  # fmt: skip
    if faults:
        raise DataError(faults)
    return {v: known[v] if list(codes) == ["*"] else list(codes) for v, codes in selection.items()}, [kept]


def _check_metadata(question: Question, content: bytes) -> None:
    told = json_of(question, content)
    dimensions = told.get("dimension")
    if not isinstance(dimensions, dict) or not all(_codes(each) for each in dimensions.values()):
        raise changed(question, f"keys {', '.join(sorted(told))}"[:200], "dimension, with a category each")


def _codes(dimension: Any) -> list[str]:
    """Codes of a JSON-stat dimension in its order; none where it is no dimension."""
    category = dimension.get("category") if isinstance(dimension, dict) else None
    if not isinstance(category, dict):
        return []
    index = category.get("index", category.get("label"))
    if isinstance(index, dict):
        is_numbered = all(isinstance(place, int) for place in index.values())
        return [str(code) for code in (sorted(index, key=lambda code: index[code]) if is_numbered else index)]
    return [str(code) for code in index] if isinstance(index, list) else []


def split(selection: Selection, most_cells: int) -> list[dict[str, list[str]]]:
    """Cut a selection into parts of at most so many cells, along its longest variable first.

    Examples
    --------
    290 municipalities × 2 years under a limit of 300 cells: two parts of 150 and 140 municipalities.
    """
    counts = {variable: len(codes) for variable, codes in selection.items()}
    if math.prod(counts.values()) <= most_cells:
        return [{variable: list(codes) for variable, codes in selection.items()}]
    longest = max(counts, key=lambda variable: counts[variable])
    if counts[longest] == 1:
        raise ValueError(f"one cell is more than {most_cells}")
    length = max(1, min(counts[longest] - 1, most_cells * counts[longest] // math.prod(counts.values())))
    codes = selection[longest]
    return [
        part
        for first in range(0, len(codes), length)
        for part in split({**selection, longest: codes[first : first + length]}, most_cells)
    ]


def cells(question: Question, content: bytes, asked: Selection) -> list[list[object]]:
    """Rows of one JSON-stat answer: code and words of each variable, then the value.

    Raises
    ------
    DataError
        If the answer is no JSON-stat dataset, holds other codes than asked for, or not as many values as cells.
    """
    told = json_of(question, content)
    dimensions, names, values = told.get("dimension"), told.get("id"), told.get("value")
    if told.get("class") != "dataset" or not isinstance(dimensions, dict) or not isinstance(names, list):
        raise changed(question, f"keys {', '.join(sorted(told))}"[:200], "a JSON-stat dataset: id, dimension, value")
    codes = {str(name): _codes(dimensions.get(name)) for name in names}
    for variable, wanted in asked.items():
        if sorted(codes.get(variable, [])) != sorted(wanted):
            found = codes.get(variable, [])
            raise changed(
                question, f"{variable}: {len(found)} codes ({', '.join(found[:5])})", f"the {len(wanted)} asked for"
            )
    count = math.prod(len(each) for each in codes.values())
    if isinstance(values, dict):  # JSON-stat may leave out cells without value
        values = [values.get(str(place)) for place in range(count)]
    if not isinstance(values, list) or len(values) != count:
        raise changed(question, f"{len(values) if isinstance(values, list) else 'no'} values", f"{count} values")
    if wrong := [value for value in values if value is not None and not _is_number(value)]:
        raise changed(question, f"value {wrong[0]!r}", "numbers and null")
    words = {name: dimensions[name]["category"].get("label", {}) for name in codes}
    return [
        [*(cell for name, code in zip(codes, place, strict=True) for cell in (code, words[name].get(code, ""))), value]
        for place, value in zip(product(*codes.values()), values, strict=True)
    ]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
