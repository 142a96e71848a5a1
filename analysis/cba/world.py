"""What adoption depends on besides support, and what the law gives in a year: the terms that its buyers meet."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analysis.cba.alternatives import Alternative, Buyer, Terms, fuse_fee_sek, support_of_buyer
from analysis.cba.cells import DWELLINGS, QUINTILES, relative_income
from analysis.cba.choice import Market, Tastes
from analysis.cba.households import ADULTS, Households
from analysis.cba.learning import later_prices_sek, soft_factor
from analysis.policy.support import ResolvedScheme

Cube = NDArray[np.float64]
Draws = dict[str, Cube]
Law = Mapping[int, ResolvedScheme]
"""The law of each calendar year; a year that is missing has no support."""

SEK_PER_KSEK = 1000.0


@dataclass(frozen=True)
class Use:
    """What one car does in a year beyond optimised one-way charging.

    Arrays price year × market point × area × node × option.
    """

    discharged_kwh: Cube
    export_kwh: Cube
    enabled_h: Cube


@dataclass(frozen=True)
class World:
    """Households, market, prices and tastes of every draw; ``stranding_per_year`` draw × year × alternative.

    ``contract_burden_sek`` is what the terms of the run's plug-in contract ask of the mean owner in a year, in money.
    """

    households: Households
    market: Market
    use: Use
    draws: Draws
    year_index: NDArray[np.int64]
    tastes: Tastes
    stranding_per_year: Cube
    alternatives: tuple[Alternative, ...]
    price_sek: Cube
    price_oneway_sek: Cube
    vat_pu: float
    contract_burden_sek: float = 0.0

    def of(self, rows: NDArray[np.int64]) -> "World":
        """The same for some of the draws; households stay whole."""
        return replace(
            self, draws={name: drawn[rows] for name, drawn in self.draws.items()}, year_index=self.year_index[rows],
            tastes=self.tastes.cut(rows), stranding_per_year=self.stranding_per_year[rows],
            price_sek=self.price_sek[rows], price_oneway_sek=self.price_oneway_sek[rows],
        )  # fmt: skip

    @property
    def draw_count(self) -> int:
        """Number of draws."""
        return len(self.year_index)


def buyers(draws: Draws) -> tuple[tuple[Buyer, ...], ...]:
    """The kinds of buyers, dwelling × income quintile.

    The tax of a household is that of its adults at their quintile's mean income; it is not drawn.
    """
    income_sek = float(draws["inc.adult_ksek"][0]) * SEK_PER_KSEK * relative_income(draws)[0]
    tax_sek = income_sek * float(draws["inc.tax_share"][0])
    return tuple(tuple(Buyer(each, ADULTS[each], ADULTS[each] * float(tax)) for tax in tax_sek) for each in DWELLINGS)


def terms_of(world: World, place: int, law: ResolvedScheme | None, installed_count: Cube) -> Terms:
    """What buyers meet in one year.

    Parameters
    ----------
    place
        Of the year among the years of the path.
    law
        None where nothing is given.
    installed_count
        Two-way chargers in the country before that year, per draw.
    """
    draws, options = world.draws, world.alternatives
    price = later_prices_sek(world.price_sek, world.price_oneway_sek, float(place), draws)
    effort = draws["cap.export_setup"] * soft_factor(installed_count, draws) + draws["ado.hassle"]
    yearly = draws["cap.opex"][:, None] + fuse_fee_sek(options, draws) + world.contract_burden_sek
    cells = (world.draw_count, len(DWELLINGS), len(QUINTILES))
    two_way, smart, plain = np.zeros((*cells, len(options))), np.zeros(cells), np.zeros(cells)
    if law is not None:
        for row, kinds in enumerate(buyers(draws)):
            for column, buyer in enumerate(kinds):
                two_way[:, row, column], smart[:, row, column], plain[:, row, column] = support_of_buyer(
                    buyer, options, price, world.price_oneway_sek, law, world.vat_pu
                )
    extra = price - world.price_oneway_sek[:, None]
    return Terms(extra, effort, yearly, draws["ado.pass_through"], two_way, smart, plain)
