"""Turns registrations and stock anchors into battery electric cars by model year, and their V2X-capable part.

The stock follows N(y+1) = N(y)·(1 − exit) + new cars·share(y) (METHODS 10). Every function takes single values or
arrays of draws alike: an input of n draws gives arrays whose last axis is n.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.errors import ConfigError, DataError, Fault
from analysis.fleet.exits import EVEN, exits_by_age
from analysis.fleet.regulation import CASES, shifted_model_years
from analysis.settings.model import Assumptions
from analysis.settings.parameters import ParameterSet

Numbers = ParameterSet | Mapping[str, np.ndarray]
"""Parameter values by id: one value each, or one array of draws each."""

CAPABLE_ANCHORS = (2020, 2024, 2026, 2028, 2030, 2035)
STOCK_PARAMETERS = (
    "tim.bev_stock_2025", "tim.bev_stock_2030", "tim.bev_stock_2040", "tim.bev_exit_rate", "tim.new_cars",
    "tim.mean_life",
    *(f"tim.v2x_share_my{year}" for year in CAPABLE_ANCHORS),
)  # fmt: skip

FIRST_YEAR, LAST_YEAR = 2023, 2040
FIRST_MODEL_YEARS = np.array([2020, 2022, 2023])

# ASSUME: battery electric cars never take more than this part of new car sales.
HIGHEST_SHARE_PU = 0.98

# ASSUME: the exit rate of 2023 was high because young used cars were exported; it falls in a straight line to half of
# itself in 2030 and stays there. SOURCE: the registered years give 8.5 % (2024) and 7.5 % (2025) against 9.2 % (2023),
# and tim.bev_stock_2030 is built on a mean of 6 % for 2026-2030.
EXIT_OF_2030_PU = 0.5
EXIT_FALLS_BETWEEN = (2023, 2030)

# ASSUME: the stock anchors of 2030 and 2040 stand; the electric share of new cars moves in a straight line between
# them so that they are met. Where even the highest share does not meet one, exits fall further until it is met, and
# only then are more new cars sold. At the middle values the stock of 2040 is met only if no car leaves after 2030;
# with the exits of 2030 kept, about 2.5 million would be in use, below the low end of tim.bev_stock_2040.


@dataclass(frozen=True)
class StockAnchors:
    """Registered history: cars in use at the end of 2021-2023 and new registrations of 2023-2025, Sweden."""

    stock_2021_count: float
    stock_2022_count: float
    stock_2023_count: float
    new_2023_count: float
    new_2024_count: float
    new_2025_count: float


def stock_anchors(facts: pd.DataFrame) -> StockAnchors:
    """Read the registered history out of the ``Facts`` table.

    Raises
    ------
    DataError
        For each year whose figure is missing or stands there twice.
    """
    faults: list[Fault] = []

    def fact(metric: str, year: int) -> float:
        rows = facts[(facts["metric"] == metric) & (facts["year"] == str(year)) & (facts["area"] == "SE")]
        if len(rows) != 1:
            faults.append(Fault(f"market_facts: {metric} {year}", f"{len(rows)} rows", "one row", "Correct the table."))
            return float("nan")
        return float(rows["value"].iloc[0])

    history = StockAnchors(
        *(fact("BEV in traffic", year) for year in (2021, 2022, 2023)),
        *(fact("BEV new registrations", year) for year in (2023, 2024, 2025)),
    )
    if faults:
        raise DataError(faults)
    return history


@dataclass(frozen=True)
class StockPath:
    """Sweden by calendar year: new battery electric cars and the exit rate of the opening stock, arrays of draws."""

    new_count: Mapping[int, np.ndarray]
    exit_pu: Mapping[int, np.ndarray]


def stock_path(numbers: Numbers, anchors: StockAnchors) -> StockPath:
    """Find the yearly sales and exits that meet the stock anchors of 2025, 2030 and 2040.

    Parameters
    ----------
    numbers
        Values or draws of :data:`STOCK_PARAMETERS`; counts of cars, shares per year.
    anchors
        Registered history.

    Returns
    -------
    StockPath
        For the years 2024-2040.

    Raises
    ------
    ConfigError
        If an anchor lies below what the cars of the year before leave behind.
    """
    new: dict[int, np.ndarray] = {}
    exits: dict[int, np.ndarray] = {}
    stock, exit_rate, cars = (
        np.atleast_1d(np.asarray(numbers[name], dtype=float))
        for name in ("tim.bev_stock_2025", "tim.bev_exit_rate", "tim.new_cars")
    )
    kept = _kept_to_2025(stock, anchors)
    for year, count in ((2024, anchors.new_2024_count), (2025, anchors.new_2025_count)):
        new[year], exits[year] = np.full_like(kept, count), 1 - kept
    share = anchors.new_2025_count / cars
    for start, end in ((2025, 2030), (2030, 2040)):
        target = np.atleast_1d(np.asarray(numbers[f"tim.bev_stock_{end}"], dtype=float))
        rates = [exit_rate * exit_factor(year) for year in range(start + 1, end + 1)]
        sales, rates, share = _segment(stock, target, share, cars, rates)
        for step in range(end - start):
            new[start + 1 + step], exits[start + 1 + step] = sales[step], rates[step]
        stock = target
    return StockPath(new, exits)


def _kept_to_2025(stock_2025: np.ndarray, anchors: StockAnchors) -> np.ndarray:
    """Solve (N2023·x + new2024)·x + new2025 = N2025 for the share x of cars kept from one year to the next."""
    a, b, c = anchors.stock_2023_count, anchors.new_2024_count, anchors.new_2025_count - stock_2025
    kept: np.ndarray = (-b + np.sqrt(b * b - 4 * a * c)) / (2 * a)
    # ASSUME: cars imported used may outweigh exits by a little, hence the allowance above 1.
    if not ((kept > 0.5) & (kept < 1.05)).all():
        raise ConfigError(
            Fault("tim.bev_stock_2025", f"{stock_2025.min():.0f}-{stock_2025.max():.0f} cars",
                  "a stock that the registrations of 2024 and 2025 can reach", "Correct it or the facts.")
        )  # fmt: skip
    return kept


def exit_factor(year: int) -> float:
    """Exit rate of a year over that of 2023, as assumed above."""
    return float(np.interp(year, EXIT_FALLS_BETWEEN, (1.0, EXIT_OF_2030_PU)))


def _sales(shares: tuple[np.ndarray, np.ndarray], cars: np.ndarray, years: int) -> list[np.ndarray]:
    first, last = shares
    return [cars * (first + (last - first) * step / years) for step in range(1, years + 1)]


def _end_stock(stock: np.ndarray, sales: list[np.ndarray], rates: list[np.ndarray]) -> np.ndarray:
    for sold, rate in zip(sales, rates, strict=True):
        stock = stock * (1 - rate) + sold
    return stock


def _segment(
    stock: np.ndarray, target: np.ndarray, share: np.ndarray, cars: np.ndarray, rates: list[np.ndarray]
) -> tuple[list[np.ndarray], list[np.ndarray], np.ndarray]:
    """Meet ``target`` at the end: sales and exit rate of each year, and the share of new cars in the last year."""
    years = len(rates)
    stock, target, share, cars, *rates = np.broadcast_arrays(stock, target, share, cars, *rates)
    share = np.minimum(share, HIGHEST_SHARE_PU)
    none = _end_stock(stock, _sales((share, 0 * share), cars, years), rates)
    whole = _end_stock(stock, _sales((share, 0 * share + 1), cars, years), rates)
    last = np.minimum((target - none) / (whole - none), HIGHEST_SHARE_PU)
    if (last < 0).any():
        raise ConfigError(
            Fault("tim.bev_stock_2030, tim.bev_stock_2040", f"{target[last < 0].max():.0f} cars",
                  f"more than the {none[last < 0].min():.0f} that remain when sales stop", "Raise the stock.")
        )  # fmt: skip
    sales = _sales((share, last), cars, years)
    rates = _lower_exits(stock, target, sales, rates)
    left = _end_stock(stock, [0 * sold for sold in sales], rates)
    more = (target - left) / (_end_stock(stock, sales, rates) - left)
    return [more * sold for sold in sales], rates, last


def _lower_exits(
    stock: np.ndarray, target: np.ndarray, sales: list[np.ndarray], rates: list[np.ndarray]
) -> list[np.ndarray]:
    """Scale the exits of all years by one factor between 0 and 1 where sales alone do not meet the target."""
    low, high = np.zeros_like(target), np.ones_like(target)
    short_as_is = _end_stock(stock, sales, rates) < target * (1 - 1e-9)
    for _ in range(50):
        middle = (low + high) / 2
        short = _end_stock(stock, sales, [rate * middle for rate in rates]) < target
        low, high = np.where(short, low, middle), np.where(short, middle, high)
    factor = np.where(short_as_is, low, 1.0)
    return [rate * factor for rate in rates]


@dataclass(frozen=True)
class Cohorts:
    """Cars in use at the end of a year: ``count`` has one row per model year and one column per draw."""

    model_years: np.ndarray
    count: np.ndarray

    @property
    def total_count(self) -> np.ndarray:
        """All cars, one value per draw."""
        total: np.ndarray = self.count.sum(axis=0)
        return total


@dataclass(frozen=True)
class StockReading:
    """How the stock is read: which cars leave first, and by how many years open standards move capable new cars."""

    exit_profile: str = EVEN
    shift_years: int = 0


DEFAULT_READING = StockReading()


def stock_reading(assumptions: Assumptions) -> StockReading:
    """Read a run's settings: its exit profile, and the shift of its standards case."""
    return StockReading(assumptions.exit_profile, CASES[assumptions.standards].shift_years)


def cohorts(year: int, numbers: Numbers, anchors: StockAnchors, reading: StockReading = DEFAULT_READING) -> Cohorts:
    """Cars in use at the end of ``year`` by model year; see :func:`cohort_years`.

    Raises
    ------
    ConfigError
        If ``year`` is outside 2023-2040, where the anchors end.
    """
    return cohorts_of([year], numbers, anchors, reading)[year]


def cohorts_of(
    years: Sequence[int], numbers: Numbers, anchors: StockAnchors, reading: StockReading = DEFAULT_READING
) -> dict[int, Cohorts]:
    """Cars in use at the end of several years by model year; see :func:`cohort_years`.

    Raises
    ------
    ConfigError
        For each year outside 2023-2040, where the anchors end.
    """
    faults = [
        Fault("scope.target_years", str(year), f"a year from {FIRST_YEAR} to {LAST_YEAR}", "Choose another year.")
        for year in years
        if not FIRST_YEAR <= year <= LAST_YEAR
    ]
    if faults:
        raise ConfigError(faults)
    return cohort_years(max(years), numbers, anchors, reading)


def cohort_years(
    last_year: int, numbers: Numbers, anchors: StockAnchors, reading: StockReading = DEFAULT_READING
) -> dict[int, Cohorts]:
    """Cars in use by model year at the end of each year from 2023 to ``last_year``.

    ASSUME: a car's model year is its year of registration; what was in use before 2022 counts as model year 2020. Up
    to 2023 and in the reading ``even``, cars of all ages leave at the same rate; ``by_age`` takes young cars to export
    and old ones to scrapping.
    """
    path = stock_path(numbers, anchors)
    width = max(len(values) for values in path.new_count.values())
    kept_2022 = (anchors.stock_2023_count - anchors.new_2023_count) / anchors.stock_2022_count
    from_2022 = (anchors.stock_2022_count - anchors.stock_2021_count * kept_2022) * kept_2022
    older = anchors.stock_2023_count - anchors.new_2023_count - from_2022
    counts = [np.full(width, count) for count in (older, from_2022, anchors.new_2023_count)]
    life = np.broadcast_to(np.atleast_1d(np.asarray(numbers["tim.mean_life"], dtype=float)), (width,))
    found = {FIRST_YEAR: Cohorts(FIRST_MODEL_YEARS, np.array(counts))}
    for later in range(FIRST_YEAR + 1, last_year + 1):
        before = found[later - 1]
        exit_pu = np.broadcast_to(path.exit_pu[later], (width,))
        kept = _kept_count(before, later, exit_pu, life, reading.exit_profile)
        count = np.vstack([kept, np.broadcast_to(path.new_count[later], (width,))])
        found[later] = Cohorts(np.append(before.model_years, later), count)
    return found


def _kept_count(before: Cohorts, year: int, exit_pu: np.ndarray, life: np.ndarray, exit_profile: str) -> np.ndarray:
    if exit_profile == EVEN:
        even: np.ndarray = before.count * (1 - exit_pu)
        return even
    exported, scrapped = exits_by_age(year - before.model_years, before.count, exit_pu, life)
    kept: np.ndarray = before.count - exported - scrapped
    return kept


def capable_new_share(model_years: np.ndarray, numbers: Numbers, shift_years: int = 0) -> np.ndarray:
    """Share of new cars that can discharge, by model year (rows) and draw (columns); linear between the anchors.

    ASSUME: the share never falls from one model year to the next; a draw that would do so keeps the higher share.
    ASSUME: a standards case that comes ``shift_years`` later moves the whole path after 2026 by as much.
    """
    columns = [np.atleast_1d(np.asarray(numbers[f"tim.v2x_share_my{year}"], dtype=float)) for year in CAPABLE_ANCHORS]
    anchors = np.stack(np.broadcast_arrays(*columns))
    rising = np.maximum.accumulate(anchors, axis=0)
    return interpolation(shifted_model_years(model_years, shift_years), CAPABLE_ANCHORS) @ rising


def interpolation(years: np.ndarray, anchors: Sequence[int]) -> np.ndarray:
    """Weights of each anchor (columns) in each year (rows): linear between anchors, flat outside them."""
    columns = [np.interp(years, anchors, unit) for unit in np.eye(len(anchors))]
    return np.stack(columns, axis=1)


def capable_share(stock: Cohorts, numbers: Numbers, shift_years: int = 0) -> np.ndarray:
    """V2X-capable share of the cars in use, one value per draw: lags the share of new cars by the age of the stock."""
    new = capable_new_share(stock.model_years, numbers, shift_years)
    share: np.ndarray = (stock.count * new).sum(axis=0) / stock.total_count
    return share
