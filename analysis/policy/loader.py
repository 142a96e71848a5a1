"""Turns scheme files into checked schemes; the one module of this room that opens files.

The form is closed: unknown keys, repeated keys, values without reference, unknown statuses, parts and units are all
named at once, and nothing is returned.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from analysis.errors import ConfigError, Fault, PolicyError
from analysis.policy.checks import replaced_faults, scheme_faults, stack_faults
from analysis.policy.model import Component, PolicyParameter, Scheme
from analysis.policy.reading import key_faults, read_components, read_label, read_list, read_parameters
from analysis.policy.support import parameter_names
from analysis.settings.load import read_yaml

SCHEME_KEYS = {"scheme", "label", "components", "combines", "replaces", "parameters"}
DEEPEST_STACK = 3
"""Combinations of combinations; each level may double what is read."""


def load_scheme(path: Path) -> Scheme:
    """Read one scheme file, and those it combines, from the same folder.

    Raises
    ------
    PolicyError
        With every fault of the file: place, what was found, what was expected, what to do.
    """
    faults: list[Fault] = []
    scheme = _load(Path(path), faults, ())
    if faults or scheme is None:
        raise PolicyError(faults)
    return scheme


def load_schemes(paths: Iterable[Path]) -> dict[str, Scheme]:
    """Read several scheme files, to be compared with each other: by name, in the order given.

    Raises
    ------
    PolicyError
        With every fault of every file, and every name or label that two of them share.
    """
    faults: list[Fault] = []
    found: dict[str, Scheme] = {}
    seen: dict[str, str] = {}
    for path in paths:
        scheme = _load(Path(path), faults, ())
        if scheme is None:
            continue
        for kind, text in (("scheme", scheme.scheme), ("label.sv", scheme.label_sv), ("label.en", scheme.label_en)):
            first = seen.setdefault(f"{kind}: {text}", scheme.place)
            if first != scheme.place or (kind == "scheme" and text in found):
                expected = f"another than in {first}"
                faults.append(Fault(f"{scheme.place}: {kind}", repr(text), expected, "Rename one of the two."))
        found[scheme.scheme] = scheme
    if faults:
        raise PolicyError(faults)
    return found


def scheme_files(path: Path) -> list[Path]:
    """List the files a scheme is made of: its own, then those it combines, each once. For the inputs of a rule.

    Raises
    ------
    PolicyError
        If the file cannot be read as a mapping.
    """
    found = [Path(path)]
    for file in found:
        if file.is_file() or file == Path(path):
            listed = _mapping(_read(file), str(file)).get("combines")
            names = [name for name in listed if _is_name(name)] if isinstance(listed, list) else []
            members = [file.with_name(f"{name}.yaml") for name in names]
            found.extend(member for member in members if member not in found)
    return found


def _read(path: Path) -> Any:
    try:
        return read_yaml(path)
    except ConfigError as error:
        raise PolicyError(error.faults) from None


def _mapping(value: Any, place: str) -> dict[Any, Any]:
    if not isinstance(value, dict):
        raise PolicyError(Fault(place, f"a {type(value).__name__}", "a mapping", "See the other files of this folder."))
    return value


def _load(path: Path, faults: list[Fault], above: tuple[str, ...]) -> Scheme | None:
    place = str(path)
    try:
        raw = _mapping(_read(path), place)
    except PolicyError as error:
        faults.extend(error.faults)
        return None
    before = len(faults)
    faults.extend(key_faults(raw, SCHEME_KEYS, {"scheme", "label"}, place))
    if raw.get("scheme") != path.stem:
        faults.append(Fault(f"{place}: scheme", repr(raw.get("scheme")), repr(path.stem), "Name it as the file."))
    parameters = read_parameters(raw.get("parameters"), f"{place}: parameters", faults)
    components = read_components(raw.get("components"), parameters, place, faults)
    combines = _combines(raw.get("combines"), path, faults, above)
    changes = read_parameters(raw.get("replaces"), f"{place}: replaces", faults)
    faults.extend(_unused(components, parameters, bool(raw.get("combines")), place))
    label_sv, label_en = read_label(raw.get("label"), place, faults)
    combines = _replaced(combines, changes, place, faults)
    scheme = Scheme(path.stem, label_sv, label_en, parameters, components, combines, place)
    faults.extend(stack_faults(scheme) if raw.get("combines") else scheme_faults(scheme))
    return scheme if len(faults) == before else None


def _combines(raw: Any, path: Path, faults: list[Fault], above: tuple[str, ...]) -> tuple[Scheme, ...]:
    members = []
    place, listed = f"{path}: combines", read_list(raw, f"{path}: combines", faults)
    names = Counter(name for name in listed if _is_name(name) and name not in (path.stem, *above))
    wrong = [name for name in listed if not _is_name(name) or name in (path.stem, *above)]
    faults += [Fault(place, repr(name), "another scheme of this folder", "Correct the name.") for name in wrong]
    if names and len(above) >= DEEPEST_STACK:
        expected = f"schemes stacked at most {DEEPEST_STACK} deep"
        faults.append(Fault(place, ", ".join(names), expected, "Name the plain schemes in one list."))
        return ()
    for name, count in names.items():
        if count > 1:
            faults.append(Fault(place, f"{name}, {count} times", "each scheme once", "Remove the others."))
        scheme = _load(path.with_name(f"{name}.yaml"), faults, (*above, path.stem))
        if scheme is not None:
            members.append(scheme)
    return tuple(members)


def _is_name(name: Any) -> bool:
    return isinstance(name, str) and re.fullmatch(r"[a-z0-9_]+", name) is not None


def _replaced(
    members: tuple[Scheme, ...], changes: Mapping[str, PolicyParameter], place: str, faults: list[Fault]
) -> tuple[Scheme, ...]:
    """Members with other values for the parameters named; each must be a parameter of exactly one of them."""
    for name, change in changes.items():
        holders = [member for member in members if name in member.parameters]
        if len(holders) != 1 or holders[0].parameters[name].unit != change.unit:
            found = f"{len(holders)} schemes with it" if len(holders) != 1 else f"unit {change.unit}"
            expected = "a parameter of exactly one of the schemes combined, in its own unit"
            faults.append(Fault(f"{place}: replaces.{name}", found, expected, "Correct the name or the unit."))
            continue
        changed = replace(holders[0], parameters={**holders[0].parameters, name: change})
        faults.extend(replaced_faults(changed, name))
        members = tuple(changed if member is holders[0] else member for member in members)
    return members


def _unused(
    components: tuple[Component, ...],
    parameters: Mapping[str, PolicyParameter],
    is_combining: bool,
    place: str,
) -> Iterator[Fault]:
    used = {name for component in components for name in parameter_names(component)}
    if is_combining:
        used.add("stacking")
        if components:
            yield Fault(place, "components and combines", "one of the two", "Put the payment in a file of its own.")
    for name in sorted(set(parameters) - used):
        yield Fault(f"{place}: parameters.{name}", "a parameter no part uses", "a use", "Use it or remove it.")
