"""Turns the name of a charger option (``ac_11``, ``dc_20``, ``ac_11_oneway``) into its physics."""

import re
from dataclasses import dataclass

import numpy as np

from analysis.battery.losses import LossCurve, load_following_efficiency_pu, loss_curve, reference_power_kw
from analysis.dispatch.problem import Vector
from analysis.errors import ConfigError, Fault
from analysis.settings.parameters import ParameterSet

NAME = re.compile(r"^(?P<technology>ac|dc)_(?P<power>\d{1,3}(?:p\d)?)(?P<oneway>_oneway)?$")
FUSE_SIZES_A = (16, 20, 25, 35, 50, 63, 80, 100, 125, 160, 200, 250)
"""SOURCE: the row of standard main fuses sold by Swedish grid companies."""
KW_PER_AMPERE = np.sqrt(3) * 0.4


@dataclass(frozen=True)
class ChargerPhysics:
    """What the dispatch sees of a charger. Openness and price change who buys it, not its schedule."""

    charger_option: str
    technology: str
    power_kw: float
    is_bidirectional: bool
    curve: LossCurve
    reference_kw: float

    @property
    def charge_efficiency_pu(self) -> float:
        """Constant one-way efficiency of charging, at the reference power."""
        return float(self.curve.charge_efficiency_pu(self.reference_kw))

    @property
    def discharge_efficiency_pu(self) -> float:
        """Constant one-way efficiency of discharging, at the reference power."""
        return float(self.curve.discharge_efficiency_pu(self.reference_kw))

    def load_efficiency_pu(self, load_kw: Vector) -> Vector:
        """Efficiency of a discharge that follows the household's load."""
        return load_following_efficiency_pu(self.curve, load_kw, self.power_kw, self.reference_kw)


def charger_physics(charger_option: str, parameters: ParameterSet) -> ChargerPhysics:
    """Read technology, power and direction from the name of an option.

    Raises
    ------
    ConfigError
        If the name is not of the form ``ac_11``, ``dc_20``, ``ac_3p7`` or ``ac_11_oneway``.

    Examples
    --------
    ``dc_20`` is a two-way DC charger of 20 kW; ``ac_3p7_oneway`` a one-way AC charger of 3.7 kW.
    """
    match = NAME.match(charger_option)
    power_kw = float(match["power"].replace("p", ".")) if match else 0.0
    if match is None or power_kw <= 0:
        raise ConfigError(Fault("scope.charger_options", repr(charger_option), "ac_<kW> or dc_<kW>, also with _oneway",
                                "Write the power in kW, with p for the decimal sign."))  # fmt: skip
    return ChargerPhysics(
        charger_option=charger_option,
        technology=match["technology"],
        power_kw=power_kw,
        is_bidirectional=match["oneway"] is None,
        curve=loss_curve(parameters, match["technology"]),
        reference_kw=reference_power_kw(power_kw, parameters["veh.p_dis_max_ac"]),
    )


def connection_limit_kw(parameters: ParameterSet, power_kw: float, mean_load_kw: float) -> float:
    """Most the site may import or export, three phases.

    # ASSUME: the main fuse is the smallest standard size, at least ``ret.fuse``, that carries the charger and the
    # household's mean load; above that the charger gives way to the load. A bigger fuse's yearly fee is not counted.

    Examples
    --------
    11 kW beside 1.5 kW needs 20 A (13.9 kW); 20 kW beside 1.5 kW needs 35 A (24.2 kW).
    """
    needed_kw = power_kw + mean_load_kw
    enough = [size for size in FUSE_SIZES_A if size >= parameters["ret.fuse"] and size * KW_PER_AMPERE >= needed_kw]
    if not enough:
        most = f"at most {FUSE_SIZES_A[-1]} A"
        raise ConfigError(Fault("scope.charger_options", f"{needed_kw:.0f} kW", most, "Use a smaller charger."))
    return float(enough[0] * KW_PER_AMPERE)
