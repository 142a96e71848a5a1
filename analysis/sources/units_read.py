"""Turns published units into those of the contract tables: one closed list, and how a header names a unit."""

import re
from dataclasses import dataclass
from typing import Final

from analysis.units import KM_PER_MIL, KM_PER_MILE, KWH_PER_MWH


@dataclass(frozen=True)
class Unit:
    """A published unit: the unit it becomes and the factor to it."""

    becomes: str
    factor: float


QUARTERS_PER_HOUR: Final = 4

UNITS: Final[dict[str, Unit]] = {
    "eur_per_mwh": Unit("eur_nominal_per_mwh", 1.0),
    "eur_per_kwh": Unit("eur_nominal_per_mwh", KWH_PER_MWH),
    "eur_cent_per_kwh": Unit("eur_nominal_per_mwh", 10.0),
    "sek_per_kwh": Unit("sek_nominal_per_mwh", KWH_PER_MWH),
    "sek_per_mwh": Unit("sek_nominal_per_mwh", 1.0),
    "eur_per_mw_h": Unit("eur_nominal_per_mw_h", 1.0),
    "eur_per_kw_h": Unit("eur_nominal_per_mw_h", 1000.0),
    "mw": Unit("mw", 1.0),
    "kw_as_mw": Unit("mw", 0.001),
    "mwh": Unit("mwh", 1.0),
    "kw": Unit("kw", 1.0),
    "w": Unit("kw", 0.001),
    "kwh": Unit("kwh", 1.0),
    "wh": Unit("kwh", 0.001),
    "kwh_per_quarter_hour_of_gwh": Unit("kw", QUARTERS_PER_HOUR / KWH_PER_MWH),
    "km": Unit("km", 1.0),
    "miles": Unit("km", KM_PER_MILE),
    "mil": Unit("km", KM_PER_MIL),
    "metres": Unit("km", 0.001),
    "hours": Unit("h", 1.0),
    "minutes": Unit("min", 1.0),
    "minutes_as_hours": Unit("h", 1.0 / 60.0),
    "percent": Unit("pu", 0.01),
    "share": Unit("pu", 1.0),
    "count": Unit("count", 1.0),
    "deg": Unit("deg", 1.0),
    "deg_c": Unit("deg_c", 1.0),
    "w_per_m2": Unit("kw_per_m2", 0.001),
    "ksek": Unit("ksek", 1.0),
    "sek_as_ksek": Unit("ksek", 0.001),
    "weight": Unit("weight", 1.0),
    "plain": Unit("", 1.0),
}
"""``plain`` is for numbers that carry their unit elsewhere (a ``unit`` column) or have none (clock hour, year)."""

_HEADER_HINTS: Final[tuple[tuple[str, frozenset[str]], ...]] = tuple(
    (pattern, frozenset(units))
    for pattern, units in (
        (r"EUR\s*(?:/|_per_)\s*MWh|eur_mwh$", {"eur_per_mwh"}),
        (r"EUR\s*(?:/|_per_)\s*kWh", {"eur_per_kwh"}),
        (r"SEK\s*(?:/|_per_)\s*kWh", {"sek_per_kwh"}),
        (r"SEK\s*(?:/|_per_)\s*MWh", {"sek_per_mwh"}),
        (r"EUR\s*/\s*MW\)?$|eur_mw$", {"eur_per_mw_h"}),
        (r"(?:volume|volym|generation|power)\D*mw\)?$", {"mw"}),
        (r"\(mi\)|miles", {"miles"}),
        (r"\(km\)|_km$", {"km"}),
        (r"_kWh$", {"kwh"}),
    )
)


def header_conflict(header: str, unit: str) -> str | None:
    """Unit that the header names, when it is another one than declared; None when they agree or nothing is named.

    Examples
    --------
    ``SEK_per_kWh`` declared as ``eur_per_kwh`` gives ``sek_per_kwh``.
    """
    for pattern, units in _HEADER_HINTS:
        if re.search(pattern, header, flags=re.IGNORECASE):
            return None if unit in units or unit == "share" else " or ".join(sorted(units))
    return None


PLAUSIBLE_LEVELS: Final[dict[str, tuple[float, float]]] = {
    "price_eur_nominal_per_mwh": (0.5, 1500.0),
    "price_eur_nominal_per_mw_h": (0.05, 3000.0),
    "volume_mw": (0.5, 3000.0),
    "distance_km": (0.5, 200.0),
    "energy_ac_kwh": (0.5, 100.0),
    "temperature_deg_c": (0.5, 30.0),
}
# ASSUME: the mean absolute value of a whole file outside these bounds means another unit than the declared one; a
# single hour may lie outside. Bounds lie 5 times or more beyond the Swedish means of 2019-2026.
LEAST_ROWS_FOR_LEVEL: Final = 24


def level_bounds(field: str, declared: tuple[float, float] | None) -> tuple[float, float] | None:
    """Bounds of the mean absolute value: those of the descriptor, else those of the field, else none."""
    return declared if declared is not None else PLAUSIBLE_LEVELS.get(field)
