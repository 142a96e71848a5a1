"""Turns a scheme and the settings of a run into its law by calendar year, and the years that a study follows."""

from dataclasses import replace

from analysis.cba.world import Law
from analysis.policy.model import PAYING_FORMS, Scheme
from analysis.policy.support import ResolvedScheme
from analysis.policy.years import resolve_by_year
from analysis.settings.model import Policy
from analysis.settings.parameters import ParameterSet
from analysis.uncertainty.evaluate import Span


def span_of(policy: Policy, parameters: ParameterSet, target_year: int, price_year: int) -> Span:
    """From the year of the policy's day over the horizon of the appraisal.

    Examples
    --------
    A day in 2026 and a horizon of 15 years: 2026 to 2040.
    """
    first = int(policy.day[:4])
    last = first + round(parameters["cba.horizon"]) - 1
    return Span(first, last, policy.last_paid_year, target_year, price_year, parameters["cba.inflation"])


def law_of(scheme: Scheme, span: Span, policy: Policy) -> Law:
    """The scheme in each year: payments end with the last paid year, duties and reliefs stay; empty if it has none.

    Amounts that the law states in nominal money lose their worth with inflation; those meant as real keep it.
    """
    resolved = resolve_by_year(scheme, span.years, policy.statuses, policy.stacking, span.price_level)
    law = {year: each if year <= span.last_paid_year else _without_payments(each) for year, each in resolved.items()}
    return {year: each for year, each in law.items() if any(member.components for member in each.members)}


def _without_payments(resolved: ResolvedScheme) -> ResolvedScheme:
    kept = tuple(each for each in resolved.components if each.form not in PAYING_FORMS)
    return replace(resolved, components=kept, combined=tuple(_without_payments(each) for each in resolved.combined))
