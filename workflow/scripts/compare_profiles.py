"""Hold profiles against all vehicles: decision loss by number of profiles, stability, agreement of seeds."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.io import read_csv_table, read_table, write_text
from analysis.mobility.session_weeks import session_weeks
from analysis.potential.firm import firm_mw
from analysis.profiles.cluster import kept_figures
from analysis.profiles.decision import Outcomes, outcomes_of
from analysis.profiles.evidence import Clustered, compare_losses, describe_profiles
from analysis.profiles.features import vehicle_features
from analysis.profiles.session_habits import session_figures, session_habits, session_points
from analysis.profiles.stability import BOOTSTRAP_COUNT, COMPARED_BOOTSTRAP_COUNT
from analysis.profiles.traits import vehicle_habits
from analysis.schemas import mobility
from analysis.schemas.assumptions import Parameters
from analysis.schemas.profile_evidence import ProfileEvidence, ProfileStability
from analysis.schemas.results import CapabilityHours, DispatchValues
from analysis.settings.model import Settings
from analysis.settings.parameters import parameter_set
from analysis.units import KW_PER_MW

MANY_CARS = 10_000.0


def main(
    *, vehicles: Path, trips: Path, sessions: Path, availability: Path, weeks: Path, values: Path, capability: Path,
    parameters: Path, evidence: Path, stability: Path, settings: dict[str, Any], sizes: dict[str, int],
) -> None:  # fmt: skip
    run = Settings.model_validate(settings)
    assumed = parameter_set(read_csv_table(parameters, Parameters), {})
    cars = read_table(vehicles, mobility.Vehicles).sort_values("vehicle_id", kind="stable")
    rides, hours = read_table(trips, mobility.Trips), read_table(availability, mobility.Availability)
    tables = read_table(values, DispatchValues), read_table(capability, CapabilityHours)
    chosen = read_table(weeks, mobility.RepresentativeWeeks)

    def outcomes(ids: pd.Series) -> Outcomes:
        return outcomes_of(*(table[table["vehicle_id"].isin(ids)] for table in tables), chosen, tuple(ids))

    def firm(plugged_pu: np.ndarray, mean_kw: np.ndarray) -> np.ndarray:
        working = 1.0 - assumed["res.unavailable_hw"]
        fleet = firm_mw(np.full(1, MANY_CARS), plugged_pu, mean_kw, np.full(1, assumed["mc.rho_assumed"]), working)
        return fleet * KW_PER_MW / MANY_CARS

    found = []
    for name, use_case in (("embedded", "private"), ("champpy", "fleet")):
        some = cars[cars["use_case"] == use_case].reset_index(drop=True)
        habits = vehicle_habits(rides[rides["vehicle_id"].isin(some["vehicle_id"])], some)
        features = vehicle_features(hours, some, habits)
        kept = kept_figures(features, habits)
        found.append(Clustered(name, some, features.points, kept, outcomes(some["vehicle_id"])))
    plugged = read_table(sessions, mobility.Sessions)
    users = session_weeks(plugged, assumed)
    mean_pu, habits = users.mean_plugged_pu, session_habits(plugged, users.users)
    points, kept = session_points(mean_pu, habits, users.users), session_figures(mean_pu, habits)
    found.append(Clustered("norway", users.users, points, kept, outcomes(users.users["vehicle_id"])))
    stated = {"embedded": run.scope.profile_count}
    losses, described = [], []
    for one in found:
        held = compare_losses(one, stated.get(one.name), sizes, firm, run.seed, COMPARED_BOOTSTRAP_COUNT)
        count = int(held.loc[held["is_chosen"], "profile_count"].iloc[0])
        losses.append(held)
        described.append(describe_profiles(one, count, run.seed, BOOTSTRAP_COUNT))
    for rows, path, model in ((losses, evidence, ProfileEvidence), (described, stability, ProfileStability)):
        table = pd.concat(rows, ignore_index=True)[list(model.to_schema().columns)]
        text = model.validate(table).to_csv(index=False, lineterminator="\n", float_format="%.6g")
        write_text(text, path)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
