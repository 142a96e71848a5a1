"""Turns a frame and draws into the arrays from which adoption and accounts of a support on purchase follow exactly.

What no such support can change is worked out here once: prices by year, hazards, tastes after calibration, what a car
earns at each market point. Streams that the accounts only ever add up are added here. The years themselves, choice,
balance with the market, budget and accounts are left to whoever reads the arrays.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.cba.accounts import SEK_PER_KSEK
from analysis.cba.alternatives import fuse_fee_sek
from analysis.cba.choice import hurdle_factors
from analysis.cba.learning import later_prices_sek
from analysis.cba.streams import STANDBY_STREAMS
from analysis.settings.model import Settings
from analysis.uncertainty.central import RESPONSES, central_draws_of
from analysis.uncertainty.draws import draw_all, draw_price_years
from analysis.uncertainty.evaluate import Frame, Study, appraisal_of, draw_study
from analysis.units import HOURS_PER_YEAR

Arrays = dict[str, NDArray[Any]]
Cube = NDArray[np.float64]

DRAW_COUNT = 64
"""Draws of a setting that answers at once. They are stratified: each assumption's range and each price year is met
evenly, so that means over them are close to those over the run's own draws."""
DRAWN = "drawn"
TASTE_DRAWS = ("ado.hassle", "ado.pass_through", "ado.bass_q", "elasticity_ratio", "reserve_ratio", "ageing_ratio",
               "standby_ratio", "cap.export_setup", "cap.soft_base_count", "cap.soft_learning_rate", "cap.opex",
               "cba.admin_per_grant")  # fmt: skip
CUBES = ("value", "reserve", "degradation", "standby", "resource", "standby_spot", "fcr_n", "fcr_d", "capacity_loss",
         "tax", "standby_tax")  # fmt: skip


@dataclass(frozen=True)
class Studies:
    """The draws that settings are tried on, and the central case at five responses to money in each price year."""

    drawn: Study
    central: Study


def designer_studies(frame: Frame, run: Settings) -> Studies:
    """Follow the path without support on few stratified draws, and in the central case."""
    count = min(DRAW_COUNT, run.scope.draw_count)
    draws = draw_all(frame.tables.parameters, frame.parameters, count, run.seed, run.assumptions.overrides)
    year_index = draw_price_years(frame.streams.price_years, count, run.seed)
    central = draw_study(frame, *central_draws_of(frame, frame.parameters))
    return Studies(draw_study(frame, draws, year_index), central)


def designer_arrays(studies: Studies) -> Arrays:
    """All that adoption and accounts of a support on purchase need, by name; draws of both studies in a row.

    What begins with ``draw_`` has the draws first, and ``case_start`` is where the central ones begin. Cubes are price
    year × market point × area × node × option, one car a year, in single precision; all else is in double.
    """
    drawn, central = (_draw_arrays(study) for study in (studies.drawn, studies.central))
    joined = {f"draw_{name}": np.concatenate([drawn[name], central[name]]) for name in drawn}
    whole = joined | _frame_arrays(studies.drawn) | {"case_start": np.array(len(drawn["year_index"]))}
    return {name: np.atleast_1d(array) for name, array in whole.items()}


def case_rows(arrays: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[np.int64]]:
    """Draws of each case that can be shown: all, those of one price year of several, the central case by response."""
    years, start = len(arrays["price_years"]), arrays["case_start"].item()
    index = arrays["draw_year_index"][:start]
    found = {DRAWN: np.arange(start)}
    if years > 1:
        found |= {f"price_{year}": np.flatnonzero(index == place) for place, year in enumerate(arrays["price_years"])}
    central = {f"central_{name}": start + place * years + np.arange(years) for place, name in enumerate(RESPONSES)}
    return {name: rows for name, rows in (found | central).items() if len(rows)}


def _draw_arrays(study: Study) -> Arrays:
    world = study.world
    homes, draws, tastes = world.households, world.draws, world.tastes
    years = range(len(homes.years))
    price = np.stack(
        [later_prices_sek(world.price_sek, world.price_oneway_sek, float(place), draws) for place in years], axis=1
    )
    contract = -draws["ado.b_contract"] / draws["ado.logit_scale"] * SEK_PER_KSEK
    # what the displaced battery would have moved for each kW sold over a year, at its own ageing
    displaced = draws["res.accept_rate"] * draws["res.kappa_fcr"] * HOURS_PER_YEAR / 2.0 * draws["deg.c_deg_lfp"]
    lost = draws["veh.E_usable_bev"] * draws["deg.embedded_co2"] * appraisal_of(study.frame.parameters).co2_sek_per_kg
    return {name.replace(".", "_"): draws[name] for name in TASTE_DRAWS} | {
        "year_index": world.year_index,
        "capable_count": homes.capable_count,
        "first_pu": homes.first_pu,
        "cell_pu": homes.cell_pu,
        "aware_start_pu": homes.aware_start_pu,
        "aware_rate_pu": homes.aware_rate_pu,
        "scale_per_sek": tastes.scale_per_ksek / SEK_PER_KSEK,
        "constant": tastes.constant,
        "hurdle_rate": tastes.hurdle_rate,
        "stranding": world.stranding_per_year,
        "price_sek": price,
        "oneway_sek": world.price_oneway_sek,
        "fuse_fee_sek": fuse_fee_sek(world.alternatives, draws),
        "contract_sek": contract,
        "fcr_n_worth": displaced * draws["res.act_fcrn_throughput"],
        "fcr_d_worth": displaced * draws["res.act_fcrd_throughput"],
        "capacity_worth": lost,
    }


def _frame_arrays(study: Study) -> Arrays:
    frame, world = study.frame, study.world
    appraisal = appraisal_of(frame.parameters)
    alternatives = world.alternatives
    return {f"cube_{name}": cube.astype(np.float32) for name, cube in zip(CUBES, _cubes(frame), strict=True)} | {
        "smart_saving_sek": world.market.smart_saving_sek,
        "weight_pu": world.market.weight_pu,
        "depth_count": frame.depth.enrolled_count,
        "depth_level": frame.depth.level_pu,
        "firm_kw": study.firm_kw[0],
        "hurdle_factors": hurdle_factors(world.tastes.hurdle_sigma),
        "years": np.array(frame.span.years),
        "price_years": np.array(frame.streams.price_years),
        "target_place": np.array(study.target),
        "life_years": np.array(world.tastes.life_years),
        "vat_pu": np.array(world.vat_pu),
        "burden_sek": np.array(world.contract_burden_sek),
        "rate_pu": np.array(appraisal.rate_pu),
        "public_funds_pu": np.array(appraisal.public_funds_pu),
        "option_index": np.array([each.option_index for each in alternatives]),
        "power_kw": np.array([each.power_kw for each in alternatives]),
        "is_dc": np.array([each.technology == "dc" for each in alternatives]),
        "is_open": np.array([each.is_interoperable for each in alternatives]),
    }


def _cubes(frame: Frame) -> tuple[Cube, ...]:
    """Yearly streams of one car in the order of :data:`CUBES`, added up as choice and accounts add them."""
    of = frame.yearly.two_way
    spot = of["net_spot_import_sek"] + of["net_spot_export_sek"]
    return (
        -of["net_cost_sek"],
        of["reserve_net_revenue_sek"],
        of["degradation_cost_sek"],
        np.sum([of[name] for name in STANDBY_STREAMS], axis=0),
        -spot - of["forced_charge_cost_sek"],
        of["standby_net_spot_import_sek"],
        of["fcr_n_mean_kw"],
        of["fcr_d_up_mean_kw"] + of["fcr_d_down_mean_kw"],
        of["capacity_loss_pu"],
        of["net_vat_sek"] + of["energy_tax_sek"] - of["tax_refund_sek"],
        of["standby_net_vat_sek"] + of["standby_energy_tax_sek"],
    )
