"""Turns published facts of an island into a synthetic year of load and wind, and tells what its cars add when cut off.

No hourly load or wind of Gotland is at hand. The year is generated from annual use, highest load, installed wind power
and its yield, and is marked synthetic. Cars on two-way chargers follow a grid, they do not form one: without a source
that does, they stop when the grid does, and so does the wind (METHODS 8).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize, special

from analysis.dispatch.fleet_states import FleetStates
from analysis.errors import DataError, Fault
from analysis.potential.firm import firm_mw
from analysis.potential.hours import SEASONS, season_index
from analysis.schemas.resilience import PRESENCE
from analysis.settings.parameters import ParameterSet
from analysis.units import HOURS_PER_WEEK, KW_PER_MW, LOCAL_ZONE

FloatArray = NDArray[np.float64]

ISLAND_STAGE = 41
DURATIONS_H = (1.0, 4.0, 24.0, 72.0)
STRATEGY = "grid"
"""# ASSUME: cars feed an island grid from what day-ahead trade has left in them."""
WIND_MEMORY_PU = 0.97
"""# ASSUME: correlation of wind from one hour to the next, over a whole island."""
WIND_WINTER_LIFT = 0.35
"""# ASSUME: winter's winds stand this many standard deviations above the year's mean, summer's as much below."""
WEIBULL_SHAPE = 2.1
CUT_IN_M_PER_S, RATED_M_PER_S, CUT_OUT_M_PER_S = 3.0, 12.5, 25.0
"""# ASSUME: power curve of an older mixed fleet: cubic from 3 m/s, full at 12.5 m/s, none above 25 m/s."""
DURATION_MARKS = 101


@dataclass(frozen=True)
class Island:
    """What is known of an island; energies a year, powers in MW."""

    annual_gwh: float
    peak_mw: float
    wind_mw: float
    wind_share_pu: float
    critical_pu: float
    leave_km: float


def island_of(facts: pd.DataFrame) -> Island:
    """Read the island from ``island_facts`` (grain: fact)."""
    value = facts.set_index("id")["value"].astype(float)
    wanted = ("IF001", "IF002", "IF003", "IF004", "IF007", "IF008")
    missing = [name for name in wanted if name not in value.index]
    if missing:
        raise DataError(Fault("island_facts.csv", f"no {name}", "a row", "Add the fact.") for name in missing)
    return Island(*(float(value[name]) for name in wanted))


def island_load_mw(island: Island, household_kw: FloatArray) -> FloatArray:
    """Hourly load with the stated yearly use and highest hour: a flat part, and one that follows households.

    The share of the household shape is solved for, so that both facts are met; what is left is flat (the cement works
    and other industry).

    Raises
    ------
    DataError
        If the shape is too even, or the stated peak too low or too high, to meet both.

    Examples
    --------
    1 000 GWh and 185 MW over 8 760 h: mean 114 MW, highest hour 1.62 times the mean.
    """
    shape = household_kw / household_kw.mean()
    mean_mw = island.annual_gwh * KW_PER_MW / len(shape)
    share = (island.peak_mw / mean_mw - 1.0) / (shape.max() - 1.0)
    if not 0.0 <= share <= 1.0:
        raise DataError(
            Fault("island_facts.csv", f"a highest load of {island.peak_mw:.0f} MW: {share:.0%} of the load must follow "
                  "households", "0 to 100%", "Correct the highest load or the yearly use.")
        )  # fmt: skip
    return np.asarray(mean_mw * (1.0 - share + share * shape))


def island_wind_mw(island: Island, months: NDArray[np.integer], seed: int) -> FloatArray:
    """Hourly wind power with the stated installed power and yearly energy; seeded.

    Wind speed is Weibull with memory from hour to hour and more of it in winter; its scale is solved for, so that the
    year's energy is the stated share of use.
    """
    generator = np.random.default_rng([seed, ISLAND_STAGE])
    count = len(months)
    noise = generator.normal(size=count) * np.sqrt(1.0 - WIND_MEMORY_PU**2)
    state = np.empty(count)
    state[0] = generator.normal()
    for hour in range(1, count):
        state[hour] = WIND_MEMORY_PU * state[hour - 1] + noise[hour]
    lifted = state + WIND_WINTER_LIFT * np.cos(2.0 * np.pi * (months - 1.0) / 12.0)
    rank = np.clip(special.ndtr((lifted - lifted.mean()) / lifted.std()), 1e-9, 1 - 1e-9)
    unit_speed = (-np.log1p(-rank)) ** (1.0 / WEIBULL_SHAPE)
    wanted = island.annual_gwh * KW_PER_MW * island.wind_share_pu / (island.wind_mw * count)

    def surplus(scale: float) -> float:
        return float(power_pu(unit_speed * scale).mean()) - wanted

    if not surplus(1.0) < 0.0 < surplus(14.0):
        raise DataError(
            Fault("island_facts.csv", f"wind energy that needs {wanted:.0%} of full power all year", "what wind yields",
                  "Correct installed wind power or its share of use.")
        )  # fmt: skip
    return np.asarray(island.wind_mw * power_pu(unit_speed * float(optimize.brentq(surplus, 1.0, 14.0))))


def power_pu(speed_m_per_s: FloatArray) -> FloatArray:
    """Share of installed power at a wind speed: none below 3 m/s and above 25, full from 12.5, cubic between."""
    cubic = (speed_m_per_s**3 - CUT_IN_M_PER_S**3) / (RATED_M_PER_S**3 - CUT_IN_M_PER_S**3)
    return np.asarray(np.where(speed_m_per_s > CUT_OUT_M_PER_S, 0.0, np.clip(cubic, 0.0, 1.0)))


@dataclass(frozen=True)
class IslandYear:
    """Hours of a year: load and wind in MW, with season and local hour of the week."""

    load_mw: FloatArray
    wind_mw: FloatArray
    season: NDArray[np.int64]
    hour_of_week: NDArray[np.int64]


def island_year(island: Island, household_load: pd.DataFrame, price_area: str, price_year: int, seed: int
                ) -> IslandYear:  # fmt: skip
    """Generate the island's year on the clock and weather of the run's households.

    # ASSUME: what is not flat follows the mean detached house of the price area, heating included.
    """
    rows = household_load[
        (household_load["price_area"] == price_area) & (household_load["dwelling"] == "detached")
    ].sort_values("interval_start_utc")
    local = pd.DatetimeIndex(rows["interval_start_utc"]).tz_convert(LOCAL_ZONE)
    chosen = np.asarray(local.year == price_year)
    if chosen.sum() < HOURS_PER_WEEK:
        raise DataError(
            Fault(f"household_load {price_area}", f"{chosen.sum()} hours of {price_year}", "the whole year",
                  "Build the household load of that year.")
        )  # fmt: skip
    local = local[chosen]
    load = island_load_mw(island, rows["load_kw"].to_numpy(float)[chosen])
    wind = island_wind_mw(island, local.month.to_numpy(), seed)
    season = season_index(local.month.to_numpy())
    return IslandYear(load, wind, season, np.asarray(local.day_of_week * 24 + local.hour))


def duration_table(year: IslandYear) -> pd.DataFrame:
    """Give ``IslandDuration``: load, wind and residual load exceeded in a share of the year's hours."""
    share = np.linspace(0.0, 1.0, DURATION_MARKS)
    columns = {"load_mw": year.load_mw, "wind_mw": year.wind_mw, "net_residual_mw": year.load_mw - year.wind_mw}
    return pd.DataFrame(
        {"exceeded_pu": share, **{name: np.quantile(values, 1.0 - share) for name, values in columns.items()}}
    )


@dataclass(frozen=True)
class CarTerms:
    """How one car feeds the island: power, efficiency, correlation, hardware, energy kept, energy to leave."""

    power_kw: float
    discharge_efficiency_pu: float
    correlation_pu: float
    working_pu: float
    kept_pu: tuple[float, ...]
    leave_kwh: float


def car_terms(parameters: ParameterSet, island: Island, power_kw: float, discharge_efficiency_pu: float) -> CarTerms:
    """Read the terms; nothing kept stands beside the user's own floor, to show what leaving would cost."""
    return CarTerms(
        power_kw, discharge_efficiency_pu, parameters["mc.rho_common"], 1.0 - parameters["res.unavailable_hw"],
        (0.0, parameters["veh.soc_min_user"]), island.leave_km * parameters["veh.eps0"],
    )  # fmt: skip


def car_power(
    states: FleetStates, terms: CarTerms, presence: str, duration_h: float, kept_pu: float
) -> tuple[FloatArray, FloatArray]:
    """Mean kW of a car over all, and share of cars that are there, by season × hour of week, held for a duration.

    min(power, energy above what is kept over the duration): a car gives less for longer, never more.
    """
    kept = kept_pu * states.capacity_kwh[:, None, None]
    energy = np.maximum(states.stored_kwh[STRATEGY] - kept, 0.0) * terms.discharge_efficiency_pu
    there = states.there_pu[presence]
    power = np.minimum(terms.power_kw, energy / duration_h) * there
    mean_kw, share = (_by_hour(np.tensordot(states.car_weight, part, 1), states) for part in (power, there))
    return mean_kw, share


def _by_hour(values: FloatArray, states: FleetStates) -> FloatArray:
    """Mean over the steps of each hour of the week."""
    total, count = np.zeros((len(SEASONS), HOURS_PER_WEEK)), np.zeros((len(SEASONS), HOURS_PER_WEEK))
    for place in range(len(SEASONS)):
        np.add.at(total[place], states.hour_of_week[place], values[place])
        np.add.at(count[place], states.hour_of_week[place], 1.0)
    return total / np.maximum(count, 1.0)


def mobility_left(
    states: FleetStates, terms: CarTerms, presence: str, duration_h: float, kept_pu: float
) -> tuple[float, float]:
    """Mean energy left over capacity, and share of cars short of the energy to leave, after cars fed for a duration.

    All cars count, also those that were away and gave nothing.
    """
    stored = states.stored_kwh[STRATEGY]
    kept = kept_pu * states.capacity_kwh[:, None, None]
    most = terms.power_kw * duration_h / terms.discharge_efficiency_pu
    drained = stored - np.clip(stored - kept, 0.0, most)
    there = states.there_pu[presence]
    left = drained * there + stored * (1.0 - there)
    short = (drained < terms.leave_kwh) * there + (stored < terms.leave_kwh) * (1.0 - there)

    def mean(values: FloatArray) -> float:
        return float(states.car_weight @ values.mean(axis=2) @ states.season_weight)

    return mean(left / states.capacity_kwh[:, None, None]), mean(short)


def island_table(
    year: IslandYear,
    island: Island,
    states: FleetStates,
    terms: CarTerms,
    fleets: Mapping[str, float],
    target_year: int,
) -> pd.DataFrame:
    """Give ``IslandCase``.

    Parameters
    ----------
    fleets
        Cars on the island by name: enrolled, capable, all electric.

    Notes
    -----
    # ASSUME: cars are not charged from surplus wind while the island is cut off, and wind power above the load is
    # spilled; with grid-forming storage beside them both would help.
    """
    return pd.DataFrame(list(_island_rows(year, island, states, terms, fleets, target_year)))


def _island_rows(
    year: IslandYear,
    island: Island,
    states: FleetStates,
    terms: CarTerms,
    fleets: Mapping[str, float],
    target_year: int,
) -> Iterator[dict[str, object]]:
    loads = {"critical": island.critical_pu * year.load_mw, "full": year.load_mw}
    for presence, kept, duration in product(PRESENCE, terms.kept_pu, DURATIONS_H):
        mean_kw, there = car_power(states, terms, presence, duration, kept)
        left, stranded = mobility_left(states, terms, presence, duration, kept)
        for fleet, cars in fleets.items():
            by_hour = firm_mw(np.array(cars), there, mean_kw, np.array(terms.correlation_pu),
                              np.array(terms.working_pu))  # fmt: skip
            firm = by_hour[year.season, year.hour_of_week]
            for (load_case, load), forms in product(loads.items(), (False, True)):
                yield {
                    "fleet": fleet, "load_case": load_case, "duration_h": duration, "presence": presence,
                    "has_grid_forming": forms, "kept_pu": kept, "year": target_year, "is_synthetic": True,
                    "car_count": cars, "mean_load_mw": float(load.mean()), "firm_mw": float(firm.mean()),
                    "firm_of_load_pu": float(firm.mean() / load.mean()), "left_pu": left, "stranded_pu": stranded,
                    **_covered(load, year.wind_mw, firm, forms),
                }  # fmt: skip


def _covered(load: FloatArray, wind: FloatArray, firm: FloatArray, forms: bool) -> dict[str, float]:
    """Count hours met by wind, and by wind and cars; none where nothing forms the grid that both need."""
    alone = float((load <= wind).mean()) if forms else 0.0
    together = float((load <= wind + firm).mean()) if forms else 0.0
    return {"wind_alone_pu": alone, "covered_pu": together, "added_h": (together - alone) * len(load)}
