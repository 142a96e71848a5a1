"""Turns soft labels and what is known of households into the chance of each profile per dwelling and income.

Source: METHODS 2.4. Covariates enter in a fixed order, those that tell most of a household first, as long as the
smallest profile has ten cars per coefficient; what is left out is listed with its reason.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.profiles.demographics import QUINTILE_COUNT
from analysis.profiles.logit import Logit, Sample, choose_ridge, fit_logit, logit_shares
from analysis.profiles.mixture import effective_count
from analysis.schemas.base import DWELLINGS

Array = NDArray[np.float64]
log = logging.getLogger(__name__)

# As the generator of travel writes it into the vehicles table.
SYNTHETIC_DATASETS = ("generated",)
# SOURCE: METHODS 2.4: at least 10 events per parameter.
EVENTS_PER_TERM = 10.0
INTERCEPT = "intercept"
INCOME = "income_quintile"
HOUSEHOLD = "household_type"
# What METHODS 2.4 also names, and no column of the vehicles table holds; and the one column that is no household's.
NEVER_IN = {
    "household_cars": "not_in_vehicles",
    "age_band": "not_in_vehicles",
    "commuting_distance": "not_in_vehicles",
    "municipality_class": "not_in_vehicles",
    "car_type": "no_trait_of_the_household",
}


@dataclass(frozen=True)
class Link:
    """A fitted link. ``cells`` are the covariates of dwelling × income × household type, ``mix`` the last's shares."""

    profile_ids: tuple[str, ...]
    fit: Logit
    terms: tuple[str, ...]
    basis: str
    car_count: int
    effective_count: float
    cells: Array
    mix: Array
    left_out: dict[str, str] = field(default_factory=dict)


def fit_link(probability_pu: pd.DataFrame, vehicles: pd.DataFrame, seed: int) -> Link:
    """Fit the chance of each profile to the demographics that private cars carry.

    Parameters
    ----------
    probability_pu
        Soft labels: one row a car as in ``vehicles``, one column a profile.
    vehicles
        Private cars (schema Vehicles); uses ``weight``, ``dwelling``, ``income_quintile``, ``household_type`` and
        ``dataset``. Cars that lack one of the covariates used are left out of the fit.
    seed
        Seed of the run, for the folds of cross-validation.

    Returns
    -------
    Link
        ``basis`` says what the link rests on: an assumption where travel is generated, since it then holds the rules
        of the generator; and that there is none where no car states its household or cars are too few.

    References
    ----------
    METHODS 2.4. Errors are clustered on the car: the vehicles table names no household.
    """
    vehicles = vehicles.reset_index(drop=True)
    labels = probability_pu.to_numpy(dtype=float)
    terms, known, left_out = _choose_terms(labels, vehicles)
    cars = vehicles[known]
    if len(cars) < len(vehicles):
        log.info(
            "link: %d of %d private cars lack a covariate and are left out", len(vehicles) - len(cars), len(vehicles)
        )
    weight = _effective(cars["weight"].to_numpy(dtype=float))
    sample = Sample(_design(cars, terms), labels[known], weight, np.arange(len(cars)))
    ridge = choose_ridge(sample, [seed, 24]) if terms else 0.0
    cells, mix = _cells(cars, weight, terms)
    return Link(
        tuple(str(name) for name in probability_pu.columns),
        fit_logit(sample, ridge),
        terms,
        _basis(vehicles, terms),
        len(cars),
        float(weight.sum()),
        cells,
        mix,
        left_out,
    )


def cell_chance(link: Link, coefficient: Array) -> Array:
    """Chance of each profile by dwelling (4) × income quintile (5), for the estimate or a draw of it.

    ASSUME: household types, where they are in the link, are shared out within a dwelling as in the sample everywhere.

    Examples
    --------
    A link without covariates gives the same shares in every cell.
    """
    shares = logit_shares(coefficient, link.cells.reshape(-1, link.cells.shape[-1]), link.fit.reference)
    shaped = shares.reshape(*link.cells.shape[:-1], -1)
    return np.asarray(np.einsum("dqtk,dt->dqk", shaped, link.mix))


def link_table(link: Link) -> pd.DataFrame:
    """List every coefficient with its standard error, and every covariate left out with the reason.

    Returns
    -------
    pd.DataFrame
        Grain profile × covariate (schema ProfileLink). ``income_quintile`` counts from the middle to the top
        quintile; a dwelling is against flats of the other kinds; a household type against the commonest one.
    """
    shape = (len(link.profile_ids), 1 + len(link.terms))
    value, error = np.zeros(shape), np.zeros(shape)
    others = np.delete(np.arange(shape[0]), link.fit.reference)
    value[others], error[others] = link.fit.coefficient, link.fit.standard_error
    rows: list[tuple[str, str, str, str | None, float, float]] = [
        (profile, term, "reference" if place == link.fit.reference else "estimated", None, value[place, column],
         error[place, column])
        for place, profile in enumerate(link.profile_ids)
        for column, term in enumerate((INTERCEPT, *link.terms))
    ]  # fmt: skip
    rows += [
        (profile, term, "left_out", reason, np.nan, np.nan)
        for profile in link.profile_ids
        for term, reason in link.left_out.items()
    ]
    names = ["profile_id", "covariate", "state", "reason", "coefficient_pu", "standard_error_pu"]
    table = pd.DataFrame(rows, columns=names).astype({"reason": "str"})
    return table.assign(
        basis=link.basis, ridge_count=link.fit.ridge, car_count=link.car_count, effective_count=link.effective_count
    )


def _effective(weight: Array) -> Array:
    return np.asarray(weight * effective_count(weight) / weight.sum())


def _blocks(vehicles: pd.DataFrame) -> list[tuple[str, list[str]]]:
    """Column and its terms, in the order in which they may enter."""
    types = vehicles[HOUSEHOLD].value_counts().sort_index().sort_values(ascending=False, kind="stable").index[1:]
    return [
        ("dwelling", ["dwelling_detached"]),
        (INCOME, [INCOME]),
        ("dwelling", ["dwelling_flat_rental", "dwelling_other"]),
        (HOUSEHOLD, [f"{HOUSEHOLD}_{name}" for name in sorted(types)]),
    ]


def _choose_terms(labels: Array, vehicles: pd.DataFrame) -> tuple[tuple[str, ...], NDArray[np.bool_], dict[str, str]]:
    chosen: list[str] = []
    left_out: dict[str, str] = {}
    known = np.ones(len(vehicles), dtype=bool)
    for column, terms in _blocks(vehicles):
        stated = known & vehicles[column].notna().to_numpy()
        if not stated.any():
            left_out |= dict.fromkeys(terms or [column], "not_stated")
            continue
        varies = _design(vehicles[stated], terms)[:, 1:].std(axis=0) > 0.0
        new = [term for term, varied in zip(terms, varies, strict=True) if varied]
        left_out |= {term: "does_not_vary" for term in (terms or [column]) if term not in new}
        events = (_effective(vehicles.loc[stated, "weight"].to_numpy(dtype=float)) @ labels[stated]).min()
        if new and events >= EVENTS_PER_TERM * (len(chosen) + len(new)):
            chosen, known = chosen + new, stated
        else:
            left_out |= dict.fromkeys(new, "too_few_events")
    return tuple(chosen), known, left_out | NEVER_IN


def _design(households: pd.DataFrame, terms: Sequence[str]) -> Array:
    """Covariates with the intercept first. ASSUME: income acts in a straight line over quintiles on the log odds."""
    columns: list[Array] = [np.ones(len(households))]
    for term in terms:
        if term == INCOME:
            columns.append((households[INCOME].to_numpy(dtype=float) - 3.0) / 2.0)
        else:
            source = HOUSEHOLD if term.startswith(HOUSEHOLD) else "dwelling"
            columns.append(np.asarray(households[source] == term.removeprefix(f"{source}_"), dtype=float))
    return np.column_stack(columns)


def _cells(cars: pd.DataFrame, weight: Array, terms: Sequence[str]) -> tuple[Array, Array]:
    """Covariates of dwelling × quintile × household type, and the share of each type within a dwelling."""
    has_types = any(term.startswith(HOUSEHOLD) for term in terms)
    types = sorted(cars[HOUSEHOLD].unique()) if has_types else ["any"]
    grid = pd.MultiIndex.from_product(
        [DWELLINGS, range(1, QUINTILE_COUNT + 1), types], names=["dwelling", INCOME, HOUSEHOLD]
    ).to_frame(index=False)
    cells = _design(grid, terms).reshape(len(DWELLINGS), QUINTILE_COUNT, len(types), -1)
    if not has_types:
        return cells, np.ones((len(DWELLINGS), 1))
    mix = np.zeros((len(DWELLINGS), len(types)))
    here = pd.Index(DWELLINGS).get_indexer(pd.Index(cars["dwelling"]))
    known = here >= 0
    np.add.at(mix, (here[known], pd.Index(types).get_indexer(pd.Index(cars[HOUSEHOLD]))[known]), weight[known])
    mix = np.where(mix.sum(axis=1, keepdims=True) > 0.0, mix, mix.sum(axis=0))
    return cells, np.asarray(mix / mix.sum(axis=1, keepdims=True))


def _basis(vehicles: pd.DataFrame, terms: Sequence[str]) -> str:
    if vehicles[["dwelling", INCOME, HOUSEHOLD]].isna().all(axis=None):
        return "no_demographics"
    if not terms:
        return "too_few_cars"
    is_synthetic = vehicles["dataset"].isin(SYNTHETIC_DATASETS).any()
    return "assumption_synthetic_travel" if is_synthetic else "observed_travel"
