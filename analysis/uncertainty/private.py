"""Turns the central case into what households gain from each alternative, over cars, areas and hurdle rates."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.cba.adoption import hurdle_factors, two_way_value_sek
from analysis.cba.alternatives import Alternative, fuse_fee_sek
from analysis.cba.depth import market_position
from analysis.cba.discounting import annuity_factor, surviving_factor
from analysis.uncertainty.evaluate import Study

Cube = NDArray[np.float64]


@dataclass(frozen=True)
class PrivateValues:
    """Present values of one alternative before support: one-off cost, and yearly gains spread over households."""

    one_off_sek: float
    present_value_sek: Cube
    weight_pu: Cube
    pass_through_pu: float

    def quantile(self, share: float) -> float:
        """Weighted quantile of the present value over households."""
        order = np.argsort(self.present_value_sek, kind="stable")
        reached = np.cumsum(self.weight_pu[order]) / self.weight_pu.sum()
        return float(self.present_value_sek[order[min(int(np.searchsorted(reached, share)), len(order) - 1)]])


def private_values(study: Study) -> Iterator[tuple[Alternative, PrivateValues]]:
    """Values of each alternative at today's depth (no further cars enrolled), central parameters, all price years.

    References
    ----------
    METHODS 6 (break-even subsidy), 9 (stranding).
    """
    case, draws = study.case, study.case.draws
    count = len(case.year_index)
    lower, fraction = market_position(case.market.depth, np.zeros(count), draws["elasticity_ratio"])
    value = two_way_value_sek(case, lower, fraction)
    prices, price_oneway = study.prices
    yearly_cost = draws["cap.opex"][:, None] + fuse_fee_sek(study.alternatives, draws)
    people = case.deciders.due_count / case.deciders.due_count.sum(axis=1, keepdims=True)
    weight = (people[:, :, None] * case.market.weights_pu).reshape(-1)
    for place, alternative in enumerate(study.alternatives):
        spread, weights = [], []
        for factor in hurdle_factors(case.hurdle_sigma):
            rate = draws["ado.implicit_discount"] * factor
            fading = surviving_factor(rate, case.stranding_per_year[:, place], case.life_years)
            upkeep = annuity_factor(rate, case.life_years) * yearly_cost[:, place]
            yearly = value[..., alternative.option_index]
            spread.append((fading[:, None, None] * yearly - upkeep[:, None, None]).reshape(-1))
            weights.append(weight)
        one_off = prices[:, place] - price_oneway + draws["cap.export_setup"] + draws["ado.hassle"]
        yield (
            alternative,
            PrivateValues(
                float(np.mean(one_off)),
                np.concatenate(spread),
                np.concatenate(weights),
                float(draws["ado.pass_through"][0]),
            ),
        )
