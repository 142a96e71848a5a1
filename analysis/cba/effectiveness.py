"""Turns outlay and additional firm power into what a firm kW costs the state a year, and what support breaks even."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.cba.discounting import annuity_factor

Cube = NDArray[np.float64]


def levelised_sek_per_kw_year(paid_sek: ArrayLike, public_funds_pu: float, kw_years: ArrayLike) -> Cube:
    """Cost to public funds of one additional firm kW for a year.

    Both sides are present values: with the same power every year, this is the annuity of the outlay over that power.

    Parameters
    ----------
    paid_sek
        Present value of what the state pays to all recipients, free riders included.
    public_funds_pu
        Marginal cost of public funds.
    kw_years
        Present value of additional firm discharge by year: 95 %, one hour, mean of the 50 dearest hours.

    Returns
    -------
    NDArray
        NaN where nothing firm is added: there is no price for nothing.

    References
    ----------
    METHODS 6 (cost-effectiveness).

    Examples
    --------
    10 MSEK at 1.3 for 1 000 kW over ten years at 3.5 %: 13 MSEK / 8 316.6 kW-years = 1 563 SEK per firm kW and year.
    """
    firm = np.asarray(kw_years, dtype=float)
    whole = np.asarray(paid_sek, dtype=float) * public_funds_pu
    return np.asarray(np.divide(whole, firm, out=np.full(np.broadcast(whole, firm).shape, np.nan), where=firm > 1e-6))


def free_rider_pu(with_support: ArrayLike, without_support: ArrayLike) -> Cube:
    """Share of recipients who would have bought without support; NaN where there is no recipient.

    Examples
    --------
    100 recipients of whom 40 bought anyway: 0.4.
    """
    recipients = np.asarray(with_support, dtype=float)
    anyway = np.minimum(np.asarray(without_support, dtype=float), recipients)
    return np.asarray(np.divide(anyway, recipients, out=np.full(recipients.shape, np.nan), where=recipients > 1e-9))


def break_even_support_sek(one_off_sek: ArrayLike, yearly_value_pv_sek: ArrayLike, pass_through_pu: ArrayLike) -> Cube:
    """Support at which the buyer's present value is zero; 0 where it is positive without support.

    References
    ----------
    METHODS 6 (break-even subsidy).
    """
    shortfall = np.asarray(one_off_sek, dtype=float) - np.asarray(yearly_value_pv_sek, dtype=float)
    return np.asarray(np.maximum(shortfall, 0.0) / np.asarray(pass_through_pu, dtype=float))


def home_battery_sek_per_kw_year(
    draws: Mapping[str, Cube], free_rider_share_pu: ArrayLike, public_funds_pu: float, rate_pu: float
) -> Cube:
    """Cost to public funds of an additional firm kW for a year where the same money goes to home batteries.

    The support is a share of the battery's price. As many of those who get it would have bought without it as of those
    who get the support that it is compared with.

    Parameters
    ----------
    draws
        Price, capacity, power, availability, life and support of a home battery (``alt.battery_*``).

    Returns
    -------
    NDArray
        SEK/kW,year per draw; NaN where everybody would have bought.

    Examples
    --------
    10 kWh at 9 000 SEK and 48.5 % support for 4.75 firm kW, 1.3, 3.5 % over 15 years (11.5174), nobody a free rider:
    1.3 · 43 650 / (4.75 · 11.5174) = 1 037 SEK.
    """
    # ASSUME: a home battery and a two-way charger are compared by firm power for one hour alone; what else either does
    # for its owner is not.
    support = draws["alt.battery_support"] * draws["alt.battery_price"] * draws["alt.battery_capacity"]
    held_kw = np.minimum(draws["alt.battery_power"], draws["alt.battery_capacity"]) * draws["alt.battery_available"]
    added = held_kw * (1.0 - np.asarray(free_rider_share_pu, dtype=float))
    life = annuity_factor(rate_pu, round(float(draws["alt.battery_life"][0])))
    return levelised_sek_per_kw_year(support, public_funds_pu, added * life)
