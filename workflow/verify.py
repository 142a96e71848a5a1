"""Holds a run against its record, then computes it again in a scratch copy of this checkout and compares every table.

Exit code 0: as recorded. 1: a file or a table is not. 2: it could not be told.
"""

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from analysis.errors import DataError, Fault, PipelineError
from analysis.io import read_arrays, read_text
from analysis.provenance import code_digest, code_revision, file_digest, library_versions, machine_kind
from analysis.record.changes import input_changes, run_changes
from analysis.record.differences import Difference, arrays_difference, table_difference
from analysis.record.package import PACKAGE, RUN, Found, Package, file_faults, read_package, record_faults, run_facts
from analysis.settings.load import load_settings, read_yaml, scenario_names
from workflow.progress import follow
from workflow.run import SNAKEMAKE

ROOT = Path(__file__).resolve().parent.parent
RESULTS = Path("data", "results")
AS_RECORDED, NOT_AS_RECORDED, NOT_TOLD = 0, 1, 2
LEFT_OUT = (".git", ".venv", ".snakemake", ".lock", ".hypothesis", ".*_cache", "__pycache__", "logs", "raw", "interim",
            "results", "build")  # fmt: skip
"""Names that no scratch copy takes along: what is generated, the environment, and the user's files."""


def folder_of(run: str) -> Path:
    """Find the folder: a path with a record in it, or the name of a scenario.

    Raises
    ------
    DataError
        If neither has a record.
    """
    for folder in (Path(run), ROOT / RESULTS / run):
        if (folder / PACKAGE).is_file():
            return folder
    made = ", ".join(sorted(path.parent.name for path in (ROOT / RESULTS).glob(f"*/{PACKAGE}"))) or "none yet"
    expected = f"a folder with {PACKAGE}, or a finished scenario ({made})"
    raise DataError(Fault(f"RUN={run}", f"no {PACKAGE}", expected, "Make it: make report SCENARIO=…"))


def files_in(folder: Path) -> dict[str, Found]:
    """Digest every file below a folder but the record itself and hidden ones, as file managers leave them.

    A link that leads out of the folder is left out, and so missing.
    """
    inside = folder.resolve()
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.resolve().is_relative_to(inside)]
    named = {path.relative_to(folder): path for path in paths}
    return {
        name.as_posix(): Found(path.stat().st_size, file_digest(path))
        for name, path in named.items()
        if name.as_posix() != PACKAGE and not any(part.startswith(".") for part in name.parts)
    }


def check_files(folder: Path) -> tuple[Package, list[Fault]]:
    """Read the record and hold every file against it.

    Raises
    ------
    DataError
        If the record itself cannot be read.
    """
    package = read_package(read_text(folder / PACKAGE), PACKAGE)
    faults = file_faults(package, files_in(folder))
    if any(fault.place == RUN for fault in faults):  # what it says cannot be taken for the record then
        return package, faults
    return package, faults + record_faults(package, read_yaml(folder / RUN))


def changes_since(package: Package, inputs: Path) -> list[str]:
    """Say what is not as it was recorded.

    Raises
    ------
    DataError, ConfigError
        If an input file is not there, or this checkout has no such scenario.
    """
    scenario, config = package.run.scenario, ROOT / "workflow" / "config"
    if scenario not in (names := scenario_names(config)):
        remedy = "Put its file into workflow/config/scenarios/."
        raise DataError(Fault(f"scenario {scenario}", "no such scenario here", f"one of {', '.join(names)}", remedy))
    places = {"repository": ROOT, "inputs": inputs}
    files = {each.name: places[each.place] / each.path for each in package.run.inputs}
    found = {name: f"sha256:{file_digest(path)}" if path.is_file() else None for name, path in files.items()}
    lines = input_changes({each.name: each.digest for each in package.run.inputs}, found)
    settings = load_settings(scenario, config)
    now = {
        "scenario": scenario, "seed": settings.seed, "settings": settings.model_dump(mode="json"),
        "code_digest": code_digest(), "code_revision": code_revision(ROOT), "python": sys.version.split()[0],
        "libraries": library_versions(), "lock_sha256": file_digest(ROOT / "requirements.lock"),
        "machine": machine_kind(), "inputs": {}, "committed_inputs": {}, "results": {},
    }  # fmt: skip
    return run_changes(package.run.model_dump(), run_facts(now)) + lines


@contextmanager
def scratch_copy(keep: Path | None) -> Iterator[Path]:
    """Copy everything here that is not generated; the copy goes when the block ends, unless it is to be kept.

    Raises
    ------
    DataError
        If the folder to keep it in is there already.
    """
    ignore = shutil.ignore_patterns(*LEFT_OUT)
    if keep is not None:
        if keep.exists():
            raise DataError(Fault(f"KEEP={keep}", "a folder that is there", "a new one", "Name another."))
        yield Path(shutil.copytree(ROOT, keep, ignore=ignore))
        return
    with tempfile.TemporaryDirectory(prefix="v2x_verify_") as parent:
        yield Path(shutil.copytree(ROOT, Path(parent) / "project", ignore=ignore))


def recompute(package: Package, scratch: Path, inputs: Path, cores: str) -> int:
    """Run every recorded table and the record itself anew; gives Snakemake's exit code."""
    made = RESULTS / package.run.scenario
    config = ["--config", f"scenario={package.run.scenario}", f"inputs_root={inputs}"]
    targets = [(made / each.path).as_posix() for each in package.results] + [(made / PACKAGE).as_posix()]
    os.environ["PYTHONPATH"] = str(scratch)
    with (scratch / ".lock").open("w") as lock:
        return follow([*SNAKEMAKE, "--cores", cores, *config, "--", *targets], scratch, lock.fileno())


def differences(package: Package, recorded: Path, recomputed: Path) -> list[Difference]:
    """Compare each table byte for byte, and look into those that are not the same."""
    found = []
    for each in package.results:
        before, after = recorded / each.path, recomputed / each.path
        if f"sha256:{file_digest(after)}" == each.digest:
            continue
        if each.format == "npz":
            found.append(arrays_difference(each.path, read_arrays(before), read_arrays(after)))
        else:
            found.append(table_difference(each.path, pd.read_parquet(before), pd.read_parquet(after), each.table.key))
    return found


def told(package: Package, lines: list[str]) -> str:
    """What is about to be recomputed, and what is not as it was."""
    code, software = package.run.code, package.run.software
    commit = f", commit {code['commit'][:12]}" if code.get("commit") else ""
    commit += " with uncommitted changes" if code.get("uncommitted") else ""
    head = (f"Recorded with code {code['digest']}{commit}, Python {software['python']}, "
            f"lock {software['lock']['hash'][7:19]}, seed {package.run.seed}.")  # fmt: skip
    if not lines:
        return f"{head}\nHere code, lock, libraries, machine, settings and inputs are the same."
    hint = "Tables may differ for that reason."
    if code.get("commit") and not code["uncommitted"] and any(line.startswith("code:") for line in lines):
        hint += f" The recorded code: git worktree add ../recorded {code['commit'][:12]}, and make verify there."
    return "\n".join([head, "Not as recorded:", *(f"  {line}" for line in lines), hint])


def verify(run: str, inputs: str, cores: str, quick: bool, keep: Path | None) -> int:
    """Check the files, say what is not as it was, compute again, compare; gives the exit code."""
    folder = folder_of(run)
    package, faults = check_files(folder)
    if faults:
        print(f"{folder} is not as recorded. {DataError(faults).message}", file=sys.stderr)
        return NOT_AS_RECORDED
    size = sum(each.size for each in package.resources) / 1e6
    print(f"{folder}: scenario {package.run.scenario}, all {len(package.resources)} files as recorded ({size:.1f} MB).")
    if quick:
        return AS_RECORDED
    root = Path(inputs).resolve()
    print(told(package, changes_since(package, root)), flush=True)
    with scratch_copy(keep) as scratch:
        if recompute(package, scratch, root, cores):
            print("It could not be computed again; nothing is said about its tables.", file=sys.stderr)
            return NOT_TOLD
        found = differences(package, folder, scratch / RESULTS / package.run.scenario)
    count = len(package.results)
    if not found:
        print(f"Computed again: all {count} tables and arrays are the same, byte for byte.")
        return AS_RECORDED
    print(f"Computed again: {len(found)} of {count} tables and arrays are not the same.")
    for each in found:
        print("\n".join([f"  {each.path}: largest relative difference {each.largest_relative:.3g}",
                         *(f"    {line}" for line in each.lines)]))  # fmt: skip
    return NOT_AS_RECORDED


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", help="a finished scenario, or a folder that holds one")
    parser.add_argument("--inputs", default="data/raw", help="folder of the user's files that it read")
    parser.add_argument("--cores", default="all")
    parser.add_argument("--quick", action="store_true", help="hold the files against the record only")
    parser.add_argument("--keep", type=Path, help="compute again in this new folder and leave it there")
    given = parser.parse_args()
    try:
        return verify(given.run, given.inputs, given.cores, given.quick, given.keep)
    except PipelineError as error:
        print(f"{type(error).__name__}: {error.message}", file=sys.stderr)
    except OSError as error:
        print(f"DataError: {error}", file=sys.stderr)
    return NOT_TOLD


if __name__ == "__main__":
    sys.exit(main())
