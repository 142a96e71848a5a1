"""Turns profiles, their link to households, and registered cars into electric cars per municipality and profile.

Source: METHODS 2.4-2.5 in small. Published counts are multiples of 5 (disclosure): the profiles of a municipality add
up to its registered cars rounded to 5, so that no total is off by more than 2.5 cars; low is rounded down, high up.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.errors import DataError, Fault
from analysis.profiles.areas import household_shares, owner_shares, quintile_shares, rake
from analysis.profiles.demographics import (
    QUINTILE_COUNT,
    cell_seed,
    dwelling_codes,
    profile_given_cell,
    quintile_codes,
)
from analysis.settings.draws import draw_parameters
from analysis.settings.parameters import parameter_set

Array = NDArray[np.float64]

DETACHED_ID = "plug.ev_owner_detached_share"
DRAWS = 200
INTERVAL_PU = (0.05, 0.95)
# SOURCE: METHODS 2.5 (disclosure): counts rounded to 5.
ROUNDED_TO = 5.0


@dataclass(frozen=True)
class _Link:
    """Private cars in one order: soft labels (n × k), weights, codes of dwelling and income."""

    probability_pu: Array
    weight: Array
    dwelling: NDArray[np.int64]
    quintile: NDArray[np.int64]


def count_profiles(
    membership: pd.DataFrame,
    vehicles: pd.DataFrame,
    municipalities: pd.DataFrame,
    parameters: pd.DataFrame,
    overrides: dict[str, float],
    seed: int,
    draws: int = DRAWS,
) -> pd.DataFrame:
    """Estimate the registered battery electric cars of each municipality by profile, with a 90 % interval.

    Parameters
    ----------
    membership
        Grain vehicle × profile (schema ProfileMembership); fleet vehicles are left out.
    vehicles
        Grain vehicle; uses ``weight``, ``use_case``, ``dwelling``, ``income_quintile``.
    municipalities
        Grain municipality (schema Municipalities).
    parameters
        The Parameters table; uses ``plug.ev_owner_detached_share`` and its range.
    overrides
        ``assumptions.overrides``.
    seed, draws
        Seed of the run; number of draws of vehicles and of the detached share.

    Returns
    -------
    pd.DataFrame
        Grain municipality × profile (schema ProfileCounts). The interval holds vehicles drawn with replacement and the
        detached share within its range; not the stock, nor cars registered at a firm's address.

    Raises
    ------
    DataError
        If membership lacks a private car, or a municipality has no households.

    References
    ----------
    METHODS 2.4, 2.5.
    """
    profile_ids, link = _private_link(membership, vehicles)
    detached = draw_parameters(parameters, [DETACHED_ID], draws, seed, overrides)[DETACHED_ID]
    central = parameter_set(parameters, overrides)[DETACHED_ID]
    area = _Areas(municipalities)
    value = area.counts(link, link.weight, central)
    drawn = np.empty((draws, *value.shape))
    for draw in range(draws):
        generator = np.random.default_rng([seed, 26, draw])
        size = len(link.weight)
        times = np.bincount(generator.integers(size, size=size), minlength=size)
        drawn[draw] = area.counts(link, link.weight * times, float(detached[draw]))
    low, high = np.quantile(drawn, INTERVAL_PU, axis=0)
    return _table(municipalities, profile_ids, value, np.minimum(low, value), np.maximum(high, value))


class _Areas:
    """Municipalities with what does not change from draw to draw."""

    def __init__(self, municipalities: pd.DataFrame) -> None:
        self.municipalities = municipalities
        self.cars = municipalities["bev_count"].to_numpy(dtype=float)
        self.household_pu = household_shares(municipalities)

    def counts(self, link: _Link, weight: Array, detached_share_pu: float) -> Array:
        """Cars by municipality and profile for given weights of the sample and share of owners in houses."""
        drawn = weight > 0.0
        chance = profile_given_cell(
            link.probability_pu[drawn], weight[drawn], link.dwelling[drawn], link.quintile[drawn]
        )
        seed = cell_seed(weight[drawn], link.dwelling[drawn], link.quintile[drawn])
        dwelling = owner_shares(self.household_pu, self.cars, detached_share_pu)
        # ASSUME: the income of the sample's cars is that of electric-car owners in the country; each municipality is
        # shifted from it by its own median.
        quintile = quintile_shares(self.municipalities, seed.sum(axis=0) / seed.sum() * QUINTILE_COUNT)
        cells = rake(seed, dwelling, quintile)
        return np.asarray(self.cars[:, None] * np.einsum("mdq,dqk->mk", cells, chance))


def _private_link(membership: pd.DataFrame, vehicles: pd.DataFrame) -> tuple[list[str], _Link]:
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
    link = _Link(
        wide.to_numpy(dtype=float),
        private["weight"].to_numpy(dtype=float),
        dwelling_codes(private),
        quintile_codes(private),
    )
    return [str(name) for name in wide.columns], link


def round_keeping_total(values: Array, unit: float = ROUNDED_TO) -> Array:
    """Round each row to multiples of ``unit`` so that it adds up to its own sum rounded to ``unit``.

    Units left over go to the largest remainders.

    Examples
    --------
    (7, 7, 7) sums to 21, rounded 20: one of them is 10, two are 5.
    """
    steps = values / unit
    floors = np.floor(steps + 1e-9)
    spare = np.floor(values.sum(axis=1) / unit + 0.5) - floors.sum(axis=1)
    rank = np.argsort(np.argsort(-(steps - floors), axis=1, kind="stable"), axis=1, kind="stable")
    return np.asarray(unit * (floors + (rank < spare[:, None])))


def _table(municipalities: pd.DataFrame, profile_ids: list[str], value: Array, low: Array, high: Array) -> pd.DataFrame:
    count = len(profile_ids)
    return pd.DataFrame(
        {
            "municipality_code": np.repeat(municipalities["municipality_code"].to_numpy(), count),
            "price_area": np.repeat(municipalities["price_area"].to_numpy(), count),
            "profile_id": np.tile(profile_ids, len(municipalities)),
            "vehicle_count": round_keeping_total(value).ravel(),
            "vehicle_low_count": (np.floor(low / ROUNDED_TO + 1e-9) * ROUNDED_TO).ravel(),
            "vehicle_high_count": (np.ceil(high / ROUNDED_TO - 1e-9) * ROUNDED_TO).ravel(),
        }
    )
