"""Turns the records of two runs (``run.yaml``) into what was different going in: data, assumptions, policy, code."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from analysis.report.compare_tables import PARAMETERS, Run

KINDS = ("data", "assumptions", "policy", "code")
SECTIONS = {"inputs": "data", "scope": "data", "price_year": "data", "seed": "data", "assumptions": "assumptions",
            "policy": "policy"}  # fmt: skip
"""Which kind a key of the settings is; titles and reasons are none."""
FOLDERS = {"data/policy/": "policy", "data/assumptions/": "assumptions", "data/": "data"}
"""Which kind a committed file is, by its folder, the first that fits; rules and modules are in the code's digest."""
IDLE = ("scope.search.", "scope.wear_vehicle_count", "scope.dispatch_chunk_count", "scope.foresight_")
"""Settings that only targets of their own look at: no number that is compared depends on them."""
OVERRIDES = "assumptions.overrides."
UNORDERED = ("policy.schemes", "policy.statuses", "scope.price_areas")
"""Lists whose order moves nothing; that of chargers does: the first two-way one stands for all in places."""
DIGEST_SHOWN = 12
ABSENT = ""


@dataclass(frozen=True)
class Difference:
    """One thing that was not the same: its kind and place, and what stood there; empty where nothing did.

    ``origin`` is ``setting``, ``file`` or ``code``; ``is_idle`` where nothing that is compared depends on it.
    """

    kind: str
    item: str
    first: str
    second: str
    origin: str
    is_idle: bool = False


@dataclass(frozen=True)
class Between:
    """A run between two: its name, the kinds it takes from B (the others are A's), and the scenario file it needs.

    ``reads_files`` where it needs files under INPUTS.
    """

    name: str
    kinds: tuple[str, ...]
    scenario: str
    reads_files: bool


def differences(first: Run, second: Run, parameters: Mapping[str, float], table_digest: str) -> list[Difference]:
    """List what was different going in, by kind, value beside value.

    Parameters
    ----------
    first, second
        A and B.
    parameters, table_digest
        The parameters of the table as it is now, and its digest: where a run was made with that very table, a parameter
        that it does not override shows the table's value.

    Examples
    --------
    An override of ``ret.tax_refund_rho`` to 1 in B alone gives one difference of kind ``assumptions``: 0 and 1.0.
    """
    found = [*_settings(first, second, parameters, table_digest), *_files(first, second), *_code(first, second)]
    return sorted(found, key=lambda each: (KINDS.index(each.kind), each.is_idle, each.origin != "setting", each.item))


def kinds_of(found: Sequence[Difference]) -> tuple[str, ...]:
    """Give the kinds that differ in anything the compared numbers depend on, in the order of ``KINDS``."""
    return tuple(kind for kind in KINDS if any(each.kind == kind and not each.is_idle for each in found))


def _settings(first: Run, second: Run, parameters: Mapping[str, float], digest: str) -> Iterator[Difference]:
    sides = [dict(_leaves(run.settings)) for run in (first, second)]
    for item in sorted(sides[0].keys() | sides[1].keys()):
        kind = SECTIONS.get(item.split(".")[0])
        ours, theirs = (
            side.get(item, _table_value(item, run, parameters, digest))
            for side, run in zip(sides, (first, second), strict=True)
        )
        if kind and (ours != theirs or any(item not in side for side in sides)):
            yield Difference(kind, item, ours, theirs, "setting", item.startswith(IDLE))


def _table_value(item: str, run: Run, parameters: Mapping[str, float], digest: str) -> str:
    """Give what stands where a run does not override a parameter: its value in the table that the run was made with."""
    name = item.removeprefix(OVERRIDES)
    is_same_table = run.record["committed_inputs"].get(PARAMETERS) == digest
    return str(float(parameters[name])) if name != item and is_same_table and name in parameters else ABSENT


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Flatten settings into dotted keys; a list is one value, and lists whose order says nothing are sorted."""
    if isinstance(value, dict):
        for key in value:
            yield from _leaves(value[key], f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        parts = [_told(item) for item in value]
        yield path, ", ".join(sorted(parts) if path in UNORDERED else parts)
    elif value is not None:
        yield path, _told(value)


def _told(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(f"{key}={_told(item)}" for key, item in sorted(value.items(), key=lambda pair: str(pair[0])))
    return str(value)


def _files(first: Run, second: Run) -> Iterator[Difference]:
    """Compare files by their digests: what lies in the repository, and what a run read under its inputs root."""
    for section in ("committed_inputs", "inputs"):
        ours, theirs = first.record[section], second.record[section]
        for name in sorted(ours.keys() | theirs.keys()):
            if ours.get(name) != theirs.get(name):
                kind = next((kind for folder, kind in FOLDERS.items() if name.startswith(folder)), "data")
                one, other = (side.get(name, ABSENT)[:DIGEST_SHOWN] for side in (ours, theirs))
                yield Difference("data" if section == "inputs" else kind, name, one, other, "file")


def _code(first: Run, second: Run) -> Iterator[Difference]:
    sides = []
    for run in (first, second):
        libraries = {f"libraries.{name}": version for name, version in run.record["libraries"].items()}
        plain = {key: run.record[key][:DIGEST_SHOWN] for key in ("code_digest", "lock_sha256", "python")}
        sides.append({**plain, **libraries})
    for item in sorted(sides[0].keys() | sides[1].keys()):
        ours, theirs = (side.get(item, ABSENT) for side in sides)
        if ours != theirs:
            yield Difference("code", item, ours, theirs, "code")


def runs_between(first: Run, second: Run, kinds: Sequence[str], code_now: str) -> list[Between]:
    """Name the runs that would split the whole difference into its kinds, in order; one fewer than there are kinds.

    Parameters
    ----------
    first, second, kinds
        A, B and the kinds in which they differ.
    code_now
        Digest of the code at hand. Code is taken first, so that B's code makes the runs between; where the code at hand
        is A's, it is taken last.

    Examples
    --------
    Data and policy differ: one run, ``a_with_b_data``, that is A with B's data.
    """
    ordered = sorted(kinds, key=lambda kind: (kind != "code", KINDS.index(kind)))
    if "code" in kinds and first.record["code_digest"] == code_now != second.record["code_digest"]:
        ordered = [*ordered[1:], "code"]
    found = []
    for count in range(1, len(ordered)):
        taken = tuple(ordered[:count])
        name = f"{first.name}_with_{second.name}_{'_'.join(taken)}"
        inputs = (second if "data" in taken else first).settings["inputs"]
        reads_files = any(isinstance(source, list) for source in inputs.values())
        found.append(Between(name, taken, _scenario(first, second, taken), reads_files))
    return found


def _scenario(first: Run, second: Run, taken: Sequence[str]) -> str:
    """Write the scenario file of a run between: A's settings with the sections of the taken kinds from B."""
    whose = f"{first.name} + {second.name} ({', '.join(taken)})"
    mixed: dict[str, Any] = dict.fromkeys(("title_sv", "title_en", "reason_sv", "reason_en"), whose)
    for section, kind in SECTIONS.items():
        mixed[section] = (second if kind in taken else first).settings[section]
    return yaml.safe_dump(mixed, allow_unicode=True, sort_keys=False, width=110)
