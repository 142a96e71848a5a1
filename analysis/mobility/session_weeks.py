"""Turns charging sessions alone into what a dispatch needs: when each user's car is plugged in, and what it drove.

Sessions tell no trip. What a session charged was driven since the plug-out before it; when in that time is not known.
"""

import zlib
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.errors import DataError, Fault
from analysis.mobility.stays import WEEK_MIN, FloatArray, overlap_per_step
from analysis.mobility.weeks import LOCAL_ZONE, calendar_weeks
from analysis.settings.parameters import ParameterSet
from analysis.units import DAYS_PER_WEEK, HOURS_PER_WEEK, MINUTES_PER_HOUR

LEAST_WEEKS = 4
"""# ASSUME: a user seen for fewer than four whole weeks shows no rhythm and is left out."""
DAY_MIN = 1440.0
SHORTEST_MIN = 1.0
ROTATION_STAGE = 16


@dataclass(frozen=True)
class SessionWeeks:
    """Users with their whole local weeks; of each user week × 168 hours: share plugged in, kWh (battery side) driven.

    ``users`` has grain user: ``vehicle_id``, ``weight`` (1), ``observed_days`` and ``battery_usable_kwh``.
    """

    users: pd.DataFrame
    plugged_pu: dict[str, FloatArray]
    driving_dc_kwh: dict[str, FloatArray]

    @property
    def mean_plugged_pu(self) -> FloatArray:
        """Mean week of each user, user × 168, in the order of ``users``."""
        return np.stack([self.plugged_pu[name].mean(axis=0) for name in self.users["vehicle_id"]])


def session_weeks(sessions: pd.DataFrame, parameters: ParameterSet) -> SessionWeeks:
    """Lay each user's sessions at home on whole local weeks, from the first Monday after the first plug-in.

    # ASSUME: the energy of a session was driven evenly over the time since the plug-out before it (the day before,
    # where there is none). Sessions that overlap, of one user with two cars, count as one connection.

    Parameters
    ----------
    sessions
        Sessions of any length of time; users seen for fewer than four whole weeks are left out.

    Returns
    -------
    SessionWeeks
        The battery of each user holds ``veh.E_usable_bev``, or what its largest session needs above the user's floor.

    Raises
    ------
    DataError
        If no user is seen for four whole weeks.

    Examples
    --------
    Plugged from Monday 20:00 to Tuesday 08:00 each week: hours 20 to 31 of the week are 1, all others 0.
    """
    home = sessions[sessions["place"] == "home"].sort_values(["user_id", "plug_in_utc"], kind="stable")
    rows, plugged, driving = [], {}, {}
    for user, own in home.groupby("user_id", sort=True):
        begin, end = (_local_min(own[name]) for name in ("plug_in_utc", "plug_out_utc"))
        energy = own["energy_ac_kwh"].to_numpy(float) * parameters["plug.charge_efficiency"]
        first = np.ceil(begin[0] / WEEK_MIN)
        count = int(end.max() // WEEK_MIN - first)
        if count < LEAST_WEEKS:
            continue
        name = str(user)
        plugged[name], driving[name] = _week_tables(begin - first * WEEK_MIN, end - first * WEEK_MIN, energy, count)
        needed_kwh = float(energy.max()) / (1.0 - parameters["veh.soc_min_user"])
        rows.append((name, 1.0, count * DAYS_PER_WEEK, max(parameters["veh.E_usable_bev"], needed_kwh)))
    if not rows:
        raise DataError(
            Fault("charging sessions", "no user with four whole weeks at home", "at least one", "Give more sessions.")
        )
    users = pd.DataFrame(rows, columns=["vehicle_id", "weight", "observed_days", "battery_usable_kwh"])
    return SessionWeeks(users, plugged, driving)


def _local_min(instants: pd.Series) -> FloatArray:
    """Minutes of wall-clock time since Monday 1 January 1900."""
    local = instants.dt.tz_convert(LOCAL_ZONE).dt.tz_localize(None)
    minutes: FloatArray = (local - pd.Timestamp("1900-01-01")).dt.total_seconds().to_numpy(float) / MINUTES_PER_HOUR
    return minutes


def _week_tables(begin: FloatArray, end: FloatArray, energy: FloatArray, count: int) -> tuple[FloatArray, FloatArray]:
    """Share plugged in and energy driven, week × 168; minutes count from the first whole week."""
    so_far = np.maximum.accumulate(np.concatenate([[-np.inf], end]))[:-1]
    begin = np.maximum(begin, so_far)
    end = np.maximum(begin, end)
    edges = np.arange(count * HOURS_PER_WEEK + 1, dtype=float) * MINUTES_PER_HOUR
    away = np.where(np.isfinite(so_far), so_far, begin - DAY_MIN)
    plugged = overlap_per_step(begin, end, end - begin, edges) / MINUTES_PER_HOUR
    driven = overlap_per_step(np.minimum(away, begin - SHORTEST_MIN), begin, energy, edges)
    return np.clip(plugged, 0.0, 1.0).reshape(count, -1), driven.reshape(count, -1)


def session_availability(found: SessionWeeks, weeks: pd.DataFrame, price_area: str, seed: int) -> pd.DataFrame:
    """Let each user live one of its own weeks in each representative week (grain of AvailabilityWeeks, hourly).

    # ASSUME: as for diaries, any week of a user may fall in any week of the year, in its own order.

    Parameters
    ----------
    found
        Result of :func:`session_weeks`.
    weeks
        RepresentativeWeeks.
    price_area, seed
        Name of the area to write; seed of the rotation, drawn once a user.
    """
    blocks = []
    for row in weeks.to_dict("records"):
        price_year, start = int(row["price_year"]), pd.Timestamp(row["week_start_utc"])
        position = calendar_weeks(price_year).set_index("week_id")["week_index"].to_dict()[row["week_id"]]
        hours = pd.date_range(start, periods=HOURS_PER_WEEK, freq="h", unit="us")
        chosen = {name: _lived(name, len(table), int(position), seed) for name, table in found.plugged_pu.items()}
        blocks.append(
            pd.DataFrame(
                {
                    "price_area": price_area,
                    "price_year": price_year,
                    "week_id": str(row["week_id"]),
                    "vehicle_id": np.repeat(list(chosen), HOURS_PER_WEEK),
                    "interval_start_utc": hours.take(np.tile(np.arange(HOURS_PER_WEEK), len(chosen))),
                    "plugged_pu": np.concatenate([found.plugged_pu[name][week] for name, week in chosen.items()]),
                    "driving_dc_kwh": np.concatenate(
                        [found.driving_dc_kwh[name][week] for name, week in chosen.items()]
                    ),
                }
            )
        )
    return pd.concat(blocks, ignore_index=True)


def _lived(name: str, week_count: int, calendar_week: int, seed: int) -> int:
    """Which of its weeks a user lives in a calendar week."""
    rotation = np.random.default_rng([seed, ROTATION_STAGE, zlib.crc32(name.encode())]).integers(0, 520)
    return int((calendar_week + rotation) % week_count)
