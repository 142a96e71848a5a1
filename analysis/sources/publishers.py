"""Joins tables of several publishers into one: where they overlap they must agree, else nothing is written."""

import logging
from collections.abc import Mapping

import pandas as pd

from analysis.errors import DataError, Fault
from analysis.io import check_table, normalise
from analysis.schemas.market import DayAheadQuotes, ReserveQuotes
from analysis.sources.descriptor import Descriptor

log = logging.getLogger(__name__)

PRICE_TOLERANCE_EUR_PER_MWH = 0.01 + 0.005
# ASSUME: publishers round to 0.01 EUR/MWh (elprisetjustnu: 0.00001 EUR/kWh); equal within that and half a last digit.
HOUR = pd.Timedelta(hours=1)
MAX_FAULTS = 20


def combine_quotes(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Join day-ahead quotes of several publishers.

    Parameters
    ----------
    tables
        Publisher (name of its descriptor) to ``DayAheadQuotes``. The order is the order of preference.

    Returns
    -------
    pd.DataFrame
        ``DayAheadQuotes``. Hours that several publishers give come from the one with the finer step, else from the
        first; an hour of 15-minute quotes is compared by its mean. Hourly and 15-minute days may share a year.

    Raises
    ------
    DataError
        With each area and hour in which two publishers differ by more than the tolerance, both values, and the count.
    """
    kept: pd.DataFrame | None = None
    kept_names: list[str] = []
    faults: list[Fault] = []
    for name, table in tables.items():
        if kept is None:
            kept, kept_names = table, [name]
            continue
        faults += _disagreements(kept, table, " and ".join(kept_names), name)
        kept = _joined(kept, table)
        kept_names.append(name)
    if faults:
        raise DataError(faults)
    if kept is None:
        raise DataError(
            Fault("day-ahead quotes", "no table", "at least one publisher", "Fill inputs.day_ahead_prices.")
        )
    ordered = kept.sort_values(["price_area", "interval_start_utc"], kind="stable").reset_index(drop=True)
    return check_table(normalise(ordered), DayAheadQuotes, "combined day-ahead quotes")


def _hourly(table: pd.DataFrame) -> pd.DataFrame:
    hours = table.assign(hour_utc=table["interval_start_utc"].dt.floor("h"))
    return hours.groupby(["price_area", "hour_utc"], as_index=False).agg(
        price=("price_eur_nominal_per_mwh", "mean"), covered_h=("step_h", "sum"), step_h=("step_h", "min")
    )


def _disagreements(first: pd.DataFrame, second: pd.DataFrame, first_name: str, second_name: str) -> list[Fault]:
    common = _hourly(first).merge(_hourly(second), on=["price_area", "hour_utc"], suffixes=("_first", "_second"))
    whole = (common["covered_h_first"] - common["covered_h_second"]).abs() < 1e-9
    difference = (common["price_first"] - common["price_second"]).abs()
    apart = common[whole & (difference > PRICE_TOLERANCE_EUR_PER_MWH)]
    log.info("%s and %s: %d common hours, %d apart", first_name, second_name, len(common), len(apart))
    return [
        Fault(f"{area} {row.hour_utc:%Y-%m-%d %H:%M} UTC",
              f"{row.price_first:.2f} EUR/MWh in {first_name} and {row.price_second:.2f} in {second_name} "
              f"({len(rows)} of {int((common['price_area'] == area).sum())} common hours differ)",
              f"equal within {PRICE_TOLERANCE_EUR_PER_MWH:g} EUR/MWh",
              "Check area, unit and clock of both descriptors; drop one publisher if it is wrong.")
        for area, rows in apart.groupby("price_area", sort=True)
        for row in rows.head(MAX_FAULTS).itertuples()
    ]  # fmt: skip


def _joined(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """Per area and hour the finer table, on a tie the first."""
    one, two = (table.assign(hour_utc=table["interval_start_utc"].dt.floor("h")) for table in (first, second))
    keys = ["price_area", "hour_utc"]
    steps = _hourly(first)[[*keys, "step_h"]].merge(
        _hourly(second)[[*keys, "step_h"]], on=keys, how="inner", suffixes=("_first", "_second")
    )
    finer = pd.MultiIndex.from_frame(steps.loc[steps["step_h_second"] < steps["step_h_first"], keys])
    common = pd.MultiIndex.from_frame(steps[keys])
    in_one, in_two = pd.MultiIndex.from_frame(one[keys]), pd.MultiIndex.from_frame(two[keys])
    chosen = [one[~in_one.isin(finer)], two[~in_two.isin(common) | in_two.isin(finer)]]
    return pd.concat(chosen, ignore_index=True).drop(columns="hour_utc")


def combine_reserve_quotes(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Join reserve quotes of several publishers; equal rows are kept once, rows that differ are faults.

    Raises
    ------
    DataError
        With product, area, hour and both prices, where two publishers differ by more than the tolerance.
    """
    keys = ["product", "price_area", "interval_start_utc"]
    stacked = pd.concat([table.assign(publisher=name) for name, table in tables.items()], ignore_index=True)
    price = stacked.groupby(keys)["price_eur_nominal_per_mw_h"]
    apart = stacked[(price.transform("max") - price.transform("min")) > PRICE_TOLERANCE_EUR_PER_MWH]
    if len(apart):
        raise DataError(
            Fault(f"{product} {area} {hour:%Y-%m-%d %H:%M} UTC",
                  " and ".join(f"{row.price_eur_nominal_per_mw_h:.2f} in {row.publisher}" for row in rows.itertuples())
                  + f" ({len(apart) // 2} such hours)", f"equal within {PRICE_TOLERANCE_EUR_PER_MWH:g} EUR/MW,h",
                  "Check both descriptors; drop one publisher if it is wrong.")
            for (product, area, hour), rows in list(apart.groupby(keys, sort=True))[:MAX_FAULTS]
        )  # fmt: skip
    once = stacked.drop_duplicates(keys).drop(columns="publisher").sort_values(keys, kind="stable")
    return check_table(normalise(once), ReserveQuotes, "combined reserve quotes")


def without_overlap(
    tables: Mapping[str, pd.DataFrame], descriptors: Mapping[str, Descriptor]
) -> dict[str, pd.DataFrame]:
    """Leave out rows that another descriptor, which is read too, also publishes (``overlap`` of the descriptor)."""
    kept: dict[str, pd.DataFrame] = {}
    for name, table in tables.items():
        rule = descriptors[name].overlap
        if rule is not None and rule.descriptor in tables:
            same = table[rule.field].isin(list(rule.values))
            log.info("%s: left out %d rows that %s holds too", name, int(same.sum()), rule.descriptor)
            table = table[~same]
        kept[name] = table
    return kept
