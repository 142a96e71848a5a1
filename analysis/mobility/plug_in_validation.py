"""Holds the plug-in model against users it was not fitted to: half of them calibrate it, the other half judge it.

A user is one half or the other, never both; which, is drawn anew in every split. How far the two halves of real users
lie from each other, without any model, stands beside each distance: no model can be expected to come nearer.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.mobility.availability import build_availability
from analysis.mobility.calibration import Behaviour, calibrated_behaviour
from analysis.mobility.connections import (
    DAY_KINDS,
    clock_share,
    connections_of_sessions,
    connections_of_stays,
    cumulative_share,
    distances,
    level_measures,
    plugged_share_by_hour,
)
from analysis.mobility.plug_in import plug_stays
from analysis.mobility.sessions import plug_in_statistics, sound_sessions
from analysis.mobility.stays import WEEK_MIN, FloatArray, diaries_of
from analysis.mobility.years import WARM_UP_WEEKS, VehicleYear, vehicle_year
from analysis.settings.parameters import ParameterSet
from analysis.units import MINUTES_PER_HOUR

SPLIT_STAGE = 17
SPLIT_COUNT = 5
LONGEST_DRAWN_H = 48
OVERNIGHT_H = 10.0

Row = tuple[str, str, str, str, int | None, float]
Limits = tuple[float | None, float | None]

# ASSUME: 0.10 of Kolmogorov, 2 h of Wasserstein and a fifth of clock hours moved are near enough for plugging in.
DISTANCE_LIMITS: Mapping[str, Limits] = {
    "plug_ins_per_week_mean": (None, 0.10),
    "plug_ins_per_week_median": (None, 0.10),
    "plugged_share_by_hour": (None, 0.05),
    "connection_kolmogorov": (None, 0.10),
    "connection_wasserstein": (None, 2.0),
    "energy_mean": (None, 0.10),
    "energy_kolmogorov": (None, 0.10),
    "arrival_hours": (None, 0.20),
    "departure_hours": (None, 0.20),
}
LEVELS_HELD = ("plug_ins_per_week_mean", "plug_ins_per_week_median", "energy_mean")
TARGET_LIMITS: Mapping[str, Limits] = {
    "base_stay_median": (OVERNIGHT_H, None),  # SOURCE: PR012, parked over 10 h in most cases
    "base_stay_over_10h": (0.5, None),  # SOURCE: PR012
    "charge_time_mean": (1.5, 2.5),  # SOURCE: PR013, charging takes about 2 h
    "stay_over_charge_time": (5.0, None),  # SOURCE: PR013
    "connection_over_charge_time": (5.0, None),  # SOURCE: PR013
    "plugged_of_parked": (None, 0.5),  # METHODS 1.6: share parked is not availability
}
HOW = {
    "plug_ins_per_week_mean": ("1/week", "mean over users of connections / weeks first to last"),
    "plug_ins_per_week_median": ("1/week", "median over users of the same"),
    "plug_ins_per_week_tenth": ("1/week", "10th percentile over users of the same; not fitted"),
    "plug_ins_per_week_ninetieth": ("1/week", "90th percentile over users of the same; not fitted"),
    "connection_mean": ("h", "mean time from plug-in to plug-out"),
    "connection_median": ("h", "median time from plug-in to plug-out; not fitted"),
    "energy_mean": ("kWh", "mean energy of a connection; not fitted"),
    "energy_median": ("kWh", "median energy of a connection; not fitted"),
    "plugged_share": ("share", "mean over users and hours of the week of time plugged in; not fitted"),
    "plugged_share_by_hour": ("share", "mean over users of time plugged in, local hour; not fitted"),
    "arrival_hours": ("share", "share of plug-ins in that local hour; not fitted"),
    "departure_hours": ("share", "share of plug-outs in that local hour; not fitted"),
    "connection_up_to": ("share", "share of connections no longer than `hour` hours; only their mean is fitted"),
    "user_count": ("count", "users seen over at least two weeks"),
    "session_count": ("count", "sessions at home"),
    "sessions_over_31_days": ("count", "left out"),
    "sessions_overlapping": ("count", "begin before an earlier one of their user has ended; kept, counted once"),
    "overlapping_user_count": ("count", "users of those"),
    "base_stay_median": ("h", "median stay at home between two trips; PR012"),
    "base_stay_over_10h": ("share", "of stays at home, at least 10 h; PR012"),
    "charge_time_mean": ("h", "mean energy of a connection / plug.charge_power_kw; PR013"),
    "stay_over_charge_time": ("ratio", "median stay at home / mean charging time; PR013"),
    "connection_over_charge_time": ("ratio", "mean connection / mean charging time; PR013"),
    "parked_pu": ("share", "mean over cars and hours of the week"),
    "parked_home_pu": ("share", "mean over cars and hours of the week"),
    "plugged_pu": ("share", "mean over cars and hours of the week"),
    "available_pu": ("share", "mean over cars and hours of the week"),
    "biddable_pu": ("share", "mean over cars and hours of the week"),
    "plugged_of_parked": ("ratio", "share plugged in / share parked, wherever parked"),
}
HOW_FAR = {
    "plug_ins_per_week_mean": ("share", "|one / other - 1|; at `mean` of their means over the splits"),
    "plug_ins_per_week_median": ("share", "|one / other - 1|; at `mean` of their means over the splits"),
    "energy_mean": ("share", "|one / other - 1|; at `mean` of their means over the splits"),
    "plugged_share_by_hour": ("share", "mean over the 168 hours of the week of |difference|"),
    "connection_kolmogorov": ("share", "greatest gap between the two distributions of connection time"),
    "connection_wasserstein": ("h", "mean shift that turns one distribution of connection time into the other"),
    "energy_kolmogorov": ("share", "greatest gap between the two distributions of energy"),
    "arrival_hours": ("share", "half the sum over 24 hours of |difference|"),
    "departure_hours": ("share", "half the sum over 24 hours of |difference|"),
}
OF_SPLIT = {"distance": "model to held-out users", "halves": "calibration to held-out users, no model"}


@dataclass(frozen=True)
class Cars:
    """The generated cars that stand for the users, and the weather they drive in."""

    trips: pd.DataFrame
    vehicles: pd.DataFrame
    weather_deg_c: FloatArray
    seed: int
    parameters: ParameterSet

    @property
    def private(self) -> pd.DataFrame:
        """Cars of households, which the sessions speak of."""
        return self.vehicles[self.vehicles["use_case"] == "private"].reset_index(drop=True)

    def behaviour(self, sessions: pd.DataFrame) -> Behaviour:
        """Calibrate on sessions, in the same way as a run does."""
        statistics = plug_in_statistics(sessions, "calibration")
        return calibrated_behaviour(
            self.trips, self.vehicles, self.weather_deg_c, statistics, self.seed, self.parameters
        )

    def year(self) -> VehicleYear:
        """Lay the private cars' diaries over a year."""
        diaries = diaries_of(self.trips, self.private, self.parameters["veh.E_usable_bev"])
        return vehicle_year(diaries, self.weather_deg_c, self.seed, self.parameters)

    def connections(self, year: VehicleYear, behaviour: Behaviour) -> pd.DataFrame:
        """Simulate when the private cars are plugged in."""
        plugged = plug_stays(year.stays, year.habits, behaviour.rhythm, year.diaries.battery_kwh, self.parameters)
        return connections_of_stays(year, plugged, self.parameters)


def split_users(user_ids: Sequence[str], seed: int, split: int) -> tuple[frozenset[str], frozenset[str]]:
    """Draw which half of the users calibrates and which is held out; of an odd number one more is held out.

    The order in which users are given has no say. Raises nothing; of one user the calibration half is empty.
    """
    names = sorted(set(user_ids))
    order = np.random.default_rng([seed, SPLIT_STAGE, split]).permutation(len(names))
    half = len(names) // 2
    first = frozenset(names[place] for place in order[:half])
    return first, frozenset(names) - first


def validate_plug_in(sessions: pd.DataFrame, cars: Cars, citation: str) -> pd.DataFrame:
    """Calibrate on one half of the users, simulate, and compare with the other half, in five splits.

    Parameters
    ----------
    sessions
        Sessions of all sets together, no user in two of them; those at home are used.
    cars
        Generated cars; simulated over a year, private ones only.
    citation
        Where the sessions come from.

    Returns
    -------
    pd.DataFrame
        PlugInValidation.

    Raises
    ------
    DataError
        If sessions cannot be, or a half has no user seen for two weeks.

    References
    ----------
    METHODS 1.4, PR012, PR013.
    """
    home = sessions[sessions["place"] == "home"]
    sound = sound_sessions(home, citation)
    year = cars.year()
    rows: list[Row] = []
    for split in range(1, SPLIT_COUNT + 1):
        chosen, held = split_users(home["user_id"].tolist(), cars.seed, split)
        one, other = (sound.sessions[sound.sessions["user_id"].isin(users)] for users in (chosen, held))
        model = cars.connections(year, cars.behaviour(one))
        rows += _split_rows(str(split), model, connections_of_sessions(one), connections_of_sessions(other))
    drawn = {"plugged_share_by_hour", "connection_up_to", "arrival_hours", "departure_hours"}
    kept = [row for row in rows if row[2] not in drawn or row[1] in OF_SPLIT]
    whole = cars.behaviour(sound.sessions)
    rows = kept + _mean_rows(rows) + _target_rows(cars, year, whole, connections_of_sessions(sound.sessions))
    counts = {
        "session_count": len(sound.sessions), "sessions_over_31_days": sound.long_count,
        "sessions_overlapping": sound.overlap_count, "overlapping_user_count": sound.overlap_user_count,
    }  # fmt: skip
    rows += [("all", "sessions", name, "all", None, float(count)) for name, count in counts.items()]
    return _table(rows, citation)


def _split_rows(split: str, model: pd.DataFrame, chosen: pd.DataFrame, held: pd.DataFrame) -> Iterator[Row]:
    for series, connections in (("model", model), ("calibration", chosen), ("held_out", held)):
        for measure, value in level_measures(connections).items():
            yield split, series, measure, "all", None, value
        if series != "calibration":
            yield from _curves(split, series, connections)
    for series, pair in (("distance", (model, held)), ("halves", (chosen, held))):
        for (measure, day_kind), value in distances(*pair).items():
            yield split, series, measure, day_kind, None, value


def _curves(split: str, series: str, connections: pd.DataFrame) -> Iterator[Row]:
    by_clock = {
        "plugged_share_by_hour": plugged_share_by_hour(connections),
        "arrival_hours": clock_share(connections["begin_min"]),
        "departure_hours": clock_share(connections["end_min"]),
    }
    for measure, table in by_clock.items():
        for day_kind, shares in zip(DAY_KINDS, table, strict=True):
            for hour, share in enumerate(shares):
                yield split, series, measure, day_kind, hour, float(share)
    for hour, share in enumerate(cumulative_share(connections["connected_h"], LONGEST_DRAWN_H)):
        yield split, series, "connection_up_to", "all", hour, float(share)


def _mean_rows(rows: list[Row]) -> list[Row]:
    """Mean over the splits of every row; of levels the distance between the means, in which sampling mostly cancels."""
    totals: dict[tuple[str, str, str, int | None], float] = {}
    for _, series, measure, day_kind, hour, value in rows:
        key = series, measure, day_kind, hour
        totals[key] = totals.get(key, 0.0) + value
    means = {key: total / SPLIT_COUNT for key, total in totals.items()}
    for series, one in (("distance", "model"), ("halves", "calibration")):
        for measure in LEVELS_HELD:
            ours, theirs = (means[name, measure, "all", None] for name in (one, "held_out"))
            means[series, measure, "all", None] = abs(ours / theirs - 1.0)
    return [("mean", *key, mean) for key, mean in means.items()]


def _target_rows(cars: Cars, year: VehicleYear, behaviour: Behaviour, real: pd.DataFrame) -> list[Row]:
    """Dwell against charging time, and the ladder from parked to biddable, with the behaviour fitted to all users."""
    model = cars.connections(year, behaviour)
    power_kw = cars.parameters["plug.charge_power_kw"]
    charge_h = float(model["energy_ac_kwh"].mean()) / power_kw
    stays_h = home_stays_h(year)
    found = {
        "base_stay_median": float(np.median(stays_h)),
        "base_stay_over_10h": float((stays_h >= OVERNIGHT_H).mean()),
        "charge_time_mean": charge_h,
        "stay_over_charge_time": float(np.median(stays_h)) / charge_h,
        "connection_over_charge_time": float(model["connected_h"].mean()) / charge_h,
    }
    table = build_availability(cars.trips, cars.private, cars.weather_deg_c, behaviour, cars.seed, cars.parameters)
    ladder = ("parked_pu", "parked_home_pu", "plugged_pu", "available_pu", "biddable_pu")
    found.update({name: float(table[name].mean()) for name in ladder})
    found["plugged_of_parked"] = found["plugged_pu"] / found["parked_pu"]
    real_charge_h = float(real["energy_ac_kwh"].mean()) / power_kw
    seen = {
        "charge_time_mean": real_charge_h,
        "connection_over_charge_time": float(real["connected_h"].mean()) / real_charge_h,
    }
    rows: list[Row] = [("all", "model", name, "all", None, value) for name, value in found.items()]
    rows += [("all", "sessions", name, "all", None, value) for name, value in seen.items()]
    return rows


def home_stays_h(year: VehicleYear) -> FloatArray:
    """Length of the stays at home that begin after warming up and end before the year does, in hours."""
    stays, end_min = year.stays, year.run_week_count * WEEK_MIN
    inside = stays.is_stay & (stays.arrive_min >= WARM_UP_WEEKS * WEEK_MIN) & (stays.depart_min < end_min)
    hours: FloatArray = ((stays.depart_min - stays.arrive_min) / MINUTES_PER_HOUR)[inside]
    return hours


def _table(rows: list[Row], citation: str) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["split", "series", "measure", "day_kind", "hour", "value"])
    is_distance = table["series"].isin(list(OF_SPLIT))
    held = [
        DISTANCE_LIMITS[measure] if series == "distance"
        else TARGET_LIMITS.get(measure, (None, None)) if split == "all" else (None, None)
        for split, series, measure in zip(table["split"], table["series"], table["measure"], strict=True)
    ]  # fmt: skip
    limits = pd.DataFrame(held, columns=["low", "high"]).astype(float)
    inside = (table["value"] >= limits["low"].fillna(0.0)) & (table["value"] <= limits["high"].fillna(np.inf))
    has_limit = limits.notna().any(axis=1)
    told = [
        HOW_FAR[measure] if far else HOW[measure] for far, measure in zip(is_distance, table["measure"], strict=True)
    ]
    pairs = table["series"].map(OF_SPLIT)
    generated = "generated cars; calibrated on the other half, or for `all` on every user"
    return table.assign(
        hour=table["hour"].astype("Int64"),
        low=limits["low"],
        high=limits["high"],
        verdict=inside.map({True: "within", False: "missed"}).where(has_limit, "no limit"),
        unit=[unit for unit, _ in told],
        how_computed=[how for _, how in told],
        source=pairs.fillna(citation).mask(table["series"] == "model", generated),
    )
