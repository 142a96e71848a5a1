"""Says what must be true for two-way flow to pay: the spot price it needs against the prices of each area and year."""

from dataclasses import replace

import pandas as pd

from analysis.market.tariff import Tariff, needed_spot_sek_per_kwh
from analysis.schemas.explain import WEDGE_CASES
from analysis.settings.parameters import ParameterSet
from analysis.units import KWH_PER_MWH, LOCAL_ZONE

CHEAP_HOURS = DEAR_HOURS = 4
"""# ASSUME: a night's charging takes the four cheapest hours of a day, a discharge the four dearest."""


def export_wedge(
    day_ahead_prices: pd.DataFrame, tariffs: dict[str, Tariff], parameters: ParameterSet, price_years: tuple[int, ...]
) -> pd.DataFrame:
    """Hold the spot price that discharging needs against what was paid (grain: price area × year × case).

    Cases: export as the law is used today; with the energy tax on exported energy refunded; without the grid's energy
    fee as well; replacing the household's own import; the same at the wear of an LFP battery. The need is a year's:
    energy is bought at the mean of the cheapest hours of the days. Prices finer than an hour are averaged to hours.

    Parameters
    ----------
    day_ahead_prices
        Contract table, real SEK.
    tariffs
        The household's tariff of each price area asked for.

    Returns
    -------
    pd.DataFrame
        Schema ExportWedge.

    References
    ----------
    METHODS 3.2, check T1.
    """
    rows = []
    for price_area, tariff in tariffs.items():
        in_area = day_ahead_prices[day_ahead_prices["price_area"] == price_area]
        local = in_area["interval_start_utc"].dt.tz_convert(LOCAL_ZONE)
        for year in price_years:
            spot = _hourly(in_area[local.dt.year == year])
            by_day = spot.groupby(pd.DatetimeIndex(spot.index).floor("D"))
            bought = float(by_day.apply(lambda day: day.nsmallest(CHEAP_HOURS).mean()).mean())
            dear = float(by_day.apply(lambda day: day.nlargest(DEAR_HOURS).mean()).mean())
            for case in WEDGE_CASES:
                needed = _needed_sek_per_mwh(case, tariff, bought, parameters)
                rows.append(
                    {"price_area": price_area, "price_year": year, "case": case, "bought_sek_per_mwh": bought,
                     "needed_sek_per_mwh": needed, "dear_sek_per_mwh": dear,
                     "reached_pu": float((spot >= needed).mean()), "day_pu": float((by_day.max() >= needed).mean())}
                )  # fmt: skip
    return pd.DataFrame(rows)


def _hourly(rows: pd.DataFrame) -> "pd.Series[float]":
    """Give the hourly mean price by local hour, both hours of a repeated one kept."""
    utc = rows.set_index("interval_start_utc")["price_sek_per_mwh"].sort_index()
    hourly = utc.groupby(pd.DatetimeIndex(utc.index).floor("h")).mean()
    hourly.index = pd.DatetimeIndex(hourly.index).tz_convert(LOCAL_ZONE).tz_localize(None)
    return hourly


def _needed_sek_per_mwh(case: str, tariff: Tariff, bought_sek_per_mwh: float, parameters: ParameterSet) -> float:
    changes = {
        "export_tax_refunded": {"tax_refund_pu": 1.0},
        "export_no_fee": {"tax_refund_pu": 1.0, "grid_fee_sek_per_kwh": 0.0},
    }
    wear = parameters["deg.c_deg_lfp" if case == "home_low_wear" else "deg.c_deg_nmc"]
    needed = needed_spot_sek_per_kwh(
        replace(tariff, **changes.get(case, {})), bought_sek_per_mwh / KWH_PER_MWH, parameters["loss.rte_11kw"], wear,
        is_export=case.startswith("export"),
    )  # fmt: skip
    return needed * KWH_PER_MWH
