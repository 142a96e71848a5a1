"""Turns what is stored at the moment of an outage into hours of supply, and into kWh served during one of given length.

H = (E − E_kept) over what the load draws, hour by hour from that moment on, with the losses of low power: a kW costs
more out of the battery at 0.5 kW than at 5 (METHODS 3.6, 8).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.battery.losses import LossCurve
from analysis.dispatch.fleet_states import FleetStates
from analysis.schemas.resilience import ANY_HOUSE, CRITICAL_CASES, PRESENCE, SEASONS

FloatArray = NDArray[np.float64]

STRATEGIES_SHOWN = ("uncontrolled", "smart", "grid", "grid_reserve")
QUANTILES = (0.1, 0.5, 0.9)
DAY_H = 24.0


@dataclass(frozen=True)
class Need:
    """What a house wants from the car, a value a step of a period that repeats itself; served up to the power limit.

    Attributes
    ----------
    load_kw
        Wanted power.
    limit_kw
        Most that the backup gives.
    step_h
        Length of a step.
    curve
        Losses between battery and house.
    """

    load_kw: FloatArray
    limit_kw: float
    step_h: float
    curve: LossCurve

    @property
    def served_kw(self) -> FloatArray:
        """Power that is given while the battery lasts; what exceeds the limit is shed."""
        return np.minimum(self.load_kw, self.limit_kw)

    @property
    def draw_kw(self) -> FloatArray:
        """Power that the battery gives for it, losses included."""
        return np.asarray(self.served_kw + self.curve.loss_kw(self.served_kw))


def lasting_h(energy_kwh: FloatArray, need: Need) -> FloatArray:
    """Hours from the start of each step until the energy is used up.

    Parameters
    ----------
    energy_kwh
        Usable energy at the start of each step, battery side; last axis: the steps of the need.

    Examples
    --------
    Without losses 98 to 131 kWh last 72 h at 1.36 to 1.82 kW.
    """
    drawn = np.concatenate([[0.0], np.cumsum(np.tile(need.draw_kw, 2) * need.step_h)])
    count = len(need.load_kw)
    period_h, period_kwh = count * need.step_h, drawn[count]
    rounds = np.floor(energy_kwh / period_kwh)
    end = np.interp(energy_kwh - rounds * period_kwh + drawn[:count], drawn, np.arange(len(drawn)) * need.step_h)
    return np.asarray(rounds * period_h + end - np.arange(count) * need.step_h)


def served_kwh(energy_kwh: FloatArray, need: Need, duration_h: float) -> FloatArray:
    """Energy that reaches the house in an outage that starts at each step: min(need, deliverable), kWh AC.

    Parameters
    ----------
    energy_kwh
        As in :func:`lasting_h`.
    duration_h
        Length of the outage.
    """
    lasts = np.minimum(lasting_h(energy_kwh, need), duration_h)
    given = np.concatenate([[0.0], np.cumsum(np.tile(need.served_kw, 2) * need.step_h)])
    count = len(need.load_kw)
    period_h = count * need.step_h
    rounds = np.floor(lasts / period_h)
    clock = np.arange(len(given)) * need.step_h
    start = np.arange(count) * need.step_h
    return np.asarray(
        rounds * given[count] + np.interp(start + lasts - rounds * period_h, clock, given) - given[:count]
    )


def usable_kwh(states: FleetStates, strategy: str, kept_pu: float) -> FloatArray:
    """Energy above what the owner keeps for driving, car × season × step; never negative."""
    kept = kept_pu * states.capacity_kwh[:, None, None]
    return np.asarray(np.maximum(states.stored_kwh[strategy] - kept, 0.0))


@dataclass(frozen=True)
class NeedCase:
    """A house type and load case, with its need in each season."""

    house_type: str
    load_case: str
    by_season: Mapping[str, Need]


def need_cases(
    loads: Mapping[str, Sequence[FloatArray]], critical_kw: Sequence[float], limit_kw: float, curve: LossCurve,
    step_h: float,
) -> list[NeedCase]:  # fmt: skip
    """Lay out critical loads, alike in all houses, and the full load of each house type.

    Parameters
    ----------
    loads
        House type to its load in each season's week, kW.
    critical_kw
        Low, central, high.
    """
    count = len(next(iter(loads.values()))[0])

    def need(load_kw: FloatArray) -> Need:
        return Need(load_kw, limit_kw, step_h, curve)

    critical = [
        NeedCase(ANY_HOUSE, name, {season: need(np.full(count, load)) for season in SEASONS})
        for name, load in zip(CRITICAL_CASES, critical_kw, strict=True)
    ]
    full = [
        NeedCase(house, "full", {season: need(load) for season, load in zip(SEASONS, of_season, strict=True)})
        for house, of_season in loads.items()
    ]
    return critical + full


def backup_table(
    states: FleetStates, cases: Sequence[NeedCase], kept_pu: Sequence[float], crisis_h: float
) -> pd.DataFrame:
    """Tell how long the car lasts, by season, house, load, strategy, presence and kept share.

    Returns
    -------
    pd.DataFrame
        ``Resilience`` without ``price_area`` and ``price_year``.
    """
    return pd.DataFrame(list(_backup_rows(states, cases, kept_pu, crisis_h)))


def _backup_rows(
    states: FleetStates, cases: Sequence[NeedCase], kept_pu: Sequence[float], crisis_h: float
) -> Iterator[dict[str, object]]:
    for strategy in STRATEGIES_SHOWN:
        for kept in kept_pu:
            usable = usable_kwh(states, strategy, kept)
            for case in cases:
                for place, season in enumerate(SEASONS):
                    need = case.by_season[season]
                    hours = lasting_h(usable[:, place], need)
                    for presence in PRESENCE:
                        yield {
                            "season": season, "house_type": case.house_type, "load_case": case.load_case,
                            "strategy": strategy, "presence": presence, "kept_pu": kept,
                            "mean_load_kw": float(need.load_kw.mean()),
                            "over_limit_pu": float((need.load_kw > need.limit_kw).mean()),
                            **_told(states, strategy, presence, place, hours, crisis_h),
                        }  # fmt: skip


def _told(
    states: FleetStates, strategy: str, presence: str, place: int, hours: FloatArray, crisis_h: float
) -> dict[str, float]:
    """Weigh the hours of all cars and moments of one season: means over all, quantiles over those that are there."""
    there = states.there_pu[presence][:, place]
    weight = states.car_weight[:, None] * there / there.shape[1]
    share = float(weight.sum())
    flat, counts = hours.ravel(), weight.ravel()
    known = share > 0
    low, median, high = (
        np.quantile(flat, QUANTILES, weights=counts, method="inverted_cdf") if known else np.full(3, np.nan)
    )
    stored = float((states.stored_kwh[strategy][:, place] * weight).sum())
    return {
        "there_pu": share, "stored_there_kwh": stored / share if known else np.nan,
        "hours_mean_h": float(flat @ counts), "hours_low_h": float(low), "hours_median_h": float(median),
        "hours_high_h": float(high), "lasts_day_pu": float(counts[flat >= DAY_H].sum()),
        "lasts_crisis_pu": float(counts[flat >= crisis_h].sum()),
    }  # fmt: skip


def expected_kwh(states: FleetStates, case: NeedCase, strategy: str, presence: str, kept_pu: float, duration_h: float
                 ) -> float:  # fmt: skip
    """E[min(need, deliverable)] of an outage that strikes at any hour of the year, kWh; 0 from a car that is away."""
    usable = usable_kwh(states, strategy, kept_pu)
    total = 0.0
    for place, season in enumerate(SEASONS):
        served = served_kwh(usable[:, place], case.by_season[season], duration_h)
        there = states.there_pu[presence][:, place]
        total += float(states.season_weight[place] * states.car_weight @ (served * there).mean(axis=1))
    return total
