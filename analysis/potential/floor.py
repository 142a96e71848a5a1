"""Turns wear, losses, standby and the aggregator's fee into the lowest reserve price at which a car still gains.

ASSUME: below its floor a group is left to others, so that the price does not fall further because of cars. Standby is
a loss like any other and falls on the offer of one group at a time; the cells are the NMC kind.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.errors import DataError, Fault
from analysis.fleet.stock import Numbers
from analysis.market.reserve_rules import ReserveRules, symmetric_offer_kw
from analysis.units import KW_PER_MW

FLOOR_PARAMETERS = ("deg.c_deg_nmc", "loss.P_standby_enabled", "loss.rte_11kw")


@dataclass(frozen=True)
class Floors:
    """Lowest price by group, SEK per MW and hour; FCR-D is the mean of up and down."""

    fcr_n_sek_per_mw_h: np.ndarray
    fcr_d_sek_per_mw_h: np.ndarray


def restoration_floor_sek_per_mw_h(numbers: Numbers, power_kw: float, import_price: float, price_share: float) -> float:
    """Lowest price of aFRR and mFRR capacity that pays for staying awake, SEK per MW and hour.

    Energy and wear of an activation are paid by the energy bid that goes with it (reserve rules), so that standby is
    what is left.

    Examples
    --------
    Standby 0.15 kW at 1.20 SEK/kWh over 11 kW, with 0.36 of the price left: 45 SEK per MW and h.
    """
    standby_kw = float(numbers["loss.P_standby_enabled"])
    return standby_kw * import_price / price_share * KW_PER_MW / power_kw


def import_price_sek_per_kwh(dispatch_values: pd.DataFrame, vat_pu: float) -> float:
    """Mean price that households of the sample pay for energy, with grid fee, tax and VAT (optimised V1G runs).

    Raises
    ------
    DataError
        If there is no V1G run that imports.
    """
    rows = dispatch_values[dispatch_values["strategy"] == "smart"]
    energy = float(rows["import_kwh"].sum())
    if energy <= 0:
        raise DataError(Fault("dispatch_values smart", "no import", "V1G runs with import", "Run the dispatch again."))
    parts = ("net_spot_import_sek", "retail_margin_sek", "energy_tax_sek", "grid_fee_sek")
    return float(sum(rows[part].sum() for part in parts)) * (1 + vat_pu) / energy


def price_floors(
    numbers: Numbers, rules: ReserveRules, power_kw: float, import_price: float, shares: tuple[float, float]
) -> Floors:
    """Find the price at which one car's offer just pays for what it costs the household.

    Parameters
    ----------
    numbers
        Values or draws of :data:`FLOOR_PARAMETERS`.
    rules
        What an offer binds and moves.
    power_kw
        Power of the charger.
    import_price
        SEK per kWh that replaces a loss.
    shares
        What is left of price and of volume (``reserve_shares``).

    References
    ----------
    METHODS 4: floor = marginal cost (ageing, losses, aggregator).

    Examples
    --------
    Standby 0.15 kW at 1.20 SEK/kWh over 9.17 kW up and 9.17 kW down, with 0.36 of the price left: 27 SEK per MW and h.
    """
    wear, standby, round_trip = (np.atleast_1d(np.asarray(numbers[name], dtype=float)) for name in FLOOR_PARAMETERS)
    offer_d_kw, offer_n_kw = symmetric_offer_kw(power_kw, rules)
    price_share, volume_share = shares
    loss = (1 / round_trip - 1) * import_price
    kept = price_share / volume_share
    activation_n = KW_PER_MW * rules.fcr_n.discharge_kwh_per_kw_h * (wear + loss) / kept
    activation_d = KW_PER_MW * rules.fcr_d_up.discharge_kwh_per_kw_h * (wear + loss) / 2 / kept
    standby_sek_per_h = standby * import_price / price_share
    return Floors(
        fcr_n_sek_per_mw_h=activation_n + standby_sek_per_h * KW_PER_MW / offer_n_kw,
        fcr_d_sek_per_mw_h=activation_d + standby_sek_per_h * KW_PER_MW / (2 * offer_d_kw),
    )
