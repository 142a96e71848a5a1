"""Says whether a folder of results holds a finished run that can be compared, and what to run where it does not."""

from collections.abc import Mapping, Sequence
from typing import Any

from analysis.errors import Fault

NEEDED = ("code_digest", "committed_inputs", "inputs", "libraries", "lock_sha256", "python", "results", "settings")
"""Keys of ``run.yaml`` that a comparison reads."""


def unfinished(
    wanted: str, name: str, record: Mapping[str, Any] | None, digests: Mapping[str, str | None], known: Sequence[str]
) -> list[Fault]:
    """List what keeps a folder from being a finished run.

    Parameters
    ----------
    wanted
        The comparison that was asked for, as faults name it.
    name, record
        The folder below ``data/results`` and its ``run.yaml``; none where there is none.
    digests
        Name and digest of each table that is needed, as it lies there now; none where it is missing.
    known
        Scenarios that have a file.

    Examples
    --------
    No record of ``tax_relief``: one fault that says to run ``make report SCENARIO=tax_relief``.
    """
    place, run = f"{wanted}: data/results/{name}", f"make report SCENARIO={name}"
    if record is None:
        file = f"workflow/config/scenarios/{name}.yaml"
        remedy = f"Run: {run}" if name in known else f"Name a folder that is there, or write {file} and run: {run}"
        return [Fault(place, "no finished run", "run.yaml and the tables that it lists", remedy)]
    if missing := [key for key in NEEDED if key not in record]:
        return [Fault(f"{place}/run.yaml", f"no {', '.join(missing)}", "a record of this version", f"Run: {run}")]
    found = {table: _state(digest, record["results"].get(table)) for table, digest in digests.items()}
    expected = "the table that run.yaml lists"
    return [Fault(f"{place}/{table}", state, expected, f"Finish it: {run}") for table, state in found.items() if state]


def _state(now: str | None, recorded: str | None) -> str:
    if now is None:
        return "no such table"
    return "" if now == recorded else "another table than when the run was recorded"
