"""Turns charger options, prices and a scheme into what each buyer pays and is given, per draw."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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

DWELLING_CLASSES = ("detached", "flat_cooperative", "flat_rental")
ADULTS = {"detached": 2, "flat_cooperative": 1, "flat_rental": 1}
# ASSUME: two adults in a detached house and one in a flat claim the deduction, no other green work that year, and the
# tax they pay is larger than the deduction (owners of electric cars have incomes well above the mean).


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
class Offer:
    """What is on offer, per draw: prices incl. VAT, support by dwelling class (draw × class × alternative)."""

    alternatives: tuple[Alternative, ...]
    price_sek: Cube
    price_oneway_sek: Cube
    support_sek: Cube
    support_oneway_sek: Cube

    @property
    def extra_price_sek(self) -> Cube:
        """Price beyond the ordinary charger, draw × alternative; negative where the two-way one is cheaper."""
        return np.asarray(self.price_sek - self.price_oneway_sek[:, None])


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


def make_offer(
    alternatives: tuple[Alternative, ...], price_sek: Cube, price_oneway_sek: Cube, resolved: ResolvedScheme, vat: float
) -> Offer:
    """Price every alternative and ask the law what each dwelling class is given for it."""
    support = np.zeros((len(price_sek), len(DWELLING_CLASSES), len(alternatives)))
    one_way = np.zeros((len(price_sek), len(DWELLING_CLASSES)))
    for number, dwelling in enumerate(DWELLING_CLASSES):
        adults = ADULTS[dwelling]
        for place, each in enumerate(alternatives):
            price = price_sek[:, place]
            case = Situation(
                price, price / (1 + vat), each.technology, each.power_kw, True, each.is_interoperable, dwelling, adults
            )
            support[:, number, place] = support_amounts_sek(resolved, case)
        case = Situation(
            price_oneway_sek, price_oneway_sek / (1 + vat), "ac", 11.0, False, True, dwelling, adults
        )  # fmt: skip
        one_way[:, number] = support_amounts_sek(resolved, case)
    return Offer(alternatives, price_sek, price_oneway_sek, support, one_way)
