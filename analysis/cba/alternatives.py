"""Turns charger options, prices and a scheme into what each buyer pays and is given, per draw."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.cba.connection import extra_fuse_a
from analysis.errors import DataError, Fault
from analysis.policy.model import Situation
from analysis.policy.support import ResolvedScheme, support_amounts_sek
from analysis.settings.parameters import ParameterSet

Cube = NDArray[np.float64]
Draws = dict[str, Cube]

ONE_WAY_KW = 11.0
BuyerKind = Literal["private", "association", "firm"]
BUILDING_OWNERS: Mapping[str, BuyerKind] = {"flat_cooperative": "association", "flat_rental": "firm"}


@dataclass(frozen=True)
class Alternative:
    """One two-way charger a household can choose: physics, openness, and main fuse beyond the one-way charger's."""

    charger_option: str
    technology: str
    power_kw: float
    is_interoperable: bool
    option_index: int
    extra_fuse_a: float


@dataclass(frozen=True)
class Terms:
    """What the buyers of one year meet, per draw.

    ``extra_price_sek`` and ``yearly_cost_sek`` (upkeep, larger main fuse, what a plug-in contract asks) are draw ×
    alternative, beyond the ordinary charger; ``effort_sek`` (export set-up and hassle) and ``pass_through_pu`` per
    draw. Support is gross and paid once: draw × dwelling × quintile (× alternative).
    """

    extra_price_sek: Cube
    effort_sek: Cube
    yearly_cost_sek: Cube
    pass_through_pu: Cube
    support_sek: Cube
    support_smart_sek: Cube
    support_plain_sek: Cube

    def cut(self, part: slice | NDArray[np.int64]) -> "Terms":
        """The same for some of the draws."""
        return Terms(**{field.name: getattr(self, field.name)[part] for field in fields(self)})

    def without_support(self) -> "Terms":
        """The same for buyers whom the budget does not reach."""
        nothing = {name: np.zeros_like(getattr(self, name)) for name in SUPPORTS}
        return replace(self, **nothing)

    def beyond_cheapest(self) -> "Terms":
        """The same for buyers who must take a two-way charger anyway: its cheapest form costs nothing more."""
        return replace(self, extra_price_sek=self.extra_price_sek - self.extra_price_sek.min(axis=1, keepdims=True))


SUPPORTS = ("support_sek", "support_smart_sek", "support_plain_sek")


@dataclass(frozen=True)
class Buyer:
    """A household as the law sees it: its dwelling, adults, and the tax that a reduction can be taken from."""

    dwelling: str
    adult_count: int
    tax_paid_sek: float


def list_alternatives(
    options: pd.DataFrame, wanted: tuple[str, ...], house_load_kw: float, parameters: ParameterSet
) -> tuple[Alternative, ...]:
    """Alternatives in the order of ``wanted``, proprietary before open; ``house_load_kw`` decides their main fuse.

    Raises
    ------
    DataError
        For each wanted option that the table lacks in either form, or that is not two-way; or where the table has not
        exactly one one-way charger.
    """
    rows = options.set_index(["charger_option", "is_interoperable"])
    faults = [
        Fault("data/assumptions/charger_options.csv", f"no two-way {name}, interoperable {opened}", "a row", "Add it.")
        for name in wanted
        for opened in (False, True)
        if (name, opened) not in rows.index or not rows["is_bidirectional"][name, opened]
    ]
    if faults:
        raise DataError(faults)
    oneway_kw = float(_one_way(options)["power_kw"])

    def alternative(name: str, opened: bool) -> Alternative:
        power_kw = float(rows["power_kw"][name, opened])
        fuse_a = extra_fuse_a(power_kw, oneway_kw, house_load_kw, parameters)
        return Alternative(
            name, str(rows["technology"][name, opened]), power_kw, opened, wanted.index(name), fuse_a
        )  # fmt: skip

    return tuple(alternative(name, opened) for name in wanted for opened in (False, True))


def _one_way(options: pd.DataFrame) -> Mapping[Any, Any]:
    """The ordinary charger, which every alternative replaces."""
    one_way = options[~options["is_bidirectional"]]
    if len(one_way) != 1:
        raise DataError(
            Fault("data/assumptions/charger_options.csv", f"{len(one_way)} one-way options", "exactly one", "Keep one.")
        )
    return one_way.iloc[0].to_dict()


def fuse_fee_sek(alternatives: tuple[Alternative, ...], draws: Draws) -> Cube:
    """Yearly fee, incl. VAT, of the main fuse beyond the one-way charger's: draw × alternative.

    Examples
    --------
    15 A at 180 SEK per A and year: 2 700 SEK.

    References
    ----------
    METHODS 6 (capacity tariff row: a transfer as long as the grid is not constrained).
    """
    return np.asarray(draws["ret.fuse_fee"][:, None] * np.array([each.extra_fuse_a for each in alternatives]))


def draw_price_sek(row: Mapping[Any, Any], drawn: Cube, central: float, low: float, high: float) -> Cube:
    """Prices of one option that lie in its range as the drawn technology cost lies in its own.

    All options of a technology move together, and the one drawn number decides; below the middle the lower half of
    the range is used, above it the upper half.
    """
    below = (drawn - central) / max(central - low, 1e-12) * (row["price_sek"] - row["price_low_sek"])
    above = (drawn - central) / max(high - central, 1e-12) * (row["price_high_sek"] - row["price_sek"])
    return np.asarray(row["price_sek"] + np.where(drawn < central, below, above), dtype=float)


def draw_prices(
    options: pd.DataFrame, alternatives: tuple[Alternative, ...], draws: Draws, parameters: pd.DataFrame
) -> tuple[Cube, Cube]:
    """Prices of each alternative (draw × alternative) and of the ordinary one-way charger (draw).

    Raises
    ------
    DataError
        If the table has not exactly one one-way charger.
    """
    one_way = _one_way(options)
    ranges = parameters.set_index("id")[["value", "low", "high"]].to_dict("index")
    rows = options.set_index(["charger_option", "is_interoperable"]).to_dict("index")

    def drawn(row: Mapping[Any, Any], name: str) -> Cube:
        span = ranges[name]
        return draw_price_sek(row, draws[name], span["value"], span["low"], span["high"])

    prices = [
        drawn(rows[each.charger_option, each.is_interoperable], f"cap.{each.technology}_bi") for each in alternatives
    ]
    return np.stack(prices, axis=1), drawn(one_way, "cap.ac_uni")


def support_of_buyer(
    buyer: Buyer, alternatives: tuple[Alternative, ...], price_sek: Cube, price_oneway_sek: Cube, law: ResolvedScheme,
    vat_pu: float,
) -> tuple[Cube, Cube, Cube]:  # fmt: skip
    """Ask the law what one kind of buyer is given once: draw × alternative, and per draw for smart and plain charging.

    Parameters
    ----------
    price_sek, price_oneway_sek
        Installed, incl. VAT: draw × alternative, and per draw.
    """
    # ASSUME: in a flat the resident or the owner of the building buys the charger, whoever is given more for it, and
    # the resident bears what is left.
    owner = BUILDING_OWNERS.get(buyer.dwelling)
    asking: tuple[BuyerKind, ...] = ("private",) if owner is None else ("private", owner)
    given = [
        _support_asked_by(kind, buyer, alternatives, (price_sek, price_oneway_sek), law, vat_pu) for kind in asking
    ]
    two_way, smart, plain = (np.maximum.reduce(each) for each in zip(*given, strict=True))
    return two_way, smart, plain


def _support_asked_by(
    kind: BuyerKind, buyer: Buyer, alternatives: tuple[Alternative, ...], prices: tuple[Cube, Cube],
    law: ResolvedScheme, vat_pu: float,
) -> tuple[Cube, Cube, Cube]:  # fmt: skip
    price_sek, price_oneway_sek = prices

    def case(
        price: Cube, technology: str, power_kw: float, is_bidirectional: bool, is_open: bool, is_smart: bool = True
    ) -> Situation:
        return Situation(
            price, price / (1 + vat_pu), technology, power_kw, is_bidirectional, is_open, buyer.dwelling,
            buyer.adult_count, buyer.tax_paid_sek, buyer=kind, is_smart=is_smart,
        )  # fmt: skip

    two_way = [
        support_amounts_sek(law, case(price_sek[:, place], each.technology, each.power_kw, True, each.is_interoperable))
        for place, each in enumerate(alternatives)
    ]
    smart, plain = (
        support_amounts_sek(law, case(price_oneway_sek, "ac", ONE_WAY_KW, False, True, is_smart))
        for is_smart in (True, False)
    )
    return np.stack(two_way, axis=1), smart, plain
