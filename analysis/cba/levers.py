"""Turns the law of a year into what it pays, gives back and demands beside a payment on purchase."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.cba.depth import pick
from analysis.cba.world import World
from analysis.policy.levers import Mandates, mandates, paid_years, reliefs
from analysis.policy.model import Situation, YearlyUse
from analysis.policy.support import ResolvedScheme, performance_sek_per_year

Cube = NDArray[np.float64]


@dataclass(frozen=True)
class Levers:
    """Yearly money of one car under a year's law: price year × market point × area × node × alternative.

    ``paid_sek`` by the state for what the charger did, ``tax_relief_sek`` by the state and ``network_relief_sek`` by
    the grid company for energy fed in again. ``paid_years`` is for how long after purchase the state pays for use.
    """

    paid_sek: Cube
    tax_relief_sek: Cube
    network_relief_sek: Cube
    duties: Mandates
    paid_years: float

    def at(self, world: World, lower: NDArray[np.int64], fraction: Cube) -> tuple[Cube, Cube, Cube]:
        """The three of them where each draw's market stands: draw × area × node × alternative."""
        cubes = (self.paid_sek, self.tax_relief_sek, self.network_relief_sek)
        paid, tax, network = (pick(cube, world.year_index, lower, fraction) for cube in cubes)
        return paid, tax, network


def levers_of(world: World, law: ResolvedScheme | None, year: int) -> Levers | None:
    """Yearly levers of the law; None where it has none, so that nothing need be computed.

    References
    ----------
    METHODS 3.2 (ρ), 5.1 rules 4 and 5.
    """
    if law is None:
        return None
    found, duties = reliefs(law), mandates(law, year)
    # ASSUME: a relief acts on the schedule that pays without it; cars would feed in more if they had it, so that what
    # it is worth to them and what it adds are lower bounds. The scenario tax_relief solves the schedules anew.
    use = world.use
    columns = [each.option_index for each in world.alternatives]
    kept = float(world.draws["ado.registration"][0]) if found.needs_registration else 1.0
    fed_in = np.maximum(use.export_kwh[..., columns], 0.0) * kept
    levers = Levers(
        np.stack([_paid(world, law, place) for place in range(len(columns))], axis=-1),
        fed_in * found.tax_refund_pu * float(world.draws["ret.energy_tax"][0]),
        fed_in * found.network_refund_pu * float(world.draws["ret.grid_energy_fee"][0]),
        duties,
        paid_years(law),
    )
    money = any(cube.any() for cube in (levers.paid_sek, levers.tax_relief_sek, levers.network_relief_sek))
    return levers if money or duties.charger_share_pu > 0 else None


def _paid(world: World, law: ResolvedScheme, place: int) -> Cube:
    """Yearly payment to one car with one alternative: price year × market point × area × node."""
    each, use = world.alternatives[place], world.use
    discharged, enabled = (
        np.maximum(cube[..., each.option_index], 0.0) for cube in (use.discharged_kwh, use.enabled_h)
    )
    # ASSUME: dwelling and income do not bear on what is paid for use.
    case = Situation(0.0, 0.0, each.technology, each.power_kw, True, each.is_interoperable, "detached")
    did = YearlyUse(discharged, enabled, discharged / each.power_kw, each.power_kw)
    return performance_sek_per_year(law, case, did)
