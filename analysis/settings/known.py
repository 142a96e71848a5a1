"""Holds a scenario against what the project knows: parameters, schemes, charger options, descriptors, price years."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from analysis.errors import Fault
from analysis.settings.model import INPUT_KINDS, Settings


@dataclass(frozen=True)
class Known:
    """What scenarios may name: parameter ids with their low end, and the names in each folder or table."""

    parameter_low: Mapping[str, float]
    schemes: frozenset[str]
    charger_options: frozenset[str]
    descriptors: frozenset[str]
    embedded_years: frozenset[int]
    grid_tariffs: frozenset[str]


def unknown_names(place: str, settings: Settings, known: Known) -> list[Fault]:
    """Name everything in a scenario that nothing in the project answers to, before any job starts.

    Parameters
    ----------
    place
        The scenario's file.
    settings
        The scenario, resolved.
    known
        What it may name.

    Returns
    -------
    list[Fault]
        Empty where all is known. An override may leave the parameter's range, but not its sign.
    """
    sources = {source.descriptor for kind in INPUT_KINDS for source in getattr(settings.inputs, kind) or ()}
    is_generated = settings.inputs.day_ahead_prices is None or settings.inputs.reserve_prices is None
    years = settings.scope.price_years if is_generated else ()
    named: list[tuple[str, Iterable[str], Iterable[str], str]] = [
        ("policy.schemes", settings.policy.schemes, known.schemes, "Write its file in data/policy/se/ first."),
        ("scope.search.explained_schemes", settings.scope.search.explained_schemes, known.schemes,
         "Write its file in data/policy/se/ first."),
        ("scope.charger_options", settings.scope.charger_options, known.charger_options,
         "Give it a row in data/assumptions/charger_options.csv first."),
        ("inputs", sources, known.descriptors, "Write its descriptor in data/sources/ first."),
        ("scope.price_years", map(str, years), map(str, known.embedded_years),
         "Prices are generated for these years only: read files of the year, or choose another."),
        ("assumptions.grid_tariff", [settings.assumptions.grid_tariff], known.grid_tariffs,
         "Take one of grid_tariffs.csv, or give it rows in grid_tariff_archetypes.csv."),
        ("assumptions.overrides", settings.assumptions.overrides, known.parameter_low,
         "Take an id of data/assumptions/parameters.csv."),
    ]  # fmt: skip
    faults = [
        Fault(f"{place}: {key}", repr(name), f"one of {_few(allowed)}", remedy)
        for key, names, choice, remedy in named
        for allowed in [set(choice)]
        for name in sorted(set(names) - allowed)
    ]
    faults += _half_of_the_prices(place, settings)
    return faults + _impossible_values(place, settings.assumptions.overrides, known.parameter_low)


def _half_of_the_prices(place: str, settings: Settings) -> list[Fault]:
    """Prices of one year belong together: both kinds from files, or both generated."""
    kinds = ("day_ahead_prices", "reserve_prices")
    absent = [kind for kind in kinds if getattr(settings.inputs, kind) is None]
    return [
        Fault(f"{place}: inputs.{kind}", "null beside other prices from files", "a list of files",
              "Name the files of the same year: prices of one year belong together.")
        for kind in absent if len(absent) < len(kinds)
    ]  # fmt: skip


def _few(names: Iterable[str], most: int = 12) -> str:
    ordered = sorted(names)
    return ", ".join(ordered[:most]) + (f" and {len(ordered) - most} more" if len(ordered) > most else "")


def _impossible_values(place: str, overrides: Mapping[str, float], low: Mapping[str, float]) -> list[Fault]:
    faults = []
    for name, value in overrides.items():
        if not math.isfinite(value):
            expected = "a finite number"
        elif value < 0 <= low.get(name, -math.inf):
            expected = "a number that is not negative"
        else:
            continue
        faults.append(Fault(f"{place}: assumptions.overrides.{name}", f"{value:g}", expected, "Correct the value."))
    return faults
