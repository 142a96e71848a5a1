"""Builds a vehicle's problem from its car, charger, site and week, and solves it under every strategy.

Strategies are what the car may do, on the same trips, prices and physics: charge at once, charge well (V1G), serve the
house (V2H), sell to the grid (V2G), sell reserves too.
"""

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from analysis.dispatch.branching import DEFAULT_LIMITS, SearchLimits
from analysis.dispatch.inputs import MarketWeek
from analysis.dispatch.linear import LinearModel
from analysis.dispatch.options import ChargerPhysics, connection_limit_kw
from analysis.dispatch.problem import Dispatch, Strategy, Vector, VehicleProblem
from analysis.dispatch.products import RESTORATION, Product
from analysis.dispatch.requirement import energy_ceiling_kwh, required_energy_kwh, uncontrolled
from analysis.market.capacity_tariff import CapacityTariff, PeakCharge, peak_charge
from analysis.market.reserve_rules import ReserveRules, reserve_rules, reserve_shares
from analysis.market.tariff import Tariff, household_tariff
from analysis.settings.model import ReserveLevel
from analysis.settings.parameters import ParameterSet

UNCONTROLLED = Strategy("uncontrolled")
SMART = Strategy("smart")
HOME = Strategy("home", self_use=True)
GRID = Strategy("grid", self_use=True, export=True)
TWO_WAY = {HOME: SMART, GRID: HOME}
"""Each two-way strategy on energy alone, in the order it is solved, and the one whose schedule it may fall back on."""


@dataclass(frozen=True)
class Terms:
    """What is alike for all cars of a run: tariff, reserve rules, shares, wear, standby, levels, capacity tariff."""

    parameters: ParameterSet
    tariff: Tariff
    rules: ReserveRules
    reserve_net_pu: float
    reserve_volume_pu: float
    levels: tuple[ReserveLevel, ...]
    step_h: float
    limits: SearchLimits = DEFAULT_LIMITS
    capacity: CapacityTariff | None = None

    @property
    def restoration(self) -> tuple[Product, ...]:
        """Products of aFRR and mFRR that some level sells."""
        return RESTORATION if any(level.afrr_mfrr_pu > 0 for level in self.levels) else ()


def terms_of(
    parameters: ParameterSet,
    levels: tuple[ReserveLevel, ...],
    step_h: float,
    northern_pu: float = 0.0,
    capacity: CapacityTariff | None = None,
) -> Terms:
    """Collect what all problems of a run share; ``northern_pu`` is the share of cars with reduced energy tax."""
    net, volume = reserve_shares(parameters)
    tariff = household_tariff(parameters, northern_pu=northern_pu)
    return Terms(parameters, tariff, reserve_rules(parameters), net, volume, levels, step_h, capacity=capacity)


def build_problem(
    terms: Terms,
    charger: ChargerPhysics,
    week: MarketWeek,
    *,
    plugged_pu: Vector,
    driving_dc_kwh: Vector,
    load_kw: Vector,
    capacity_kwh: float,
    solar_kw: Vector | None = None,
    site_limit_kw: float | None = None,
) -> VehicleProblem:
    """Build one car's week.

    # ASSUME: the user plans to keep max(``veh.soc_min_user``, energy for ``veh.reserve_km``) at all times, on the road
    # too, under every strategy; below it charging on the road is forced.

    Parameters
    ----------
    plugged_pu, driving_dc_kwh, load_kw
        One entry a step of the week.
    capacity_kwh
        Usable battery energy.
    solar_kw
        The household's own generation, one entry a step; None: none.
    site_limit_kw
        Most that the site may import and export; None: the smallest main fuse that carries the charger.
    """
    parameters, step_h = terms.parameters, terms.step_h
    site = site_limit_kw
    if site is None:
        site = connection_limit_kw(parameters, charger.power_kw, float(load_kw.mean()))
    net_kw = load_kw if solar_kw is None else load_kw - solar_kw
    charge_limit = np.minimum(charger.power_kw * plugged_pu, np.maximum(site - net_kw, 0.0))
    discharge_limit = np.minimum(charger.power_kw * plugged_pu, np.maximum(site + net_kw, 0.0))
    discharge_limit = discharge_limit * charger.is_bidirectional
    floor = max(parameters["veh.soc_min_user"] * capacity_kwh, parameters["veh.reserve_km"] * parameters["veh.eps0"])
    required = required_energy_kwh(driving_dc_kwh, charge_limit, step_h, charger.charge_efficiency_pu, floor)
    ceiling = energy_ceiling_kwh(required, parameters["veh.soc_max_daily"] * capacity_kwh, capacity_kwh)
    problem = VehicleProblem(
        step_h=step_h, plugged_pu=plugged_pu, driving_dc_kwh=driving_dc_kwh, charge_limit_kw=charge_limit,
        discharge_limit_kw=discharge_limit, floor_kwh=floor, required_kwh=required, ceiling_kwh=ceiling,
        buy_sek_per_kwh=terms.tariff.buy_sek_per_kwh(week.spot_sek_per_kwh),
        sell_sek_per_kwh=terms.tariff.sell_sek_per_kwh(week.spot_sek_per_kwh), site_load_kw=load_kw,
        load_efficiency_pu=charger.load_efficiency_pu(np.maximum(net_kw, 0.0)),
        charge_efficiency_pu=charger.charge_efficiency_pu,
        discharge_efficiency_pu=charger.discharge_efficiency_pu, standby_kw=parameters["loss.P_standby_enabled"],
        wear_sek_per_kwh=parameters["deg.c_deg_nmc"], forced_charge_sek_per_kwh=parameters["trv.forced_charge_price"],
        fcr_n_sek_per_kw_h=week.reserve_sek_per_kw_h["fcr_n"],
        fcr_d_up_sek_per_kw_h=week.reserve_sek_per_kw_h["fcr_d_up"],
        fcr_d_down_sek_per_kw_h=week.reserve_sek_per_kw_h["fcr_d_down"], rules=terms.rules,
        reserve_net_pu=terms.reserve_net_pu, reserve_volume_pu=terms.reserve_volume_pu, solar_kw=solar_kw,
        fuse_kw=site, feed_in_kw=site,
    )  # fmt: skip
    chosen = _chosen(terms, week, problem)
    return replace(problem, **chosen) if chosen else problem


@cache
def _peak_of_week(
    tariff: CapacityTariff, start_utc: pd.Timestamp, count: int, step_h: float, vat_pu: float
) -> PeakCharge:
    """The same for every car: laid out once a week."""
    steps_utc = pd.date_range(start_utc, periods=count, freq=pd.Timedelta(hours=step_h))
    return peak_charge(tariff, steps_utc, step_h, vat_pu)


def _chosen(terms: Terms, week: MarketWeek, problem: VehicleProblem) -> dict[str, Any]:
    """What only some runs have: prices of restoration, a capacity tariff, the worth of exported own generation."""
    chosen: dict[str, Any] = {
        f"{product.name}_sek_per_kw_h": week.reserve_sek_per_kw_h.get(product.name) for product in terms.restoration
    }
    if terms.capacity is not None:
        start, count = week.steps_utc[0], len(week.steps_utc)
        chosen["peak"] = _peak_of_week(terms.capacity, start, count, terms.step_h, terms.tariff.vat_pu)
    if problem.solar_kw is not None:
        unrefunded = replace(terms.tariff, tax_refund_pu=0.0)
        chosen["solar_sell_sek_per_kwh"] = unrefunded.sell_sek_per_kwh(week.spot_sek_per_kwh)
    return chosen


def solve_strategies(
    problem: VehicleProblem, levels: tuple[ReserveLevel, ...], is_bidirectional: bool, limits: SearchLimits
) -> dict[Strategy, Dispatch]:
    """Solve every strategy of one problem from one kept basis.

    Each strategy may do all that the one before may: where it finds nothing better, the schedule before stands (V2X
    switched off, or no export), so that value over V1G is never negative, and no outing takes more charging on the
    road than under one-way charging. A two-way strategy is absent for a one-way charger.

    # ASSUME: the week's prices, trips and plug-ins are known when it begins, under every strategy alike; no foresight
    factor is laid on energy (``res.kappa_da`` stands by), reserves keep acceptance and ``res.kappa_fcr``.

    # ASSUME: being switched on for V2X is chosen per local day (midnight to midnight) with standby drawn in every
    # plugged hour of that day (check T10). Measured on 12 cars in SE3, prices of 2025: chosen by day V2H is worth 4.0
    # SEK a week, on or off for whole weeks 2.9, always on −2.1; the search takes 1-4 solves of 1-4 ms.
    """
    plain = LinearModel(problem, with_reserves=False)
    smart = plain.solve(SMART, limits=limits)
    assert smart is not None
    plain.most_forced_kwh = smart.forced_dc_kwh
    solved = {UNCONTROLLED: uncontrolled(problem), SMART: smart}
    if not is_bidirectional:
        return solved
    for strategy, before in TWO_WAY.items():
        solved[strategy] = plain.solve(strategy, solved[before].penalised_sek, limits) or solved[before]
    reserve: LinearModel | None = None
    for level in levels:
        strategy = Strategy("grid_reserve", level.level_id, True, True, level.fcr_n_pu, level.fcr_d_pu,
                            afrr_mfrr_pu=level.afrr_mfrr_pu)  # fmt: skip
        if not strategy.sells_reserves:
            solved[strategy] = solved[GRID]
            continue
        reserve = reserve or LinearModel(attainable(problem, smart), True, smart.forced_dc_kwh)
        solved[strategy] = reserve.solve(strategy, solved[GRID].penalised_sek, limits) or solved[GRID]
    return solved


def attainable(problem: VehicleProblem, smart: Dispatch) -> VehicleProblem:
    """Lower the energy need to what one-way charging reaches, in weeks in which charging on the road is unavoidable.

    Otherwise the reserve rows, which hold energy above the need, would have no solution at all.
    """
    if smart.forced_dc_kwh.sum() <= 0:
        return problem
    return replace(problem, required_kwh=np.minimum(problem.required_kwh, smart.state_kwh[:-1]))
