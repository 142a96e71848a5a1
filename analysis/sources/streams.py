"""Cleans trips batch by batch, so that a file of many million trips never stands in memory as a whole."""

from collections.abc import Iterable, Iterator

import pandas as pd

from analysis.errors import DataError, Fault
from analysis.sources.descriptor import TripRules
from analysis.sources.trips import clean_trips

MAX_EXAMPLES = 20


def clean_trip_batches(batches: Iterable[pd.DataFrame], rules: TripRules, place: str) -> Iterator[pd.DataFrame]:
    """Check and clean trips that arrive in batches (:func:`analysis.io.read_batches`).

    Parameters
    ----------
    batches
        Tables of the ``Trips`` contract. Trips of one car may lie in several batches when they come in order of time.
    rules, place
        As in :func:`analysis.sources.trips.clean_trips`.

    Yields
    ------
    pd.DataFrame
        One clean table per batch. Memory holds one batch and one instant per car.

    Raises
    ------
    DataError
        As ``clean_trips``, and when a car's trip in a later batch departs before its last arrival so far.
    """
    latest: dict[str, pd.Timestamp] = {}
    offset = 0
    for batch in batches:
        numbered = batch.set_axis(pd.RangeIndex(offset + 1, offset + len(batch) + 1, name="row"), axis=0)
        offset += len(batch)
        clean = clean_trips(numbered, rules, place)
        first = clean.groupby("vehicle_id")["depart_utc"].min()
        late = [str(car) for car, depart in first.items() if car in latest and depart < latest[str(car)]]
        if late:
            raise DataError(
                Fault(
                    f"{place} [car {car}]",
                    f"a trip that departs {first[car]:%Y-%m-%d %H:%M} UTC, before the arrival "
                    f"{latest[car]:%Y-%m-%d %H:%M} of an earlier batch",
                    "trips of a car in order of time and one at a time",
                    "Sort the file by car and departure, or correct the trips.",
                )
                for car in late[:MAX_EXAMPLES]
            )
        last = clean.groupby("vehicle_id")["arrive_utc"].max()
        latest |= {str(car): arrive for car, arrive in last.items()}
        yield clean
