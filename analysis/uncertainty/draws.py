"""Turns the assumptions of a run into the draws that scheme evaluation uses, the same for every scheme."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.settings.draws import draw_parameters, stratified_uniforms
from analysis.settings.parameters import ParameterSet

Cube = NDArray[np.float64]
Draws = dict[str, Cube]

DRAWN = (
    "res.agg_fee", "res.accept_rate", "res.kappa_fcr", "res.elasticity_supply", "res.act_fcrn_throughput",
    "res.act_fcrd_throughput", "deg.c_deg_nmc", "deg.c_deg_lfp", "loss.P_standby_enabled",
    "cap.ac_uni", "cap.ac_bi", "cap.dc_bi", "cap.export_setup", "cap.opex", "ret.fuse_fee",
    "ado.logit_scale", "ado.implicit_discount", "ado.asc_ac", "ado.asc_dc", "ado.b_contract", "ado.hassle",
    "ado.pass_through", "ado.aware_v2g", "ado.aware_end", "iop.p_bpt_given_iso20", "iop.p_bpt_2030", "iop.p_handshake",
    "iop.p_unnamed_pair", "iop.car_change_hazard", "iop.brand_loyalty", "plug.ev_owner_detached_share",
    "plug.home_access_detached", "plug.home_access_coop", "plug.home_access_rental", "tim.bev_stock_2025",
    "cba.emission_marginal", "ado.revealed_anchor", "ado.bass_p", "ado.bass_q", "ado.income_sensitivity",
    "ado.owner_income_elasticity", "cap.install", "cap.learning_rate", "cap.world_doublings",
    "cap.soft_learning_rate", "cap.soft_base_count", "cap.car_two_way", "deg.embedded_co2", "cba.admin_per_grant",
    "alt.battery_price", "alt.battery_capacity", "alt.battery_power", "alt.battery_available",
)  # fmt: skip
FIXED = (
    "cap.life", "inc.quintile_1", "inc.quintile_2", "inc.quintile_3", "inc.quintile_4", "inc.quintile_5",
    "inc.adult_ksek", "inc.tax_share", "ado.registration", "ret.energy_tax", "ret.grid_energy_fee",
    "tim.new_car_income_elasticity", "veh.E_usable_bev", "alt.battery_life", "alt.battery_support",
)  # fmt: skip
# ASSUME: hard switches (social rate, MCPF, CO2 value), the charger's life, incomes and what dispatch was solved with
# stay at their value; other values are shown as cases of their own, never averaged into an interval (METHODS 7).

UNIFORMS = ("fleet_uniform", "capable_uniform")
RATIOS = {
    "ageing_ratio": "deg.c_deg_nmc",
    "standby_ratio": "loss.P_standby_enabled",
    "elasticity_ratio": "res.elasticity_supply",
}


def draw_all(
    table: pd.DataFrame, parameters: ParameterSet, count: int, seed: int, overrides: Mapping[str, float]
) -> Draws:
    """Draw every parameter that adoption and accounts use, and the ratios to what dispatch was solved with.

    Parameters
    ----------
    table
        ``Parameters`` with ranges.
    parameters
        Values of this run: what dispatch and market balance used.
    count, seed, overrides
        Number of draws, seed of the run, scenario values that are not drawn.

    References
    ----------
    METHODS 0 (common random numbers), 7.
    """
    drawn = draw_parameters(table, DRAWN, count, seed, overrides)
    for name in UNIFORMS:
        drawn[name] = stratified_uniforms(name, count, seed)
    return complete_draws(drawn, parameters, count)


def central_draws(parameters: ParameterSet, count: int, changed: Mapping[str, Cube] | None = None) -> Draws:
    """The same look-up with every parameter at its value, ``count`` times over, but for those in ``changed``."""
    drawn = {name: np.full(count, parameters[name]) for name in DRAWN}
    for name in UNIFORMS:
        drawn[name] = np.full(count, np.nan)
    return complete_draws(drawn | dict(changed or {}), parameters, count)


def complete_draws(drawn: Draws, parameters: ParameterSet, count: int) -> Draws:
    """Add what follows from the draws: what is held fixed, and the ratios to what dispatch was solved with."""
    for name in FIXED:
        drawn[name] = np.full(count, parameters[name])
    for ratio, name in RATIOS.items():
        drawn[ratio] = drawn[name] / parameters[name] if parameters[name] else np.ones(count)
    kept = _kept(drawn["res.agg_fee"], drawn["res.accept_rate"], drawn["res.kappa_fcr"])
    solved = _kept(*([parameters[name]] for name in ("res.agg_fee", "res.accept_rate", "res.kappa_fcr")))
    drawn["reserve_ratio"] = kept / solved
    return drawn


def _kept(fee: Iterable[float], accepted: Iterable[float], margin: Iterable[float]) -> Cube:
    """What is left of a capacity price for the household."""
    return np.asarray((1.0 - np.asarray(fee)) * np.asarray(accepted) * np.asarray(margin), dtype=float)


def draw_price_years(years: tuple[int, ...], count: int, seed: int) -> NDArray[np.int64]:
    """Index of the price year of each draw: whole years, equally often, spot and reserves together."""
    uniform = stratified_uniforms("price_year", count, seed)
    index: NDArray[np.int64] = np.minimum((uniform * len(years)).astype(np.int64), len(years) - 1)
    return index
