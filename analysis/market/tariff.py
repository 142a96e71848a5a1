"""Turns a spot price into what a household pays for import, earns for export, and needs before two-way flow pays.

Source: METHODS 3.2; parameters ``ret.*``. Amounts per kWh exclude VAT unless the name says otherwise.
"""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.errors import DataError, Fault
from analysis.settings.parameters import ParameterSet

Price = TypeVar("Price", float, NDArray[np.float64])
ENERGY_TAX_METRIC = "energy tax on electricity excl VAT"


@dataclass(frozen=True)
class Tariff:
    """What stands between the spot price and the household.

    # ASSUME: no capacity charge by default. The national mandate is being repealed and the new model is not known
    (METHODS 3.2); the charge of a chosen grid company stands apart (:mod:`analysis.market.capacity_tariff`).
    """

    vat_pu: float
    energy_tax_sek_per_kwh: float
    grid_fee_sek_per_kwh: float
    margin_sek_per_kwh: float
    export_margin_sek_per_kwh: float
    network_benefit_sek_per_kwh: float
    tax_refund_pu: float

    def buy_sek_per_kwh(self, spot: Price) -> Price:
        """Price of one imported kWh, VAT included: (λ + m + τ + g)(1 + v)."""
        return (spot + self.margin_sek_per_kwh + self.energy_tax_sek_per_kwh + self.grid_fee_sek_per_kwh) * (
            1 + self.vat_pu
        )

    def sell_sek_per_kwh(self, spot: Price) -> Price:
        """Income of one exported kWh: λ + e + n + ρ·τ; the refund is without VAT and on exported energy only."""
        return (
            spot
            + self.export_margin_sek_per_kwh
            + self.network_benefit_sek_per_kwh
            + self.tax_refund_pu * self.energy_tax_sek_per_kwh
        )


def household_tariff(
    parameters: ParameterSet, energy_tax_sek_per_kwh: float | None = None, northern_pu: float = 0.0
) -> Tariff:
    """Build the tariff of a household from the parameters.

    # ASSUME: every price year is a sample of the years ahead, so today's energy tax (``ret.energy_tax``) applies to
    # all; a study of a past year gives that year's tax instead (:func:`energy_tax_sek_per_kwh`).

    Parameters
    ----------
    energy_tax_sek_per_kwh
        Tax excluding VAT; the parameter's value when None.
    northern_pu
        1 in a municipality with the reduced tax; for a price area the share of its cars in such municipalities, which
        gives the mean tax of its cars.
    """
    tax = parameters["ret.energy_tax"] if energy_tax_sek_per_kwh is None else energy_tax_sek_per_kwh
    return Tariff(
        vat_pu=parameters["ret.vat"],
        energy_tax_sek_per_kwh=tax - northern_pu * parameters["ret.energy_tax_northern_reduction"],
        grid_fee_sek_per_kwh=parameters["ret.grid_energy_fee"],
        margin_sek_per_kwh=parameters["ret.supplier_markup"],
        export_margin_sek_per_kwh=parameters["ret.export_margin"],
        network_benefit_sek_per_kwh=parameters["ret.network_benefit"],
        tax_refund_pu=parameters["ret.tax_refund_rho"],
    )


def energy_tax_sek_per_kwh(facts: pd.DataFrame, year: int) -> float:
    """Read the energy tax of a calendar year from the Facts table, SEK/kWh excluding VAT.

    Raises
    ------
    DataError
        If the year has no row.

    Examples
    --------
    2025 gives 0.439, 2026 gives 0.36.
    """
    rows = facts[(facts["metric"] == ENERGY_TAX_METRIC) & (facts["year"] == str(year))]
    if len(rows) != 1:
        years = ", ".join(sorted(facts.loc[facts["metric"] == ENERGY_TAX_METRIC, "year"]))
        raise DataError(Fault(f"market_facts.csv: {ENERGY_TAX_METRIC}", f"{len(rows)} rows for {year}",
                              f"one of {years}", "Add the year's tax with its source."))  # fmt: skip
    return float(rows["value"].iloc[0])


def needed_spot_sek_per_kwh(
    tariff: Tariff, bought_spot_sek_per_kwh: float, round_trip_pu: float, wear_sek_per_kwh: float, is_export: bool
) -> float:
    """Spot price at which discharging begins to pay for energy bought at another spot price.

    Parameters
    ----------
    is_export
        True: the kWh is sold to the grid; False: it replaces the household's own import.

    References
    ----------
    METHODS 3.2, check T1.

    Examples
    --------
    Bought at 0.10 with round trip 0.87 and wear 0.25: 1.33 SEK/kWh to export, 0.42 to replace own import.
    """
    must_earn = tariff.buy_sek_per_kwh(bought_spot_sek_per_kwh) / round_trip_pu + wear_sek_per_kwh
    if is_export:
        return must_earn - tariff.sell_sek_per_kwh(0.0)
    return must_earn / (1 + tariff.vat_pu) - tariff.buy_sek_per_kwh(0.0) / (1 + tariff.vat_pu)
