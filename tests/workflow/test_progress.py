"""What a failed run shows: the pipeline's own faults alone, else what the machine lacked, else the end of the log."""

import sys

import pytest

from workflow.progress import _why, follow, open_log

KILLED = """\
RuleException:
CalledProcessError in file "rules/ingest.smk", line 27:
Command 'set -euo pipefail;  python build_prices.py' died with <Signals.SIGKILL: 9>.
[Fri Nov 27 02:07:26 2026]
Error in rule build_prices:
    message: None
    jobid: 0
    input: a.csv
    output: b.parquet
    log: logs/build_prices.log (check log file(s) for error details)
WorkflowError:
At least one job did not complete successfully."""


def test_a_killed_job_is_one_line_with_its_log_and_what_kills():
    empty, line = _why(KILLED.splitlines())
    assert empty == ""
    assert line.startswith(
        "MachineError: job build_prices (log logs/build_prices.log): found ended by SIGKILL; expected"
    )
    assert "memory" in line and "CORES=1" in line


def test_a_shell_that_tells_of_a_killed_child_is_understood_too():
    told = KILLED.replace("died with <Signals.SIGKILL: 9>", "returned non-zero exit status 137")
    assert _why(told.splitlines()) == _why(KILLED.splitlines())


def test_a_job_that_fails_by_itself_is_not_called_killed():
    told = KILLED.replace("died with <Signals.SIGKILL: 9>", "returned non-zero exit status 1")
    assert _why(told.splitlines()) == told.splitlines()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("OSError: [Errno 28] No space left on device: 'x/y'", ("a disk without room", "x/y", "Make room")),
        ("OSError: [Errno 30] Read-only file system: 'x'", ("cannot be written", "Make it writable")),
        ("OSError: [Errno 12] Cannot allocate memory", ("no memory left", "CORES=1")),
        (
            "Output a.parquet has older modification time (2026-11-27) than input b.csv (2030-01-01). This could",
            ("a.parquet", "b.csv", "Set the clock"),
        ),
        ("Error: Directory cannot be locked. Please make sure", ("another Snakemake", "Wait for it")),
    ],
)
def test_what_the_machine_lacked_is_told(line, words):
    shown = _why(["WorkflowError:", line, "more"])
    assert len(shown) == 2
    assert shown[1].startswith("MachineError: ")
    assert all(word in shown[1] for word in words)


def test_memory_that_a_job_lacked_before_it_began_is_told_with_its_name():
    failed = KILLED.replace("died with <Signals.SIGKILL: 9>", "returned non-zero exit status 1").splitlines()
    _, line = _why(["    import pandas", "MemoryError", *failed])
    assert line.startswith("MachineError: job build_prices (log logs/build_prices.log): found no memory left")


def test_a_fault_of_the_pipeline_stands_before_what_its_end_looks_like():
    lines = ["MachineError in build_prices: a.parquet: found a disk without room", *KILLED.splitlines()]
    assert _why(lines) == ["", lines[0]]


def test_snakemake_itself_killed_is_told(tmp_path, capsys):
    command = [sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"]
    with (tmp_path / "lock").open("w") as lock:
        assert follow(command, tmp_path, lock.fileno()) == 9
    assert "MachineError: Snakemake: found ended by SIGKILL" in capsys.readouterr().err


def test_a_log_that_cannot_be_written_does_not_end_the_run(tmp_path, capsys):
    (tmp_path / "run.log").symlink_to("/dev/full")
    with open_log(tmp_path / "run.log") as log:
        log("first\n")
        log("second\n")
    assert capsys.readouterr().err.count("holds no more") == 1


def test_a_log_without_a_folder_does_not_end_the_run(tmp_path, capsys):
    (tmp_path / "logs").write_text("a file where a folder should be")
    with open_log(tmp_path / "logs" / "run.log") as log:
        log("first\n")
    assert "cannot be written" in capsys.readouterr().err
