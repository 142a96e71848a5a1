"""Turns a scheme, a buyer's case and a day into the support the buyer gets."""

import datetime
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.errors import Fault, PolicyError
from analysis.policy.model import (
    ONE_OFF_FORMS,
    STACKING_RULES,
    Claim,
    Component,
    Part,
    PolicyParameter,
    Scheme,
    Situation,
    Value,
    YearlyUse,
)
from analysis.policy.parts import KINDS


@dataclass(frozen=True)
class ResolvedScheme:
    """A scheme on one day: every parameter is a plain value. ``stacking`` rules between ``combined`` schemes.

    A value of ``None`` says that the parameter has ended, or has not begun: its component then does nothing.
    """

    scheme: str
    components: tuple[Component, ...]
    values: Mapping[str, Any]
    combined: tuple["ResolvedScheme", ...] = ()
    stacking: str | None = None
    day: datetime.date | None = None

    def active(self, forms: Collection[str]) -> tuple[Component, ...]:
        """Components of these forms that apply on the day, without those of combined schemes."""
        return tuple(each for each in self.components if each.form in forms and self.is_active(each))

    def is_active(self, component: Component) -> bool:
        """Say whether every parameter of a component has begun and has not ended."""
        return all(self.values[name] is not None for name in parameter_names(component))

    def filled(self, part: Part) -> dict[str, Any]:
        """The value in each role of a part."""
        return {role: self.values[name] for role, name in part.roles.items()}

    @property
    def members(self) -> tuple["ResolvedScheme", ...]:
        """The plain schemes inside: itself, or those of a combination, in order."""
        return tuple(plain for each in self.combined for plain in each.members) if self.combined else (self,)


def parameter_names(component: Component) -> tuple[str, ...]:
    """Names of the parameters that a component uses, in order."""
    parts = (*component.amount, *component.limits, *component.conditions)
    return tuple(dict.fromkeys(name for part in parts for name in part.roles.values()))


def resolve_scheme(
    scheme: Scheme,
    day: datetime.date,
    statuses: Collection[str],
    stacking: str | None = None,
    *,
    must_have_begun: bool = True,
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
    must_have_begun
        If false, a parameter whose first value is still to come is ``None`` instead of a fault.

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
            values[name] = _value_on(parameter, day, statuses, must_have_begun)
        except PolicyError as error:
            faults.extend(error.faults)
    combined = []
    for member in scheme.combines:
        try:
            combined.append(resolve_scheme(member, day, statuses, must_have_begun=must_have_begun))
        except PolicyError as error:
            faults.extend(error.faults)
    if faults:
        raise PolicyError(faults)
    rule = stacking or values.get("stacking")
    return ResolvedScheme(scheme.scheme, scheme.components, values, tuple(combined), rule, day)


def _value_on(
    parameter: PolicyParameter, day: datetime.date, statuses: Collection[str], must_have_begun: bool
) -> Value:
    starts = [value.start for value in parameter.values if value.status in statuses]
    if must_have_begun or not starts or min(starts) <= day:
        return parameter.on(day, statuses).value
    # ASSUME: a rule between schemes holds from the first day, for what it rules over may begin before it is written.
    return parameter.on(min(starts), statuses).value if parameter.unit == "stacking_rule" else None


def support_amounts_sek(resolved: ResolvedScheme, situation: Situation) -> NDArray[np.float64]:
    """One-off support for one case or an array of cases, SEK per charger, money of the decision day.

    Grants and tax reductions; yearly payments, reliefs and duties are asked for apart.

    Returns
    -------
    NDArray
        Shaped as the case's prices; never negative, never above what its limits allow, nor above what the buyer still
        bears after public support already given.

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
    claim = Claim(situation, resolved.day)
    for component in resolved.active(ONE_OFF_FORMS):
        total = total + component_sek(component, resolved, claim)
    left = np.asarray(situation.payable_sek, dtype=float) - np.asarray(situation.public_support_sek)
    return np.asarray(np.clip(total, 0.0, np.maximum(left, 0.0)))


def component_sek(component: Component, resolved: ResolvedScheme, claim: Claim) -> NDArray[np.float64]:
    """What one active component pays for a claim: product of its amounts, bounded, where its conditions are met."""
    kinds = KINDS[component.form]

    def worth(group: str, part: Part) -> Any:
        return kinds[group][part.name].rule(resolved.filled(part), claim)

    met = np.asarray(True)
    for part in component.conditions:
        met = np.logical_and(met, worth("conditions", part))
    if not np.any(met):
        return np.zeros(np.shape(met))
    amount: Any = 1.0
    for part in component.amount:
        amount = amount * worth("amount", part)
    for part in component.limits:
        amount = np.minimum(amount, worth("limits", part))
    return np.asarray(np.where(met, np.maximum(amount, 0.0), 0.0))


def _stacked_sek(resolved: ResolvedScheme, situation: Situation) -> NDArray[np.float64]:
    if len(resolved.combined) == 1:
        return support_amounts_sek(resolved.combined[0], situation)
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
    """One-off support one buyer gets on a day, SEK.

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


def performance_sek_per_year(
    resolved: ResolvedScheme, situation: Situation, use: YearlyUse, age_years: Any = 0
) -> NDArray[np.float64]:
    """Yearly payment for what a charger did, SEK per charger and year, money of the day the scheme is resolved on.

    Parameters
    ----------
    resolved
        The scheme that the charger was promised, or that of the year, as the caller reads the law.
    situation
        The buyer's case; price and cost are not looked at, but for the shape.
    use
        What the charger did in the year.
    age_years
        Whole years since the charger was bought: 0 in the first. A number, or an array that broadcasts.

    Returns
    -------
    NDArray
        Broadcast of use, age and the case's prices; never negative; 0 below a floor of full-power hours and after the
        paid years. Members of a combination add up, whatever its stacking rule: that one is about what is bought.

    References
    ----------
    METHODS 5.1 rule 4.

    Examples
    --------
    0.50 SEK/kWh with a floor of 200 h: 2 199 kWh from 11 kW give nothing, 2 200 kWh give 1 100 SEK.
    """
    claim = Claim(situation, resolved.day, use, age_years)
    shape = np.broadcast(
        situation.price_incl_vat_sek, use.discharged_kwh, use.enabled_h, use.full_power_h, use.power_kw, age_years
    ).shape
    total = np.zeros(shape)
    for member in resolved.members:
        for component in member.active(("performance",)):
            total = total + component_sek(component, member, claim)
    return total
