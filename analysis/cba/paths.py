"""Turns the law of each year into chargers bought and cars enrolled, year by year, in balance with market depth.

Each year the households whose charger is new or due, and who know of V2X, choose at the prices, support and reserve
prices of that year. What they enrol lowers reserve prices, and these are found together. Those who own a two-way
charger make it known to others. A charger serves until its life ends, and stops serving when the owner's next car does
not work with it.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.cba.levers import Levers, levers_of
from analysis.cba.world import Law, World, terms_of
from analysis.cba.year_balance import YearChoice, YearOffer, balance, record
from analysis.policy.levers import annual_budget_sek

Cube = NDArray[np.float64]
Single = NDArray[np.float32]


@dataclass(frozen=True)
class Path:
    """One future, by draw and year.

    ``new_count`` and ``enrolled_count`` are draw × year × area × node × alternative (two-way chargers bought, and
    those that still serve), ``smart_new_count`` draw × year × area × node; ``new_by_cell``, ``supported_by_cell`` and
    ``support_sek`` (what one charger is given) draw × year × dwelling × quintile × alternative; ``new_by_area_cell``
    draw × year × dwelling × quintile × area. ``recipient_count``, ``outlay_sek`` and ``paid_sek`` (for use) are draw ×
    year × area × alternative; the reliefs, ``oneway_outlay_sek`` and ``smart_outlay_sek`` (what optimised charging is
    given beyond plain) are draw × year, as are ``aware_pu``, ``due_count``, ``waiting_count`` (buyers whom the budget
    did not reach), ``served_pu`` and ``gap_pu``. ``idle_count`` (draw × year × area) are chargers that a duty made
    two-way and nobody uses so.
    ``lower`` and ``fraction`` (draw × year) say where the market stands.
    """

    years: tuple[int, ...]
    new_count: Single
    enrolled_count: Single
    smart_new_count: Single
    new_by_cell: Single
    new_by_area_cell: Single
    supported_by_cell: Single
    support_sek: Single
    recipient_count: Cube
    outlay_sek: Cube
    paid_sek: Cube
    tax_relief_sek: Cube
    network_relief_sek: Cube
    oneway_outlay_sek: Cube
    smart_outlay_sek: Cube
    extra_price_sek: Cube
    setup_sek: Cube
    idle_count: Cube
    waiting_count: Cube
    served_pu: Cube
    lower: NDArray[np.int64]
    fraction: Cube
    aware_pu: Cube
    due_count: Cube
    gap_pu: Cube

    @property
    def enrolled_total(self) -> Cube:
        """Cars enrolled in Sweden, draw × year."""
        return np.asarray(self.enrolled_count.sum(axis=(2, 3, 4), dtype=np.float64))


class _Walk:
    """The state of a path on its way through the years."""

    def __init__(self, world: World) -> None:
        self.world = world
        draws, years = world.draw_count, len(world.households.years)
        areas, nodes = world.market.weight_pu.shape
        self.new = np.zeros((draws, years, areas, nodes, len(world.alternatives)), dtype=np.float32)
        self.enrolled = np.zeros_like(self.new)
        self.held = np.zeros((draws, areas))
        self.aware = world.households.aware_start_pu
        self.waiting = np.zeros_like(world.households.cell_pu)
        self.taken_pu, self.slope = np.zeros(draws), np.ones(draws)
        self.rows: list[dict[str, Any]] = []

    def due(self, place: int) -> Cube:
        """Households that buy a charger: first cars, worn one-way chargers, two-way ones at their end; draw × area."""
        homes, life = self.world.households, self.world.tastes.life_years
        ended = self.new[:, place - life].sum(axis=(2, 3)) if place >= life else np.zeros_like(self.held)
        self.held = self.held - ended
        capable, first = homes.capable_count[:, place], homes.first_pu[:, place, None]
        # ASSUME: one-way chargers are of all ages, so that one in ``life`` of them is replaced each year.
        worn = np.maximum(capable * (1.0 - first) - self.held - ended, 0.0) / life
        return np.asarray(np.minimum(capable * first + worn + ended, np.maximum(capable - self.held, 0.0)))

    def learn_of_it(self, place: int) -> None:
        """Let more households know: from outside, and from the share that already has it (Bass)."""
        homes, draws = self.world.households, self.world.draws
        enrolled = self.enrolled[:, place - 1].sum(axis=(1, 2, 3), dtype=np.float64) if place else 0.0
        having = enrolled / np.maximum(homes.capable_count[:, max(place - 1, 0)].sum(axis=1), 1.0)
        untold = (1.0 - homes.aware_rate_pu[:, place]) * (1.0 - draws["ado.bass_q"] * np.minimum(having, 1.0))
        self.aware = self.aware + (1.0 - self.aware) * (1.0 - untold)

    def keep(self, place: int, people: Cube, kept: Single, year: YearChoice) -> None:
        """Take in what the households of a year chose."""
        took = year.shares.two_way.sum(axis=(1, 2, 3), dtype=np.float64)
        self.taken_pu, self.slope = took / np.maximum(people.sum(axis=(1, 2, 3)), 1e-9), year.slope
        self.new[:, place] = year.shares.two_way
        self.enrolled[:, place] = kept + year.shares.two_way
        self.held = self.held + year.shares.two_way.sum(axis=(2, 3))
        self.waiting = year.waiting


def survivors(world: World, new_count: Single, place: int, youngest_years: float = np.inf) -> Single:
    """Cars that earlier years enrolled and that still are: all, or those bought in so many years to this one."""
    kept = np.zeros_like(new_count[:, 0])
    oldest = int(min(world.tastes.life_years, youngest_years, place + 1))
    for bought in range(place - oldest + 1, place):
        served = served_pu(world, bought, place - bought)
        kept += new_count[:, bought] * served[:, None, None, :].astype(np.float32)
    return kept


def enrolled_of(world: World, new_count: Single) -> Single:
    """Cars enrolled each year, from those that each year adds."""
    years = range(new_count.shape[1])
    return np.stack([survivors(world, new_count, place) + new_count[:, place] for place in years], axis=1)


def served_pu(world: World, bought: int, age: int) -> Cube:
    """Share of chargers bought in a year that still discharge the owner's car after ``age`` years: draw × alternative.

    The hazard works to the middle of each year.
    """
    return np.asarray(np.exp(-world.stranding_per_year[:, bought] * (age + 0.5)) if age else 1.0)


def _paid_years(levers: Levers | None, left_years: int) -> int:
    """For how many years one who buys now is paid for use: until payments end, or as long as the law pays."""
    return int(min(max(left_years, 0), levers.paid_years)) if levers else 0


def follow(world: World, law: Law, last_paid_year: int) -> Path:
    """Walk through the years.

    Parameters
    ----------
    world
        Everything but support.
    law
        By calendar year; a year that is missing has none.
    last_paid_year
        Yearly payments end with it.

    Raises
    ------
    RuntimeError
        If a year finds no balance of adoption and reserve prices: an invariant of this room is broken.

    References
    ----------
    METHODS 4 (depth and erosion), 5 (hazard, awareness, learning, additionality on the same draws).
    """
    walk = _Walk(world)
    for place, year in enumerate(world.households.years):
        walk.learn_of_it(place)
        installed = walk.new[:, :place].sum(axis=(1, 2, 3, 4), dtype=np.float64)
        terms = terms_of(world, place, law.get(year), installed)
        due = walk.due(place)
        cells = world.households.cell_pu * due[:, :, None, None]
        levers = levers_of(world, law.get(year), year)
        offer = YearOffer(
            place, terms, levers, _paid_years(levers, last_paid_year - year + 1),
            annual_budget_sek(law[year], year) if year in law else np.inf, walk.taken_pu, walk.slope,
        )  # fmt: skip
        kept = survivors(world, walk.new, place)
        people = cells * walk.aware[:, None, None, None] + walk.waiting
        chosen = balance(world, offer, people, kept)
        walk.keep(place, people, kept, chosen)
        paid = walk.new[:, place] + survivors(world, walk.new, place, levers.paid_years) if levers else kept
        walk.rows.append(
            record(world, offer, chosen, cells, (walk.enrolled[:, place], paid)) | {"aware_pu": walk.aware}
        )
    found = {name: np.stack([row[name] for row in walk.rows], axis=1) for name in walk.rows[0]}
    return Path(world.households.years, walk.new, walk.enrolled, **found)
