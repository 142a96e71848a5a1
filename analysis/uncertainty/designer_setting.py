"""Turns one setting of the scheme designer into a law, and what the law brings into the numbers that are shown.

This is the reference that the same model in the reader's browser is held against: it calls scheme evaluation itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.cba.effectiveness import free_rider_pu
from analysis.cba.world import Law
from analysis.errors import Fault, PolicyError
from analysis.policy.model import Part
from analysis.policy.support import ResolvedScheme
from analysis.uncertainty.evaluate import Evaluation, Study, evaluate
from analysis.uncertainty.family import NAMES, SPANS, family_law, proposal
from analysis.uncertainty.incidence import outlay_by_cell_sek, top_quintile_outlay_pu
from analysis.uncertainty.measures import (
    KW_PER_MW,
    SEK_PER_MSEK,
    cost_per_firm_kw_year_sek,
    enrolled_in,
    firm_additional_kw,
    outlay_sek,
    recipients,
)

Cube = NDArray[np.float64]

BUDGET = "budget_msek"
BUDGET_HIGH_MSEK = 200.0
SETTING_NAMES = (*NAMES, BUDGET)
BY_AREA = ("adopter_count", "additional_count", "firm_mw", "outlay_msek")
NATIONAL = ("social_npv_msek", "budget_cost_msek", "firm_cost_sek", "top_quintile_pu", "free_rider_pu")
FAMILY_AMOUNTS = ("fixed_amount", "power_factor", "technology_factor", "openness_factor")
FAMILY_LIMITS, FAMILY_CONDITIONS = ("cap_share_of_cost",), ("only_bidirectional",)


@dataclass(frozen=True)
class FamilyLaw:
    """What of a law of the family is not a number of the setting: powers, years with support, its own numbers."""

    power_reference_kw: float
    power_cap_kw: float
    paid_years: tuple[int, ...]
    proposed: Mapping[str, float]


def read_family(law: Law) -> FamilyLaw:
    """Read the fixed part of a law of the family.

    Raises
    ------
    PolicyError
        If the law holds nothing, holds more than one grant of the family's form, or changes from year to year.
    """
    plain = [each for law_of_year in law.values() for each in law_of_year.members]
    if not plain:
        raise PolicyError(Fault("scheme designer", "no year with support", "a law of the family", "Choose another."))
    shape = (FAMILY_AMOUNTS, FAMILY_LIMITS, FAMILY_CONDITIONS)
    if any(_shape_of(each) != [("grant", *shape)] for each in plain):
        raise PolicyError(
            Fault(f"scheme {plain[0].scheme}", "other parts than those of the family", str(shape), "Keep to them.")
        )
    first = plain[0]
    if any(each.values != first.values for each in plain):
        raise PolicyError(Fault(f"scheme {first.scheme}", "numbers that change", "the same each year", "Keep them."))
    return FamilyLaw(
        float(first.values["power_reference_kw"]), float(first.values["power_cap_kw"]), tuple(sorted(law)),
        proposal(first),
    )  # fmt: skip


def is_family(law: Law) -> bool:
    """Say whether a law belongs to the family and has ratios, so that the designer can start from it."""
    try:
        return bool(read_family(law))
    except (PolicyError, ZeroDivisionError):
        return False


def _shape_of(scheme: ResolvedScheme) -> list[tuple[Any, ...]]:
    def names(parts: Sequence[Part]) -> tuple[str, ...]:
        return tuple(part.name for part in parts)

    return [(each.form, names(each.amount), names(each.limits), names(each.conditions)) for each in scheme.components]


def law_of_setting(law: Law, setting: Mapping[str, float]) -> Law:
    """The law of a setting: ``law`` with its amounts, and a budget a year where the setting has a finite one."""
    changed = {year: family_law(each, setting) for year, each in law.items()}
    budget = setting[BUDGET]
    return changed if np.isinf(budget) else {year: _with_budget(each, budget) for year, each in changed.items()}


def _with_budget(law: ResolvedScheme, budget_msek: float) -> ResolvedScheme:
    limit = Part("annual_budget", {"budget": BUDGET})
    components = tuple(replace(each, limits=(*each.limits, limit)) for each in law.components)
    return replace(law, components=components, values={**law.values, BUDGET: budget_msek * SEK_PER_MSEK})


def evaluate_setting(study: Study, law: Law, setting: Mapping[str, float]) -> dict[str, Cube]:
    """What a setting brings: draw × area for :data:`BY_AREA`, draw for :data:`NATIONAL`, draw × quintile outlay.

    A number that does not exist in a draw is NaN there: a share of nothing, the cost of no power.
    """
    return measures_of(evaluate(study, law_of_setting(law, setting)))


def measures_of(found: Evaluation) -> dict[str, Cube]:
    """The numbers of :func:`evaluate_setting` out of one evaluation."""
    target = found.study.target
    with_support, without = (enrolled_in(path, target).sum(axis=2) for path in (found.with_support, found.without))
    taken, anyway = (counts.sum(axis=1) for counts in recipients(found))
    return {
        "adopter_count": with_support,
        "additional_count": with_support - without,
        "firm_mw": firm_additional_kw(found)[:, target].sum(axis=2) / KW_PER_MW,
        "outlay_msek": outlay_sek(found).sum(axis=2) / SEK_PER_MSEK,
        "social_npv_msek": found.ledger.social() / SEK_PER_MSEK,
        "budget_cost_msek": found.ledger.net_budget_cost() / SEK_PER_MSEK,
        "firm_cost_sek": cost_per_firm_kw_year_sek(found),
        "top_quintile_pu": top_quintile_outlay_pu(found),
        "free_rider_pu": free_rider_pu(taken, anyway),
        "quintile_msek": outlay_by_cell_sek(found).sum(axis=1) / SEK_PER_MSEK,
    }


def random_settings(count: int, seed: int) -> list[dict[str, float]]:
    """Settings spread over the whole family: one in eight has no budget, one in eight lies at ends of its spans."""
    generator = np.random.default_rng(seed)
    places = generator.random((count, len(NAMES)))
    corners = generator.integers(0, 2, size=places.shape).astype(float)
    turns = generator.integers(0, 8, size=count)
    places = np.where((turns == 0)[:, None], corners, places)
    budgets = np.where(turns == 1, np.inf, BUDGET_HIGH_MSEK * generator.random(count) ** 2)
    budgets = np.where(turns == 2, 0.0, budgets)
    return [
        {name: float(span.at(place)) for (name, span), place in zip(SPANS.items(), row, strict=True)}
        | {BUDGET: float(budget)}
        for row, budget in zip(places, budgets, strict=True)
    ]
