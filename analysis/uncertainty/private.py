"""Turns the central case into what households gain from each alternative, over cars, areas and hurdle rates."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.cba.alternatives import Alternative
from analysis.cba.choice import hurdle_factors
from analysis.cba.discounting import annuity_factor, surviving_factor
from analysis.cba.world import terms_of
from analysis.errors import DataError, Fault
from analysis.uncertainty.evaluate import Study

Cube = NDArray[np.float64]


@dataclass(frozen=True)
class PrivateValues:
    """Present values of one alternative before support: one-off cost, and yearly gains spread over households.

    Arrays run over hurdle rate × price year × area × car; ``profile`` names the profile of each, and
    ``yearly_sek`` is what a car gains a year before it is discounted, less upkeep and the larger main fuse.
    """

    one_off_sek: float
    present_value_sek: Cube
    yearly_sek: Cube
    weight_pu: Cube
    profile: NDArray[np.object_]
    pass_through_pu: float

    def quantile(self, share: float, profile: str | None = None) -> float:
        """Weighted quantile of the present value over households, all or those of one profile."""
        return _quantile(self.present_value_sek, self.weight_pu, share, self._of(profile))

    def payback_years(self, share: float) -> float:
        """Years until the yearly gain has paid the one-off cost, not discounted; infinite where it never does."""
        gain = _quantile(self.yearly_sek, self.weight_pu, share, self._of(None))
        return self.one_off_sek / gain if gain > 0 else float("inf")

    def _of(self, profile: str | None) -> NDArray[np.bool_]:
        return np.asarray(self.profile == profile) if profile else np.ones(len(self.profile), dtype=bool)


def _quantile(values: Cube, weight_pu: Cube, share: float, chosen: NDArray[np.bool_]) -> float:
    kept, weight = values[chosen], weight_pu[chosen]
    order = np.argsort(kept, kind="stable")
    reached = np.cumsum(weight[order]) / weight.sum()
    return float(kept[order[min(int(np.searchsorted(reached, share)), len(order) - 1)]])


def private_values(study: Study) -> Iterator[tuple[Alternative, PrivateValues]]:
    """Values of each alternative at today's prices and depth, central parameters, all price years, car by car.

    Raises
    ------
    DataError
        If a car has no profile.

    References
    ----------
    METHODS 6 (break-even subsidy, payback), 9 (stranding).
    """
    frame, world = study.frame, study.world
    draws = {name: float(values[0]) for name, values in world.draws.items()}
    terms = terms_of(world, 0, None, np.zeros(world.draw_count))
    value = -frame.points["net_cost_sek"][:, 0]
    people = world.households.capable_count[0, 0] / world.households.capable_count[0, 0].sum()
    each = np.broadcast_to(people[:, None] * frame.streams.weights_pu, value.shape[:3])
    profiles = np.broadcast_to(_profiles(frame.tables.dispatch_sample, frame.streams.vehicles), each.shape)
    factors = hurdle_factors(frame.hurdle_sigma)
    for place, alternative in enumerate(study.alternatives):
        spread = []
        cost = float(terms.yearly_cost_sek[0, place])
        for factor in factors:
            rate = draws["ado.implicit_discount"] * factor
            fading = surviving_factor(rate, float(world.stranding_per_year[0, 0, place]), world.tastes.life_years)
            upkeep = annuity_factor(rate, world.tastes.life_years) * cost
            spread.append(fading * value[..., alternative.option_index] - upkeep)
        shape = (len(factors), *each.shape)
        yearly = value[..., alternative.option_index] - cost
        yield (
            alternative,
            PrivateValues(
                float(terms.extra_price_sek[0, place] + terms.effort_sek[0]), np.stack(spread).reshape(-1),
                np.broadcast_to(yearly, shape).reshape(-1), np.broadcast_to(each, shape).reshape(-1),
                np.broadcast_to(profiles, shape).reshape(-1), draws["ado.pass_through"],
            ),
        )  # fmt: skip


def _profiles(sample: pd.DataFrame, vehicles: tuple[str, ...]) -> NDArray[np.object_]:
    named = sample.set_index("vehicle_id")["profile_id"].reindex(list(vehicles))
    if named.isna().any():
        missing = ", ".join(sorted(named.index[named.isna()])[:3])
        raise DataError(Fault("dispatch_sample", f"no profile for {missing}", "a row per dispatched car", "Run again."))
    return named.to_numpy(dtype=object)
