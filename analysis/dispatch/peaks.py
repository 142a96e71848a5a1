"""Keeps a capacity tariff by a search on caps: what the site may import in the hours that the tariff bills.

Under caps the problem is the plain one with less charging in some hours and a house that must be served in others. A
kW more of a cap saves what the schedule's marginal values say, and costs its share of the charge. Caps are halved in on
where both meet, in all months and on all days at once; the bill of every schedule on the way is the true one, and the
cheapest stands. Source: METHODS 3.2 (top_n).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.dispatch.flows import hourly_mean
from analysis.dispatch.problem import Dispatch, Strategy, Vector, VehicleProblem
from analysis.market.capacity_tariff import NOT_BILLED, PeakCharge

Index = NDArray[np.int64]

HALVINGS = 16
NARROWER = 0.15
"""How far caps are sought anew around those of the first round, as a share of how far they were sought then."""
SAME_SEK = 1e-9


@dataclass(frozen=True)
class Trial:
    """A schedule under caps, and between what a kW more of its cap would save in each step, SEK."""

    schedule: Dispatch
    least_sek_per_kw: Vector
    most_sek_per_kw: Vector


@dataclass(frozen=True)
class Slots:
    """What each slot of a tariff may come to, kW: no schedule goes below ``floor`` or above ``top``.

    ``share`` is what a kW of a slot costs where it is among the billed ones, SEK; ``of_step`` has −1 where nothing is
    billed; ``price`` and ``count`` are those of each period.
    """

    of_step: Index
    period: Index
    floor: Vector
    top: Vector
    share: Vector
    price: Vector
    count: Index

    def by_period(self, values: Vector) -> Vector:
        """Sum a value of each slot over its period."""
        return np.bincount(self.period, values, len(self.price)).astype(np.float64)

    def by_step(self, caps: Vector) -> Vector:
        """Cap of every step, kW; without bound where nothing is billed (−1: the last place)."""
        return np.append(caps, np.inf)[self.of_step]

    def summed(self, by_step: Vector) -> Vector:
        """Sum a value of each step over its slot."""
        billed = self.of_step != NOT_BILLED
        return np.bincount(self.of_step[billed], by_step[billed], len(self.period)).astype(np.float64)

    def least_common(self) -> Vector:
        """What the least of the billed peaks of each period cannot be pressed below, kW."""
        return np.array([
            np.sort(self.floor[self.period == period])[-count] for period, count in enumerate(self.count)
        ])  # fmt: skip


def slots_of(problem: VehicleProblem, strategy: Strategy, peak: PeakCharge) -> Slots:
    """Lay the slots of a tariff out for one car and what it may do."""
    own = np.maximum(problem.net_load_kw, 0.0)
    served = problem.load_limit_kw * float(strategy.self_use)
    billed = peak.slot_of_hour != NOT_BILLED
    slot, count = peak.slot_of_hour[billed], len(peak.period_of_slot)
    floor, top = np.zeros(count), np.zeros(count)
    np.maximum.at(floor, slot, hourly_mean(own - served, problem.step_h)[billed])
    np.maximum.at(top, slot, hourly_mean(own + problem.charge_limit_kw, problem.step_h)[billed])
    of_step = np.repeat(peak.slot_of_hour, round(1 / problem.step_h))[: problem.step_count]
    share = (peak.price_sek_per_kw / peak.peak_count)[peak.period_of_slot]
    return Slots(of_step, peak.period_of_slot, floor, top, share, peak.price_sek_per_kw, peak.peak_count)


Solve = Callable[[Vector, Dispatch | None], Trial | None]
"""Solves under a cap on import of each step, kW, knowing the best schedule so far; None: no schedule."""


class CapSearch:
    """Narrows the caps of all slots in and holds the cheapest schedule found.

    ``common`` is the cap of each period; ``alone`` is up to where a slot is worth more than its share, so that it
    stands above the common cap as one of the highest.
    """

    def __init__(self, slots: Slots, solve: Solve, cost_sek: Callable[[Dispatch], float]) -> None:
        self.slots, self.solve, self.cost_sek = slots, solve, cost_sek
        self.best: Dispatch | None = None
        self.alone, self.least = slots.floor.copy(), slots.least_common()
        self.common = self.least.copy()

    def begin(self) -> Dispatch | None:
        """Solve without caps; None where nothing closes the period even so."""
        self._try(np.full(len(self.slots.period), np.inf))
        return self.best

    def halve(self, halvings: int) -> None:
        """Halve in on the caps; again in a narrower space where those of several periods or days lean on each other."""
        slots, most = self.slots, np.zeros(len(self.slots.price))
        np.maximum.at(most, slots.period, slots.top)
        several = bool((slots.count > 1).any())
        reach = float(np.max(slots.top - slots.floor, initial=0.0))
        for again in range(2 if several or len(slots.price) > 1 else 1):
            if again:
                reach, halvings = NARROWER * reach, max(halvings + int(np.log2(NARROWER)), 1)
            if several:
                self._halve_alone(reach, halvings, slots.count > 1 if not again else np.zeros_like(most, bool))
            self._halve_common(self.common - reach, np.minimum(self.common + reach, most), halvings)

    def try_between(self, free_kw: Vector, parts: int) -> None:
        """Try caps evenly spaced between the least and what is billed without any."""
        for place in range(1, parts):
            self.common = self.least + np.maximum(free_kw - self.least, 0.0) * place / parts
            self._try(self._caps())

    def _caps(self) -> Vector:
        return np.maximum(np.maximum(self.common[self.slots.period], self.alone), self.slots.floor)

    def _try(self, caps: Vector) -> tuple[Vector, Vector] | None:
        trial = self.solve(self.slots.by_step(caps), self.best)
        if trial is None:
            return None
        if self.best is None or self.cost_sek(trial.schedule) < self.cost_sek(self.best):
            self.best = trial.schedule
        return self.slots.summed(trial.least_sek_per_kw), self.slots.summed(trial.most_sek_per_kw)

    def _halve_alone(self, reach: float, halvings: int, uncapped: NDArray[np.bool_]) -> None:
        """Find for each slot the cap up to which it is worth more than its share, all others where they are."""
        slots, common = self.slots, self.common
        low = np.maximum(self.alone - reach, slots.floor)
        high = np.minimum(self.alone + reach, slots.top)
        self.common = np.where(uncapped, -np.inf, common)
        for halving in range(halvings):
            self.alone = 0.5 * (low + high) if halving else low
            caps = self._caps()
            gains = self._try(caps)
            rises = np.full(len(caps), True) if gains is None else gains[0] > slots.share
            low = np.where(rises, np.maximum(low, caps), low)
            high = np.maximum(low, np.where(rises, high, np.minimum(high, caps)))
        self.alone, self.common = np.minimum(high, slots.top), common

    def _halve_common(self, low: Vector, high: Vector, halvings: int) -> None:
        """Find for each period the cap of all its slots at which a kW more saves what it costs."""
        slots = self.slots
        low, high = np.maximum(low, self.least), np.maximum(high, self.least)
        for halving in range(halvings):
            self.common = 0.5 * (low + high) if halving else low
            beyond = self._caps() > self.common[slots.period]
            gains = self._try(self._caps())
            if gains is None:
                low = self.common
                continue
            least, most = (slots.by_period(np.where(beyond, slots.share, gain)) - slots.price for gain in gains)
            low = np.where((least > SAME_SEK) | (most > -SAME_SEK), self.common, low)
            high = np.where(least > SAME_SEK, high, self.common)
            if (high <= low).all():
                break
        self.common = high
