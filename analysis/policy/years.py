"""Turns a dated scheme into one resolved scheme per calendar year."""

import datetime
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from analysis.errors import Fault, PolicyError
from analysis.policy.model import STATUSES, Scheme
from analysis.policy.support import ResolvedScheme, resolve_scheme

MONTH, DAY = 6, 30
"""The day of a year whose law stands for the year."""


def is_open(scheme: Scheme, day: datetime.date, statuses: Collection[str] = STATUSES) -> bool:
    """Say whether any component of a scheme applies on a day: it has begun and has not ended.

    Raises
    ------
    PolicyError
        If a parameter has no value at all with a status asked for.
    """
    resolved = resolve_scheme(scheme, day, statuses, must_have_begun=False)
    return any(member.is_active(each) for member in resolved.members for each in member.components)


def resolve_by_year(
    scheme: Scheme,
    years: Iterable[int],
    statuses: Collection[str],
    stacking: str | None = None,
    price_level: Mapping[int, float] | None = None,
) -> dict[int, ResolvedScheme]:
    """Fix a scheme on 30 June of each year. Before its first value and after a null value it gives nothing.

    Parameters
    ----------
    scheme, statuses, stacking
        As for ``resolve_scheme``.
    years
        Calendar years.
    price_level
        Consumer prices of each year over those of the run's price year. Nominal money of the law is divided by it;
        ``None`` takes nominal money as if prices stood still.

    Raises
    ------
    PolicyError
        With every parameter that has no value at all with a status asked for, and every year without a price level.

    Examples
    --------
    A cap of 50 000 SEK in the law's own money, at a price level of 1.25, is 40 000 SEK.
    """
    # ASSUME: the law of 30 June stands for the whole year.
    resolved: dict[int, ResolvedScheme] = {}
    faults: list[Fault] = []
    for year in years:
        try:
            day = datetime.date(year, MONTH, DAY)
            law = resolve_scheme(scheme, day, statuses, stacking, must_have_begun=False)
            resolved[year] = law if price_level is None else _real(scheme, law, _level(price_level, year))
        except PolicyError as error:
            faults.extend(error.faults)
    if faults:
        raise PolicyError(faults)
    return resolved


def _level(price_level: Mapping[int, float], year: int) -> float:
    if year not in price_level:
        raise PolicyError(Fault(f"price level {year}", "no value", "one for each year", "Add the year."))
    return price_level[year]


def _real(scheme: Scheme, resolved: ResolvedScheme, level: float) -> ResolvedScheme:
    values = {
        name: value / level if scheme.parameters[name].price_basis == "nominal" and value is not None else value
        for name, value in resolved.values.items()
    }
    members = zip(scheme.combines, resolved.combined, strict=True)
    return replace(resolved, values=values, combined=tuple(_real(one, law, level) for one, law in members))
