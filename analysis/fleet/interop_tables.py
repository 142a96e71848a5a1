"""Turns the fleet of every year into the tables of interoperability: by place, by pair, and as a ladder."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.fleet.area import INTERVAL_PERCENTILES
from analysis.fleet.brands import TECHNOLOGIES, Makes
from analysis.fleet.interoperability import Vintages, in_use_rungs, pair_matrix, point_vintages, works_elsewhere
from analysis.fleet.openness import OPENNESS_PARAMETERS, OpenStandards, draws_of, new_rungs, open_standards
from analysis.fleet.points import HOME_KINDS
from analysis.fleet.regulation import CASES
from analysis.fleet.stock import capable_share
from analysis.fleet.stranding import (
    STRANDING_PARAMETERS,
    STRANDING_YEARS,
    stranded_pu,
    stranding_per_year,
)
from analysis.fleet.years import TABLE_YEARS, Fleet

LIFE_PARAMETER = "cap.life"
INTEROP_PARAMETERS = (*OPENNESS_PARAMETERS, *STRANDING_PARAMETERS, LIFE_PARAMETER)

PLACE_KINDS = {
    "home": tuple(HOME_KINDS), "work": ("point_work",), "public": ("point_public",), "depot": ("point_depot",),
}  # fmt: skip
HOME, LADDER_PLACE = "home", "public"
YEARS = np.array(TABLE_YEARS)
RUNGS = ("speaks", "discharges", "shakes_hands")

Kinds = Mapping[int, Mapping[str, np.ndarray]]
Range = tuple[float, float, float]


@dataclass(frozen=True)
class Meeting:
    """Cars in use, points in use by place and vintage, and the numbers behind both: middle values, then draws."""

    fleet: Fleet
    points: Mapping[str, Mapping[int, Vintages]]


def meeting_of(fleet: Fleet, kinds: Kinds) -> Meeting:
    """Lay out the points of every place by year of installation, all areas together."""
    life = draws_of(fleet.numbers, LIFE_PARAMETER)
    points = {}
    for place, names in PLACE_KINDS.items():
        in_use = {year: sum(kinds[year][name].sum(axis=0) for name in names) for year in TABLE_YEARS}
        points[place] = point_vintages({year: np.asarray(count) for year, count in in_use.items()}, life)
    return Meeting(fleet, points)


def interoperability(met: Meeting, makes: Makes, cases: Mapping[str, OpenStandards]) -> pd.DataFrame:
    """Build the ``Interoperability`` table for every standards case.

    Parameters
    ----------
    met
        Cars and points, the first draw with the middle values.
    makes
        Makes and named pairs.
    cases
        Each standards case with its days.

    Returns
    -------
    pd.DataFrame
        Grain: year × standards × place × technology.
    """
    rows = []
    for name, standards in cases.items():
        for technology in TECHNOLOGIES:
            rows += [(year, name, HOME, technology, *cells) for year, cells in _home(met, technology, standards)]
            for place in (place for place in PLACE_KINDS if place != HOME):
                for year in TABLE_YEARS:
                    works = works_elsewhere(
                        met.fleet.bev[year], met.points[place][year], technology, makes, met.fleet.numbers, standards
                    )
                    cells = (*_range(works.of_capable_pu), float(works.of_stock_pu[0]), np.nan, np.nan)
                    rows.append((year, name, place, technology, *cells))
    columns = ["year", "standards", "place", "technology", "works_pu", "works_low_pu", "works_high_pu",
               "works_of_stock_pu", "stranded_open_pu", "stranded_closed_pu"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _home(
    met: Meeting, technology: str, standards: OpenStandards
) -> Iterator[tuple[int, tuple[float, float, float, float, float, float]]]:
    """At home the owner buys a pair that works; what happens to it is told by the next car."""
    numbers = met.fleet.numbers
    hazard_of, loyalty, unnamed = (draws_of(numbers, name) for name in (*STRANDING_PARAMETERS, "iop.p_unnamed_pair"))
    works = np.maximum(new_rungs(YEARS, technology, numbers, standards)[2], unnamed)
    open_pu, closed_pu = (
        stranded_pu(stranding_per_year(hazard_of, loyalty, each), STRANDING_YEARS)
        for each in (works, np.broadcast_to(unnamed, works.shape))
    )
    for place, year in enumerate(TABLE_YEARS):
        share = float(capable_share(met.fleet.bev[year], numbers, standards.case.shift_years)[0])
        yield year, (1.0, 1.0, 1.0, share, float(open_pu[place, 0]), float(closed_pu[place, 0]))


def _range(values: np.ndarray) -> Range:
    """Middle value first, then the ends of the draws after it."""
    low, high = np.percentile(values[1:], INTERVAL_PERCENTILES)
    return float(values[0]), float(low), float(high)


def capability_ladder(met: Meeting, cases: Mapping[str, OpenStandards]) -> pd.DataFrame:
    """Build the ``CapabilityLadder`` table for every standards case.

    Returns
    -------
    pd.DataFrame
        Grain: year × standards × technology × basis × rung.
    """
    rows = []
    for name, standards in cases.items():
        for technology in TECHNOLOGIES:
            new = new_rungs(YEARS, technology, met.fleet.numbers, standards)
            for place, year in enumerate(TABLE_YEARS):
                points = met.points[LADDER_PLACE][year]
                used = in_use_rungs(met.fleet.bev[year], points, technology, met.fleet.numbers, standards)
                for rung, one, other in zip(RUNGS, new, used, strict=True):
                    rows.append((year, name, technology, "new", rung, *_range(one[place])))
                    rows.append((year, name, technology, "in_use", rung, *_range(other)))
    columns = ["year", "standards", "technology", "basis", "rung", "share_pu", "share_low_pu", "share_high_pu"]
    return pd.DataFrame(rows, columns=columns)


def interop_pairs(met: Meeting, makes: Makes, standards: OpenStandards) -> pd.DataFrame:
    """Build the ``InteropPairs`` table of one standards case: every make with every charger, new ones of each year.

    Returns
    -------
    pd.DataFrame
        Grain: year × make × charger.
    """
    in_use = np.array([makes.stock_share(met.fleet.bev[year]) for year in TABLE_YEARS])
    parts = []
    for technology in TECHNOLOGIES:
        chargers, named = makes.chargers[technology], makes.named[technology]
        works = pair_matrix(TABLE_YEARS, technology, makes, met.fleet.numbers, standards)
        index = pd.MultiIndex.from_product([TABLE_YEARS, makes.brands, chargers], names=["year", "brand", "charger"])
        table = pd.DataFrame({"works_pu": works.ravel()}, index=index).reset_index()
        is_named = np.tile(named.astype(bool).ravel(), len(YEARS))
        shares = np.repeat(in_use.ravel(), len(chargers))
        parts.append(table.assign(technology=technology, is_named=is_named, brand_stock_pu=shares))
    return pd.concat(parts, ignore_index=True)


def cases_of(timeline: pd.DataFrame) -> dict[str, OpenStandards]:
    """Read every standards case out of the ``RegulationTimeline`` table."""
    return {name: open_standards(timeline, name) for name in CASES}
