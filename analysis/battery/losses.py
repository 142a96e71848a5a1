"""Turns power at the connection into conversion losses and one-way efficiencies, for AC and DC chargers."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.settings.parameters import ParameterSet

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class LossCurve:
    """ℓ(p) = P0 + k1·p + k2·p² for p > 0, in kW of AC power; ``extra_pu`` is lost beside it, as a share of p.

    Source: METHODS 3.6, fitted to a field test (EX004); parameters ``loss.P0``, ``loss.k1``, ``loss.k2``.
    """

    no_load_kw: float
    linear_pu: float
    square_per_kw: float
    extra_pu: float = 0.0

    def loss_kw(self, power_kw: Any) -> Any:
        """Loss while converting; zero at zero power. Works on a number or an array."""
        power = np.asarray(power_kw, dtype=float)
        curve = self.no_load_kw + (self.linear_pu + self.extra_pu) * power + self.square_per_kw * power**2
        return np.where(power > 0, curve, 0.0)[()]

    def charge_efficiency_pu(self, power_kw: Any) -> Any:
        """Stored over drawn, (p − ℓ)/p, never below zero (METHODS 1.3)."""
        power = np.asarray(power_kw, dtype=float)
        return np.maximum(power - self.loss_kw(power), 0.0) / power

    def discharge_efficiency_pu(self, power_kw: Any) -> Any:
        """Delivered over taken from the battery, p/(p + ℓ) (METHODS 1.3)."""
        power = np.asarray(power_kw, dtype=float)
        return power / (power + self.loss_kw(power))

    def round_trip_pu(self, power_kw: Any) -> Any:
        """Energy that comes back of energy drawn, at one power both ways.

        Examples
        --------
        Defaults: 0.87 at 11 kW, 0.87 at 5, 0.81 at 2, 0.70 at 1 kW.
        """
        return self.charge_efficiency_pu(power_kw) * self.discharge_efficiency_pu(power_kw)


def loss_curve(parameters: ParameterSet, technology: str) -> LossCurve:
    """Build the curve of a technology: ``dc`` is the fitted curve, ``ac`` loses ``loss.ac_extra`` more.

    # ASSUME: the extra loss of AC (0.5 percentage points, sign disputed) is paid in each direction.
    """
    extra = parameters["loss.ac_extra"] if technology == "ac" else 0.0
    return LossCurve(parameters["loss.P0"], parameters["loss.k1"], parameters["loss.k2"], extra)


def reference_power_kw(power_kw: float, car_limit_kw: float) -> float:
    """Power at which the constant efficiencies of the optimisation are read off the curve.

    # ASSUME: min(charger, ``veh.p_dis_max_ac``). The curve is a fit to a three-phase 16 A field test; above that power
    # a bigger converter is taken to lose the same share, not the square.

    Examples
    --------
    A 20 kW charger with a car limit of 11 kW is read at 11 kW; a 3.7 kW charger at 3.7 kW.
    """
    return min(power_kw, car_limit_kw)


def load_following_efficiency_pu(curve: LossCurve, load_kw: Vector, power_kw: float, reference_kw: float) -> Vector:
    """One-way efficiency of a discharge that follows the household's load, by step.

    At a load of 1 kW the no-load loss weighs heavily (round trip 70 %); a constant efficiency would overstate V2H.
    At or above the reference power the constant value holds; at zero load that of 0.1 kW stands in (no flow there).

    Examples
    --------
    Default DC curve: 0.85 at 1 kW, 0.94 at 11 kW.
    """
    smallest_kw = 0.1
    at = np.clip(np.minimum(load_kw, power_kw), smallest_kw, reference_kw)
    return np.asarray(curve.discharge_efficiency_pu(at))
