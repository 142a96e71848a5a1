"""Turns the Nordic requirements for reserves with limited energy into the rows that a sold kW binds.

Source: METHODS 3.4 (Table 10 of the technical requirements, valid from 1 September 2023); parameters ``res.*``.
"""

from dataclasses import dataclass, replace

from analysis.settings.parameters import ParameterSet


@dataclass(frozen=True)
class ProductRule:
    """What one kW of a product binds: power up and down (kW per kW), energy up and down (hours), energy moved.

    ``discharge_kwh_per_kw_h`` and ``charge_kwh_per_kw_h`` are the expected activation at the AC side.
    """

    power_up_pu: float
    power_down_pu: float
    energy_up_h: float
    energy_down_h: float
    discharge_kwh_per_kw_h: float
    charge_kwh_per_kw_h: float


RESTORATION_UP = ProductRule(1.0, 0.0, 1.0, 0.0, 0.0, 0.0)
RESTORATION_DOWN = ProductRule(0.0, 1.0, 0.0, 1.0, 0.0, 0.0)
"""Restoration binds its own power one way and one hour of it (METHODS 3.4)."""


@dataclass(frozen=True)
class ReserveRules:
    """The matrix of METHODS 3.4 for containment and restoration; columns add when several products are sold.

    # ASSUME: who sells aFRR or mFRR capacity prices the energy bid that comes with it at what activation costs the car
    # (energy, losses, ageing), so that activation is worth nothing and drains nothing in expectation.
    """

    fcr_n: ProductRule
    fcr_d_up: ProductRule
    fcr_d_down: ProductRule
    afrr_up: ProductRule = RESTORATION_UP
    afrr_down: ProductRule = RESTORATION_DOWN
    mfrr_up: ProductRule = RESTORATION_UP
    mfrr_down: ProductRule = RESTORATION_DOWN


def reserve_rules(parameters: ParameterSet) -> ReserveRules:
    """Build the matrix from the parameters.

    Examples
    --------
    With the defaults FCR-N binds 1.34 kW each way and 1 h each way and moves 0.11 kWh each way per kW and hour; FCR-D
    up binds 1 kW up, 0.20 kW down and 1/3 h up; aFRR and mFRR up bind 1 kW up and 1 h up.
    """
    throughput = parameters["res.act_fcrn_throughput"] / 2
    disturbance = parameters["res.act_fcrd_throughput"]
    power, opposite = parameters["res.fcrn_power_factor"], parameters["res.fcrd_opposite_power"]
    hours_n, hours_d = parameters["res.fcrn_energy"], parameters["res.fcrd_energy"]
    hours_a, hours_m = parameters["res.afrr_energy"], parameters["res.mfrr_energy"]
    return ReserveRules(
        fcr_n=ProductRule(power, power, hours_n, hours_n, throughput, throughput),
        fcr_d_up=ProductRule(1.0, opposite, hours_d, 0.0, disturbance, 0.0),
        fcr_d_down=ProductRule(opposite, 1.0, 0.0, hours_d, 0.0, disturbance),
        afrr_up=replace(RESTORATION_UP, energy_up_h=hours_a),
        afrr_down=replace(RESTORATION_DOWN, energy_down_h=hours_a),
        mfrr_up=replace(RESTORATION_UP, energy_up_h=hours_m),
        mfrr_down=replace(RESTORATION_DOWN, energy_down_h=hours_m),
    )


def reserve_shares(parameters: ParameterSet) -> tuple[float, float]:
    """Give what remains of the price and of the volume of an offer.

    Returns
    -------
    tuple[float, float]
        (1 − fee) × acceptance × availability margin, and acceptance × availability margin (METHODS 3.5).

    Examples
    --------
    Fee 0.20, acceptance 0.60, margin 0.75 give 0.36 and 0.45.
    """
    volume = parameters["res.accept_rate"] * parameters["res.kappa_fcr"]
    return (1 - parameters["res.agg_fee"]) * volume, volume


def symmetric_offer_kw(power_kw: float, rules: ReserveRules) -> tuple[float, float]:
    """Most FCR-D (up and down alike) and most FCR-N that a two-way car of equal power each way can offer at rest.

    Examples
    --------
    11 kW gives 9.17 kW of FCR-D both ways or 8.21 kW of FCR-N.
    """
    both_ways = max(
        rules.fcr_d_up.power_up_pu + rules.fcr_d_down.power_up_pu,
        rules.fcr_d_up.power_down_pu + rules.fcr_d_down.power_down_pu,
    )
    return power_kw / both_ways, power_kw / max(rules.fcr_n.power_up_pu, rules.fcr_n.power_down_pu)


def gross_reserve_value(offer_kw: float, price_per_mw_h: float, hours_per_year: float) -> float:
    """Yearly payment for a constant offer, in the money of the price, before fee, acceptance and margin.

    Examples
    --------
    8.2 kW of FCR-N at 26.89 EUR/MW,h in 16 hours a day of 365 days: 1 288 EUR.
    """
    return offer_kw / 1000.0 * price_per_mw_h * hours_per_year
