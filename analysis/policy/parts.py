"""Turns a named part of a formula and its values into a number: the closed set that scheme files compose from.

``AMOUNTS`` are multiplied, ``LIMITS`` bound the product from above, ``CONDITIONS`` are 1 (met) or 0. Each entry names
the roles that the file must fill with parameters. A new kind of rule is one function and one row here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.policy.model import BIDIRECTIONAL_READINGS, Situation

Filled = Mapping[str, Any]
Rule = Callable[[Filled, Situation], Any]


@dataclass(frozen=True)
class PartKind:
    """What a part computes and the roles it needs; ``units`` says which unit each role must have."""

    rule: Rule
    units: Mapping[str, str]


def deduction_base_sek(filled: Filled, case: Situation) -> NDArray[np.float64]:
    """Cost that counts for the deduction: the turn-key share of the price less public support already given.

    Where material comes from another firm, labour alone counts (GT-4). METHODS 5.1 rule 1; GT-3.
    """
    price = np.asarray(case.price_incl_vat_sek, dtype=float)
    turn_key = filled["turn_key_share"] * np.maximum(price - np.asarray(case.public_support_sek), 0.0)
    labour = np.maximum(np.asarray(case.labour_incl_vat_sek, dtype=float) - np.asarray(case.public_support_sek), 0.0)
    return np.asarray(turn_key if case.is_same_supplier else labour)


def _power_factor(filled: Filled, case: Situation) -> float:
    power_kw = min(case.power_kw, filled["cap_kw"])
    return float((power_kw / filled["reference_kw"]) ** filled["exponent"])


def _technology_factor(filled: Filled, case: Situation) -> float:
    return float(filled.get(case.technology, 0.0))


def _openness_factor(filled: Filled, case: Situation) -> float:
    return float(filled["open"] if case.is_interoperable else filled["proprietary"])


def _extra_cost(filled: Filled, case: Situation) -> NDArray[np.float64]:
    return np.asarray(np.maximum(np.asarray(case.price_incl_vat_sek, dtype=float) - filled["ordinary_price"], 0.0))


def _cap_per_adult(filled: Filled, case: Situation) -> float:
    return float(max(filled["cap"] * case.adult_count - case.other_deductions_sek, 0.0))


def _reading_allows(filled: Filled, case: Situation) -> bool:
    if not case.is_bidirectional:
        return True
    reading = filled["reading"]
    return bool(reading == "charging_point" or (reading == "storage" and case.has_own_renewable))


AMOUNTS: Mapping[str, PartKind] = {
    "fixed_amount": PartKind(lambda filled, case: filled["amount"], {"amount": "sek"}),
    "deduction_base": PartKind(deduction_base_sek, {"turn_key_share": "pu"}),
    "extra_cost": PartKind(_extra_cost, {"ordinary_price": "sek"}),
    "rate": PartKind(lambda filled, case: filled["rate"], {"rate": "pu"}),
    "power_factor": PartKind(_power_factor, {"exponent": "pu", "reference_kw": "kw", "cap_kw": "kw"}),
    "technology_factor": PartKind(_technology_factor, {"ac": "pu", "dc": "pu"}),
    "openness_factor": PartKind(_openness_factor, {"proprietary": "pu", "open": "pu"}),
}

LIMITS: Mapping[str, PartKind] = {
    "cap_per_adult": PartKind(_cap_per_adult, {"cap": "sek_per_person_year"}),
    "cap_tax_paid": PartKind(lambda filled, case: max(case.tax_paid_sek, 0.0), {}),
    "cap_share_of_cost": PartKind(
        lambda filled, case: filled["share"] * np.asarray(case.cost_excl_vat_sek, dtype=float), {"share": "pu"}
    ),
    "cap_amount": PartKind(lambda filled, case: filled["cap"], {"cap": "sek"}),
}

CONDITIONS: Mapping[str, PartKind] = {
    "only_bidirectional": PartKind(lambda filled, case: case.is_bidirectional, {}),
    "only_private": PartKind(lambda filled, case: case.is_private, {}),
    "only_firms": PartKind(lambda filled, case: not case.is_private, {}),
    "only_dwellings": PartKind(lambda filled, case: case.dwelling in filled["dwellings"], {"dwellings": "list"}),
    "only_connectors": PartKind(lambda filled, case: case.connector in filled["connectors"], {"connectors": "list"}),
    "bidirectional_reading": PartKind(_reading_allows, {"reading": "bidirectional_reading"}),
}

KINDS: Mapping[str, Mapping[str, PartKind]] = {"amount": AMOUNTS, "limits": LIMITS, "conditions": CONDITIONS}

CHOICES: Mapping[str, tuple[str, ...]] = {
    "bidirectional_reading": BIDIRECTIONAL_READINGS,
    "stacking_rule": ("supported_cost_out", "whole_installation_out"),
}
"""Units whose values are one word of a closed set."""

NUMBER_UNITS = ("pu", "sek", "sek_per_person_year", "kw")
UNITS = (*NUMBER_UNITS, "list", *CHOICES)
