"""Before a run: times that lie are mended, a damaged result is a fault, a Snakemake started by hand is seen."""

import os
import subprocess
import sys
import time

import pytest
import yaml

from analysis.errors import DataError
from analysis.provenance import file_digest
from workflow.before import LONG_AGO, at_work, mend_times

RECORDED, OLD, TO_COME = 1_700_000_000, 980_000_000, 1_000_000_000 + 2**31


@pytest.fixture
def root(tmp_path):
    """A project with one law, one input, one table and their record."""
    law, raw = tmp_path / "data/policy/se/law.yaml", tmp_path / "data/raw/prices.csv"
    table, record = tmp_path / "data/results/trial/a.parquet", tmp_path / "data/results/trial/run.yaml"
    for path in (law, raw, table):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(path.name)
    digests = {
        "committed_inputs": {"data/policy/se/law.yaml": file_digest(law)},
        "inputs": {"prices.csv": file_digest(raw)},
        "results": {"a.parquet": file_digest(table)},
    }
    record.write_text(yaml.safe_dump(digests))
    for path in (law, raw, table, record):
        os.utime(path, (RECORDED, RECORDED))
    return tmp_path


def mended(root):
    return mend_times(root, "trial", "data/raw")


def test_nothing_is_touched_where_all_is_as_recorded(root):
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*") if path.is_file()}
    assert mended(root) == []
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_without_a_record_nothing_is_compared(root):
    (root / "data/results/trial/run.yaml").unlink()
    (root / "data/results/trial/a.parquet").write_text("other")
    assert mended(root) == []


@pytest.mark.parametrize("name", ["data/policy/se/law.yaml", "data/raw/prices.csv"])
def test_other_content_under_an_old_time_counts_as_written_now(root, name):
    path = root / name
    path.write_text("other")
    os.utime(path, (OLD, OLD))
    (told,) = mended(root)
    assert name in told and "old time" in told
    assert abs(path.stat().st_mtime - time.time()) < 10


def test_the_same_content_under_another_old_time_stays(root):
    path = root / "data/policy/se/law.yaml"
    os.utime(path, (OLD, OLD))
    assert mended(root) == []
    assert path.stat().st_mtime == OLD


def test_an_input_from_the_future_counts_as_written_now(root):
    path = root / "data/policy/se/law.yaml"
    os.utime(path, (TO_COME, TO_COME))
    (told,) = mended(root)
    assert "law.yaml" in told and "to come" in told
    assert abs(path.stat().st_mtime - time.time()) < 10


def test_made_files_from_the_future_are_older_than_any_input(root):
    path = root / "data/results/trial/a.parquet"
    os.utime(path, (TO_COME, TO_COME))
    (told,) = mended(root)
    assert told.startswith("1 made files")
    assert path.stat().st_mtime == LONG_AGO


def test_a_damaged_result_is_a_fault_with_what_to_do(root):
    path = root / "data/results/trial/a.parquet"
    path.write_text("b.parquet")
    os.utime(path, (RECORDED, RECORDED))
    with pytest.raises(DataError, match=r"a\.parquet: found bytes that the run did not write.*Delete it and run again"):
        mended(root)


def test_a_result_made_since_is_none(root):
    (root / "data/results/trial/a.parquet").write_text("made anew")
    assert mended(root) == []


@pytest.mark.parametrize("text", ["", "a: [", "scenario: trial\n", "\x00"])
def test_a_record_that_is_none_is_a_fault(root, text):
    (root / "data/results/trial/run.yaml").write_text(text)
    with pytest.raises(DataError, match=r"run\.yaml: found .*expected the record of a run.*Delete it"):
        mended(root)


@pytest.mark.parametrize("name", ["snakemake", ".snakemake/scripts/tmp1.build_prices.py"])
def test_a_snakemake_by_hand_and_an_orphaned_job_are_seen(tmp_path, name):
    assert at_work(tmp_path) is None
    program = tmp_path / name
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text("import time; print(flush=True); time.sleep(60)")
    process = subprocess.Popen([sys.executable, str(program)], cwd=tmp_path, stdout=subprocess.PIPE)
    try:
        process.stdout.readline()
        assert at_work(tmp_path) == process.pid
        assert at_work(tmp_path.parent) is None
    finally:
        process.kill()
        process.communicate()
    assert at_work(tmp_path) is None
