"""Turns values, prices and support into households that choose a two-way charger, in balance with market depth.

The households that decide are those with a V2X-capable car and a home charger that is new or due for replacement, and
who know of V2X. Each chooses among an ordinary charger used plainly, the same with optimised charging, and the two-way
alternatives; a logit over present values, spread over cars (their own dispatch value) and over hurdle rates.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from analysis.cba.alternatives import Offer, fuse_fee_sek
from analysis.cba.depth import Depth, market_position, pick
from analysis.cba.discounting import annuity_factor, surviving_factor

Cube = NDArray[np.float64]
Draws = dict[str, Cube]

SEK_PER_KSEK = 1000.0
HURDLE_NODES = 3
BALANCE_TOLERANCE_PU = 1e-3
BALANCE_ROUNDS = 12


@dataclass(frozen=True)
class Market:
    """What a car earns: arrays price year × market point × area × vehicle × option, and the one-way saving."""

    depth: Depth
    net_value_sek: Cube
    reserve_sek: Cube
    degradation_sek: Cube
    standby_sek: Cube
    smart_saving_sek: Cube
    weights_pu: Cube


@dataclass(frozen=True)
class Deciders:
    """Who decides, draw × area: ``deciding_count`` know of V2X, ``due_count`` also holds those who do not."""

    due_count: Cube
    deciding_count: Cube
    class_share_pu: Cube


@dataclass(frozen=True)
class Case:
    """All that choice depends on besides support: draws of prices, tastes and risks, and the market."""

    market: Market
    deciders: Deciders
    draws: Draws
    year_index: NDArray[np.int64]
    stranding_per_year: Cube
    asc_shift: float
    hurdle_sigma: float
    life_years: int


@dataclass(frozen=True)
class Adoption:
    """Choices in balance: cars by draw × class × area × vehicle × alternative, and where the market then stands."""

    two_way_count: Cube
    oneway_count: Cube
    enrolled_count: Cube
    lower: NDArray[np.int64]
    fraction: Cube
    worst_gap_pu: float


def hurdle_factors(sigma: float, nodes: int = HURDLE_NODES) -> Cube:
    """Equally likely multiples of the median hurdle rate, lognormal, at the middles of equal slices."""
    middles = (np.arange(nodes) + 0.5) / nodes
    return np.asarray(np.exp(sigma * ndtri(middles)))


def two_way_value_sek(case: Case, lower: NDArray[np.int64], fraction: Cube) -> Cube:
    """Yearly value of each option over optimised one-way charging: draw × area × vehicle × option.

    Reserve income, ageing and standby are scaled to the draw's own parameters at the schedule already found: first
    order, for a schedule that is best changes little in value when prices change little.
    """
    market, draws, year = case.market, case.draws, case.year_index

    def read(cube: Cube, factor: Cube) -> Cube:
        return (factor - 1.0)[:, None, None, None] * pick(cube, year, lower, fraction)

    value = pick(market.net_value_sek, year, lower, fraction)
    value += read(market.reserve_sek, draws["reserve_ratio"])
    value -= read(market.degradation_sek, draws["ageing_ratio"])
    value -= read(market.standby_sek, draws["standby_ratio"])
    return value


def choose(case: Case, offer: Offer, enrolled_count: Cube) -> Adoption:
    """Let every household choose at the reserve prices that ``enrolled_count`` cars leave.

    References
    ----------
    METHODS 5 (utility, hurdle rate, contract, hassle), 9 (stranding in the value).
    """
    draws, market = case.draws, case.market
    lower, fraction = market_position(market.depth, enrolled_count, draws["elasticity_ratio"])
    columns = [each.option_index for each in offer.alternatives]
    value = two_way_value_sek(case, lower, fraction)[..., columns]
    scale = draws["ado.logit_scale"] / SEK_PER_KSEK
    fixed = _tastes(case, offer) - scale[:, None] * _one_off_sek(case, offer)
    relative = offer.support_sek - offer.support_oneway_sek[:, :, None]
    given = (scale * draws["ado.pass_through"])[:, None, None] * relative
    smart_saving = market.smart_saving_sek[case.year_index]
    yearly_cost = draws["cap.opex"][:, None] + fuse_fee_sek(offer.alternatives, draws)
    classes = offer.support_sek.shape[1]
    share = np.zeros((len(scale), classes, *value.shape[1:]))
    for factor in hurdle_factors(case.hurdle_sigma):
        rate = draws["ado.implicit_discount"] * factor
        steady = annuity_factor(rate, case.life_years)
        fading = surviving_factor(rate[:, None], case.stranding_per_year, case.life_years)
        cost = (scale * steady)[:, None] * yearly_cost
        two_way = fixed[:, None, None] + scale[:, None, None, None] * fading[:, None, None] * value
        two_way -= cost[:, None, None]
        smart = np.exp((scale * steady)[:, None, None] * smart_saving)
        for number in range(classes):
            weight = np.exp(np.minimum(two_way + given[:, number, None, None], 200.0))
            share[:, number] += weight / (weight.sum(axis=-1) + smart + 1.0)[..., None]
    share /= HURDLE_NODES
    return _count(case, share, enrolled_count, lower, fraction)


def _tastes(case: Case, offer: Offer) -> Cube:
    """Utility that is not money: technology constant and aversion to the plug-in contract, draw × alternative."""
    constants = np.stack([case.draws[f"ado.asc_{each.technology}"] for each in offer.alternatives], axis=1)
    return np.asarray(constants + case.asc_shift + case.draws["ado.b_contract"][:, None])


def _one_off_sek(case: Case, offer: Offer) -> Cube:
    """Extra price over the ordinary charger, export set-up and effort, draw × alternative."""
    effort = case.draws["cap.export_setup"] + case.draws["ado.hassle"]
    return np.asarray(offer.extra_price_sek + effort[:, None])


def _count(case: Case, share: Cube, enrolled: Cube, lower: NDArray[np.int64], fraction: Cube) -> Adoption:
    deciders = case.deciders
    people = deciders.class_share_pu.transpose(0, 2, 1) * deciders.deciding_count[:, None, :]
    cars = people[..., None, None] * case.market.weights_pu[:, None] * share
    due = deciders.class_share_pu.transpose(0, 2, 1) * deciders.due_count[:, None, :]
    return Adoption(cars, due - cars.sum(axis=(-1, -2)), enrolled, lower, fraction, 0.0)


def adopt(case: Case, offer: Offer) -> Adoption:
    """Find, in every draw, the adoption whose reserve prices bring about that adoption.

    More enrolled cars mean lower reserve prices and so fewer adopters: the balance is unique and lies between zero and
    what the untouched market would bring. It is found by the Illinois rule of false position, all draws at once.

    Raises
    ------
    RuntimeError
        If the largest gap after the last round exceeds the tolerance: an invariant of this module is broken.

    References
    ----------
    METHODS 4 (depth and erosion), 5.
    """
    low = np.zeros(len(case.year_index))
    first = choose(case, offer, low)
    high = _enrolled(first)
    gap_low, gap_high = high.copy(), _enrolled(choose(case, offer, high)) - high
    trial, found, side = high, first, np.zeros(len(low))
    worst = np.inf
    for _ in range(BALANCE_ROUNDS):
        spread = np.where(np.abs(gap_low - gap_high) > 1e-9, gap_low - gap_high, 1.0)
        trial = np.clip(low + gap_low * (high - low) / spread, np.minimum(low, high), np.maximum(low, high))
        found = choose(case, offer, trial)
        gap = _enrolled(found) - trial
        worst = float(np.max(np.abs(gap) / np.maximum(trial, 1.0)))
        if worst < BALANCE_TOLERANCE_PU:
            break
        above = gap > 0
        gap_high = np.where(above & (side > 0), gap_high / 2, np.where(above, gap_high, gap))
        gap_low = np.where(~above & (side < 0), gap_low / 2, np.where(above, gap, gap_low))
        low, high = np.where(above, trial, low), np.where(above, high, trial)
        side = np.where(above, 1.0, -1.0)
    if worst >= BALANCE_TOLERANCE_PU:
        raise RuntimeError(f"adoption and market depth differ by {worst:.2%} after {BALANCE_ROUNDS} rounds")
    return Adoption(found.two_way_count, found.oneway_count, trial, found.lower, found.fraction, worst)


def _enrolled(adoption: Adoption) -> Cube:
    return np.asarray(adoption.two_way_count.sum(axis=(1, 2, 3, 4)))
