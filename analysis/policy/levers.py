"""Turns a resolved scheme into what acts beside the purchase: budget, reliefs on re-injected energy, duties."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.errors import Fault, PolicyError
from analysis.policy.model import PAYING_FORMS, Component
from analysis.policy.support import ResolvedScheme


@dataclass(frozen=True)
class Reliefs:
    """Shares of two charges given back per kWh that was charged, stored and fed in again.

    ``tax_refund_pu`` of the energy tax (rho of METHODS 3.2), ``network_refund_pu`` of the grid's energy fee;
    ``needs_registration``: one of them is paid on application only, with metering and registration.
    """

    tax_refund_pu: float
    network_refund_pu: float
    needs_registration: bool


@dataclass(frozen=True)
class Mandates:
    """Shares of the year's new units that have to be two-way capable. The extra cost is the buyer's: no money flows."""

    charger_share_pu: float
    car_share_pu: float


@dataclass(frozen=True)
class Served:
    """What a year's budget does: share of the asked money that is paid, the money paid and the money left waiting."""

    share_pu: NDArray[np.float64]
    paid_sek: NDArray[np.float64]
    waiting_sek: NDArray[np.float64]


def annual_budget_sek(resolved: ResolvedScheme, year: int) -> float:
    """National budget of the scheme for a calendar year, SEK; infinite where there is none.

    Raises
    ------
    PolicyError
        If the scheme was resolved on a day of another year.
    """
    _check_year(resolved, year)
    names = {
        (member.scheme, name): member.values[name]
        for member in resolved.members
        for component in member.components
        if component.form in PAYING_FORMS
        for part in component.limits
        if part.name == "annual_budget"
        for name in part.roles.values()
    }
    return float(sum(value or 0.0 for value in names.values())) if names else np.inf


def serve(asked_sek: Any, waiting_sek: Any, budget_sek: float) -> Served:
    """Share a year's budget out between those who ask and those who wait, first come first served.

    In expectation everyone is served alike: ``min(1, budget / asked)``. What is not served waits for the next year.

    Parameters
    ----------
    asked_sek
        Support asked for by the year's new buyers; a number or an array of draws.
    waiting_sek
        Support asked for earlier and not served.
    budget_sek
        ``annual_budget_sek``.

    Examples
    --------
    Budget 100, asked 150, waiting 50: share 0.5, paid 100, waiting 100.
    """
    # ASSUME: one who waits is not served before one who comes: each asks anew on the first day of the year.
    asked = np.asarray(asked_sek, dtype=float) + np.asarray(waiting_sek, dtype=float)
    share = np.ones(asked.shape)
    np.divide(budget_sek, asked, out=share, where=asked > budget_sek)
    paid = np.minimum(asked, budget_sek)
    return Served(share, paid, asked - paid)


def paid_years(resolved: ResolvedScheme) -> float:
    """Years after purchase in which yearly payments are made, the longest of several; 0 without, infinite if unbounded.

    Examples
    --------
    The Californian pilots pay for three years; a grant alone for none.
    """
    longest = 0.0
    for member, component in _active(resolved, "performance"):
        bounds = [member.filled(part)["years"] for part in component.conditions if part.name == "paid_years"]
        longest = max(longest, min(bounds, default=np.inf))
    return longest


def reliefs(resolved: ResolvedScheme) -> Reliefs:
    """Reliefs in force on the day the scheme is resolved on.

    References
    ----------
    METHODS 3.2 (rho), RG16 and RG25 of the regulation facts.
    """
    tax_pu, tax_applied = _relief(resolved, "levy_relief")
    network_pu, network_applied = _relief(resolved, "network_relief")
    return Reliefs(tax_pu, network_pu, tax_applied or network_applied)


def mandates(resolved: ResolvedScheme, year: int) -> Mandates:
    """Duties in force in a calendar year.

    Raises
    ------
    PolicyError
        If the scheme was resolved on a day of another year.
    """
    _check_year(resolved, year)
    found = {"share_of_new_chargers": 0.0, "share_of_new_cars": 0.0}
    for member, component in _active(resolved, "mandate"):
        for part in component.amount:
            found[part.name] = max(found[part.name], member.filled(part)["share"])
    return Mandates(found["share_of_new_chargers"], found["share_of_new_cars"])


def _relief(resolved: ResolvedScheme, form: str) -> tuple[float, bool]:
    """Share given back, and whether it has to be applied for."""
    # ASSUME: two reliefs of the same charge do not add up; the larger is taken, and of equal ones the simpler.
    offers = [
        (float(filled["share"]), filled["rule"] != "on_application")
        for member, component in _active(resolved, form)
        for filled in (member.filled(part) for part in component.amount)
    ]
    share_pu, is_simple = max(offers, default=(0.0, True))
    return share_pu, share_pu > 0 and not is_simple


def _active(resolved: ResolvedScheme, form: str) -> list[tuple[ResolvedScheme, Component]]:
    return [(member, component) for member in resolved.members for component in member.active((form,))]


def _check_year(resolved: ResolvedScheme, year: int) -> None:
    if resolved.day is not None and resolved.day.year != year:
        raise PolicyError(
            Fault(
                f"{resolved.scheme}: {year}",
                f"a scheme resolved on {resolved.day}",
                f"one resolved on a day of {year}",
                "Resolve it by year.",
            )
        )
