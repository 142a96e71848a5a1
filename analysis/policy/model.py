"""Turns dated law into values: what a scheme file holds, and what a buyer's case is."""

import datetime
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from analysis.errors import Fault, PolicyError

STATUSES = ("enacted", "proposed", "forecast", "assumption")
STACKING_RULES = ("supported_cost_out", "whole_installation_out")
BIDIRECTIONAL_READINGS = ("charging_point", "storage", "not_eligible")
RELIEF_RULES = ("on_application", "at_settlement")
BUYERS = ("private", "association", "firm")

Form = Literal["grant", "tax_reduction", "performance", "levy_relief", "network_relief", "mandate"]
ONE_OFF_FORMS = ("grant", "tax_reduction")
PAYING_FORMS = (*ONE_OFF_FORMS, "performance")

Value = float | str | tuple[str, ...] | datetime.date | None


@dataclass(frozen=True)
class Reference:
    """Where a value is written: a title, and a link or a paragraph."""

    title: str
    href: str | None = None
    paragraph: str | None = None


@dataclass(frozen=True)
class DatedValue:
    """One value of a parameter from a day on. ``None`` ends the scheme on that day."""

    start: datetime.date
    value: Value
    status: str
    reference: Reference
    note: str | None = None


@dataclass(frozen=True)
class PolicyParameter:
    """A number, word or list of the law with its values by date, oldest first."""

    name: str
    label_sv: str
    label_en: str
    unit: str
    price_basis: str
    values: tuple[DatedValue, ...]
    place: str

    def on(self, day: datetime.date, statuses: Collection[str]) -> DatedValue:
        """Give the value that applies on a day, among the statuses asked for.

        Raises
        ------
        PolicyError
            If the day lies before the first value, or no value has a status asked for.
        """
        counted = [value for value in self.values if value.status in statuses]
        applying = [value for value in counted if value.start <= day]
        if applying:
            return applying[-1]
        wanted = ", ".join(sorted(statuses))
        if counted:
            raise PolicyError(
                Fault(
                    self.place,
                    f"no value on {day} with status {wanted}",
                    f"a value; the first starts {counted[0].start}",
                    "Add an earlier value or choose a later day.",
                )
            )
        held = ", ".join(sorted({value.status for value in self.values}))
        raise PolicyError(
            Fault(
                self.place,
                f"values of status {held} only",
                f"one of {wanted}",
                "Ask for the status in policy.statuses or leave the scheme out.",
            )
        )


@dataclass(frozen=True)
class Part:
    """One building block of a formula: its name and which parameter fills each of its roles."""

    name: str
    roles: Mapping[str, str]


@dataclass(frozen=True)
class Component:
    """One payment, relief or duty of a scheme.

    Amounts are multiplied, limits bound the product, conditions switch it off.
    """

    name: str
    form: Form
    amount: tuple[Part, ...]
    limits: tuple[Part, ...] = ()
    conditions: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Scheme:
    """A support scheme: its payments and dated parameters, or an ordered combination of other schemes."""

    scheme: str
    label_sv: str
    label_en: str
    parameters: Mapping[str, PolicyParameter]
    components: tuple[Component, ...] = ()
    combines: tuple["Scheme", ...] = ()
    place: str = ""


@dataclass(frozen=True)
class Situation:
    """A buyer's case. Numbers may be arrays that broadcast against each other (draws, charger options).

    ``price_incl_vat_sek`` is what the invoice says for charger and installation, before support; ``tax_paid_sek`` is
    the buyers' tax of the year that a reduction can be taken from, all adults together, after other reductions.
    ``dwelling`` is the home, or the place of a charger elsewhere (``work``, ``depot``, ``public``). Without ``buyer``,
    ``is_private`` decides: private person or firm. ``is_replacement``: an existing point gives way to the new one;
    ``is_smart``: charging follows price or grid, as two-way charging always does.
    """

    price_incl_vat_sek: Any
    cost_excl_vat_sek: Any
    technology: str
    power_kw: float
    is_bidirectional: bool
    is_interoperable: bool
    dwelling: str
    adult_count: int = 1
    tax_paid_sek: float = np.inf
    other_deductions_sek: float = 0.0
    connector: str = "type_2"
    is_same_supplier: bool = True
    labour_incl_vat_sek: Any = 0.0
    has_own_renewable: bool = False
    is_private: bool = True
    public_support_sek: Any = field(default=0.0)
    buyer: Literal["private", "association", "firm"] | None = None
    is_replacement: bool = False
    is_smart: bool = True

    def __post_init__(self) -> None:
        if self.buyer is not None and self.buyer not in BUYERS:
            raise PolicyError(Fault("buyer", repr(self.buyer), f"one of {', '.join(BUYERS)}", "Correct the word."))

    @property
    def buyer_kind(self) -> str:
        """``private``, ``association`` or ``firm``."""
        return self.buyer or ("private" if self.is_private else "firm")

    @property
    def payable_sek(self) -> Any:
        """What the buyer bears before support, SEK: firms deduct the VAT, persons and associations do not."""
        return self.cost_excl_vat_sek if self.buyer_kind == "firm" else self.price_incl_vat_sek

    def with_public_support(self, support_sek: ArrayLike) -> "Situation":
        """The same case after an earlier public support has been granted."""
        return replace(self, public_support_sek=np.asarray(self.public_support_sek) + np.asarray(support_sek))


@dataclass(frozen=True)
class YearlyUse:
    """What a charger did in a year: numbers or arrays that broadcast against the situation's.

    ``discharged_kwh`` at the connection; ``enabled_h`` hours in which the car was plugged in and could discharge;
    ``full_power_h`` discharged energy over rated power; ``power_kw`` rated power.
    """

    discharged_kwh: Any
    enabled_h: Any
    full_power_h: Any
    power_kw: Any


@dataclass(frozen=True)
class Claim:
    """What a rule is asked about: a buyer's case on a day; for a yearly payment also the use and the charger's age."""

    case: Situation
    day: datetime.date | None = None
    use: YearlyUse | None = None
    age_years: Any = 0
