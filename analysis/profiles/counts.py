"""Turns profiles, their link to households, and registered cars into electric cars per municipality and profile.

Source: METHODS 2.4-2.5. ``vehicle_count`` is in whole cars and adds up to the registered cars of each municipality,
price area and the country exactly. ``vehicle_published_count`` is for readers: multiples of 5 (disclosure), and none
where the interval is too wide to say a number (suppression); a municipality's own total is never held back.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.errors import ConfigError, DataError, Fault
from analysis.profiles.areas import cars_held_shares, household_counts, income_quintile_shares, owner_cells, rake
from analysis.profiles.company_cars import MOVED_ID, area_totals, reallocate
from analysis.profiles.demographics import (
    QUINTILE_COUNT,
    cars_by_dwelling,
    cell_seed,
    dwelling_codes,
    quintile_codes,
    sample_table,
)
from analysis.profiles.inputs import check_inputs
from analysis.profiles.link import Link, cell_chance, fit_link, link_table
from analysis.profiles.rounding import ROUNDED_TO, round_keeping_total
from analysis.schemas.base import PRICE_AREAS_AND_SWEDEN
from analysis.settings.draws import draw_parameters
from analysis.settings.parameters import parameter_set

Array = NDArray[np.float64]

DETACHED_ID = "plug.ev_owner_detached_share"
SUPPRESSION_ID = "clu.cv_suppress"
DRAWS = 200
INTERVAL_PU = (0.05, 0.95)
# SOURCE: 290 097 electric cars in December 2023 by one publisher, 291 678 by another (market_facts MF0353).
# ASSUME: the stock of the country is uncertain by the gap between the two, that of a municipality by chance (Poisson).
STOCK_GAP_PU = 0.0054


@dataclass(frozen=True)
class CountedProfiles:
    """The four tables: counts, the link behind them, two seeds side by side, and cars at firms' addresses."""

    counts: pd.DataFrame
    link: pd.DataFrame
    seeds: pd.DataFrame
    company_cars: pd.DataFrame


def count_profiles(
    membership: pd.DataFrame,
    vehicles: pd.DataFrame,
    municipalities: pd.DataFrame,
    parameters: pd.DataFrame,
    overrides: dict[str, float],
    seed: int,
    draws: int = DRAWS,
) -> CountedProfiles:
    """Estimate the registered battery electric cars of each municipality by profile, with a 90 % interval.

    Parameters
    ----------
    membership
        Grain vehicle × profile (schema ProfileMembership); fleet vehicles are left out.
    vehicles
        Grain vehicle (schema Vehicles).
    municipalities
        Grain municipality (schema Municipalities).
    parameters
        The Parameters table; uses ``plug.ev_owner_detached_share`` with its range, ``clu.cv_suppress`` and
        ``clu.company_cars_moved``.
    overrides
        ``assumptions.overrides``.
    seed, draws
        Seed of the run; number of draws.

    Returns
    -------
    CountedProfiles
        ``counts`` has the grain municipality × profile (schema ProfileCounts), for the year in which the cars of the
        municipalities table were registered; stocks of later years stand by price area (``fleet_stock``). The interval
        holds the link (γ drawn about its estimate), the seed of raking, the stock and the share of owners in houses;
        it is one of the expected number, not of the whole cars that happen to be of a profile, and it does not hold
        doubt about the profiles.

    Raises
    ------
    DataError
        If membership lacks a private car, or a table cannot be counted from (:func:`check_inputs`).

    References
    ----------
    METHODS 2.4, 2.5.
    """
    check_inputs(vehicles, municipalities)
    values = parameter_set(parameters, overrides)
    labels, private = _private_cars(membership, vehicles)
    link = fit_link(labels, private, seed)
    table = sample_table(private["weight"].to_numpy(float), dwelling_codes(private), quintile_codes(private))
    moved_pu = _moved_share(values[MOVED_ID])
    # ASSUME: where no car states its income, electric cars are bought alike in all quintiles.
    quintile = table.sum(axis=0) / table.sum() if table.any() else np.full(QUINTILE_COUNT, 1 / QUINTILE_COUNT)
    area = _Areas(municipalities, reallocate(municipalities, quintile, moved_pu).astype(float))
    detached = draw_parameters(parameters, [DETACHED_ID], draws, seed, overrides)[DETACHED_ID]
    owners = area.owners(area.seed(table), table, values[DETACHED_ID], area.cars)
    value = _by_profile(owners, cell_chance(link, link.fit.coefficient))
    drawn = _drawn(area, link, table, detached, seed)
    unlinked = area.owners(np.ones(area.seed(table).shape), table, values[DETACHED_ID], area.cars)
    independent = _by_profile(unlinked, cell_chance(link, link.fit.coefficient))
    return CountedProfiles(
        counts=_table(municipalities, link.profile_ids, value, drawn, values[SUPPRESSION_ID]),
        link=link_table(link),
        seeds=_seed_table(municipalities, link, value, independent),
        company_cars=area_totals(municipalities, reallocate(municipalities, quintile, 1.0), moved_pu > 0.0),
    )


class _Areas:
    """Municipalities with what does not change from draw to draw: their household margins and their cars."""

    def __init__(self, municipalities: pd.DataFrame, cars: Array) -> None:
        self.cars = cars
        dwelling = household_counts(municipalities)
        total = dwelling.sum(axis=1, keepdims=True)
        held_pu, self.held = cars_held_shares(municipalities)
        self.margins = [dwelling, income_quintile_shares(municipalities) * total, held_pu * total]
        self.cars_pu = cars_by_dwelling(float(dwelling[:, 0].sum() / dwelling.sum()))

    def seed(self, table: Array) -> Array:
        return cell_seed(table, self.cars_pu)

    def owners(self, seed: Array, table: Array, detached_share_pu: float, cars: Array) -> Array:
        """Electric cars by municipality, dwelling and income for one seed of the households."""
        # ASSUME: the income of the sample's cars is that of the electric-car owners of the country.
        quintile = table.sum(axis=0) / max(float(table.sum()), 1e-300)
        return owner_cells(rake(seed, self.margins), self.held, cars, detached_share_pu, quintile)


def _by_profile(owners: Array, chance: Array) -> Array:
    return np.asarray(np.einsum("mdq,dqk->mk", owners, chance))


def _drawn(area: _Areas, link: Link, table: Array, detached: Array, seed: int) -> Array:
    """Draw link, seed, stock and share in houses together: draw × municipality × profile."""
    drawn = []
    for draw, share in enumerate(detached):
        generator = np.random.default_rng([seed, 26, draw])
        sampled = generator.poisson(table).astype(float)
        national = 1.0 + STOCK_GAP_PU * generator.standard_normal()
        stock = generator.poisson(area.cars)
        cars = np.asarray(national * (stock if stock.any() else area.cars))
        owners = area.owners(area.seed(sampled), sampled, float(share), cars)
        drawn.append(_by_profile(owners, cell_chance(link, link.fit.draw(generator))))
    return np.array(drawn)


def _moved_share(value: float) -> float:
    if not 0.0 <= value <= 1.0:
        raise ConfigError(Fault(MOVED_ID, f"{value:g}", "a share between 0 and 1", "0 leaves cars where registered."))
    return value


def _private_cars(membership: pd.DataFrame, vehicles: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Soft labels (car × profile) and the private cars they belong to, in one order."""
    private = vehicles[vehicles["use_case"] == "private"].sort_values("vehicle_id", kind="stable")
    labels = membership[membership["vehicle_id"].isin(private["vehicle_id"])]
    wide = labels.pivot(index="vehicle_id", columns="profile_id", values="probability_pu").sort_index(axis=1)
    wide = wide.reindex(private["vehicle_id"])
    missing = wide.index[wide.isna().any(axis=1)]
    if len(missing) or wide.empty:
        raise DataError(
            Fault("profile_membership", f"{len(missing)} private cars without all profiles",
                  "each private car of the vehicles table with each profile", "Cluster the same vehicles again.")
        )  # fmt: skip
    return wide, private


def _table(
    municipalities: pd.DataFrame, profile_ids: tuple[str, ...], value: Array, drawn: Array, limit: float
) -> pd.DataFrame:
    count = len(profile_ids)
    low, high = np.quantile(drawn, INTERVAL_PU, axis=0)
    variation = np.divide(drawn.std(axis=0), value, out=np.full(value.shape, np.nan), where=value > 0.0)
    is_suppressed = variation > limit
    published = pd.Series(round_keeping_total(value).ravel()).astype("Int64").mask(is_suppressed.ravel())
    return pd.DataFrame(
        {
            "municipality_code": np.repeat(municipalities["municipality_code"].to_numpy(), count),
            "price_area": np.repeat(municipalities["price_area"].to_numpy(), count),
            "profile_id": np.tile(list(profile_ids), len(municipalities)),
            "vehicle_count": round_keeping_total(value, 1.0).ravel().astype(np.int64),
            "vehicle_low_count": (np.floor(np.minimum(low, value) / ROUNDED_TO + 1e-9) * ROUNDED_TO).ravel(),
            "vehicle_high_count": (np.ceil(np.maximum(high, value) / ROUNDED_TO - 1e-9) * ROUNDED_TO).ravel(),
            "variation_pu": variation.ravel(),
            "is_suppressed": is_suppressed.ravel(),
            "vehicle_published_count": published,
        }
    )


def _seed_table(municipalities: pd.DataFrame, link: Link, sample: Array, independent: Array) -> pd.DataFrame:
    """Shares of profiles by price area under the two seeds (schema ProfileCountSeeds)."""
    areas = municipalities["price_area"].to_numpy()
    rows = []
    for name in PRICE_AREAS_AND_SWEDEN:
        here = (areas == name) if name != "SE" else np.ones(len(areas), dtype=bool)
        here = here & (sample.sum(axis=1) > 0.0)
        if not here.any():
            continue
        first, second = (part[here] / part[here].sum(axis=1, keepdims=True) for part in (sample, independent))
        whole = [part[here].sum(axis=0) / part[here].sum() for part in (sample, independent)]
        rows.append(
            pd.DataFrame(
                {
                    "price_area": name,
                    "profile_id": list(link.profile_ids),
                    "share_sample_seed_pu": whole[0],
                    "share_independent_seed_pu": whole[1],
                    "net_difference_pu": whole[0] - whole[1],
                    "largest_municipality_difference_pu": np.abs(first - second).max(axis=0),
                }
            )
        )
    return pd.concat(rows, ignore_index=True)
