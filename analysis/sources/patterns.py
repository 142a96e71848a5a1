"""Regular expressions of descriptors, run by RE2: time grows with the text alone, whatever the pattern.

Python's own engine can take hours for thirty letters (``(a+)+$``); a descriptor could so hold up a run. RE2 comes with
Arrow. It knows no look-around and no back references; such a pattern is refused when the descriptor is read.
"""

import re
from typing import Final

import pandas as pd
import pyarrow
import pyarrow.compute

LONGEST_PATTERN: Final = 500
_TOKEN: Final = re.compile(r"\\.|\[\^?\]?(?:\\.|\[:\^?[a-z]+:\]|[^\]\\])*\]|(\((?!\?))", flags=re.DOTALL)
"""An escape, a set in brackets, or (the group) the opening of a group without a name."""
_NAMED: Final = re.compile(r"\(\?P<([A-Za-z_]\w*)>")


def compiled(pattern: str | None) -> str | None:
    """Give a pattern back when RE2 takes it.

    Raises
    ------
    ValueError
        If it is no regular expression, too long, or needs look-around or back references.
    """
    if pattern is None:
        return None
    if len(pattern) > LONGEST_PATTERN:
        raise ValueError(f"a pattern of {len(pattern)} letters; at most {LONGEST_PATTERN}")
    try:
        re.compile(pattern)
        pyarrow.compute.extract_regex(pyarrow.array([""]), _with_names(pattern))
    except (re.error, pyarrow.ArrowException, RecursionError, OverflowError, UnicodeError) as error:
        raise ValueError(f"not a regular expression without look-around and back references: {error}") from None
    return pattern


def group_names(pattern: str) -> frozenset[str]:
    """Names of the named groups of a pattern."""
    return frozenset(re.compile(pattern).groupindex)


def found_in(pattern: str, text: str) -> dict[str, str] | None:
    """Named groups of the first match in a text; nothing where it does not match.

    Examples
    --------
    ``(?P<year>[0-9]+)`` in ``SE3_2024.csv`` gives ``{"year": "2024"}``.
    """
    found = pyarrow.compute.extract_regex(pyarrow.array([text], pyarrow.string()), _with_names(pattern))[0].as_py()
    return None if found is None else {name: found[name] for name in group_names(pattern)}


def is_match(pattern: str, texts: pd.Series) -> pd.Series:
    """Whether each text holds a match."""
    held = pyarrow.array(texts.astype("str"), pyarrow.string(), from_pandas=True)
    found = pyarrow.compute.fill_null(pyarrow.compute.match_substring_regex(held, pattern), False)
    return pd.Series(found.to_numpy(zero_copy_only=False), index=texts.index, dtype=bool)


def first_group(pattern: str, texts: pd.Series) -> pd.Series:
    """First group of the first match in each text, or the whole match of a pattern without groups; else null."""
    held = pyarrow.array(texts.astype("str"), pyarrow.string(), from_pandas=True)
    found = pyarrow.compute.extract_regex(held, _with_names(pattern))
    first = pyarrow.compute.struct_field(found, [0])  # null where the text is null or does not match
    return pd.Series(first.to_pandas().to_numpy(dtype=object), index=texts.index, dtype="str")


def _with_names(pattern: str) -> str:
    """Give every group a name, as Arrow asks; a pattern without groups becomes one."""
    count = 0

    def named(found: re.Match[str]) -> str:
        nonlocal count
        if found.group(1) is None:
            return found.group(0)
        count += 1
        return f"(?P<group_{count}_of_pattern>"

    changed = _TOKEN.sub(named, pattern)
    return changed if count or _NAMED.search(changed) else f"(?P<whole>{changed})"
