"""Keeps the append-only list of versions of the data files that committed statistics were computed from.

Each row carries ``chain_sha256``: SHA-256 of the chain of the row before and of its own cells, so that an edit, a row
taken out or a new order shows from that row on, without any history at hand.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from analysis.errors import DataError, Fault

PLACE = "data/versions.csv"
CHAIN = "chain_sha256"
LINK = "\x1f"
"""Stands between cells before they are hashed: a sign that no cell holds."""
INPUTS = "INPUTS/"
RESTORE = "The list is only added to: bring the row back as it was (git log -p data/versions.csv)."


def chain_digests(table: pd.DataFrame, before: str = "") -> list[str]:
    """Compute the chain of rows, all cells but the chain's own, from that of the row before them."""
    chain, digests = before, []
    columns = [name for name in table.columns if name != CHAIN]
    for cells in table[columns].itertuples(index=False):
        text = LINK.join([chain, *("" if pd.isna(cell) else str(cell) for cell in cells)])
        chain = hashlib.sha256(text.encode()).hexdigest()
        digests.append(chain)
    return digests


def chain_faults(table: pd.DataFrame) -> list[Fault]:
    """Name every row whose chain does not follow from its cells and from the row before it.

    Examples
    --------
    A cell of row 5 was edited: row 5 is named. Row 5 was taken out: what was row 6 is named.
    """
    faults, before = [], ""
    for number in range(len(table)):
        row = table.iloc[[number]]
        found, expected = str(row[CHAIN].iloc[0]), chain_digests(row, before)[0]
        if found != expected:
            place = f"{PLACE}:{number + 2}: {row['file'].iloc[0]}"
            faults.append(
                Fault(place, f"{CHAIN} {found[:12]}", f"{expected[:12]}, of this row after the last", RESTORE)
            )
        before = found
    return faults


def unlisted(listed: pd.DataFrame, seen: pd.DataFrame) -> pd.DataFrame:
    """Pick the files (``DataFiles``) that stand in the list (``DataVersions``) in no version like theirs."""
    known = pd.MultiIndex.from_frame(listed[["file", "sha256"]])
    return seen[~pd.MultiIndex.from_frame(seen[["file", "sha256"]]).isin(known)]


def unlisted_lines(listed: pd.DataFrame, seen: pd.DataFrame, inputs: str) -> list[str]:
    """Name the files that are not listed, each in a line, and say last what to do; none where all are."""
    new = unlisted(listed, seen)
    lines = [
        f"{file}: sha256 {digest[:12]}, {size} bytes: "
        + ("another version of a listed file" if file in set(listed["file"]) else "a file that is not listed")
        for file, digest, size in zip(new["file"], new["sha256"], new["bytes"], strict=True)
    ]
    if not lines:
        return []
    return [*lines, f"{PLACE} does not list what was read here. If it is right: make versions INPUTS={inputs}"]


def append_versions(listed: pd.DataFrame, seen: pd.DataFrame, day: str) -> pd.DataFrame:
    """Add a row for each file that is not listed; rows that are there stay as they are.

    Parameters
    ----------
    listed
        ``DataVersions``; its chain must hold.
    seen
        ``DataFiles``. One without a version of its own gets the next whole number for that file.
    day
        ISO date on which these were first seen.

    Raises
    ------
    DataError
        Naming every row whose chain is broken: nothing is added to a list that was edited.
    """
    if faults := chain_faults(listed):
        raise DataError(faults)
    new = unlisted(listed, seen).copy()
    held = listed.groupby("file").size()
    new["version"] = [
        str(held.get(file, 0) + 1) if pd.isna(version) else version
        for file, version in zip(new["file"], new["version"], strict=True)
    ]
    new = new.assign(first_seen=day).sort_values(["dataset", "file"], kind="stable")
    new[CHAIN] = chain_digests(new, str(listed[CHAIN].iloc[-1]) if len(listed) else "")
    return pd.concat([listed, new[list(listed.columns)]], ignore_index=True)


def tables_of_files(jobs: Iterable[Mapping[str, Any]], targets: Sequence[str]) -> dict[str, list[str]]:
    """Say which targets each file of the user goes into, through any number of jobs.

    Parameters
    ----------
    jobs
        The graph of a run, as ``lineage.json`` holds it: ``inputs`` and ``outputs``, name and paths.
    targets
        Files that the graph makes.

    Returns
    -------
    dict[str, list[str]]
        Path below the user's folder → targets, sorted.
    """
    reads: dict[str, set[str]] = {}
    for job in jobs:
        read = {path for paths in job["inputs"].values() for path in paths}
        for made in (path for paths in job["outputs"].values() for path in paths):
            reads[made] = read
    used: dict[str, list[str]] = {}
    for target in sorted(targets):
        seen, waiting = {target}, [target]
        while waiting:
            following = reads.get(waiting.pop(), set()) - seen
            seen |= following
            waiting += following
        for path in seen:
            if path.startswith(INPUTS):
                used.setdefault(path.removeprefix(INPUTS), []).append(target)
    return used
