"""Turns the table of grid tariffs into what one tariff changes for a household: energy fee, feed-in, power charge.

A run names a tariff (``assumptions.grid_tariff``); the energy tax is that of today or of each price year
(``assumptions.energy_tax``). Source: METHODS 3.2; ``data/reference/grid_tariffs.csv`` (price lists held against the
companies' pages) and ``data/assumptions/grid_tariff_archetypes.csv``.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from analysis.errors import DataError, Fault
from analysis.market.capacity_tariff import MONTHS, CapacityTariff
from analysis.market.tariff import energy_tax_sek_per_kwh
from analysis.settings.parameters import ParameterSet

ARCHETYPE = "archetype"
"""Operator of a tariff that is no company's: there an empty energy fee means that the parameter holds."""
TAX_OF_TODAY = "parameter"
TAX_OF_PRICE_YEAR = "price_year"


@dataclass(frozen=True)
class GridTariff:
    """One tariff, amounts without VAT. None: the parameter holds. ``charges`` add up; none: no power charge.

    ``unstated`` names what the price list charges and one fee and a :class:`CapacityTariff` cannot say.
    """

    tariff_id: str
    energy_fee_sek_per_kwh: float | None
    network_benefit_sek_per_kwh: float | None
    feed_in_fee_sek_per_year: float
    charges: tuple[CapacityTariff, ...]
    unstated: tuple[str, ...]

    @property
    def charge(self) -> CapacityTariff | None:
        """The power charge; None where the tariff has none.

        Raises
        ------
        DataError
            As :meth:`refuse_what_is_not_billed`.
        """
        self.refuse_what_is_not_billed()
        return self.charges[0] if self.charges else None

    def refuse_what_is_not_billed(self) -> None:
        """Refuse a tariff of which dispatch would bill a part only.

        Raises
        ------
        DataError
            If it has several charges beside each other, or a part that cannot be stated.
        """
        found = [*self.unstated, *([f"{len(self.charges)} charges beside each other"] if len(self.charges) > 1 else [])]
        if found:
            raise DataError(
                Fault(f"grid tariff {self.tariff_id}: {what}", "a tariff that dispatch cannot bill whole",
                      "one energy fee, one window of hours, every peak at its full height", "Choose another tariff.")
                for what in found
            )  # fmt: skip


def grid_tariff(table: pd.DataFrame, tariff_id: str) -> GridTariff:
    """Read one tariff from ``GridTariffs``; bands of the same hours and other months are one charge.

    Raises
    ------
    DataError
        If no tariff has that name.

    Examples
    --------
    ``sollentuna_energi_miljo`` charges the mean of three working days' highest hours from 7 to before 19: 108 SEK per
    kW from November to March, 54 in other months.
    """
    bands = table[table["tariff_id"] == tariff_id].sort_values("band")
    if bands.empty:
        names = ", ".join(sorted(set(table["tariff_id"])))
        raise DataError(
            Fault("assumptions.grid_tariff", repr(tariff_id), f"one of {names}", "Add its rows, or choose another.")
        )
    first = bands.iloc[0]
    charges, unstated = _charges(bands)
    fee_sek_per_year = first["feed_in_fee_sek_per_year"]
    return GridTariff(
        tariff_id=tariff_id,
        energy_fee_sek_per_kwh=_given(first["energy_fee_sek_per_kwh"]),
        network_benefit_sek_per_kwh=_given(first["network_benefit_sek_per_kwh"]),
        feed_in_fee_sek_per_year=_given(fee_sek_per_year) or 0.0,
        charges=charges,
        unstated=unstated,
    )


def _given(value: float) -> float | None:
    return None if pd.isna(value) else float(value)


def _charges(bands: pd.DataFrame) -> tuple[tuple[CapacityTariff, ...], tuple[str, ...]]:
    charged = bands[bands["hours"] != "none"]
    unstated = []
    if (bands["energy_fee_sek_per_kwh"].isna() & (bands["operator"] != ARCHETYPE)).any():
        unstated.append("an energy fee that differs by hour")
    if (charged["hours"] == "rest").any():
        unstated.append("a charge on the hours outside its windows")
    if (charged["reduced_pu"] < 1).any():
        unstated.append("peaks of some hours at a part of their height")
    if (charged["hour_end"] <= charged["hour_first"]).any():
        unstated.append("a window over midnight")
    stated = charged[(charged["hours"] != "rest") & (charged["hour_end"] > charged["hour_first"])]
    keys = ["hour_first", "hour_end", "days", "peak_count", "is_one_per_day"]
    charges = [
        CapacityTariff(
            price_sek_per_kw_month=_monthly(group), peak_count=int(str(count)), one_per_day=bool(one_per_day),
            weekdays_only=days == "working_days", first_hour=int(str(first)), end_hour=int(str(end)),
        )
        for (first, end, days, count, one_per_day), group in stated.groupby(keys, sort=True)
    ]  # fmt: skip
    return tuple(charges), tuple(unstated)


def _monthly(bands: pd.DataFrame) -> tuple[float, ...]:
    """Price of each month, January first; bands of the same hours and month add up."""
    prices = [0.0] * MONTHS
    for band in bands.to_dict("records"):
        first, last = int(band["month_first"]), int(band["month_last"])
        for step in range((last - first) % MONTHS + 1):
            prices[(first - 1 + step) % MONTHS] += float(band["capacity_price_sek_per_kw_month"])
    return tuple(prices)


def parameters_of_price_year(
    parameters: ParameterSet, tariff: GridTariff, facts: pd.DataFrame, *, energy_tax: str, price_year: int
) -> ParameterSet:
    """Lay a tariff's energy fee and network benefit, and the tax of the price year where asked, over the parameters.

    Parameters
    ----------
    facts
        ``Facts``; read for the tax of the year only.
    energy_tax
        ``parameter``: that of ``ret.energy_tax`` for every price year; ``price_year``: what the law said that year.

    Returns
    -------
    ParameterSet
        The same set where tariff and tax are those of the parameters.

    Raises
    ------
    DataError
        If the tax of the price year is asked for and not in the facts, or the tariff cannot be billed whole.

    Examples
    --------
    Price year 2025 by ``price_year``: 0.439 SEK/kWh in place of 0.36.
    """
    tariff.refuse_what_is_not_billed()
    laid: dict[str, float] = {}
    for name, value in (
        ("ret.grid_energy_fee", tariff.energy_fee_sek_per_kwh),
        ("ret.network_benefit", tariff.network_benefit_sek_per_kwh),
    ):
        if value is not None:
            laid[name] = value
    if energy_tax == TAX_OF_PRICE_YEAR:
        laid["ret.energy_tax"] = energy_tax_sek_per_kwh(facts, price_year)
    return _with(parameters, laid)


def _with(parameters: ParameterSet, laid: Mapping[str, float]) -> ParameterSet:
    return parameters.with_values(laid) if laid else parameters
