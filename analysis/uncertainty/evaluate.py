"""Turns the tables of a run into one scheme's draws: adoption with and without support, accounts, effectiveness."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.cba.accounts import Appraisal, Ledger, Yearly, build_ledger
from analysis.cba.adoption import Adoption, Case, Market, adopt
from analysis.cba.alternatives import Alternative, Offer, draw_prices, list_alternatives, make_offer
from analysis.cba.calibration import calibrate_shift, shift_limits, uptake_pu
from analysis.cba.connection import mean_house_load_kw
from analysis.cba.deciders import build_deciders
from analysis.cba.depth import Depth, at_depth, build_depth
from analysis.cba.firm import firm_kw_per_car, option_ratio_pu
from analysis.cba.reserve_cost import bought_reserve_sek, price_fall_sek
from analysis.cba.stranding import stranding_of_alternatives
from analysis.cba.streams import STANDBY_STREAMS, Streams, build_streams
from analysis.errors import DataError, Fault
from analysis.fleet.openness import OpenStandards
from analysis.policy.support import ResolvedScheme
from analysis.settings.model import ReserveLevel
from analysis.settings.parameters import ParameterSet
from analysis.uncertainty.draws import Draws, central_draws, draw_all, draw_price_years

Cube = NDArray[np.float64]

NO_SUPPORT = ResolvedScheme("none", (), {})


@dataclass(frozen=True)
class Tables:
    """The tables a scheme is evaluated on."""

    dispatch_values: pd.DataFrame
    market_balance: pd.DataFrame
    fleet_stock: pd.DataFrame
    potential_summary: pd.DataFrame
    capability_hours: pd.DataFrame
    dispatch_sample: pd.DataFrame
    municipalities: pd.DataFrame
    household_load: pd.DataFrame
    saturation: pd.DataFrame
    market_facts: pd.DataFrame
    charger_options: pd.DataFrame
    parameters: pd.DataFrame


@dataclass(frozen=True)
class Study:
    """What every scheme of a run shares: options, market, draws and taste calibration, for one target year."""

    year: int
    streams: Streams
    alternatives: tuple[Alternative, ...]
    case: Case
    yearly: Yearly
    appraisal: Appraisal
    appraisal_cases: dict[str, Appraisal]
    prices: tuple[Cube, Cube]
    firm_kw: Cube
    vat_pu: float
    bought_reserve_sek: Cube
    calibrated_uptake_pu: float
    prior_uptake_pu: float
    anchor_pu: float
    co2_value_sek_per_kg: float
    central: "Study | None"
    responses: "dict[str, Study]"


@dataclass(frozen=True)
class Evaluation:
    """One scheme in one year: offers, both adoptions on the same draws, and the ledger."""

    study: Study
    offer: Offer
    central_offer: Offer
    with_support: Adoption
    without: Adoption
    ledger: Ledger
    ledger_cases: dict[str, Ledger]
    responses: "dict[str, Evaluation]"


def build_study(
    tables: Tables, parameters: ParameterSet, overrides: Mapping[str, float], *, year: int, count: int, seed: int,
    options: tuple[str, ...], levels: tuple[ReserveLevel, ...], standards: OpenStandards,
) -> Study:  # fmt: skip
    """Prepare everything that does not depend on the scheme.

    Raises
    ------
    DataError, ConfigError
        If a table lacks rows of the scope, or the parameter table an id.
    """
    # ASSUME: the first two-way charger option of the scope, used one way, stands for the ordinary charger's schedule.
    one_way = set(tables.charger_options.loc[~tables.charger_options["is_bidirectional"], "charger_option"])
    options = tuple(name for name in options if name not in one_way)
    if not options:
        raise DataError(Fault("scope.charger_options", "one-way options only", "a two-way option", "Add one."))
    reference = options[0]
    names = tuple(level.level_id for level in levels)
    streams = build_streams(tables.dispatch_values, tables.dispatch_sample, options, names, reference)
    depth = build_depth(tables.market_balance)
    designed = np.array([(level.fcr_n_pu, level.fcr_d_pu) for level in levels])
    load_kw = mean_house_load_kw(tables.household_load)
    alternatives = list_alternatives(tables.charger_options, options, load_kw, parameters)
    points = at_depth(streams.two_way, designed, depth)
    market = _market(streams, depth, points)
    ratio = option_ratio_pu(tables.capability_hours, tables.dispatch_sample, options, reference)
    years = len(streams.price_years)
    bought_sek = bought_reserve_sek(tables.saturation, tables.market_facts)

    def study(draws: Draws, year_index: NDArray[np.int64]) -> Study:
        case = _case(tables, streams, market, alternatives, draws, year_index, parameters, year, standards)
        prices = draw_prices(tables.charger_options, alternatives, draws, tables.parameters)
        firm = _firm(tables, streams, alternatives, ratio, draws, year)
        appraisal = _appraisal(parameters)
        cases = _appraisal_cases(appraisal, tables.parameters)
        return Study(
            year, streams, alternatives, case, Yearly(points), appraisal, cases, prices, firm, parameters["ret.vat"],
            bought_sek, np.nan, np.nan, parameters["ado.revealed_anchor"], parameters["cba.co2_value"], None, {},
        )  # fmt: skip

    middle = study(central_draws(parameters, years), np.arange(years))
    shift, uptake = _calibrate(middle, tables.parameters, parameters)
    prior = uptake_pu(middle.case, _offer(middle, NO_SUPPORT))
    middle = replace(middle, case=replace(middle.case, asc_shift=shift))
    drawn = study(
        draw_all(tables.parameters, parameters, count, seed, overrides),
        draw_price_years(streams.price_years, count, seed),
    )
    return replace(
        drawn, case=replace(drawn.case, asc_shift=shift), calibrated_uptake_pu=uptake, prior_uptake_pu=prior,
        central=middle, responses=_responses(middle, tables.parameters, parameters),
    )  # fmt: skip


def evaluate(study: Study, scheme: ResolvedScheme) -> Evaluation:
    """Evaluate one scheme against no support on the same draws.

    References
    ----------
    METHODS 5 (additionality), 6 (accounts), 9 (stranding).
    """
    offer, nothing = _offer(study, scheme), _offer(study, NO_SUPPORT)
    without = adopt(study.case, nothing)
    with_support = adopt(study.case, offer) if scheme.components or scheme.combined else without
    fall_sek = price_fall_sek(study.case.market.depth, without, with_support, study.bought_reserve_sek)
    ledgers = {
        name: build_ledger(
            with_support, without, offer, study.yearly, study.case.stranding_per_year, study.case.year_index,
            appraisal, study.case.draws, fall_sek,
        )
        for name, appraisal in {"default": study.appraisal, **study.appraisal_cases}.items()
    }  # fmt: skip
    if study.central is None:
        raise RuntimeError("a study is evaluated with its central case beside it")
    central_offer = _offer(study.central, scheme)
    responses = {name: evaluate(other, scheme) for name, other in study.responses.items()}
    return Evaluation(study, offer, central_offer, with_support, without, ledgers.pop("default"), ledgers, responses)


def _offer(study: Study, scheme: ResolvedScheme) -> Offer:
    return make_offer(study.alternatives, *study.prices, scheme, study.vat_pu)


def _market(streams: Streams, depth: Depth, points: Mapping[str, Cube]) -> Market:
    standby = np.sum([points[name] for name in STANDBY_STREAMS], axis=0)
    return Market(
        depth, -points["net_cost_sek"], points["reserve_net_revenue_sek"], points["degradation_cost_sek"], standby,
        streams.smart_saving_sek, streams.weights_pu,
    )  # fmt: skip


def _case(
    tables: Tables, streams: Streams, market: Market, alternatives: tuple[Alternative, ...], draws: Draws,
    year_index: NDArray[np.int64], parameters: ParameterSet, year: int, standards: OpenStandards,
) -> Case:  # fmt: skip
    stranding = stranding_of_alternatives(alternatives, draws, standards, year)
    deciders = build_deciders(tables.fleet_stock, tables.municipalities, streams.areas, year, draws)
    row = tables.parameters.set_index("id").loc["ado.implicit_discount"]
    # ASSUME: the range of the hurdle rate is its 5-95 % spread over households as well as the doubt about its middle.
    sigma = float(np.log(row["high"] / row["low"]) / (2 * 1.645))
    return Case(market, deciders, draws, year_index, stranding, 0.0, sigma, round(parameters["cap.life"]))


def _firm(
    tables: Tables, streams: Streams, alternatives: tuple[Alternative, ...], ratio: Cube, draws: Draws, year: int
) -> Cube:
    """Firm kW per car: draw × area × alternative."""
    rows = firm_kw_per_car(tables.potential_summary, streams.areas, year)
    # ASSUME: firm kW per enrolled car keeps its middle value in every draw; the interval of the potential also holds
    # the number of cars, which is drawn here apart.
    by_area = np.broadcast_to(rows.to_numpy(), (len(draws["cap.life"]), len(rows)))
    return np.asarray(by_area[:, :, None] * ratio[[each.option_index for each in alternatives]])


def _appraisal(parameters: ParameterSet) -> Appraisal:
    return Appraisal(
        parameters["cba.social_rate"], round(parameters["cba.horizon"]), round(parameters["cap.life"]),
        parameters["cba.mcpf"], parameters["ret.vat"], round(parameters["cba.tariff_reset_years"]),
    )  # fmt: skip


def _appraisal_cases(appraisal: Appraisal, table: pd.DataFrame) -> dict[str, Appraisal]:
    """The hard switches one at a time: other social rates, and public funds without a mark-up (METHODS 6, 7)."""
    rows = table.set_index("id")[["low", "high"]].to_dict("index")
    rates, funds = rows["cba.social_rate"], rows["cba.mcpf"]
    return {
        f"rate_{round(100 * rates['low'])}_percent": replace(appraisal, rate_pu=rates["low"]),
        f"rate_{round(100 * rates['high'])}_percent": replace(appraisal, rate_pu=rates["high"]),
        "no_mark_up": replace(appraisal, public_funds_pu=funds["low"]),
    }


def _responses(middle: Study, table: pd.DataFrame, parameters: ParameterSet) -> dict[str, Study]:
    """The central case at three price responses (utility per kSEK), each calibrated to the same revealed uptake.

    No Swedish price variation identifies the response: the ranking of schemes is shown at each of them (METHODS 5).
    """
    row = table.set_index("id")[["low", "high"]].to_dict("index")["ado.logit_scale"]
    scales = {"low": row["low"], "middle": parameters["ado.logit_scale"], "high": row["high"]}
    found = {}
    for name, scale in scales.items():
        draws = middle.case.draws | {"ado.logit_scale": np.full(len(middle.case.year_index), scale)}
        study = replace(middle, case=replace(middle.case, draws=draws, asc_shift=0.0), central=middle)
        shift, uptake = _calibrate(study, table, parameters)
        found[name] = replace(study, case=replace(study.case, asc_shift=shift), calibrated_uptake_pu=uptake)
    return found


def _calibrate(middle: Study, table: pd.DataFrame, parameters: ParameterSet) -> tuple[float, float]:
    rows = table.set_index("id")[["low", "high"]].to_dict("index")
    names = ("ado.asc_ac", "ado.asc_dc")
    limits = shift_limits(
        {name: parameters[name] for name in names},
        {name: min(rows[name]["low"], parameters[name]) for name in names},
        {name: max(rows[name]["high"], parameters[name]) for name in names},
    )
    return calibrate_shift(middle.case, _offer(middle, NO_SUPPORT), middle.anchor_pu, limits)
