"""Turns enrolled cars into the chance that enough of them carry a municipality's critical sites through an outage.

Cars do not fail one by one. They are away together (correlation), and what cuts the power may close roads, silence the
telephone that calls them or send them off with their owners (common cause): without both, a handful of cars looks as
safe as an engine (METHODS 4, 8).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from analysis.dispatch.fleet_states import FleetStates
from analysis.errors import DataError, Fault
from analysis.resilience.backup import usable_kwh
from analysis.settings.parameters import ParameterSet

FloatArray = NDArray[np.float64]

TEAM_SIZES = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48)
"""Numbers of cars that a site is tried with; the one that serves most surely is taken."""
ENROLLED_TIER = "willing"
HOURS_WANTED_H = (8.0, 24.0, 72.0)
"""A night, a day, and three days."""
TINY = 1e-12
LEAST_CORRELATION_PU = 1e-6
"""Below this cars are counted as independent: the law is the same to nine digits, its shape would overflow."""
SURE_PU = 0.9
"""From this chance on a municipality is counted as served."""
STRATEGY = "smart"
"""# ASSUME: called cars hold what optimised one-way charging leaves in them, less what the owner keeps for driving."""
PRESENCE = "at_home"
"""# ASSUME: a called car can come when it stands at home, plugged in or not."""


def chance_at_least(needed_count: FloatArray, car_count: FloatArray, there_pu: FloatArray, correlation_pu: float
                    ) -> FloatArray:  # fmt: skip
    """P(at least ``needed_count`` of ``car_count`` cars are there); beta-binomial, binomial without correlation.

    Parameters
    ----------
    needed_count
        Whole numbers of at least 1.
    car_count
        Cars that are called; whole numbers.
    there_pu
        Chance of one car.
    correlation_pu
        Pairwise correlation. All inputs broadcast.

    Examples
    --------
    6 of 10 at 0.6 each, independent: 0.63; with correlation 0.05: 0.60.
    """
    needed, cars, there = np.broadcast_arrays(
        *(np.asarray(values, dtype=float) for values in (needed_count, car_count, np.clip(there_pu, TINY, 1.0 - TINY)))
    )
    fewer = np.zeros(needed.shape)
    possible = needed <= cars
    alpha, beta = _beta_shape(there, correlation_pu)
    log_point = _log_none(cars, there, alpha, beta)
    for count in range(int(needed[possible].max(initial=0))):
        fewer += np.where(possible & (count < needed), np.exp(log_point), 0.0)
        rest = np.maximum(cars - count, 1.0)
        odds = there / (1.0 - there) if alpha is None or beta is None else (count + alpha) / (rest - 1.0 + beta)
        log_point = log_point + np.log(rest / (count + 1.0) * odds)
    return np.asarray(np.where(possible, np.clip(1.0 - fewer, 0.0, 1.0), 0.0))


def _beta_shape(there_pu: FloatArray, correlation_pu: float) -> tuple[FloatArray | None, FloatArray | None]:
    """Shape of the common part of the chance: none where cars are independent."""
    if correlation_pu < LEAST_CORRELATION_PU:
        return None, None
    spread = (1.0 - correlation_pu) / correlation_pu
    return there_pu * spread, (1.0 - there_pu) * spread


def _log_none(cars: FloatArray, there_pu: FloatArray, alpha: FloatArray | None, beta: FloatArray | None) -> FloatArray:
    """Logarithm of the chance that no car is there."""
    if alpha is None or beta is None:
        return np.asarray(cars * np.log1p(-there_pu))
    return np.asarray(special.betaln(alpha, beta + cars) - special.betaln(alpha, beta))


@dataclass(frozen=True)
class CallTerms:
    """How reliably called cars come: correlation, common cause, share that answers, hardware, kept share."""

    correlation_pu: float
    common_cause_pu: float
    common_loss_pu: float
    call_up_pu: float
    working_pu: float
    kept_pu: float
    discharge_efficiency_pu: float
    power_kw: float


def call_terms(parameters: ParameterSet, discharge_efficiency_pu: float, power_kw: float) -> CallTerms:
    """Read the terms; the charger says what a car delivers and at which loss."""
    return CallTerms(
        parameters["mc.rho_common"], parameters["rsl.common_cause_p"], parameters["rsl.common_cause_loss"],
        parameters["rsl.call_up"], 1.0 - parameters["res.unavailable_hw"], parameters["veh.soc_min_user"],
        discharge_efficiency_pu, min(power_kw, parameters["rsl.p_backup"]),
    )  # fmt: skip


def chance_with_common_cause(
    needed_count: FloatArray, car_count: FloatArray, there_pu: FloatArray, terms: CallTerms
) -> FloatArray:
    """Mix the two worlds: the cause spares the cars, or takes most of them from all sites at once."""
    spared = chance_at_least(needed_count, car_count, there_pu, terms.correlation_pu)
    left = np.asarray(there_pu) * (1.0 - terms.common_loss_pu)
    struck = chance_at_least(needed_count, car_count, left, terms.correlation_pu)
    return np.asarray((1.0 - terms.common_cause_pu) * spared + terms.common_cause_pu * struck)


def fit_pu(states: FleetStates, terms: CallTerms, load_kw: float, needed_h: float, team: int) -> float:
    """Chance that one car is there, works and carries its part of a site's load for all the hours.

    Falls with the load and the hours, rises with the number of cars that share them. A part above the power limit is
    carried by none.
    """
    part_kw = load_kw / team
    if part_kw > terms.power_kw:
        return 0.0
    wanted_kwh = part_kw * needed_h / terms.discharge_efficiency_pu
    enough = usable_kwh(states, STRATEGY, terms.kept_pu) >= wanted_kwh
    fit = (enough * states.there_pu[PRESENCE]).mean(axis=2)
    return float(states.car_weight @ fit @ states.season_weight) * terms.working_pu


def enrolled_by_municipality(potential: pd.DataFrame, municipalities: pd.DataFrame, year: int) -> pd.DataFrame:
    """Give enrolled cars of a year by municipality, with its population.

    Parameters
    ----------
    potential
        ``PotentialMunicipalities``: the cars of the tier ``willing`` are those that enrol.
    municipalities
        ``Municipalities``: population.

    Raises
    ------
    DataError
        For each municipality of the potential that the other table lacks.
    """
    rows = potential[(potential["year"] == year) & (potential["tier"] == ENROLLED_TIER)]
    population = municipalities.set_index("municipality_code")["population_count"]
    missing = sorted(set(rows["municipality_code"]) - set(population.index))
    if missing:
        raise DataError(
            Fault(f"municipalities {code}", "no row", "a row per municipality of the potential", "Add it.")
            for code in missing
        )
    return rows[["municipality_code", "price_area"]].assign(
        population_count=rows["municipality_code"].map(population).to_numpy(), enrolled_count=rows["car_count"]
    )


def supply_table(
    states: FleetStates, enrolled: pd.DataFrame, sites: pd.DataFrame, terms: CallTerms, year: int
) -> pd.DataFrame:
    """Give ``CrisisSupply``: for each municipality, kind of site and duration the surest number of cars, its chance.

    # ASSUME: every site has a bidirectional charger with island equipment at its bus bar, which hardly any has today;
    cars take turns at it at full power, so that the losses of low power are not paid.
    """
    whole = np.floor(enrolled["enrolled_count"].to_numpy(float) * terms.call_up_pu)
    blocks = []
    for site in sites.to_dict("records"):
        count = np.maximum(np.round(enrolled["population_count"].to_numpy(float) / site["persons_count"]), 1.0)
        for hours in HOURS_WANTED_H:
            blocks.append(
                enrolled[["municipality_code", "price_area", "enrolled_count"]].assign(
                    site_id=site["site_id"], needed_h=hours, year=year, called_count=whole.astype("int64"),
                    site_count=count.astype("int64"),
                    **_chances(states, terms, float(site["load_kw"]), hours, whole),
                )
            )  # fmt: skip
    return pd.concat(blocks, ignore_index=True)


def _chances(
    states: FleetStates, terms: CallTerms, load_kw: float, needed_h: float, called: FloatArray
) -> dict[str, FloatArray | NDArray[np.int64]]:
    """Try all team sizes for one site in every municipality.

    Where no size has a chance, the number told is the smallest at which a car is about as able as in the largest.
    """
    teams = np.array(TEAM_SIZES)
    fit = np.array([fit_pu(states, terms, load_kw, needed_h, int(team)) for team in teams])
    distinct, which = np.unique(called, return_inverse=True)
    chance = chance_with_common_cause(teams.astype(float), distinct[:, None], fit, terms)[which]
    usual = int((fit >= fit.max() / 2).argmax())
    best = np.where(chance.max(axis=1) > TINY, chance.argmax(axis=1), usual)
    return {
        "vehicle_needed_count": teams[best].astype("int64"), "chance_one_pu": chance[np.arange(len(best)), best],
        "chance_independent_pu": chance_at_least(teams[best].astype(float), called, fit[best], 0.0),
    }  # fmt: skip


def supply_summary(supply: pd.DataFrame, sites: pd.DataFrame) -> pd.DataFrame:
    """Tell over the municipalities, kind by kind and duration by duration (``CrisisSupplySummary``); each counts 1."""
    load = sites.set_index("site_id")["load_kw"]
    rows = []
    for (site_id, hours), part in supply.groupby(["site_id", "needed_h"]):
        low, median, high = np.quantile(part["chance_one_pu"], (0.1, 0.5, 0.9))
        rows.append(
            {
                "site_id": site_id, "needed_h": hours, "load_kw": float(load[str(site_id)]),
                "municipality_count": len(part), "called_median_count": float(part["called_count"].median()),
                "vehicle_needed_count": float(part["vehicle_needed_count"].median()), "chance_low_pu": float(low),
                "chance_median_pu": float(median), "chance_high_pu": float(high),
                "sure_municipality_pu": float((part["chance_one_pu"] >= SURE_PU).mean()),
                "sure_independent_pu": float((part["chance_independent_pu"] >= SURE_PU).mean()),
            }
        )  # fmt: skip
    return pd.DataFrame(rows)
