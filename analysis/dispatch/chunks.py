"""Solves any number of cars a few at a time, so that memory holds one chunk and not the fleet.

Cars come from an iterator and are read when their turn comes; a schedule (a year of it takes 0.8 MB) is dropped as soon
as it is summed up. What a chunk gives can be written as one row group before the next is begun.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TypeVar

import numpy as np
import pandas as pd

from analysis.dispatch.dynamic import Solved, solve_or_refer
from analysis.dispatch.problem import Strategy, VehicleProblem

Summary = TypeVar("Summary")

CHUNK_SIZE = 256


def solve_in_chunks(
    cars: Iterable[tuple[str, VehicleProblem]],
    strategy: Strategy,
    summarise: Callable[[str, VehicleProblem, Solved], Summary],
    size: int = CHUNK_SIZE,
) -> Iterator[list[Summary]]:
    """Solve cars chunk by chunk.

    Parameters
    ----------
    cars
        Name and problem of each car; a generator keeps but one of them in memory.
    strategy
        What every car may do.
    summarise
        Sums a solved car up; it should keep no array of the horizon's length.
    size
        Cars of one chunk.

    Yields
    ------
    list[Summary]
        Summaries of one chunk, in the order of the cars; the last may be shorter.

    Raises
    ------
    DataError
        If a car has no schedule at all.
    ValueError
        If a chunk would hold no car.
    """
    if size < 1:
        raise ValueError(f"{size} cars a chunk; a chunk holds at least one")
    solved = (summarise(name, problem, solve_or_refer(problem, strategy)) for name, problem in cars)
    while chunk := list(islice(solved, size)):
        yield chunk


def sample_of_part(sample: pd.DataFrame, part: str) -> pd.DataFrame:
    """Take the cars of one chunk from a sample: neighbours by id, the sizes of all chunks alike but for one car.

    Parameters
    ----------
    sample
        DispatchSample.
    part
        ``_2of3``: the second of three chunks; an empty text: all cars.

    Returns
    -------
    pd.DataFrame
        DispatchSample, sorted by ``vehicle_id`` where it is a chunk; the weights are those of the whole.

    Raises
    ------
    ValueError
        If there is no such chunk, or it would hold no car.

    Examples
    --------
    Seven cars in three chunks: 3, 2 and 2.
    """
    if not part:
        return sample
    number, count = (int(text) for text in part.removeprefix("_").split("of"))
    if not 1 <= number <= count <= len(sample):
        raise ValueError(f"chunk {number} of {count} for {len(sample)} cars; a chunk holds at least one")
    ordered = sample.sort_values("vehicle_id", kind="stable").reset_index(drop=True)
    return ordered.iloc[np.array_split(np.arange(len(ordered)), count)[number - 1]].reset_index(drop=True)
