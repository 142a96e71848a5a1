"""Turns makes, vintages and standards into how many cars work with the point they meet, by year, place and technology.

A pair works if the makers are named together, else with the chance that both speak the standard, offer discharge in it
and shake hands, but never below the prior of an unknown pair (METHODS 9). Cars and points in use are of many vintages:
a pair can do no more than the older of the two.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.fleet.brands import SHARES_YEAR, Makes
from analysis.fleet.openness import (
    OpenStandards,
    draws_of,
    new_rungs,
    service_pu,
    speaking_cars_pu,
    speaking_points_pu,
)
from analysis.fleet.stock import Cohorts, Numbers, capable_new_share


@dataclass(frozen=True)
class Vintages:
    """Points in use by year of installation: shares by vintage (rows) and draw (columns), summing to 1."""

    years: np.ndarray
    share_pu: np.ndarray


def point_vintages(points: Mapping[int, np.ndarray], life_years: np.ndarray) -> dict[int, Vintages]:
    """Follow points from year to year: the old ones are replaced or renovated at the end of their life.

    ASSUME: the same part of all points, one over their life, is replaced every year; all there in the first year count
    as of that year.

    Parameters
    ----------
    points
        Points in use at the end of each year, in order, by draw.
    life_years
        Life of a point, by draw.
    """
    first, *later = points
    in_use = np.asarray(points[first], dtype=float)[None, :]
    found = {first: Vintages(np.array([first]), np.ones_like(in_use))}
    for year in later:
        kept = in_use * (1 - 1 / life_years)
        added = np.clip(points[year] - kept.sum(axis=0), 0.0, None)
        in_use = np.vstack([kept, added])
        found[year] = Vintages(np.append(found[year - 1].years, year), in_use / in_use.sum(axis=0))
    return found


def open_by_model_year(
    model_years: np.ndarray, points: Vintages, technology: str, numbers: Numbers, standards: OpenStandards
) -> tuple[np.ndarray, np.ndarray]:
    """Chance that a car of each model year and a point in use both speak, and that they discharge in the standard.

    ASSUME: neither cars nor points gain the service after they are sold; the older of the two decides.

    Returns
    -------
    tuple
        Speaks and discharges, model year × draw; the handshake is not in them.
    """
    car_speaks = speaking_cars_pu(model_years, numbers, standards)
    speaking = points.share_pu * speaking_points_pu(points.years, numbers, standards)
    serving = speaking * service_pu(points.years, technology, numbers, standards)
    none = np.zeros((1, speaking.shape[1]))
    speaking_up_to, serving_up_to = (np.vstack([none, np.cumsum(each, axis=0)]) for each in (speaking, serving))
    older = np.searchsorted(points.years, model_years, side="right")
    younger_speak = speaking_up_to[-1] - speaking_up_to[older]
    own = service_pu(model_years, technology, numbers, standards)
    return car_speaks * speaking_up_to[-1], car_speaks * (serving_up_to[older] + own * younger_speak)


@dataclass(frozen=True)
class Works:
    """Cars that work with a point met: of those that can discharge, and of all; by draw."""

    of_capable_pu: np.ndarray
    of_stock_pu: np.ndarray


def works_elsewhere(
    stock: Cohorts, points: Vintages, technology: str, makes: Makes, numbers: Numbers, standards: OpenStandards
) -> Works:
    """How many cars in use work with a two-way point that is not their own: Σ over makes, chargers and vintages.

    References
    ----------
    METHODS 9: a_nonhome = Σ_b s_b Σ_c q_c P_work(b, c, t).
    """
    _, discharges = open_by_model_year(stock.model_years, points, technology, numbers, standards)
    unknown = np.maximum(discharges * draws_of(numbers, "iop.p_handshake"), draws_of(numbers, "iop.p_unnamed_pair"))
    named = makes.named_share(technology, stock.model_years > SHARES_YEAR)[:, None]
    pair = named + (1 - named) * unknown
    capable = stock.count * capable_new_share(stock.model_years, numbers, standards.case.shift_years)
    working = (capable * pair).sum(axis=0)
    return Works(working / capable.sum(axis=0), working / stock.total_count)


def in_use_rungs(
    stock: Cohorts, points: Vintages, technology: str, numbers: Numbers, standards: OpenStandards
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The ladder of a battery car in use that meets a point in use: speaks, discharges, shakes hands; by draw."""
    weights = stock.count / stock.total_count
    by_model_year = open_by_model_year(stock.model_years, points, technology, numbers, standards)
    speaks, discharges = ((weights * each).sum(axis=0) for each in by_model_year)
    return speaks, discharges, discharges * draws_of(numbers, "iop.p_handshake")


def pair_matrix(
    years: Sequence[int], technology: str, makes: Makes, numbers: Numbers, standards: OpenStandards
) -> np.ndarray:
    """P_work(make, charger, year) of a new car and a new charger: year × make × charger, first draw.

    Examples
    --------
    A named pair is 1 in every year; an unknown one 0.03 in 2026, and in 2030 1 × 1 × 0.55 × 0.70 = 0.385.
    """
    works = new_rungs(np.asarray(years), technology, numbers, standards)[2][:, 0]
    unknown = np.maximum(works, draws_of(numbers, "iop.p_unnamed_pair")[0])
    matrix: np.ndarray = np.maximum(makes.named[technology][None, :, :], unknown[:, None, None])
    return matrix
