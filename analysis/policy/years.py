"""Turns a dated scheme into one resolved scheme per calendar year."""

import datetime
from collections.abc import Collection, Iterable

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
    scheme: Scheme, years: Iterable[int], statuses: Collection[str], stacking: str | None = None
) -> dict[int, ResolvedScheme]:
    """Fix a scheme on 30 June of each year. Before its first value and after a null value it gives nothing.

    Raises
    ------
    PolicyError
        With every parameter that has no value at all with a status asked for.
    """
    # ASSUME: the law of 30 June stands for the whole year.
    resolved: dict[int, ResolvedScheme] = {}
    faults: list[Fault] = []
    for year in years:
        try:
            day = datetime.date(year, MONTH, DAY)
            resolved[year] = resolve_scheme(scheme, day, statuses, stacking, must_have_begun=False)
        except PolicyError as error:
            faults.extend(error.faults)
    if faults:
        raise PolicyError(faults)
    return resolved
