"""Lays out the central case: every parameter at its value, each price year, and five levels of response to money."""

import numpy as np
from numpy.typing import NDArray

from analysis.settings.parameters import ParameterSet
from analysis.uncertainty.draws import Draws, central_draws
from analysis.uncertainty.evaluate import Evaluation, Frame, Study, draw_study

Cube = NDArray[np.float64]

RESPONSES = ("low", "lower", "middle", "higher", "high")
MIDDLE = RESPONSES.index("middle")
RESPONSE = "ado.logit_scale"


def response_levels(frame: Frame) -> Cube:
    """Utility per kSEK at which schemes are compared: the ends of its range, its value, and half-way to each end."""
    row = frame.tables.parameters.set_index("id")[["low", "high"]].to_dict("index")[RESPONSE]
    value = frame.parameters[RESPONSE]
    low, high = min(row["low"], value), max(row["high"], value)
    return np.array([low, (low + value) / 2, value, (value + high) / 2, high])


def central_study(frame: Frame, parameters: ParameterSet) -> Study:
    """One draw for each response and price year, in that order; each is calibrated to the revealed uptake.

    No Swedish price variation identifies the response to money: schemes are compared at each of them (METHODS 5).
    """
    return draw_study(frame, *central_draws_of(frame, parameters))


def central_draws_of(frame: Frame, parameters: ParameterSet) -> tuple[Draws, NDArray[np.int64]]:
    """Draws and price years of the central study."""
    years = len(frame.streams.price_years)
    levels = np.repeat(response_levels(frame), years)
    return central_draws(parameters, len(levels), {RESPONSE: levels}), np.tile(np.arange(years), len(RESPONSES))


def of_response(evaluation: Evaluation, number: int) -> slice:
    """Draws of one response in an evaluation of the central study."""
    years = len(evaluation.study.frame.streams.price_years)
    return slice(number * years, (number + 1) * years)
