"""Try the project on the newest and on the oldest libraries that `pyproject.toml` admits, and write what came of it.

Each lock gets an environment of its own and a copy of the project. There the fast tests of `analysis` run, and the
scenario `minimal`, whose tables are laid beside those of the run that stands here, made on `requirements.lock`.
"""

import argparse
import datetime
import hashlib
import os
import platform
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pandas as pd

from tests.workflow.project import copy_project

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
LOCKS = "oldest", "newest"
INSTALL = [
    "-I",  # what stands on PYTHONPATH would count as installed, and be left out
    "-m",
    "pip",
    "install",
    "--quiet",
    "--disable-pip-version-check",
    "--no-deps",
    "--no-compile",
    "--require-hashes",
    "-r",
]
ROOMS = (
    "sources",
    "settings",
    "policy",
    "market",
    "battery",
    "test_io.py",
    "test_provenance.py",
    "report/test_workbook.py",
)
"""Where most of the ways of the libraries show: reading, schemas, dates, files; the run itself solves and draws."""
TESTS = ["-m", "pytest", "-q", "-n", "2", "-p", "no:cacheprovider", "-m", "not slow"]
RUN = ["workflow/run.py", "report", "--scenario", "minimal", "--cores", "2"]
RESULTS = Path("data/results/minimal")
GOLDEN = ROOT / "tests/workflow/golden_minimal.csv"
GOLDEN_TOLERANCE_PU = 1e-3
"""As in the golden test: a headline may move by a thousandth between versions, not more."""
EQUAL_PU = 1e-9
"""Below this a column counts as equal: other versions add in another order, so that the last digits differ."""


def build_environment(lock: Path, folder: Path) -> Path:
    """Python of an environment with exactly what the lock holds; one that stands is used again.

    What a package needs and is not there ends the trial.
    """
    python, mark = folder / "bin/python", folder / ".digest"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    if not (mark.exists() and mark.read_text() == digest):
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        subprocess.run([python, *INSTALL, lock], check=True)
        subprocess.run([python, "-I", "-m", "pip", "check"], check=True)
        mark.write_text(digest)
    return python


def call(command: list, folder: Path, log: Path) -> bool:
    """Run in the copy, keep what was printed, and show its end where the command fails."""
    # in CI an absent file fails a test, and the copy has no real files beside it
    environment = {name: value for name, value in os.environ.items() if name != "CI"} | {"PYTHONPATH": str(folder)}
    with log.open("w") as out:
        done = subprocess.run(command, cwd=folder, env=environment, stdout=out, stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        print("\n".join(log.read_text().splitlines()[-40:]), file=sys.stderr)
    return done.returncode == 0


def count_tests(report: Path) -> dict[str, int]:
    """Tests passed, failed and skipped, from the JUnit file that pytest writes; all failed where there is none."""
    if not report.exists():
        return {"tests_passed_count": 0, "tests_failed_count": 1, "tests_skipped_count": 0}
    suite = next(ElementTree.parse(report).iter("testsuite")).attrib
    failed, skipped = int(suite["failures"]) + int(suite["errors"]), int(suite["skipped"])
    passed = int(suite["tests"]) - failed - skipped
    return {"tests_passed_count": passed, "tests_failed_count": failed, "tests_skipped_count": skipped}


def column_difference(ours: pd.Series, theirs: pd.Series) -> float:
    """Largest difference as a share of the column's largest value; infinite where it is not a matter of digits."""
    if not pd.api.types.is_float_dtype(ours.dtype):
        return 0.0 if ours.astype(str).equals(theirs.astype(str)) else float("inf")
    if not ours.isna().equals(theirs.isna()):
        return float("inf")
    apart, scale = (ours - theirs).abs().max(), ours.abs().max()
    return 0.0 if not apart > 0 else float(apart / scale) if scale > 0 else float("inf")


def table_differences(base: Path, other: Path) -> pd.DataFrame:
    """Compare each table of two runs: one row per table, with its column that differs most."""
    names = {path.relative_to(folder).as_posix() for folder in (base, other) for path in folder.rglob("*.parquet")}
    rows = []
    for name in sorted(names):
        row = {"table": name, "column": "", "largest_difference_pu": 0.0}
        if not ((base / name).exists() and (other / name).exists()):
            rows.append(row | {"column": "(no such table)", "largest_difference_pu": float("inf")})
            continue
        ours, theirs = pd.read_parquet(base / name), pd.read_parquet(other / name)
        if list(ours.columns) != list(theirs.columns) or len(ours) != len(theirs):
            rows.append(row | {"column": "(other rows)", "largest_difference_pu": float("inf")})
            continue
        found = {column: column_difference(ours[column], theirs[column]) for column in ours.columns}
        worst = max(found, key=lambda column: found[column])
        if found[worst] > EQUAL_PU:
            row |= {"column": worst, "largest_difference_pu": found[worst]}
        rows.append(row)
    return pd.DataFrame(rows)


def golden_difference(results: Path) -> float:
    """Largest relative difference of a headline from the golden numbers; infinite where one is missing."""
    keys = ["headline_id", "price_area"]
    golden = pd.read_csv(GOLDEN).set_index(keys)[["value", "low", "high"]].sort_index()
    headlines = results / "headlines.parquet"
    if not headlines.exists():
        return float("inf")
    found = pd.read_parquet(headlines).set_index(keys)[["value", "low", "high"]].sort_index()
    if not (found.index.equals(golden.index) and found.isna().equals(golden.isna())):
        return float("inf")
    return float(((found - golden).abs() / golden.abs().clip(lower=1e-3)).max().max())


def try_lock(name: str, folder: Path, base: Path) -> tuple[dict, pd.DataFrame]:
    """Tests and a run on one lock: a row for `locks.csv`, and the differences table by table."""
    lock = HERE / f"{name}.lock"
    python = build_environment(lock, folder / f"environment-{name}")
    copy = copy_project(Path(tempfile.mkdtemp(dir=folder)) / "project")
    report = folder / f"{name}-tests.xml"
    report.unlink(missing_ok=True)
    call(
        [python, *TESTS, f"--junitxml={report}", *(f"tests/analysis/{room}" for room in ROOMS)],
        copy,
        folder / f"{name}-tests.log",
    )
    call([python, *RUN], copy, folder / f"{name}-run.log")
    differences = table_differences(base, copy / RESULTS)
    equal = differences["largest_difference_pu"] <= EQUAL_PU
    finite = differences["largest_difference_pu"].replace(float("inf"), float("nan"))
    row = {
        "lock": name,
        "lock_sha256": hashlib.sha256(lock.read_bytes()).hexdigest()[:12],
        "python": subprocess.run([python, "-V"], capture_output=True, text=True, check=True).stdout.split()[1],
        "packages_count": len(re.findall(r"^[a-z0-9]", lock.read_text(), flags=re.M)),
        **count_tests(report),
        "tables_equal_count": int(equal.sum()),
        "tables_different_count": int((~equal).sum()),
        "tables_unlike_count": int(finite.isna().sum()),
        "largest_difference_pu": float(finite.max()),
        "golden_difference_pu": golden_difference(copy / RESULTS),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}",
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
    }
    return row, differences[~equal].assign(lock=name)


def keep(rows: pd.DataFrame, path: Path) -> None:
    """Write the rows of the locks that were tried; those of a lock that was not stay as they are."""
    before = pd.read_csv(path) if path.exists() else rows.iloc[:0]
    table = pd.concat([part for part in (before[~before["lock"].isin(rows["lock"])], rows) if len(part)] or [rows])
    table.sort_values("lock", kind="stable").to_csv(path, index=False, float_format="%.3g", lineterminator="\n")


def main() -> int:
    """Try each lock, print and write the tables, and return 0 when all tests and golden numbers hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, help="keep environments and logs here, and use them again")
    parser.add_argument("--base", type=Path, default=ROOT / RESULTS, help="tables to compare with")
    parser.add_argument("--only", choices=LOCKS, help="one lock; the rows of the other stay")
    asked = parser.parse_args()
    folder = (asked.folder or Path(tempfile.mkdtemp(prefix="locks-"))).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    if not (asked.base / "headlines.parquet").exists():
        print(f"{asked.base}: no run to compare with. Run: make report SCENARIO=minimal", file=sys.stderr)
        return 2
    tried = [try_lock(name, folder, asked.base) for name in ([asked.only] if asked.only else LOCKS)]
    table = pd.DataFrame([row for row, _ in tried])
    differences = pd.concat([part for _, part in tried])[["lock", "table", "column", "largest_difference_pu"]]
    print(table.T.to_string(header=False), differences.to_string(index=False), f"Logs: {folder}", sep="\n\n")
    keep(table, HERE / "locks.csv")
    keep(differences, HERE / "differences.csv")
    bad = (table["tests_failed_count"] > 0) | ~(table["golden_difference_pu"] <= GOLDEN_TOLERANCE_PU)
    return int(bad.any() or bool((table["tests_passed_count"] == 0).any()))


if __name__ == "__main__":
    sys.exit(main())
