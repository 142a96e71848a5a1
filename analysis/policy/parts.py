"""Turns a named part of a formula and its values into a number: the closed set that scheme files compose from.

``AMOUNTS`` are multiplied, ``LIMITS`` bound the product from above, ``CONDITIONS`` are 1 (met) or 0. Each entry names
the roles that the file must fill with parameters. A new kind of rule is one function and one row here.
"""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.errors import Fault, PolicyError
from analysis.policy.model import (
    BIDIRECTIONAL_READINGS,
    BUYERS,
    RELIEF_RULES,
    STACKING_RULES,
    Claim,
    Situation,
    YearlyUse,
)
from analysis.schemas.base import DWELLINGS

Filled = Mapping[str, Any]
Rule = Callable[[Filled, Claim], Any]


@dataclass(frozen=True)
class PartKind:
    """What a part computes and the roles it needs; ``units`` says which unit each role must have.

    Unit ``share`` is a parameter in ``pu`` that may not exceed 1. Roles in ``optional`` may be left out.
    """

    rule: Rule
    units: Mapping[str, str]
    optional: frozenset[str] = frozenset()


def deduction_base_sek(filled: Filled, case: Situation) -> NDArray[np.float64]:
    """Cost that counts for the deduction: the turn-key share of the price less public support already given.

    Where material comes from another firm, labour alone counts (GT-4). METHODS 5.1 rule 1; GT-3.
    """
    price = np.asarray(case.price_incl_vat_sek, dtype=float)
    turn_key = filled["turn_key_share"] * np.maximum(price - np.asarray(case.public_support_sek), 0.0)
    labour = np.maximum(np.asarray(case.labour_incl_vat_sek, dtype=float) - np.asarray(case.public_support_sek), 0.0)
    return np.asarray(turn_key if case.is_same_supplier else labour)


def phase_out_pu(filled: Filled, day: datetime.date | None) -> float:
    """Factor that falls in a straight line from 1 on the first day to 0 on the last.

    Raises
    ------
    PolicyError
        If the scheme was put together without a day.
    """
    if day is None:
        raise PolicyError(Fault("phase_out", "no day", "the day the support is decided", "Resolve the scheme on one."))
    length_days = (filled["last_day"] - filled["first_day"]).days
    return float(np.clip((filled["last_day"] - day).days / length_days, 0.0, 1.0))


def _extra_cost(price_sek: Any, ordinary_price_sek: float) -> NDArray[np.float64]:
    return np.asarray(np.maximum(np.asarray(price_sek, dtype=float) - ordinary_price_sek, 0.0))


def _power_factor(filled: Filled, claim: Claim) -> float:
    power_kw = min(claim.case.power_kw, filled["cap_kw"])
    return float((power_kw / filled["reference_kw"]) ** filled["exponent"])


def _technology_factor(filled: Filled, claim: Claim) -> float:
    if "oneway" in filled and not claim.case.is_bidirectional:
        return float(filled["oneway"])
    return float(filled.get(claim.case.technology, 0.0))


def _openness_factor(filled: Filled, claim: Claim) -> float:
    return float(filled["open"] if claim.case.is_interoperable else filled["proprietary"])


def _template_base(filled: Filled, claim: Claim) -> NDArray[np.float64]:
    return np.asarray(np.minimum(filled[claim.case.technology], claim.case.price_incl_vat_sek), dtype=float)


def _cap_per_adult(filled: Filled, claim: Claim) -> float:
    return float(max(filled["cap"] * claim.case.adult_count - claim.case.other_deductions_sek, 0.0))


def _reading_allows(filled: Filled, claim: Claim) -> bool:
    if not claim.case.is_bidirectional:
        return True
    reading = filled["reading"]
    return bool(reading == "charging_point" or (reading == "storage" and claim.case.has_own_renewable))


def _use(claim: Claim) -> YearlyUse:
    if claim.use is None:
        raise RuntimeError("a yearly payment is asked for with the use of the year")
    return claim.use


FACTORS: Mapping[str, PartKind] = {
    "rate": PartKind(lambda filled, claim: filled["rate"], {"rate": "share"}),
    "technology_factor": PartKind(
        _technology_factor, {"ac": "pu", "dc": "pu", "oneway": "pu"}, optional=frozenset({"oneway"})
    ),
    "power_factor": PartKind(_power_factor, {"exponent": "pu", "reference_kw": "kw", "cap_kw": "kw"}),
    "openness_factor": PartKind(_openness_factor, {"proprietary": "pu", "open": "pu"}),
    "phase_out": PartKind(
        lambda filled, claim: phase_out_pu(filled, claim.day), {"first_day": "date", "last_day": "date"}
    ),
}

AMOUNTS: Mapping[str, PartKind] = {
    "fixed_amount": PartKind(lambda filled, claim: filled["amount"], {"amount": "sek"}),
    "per_kw": PartKind(lambda filled, claim: filled["amount"] * claim.case.power_kw, {"amount": "sek_per_kw"}),
    "cost_base": PartKind(lambda filled, claim: np.asarray(claim.case.cost_excl_vat_sek, dtype=float), {}),
    "deduction_base": PartKind(
        lambda filled, claim: deduction_base_sek(filled, claim.case), {"turn_key_share": "share"}
    ),
    "extra_cost": PartKind(
        lambda filled, claim: _extra_cost(claim.case.price_incl_vat_sek, filled["ordinary_price"]),
        {"ordinary_price": "sek"},
    ),
    "extra_cost_by_technology": PartKind(
        lambda filled, claim: _extra_cost(claim.case.price_incl_vat_sek, filled[claim.case.technology]),
        {"ac": "sek", "dc": "sek"},
    ),
    "template_base": PartKind(_template_base, {"ac": "sek", "dc": "sek"}),
    **FACTORS,
}

LIMITS: Mapping[str, PartKind] = {
    "cap_per_adult": PartKind(_cap_per_adult, {"cap": "sek_per_person_year"}),
    "cap_tax_paid": PartKind(lambda filled, claim: np.maximum(claim.case.tax_paid_sek, 0.0), {}),
    "cap_share_of_cost": PartKind(
        lambda filled, claim: filled["share"] * np.asarray(claim.case.cost_excl_vat_sek, dtype=float),
        {"share": "share"},
    ),
    "cap_amount": PartKind(lambda filled, claim: filled["cap"], {"cap": "sek"}),
    "annual_budget": PartKind(lambda filled, claim: np.inf, {"budget": "sek_per_year"}),
}
"""``annual_budget`` bounds the sum over buyers (``annual_budget_sek``), never what one buyer gets."""

YEARLY_AMOUNTS: Mapping[str, PartKind] = {
    "per_kwh_discharged": PartKind(
        lambda filled, claim: filled["rate"] * np.asarray(_use(claim).discharged_kwh), {"rate": "sek_per_kwh"}
    ),
    "per_enabled_hour": PartKind(
        lambda filled, claim: filled["rate"] * np.asarray(_use(claim).enabled_h), {"rate": "sek_per_h"}
    ),
    "per_kw_year": PartKind(
        lambda filled, claim: filled["rate"] * np.asarray(_use(claim).power_kw), {"rate": "sek_per_kw_year"}
    ),
    **FACTORS,
}

YEARLY_LIMITS: Mapping[str, PartKind] = {
    "cap_per_year": PartKind(lambda filled, claim: filled["cap"], {"cap": "sek_per_year"}),
    "annual_budget": LIMITS["annual_budget"],
}

CONDITIONS: Mapping[str, PartKind] = {
    "only_bidirectional": PartKind(lambda filled, claim: claim.case.is_bidirectional, {}),
    "only_oneway": PartKind(lambda filled, claim: not claim.case.is_bidirectional, {}),
    "only_smart": PartKind(lambda filled, claim: claim.case.is_smart, {}),
    "only_interoperable": PartKind(lambda filled, claim: claim.case.is_interoperable, {}),
    "only_new_points": PartKind(lambda filled, claim: not claim.case.is_replacement, {}),
    "only_buyers": PartKind(lambda filled, claim: claim.case.buyer_kind in filled["buyers"], {"buyers": "list"}),
    "only_dwellings": PartKind(lambda filled, claim: claim.case.dwelling in filled["dwellings"], {"dwellings": "list"}),
    "only_technologies": PartKind(
        lambda filled, claim: claim.case.technology in filled["technologies"], {"technologies": "list"}
    ),
    "only_connectors": PartKind(
        lambda filled, claim: claim.case.connector in filled["connectors"], {"connectors": "list"}
    ),
    "power_from": PartKind(lambda filled, claim: claim.case.power_kw >= filled["power"], {"power": "kw"}),
    "power_below": PartKind(lambda filled, claim: claim.case.power_kw < filled["power"], {"power": "kw"}),
    "bidirectional_reading": PartKind(_reading_allows, {"reading": "bidirectional_reading"}),
}

YEARLY_CONDITIONS: Mapping[str, PartKind] = {
    **CONDITIONS,
    "full_power_floor": PartKind(
        lambda filled, claim: np.asarray(_use(claim).full_power_h) >= filled["floor"], {"floor": "h_per_year"}
    ),
    "paid_years": PartKind(lambda filled, claim: np.asarray(claim.age_years) < filled["years"], {"years": "years"}),
}

RELIEFS: Mapping[str, PartKind] = {
    "relief": PartKind(lambda filled, claim: filled["share"], {"share": "share", "rule": "relief_rule"}),
}
DUTIES: Mapping[str, PartKind] = {
    "share_of_new_chargers": PartKind(lambda filled, claim: filled["share"], {"share": "share"}),
    "share_of_new_cars": PartKind(lambda filled, claim: filled["share"], {"share": "share"}),
}

Kinds = Mapping[str, Mapping[str, PartKind]]
ONE_OFF: Kinds = {"amount": AMOUNTS, "limits": LIMITS, "conditions": CONDITIONS}
YEARLY: Kinds = {"amount": YEARLY_AMOUNTS, "limits": YEARLY_LIMITS, "conditions": YEARLY_CONDITIONS}
RELIEF: Kinds = {"amount": RELIEFS, "limits": {}, "conditions": {}}
KINDS: Mapping[str, Kinds] = {
    "grant": ONE_OFF,
    "tax_reduction": ONE_OFF,
    "performance": YEARLY,
    "levy_relief": RELIEF,
    "network_relief": RELIEF,
    "mandate": {"amount": DUTIES, "limits": {}, "conditions": {}},
}
"""Form of a component → group → the parts it may use."""

CHOICES: Mapping[str, tuple[str, ...]] = {
    "bidirectional_reading": BIDIRECTIONAL_READINGS,
    "stacking_rule": STACKING_RULES,
    "relief_rule": RELIEF_RULES,
}
"""Units whose values are one word of a closed set."""

WORDS: Mapping[str, tuple[str, ...]] = {
    "buyers": BUYERS,
    "dwellings": (*DWELLINGS, "work", "depot", "public"),
    "technologies": ("ac", "dc"),
    "connectors": ("type_2", "combo", "chademo"),
}
"""Roles that take a list, and the words the list may hold."""

NUMBER_UNITS = (
    "pu", "sek", "sek_per_person_year", "sek_per_kw", "sek_per_kw_year", "sek_per_kwh", "sek_per_h", "sek_per_year",
    "kw", "h_per_year", "years",
)  # fmt: skip
UNITS = (*NUMBER_UNITS, "list", "date", *CHOICES)
