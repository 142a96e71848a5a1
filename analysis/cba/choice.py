"""Turns what chargers cost, earn and are given into the share of households that take each: a mixed logit.

A household that decides chooses among an ordinary charger used plainly, the same with optimised charging, and the
two-way alternatives. Tastes are spread over cars (groups of like value), hurdle rates, and income quintiles, whose
response to money differs. Exponents are split into what depends on the car and what depends on the household, so that
neither has to be computed for every pair.
"""

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from analysis.cba.alternatives import Terms
from analysis.cba.depth import Depth, pick
from analysis.cba.discounting import annuity_factor, surviving_factor

Cube = NDArray[np.float64]
Draws = dict[str, Cube]
Single = NDArray[np.float32]

SEK_PER_KSEK = 1000.0
HURDLE_NODES = 3
CHUNK = 250
LARGEST_EXPONENT = 40.0


@dataclass(frozen=True)
class Market:
    """What a car earns: arrays price year × market point × area × node × option; ``weight_pu`` area × node."""

    depth: Depth
    net_value_sek: Cube
    reserve_sek: Cube
    degradation_sek: Cube
    standby_sek: Cube
    smart_saving_sek: Cube
    weight_pu: Cube


@dataclass(frozen=True)
class Tastes:
    """What choice depends on besides money: per draw, and draw × quintile or alternative.

    ``scale_per_ksek`` is draw × quintile, ``constant`` draw × alternative (utility), ``stranding_per_year`` draw ×
    alternative, ``hurdle_sigma`` the spread of the log of hurdle rates over households.
    """

    scale_per_ksek: Cube
    constant: Cube
    hurdle_rate: Cube
    hurdle_sigma: float
    stranding_per_year: Cube
    life_years: int

    def in_year(self, stranding_per_year: Cube) -> "Tastes":
        """The same tastes with the stranding that buyers of one year face."""
        return replace(self, stranding_per_year=stranding_per_year)

    def cut(self, part: slice | NDArray[np.int64]) -> "Tastes":
        """The same for some of the draws."""
        return Tastes(
            self.scale_per_ksek[part], self.constant[part], self.hurdle_rate[part], self.hurdle_sigma,
            self.stranding_per_year[part], self.life_years,
        )  # fmt: skip

    def shifted(self, shift: Cube) -> "Tastes":
        """The same tastes with all technology constants moved, per draw."""
        return replace(self, constant=self.constant + shift[:, None])


@dataclass(frozen=True)
class Shares:
    """Households by what they take.

    ``two_way`` draw × area × node × alternative and ``smart`` draw × area × node are
    summed over dwellings and quintiles; ``by_cell`` draw × dwelling × quintile × area × alternative and
    ``smart_by_cell`` without the last axis over nodes. All others charge plainly.
    """

    two_way: Single
    smart: Single
    by_cell: Single
    smart_by_cell: Single

    def mixed(self, other: "Shares", own_pu: Cube) -> "Shares":
        """What comes of it where a share of each draw's households chooses like this and the rest like ``other``."""

        def mix(name: str) -> Single:
            mine, theirs = getattr(self, name), getattr(other, name)
            part = own_pu.reshape(-1, *[1] * (mine.ndim - 1)).astype(np.float32)
            return np.asarray(part * mine + (1 - part) * theirs)

        return Shares(*(mix(each.name) for each in fields(self)))


def hurdle_factors(sigma: float, nodes: int = HURDLE_NODES) -> Cube:
    """Equally likely multiples of the median hurdle rate, lognormal, at the middles of equal slices."""
    middles = (np.arange(nodes) + 0.5) / nodes
    return np.asarray(np.exp(sigma * ndtri(middles)))


def two_way_value_sek(
    market: Market, draws: Draws, year_index: NDArray[np.int64], lower: NDArray[np.int64], fraction: Cube
) -> Cube:
    """Yearly value of each option over optimised one-way charging: draw × area × node × option.

    Reserve income, ageing and standby are scaled to the draw's own parameters at the schedule already found: first
    order, for a schedule that is best changes little in value when prices change little.
    """

    def read(cube: Cube, factor: Cube) -> Cube:
        return (factor - 1.0)[:, None, None, None] * pick(cube, year_index, lower, fraction)

    value = pick(market.net_value_sek, year_index, lower, fraction)
    value += read(market.reserve_sek, draws["reserve_ratio"])
    value -= read(market.degradation_sek, draws["ageing_ratio"])
    value -= read(market.standby_sek, draws["standby_ratio"])
    return value


@dataclass(frozen=True)
class Earnings:
    """What a car earns in the year's market, per draw.

    ``value_sek`` (draw × area × node × alternative): yearly value over optimised one-way charging, for as long as the
    charger works with the car; ``paid_sek`` of the same shape: yearly support, for ``paid_years`` years;
    ``smart_saving_sek`` (draw × area × node): yearly saving of optimised over plain charging.
    """

    value_sek: Cube
    paid_sek: Cube
    paid_years: int
    smart_saving_sek: Cube

    def cut(self, part: slice) -> "Earnings":
        """The same for some of the draws."""
        return Earnings(self.value_sek[part], self.paid_sek[part], self.paid_years, self.smart_saving_sek[part])


def choose(people: Cube, earnings: Earnings, weight_pu: Cube, tastes: Tastes, terms: Terms) -> Shares:
    """Let the households of one year choose.

    Parameters
    ----------
    people
        Households that decide: draw × area × dwelling × quintile.
    earnings
        What cars earn.
    weight_pu
        Area × node.
    tastes, terms
        Who decides, and what each alternative costs and is given that year.

    References
    ----------
    METHODS 5 (utility, hurdle rate, contract, hassle), 9 (stranding in the value).
    """
    parts = [
        _choose_part(people[cut], earnings.cut(cut), weight_pu, tastes.cut(cut), terms.cut(cut))
        for cut in (slice(start, start + CHUNK) for start in range(0, len(people), CHUNK))
    ]
    return Shares(*(np.concatenate(each) for each in zip(*parts, strict=True)))


def _choose_part(
    people: Cube, earnings: Earnings, weight_pu: Cube, tastes: Tastes, terms: Terms
) -> tuple[Single, Single, Single, Single]:
    """Some draws at once. Dwellings that are given the same choose alike and are computed once."""
    groups = _alike(terms)
    deciding = np.asarray(people.transpose(0, 2, 3, 1), dtype=np.float32)
    weight = weight_pu.astype(np.float32)
    count = earnings.value_sek.shape[-1]
    two_way = np.zeros(earnings.value_sek.shape, dtype=np.float32)
    smart = np.zeros(earnings.smart_saving_sek.shape, dtype=np.float32)
    by_cell = np.zeros((*deciding.shape, count), dtype=np.float32)
    smart_by_cell = np.zeros_like(deciding)
    for group, shares in zip(groups, _group_shares(earnings, tastes, terms, groups), strict=True):
        together = sum(deciding[:, home] for home in group)
        for place, share in enumerate(shares):
            taken = np.einsum("dqa,dqan->dan", together, share) * weight
            mean = np.einsum("dqan,an->dqa", share, weight)
            if place < count:
                two_way[..., place] += taken
            else:
                smart += taken
            for home in group:
                cells = by_cell[:, home, ..., place] if place < count else smart_by_cell[:, home]
                cells[...] = deciding[:, home] * mean
    return two_way, smart, by_cell, smart_by_cell


def _alike(terms: Terms) -> list[list[int]]:
    """Places of dwellings whose support is the same."""
    groups: list[list[int]] = []
    for place in range(terms.support_sek.shape[1]):
        for group in groups:
            if all(
                np.array_equal(given[:, place], given[:, group[0]])
                for given in (terms.support_sek, terms.support_smart_sek, terms.support_plain_sek)
            ):
                group.append(place)
                break
        else:
            groups.append([place])
    return groups


def _group_shares(earnings: Earnings, tastes: Tastes, terms: Terms, groups: list[list[int]]) -> list[list[Single]]:
    """Shares by group of dwellings: the alternatives, then smart charging; draw × quintile × area × node."""
    scale = tastes.scale_per_ksek / SEK_PER_KSEK
    given = scale * terms.pass_through_pu[:, None]
    alternatives = range(earnings.value_sek.shape[-1])
    found: list[list[Single]] = [[] for _ in groups]
    for factor in hurdle_factors(tastes.hurdle_sigma):
        rate = tastes.hurdle_rate * factor
        steady = annuity_factor(rate, tastes.life_years)
        well = steady[:, None, None] * earnings.smart_saving_sek
        cars = [_by_car(scale, well + _earned(place, earnings, rate, tastes)) for place in alternatives]
        smart = _by_car(scale, well)
        for group, shares in zip(groups, found, strict=True):
            home = group[0]
            weights = [
                _exp(_fixed(place, home, scale, steady, tastes, terms))[..., None, None] * cars[place]
                for place in alternatives
            ]
            weights.append(_exp(given * terms.support_smart_sek[:, home])[..., None, None] * smart)
            total = _exp(given * terms.support_plain_sek[:, home])[..., None, None] + weights[0]
            for weight in weights[1:]:
                total += weight
            part = np.divide(np.float32(1.0 / HURDLE_NODES), total, out=total)
            if not shares:
                shares.extend(weight * part for weight in weights)
            else:
                for share, weight in zip(shares, weights, strict=True):
                    weight *= part
                    share += weight
    return found


def _fixed(place: int, home: int, scale: Cube, steady: Cube, tastes: Tastes, terms: Terms) -> Cube:
    """Utility of an alternative that does not depend on the car, for one dwelling: draw × quintile."""
    spent = terms.extra_price_sek[:, place] + terms.effort_sek + steady * terms.yearly_cost_sek[:, place]
    money = terms.pass_through_pu[:, None] * terms.support_sek[:, home, :, place] - spent[:, None]
    return np.asarray(tastes.constant[:, place, None] + scale * money)


def _earned(place: int, earnings: Earnings, rate: Cube, tastes: Tastes) -> Cube:
    """Present value of what the car earns with an alternative while both work together: draw × area × node."""
    lost = tastes.stranding_per_year[:, place]
    earned = surviving_factor(rate, lost, tastes.life_years)[:, None, None] * earnings.value_sek[..., place]
    if earnings.paid_years:
        paid = surviving_factor(rate, lost, min(earnings.paid_years, tastes.life_years))
        earned = earned + paid[:, None, None] * earnings.paid_sek[..., place]
    return np.asarray(earned)


def _by_car(scale: Cube, earned: Cube) -> Single:
    """exp(scale · earned): draw × quintile × area × node."""
    utility = scale.astype(np.float32)[:, :, None, None] * earned.astype(np.float32)[:, None]
    np.clip(utility, -LARGEST_EXPONENT, LARGEST_EXPONENT, out=utility)
    return np.asarray(np.exp(utility, out=utility))


def _exp(utility: Cube | Single) -> Single:
    single = utility.astype(np.float32)
    np.clip(single, -LARGEST_EXPONENT, LARGEST_EXPONENT, out=single)
    return np.asarray(np.exp(single, out=single))
