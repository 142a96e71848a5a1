"""Turns what one year's buyers are offered into what they take, in balance with reserve prices and with the budget."""

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.cba.alternatives import Terms
from analysis.cba.choice import Earnings, Shares, choose, two_way_value_sek
from analysis.cba.depth import market_position
from analysis.cba.levers import Levers
from analysis.cba.world import World

Cube = NDArray[np.float64]
Single = NDArray[np.float32]

BALANCE_TOLERANCE_PU = 1e-3
BALANCE_ROUNDS = 40
STEEPEST = 100.0


@dataclass(frozen=True)
class YearOffer:
    """What the buyers of one year meet: place among the years, terms, levers, years of yearly payments, budget.

    ``expected_pu`` is which share of those who decide took a two-way charger the year before, ``expected_slope`` how
    much of a step closed the gap then: where the search begins.
    """

    place: int
    terms: Terms
    levers: Levers | None
    paid_years: int
    budget_sek: float
    expected_pu: Cube
    expected_slope: Cube


@dataclass(frozen=True)
class YearChoice:
    """What they take.

    ``supported`` (draw × dwelling × quintile × area × alternative) are the chargers that are given what the terms say,
    ``waiting`` (draw × area × dwelling × quintile) the households whom the budget did not reach.
    """

    shares: Shares
    supported: Single
    waiting: Cube
    served_pu: Cube
    lower: NDArray[np.int64]
    fraction: Cube
    gap_pu: Cube
    slope: Cube

    def take(self, other: "YearChoice", rows: NDArray[np.int64]) -> None:
        """Take over what some of the draws chose at a later trial."""
        for each in fields(self.shares):
            getattr(self.shares, each.name)[rows] = getattr(other.shares, each.name)
        for name in ("supported", "waiting", "served_pu", "lower", "fraction"):
            getattr(self, name)[rows] = getattr(other, name)


def balance(world: World, offer: YearOffer, people: Cube, kept: Single) -> YearChoice:
    """Find the enrolment whose reserve prices bring about that enrolment, in all draws at once.

    More cars mean lower reserve prices and so fewer buyers: the balance is unique and lies between what is kept and
    what is kept and all who decide. Steps follow the secant and are halved where they leave the bracket.

    Parameters
    ----------
    people
        Households that decide: draw × area × dwelling × quintile.
    kept
        Cars enrolled earlier: draw × area × node × alternative.

    Raises
    ------
    RuntimeError
        If the largest gap after the last round exceeds the tolerance: an invariant of this module is broken.
    """
    base = kept.sum(axis=(1, 2, 3), dtype=np.float64)
    low, high = base, base + people.sum(axis=(1, 2, 3))
    trial, last, slope = base + offer.expected_pu * (high - base), None, offer.expected_slope
    found = _choose_at(world, offer, people, trial)
    for _ in range(BALANCE_ROUNDS):
        gap = base + found.shares.two_way.sum(axis=(1, 2, 3), dtype=np.float64) - trial
        apart = np.abs(gap) / np.maximum(trial + gap, 1.0)
        rows = np.flatnonzero(apart >= BALANCE_TOLERANCE_PU)
        if not len(rows):
            return replace(found, gap_pu=apart, slope=slope)
        low, high = np.where(gap >= 0, trial, low), np.where(gap >= 0, high, trial)
        slope = slope if last is None else _slope(trial - last[0], gap - last[1], slope)
        wanted = trial + gap / slope
        last = trial, gap
        moved = np.where((wanted >= low) & (wanted <= high), wanted, (low + high) / 2)
        trial = np.where(apart >= BALANCE_TOLERANCE_PU, moved, trial)
        found.take(
            _choose_at(world.of(rows), replace(offer, terms=offer.terms.cut(rows)), people[rows], trial[rows]), rows
        )
    raise RuntimeError(f"adoption and market depth differ by {float(apart.max()):.2%} after {BALANCE_ROUNDS} rounds")


def _slope(moved: Cube, changed: Cube, known: Cube) -> Cube:
    """How much of a step the gap closes, at least one; as known where next to nothing moved."""
    steep = np.divide(-changed, moved, out=known.copy(), where=np.abs(moved) > 1e-3)
    return np.asarray(np.clip(steep, 1.0, STEEPEST))


def _choose_at(world: World, offer: YearOffer, people: Cube, enrolled: Cube) -> YearChoice:
    """Let households choose at the reserve prices that so many cars leave."""
    lower, fraction = market_position(world.market.depth, enrolled, world.draws["elasticity_ratio"])
    earnings = _earnings(world, offer, lower, fraction)
    tastes = world.tastes.in_year(world.stranding_per_year[:, offer.place])

    def taken(terms: Terms, earned: Earnings) -> Shares:
        return _under_duty(people, earned, world, tastes, terms, offer.levers)

    whole = taken(offer.terms, earnings)
    supported = whole.by_cell
    served, waiting = np.ones(len(enrolled)), np.zeros_like(people)
    if np.isfinite(offer.budget_sek):
        asked = np.einsum("dgqaj,dgqj->d", whole.by_cell, offer.terms.support_sek)
        served = np.divide(offer.budget_sek, asked, out=served, where=asked > offer.budget_sek)
        if (served < 1.0).any():
            supported = supported * served.astype(np.float32)[:, None, None, None, None]
            whole, waiting = _queue(whole, taken(offer.terms.without_support(), earnings), served, people)
    nothing = np.zeros(len(enrolled))
    return YearChoice(whole, supported, waiting, served, lower, fraction, nothing, nothing)


def _earnings(world: World, offer: YearOffer, lower: NDArray[np.int64], fraction: Cube) -> Earnings:
    market = world.market
    columns = [each.option_index for each in world.alternatives]
    value = two_way_value_sek(market, world.draws, world.year_index, lower, fraction)[..., columns]
    saving = market.smart_saving_sek[world.year_index]
    if offer.levers is None:
        return Earnings(value, np.zeros((len(value), 1, 1, len(columns))), 0, saving)
    paid, tax, network = offer.levers.at(world, lower, fraction)
    return Earnings(value + tax + network, paid, offer.paid_years, saving)


def _under_duty(
    people: Cube, earnings: Earnings, world: World, tastes: Any, terms: Terms, levers: Levers | None
) -> Shares:
    """Choice where a share of all new chargers has to be two-way capable: there the cheapest one costs nothing more."""
    free = choose(people, earnings, world.market.weight_pu, tastes, terms)
    bound_pu = levers.duties.charger_share_pu if levers is not None else 0.0
    if bound_pu <= 0:
        return free
    bound = choose(people, earnings, world.market.weight_pu, tastes, terms.beyond_cheapest())
    return free.mixed(bound, np.full(len(people), 1.0 - bound_pu))


def _queue(asking: Shares, turned_away: Shares, served_pu: Cube, people: Cube) -> tuple[Shares, Cube]:
    """First come, first served: of those turned away some buy without support, the others wait for the next year."""
    mixed = asking.mixed(turned_away, served_pu)
    lost = np.maximum(asking.by_cell.sum(axis=-1) - turned_away.by_cell.sum(axis=-1), 0.0)
    waiting = (1.0 - served_pu)[:, None, None, None] * lost
    # those who wait buy no one-way charger either
    oneway = people.transpose(0, 2, 3, 1) - mixed.by_cell.sum(axis=-1)
    left = np.divide(np.maximum(oneway - waiting, 0.0), oneway, out=np.ones_like(oneway), where=oneway > 0)
    kept = replace(mixed, smart_by_cell=(mixed.smart_by_cell * left).astype(np.float32))
    return kept, np.asarray(waiting.transpose(0, 3, 1, 2), dtype=np.float64)


def record(
    world: World, offer: YearOffer, chosen: YearChoice, cells: Cube, cars: tuple[Single, Single]
) -> dict[str, Any]:
    """What one year leaves behind, by the names of :class:`~analysis.cba.paths.Path`.

    ``cells`` are the households due, ``cars`` those enrolled and those of them that are paid for use.
    """
    terms, shares = offer.terms, chosen.shares
    by_cell, supported = shares.by_cell, chosen.supported
    smart = shares.smart_by_cell
    plain = np.maximum(cells.transpose(0, 2, 3, 1) - by_cell.sum(axis=-1) - smart, 0.0)
    oneway = smart * terms.support_smart_sek[..., None] + plain * terms.support_plain_sek[..., None]
    smart_more = smart * np.maximum(terms.support_smart_sek - terms.support_plain_sek, 0.0)[..., None]
    areas, count = world.market.weight_pu.shape[0], len(cells)
    paid, tax, network = np.zeros((count, areas, by_cell.shape[-1])), np.zeros(count), np.zeros(count)
    bound_pu = 0.0
    if offer.levers is not None:
        bound_pu = offer.levers.duties.charger_share_pu
        each = offer.levers.at(world, chosen.lower, chosen.fraction)
        paid = np.einsum("danj,danj->daj", cars[1], each[0]) if offer.paid_years else paid
        tax, network = (np.einsum("danj,danj->d", cars[0], relief) for relief in each[1:])
    due = cells.sum(axis=(2, 3))
    return {
        "smart_new_count": shares.smart,
        "new_by_cell": by_cell.sum(axis=3),
        "new_by_area_cell": by_cell.sum(axis=4),
        "supported_by_cell": supported.sum(axis=3),
        "support_sek": terms.support_sek.astype(np.float32),
        "recipient_count": np.einsum("dgqaj,dgqj->daj", supported, terms.support_sek > 0),
        "outlay_sek": np.einsum("dgqaj,dgqj->daj", supported, terms.support_sek),
        "paid_sek": paid,
        "tax_relief_sek": tax,
        "network_relief_sek": network,
        "oneway_outlay_sek": oneway.sum(axis=(1, 2, 3)),
        "smart_outlay_sek": smart_more.sum(axis=(1, 2, 3)),
        "extra_price_sek": terms.extra_price_sek,
        "setup_sek": terms.effort_sek - world.draws["ado.hassle"],
        "idle_count": bound_pu * np.maximum(due - by_cell.sum(axis=(1, 2, 4)), 0.0),
        "waiting_count": chosen.waiting.sum(axis=(1, 2, 3)),
        "served_pu": chosen.served_pu,
        "lower": chosen.lower,
        "fraction": chosen.fraction,
        "due_count": due.sum(axis=1),
        "gap_pu": chosen.gap_pu,
    }
