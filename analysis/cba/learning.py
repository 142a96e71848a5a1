"""Turns today's charger prices into those of later years: world learning on hardware, domestic on soft cost."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Cube = NDArray[np.float64]
Draws = Mapping[str, Cube]

LEARNING_PARAMETERS = (
    "cap.install", "cap.learning_rate", "cap.world_doublings", "cap.soft_learning_rate", "cap.soft_base_count",
)  # fmt: skip


def hardware_factor(years_on: float, draws: Draws) -> Cube:
    """Price of two-way hardware beside today's, per draw.

    Examples
    --------
    A learning rate of 15 % and 0.35 doublings of world volume a year leave 0.85^1.75 = 0.752 after five years.

    References
    ----------
    METHODS 5: c_t = c_0·(X_t/X_0)^{log2(1−LR)} with world volume.
    """
    # ASSUME: world volume grows whatever Sweden does: two to three per cent of it are Swedish, so that no learning of
    # hardware is a gain of Swedish support.
    return np.asarray((1.0 - draws["cap.learning_rate"]) ** (draws["cap.world_doublings"] * years_on))


def soft_factor(installed_count: Cube, draws: Draws) -> Cube:
    """Export set-up cost beside today's after so many two-way chargers in the country, per draw.

    Examples
    --------
    At 10 % a doubling, from a base of 2 000 units, 6 000 more leave 0.9² = 0.81.

    References
    ----------
    METHODS 5: soft costs learn locally.
    """
    doublings = np.log2(1.0 + installed_count / draws["cap.soft_base_count"])
    return np.asarray((1.0 - draws["cap.soft_learning_rate"]) ** doublings)


def later_prices_sek(price_sek: Cube, oneway_sek: Cube, years_on: float, draws: Draws) -> Cube:
    """Installed price of each alternative ``years_on`` years from now: draw × alternative.

    The ordinary charger is mature and keeps its price; a two-way one never falls below it.
    """
    install = draws["cap.install"][:, None]
    hardware = np.maximum(price_sek - install, 0.0) * hardware_factor(years_on, draws)[:, None]
    return np.asarray(np.maximum(install + hardware, np.minimum(oneway_sek[:, None], price_sek)))
