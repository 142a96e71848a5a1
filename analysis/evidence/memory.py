"""Keeps what a laboratory has made, each with the parameters it read: a change elsewhere makes nothing anew."""

from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import Any, TypeVar

from analysis.settings.parameters import ParameterSet

Made = TypeVar("Made")


class Watched(Mapping[str, float]):
    """Values of a parameter set that remember which of them were read.

    A copy of all values reads all of them, so that what was made from a copy is shared with care, never wrongly.
    """

    def __init__(self, parameters: ParameterSet) -> None:
        self._values = parameters.values
        self.read: dict[str, float] = {}

    def __getitem__(self, name: str) -> float:
        self.read[name] = self._values[name]
        return self.read[name]

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


class Memory:
    """What was made, by the name and arguments of its maker."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, list[tuple[Mapping[str, float], Any]]] = {}

    def made(self, key: Hashable, parameters: ParameterSet, make: Callable[[ParameterSet], Made]) -> Made:
        """Give what was made under the same key with the same values of all it read, else make it.

        Parameters
        ----------
        key
            Name of the maker and its arguments.
        parameters
            Of the laboratory that asks; what is read of them is noted by whoever watches that laboratory.

        Examples
        --------
        Market weeks read no parameter: they are made once however many parameters are moved.
        """
        for read, result in self._kept.get(key, ()):
            if all(parameters[name] == value for name, value in read.items()):
                found: Made = result
                return found
        watched = Watched(parameters)
        result = make(ParameterSet(watched))
        self._kept.setdefault(key, []).append((dict(watched.read), result))
        return result
