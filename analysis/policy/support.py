"""Turns a scheme, a buyer's case and a day into the support the buyer gets."""

import datetime
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.errors import Fault, PolicyError
from analysis.policy.model import STACKING_RULES, Component, Part, Scheme, Situation
from analysis.policy.parts import AMOUNTS, CONDITIONS, LIMITS, PartKind


@dataclass(frozen=True)
class ResolvedScheme:
    """A scheme on one day: every parameter is a plain value. ``stacking`` rules between ``combined`` schemes."""

    scheme: str
    components: tuple[Component, ...]
    values: Mapping[str, Any]
    combined: tuple["ResolvedScheme", ...] = ()
    stacking: str | None = None


def resolve_scheme(
    scheme: Scheme, day: datetime.date, statuses: Collection[str], stacking: str | None = None
) -> ResolvedScheme:
    """Fix a scheme on a day.

    Parameters
    ----------
    scheme
        As loaded from its file.
    day
        The day the support is decided.
    statuses
        Which kinds of value count: ``enacted``, ``proposed``, ``forecast``, ``assumption``.
    stacking
        Replaces the stacking rule of a combination; ``None`` keeps the file's own.

    Raises
    ------
    PolicyError
        With every parameter that has no value on that day among those statuses.
    """
    if stacking is not None and stacking not in STACKING_RULES:
        raise PolicyError(Fault("policy.stacking", repr(stacking), f"one of {STACKING_RULES}", "Correct the word."))
    faults: list[Fault] = []
    values: dict[str, Any] = {}
    for name, parameter in scheme.parameters.items():
        try:
            values[name] = parameter.on(day, statuses).value
        except PolicyError as error:
            faults.extend(error.faults)
    combined = []
    for member in scheme.combines:
        try:
            combined.append(resolve_scheme(member, day, statuses))
        except PolicyError as error:
            faults.extend(error.faults)
    if faults:
        raise PolicyError(faults)
    return ResolvedScheme(scheme.scheme, scheme.components, values, tuple(combined), stacking or values.get("stacking"))


def support_amounts_sek(resolved: ResolvedScheme, situation: Situation) -> NDArray[np.float64]:
    """Support for one case or an array of cases, SEK per charger, money of the decision day.

    Returns
    -------
    NDArray
        Shaped as the case's prices; never negative, never above what its limits allow.

    References
    ----------
    METHODS 5.1.

    Examples
    --------
    Green deduction, 14 544 SEK turn-key, own detached house, gives 7 053.84 SEK, so that 7 490 SEK remain.
    """
    if resolved.combined:
        return _stacked_sek(resolved, situation)
    total = np.zeros(np.broadcast(situation.price_incl_vat_sek, situation.cost_excl_vat_sek).shape)
    for component in resolved.components:
        total = total + _component_sek(component, resolved.values, situation)
    return total


def _component_sek(component: Component, values: Mapping[str, Any], situation: Situation) -> Any:
    parts = (*component.amount, *component.limits, *component.conditions)
    if any(values[name] is None for part in parts for name in part.roles.values()):
        return 0.0
    if not all(_value(CONDITIONS, part, values, situation) for part in component.conditions):
        return 0.0
    amount: Any = 1.0
    for part in component.amount:
        amount = amount * _value(AMOUNTS, part, values, situation)
    for part in component.limits:
        amount = np.minimum(amount, _value(LIMITS, part, values, situation))
    return np.maximum(amount, 0.0)


def _value(kinds: Mapping[str, PartKind], part: Part, values: Mapping[str, Any], situation: Situation) -> Any:
    filled = {role: values[name] for role, name in part.roles.items()}
    return kinds[part.name].rule(filled, situation)


def _stacked_sek(resolved: ResolvedScheme, situation: Situation) -> NDArray[np.float64]:
    if resolved.stacking is None:
        return np.asarray(support_amounts_sek(resolved.combined[0], situation))
    if resolved.stacking == "whole_installation_out":
        # ASSUME: where one support shuts out the other, the buyer applies for the larger of them.
        alone = [support_amounts_sek(member, situation) for member in resolved.combined]
        return np.asarray(np.maximum.reduce(alone))
    total = np.zeros(np.broadcast(situation.price_incl_vat_sek, situation.cost_excl_vat_sek).shape)
    for member in resolved.combined:
        total = total + support_amounts_sek(member, situation.with_public_support(total))
    return total


def support_sek(
    scheme: Scheme,
    situation: Situation,
    day: datetime.date,
    statuses: Collection[str],
    stacking: str | None = None,
) -> float:
    """Support one buyer gets on a day, SEK.

    Raises
    ------
    PolicyError
        If a parameter has no value on that day among the statuses asked for.

    Examples
    --------
    Task 53, proprietary 11 kW AC unit at 28 000 SEK incl. VAT: 6 000 SEK; the same unit open: 11 200 SEK, for half of
    the cost excl. VAT (22 400 SEK) is the cap.
    """
    return float(support_amounts_sek(resolve_scheme(scheme, day, statuses, stacking), situation))
