"""Turns the tables of a run into one scheme's draws: paths with and without support, accounts, effectiveness.

Three steps, so that each is done once: a frame holds what depends on neither draws nor scheme, a study the draws and
the path without support, an evaluation what one scheme's law makes of it.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.cba.accounts import Appraisal, Contrast, Ledger, build_ledger
from analysis.cba.alternatives import Alternative, draw_prices, list_alternatives
from analysis.cba.calibration import calibrated
from analysis.cba.car_duty import DutyCars, duty_cars
from analysis.cba.cells import relative_income
from analysis.cba.choice import Market, Tastes
from analysis.cba.connection import mean_house_load_kw
from analysis.cba.depth import Depth, at_depth, build_depth
from analysis.cba.firm import firm_kw_per_car, option_ratio_pu
from analysis.cba.households import build_households
from analysis.cba.nodes import Nodes, group_cars
from analysis.cba.paths import Path, follow
from analysis.cba.reserve_cost import bought_reserve_sek, price_fall_sek
from analysis.cba.stranding import stranding_of_alternatives
from analysis.cba.streams import STANDBY_STREAMS, Streams, build_streams
from analysis.cba.sums import Yearly
from analysis.cba.world import Law, Use, World
from analysis.errors import DataError, Fault
from analysis.fleet.openness import OpenStandards
from analysis.settings.model import ReserveLevel
from analysis.settings.parameters import ParameterSet

Cube = NDArray[np.float64]
Draws = dict[str, Cube]


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
    fleet_cohorts: pd.DataFrame


@dataclass(frozen=True)
class Span:
    """The years of a study: the first and last it follows, the last that pays support, and the one it reports.

    ``price_year`` is the year in whose money the run reckons, ``inflation_pu`` how much prices rise a year after it.
    """

    first_year: int
    last_year: int
    last_paid_year: int
    target_year: int
    price_year: int
    inflation_pu: float

    @property
    def years(self) -> tuple[int, ...]:
        """All calendar years that are followed."""
        return tuple(range(self.first_year, self.last_year + 1))

    @property
    def price_level(self) -> dict[int, float]:
        """Consumer prices of each year over those of the price year.

        Examples
        --------
        Two per cent a year from 2025 on: 1.02 in 2026.
        """
        return {year: (1.0 + self.inflation_pu) ** (year - self.price_year) for year in self.years}


@dataclass(frozen=True)
class Frame:
    """What depends on neither draws nor scheme. ``points`` are streams of each car, ``yearly`` those of its group."""

    tables: Tables
    parameters: ParameterSet
    span: Span
    standards: OpenStandards
    streams: Streams
    depth: Depth
    points: dict[str, Cube]
    nodes: Nodes
    yearly: Yearly
    alternatives: tuple[Alternative, ...]
    option_ratio_pu: Cube
    bought_reserve_sek: Cube
    hurdle_sigma: float
    contract_burden_sek: float


@dataclass(frozen=True)
class Study:
    """The draws of a frame and the path without support on them; ``firm_kw`` per car, draw × area × alternative.

    ``prior`` has the technology constants that the calibration has not moved.
    """

    frame: Frame
    world: World
    prior: Tastes
    without: Path
    firm_kw: Cube

    @property
    def alternatives(self) -> tuple[Alternative, ...]:
        """Two-way chargers on offer."""
        return self.frame.alternatives

    @property
    def target(self) -> int:
        """Place of the target year among the years."""
        return self.without.years.index(self.frame.span.target_year)


@dataclass(frozen=True)
class Evaluation:
    """One scheme on the draws of a study."""

    study: Study
    law: Law
    with_support: Path
    contrast: Contrast
    duty: DutyCars

    @property
    def without(self) -> Path:
        """The path without support."""
        return self.study.without

    def ledger_at(self, appraisal: Appraisal) -> Ledger:
        """The accounts, discounted and weighted as an appraisal says."""
        study = self.study
        fall_sek = price_fall_sek(study.frame.depth, self.without, self.with_support, study.frame.bought_reserve_sek)
        extra = np.broadcast_to(self.duty.new_count, (study.world.draw_count, len(self.without.years)))
        return build_ledger(self.contrast, appraisal, fall_sek, extra)

    @cached_property
    def ledger(self) -> Ledger:
        """The accounts at the run's own appraisal."""
        return self.ledger_at(appraisal_of(self.study.frame.parameters))

    @cached_property
    def ledger_cases(self) -> dict[str, Ledger]:
        """The accounts with one hard switch at a time elsewhere."""
        own = appraisal_of(self.study.frame.parameters)
        cases = appraisal_cases(own, self.study.frame.tables.parameters)
        return {name: self.ledger_at(appraisal) for name, appraisal in cases.items()}


def build_frame(
    tables: Tables, parameters: ParameterSet, *, span: Span, options: tuple[str, ...],
    levels: tuple[ReserveLevel, ...], standards: OpenStandards, contract_burden_sek: float = 0.0,
) -> Frame:  # fmt: skip
    """Prepare everything that depends on neither draws nor scheme.

    Parameters
    ----------
    contract_burden_sek
        What the terms of the run's plug-in contract ask of the mean owner in a year; 0 without a contract.

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
    points = at_depth(streams.two_way, designed, depth)
    nodes = group_cars(-points["net_cost_sek"].mean(axis=(0, 1, 4)), streams.weights_pu)
    one_way_streams = {name: nodes.mean(cube[..., None])[..., 0] for name, cube in streams.one_way.items()}
    load_kw = mean_house_load_kw(tables.household_load)
    row = tables.parameters.set_index("id").loc["ado.implicit_discount"]
    return Frame(
        tables, parameters, span, standards, streams, depth, points, nodes,
        Yearly({name: nodes.mean(cube) for name, cube in points.items()}, one_way_streams),
        list_alternatives(tables.charger_options, options, load_kw, parameters),
        option_ratio_pu(tables.capability_hours, tables.dispatch_sample, options, reference),
        bought_reserve_sek(tables.saturation, tables.market_facts),
        # ASSUME: the range of the hurdle rate is its 5-95 % spread over households and the doubt about its middle.
        float(np.log(row["high"] / row["low"]) / (2 * 1.645)),
        contract_burden_sek,
    )  # fmt: skip


def lay_world(frame: Frame, draws: Draws, year_index: NDArray[np.int64]) -> World:
    """Lay draws over a frame, with the technology constants at their priors; arguments as :func:`draw_study`."""
    years, areas = frame.span.years, frame.streams.areas
    households = build_households(frame.tables.fleet_stock, frame.tables.municipalities, areas, years, draws)
    stranding = stranding_of_alternatives(frame.alternatives, draws, frame.standards, years)
    price, price_oneway = draw_prices(frame.tables.charger_options, frame.alternatives, draws, frame.tables.parameters)
    two_way = frame.yearly.two_way
    return World(
        households, _market(frame), Use(*(two_way[name] for name in ("discharge_ac_kwh", "export_kwh", "enabled_h"))),
        draws, year_index, _tastes(frame, draws, stranding[:, 0]), stranding, frame.alternatives, price, price_oneway,
        frame.parameters["ret.vat"], frame.contract_burden_sek,
    )  # fmt: skip


def firm_kw_of(frame: Frame, count: int) -> Cube:
    """Firm kW of one car, draw × area × alternative."""
    rows = firm_kw_per_car(frame.tables.potential_summary, frame.streams.areas, frame.span.target_year)
    # ASSUME: firm kW per enrolled car keeps its middle value in every draw and year; the interval of the potential also
    # holds the number of cars, which is drawn here apart.
    ratio = frame.option_ratio_pu[[each.option_index for each in frame.alternatives]]
    return np.broadcast_to(rows.to_numpy()[:, None] * ratio, (count, len(rows), len(ratio)))


def draw_study(frame: Frame, draws: Draws, year_index: NDArray[np.int64], is_calibrated: bool = True) -> Study:
    """Lay the draws over a frame, calibrate tastes in each of them, and follow the path without support.

    Parameters
    ----------
    draws
        Every parameter of :data:`analysis.uncertainty.draws.DRAWN` and its companions, by id.
    year_index
        Price year of each draw: whole years, spot and reserves together.
    is_calibrated
        False leaves the technology constants at their priors: a case of its own, never mixed with the others.
    """
    world = lay_world(frame, draws, year_index)
    prior = world.tastes
    world = calibrated(world) if is_calibrated else world
    without = follow(world, {}, frame.span.last_paid_year)
    return Study(frame, world, prior, without, firm_kw_of(frame, len(year_index)))


def evaluate(study: Study, law: Law) -> Evaluation:
    """Evaluate the law of a scheme, by calendar year, against no support on the same draws.

    References
    ----------
    METHODS 5 (additionality), 6 (accounts), 9 (stranding).
    """
    frame = study.frame
    duty = duty_cars(law, frame.tables.fleet_cohorts, frame.parameters, frame.streams.areas, frame.span.years)
    world = study.world
    if duty.capable_pu.any():
        homes = world.households
        world = replace(world, households=replace(homes, capable_count=homes.capable_count * (1.0 + duty.capable_pu)))
    with_support = follow(world, law, frame.span.last_paid_year) if law else study.without
    return Evaluation(study, law, with_support, Contrast(with_support, study.without, study.world, frame.yearly), duty)


def _market(frame: Frame) -> Market:
    two_way = frame.yearly.two_way
    standby = np.sum([two_way[name] for name in STANDBY_STREAMS], axis=0)
    return Market(
        frame.depth, -two_way["net_cost_sek"], two_way["reserve_net_revenue_sek"], two_way["degradation_cost_sek"],
        standby, -frame.yearly.one_way["net_cost_sek"], frame.nodes.weight_pu,
    )  # fmt: skip


def _tastes(frame: Frame, draws: Draws, stranding_per_year: Cube) -> Tastes:
    income = relative_income(draws)
    scale = draws["ado.logit_scale"][:, None] * income ** -draws["ado.income_sensitivity"][:, None]
    constant = np.stack([draws[f"ado.asc_{each.technology}"] for each in frame.alternatives], axis=1)
    return Tastes(
        scale, constant + draws["ado.b_contract"][:, None], draws["ado.implicit_discount"], frame.hurdle_sigma,
        stranding_per_year, round(frame.parameters["cap.life"]),
    )  # fmt: skip


def appraisal_of(parameters: ParameterSet) -> Appraisal:
    """What the run discounts and weighs with."""
    return Appraisal(
        parameters["cba.social_rate"], parameters["cba.mcpf"], parameters["ret.vat"],
        round(parameters["cba.tariff_reset_years"]), parameters["cba.co2_value"],
    )  # fmt: skip


def appraisal_cases(appraisal: Appraisal, table: pd.DataFrame) -> dict[str, Appraisal]:
    """The hard switches one at a time: other social rates, and public funds without a mark-up (METHODS 6, 7)."""
    rows = table.set_index("id")[["low", "high"]].to_dict("index")
    rates, funds = rows["cba.social_rate"], rows["cba.mcpf"]
    return {
        f"rate_{round(100 * rates['low'])}_percent": replace(appraisal, rate_pu=rates["low"]),
        f"rate_{round(100 * rates['high'])}_percent": replace(appraisal, rate_pu=rates["high"]),
        "no_mark_up": replace(appraisal, public_funds_pu=funds["low"]),
    }
