"""The path without support as kept on disk is the one that was followed, bit by bit, and so is what a scheme adds."""

import numpy as np
import pytest

from analysis.errors import DataError
from analysis.io import read_arrays, write_arrays
from analysis.policy.loader import load_scheme
from analysis.settings.load import load_settings
from analysis.uncertainty.baseline import baseline_arrays, stored_studies, study_of
from analysis.uncertainty.evaluate import Span, build_frame, evaluate
from analysis.uncertainty.law import law_of
from analysis.uncertainty.measures import scheme_draws
from tests.analysis.cba.scheme_tables import LEVELS, OPTIONS, ROOT, central, standards_case, tables


@pytest.fixture(scope="module")
def run():
    settings = load_settings("default", ROOT / "workflow/config")
    return settings.model_copy(update={"scope": settings.scope.model_copy(update={"draw_count": 12})})


@pytest.fixture(scope="module")
def frame():
    return build_frame(
        tables(3.0), central(), span=Span(2026, 2040, 2030, 2030, 2025, 0.0), options=OPTIONS, levels=LEVELS,
        standards=standards_case(),
    )  # fmt: skip


def test_a_stored_study_is_the_drawn_one(frame, run, tmp_path):
    path = tmp_path / "without.npz"
    write_arrays(baseline_arrays(frame, run), path)
    stored, middle = stored_studies(frame, run, read_arrays(path))
    drawn = study_of(frame, run)
    np.testing.assert_array_equal(stored.without.enrolled_count, drawn.without.enrolled_count)
    np.testing.assert_array_equal(stored.world.tastes.constant, drawn.world.tastes.constant)
    np.testing.assert_array_equal(stored.firm_kw, drawn.firm_kw)
    assert len(middle.world.year_index) == 10
    law = law_of(load_scheme(ROOT / "data/policy/se/task53.yaml"), frame.span, run.policy)
    assert scheme_draws("task53", evaluate(stored, law)).equals(scheme_draws("task53", evaluate(drawn, law)))


def test_the_same_arrays_give_the_same_bytes(tmp_path):
    arrays = {"b": np.arange(3.0), "a": np.zeros((2, 2), dtype=np.float32)}
    paths = [tmp_path / name for name in ("one.npz", "two.npz")]
    for path in paths:
        write_arrays(arrays, path)
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_a_file_that_is_no_arrays_or_could_run_code_is_refused(tmp_path):
    path = tmp_path / "without.npz"
    with pytest.raises(DataError, match="a file of arrays"):
        read_arrays(path)
    path.write_bytes(b"PK\x03\x04 cut off")
    with pytest.raises(DataError, match="a file of arrays"):
        read_arrays(path)
    np.savez(path, evil=np.array([{"a": 1}], dtype=object))
    with pytest.raises(DataError, match="a file of arrays"):
        read_arrays(path)
