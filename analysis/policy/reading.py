"""Turns what a scheme file says into parameters and components, and notes every fault on the way.

The form is closed: unknown keys, values without reference, unknown statuses, parts and units are all named.
"""

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from analysis.errors import Fault
from analysis.policy.checks import component_faults, role_faults
from analysis.policy.model import STATUSES, Component, DatedValue, Part, PolicyParameter, Reference
from analysis.policy.parts import CHOICES, KINDS, NUMBER_UNITS, UNITS, PartKind

PARAMETER_KEYS = {"label", "unit", "price_basis", "values"}
VALUE_KEYS = {"value", "status", "reference", "note"}
REFERENCE_KEYS = {"title", "href", "paragraph"}
COMPONENT_KEYS = {"name", "form", "amount", "limits", "conditions"}
PRICE_BASES = ("nominal", "real", "none")
GROUPS = ("amount", "limits", "conditions")


def key_faults(raw: Mapping[Any, Any], allowed: set[str], required: set[str], place: str) -> Iterator[Fault]:
    """Name each key that is not allowed and each that is missing."""
    for key in sorted(set(raw) - allowed, key=str):
        yield Fault(
            f"{place}: {key}", "an unknown key", f"one of {', '.join(sorted(allowed))}", "Correct or remove it."
        )
    for key in sorted(required - set(raw)):
        yield Fault(f"{place}: {key}", "nothing", "this key", "Add it.")


def read_label(raw: Any, place: str, faults: list[Fault]) -> tuple[str, str]:
    """Read a label: its Swedish and its English text."""
    if not isinstance(raw, dict) or set(raw) != {"sv", "en"} or not all(isinstance(text, str) for text in raw.values()):
        faults.append(Fault(f"{place}: label", repr(raw), "a text in sv and one in en", "Write both."))
        return "", ""
    return raw["sv"], raw["en"]


def read_list(raw: Any, place: str, faults: list[Fault]) -> list[Any]:
    """Read a list that may be left out."""
    if raw is None:
        return []
    if not isinstance(raw, list):
        faults.append(Fault(place, f"a {type(raw).__name__}", "a list", "Write one item a line, each after a dash."))
        return []
    return raw


def read_parameters(raw: Any, place: str, faults: list[Fault]) -> dict[str, PolicyParameter]:
    """Read the parameters under a key of the file; ``place`` names file and key."""
    if raw is None:
        return {}
    if not isinstance(raw, dict):
        faults.append(Fault(place, repr(raw), "a mapping of names", "See the other files."))
        return {}
    return {str(name): _parameter(str(name), body, f"{place}.{name}", faults) for name, body in raw.items()}


def _parameter(name: str, raw: Any, place: str, faults: list[Fault]) -> PolicyParameter:
    if not isinstance(raw, dict):
        faults.append(Fault(place, repr(raw), "a mapping with label, unit, price_basis and values", "Fill it in."))
        raw = {}
    else:
        faults.extend(key_faults(raw, PARAMETER_KEYS, PARAMETER_KEYS, place))
    label_sv, label_en = read_label(raw.get("label"), place, faults) if "label" in raw else ("", "")
    unit, basis = str(raw.get("unit")), str(raw.get("price_basis"))
    if "unit" in raw and unit not in UNITS:
        faults.append(Fault(f"{place}.unit", repr(unit), f"one of {', '.join(UNITS)}", "Correct the unit."))
    if "price_basis" in raw and (basis not in PRICE_BASES or (basis == "none") == unit.startswith("sek")):
        faults.append(
            Fault(f"{place}.price_basis", repr(basis), "nominal or real for money, none for the rest", "Correct it.")
        )
    values = _values(raw.get("values"), unit, place, faults) if "values" in raw else ()
    return PolicyParameter(name, label_sv, label_en, unit, basis, values, place)


def _values(raw: Any, unit: str, place: str, faults: list[Fault]) -> tuple[DatedValue, ...]:
    if not isinstance(raw, dict) or not raw:
        faults.append(Fault(f"{place}.values", repr(raw), "at least one date with its value", "Add a dated value."))
        return ()
    dated = [_dated(day, body, unit, f"{place}.values.{day}", faults) for day, body in raw.items()]
    return tuple(sorted((value for value in dated if value is not None), key=lambda value: value.start))


def _dated(day: Any, raw: Any, unit: str, place: str, faults: list[Fault]) -> DatedValue | None:
    before = len(faults)
    if not isinstance(day, datetime.date) or isinstance(day, datetime.datetime):
        faults.append(Fault(place, repr(day), "a date such as 2026-01-01", "Write the day the value starts."))
    if not isinstance(raw, dict):
        faults.append(Fault(place, repr(raw), "value, status and reference", "Write all three."))
        return None
    faults.extend(key_faults(raw, VALUE_KEYS, {"value", "status", "reference"}, place))
    if "status" in raw and raw["status"] not in STATUSES:
        expected = f"one of {', '.join(STATUSES)}"
        faults.append(Fault(f"{place}.status", repr(raw["status"]), expected, "Correct the status."))
    reference = _reference(raw["reference"], f"{place}.reference", faults) if "reference" in raw else None
    value = raw.get("value")
    if value is not None and not _fits(value, unit):
        expected = f"{unit}: {', '.join(CHOICES[unit])}" if unit in CHOICES else f"a value of unit {unit}, not negative"
        faults.append(Fault(f"{place}.value", repr(value), expected, "Correct the value or the unit."))
    if len(faults) > before or reference is None:
        return None
    held = tuple(value) if isinstance(value, list) else float(value) if isinstance(value, int | float) else value
    return DatedValue(day, held, raw["status"], reference, raw.get("note"))


def _fits(value: Any, unit: str) -> bool:
    if unit in NUMBER_UNITS:
        return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < float("inf")
    if unit == "list":
        return isinstance(value, list) and bool(value) and all(isinstance(item, str) for item in value)
    if unit == "date":
        return isinstance(value, datetime.date) and not isinstance(value, datetime.datetime)
    return value in CHOICES.get(unit, (value,))


def _reference(raw: Any, place: str, faults: list[Fault]) -> Reference | None:
    if not isinstance(raw, dict):
        faults.append(Fault(place, repr(raw), "title, and href or paragraph", "Say where the value is written."))
        return None
    before = len(faults)
    faults.extend(key_faults(raw, REFERENCE_KEYS, {"title"}, place))
    if not (raw.get("href") or raw.get("paragraph")):
        faults.append(Fault(place, "a title alone", "href or paragraph beside it", "Say where the value is written."))
    if len(faults) > before:
        return None
    return Reference(str(raw["title"]), raw.get("href"), raw.get("paragraph"))


def read_components(
    raw: Any, parameters: Mapping[str, PolicyParameter], place: str, faults: list[Fault]
) -> tuple[Component, ...]:
    """Read the components of a scheme, with the parts that each form allows."""
    components = []
    for number, body in enumerate(read_list(raw, f"{place}: components", faults)):
        spot, before = f"{place}: components[{number}]", len(faults)
        if not isinstance(body, dict):
            faults.append(Fault(spot, repr(body), "a mapping with name, form and amount", "Fill it in."))
            continue
        faults.extend(key_faults(body, COMPONENT_KEYS, {"name", "form", "amount"}, spot))
        form: Any = body.get("form")
        if form not in list(KINDS):
            faults.append(Fault(f"{spot}.form", repr(form), f"one of {', '.join(KINDS)}", "Correct it."))
            continue
        parts = {
            group: tuple(_parts(body.get(group), KINDS[form][group], parameters, f"{spot}.{group}", faults))
            for group in GROUPS
        }
        component = Component(str(body.get("name")), form, **parts)
        if len(faults) == before:
            faults.extend(component_faults(component, parameters, spot))
        components.append(component)
    return tuple(components)


def _parts(
    raw: Any,
    kinds: Mapping[str, PartKind],
    parameters: Mapping[str, PolicyParameter],
    place: str,
    faults: list[Fault],
) -> Iterator[Part]:
    for number, body in enumerate(read_list(raw, place, faults)):
        spot = f"{place}[{number}]"
        name = str(body.get("part")) if isinstance(body, dict) else ""
        if name not in kinds:
            known = ", ".join(sorted(kinds)) or "none in this group"
            faults.append(Fault(spot, repr(body), f"a part: {known}", "Correct the part's name."))
            continue
        roles = {str(role): parameter for role, parameter in body.items() if role != "part"}
        units = kinds[name].units
        faults.extend(key_faults(roles, set(units), set(units) - kinds[name].optional, spot))
        for role, parameter in roles.items():
            unit = units.get(role)
            if unit is None:
                continue
            if not isinstance(parameter, str) or parameter not in parameters:
                faults.append(Fault(f"{spot}.{role}", repr(parameter), "a parameter of this file", "Define it."))
            else:
                faults.extend(role_faults(role, unit, parameters[parameter], f"{spot}.{role}"))
        yield Part(name, {role: parameter for role, parameter in roles.items() if isinstance(parameter, str)})
