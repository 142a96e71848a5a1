"""Turns the cars of each price area into a few groups of like value, so that thousands of draws can be followed."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Cube = NDArray[np.float64]

NODE_COUNT = 6
# ASSUME: cars of a group choose alike, at their mean value; six groups of equal weight a price area. The test beside
# this module holds adoption with groups against adoption with every car of its own.


@dataclass(frozen=True)
class Nodes:
    """Groups of cars: ``weight_pu`` (area × node) sums to one over nodes, ``member_pu`` area × vehicle × node."""

    weight_pu: Cube
    member_pu: Cube

    def mean(self, stream: Cube) -> Cube:
        """Mean over the cars of each group, of an array … × area × vehicle × option."""
        return np.asarray(np.einsum("...avo,avn->...ano", stream, self.member_pu))


def group_cars(value: Cube, weights_pu: Cube, count: int = NODE_COUNT) -> Nodes:
    """Group the cars of each area by value into slices of equal weight; few cars stay apart.

    Parameters
    ----------
    value
        Area × vehicle: what cars are ranked by.
    weights_pu
        Per vehicle, sums to one.
    count
        Groups at most.

    Returns
    -------
    Nodes
        Groups in rising value. A car on the border of two slices is split between them.

    Examples
    --------
    Four cars of equal weight in two groups: the two poorer and the two richer ones.
    """
    areas, vehicles = value.shape
    if vehicles <= count:
        same = np.broadcast_to(np.eye(vehicles), (areas, vehicles, vehicles))
        return Nodes(np.broadcast_to(weights_pu, (areas, vehicles)).copy(), same.copy())
    member = np.zeros((areas, vehicles, count))
    borders = np.arange(count + 1) / count
    for area in range(areas):
        order = np.argsort(value[area], kind="stable")
        ends = np.cumsum(weights_pu[order])
        starts = ends - weights_pu[order]
        inside = np.minimum(ends[:, None], borders[1:]) - np.maximum(starts[:, None], borders[:-1])
        member[area, order] = np.maximum(inside, 0.0)
    weight = member.sum(axis=1)
    return Nodes(weight, member / weight[:, None, :])
