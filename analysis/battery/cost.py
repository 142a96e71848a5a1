"""Turns the ageing of a car with V2X, and of the same car charged well without it, into a cost per kWh discharged.

The counterfactual ages too: V2X that keeps the battery emptier can age it *less* than one-way charging does, and then
the cost is negative. It is given as it comes out; who pays a dispatch with it must decide what a bonus for discharging
would mean. Source: METHODS 3.7.
"""

from dataclasses import replace

from analysis.battery.ageing import Duty, ageing_cost_per_kwh, lfp_parts_pu, nmc_parts_pu
from analysis.settings.parameters import ParameterSet

CHEMISTRIES = ("nmc", "lfp")
BASES = ("capacity", "end_of_life")
"""``capacity``: the lost capacity is worth what new capacity costs. ``end_of_life``: a pack is spent at
``deg.soh_eol``, so that each lost share costs 1/(1 − end of life) as much."""
FIRST_CYCLE_PU = 1e-3
"""Share of a full cycle a year that stands for the first kWh."""

_PARTS = {"nmc": nmc_parts_pu, "lfp": lfp_parts_pu}


def loss_pu(parameters: ParameterSet, chemistry: str, duty: Duty) -> float:
    """Capacity lost over the years of a duty, by chemistry (``nmc`` or ``lfp``)."""
    return sum(_PARTS[chemistry](parameters, duty))


def standing_loss_pu(parameters: ParameterSet, chemistry: str, duty: Duty) -> float:
    """The part of :func:`loss_pu` that comes from standing; the rest comes from cycling."""
    return _PARTS[chemistry](parameters, duty)[0]


def pack_price_sek_per_kwh(parameters: ParameterSet, chemistry: str) -> float:
    """Price of a pack as car makers pay it, real SEK of the price year per kWh.

    # ASSUME: the price of packs, not of spare parts (``deg.retail_pack_factor`` times as much): METHODS 3.7.

    Examples
    --------
    NMC: 128 USD/kWh at 9.79 SEK/USD is 1 253 SEK/kWh; LFP: 81 USD/kWh is 793 SEK/kWh.
    """
    return parameters[f"deg.pack_price_{chemistry}"] * parameters["deg.sek_per_usd"]


def net_wear_sek_per_kwh(
    parameters: ParameterSet,
    chemistry: str,
    basis: str,
    *,
    with_v2x: Duty,
    without: Duty,
    discharge_ac_kwh_per_year: float,
) -> float:
    """Cost of ageing per kWh that V2X discharges, over the years of the duties; negative where V2X spares the battery.

    c = [loss with V2X − loss without]·E_cap·Π / kWh discharged, on the end-of-life basis over (1 − SoH_eol) too.

    Parameters
    ----------
    with_v2x, without
        The same car with V2X and as optimised one-way charging, over the same years.
    discharge_ac_kwh_per_year
        What V2X discharges, kWh AC. Where it is zero the cost of the first kWh stands in: the change of loss that a
        thousandth of a full cycle a year would make to the duty without V2X.

    References
    ----------
    METHODS 3.7; check T6.

    Examples
    --------
    NMC, 60 kWh, 2 500 kWh a year driven, 1 500 of V2X, 30 % deep in both: 0.11 and 0.37 SEK/kWh; LFP 0.006 and 0.021.
    """
    years, capacity_kwh = without.years, without.capacity_kwh
    discharged = discharge_ac_kwh_per_year
    if discharged <= 0:
        discharged = FIRST_CYCLE_PU * capacity_kwh
        with_v2x = replace(without, discharge_dc_kwh_per_year=without.discharge_dc_kwh_per_year + discharged)
    extra = loss_pu(parameters, chemistry, with_v2x) - loss_pu(parameters, chemistry, without)
    price = pack_price_sek_per_kwh(parameters, chemistry)
    costs = ageing_cost_per_kwh(extra, capacity_kwh, price, discharged * years, parameters["deg.soh_eol"])
    return dict(zip(BASES, costs, strict=True))[basis]
