"""Turns five numbers into a law of the Task 53 family: S = min(s0 · f_P · f_T · f_I, share cap · cost).

The principle of the proposal is kept and its test values are set free: base amount, DC over AC, open over closed, the
exponent of power, and the cap. A ratio may lie below one, so that the proposal's order is a result and no premise.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import qmc

from analysis.errors import Fault, PolicyError
from analysis.policy.support import ResolvedScheme

Cube = NDArray[np.float64]


@dataclass(frozen=True)
class Span:
    """Range of one number of the family: even, by doublings (``is_ratio``), or closer at its low end (``bend``)."""

    low: float
    high: float
    unit: str
    is_ratio: bool = False
    bend: float = 1.0

    def at(self, place: Cube) -> Cube:
        """Value at a place between 0 (low) and 1 (high)."""
        if self.is_ratio:
            return np.asarray(self.low * (self.high / self.low) ** place)
        return np.asarray(self.low + (self.high - self.low) * np.asarray(place) ** self.bend)

    def place(self, value: float) -> float:
        """Place of a value between 0 and 1."""
        if self.is_ratio:
            return float(np.log(value / self.low) / np.log(self.high / self.low))
        return float(((value - self.low) / (self.high - self.low)) ** (1 / self.bend))


SPANS = {
    "base_sek": Span(0.0, 15_000.0, "SEK", bend=2.0),
    "dc_ac_ratio": Span(0.25, 4.0, "ratio", is_ratio=True),
    "open_closed_ratio": Span(0.25, 4.0, "ratio", is_ratio=True),
    "power_exponent_pu": Span(0.0, 1.0, "share"),
    "share_cap_pu": Span(0.3, 0.7, "share"),
}
# ASSUME: base amount and ratios are searched as far as the test ranges of the proposal's facts go (0-15 000 SEK, up to
# fourfold), and as far below one; the cap over the range of ado.share_cap; support does not fall with power.
NAMES = tuple(SPANS)
SHAPE_NAMES = NAMES[1:]

_FACTORS = ("technology_ac_pu", "openness_proprietary_pu")
_NEEDED = (
    "base_sek", "technology_dc_pu", "openness_open_pu", "power_exponent_pu", "share_cap_pu", "power_reference_kw",
    "power_cap_kw", *_FACTORS,
)  # fmt: skip


def amounts_at(places: Cube) -> pd.DataFrame:
    """Numbers of the family, a row a trial, from places in the unit cube, trial × ``NAMES``."""
    return pd.DataFrame({name: span.at(places[:, column]) for column, (name, span) in enumerate(SPANS.items())})


def design(count: int, dimensions: int, seed: int) -> Cube:
    """Evenly spread places in the unit cube, a Sobol sequence; ``count`` is a power of two."""
    sequence = qmc.Sobol(d=dimensions, scramble=True, rng=np.random.default_rng(seed))
    return np.asarray(sequence.random(count))


@dataclass(frozen=True)
class Units:
    """The two-way chargers on offer: what the family's factors look at, and their cost excl. VAT, draw × unit."""

    is_dc: NDArray[np.bool_]
    is_open: NDArray[np.bool_]
    power_kw: Cube
    cost_sek: Cube


def mean_support_sek(amounts: pd.DataFrame, units: Units, template: ResolvedScheme) -> Cube:
    """Support of each unit, mean over the draws of its cost: row of amounts × unit.

    The same formula as the law's own parts give one buyer; written out here for thousands of laws at once.

    References
    ----------
    METHODS 5.1, rule 3.

    Examples
    --------
    6 000 SEK, doubled for DC and for open, 11 kW, cap half of 30 000: 15 000 SEK.
    """
    base, dc, opened, exponent, cap = (amounts[name].to_numpy(dtype=float)[:, None] for name in NAMES)
    power = np.minimum(units.power_kw, template.values["power_cap_kw"]) / template.values["power_reference_kw"]
    wished = base * np.where(units.is_dc, dc, 1.0) * np.where(units.is_open, opened, 1.0) * power**exponent
    paid = np.minimum(wished[:, None, :], cap[:, :, None] * units.cost_sek[None, :, :])
    return np.asarray(paid.mean(axis=1))


def support_coordinates(units: Units, template: ResolvedScheme) -> Callable[[Cube], Cube]:
    """Coordinates for a fit: support of each unit over the highest base amount, and the cap."""
    scale = SPANS[NAMES[0]].high

    def coordinates(places: Cube) -> Cube:
        amounts = amounts_at(places)
        return np.column_stack([mean_support_sek(amounts, units, template) / scale, places[:, -1]])

    return coordinates


def proposal(template: ResolvedScheme) -> dict[str, float]:
    """The proposal's own numbers, as those of the family.

    Raises
    ------
    PolicyError
        For each value of the family that the template lacks.
    """
    values = template.values
    missing = [name for name in _NEEDED if values.get(name) is None]
    if missing:
        raise PolicyError(
            [Fault(f"scheme {template.scheme}", f"no value {name!r}", "a law of the Task 53 family", "Give it.")
             for name in missing]
        )  # fmt: skip
    return {
        "base_sek": float(values["base_sek"] * values["technology_ac_pu"] * values["openness_proprietary_pu"]),
        "dc_ac_ratio": float(values["technology_dc_pu"] / values["technology_ac_pu"]),
        "open_closed_ratio": float(values["openness_open_pu"] / values["openness_proprietary_pu"]),
        "power_exponent_pu": float(values["power_exponent_pu"]),
        "share_cap_pu": float(values["share_cap_pu"]),
    }


def place_of(amounts: Mapping[str, float]) -> Cube:
    """Place in the unit cube of one set of amounts; outside it where an amount is outside its span."""
    return np.array([span.place(amounts[name]) for name, span in SPANS.items()])


def family_law(template: ResolvedScheme, amounts: Mapping[str, float]) -> ResolvedScheme:
    """The law with these amounts, everything else as in ``template`` (``task53.yaml``, resolved)."""
    changed = {
        "base_sek": float(amounts["base_sek"]),
        "technology_dc_pu": float(amounts["dc_ac_ratio"]),
        "openness_open_pu": float(amounts["open_closed_ratio"]),
        "power_exponent_pu": float(amounts["power_exponent_pu"]),
        "share_cap_pu": float(amounts["share_cap_pu"]),
        **dict.fromkeys(_FACTORS, 1.0),
    }
    return replace(template, values={**template.values, **changed})
