"""Keeps a capacity tariff by a search on caps: what the site may import in the hours that the tariff bills.

Under caps the problem is the plain one with less charging in some hours and a house that must be served in others. A
kW more of a cap saves what the schedule's marginal values say; it costs its share of the charge. Caps are halved in on
where both meet, in all months and on all days at once; the bill of every schedule on the way is the true one, and the
cheapest stands. Source: METHODS 3.2 (top_n).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from analysis.dispatch.flows import hourly_mean
from analysis.dispatch.problem import Dispatch, Strategy, Vector, VehicleProblem
from analysis.market.capacity_tariff import NOT_BILLED, PeakCharge

HALVINGS = 16
ROUNDS = 2
NARROWER = 0.15
SAME_SEK = 1e-9


@dataclass(frozen=True)
class Trial:
    """A schedule under caps, and between what a kW more of its cap would save in each step, SEK."""

    schedule: Dispatch
    least_sek_per_kw: Vector
    most_sek_per_kw: Vector


@dataclass(frozen=True)
class Slots:
    """What each slot of a tariff may come to, kW: ``floor`` is what no schedule goes below, ``top`` above.

    ``share`` is what a kW of a slot costs where it is among the billed ones, SEK; ``of_step`` has −1 where nothing is
    billed.
    """

    of_step: np.ndarray
    period: np.ndarray
    floor: Vector
    top: Vector
    share: Vector
    price: Vector
    count: np.ndarray

    def by_period(self, values: Vector) -> Vector:
        """Sum a value of each slot over its period."""
        return np.bincount(self.period, values, len(self.price))

    def by_step(self, caps: Vector) -> Vector:
        """Cap of every step, kW; without bound where nothing is billed."""
        return np.where(self.of_step == NOT_BILLED, np.inf, caps[self.of_step])

    def summed(self, by_step: Vector) -> Vector:
        """Sum a value of each step over its slot."""
        billed = self.of_step != NOT_BILLED
        return np.bincount(self.of_step[billed], by_step[billed], len(self.period))


def slots_of(problem: VehicleProblem, strategy: Strategy, peak: PeakCharge) -> Slots:
    """Lay the slots of a tariff out for one car."""
    own = np.maximum(problem.net_load_kw, 0.0)
    served = problem.load_limit_kw * float(strategy.self_use and strategy.is_two_way)
    billed = peak.slot_of_hour != NOT_BILLED
    slot, count = peak.slot_of_hour[billed], len(peak.period_of_slot)
    floor, top = np.zeros(count), np.zeros(count)
    np.maximum.at(floor, slot, hourly_mean(own - served, problem.step_h)[billed])
    np.maximum.at(top, slot, hourly_mean(own + problem.charge_limit_kw, problem.step_h)[billed])
    of_step = np.repeat(peak.slot_of_hour, round(1 / problem.step_h))[: problem.step_count]
    share = (peak.price_sek_per_kw / peak.peak_count)[peak.period_of_slot]
    return Slots(of_step, peak.period_of_slot, floor, top, share, peak.price_sek_per_kw, peak.peak_count)


Solve = Callable[[Vector, Dispatch | None], Trial | None]


class CapSearch:
    """Narrows the caps of all slots in; holds the cheapest schedule found and the marginal values of the last."""

    def __init__(self, slots: Slots, solve: Solve, billed: Callable[[Dispatch], Vector]) -> None:
        self.slots, self.solve, self.billed = slots, solve, billed
        self.best: Trial | None = None
        self.tried = 0
        self.alone = slots.floor.copy()
        self.least = np.array([
            np.sort(slots.floor[slots.period == period])[::-1][count - 1] for period, count in enumerate(slots.count)
        ])  # fmt: skip
        self.common = self.least.copy()

    def run(self, halvings: int = HALVINGS, rounds: int = ROUNDS, grid: int = 0) -> Trial | None:
        """Find the cheapest caps; gives the best trial, or None where nothing closes the period."""
        slots = self.slots
        if self._try(np.full(len(slots.period), np.inf)) is None:
            return None
        assert self.best is not None
        free = np.maximum(self.billed(self.best.schedule), self.least)
        most = np.zeros(len(slots.price))
        np.maximum.at(most, slots.period, slots.top)
        apart = slots.count > 1
        width = float(np.max(slots.top - slots.floor, initial=0.0))
        for turn in range(rounds if apart.any() or len(apart) > 1 else 1):
            reach = width * NARROWER**turn
            fewer = max(int(np.ceil(halvings + turn * np.log2(NARROWER))), 1)
            if apart.any():
                self._halve_alone(reach, fewer, turn == 0)
            self._halve_common(self.common - reach, np.minimum(self.common + reach, most), fewer)
        for place in range(1, grid):
            self.common = self.least + (free - self.least) * place / grid
            self._try(self._caps())
        return self.best

    def _caps(self) -> Vector:
        return np.maximum(np.maximum(self.common[self.slots.period], self.alone), self.slots.floor)

    def _try(self, caps: Vector) -> tuple[Vector, Vector] | None:
        trial = self.solve(self.slots.by_step(caps), None if self.best is None else self.best.schedule)
        self.tried += 1
        if trial is None:
            return None
        if self.best is None or trial.schedule.penalised_sek < self.best.schedule.penalised_sek:
            self.best = trial
        return self.slots.summed(trial.least_sek_per_kw), self.slots.summed(trial.most_sek_per_kw)

    def _halve_alone(self, reach: float, halvings: int, is_first: bool) -> None:
        """Find for each slot the cap beyond which it is worth more than its share, all others where they are."""
        slots, common = self.slots, self.common
        low = np.maximum(self.alone - reach, slots.floor)
        high = np.minimum(self.alone + reach, slots.top)
        self.common = np.where(slots.count > 1, -np.inf, common) if is_first else common
        for _ in range(halvings):
            self.alone = 0.5 * (low + high)
            caps = self._caps()
            gains = self._try(caps)
            if gains is None:
                low = self.alone
                continue
            low = np.where(gains[0] > slots.share, np.maximum(low, caps), low)
            high = np.where(gains[0] > slots.share, high, np.minimum(high, caps))
            high = np.maximum(low, high)
        self.alone, self.common = np.minimum(high, slots.top), common

    def _halve_common(self, low: Vector, high: Vector, halvings: int) -> None:
        """Find for each period the cap of all slots at which a kW more saves what it costs."""
        slots = self.slots
        low, high = np.maximum(low, self.least), np.maximum(high, self.least)
        for halving in range(halvings):
            self.common = 0.5 * (low + high) if halving else low
            beyond = self._caps() > self.common[slots.period]
            gains = self._try(self._caps())
            if gains is None:
                low = self.common
                continue
            least, most = (
                slots.by_period(np.where(beyond, slots.share, gain)) - slots.price
                for gain in gains
            )
            low = np.where((least > SAME_SEK) | (most > -SAME_SEK), self.common, low)
            high = np.where(least > SAME_SEK, high, self.common)
            if (high - low).max() <= 0.0:
                break
        self.common = high
