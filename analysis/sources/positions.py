"""Holds the positions of a trip against its time and its stated length: what no car can have driven is a GPS jump."""

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]

EARTH_RADIUS_KM: Final = 6371.0088
"""SOURCE: mean radius of the earth, IUGG."""
SLACK_KM: Final = 0.5
SHORTEST_PU: Final = 0.9
# ASSUME: a stated length is at least nine tenths of the straight line between both ends, less half a kilometre: room
# for the rounding of distances and for the first fix after a cold start.
ENDS: Final = ("depart_latitude_deg", "depart_longitude_deg", "arrive_latitude_deg", "arrive_longitude_deg")


def straight_km(from_latitude_deg: Floats, from_longitude_deg: Floats, to_latitude_deg: Floats,
                to_longitude_deg: Floats) -> Floats:  # fmt: skip
    """Great-circle distance of each pair of positions (haversine formula).

    Examples
    --------
    Stockholm (59.33, 18.06) to Gothenburg (57.71, 11.97): about 397 km.
    """
    first, last = np.radians(from_latitude_deg), np.radians(to_latitude_deg)
    half_north = (last - first) / 2
    half_east = np.radians(to_longitude_deg - from_longitude_deg) / 2
    chord = np.sin(half_north) ** 2 + np.cos(first) * np.cos(last) * np.sin(half_east) ** 2
    distance: Floats = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(chord, 0.0, 1.0)))
    return distance


def ends_km(trips: pd.DataFrame) -> Floats:
    """Straight line from the start of each trip to its end; NaN where a position is missing."""
    return straight_km(*(trips[name].to_numpy(dtype="float64", na_value=np.nan) for name in ENDS))


def is_jump(trips: pd.DataFrame, hours: Floats, max_speed_km_per_h: float) -> npt.NDArray[np.bool_]:
    """Find trips whose positions no car can have reached.

    Parameters
    ----------
    trips
        ``GpsTrips``.
    hours
        Duration of each trip.
    max_speed_km_per_h
        The highest plausible mean speed.

    Returns
    -------
    Whether a trip is faster than that along the straight line or by its stated length, states a length that is shorter
    than the straight line, or begins or ends off the globe or at 0° N 0° E, which a logger writes when it knows no
    position. A length above the straight line is no jump: a round trip ends where it began.
    """
    straight = ends_km(trips)
    distance = trips["distance_km"].to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        speed = np.fmax(straight, distance) / hours
    nowhere = np.zeros(len(trips), dtype=bool)
    for end in ("depart", "arrive"):
        latitude, longitude = (trips[f"{end}_{name}_deg"].to_numpy(float) for name in ("latitude", "longitude"))
        nowhere |= (latitude == 0.0) & (longitude == 0.0) | (np.abs(latitude) > 90.0) | (np.abs(longitude) > 180.0)
    too_short: npt.NDArray[np.bool_] = distance < SHORTEST_PU * straight - SLACK_KM
    jumps: npt.NDArray[np.bool_] = (speed > max_speed_km_per_h) | too_short | nowhere
    return jumps


def jump_texts(trips: pd.DataFrame) -> list[str]:
    """Say of each trip how far it states to have gone, how far its ends lie apart, and in which time."""
    minutes = (trips["arrive_utc"] - trips["depart_utc"]).dt.total_seconds() / 60
    return [
        f"{distance:g} km stated, {straight:.1f} km between the ends, {time:g} min"
        for distance, straight, time in zip(trips["distance_km"], ends_km(trips), minutes, strict=True)
    ]
