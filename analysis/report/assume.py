"""Turns source files into the list of modelling choices they declare: every ``# ASSUME:`` comment with its place."""

import io
import tokenize
from collections.abc import Mapping

import pandas as pd

MARK = "ASSUME:"


def list_assumptions(sources: Mapping[str, str]) -> pd.DataFrame:
    r"""List the declared assumptions of Python sources.

    Parameters
    ----------
    sources
        Path and text of each file.

    Returns
    -------
    pd.DataFrame
        Grain: comment. ``path``, ``line``, ``assumption``; a comment that runs over several lines is one row.
        Sorted by path and line.

    Examples
    --------
    ``{"a.py": "# ASSUME: cars live 17 years,\n# as in the register.\nx = 1"}`` gives one row, line 1,
    "cars live 17 years, as in the register."
    """
    found = [(path, line, text) for path, source in sorted(sources.items()) for line, text in _comments(source)]
    table = pd.DataFrame(found, columns=["path", "line", "assumption"])
    return table.astype({"path": "str", "line": "int64", "assumption": "str"})


def _comments(source: str) -> list[tuple[int, str]]:
    """Collect the marked comments of one file with the lines that carry them on."""
    found: list[tuple[int, str]] = []
    last_line = -1
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT:
            continue
        line, text = token.start[0], token.string.lstrip("#").strip()
        if text.startswith(MARK):
            found.append((line, text.removeprefix(MARK).strip()))
            last_line = line
        elif line == last_line + 1 and not token.line[: token.start[1]].strip() and not _is_mark(text):
            start, before = found[-1]
            found[-1] = (start, f"{before} {text}".strip())
            last_line = line
    return found


def _is_mark(text: str) -> bool:
    """Say whether a comment opens a mark of its own (``SOURCE:``, ``noqa``, ``type:``)."""
    head = text.split(":", 1)[0]
    return head.isupper() or head in {"noqa", "type", "fmt"}
