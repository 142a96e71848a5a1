"""Turns what each car got, with limited and with perfect foresight, into the foresight ratio κ with its interval."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.schemas.foresight import BASES
from analysis.units import DAYS_PER_WEEK

LEAST_PERFECT_SEK_PER_WEEK = 0.5
"""# ASSUME: below half a crown a car and week even perfect foresight gives nothing that a ratio could tell apart."""
DRAW_COUNT = 2_000
LEAST_DRAWS_PU = 0.9
QUANTILES_PU = (0.05, 0.95)
BOOTSTRAP_STAGE = 43
GROUP = ["price_area", "price_year", "strategy", "bidding"]


def foresight_ratios(vehicles: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Give κ per price area, price year, strategy and bidding, over charging at once and over smart charging.

    κ is a ratio of sums over cars, so that a car with little to gain weighs little.

    Parameters
    ----------
    vehicles
        ForesightVehicles.
    seed
        Seed of the run.

    Returns
    -------
    pd.DataFrame
        Foresight.

    Examples
    --------
    Two cars that would save 10 and 30 SEK with perfect foresight and save 5 and 25: κ = 30 / 40 = 0.75.
    """
    gains = with_gains(vehicles)
    rows = []
    for key, part in gains.groupby(GROUP, sort=True):
        for over in BASES:
            if over == part["strategy"].iloc[0]:
                continue
            random = np.random.default_rng([seed, BOOTSTRAP_STAGE])
            rows.append({**dict(zip(GROUP, key, strict=True)), "over": over, **_ratio(part, over, random)})
    return pd.DataFrame(rows)


def with_gains(vehicles: pd.DataFrame) -> pd.DataFrame:
    """Add what each strategy gains over charging at once and over smart charging under the same knowledge."""
    car = ["price_area", "price_year", "vehicle_id"]
    smart = vehicles[vehicles["strategy"] == "smart"].set_index(car)
    base = smart.loc[pd.MultiIndex.from_frame(vehicles[car])]
    gains = vehicles.copy()
    extra = vehicles["road_extra_sek_per_kwh"].to_numpy()
    for kind in ("realised", "perfect"):
        for over, rows, other in (("uncontrolled", vehicles, "uncontrolled"), ("smart", base, kind)):
            gain = rows[f"net_{other}_cost_sek"].to_numpy() - vehicles[f"net_{kind}_cost_sek"].to_numpy()
            spared = rows[f"{other}_forced_kwh"].to_numpy() - vehicles[f"{kind}_forced_kwh"].to_numpy()
            gains[f"{kind}_over_{over}_sek"] = gain
            gains[f"{kind}_over_{over}_without_road_sek"] = gain - spared * extra
    return gains


def _ratio(cars: pd.DataFrame, over: str, random: np.random.Generator) -> dict[str, object]:
    weeks = float(cars["horizon_days"].sum()) / DAYS_PER_WEEK
    realised = cars[f"realised_over_{over}_sek"].to_numpy(float)
    perfect = cars[f"perfect_over_{over}_sek"].to_numpy(float)
    realised_else, perfect_else = (float(cars[f"{kind}_over_{over}_without_road_sek"].sum())
                                   for kind in ("realised", "perfect"))  # fmt: skip
    sold = float(cars["sold_kw_h"].sum())
    reason = reason_without_ratio(float(perfect.sum()) / weeks)
    low, high = (np.nan, np.nan) if reason else _interval(realised, perfect, cars["horizon_days"].to_numpy(), random)
    return {
        "net_realised_sek_per_week": float(realised.sum()) / weeks,
        "net_perfect_sek_per_week": float(perfect.sum()) / weeks,
        "ratio_pu": np.nan if reason else float(realised.sum() / perfect.sum()),
        "ratio_without_road_pu": np.nan if reason_without_ratio(perfect_else / weeks) else realised_else / perfect_else,
        "ratio_low_pu": low,
        "ratio_high_pu": high,
        "reason": reason,
        "vehicle_count": len(cars),
        "horizon_days": float(cars["horizon_days"].sum()),
        "realised_forced_kwh_per_week": float(cars["realised_forced_kwh"].sum()) / weeks,
        "perfect_forced_kwh_per_week": float(cars["perfect_forced_kwh"].sum()) / weeks,
        "withdrawn_pu": float(cars["withdrawn_kw_h"].sum()) / sold if sold > 0 else np.nan,
    }


def reason_without_ratio(perfect_sek_per_week: float) -> str:
    """Say why there is no ratio; empty where there is one."""
    if perfect_sek_per_week <= 0:
        return "perfect foresight gains nothing"
    if perfect_sek_per_week < LEAST_PERFECT_SEK_PER_WEEK:
        return f"perfect foresight gains less than {LEAST_PERFECT_SEK_PER_WEEK} SEK a car and week"
    return ""


def _interval(
    realised: NDArray[np.float64], perfect: NDArray[np.float64], days: NDArray[np.float64], random: np.random.Generator
) -> tuple[float, float]:
    """5 and 95 % of the ratio over cars drawn with replacement; none where a tenth of the draws has no denominator."""
    count = len(realised)
    if count < 2:
        return np.nan, np.nan
    drawn = random.integers(0, count, (DRAW_COUNT, count))
    bottom = perfect[drawn].sum(axis=1)
    holds = bottom / (days[drawn].sum(axis=1) / DAYS_PER_WEEK) >= LEAST_PERFECT_SEK_PER_WEEK
    if holds.mean() < LEAST_DRAWS_PU:
        return np.nan, np.nan
    ratios = realised[drawn].sum(axis=1)[holds] / bottom[holds]
    low, high = np.quantile(ratios, QUANTILES_PU)
    return float(low), float(high)
