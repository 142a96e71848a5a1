"""Runs the workflow as ``make report`` does: one run at a time in a folder, a killed run unlocked and completed.

Prints the stages as they pass and ends with the path of the report and the headline numbers.
"""

import argparse
import fcntl
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from analysis.errors import PipelineError, machine_fault
from workflow.before import at_work, mend_times
from workflow.progress import follow
from workflow.versions import LIST, SEEN, add_versions, told_unlisted

ROOT = Path(__file__).resolve().parent.parent
SNAKEMAKE = [sys.executable, "-m", "snakemake", "--workflow-profile", "workflow/profiles/default"]
"""Snakemake looks for a profile beside the Snakefile only; ours says that what a killed run left is made again."""
TOOLS = ROOT / ".venv" / "tools"
PATIENCE_S = 3
TARGETS = {
    "report": ["all"],
    "calibrate": ["calibrate"],
    "versions": [SEEN],
    "run-report": ["all"],
    "sensitivity": [
        f"data/results/{{scenario}}/{name}.parquet" for name in ("sensitivity", "scheme_front", "best_scheme")
    ],
}
"""What each word makes: rules, or tables of the scenario."""


def _taken(lock: int) -> bool:
    """Try the lock for a few seconds: the last processes of a killed run may still be ending."""
    for _ in range(PATIENCE_S * 10):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            time.sleep(0.1)
    return False


@contextmanager
def one_run_at_a_time() -> Iterator[int]:
    """Hold the folder's lock; a second run is told who holds it and ends."""
    with (ROOT / ".lock").open("a+") as lock:
        if not _taken(lock.fileno()):
            lock.seek(0)
            holder = lock.read().strip() or "unknown"
            print(f"Another run (process {holder}) is at work in this folder: wait for it, or stop it", file=sys.stderr)
            sys.exit(2)
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield lock.fileno()


def _stays(root: Path) -> bool:
    """Whether Snakemake, started by hand, or a job of a killed run is still at work after some seconds; says so."""
    for _ in range(PATIENCE_S * 10):
        if not (process_id := at_work(root)):
            return False
        time.sleep(0.1)
    print(
        f"Another run (process {process_id}, started by hand or left by a killed run) is at work in this folder: "
        "wait for it, or stop it",
        file=sys.stderr,
    )
    return True


def run(what: str, scenario: str, inputs: str, cores: str) -> int:
    """Run one target under the lock and print the headlines of a report."""
    config = ["--config", f"scenario={scenario}", f"inputs_root={inputs}"]
    with one_run_at_a_time() as lock:
        if any((ROOT / ".snakemake" / "locks").glob("*")):
            if _stays(ROOT):
                return 2
            print("An earlier run was killed here; unlocking and completing it.")
            subprocess.run([*SNAKEMAKE, "--unlock", *config], cwd=ROOT, capture_output=True, check=False)
        if what == "calibrate":
            forget_calibration(ROOT)
        if what in ("calibrate", "versions"):
            (ROOT / SEEN).unlink(missing_ok=True)
        for line in mend_times(ROOT, scenario, inputs):
            print(line)
        # the lock's descriptor stays open in Snakemake, so that an orphan of a killed run still holds it
        targets = [target.format(scenario=scenario) for target in TARGETS[what]]
        if what == "calibrate":
            code = say_unlisted(follow([*SNAKEMAKE, "--cores", cores, *config, "--", SEEN], ROOT, lock), inputs)
            if code:
                return code
        code = follow([*SNAKEMAKE, "--cores", cores, *config, "--", *targets], ROOT, lock)
        if code == 0 and what == "run-report":
            code = add_snakemake_page(scenario, config) or follow(
                [*SNAKEMAKE, "--cores", cores, *config, "--", *targets], ROOT, lock
            )
        if code == 0 and what == "calibrate":
            changed = publish(ROOT)
            print("\n".join(f"Changed: {path}" for path in changed) or "Recomputed; every committed table is the same.")
            code = say_unlisted(code, inputs)
        if code == 0 and what == "versions":
            code = add_and_say()
    if code == 0 and what == "report":
        print_headlines(scenario)
    if code == 0 and what == "run-report":
        print(f"Snakemake's report:  {page_folder(scenario) / 'snakemake.html'}")
    if code == 0 and what == "sensitivity":
        print("Tables:", *targets, sep="\n  ")
    return code


def say_unlisted(code: int, inputs: str) -> int:
    """Name every file that was read and is not in the list of versions; a list that was edited ends the run.

    Said before anything is computed, and again beside the tables that changed.
    """
    if code:
        return code
    try:
        lines = told_unlisted(ROOT, inputs)
    except PipelineError as error:
        print(f"{type(error).__name__}: {error.message}", file=sys.stderr)
        return 1
    if lines:
        print("\n".join(["Not among the listed versions:", *(f"  {line}" for line in lines)]), flush=True)
    return 0


def add_and_say() -> int:
    """Add the versions that are not listed, or say that all are."""
    try:
        count = add_versions(ROOT)
    except PipelineError as error:
        print(f"{type(error).__name__}: {error.message}", file=sys.stderr)
        return 1
    print(f"Added to {LIST}: {count} rows. Commit it." if count else f"Every file is in {LIST}.")
    return 0


def page_folder(scenario: str) -> Path:
    """Where the pages of a scenario lie."""
    return ROOT / "reports" / "build" / scenario


def add_snakemake_page(scenario: str, config: list[str]) -> int:
    """Put Snakemake's own report beside the pages; its scripts are in its package, so that no network is asked.

    It colours code with pygments, which the product does without: the call, and no job, sees the tools of the tests.
    """
    from analysis.io import atomic_path

    if not (TOOLS / "pygments").is_dir():
        print("Snakemake's report needs what the tests use. Say: make run-report", file=sys.stderr)
        return 2
    seen = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(TOOLS)])}
    with tempfile.TemporaryDirectory() as scratch:
        made = Path(scratch) / "snakemake.html"
        command = [*SNAKEMAKE, "--report", str(made), *config]
        done = subprocess.run(command, cwd=ROOT, env=seen, capture_output=True, text=True, check=False)
        if done.returncode:
            print(done.stdout + done.stderr, file=sys.stderr)
            return done.returncode
        with atomic_path(page_folder(scenario) / made.name) as temporary:
            shutil.copyfile(made, temporary)
    return 0


def forget_calibration(root: Path) -> None:
    """Remove what an earlier calibration left: Snakemake takes it for up to date when files of INPUTS are absent."""
    for room in ("interim", "results"):
        shutil.rmtree(root / "data" / room / "calibration", ignore_errors=True)


def publish(root: Path) -> list[str]:
    """Put the recomputed tables in place of the committed ones of the same name and list those that changed.

    All are copied beside their targets first and then renamed, so that none is ever half written; equal ones are left
    alone, so that nothing that reads them runs again.
    """
    from analysis.io import atomic_path

    committed = {path.name: path for room in ("reference", "evidence") for path in (root / "data" / room).glob("*.csv")}
    changed = []
    with ExitStack() as renamed_at_the_end:
        for table in sorted((root / "data" / "results" / "calibration").glob("*.csv")):
            target = committed[table.name]
            if table.read_bytes() != target.read_bytes():
                shutil.copyfile(table, renamed_at_the_end.enter_context(atomic_path(target)))
                changed.append(target.relative_to(root).as_posix())
    return changed


def print_headlines(scenario: str) -> None:
    """Print the five numbers, each with its range, and where the report lies."""
    from analysis.io import read_table
    from analysis.report.console import dropped_line, generated_line, headline_lines
    from analysis.schemas.dropped_rows import DroppedRows
    from analysis.schemas.results import Headlines
    from analysis.settings.load import dataset_name, load_settings

    settings = load_settings(scenario, ROOT / "workflow" / "config")
    inputs, folder = settings.inputs, Path("data") / "interim" / dataset_name(settings)
    lists = [read_table(path, DroppedRows) for path in sorted((ROOT / folder).glob("dropped_*.parquet"))]
    left_out = [dropped_line(lists, folder.as_posix())] if inputs.fleet_trips or inputs.sessions else []
    text = "\n".join(headline_lines(read_table(ROOT / "data" / "results" / scenario / "headlines.parquet", Headlines)))
    page = page_folder(scenario)
    told = "\n".join([text, generated_line(inputs), *left_out])
    print(f"\n{told}\nReport:  {page / 'index.html'}   (English: {page / 'en' / 'index.html'})")


def scenario_name(text: str) -> str:
    """Refuse what could name a file elsewhere or be taken for more than a word."""
    if re.fullmatch(r"[a-z0-9_]+", text) is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no name of a scenario: small letters, digits and _ only")
    return text


def core_count(text: str) -> str:
    """Take ``all`` or a number; Snakemake would read anything else as one of its options."""
    if re.fullmatch(r"all|[1-9][0-9]{0,3}", text) is None:
        raise argparse.ArgumentTypeError(f"{text!r} is neither `all` nor a number of cores from 1 to 9999")
    return text


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=sorted(TARGETS))
    parser.add_argument("--scenario", default="default", type=scenario_name)
    parser.add_argument("--inputs", default="data/raw")
    parser.add_argument("--cores", default="all", type=core_count)
    given = parser.parse_args()
    try:
        return run(given.what, given.scenario, given.inputs, given.cores)
    except PipelineError as error:
        print(f"{type(error).__name__}: {error.message}", file=sys.stderr)
    except OSError as error:
        fault = machine_fault(error, error.filename or str(ROOT))
        if fault is None:
            raise
        print(f"MachineError: {fault}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
