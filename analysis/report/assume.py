"""Turns source files into the list of modelling choices they declare: every ``ASSUME:`` mark with its place.

A mark stands in a comment or in a docstring; it runs on over the lines below it until another mark or an empty line.
"""

import ast
import io
import re
import tokenize
from collections.abc import Iterator, Mapping
from typing import TypeAlias

import pandas as pd

MARK = re.compile(r"(?:^|(?<=[\s(]))ASSUME:\s*")
MARK_BEHIND = re.compile(r"#[^\n]*ASSUME:")
OTHER_MARK = re.compile(r"^(?:[A-Z]+|noqa|type|fmt):")
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
Documented: TypeAlias = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def list_assumptions(sources: Mapping[str, str]) -> pd.DataFrame:
    """List the declared assumptions of Python sources.

    Parameters
    ----------
    sources
        Path and text of each file.

    Returns
    -------
    pd.DataFrame
        Grain: mark. ``path``, ``line``, ``assumption``; a mark that runs over several lines is one row.
        Sorted by path and line.

    Examples
    --------
    A mark "cars live 17 years," on line 1 with "as in the register." on line 2 gives one row, line 1,
    "cars live 17 years, as in the register."
    """
    found = [
        (path, line, text)
        for path, source in sorted(sources.items())
        if MARK.search(source)  # most modules have none, and are not worth parsing
        for line, text in sorted(set(_marked([*_comment_lines(source), *_docstring_lines(source)])))
    ]
    table = pd.DataFrame(found, columns=["path", "line", "assumption"])
    return table.astype({"path": "str", "line": "int64", "assumption": "str"})


def _comment_lines(source: str) -> Iterator[tuple[int, str]]:
    """Give line and text of each comment; one that follows code on its line stands alone.

    Reading tokens is slow: a file without a mark behind a ``#`` is not read.
    """
    if not MARK_BEHIND.search(source):
        return
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            if token.line[: token.start[1]].strip():
                yield token.start[0], ""
            yield token.start[0], token.string.lstrip("#").strip()


def _docstring_lines(source: str) -> Iterator[tuple[int, str]]:
    """Give line and text of each line of each docstring, with an empty line after each."""
    whole = source.splitlines()
    for text in _docstrings(ast.parse(source)):
        first, last = text.lineno, text.end_lineno or text.lineno
        for place, line in enumerate(whole[first - 1 : last]):
            yield first + place, line.strip().strip('"').lstrip("#").strip()
        yield last + 1, ""


def _docstrings(tree: ast.Module) -> Iterator[ast.Expr]:
    """Find the text that opens a module, class or function, and that below an assignment in one, which describes it."""
    for node in _documented(tree):
        for place, text in enumerate(node.body):
            describes = place == 0 or isinstance(node.body[place - 1], ast.Assign | ast.AnnAssign)
            if describes and isinstance(text, ast.Expr) and _is_text(text.value):
                yield text


def _is_text(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def _documented(node: Documented) -> Iterator[Documented]:
    """A module, class or function and those defined in it; expressions hold no docstring and are not looked into."""
    yield node
    for inner in ast.iter_child_nodes(node):
        if isinstance(inner, DOCUMENTED):
            yield from _documented(inner)


def _marked(lines: list[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Join each mark with the lines that carry it on."""
    start, words, last = 0, "", -1
    for line, text in lines:
        carries_on = words and text and line == last + 1 and not OTHER_MARK.match(text)
        pieces = MARK.split(text)
        if words and not carries_on:
            yield start, words
            words = ""
        elif carries_on:
            words = f"{words} {pieces[0]}".strip()
        for piece in pieces[1:]:
            if words:
                yield start, words
            start, words = line, piece.strip()
        last = line
    if words:
        yield start, words
