"""Turns clustered and dispatched vehicles into the evidence on METHODS 2.1-2.3: losses, stability, agreement of seeds.

One table holds each number of profiles against the 3 % aim, for three sizes of the sample of vehicles that stand for
all; another gives the profiles of the chosen number one by one.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.profiles.decision import Firm, Loss, Outcomes, decision_loss, fleet_figures
from analysis.profiles.matching import SEED_COUNT, check_seeds, matched, profile_means
from analysis.profiles.mixture import Mixture, effective_count, fit_mixture
from analysis.profiles.represent import VEHICLE_WEEKS_LEAST, sample_vehicles
from analysis.profiles.stability import bootstrap_jaccard, compare_counts, stability_class
from analysis.units import DAYS_PER_WEEK

Array = NDArray[np.float64]

FIT_STAGE, JACCARD_STAGE = 22, 23
SELECTION_COLUMNS = [
    "profile_count", "bic_pu", "jaccard_least_pu", "jaccard_mean_pu", "ward_agreement_pu", "medoid_agreement_pu",
    "is_chosen", "is_recommended",
]  # fmt: skip


@dataclass(frozen=True)
class Clustered:
    """A data set ready to be grouped: vehicles, where they lie, what a sample should keep, what dispatch says of them.

    ``vehicles`` holds ``vehicle_id``, ``weight`` and ``observed_days`` in the order of all rows.
    """

    name: str
    vehicles: pd.DataFrame
    points: Array
    figures: Array
    outcomes: Outcomes

    @property
    def weight(self) -> Array:
        """Survey weights."""
        return self.vehicles["weight"].to_numpy(float)

    @property
    def weeks(self) -> Array:
        """Observed weeks of each vehicle."""
        return self.vehicles["observed_days"].to_numpy(float) / DAYS_PER_WEEK


def compare_losses(
    found: Clustered, chosen: int | None, sizes: dict[str, int], firm: Firm, seed: int, draws: int
) -> pd.DataFrame:
    """Hold each number of profiles and size of sample against all vehicles.

    Parameters
    ----------
    found
        One data set.
    chosen
        Number of profiles in use; None: the recommended one.
    sizes
        Name and number of vehicles that stand for all, beside ``vehicle_weeks``: just enough for 15 vehicle-weeks a
        profile. Sizes that take every vehicle are left out.
    firm
        See ``decision.fleet_figures``.
    seed, draws
        Seed of the run, of which the next two are tried as well; bootstraps of each number.

    Returns
    -------
    pd.DataFrame
        Grain number of profiles × sample (schema ProfileEvidence).

    References
    ----------
    METHODS 2.2, 2.3.
    """
    selection = compare_counts(found.points, found.weight, chosen, seed, draws)[SELECTION_COLUMNS]
    every = fleet_figures(found.outcomes, found.weight, firm)
    rows: list[dict[str, object]] = []
    for count in selection["profile_count"]:
        fits = [fit_mixture(found.points, found.weight, int(count), [seed + step, FIT_STAGE])
                for step in range(SEED_COUNT)]  # fmt: skip
        check = check_seeds(found.points, found.weight, fits[0], fits[1:])
        least = _vehicle_weeks_size(found, fits[0])
        for name, size in {"vehicle_weeks": least, **sizes}.items():
            if size >= len(found.vehicles):
                continue
            losses = [_loss(found, fit, size, firm) for fit in fits]
            rows.append(
                {
                    "profile_count": int(count),
                    "sample": name,
                    "sampled_count": size,
                    **_figures_of(losses, _random_loss(found, size)),
                    "value_all_sek": every.value_sek,
                    "firm_all_kw": every.firm_kw,
                    "seed_agreement_pu": check.agreement_pu,
                    "share_shift_pu": check.share_shift_pu,
                }
            )
    table = pd.DataFrame(rows).merge(selection, on="profile_count", how="left")
    return table.assign(dataset=found.name, vehicle_count=len(found.vehicles), seed_count=SEED_COUNT)


def _figures_of(losses: list[Loss], random_pu: float) -> dict[str, float | bool]:
    return {
        "value_loss_pu": losses[0].value_pu,
        "value_loss_most_pu": max(loss.value_pu for loss in losses),
        "value_loss_random_pu": random_pu,
        "firm_loss_pu": losses[0].firm_pu,
        "firm_loss_most_pu": max(loss.firm_pu for loss in losses),
        "is_met": losses[0].is_met,
        "is_met_by_all_seeds": all(loss.is_met for loss in losses),
    }


def _loss(found: Clustered, fit: Mixture, size: int, firm: Firm) -> Loss:
    ids = tuple(f"p{index + 1:02d}" for index in range(fit.probability_pu.shape[1]))
    sample = sample_vehicles(found.vehicles, found.points, found.figures, fit.probability_pu, ids, size)
    return decision_loss(found.outcomes, found.weight, sample, firm)


def _vehicle_weeks_size(found: Clustered, fit: Mixture) -> int:
    """Vehicles that give each profile 15 vehicle-weeks, none more than the profile has."""
    size = 0
    for index in range(fit.probability_pu.shape[1]):
        inside = fit.labels == index
        needed = int(np.ceil(VEHICLE_WEEKS_LEAST / found.weeks[inside].mean())) if inside.any() else 1
        size += min(needed, max(int(inside.sum()), 1))
    return size


def _random_loss(found: Clustered, size: int) -> float:
    """Standard error of the mean value where as many vehicles are drawn at random: what grouping has to beat."""
    value, share = found.outcomes.value_sek, found.weight / found.weight.sum()
    mean = float(share @ value)
    spread = float(np.sqrt(share @ (value - mean) ** 2))
    return spread / mean * float(np.sqrt((1.0 - size / len(value)) / size))


def describe_profiles(found: Clustered, count: int, seed: int, draws: int) -> pd.DataFrame:
    """Give the profiles of the chosen number one by one: share with its shift over seeds, and Jaccard.

    Returns
    -------
    pd.DataFrame
        Grain profile (schema ProfileStability).

    References
    ----------
    METHODS 2.2: at least 0.75 is stable, 0.60 to 0.75 a pattern only.
    """
    points, weight = found.points, found.weight
    fits = [fit_mixture(points, weight, count, [seed + step, FIT_STAGE]) for step in range(SEED_COUNT)]
    means = [profile_means(points, weight, fit.probability_pu) for fit in fits]
    pairs = [matched(means[0], mean) for mean in means]
    shares = np.array(
        [(weight @ fit.probability_pu / weight.sum())[pair] for fit, pair in zip(fits, pairs, strict=True)]
    )
    first = fits[0]
    table = pd.DataFrame(
        {
            "dataset": found.name,
            "profile_id": [f"p{index + 1:02d}" for index in range(count)],
            "vehicle_count": np.bincount(first.labels, minlength=count),
            "effective_count": [effective_count(weight * column) for column in first.probability_pu.T],
            "share_pu": shares[0],
            "share_least_pu": shares.min(axis=0),
            "share_most_pu": shares.max(axis=0),
            "jaccard_pu": bootstrap_jaccard(points, weight, first, [seed, JACCARD_STAGE, count], draws),
            "seed_count": SEED_COUNT,
            "bootstrap_count": draws,
        }
    )
    return table.assign(stability=table["jaccard_pu"].map(stability_class))
