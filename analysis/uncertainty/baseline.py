"""Keeps the path without support as arrays, so that it is followed once for all schemes of a run."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.cba.paths import Path, enrolled_of
from analysis.settings.model import Settings
from analysis.uncertainty.central import central_draws_of, central_study
from analysis.uncertainty.draws import Draws, draw_all, draw_price_years
from analysis.uncertainty.evaluate import Frame, Study, draw_study, firm_kw_of, lay_world

Arrays = Mapping[str, NDArray[Any]]

CONSTANT = "constant"
MADE_AGAIN = ("years", "enrolled_count")
DRAWN, CENTRAL = "drawn", "central"


def study_of(frame: Frame, run: Settings) -> Study:
    """The run's draws over a frame."""
    return draw_study(frame, *_drawn(frame, run))


def _drawn(frame: Frame, run: Settings) -> tuple[Draws, NDArray[np.int64]]:
    count, table = run.scope.draw_count, frame.tables.parameters
    draws = draw_all(table, frame.parameters, count, run.seed, run.assumptions.overrides)
    return draws, draw_price_years(frame.streams.price_years, count, run.seed)


def baseline_arrays(frame: Frame, run: Settings) -> dict[str, NDArray[Any]]:
    """Follow both studies without support: calibrated constants and paths, by ``study.name``."""
    studies = {DRAWN: study_of(frame, run), CENTRAL: central_study(frame, frame.parameters)}
    return {f"{key}.{name}": array for key, study in studies.items() for name, array in _arrays(study).items()}


def _arrays(study: Study) -> dict[str, NDArray[Any]]:
    path = {each.name: getattr(study.without, each.name) for each in fields(Path) if each.name not in MADE_AGAIN}
    return {CONSTANT: study.world.tastes.constant} | path


def stored_studies(frame: Frame, run: Settings, arrays: Arrays) -> tuple[Study, Study]:
    """The run's draws and the central case over a frame, with their paths as kept by :func:`baseline_arrays`."""
    return (
        _stored(frame, *_drawn(frame, run), arrays, DRAWN),
        _stored(frame, *central_draws_of(frame, frame.parameters), arrays, CENTRAL),
    )


def _stored(frame: Frame, draws: Draws, year_index: NDArray[np.int64], arrays: Arrays, key: str) -> Study:
    world = lay_world(frame, draws, year_index)
    prior = world.tastes
    world = replace(world, tastes=replace(prior, constant=arrays[f"{key}.{CONSTANT}"]))
    kept = {each.name: arrays[f"{key}.{each.name}"] for each in fields(Path) if each.name not in MADE_AGAIN}
    enrolled = enrolled_of(world, kept["new_count"])
    path = Path(years=world.households.years, enrolled_count=enrolled, **kept)
    return Study(frame, world, prior, path, firm_kw_of(frame, len(year_index)))
