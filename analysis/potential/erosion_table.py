"""Turns months of every product and area into the table of evidence on erosion, with a verdict for each."""

import numpy as np
import pandas as pd

from analysis.potential.erosion import (
    LEAST_SUPPLY_CHANGE_PU,
    NORMAL_95,
    RULES,
    TESTS,
    Prior,
    controls,
    fit_exponent,
    misses,
)
from analysis.potential.erosion_months import LEAST_GROWTH, MOST_GROWTH, Case, supply_mw

# ASSUME: a dozen months and as many again to be foretold are the least that can tell an exponent from a season.
LEAST_MONTHS = 18
NO_FIT = (
    "free_exponent_pu", "free_error_pu", "exponent_pu", "exponent_low_pu", "exponent_high_pu",
    "least_supply_exponent_pu", "most_supply_exponent_pu",
)  # fmt: skip
TEXT = ("product", "price_area", "test", "status", "first_month", "last_month", "best_rule", "verdict")


def erosion_fit(
    months: pd.DataFrame, volumes: pd.DataFrame, prior: Prior, s_ratio: tuple[float, float, float]
) -> pd.DataFrame:
    """Fit every product and area, and hold the fit against trend, constant and prior.

    Parameters
    ----------
    months
        :func:`analysis.potential.erosion_months.monthly_reserves`.
    volumes
        ``PrequalifiedVolumes``.
    prior, s_ratio
        Exponent before the data, and prequalified over bought MW (central, low, high).

    Returns
    -------
    pd.DataFrame
        Schema ErosionFit: two rows (tests) for each product and area with at least :data:`LEAST_MONTHS` months.
    """
    rows = []
    for (product, area), found in months.groupby(["product", "price_area"], sort=True):
        if len(found) < LEAST_MONTHS:
            continue
        place = {"product": product, "price_area": area, **_span(found)}
        rows += [{**place, **row} for row in _rows(found.reset_index(drop=True), volumes, prior, s_ratio)]
    return pd.DataFrame(rows).astype(dict.fromkeys(TEXT, "str"))


def _span(found: pd.DataFrame) -> dict[str, object]:
    first, last = found.iloc[:12], found.iloc[-12:]
    return {
        "first_month": str(found["month"].iloc[0]), "last_month": str(found["month"].iloc[-1]),
        "month_count": len(found),
        "price_first_sek_per_mw_h": float(first["price_sek_per_mw_h"].mean()),
        "price_last_sek_per_mw_h": float(last["price_sek_per_mw_h"].mean()),
        "volume_first_mw": float(first["volume_mw"].mean()), "volume_last_mw": float(last["volume_mw"].mean()),
    }  # fmt: skip


def _rows(
    found: pd.DataFrame, volumes: pd.DataFrame, prior: Prior, s_ratio: tuple[float, float, float]
) -> list[dict[str, object]]:
    supply = supply_mw(found, volumes, s_ratio)
    nothing: dict[str, object] = {name: float("nan") for name in (*NO_FIT, *(f"{rule}_miss_pu" for rule in RULES))}
    ends = {"supply_first_mw": float("nan"), "supply_last_mw": float("nan")}
    if supply is not None:
        ends = {"supply_first_mw": float(supply[:12].mean()), "supply_last_mw": float(supply[-12:].mean())}
    if supply is None or float(np.ptp(np.log(supply))) < LEAST_SUPPLY_CHANGE_PU:
        status = "supply_unknown" if supply is None else "supply_still"
        empty = {**nothing, **ends, "status": status, "held_out_count": 0, "best_rule": "none", "verdict": "prior"}
        return [{**empty, "test": test} for test in TESTS]
    fitted = _fitted(found, volumes, prior, s_ratio, supply)
    tested = {test: misses(found, supply, prior, test) for test in TESTS}
    wins = all(miss["fit"] < min(miss[rule] for rule in RULES if rule != "fit") for miss, _ in tested.values())
    return [
        {**fitted, **ends, "status": "fitted", "test": test, "held_out_count": count,
         **{f"{rule}_miss_pu": miss[rule] for rule in RULES}, "best_rule": min(RULES, key=lambda rule: miss[rule]),
         "verdict": "fit" if wins else "prior"}
        for test, (miss, count) in tested.items()
    ]  # fmt: skip


def _fitted(
    found: pd.DataFrame,
    volumes: pd.DataFrame,
    prior: Prior,
    s_ratio: tuple[float, float, float],
    supply: np.ndarray,
) -> dict[str, float]:
    log_price, design = np.log(found["price_sek_per_mw_h"].to_numpy(float)), controls(found)
    middle = fit_exponent(log_price, np.log(supply), design, prior)

    def of(case: Case) -> float:
        other = supply_mw(found, volumes, s_ratio, case)
        assert other is not None
        return fit_exponent(log_price, np.log(other), design, prior).value

    return {
        "free_exponent_pu": middle.free, "free_error_pu": middle.free_error, "exponent_pu": middle.value,
        "exponent_low_pu": middle.value - NORMAL_95 * middle.error,
        "exponent_high_pu": middle.value + NORMAL_95 * middle.error,
        "least_supply_exponent_pu": of(LEAST_GROWTH), "most_supply_exponent_pu": of(MOST_GROWTH),
    }  # fmt: skip
