"""Turns a path into what all its cars together pay, earn and move each year, stream by stream."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.cba.depth import pick
from analysis.cba.paths import Path
from analysis.cba.streams import IMPORT_STREAMS
from analysis.cba.world import World

Cube = NDArray[np.float64]


@dataclass(frozen=True)
class Yearly:
    """Yearly streams of one car. ``two_way``: price year × market point × area × node × option, V2X less V1G.

    ``one_way``: price year × area × node, optimised less plain one-way charging.
    """

    two_way: dict[str, Cube]
    one_way: dict[str, Cube]


class PathSums:
    """Sums over the cars of one path: draw × year × area."""

    def __init__(self, path: Path, world: World, yearly: Yearly) -> None:
        self.path = path
        self.world = world
        self.yearly = yearly
        self.standby_change = world.draws["standby_ratio"] - 1.0
        self.by_option = self._by_option()
        self.held_count = held(path.new_count.sum(axis=(2, 3)), world.tastes.life_years)
        self._known: dict[str, Cube] = {}

    def _by_option(self) -> Cube:
        count = 1 + max(each.option_index for each in self.world.alternatives)
        summed = np.zeros((*self.path.enrolled_count.shape[:-1], count), dtype=np.float32)
        for place, each in enumerate(self.world.alternatives):
            summed[..., each.option_index] += self.path.enrolled_count[..., place]
        return np.asarray(summed)

    def two_way(self, name: str) -> Cube:
        """One stream of all enrolled cars, standby at the draw's own power: draw × year × area."""
        if name not in self._known:
            self._known[name] = self._summed(name)
        return self._known[name]

    def _summed(self, name: str) -> Cube:
        path, world = self.path, self.world
        total = np.zeros(path.enrolled_count.shape[:3])
        if name not in self.yearly.two_way:
            raise KeyError(name)
        for place in range(len(path.years)):
            spot = (world.year_index, path.lower[:, place], path.fraction[:, place])
            stream = pick(self.yearly.two_way[name], *spot)
            if name in IMPORT_STREAMS:
                standby = pick(self.yearly.two_way[f"standby_{name}"], *spot)
                stream = stream + self.standby_change[:, None, None, None] * standby
            total[:, place] = np.einsum("dano,dano->da", self.by_option[:, place], stream)
        return total

    def one_way(self, name: str) -> Cube:
        """One stream of all cars that charge one way and optimised, or both ways: draw × year × area."""
        stream = self.yearly.one_way[name][self.world.year_index]
        return np.asarray(np.einsum("dyan,dan->dya", self._well_charged(), stream))

    def _well_charged(self) -> Cube:
        smart = held(self.path.smart_new_count, self.world.tastes.life_years)
        return np.asarray(smart + self.path.enrolled_count.sum(axis=-1))


def held(new_count: Cube | NDArray[np.float32], life_years: int) -> Cube:
    """Units bought within their life: draw × year × …, from units bought each year."""
    running = np.cumsum(new_count, axis=1, dtype=np.float64)
    running[:, life_years:] -= running[:, :-life_years].copy()
    return np.asarray(running)
