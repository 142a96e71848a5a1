"""Do harm to runs of `minimal`, look how each answers, run again, and compare every table with a quiet run's."""

import argparse
import csv
import datetime
import os
import platform
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from analysis.io import atomic_path
from tests.faults import machinery
from tests.faults.injuries import INJURIES, SMALL, Injury
from tests.workflow import project

COLUMNS = (
    "fault", "made_by", "tries", "exit_codes", "answer", "left_behind", "asked_again", "rerun", "same_tables",
    "seconds", "machine", "date",
)  # fmt: skip


def machine() -> str:
    """Processor, cores and memory, as the bench names them."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GB, {platform.system()}"


def absent(needs: str) -> str:
    """Why a fault cannot be made here; empty where it can."""
    if needs == "mount" and not machinery.can_mount():
        return "mounting is not allowed here"
    if needs == "faketime" and not shutil.which("faketime"):
        return "faketime is not installed"
    return ""


def row_of(injury: Injury, quiet: Path, scratch: Path, is_small: bool) -> dict[str, str]:
    """Make one fault in a copy of its own, run again, and tell what came of it."""
    begun = time.monotonic()
    row = dict.fromkeys(COLUMNS, "") | {"fault": injury.name, "made_by": injury.how, "machine": machine()}
    row["date"] = datetime.datetime.now(datetime.UTC).date().isoformat()
    if reason := absent(injury.needs):
        return row | {"tries": "0", "answer": f"skipped: {reason}"}
    folder = scratch / injury.name
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(quiet, folder)
    injury.prepare(folder)
    answers = injury.do(folder, injury.targets)
    left = machinery.left_behind(folder)
    again = machinery.answer_of(folder, SMALL if is_small else injury.targets)
    if not is_small:  # what was lost is made again with equal bytes, so that nothing that rests on it is made anew
        again = machinery.answer_of(folder)
    other = machinery.different(project.tables(quiet), project.tables(folder))
    left += [name for name in machinery.left_behind(folder) if name not in left]
    codes = sorted({answer.code for answer in answers})
    first = next((answer.first_line for answer in answers if answer.first_line), "")
    first = first.replace(f"{folder}/", "").replace(str(folder), ".")
    (scratch / f"{injury.name}.txt").write_text(
        "\n=====\n".join(a.printed for a in [*answers, again]), encoding="utf-8"
    )
    if again.code == 0 and not other:
        shutil.rmtree(folder)
    return row | {
        "tries": str(len(answers)),
        "exit_codes": " ".join(map(str, codes)),
        "answer": first or ("killed" if -9 in codes else "completed" if codes == [0] else "NO CLEAR LINE"),
        "left_behind": "; ".join(left) or "nothing",
        "asked_again": "prices and fleet" if is_small else "minimal",
        "rerun": str(again.code),
        "same_tables": "yes" if not other else f"no: {len(other)} differ, {other[0]}",
        "seconds": f"{time.monotonic() - begun:.0f}",
    }


def is_good(row: dict[str, str], injury: Injury) -> bool:
    """Whether a row is as it should be; one that was skipped is."""
    if row["tries"] == "0":
        return True
    failed = row["exit_codes"] != "0"
    whole = row["left_behind"] == "nothing" and row["rerun"] == "0" and row["same_tables"] == "yes"
    return whole and failed == injury.must_fail and row["answer"] != "NO CLEAR LINE"


def put(row: dict[str, str], table: Path) -> None:
    """Put a row in its place in the table, in the order of the faults."""
    rows = {}
    if table.exists():
        with table.open(encoding="utf-8", newline="") as file:
            rows = {found["fault"]: found for found in csv.DictReader(file)}
    rows[row["fault"]] = row
    with atomic_path(table) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows[injury.name] for injury in INJURIES if injury.name in rows)


def main() -> int:
    """Make the faults that are asked for; 0 when each was answered well and left the tables as they were."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("faults.csv"))
    parser.add_argument("--only", default="", help="names of faults, with commas; all without")
    parser.add_argument("--scratch", type=Path, help="a folder to keep, with the quiet run; else one that is removed")
    parser.add_argument("--small", action="store_true", help="make and compare prices and fleet only, in seconds")
    given = parser.parse_args()
    names = (
        given.only.split(",")
        if given.only
        else [injury.name for injury in INJURIES if injury.is_small or not given.small]
    )
    if unknown := sorted(set(names) - {injury.name for injury in INJURIES}):
        parser.error(f"no such fault: {', '.join(unknown)}")
    bad = []
    with tempfile.TemporaryDirectory() as temporary:
        scratch = (given.scratch or Path(temporary)).resolve()
        quiet, targets = scratch / ("quiet_small" if given.small else "quiet"), SMALL if given.small else ()
        if not quiet.exists() or project.planned(quiet, targets=targets):
            shutil.rmtree(quiet, ignore_errors=True)
            project.run(project.copy_project(quiet), targets=targets)
        for injury in (each for each in INJURIES if each.name in names):
            row = row_of(injury, quiet, scratch, given.small)
            put(row, given.out)
            if not is_good(row, injury):
                bad.append(injury.name)
            print(f"{row['fault']}: {row['exit_codes']} {row['answer']} | {row['left_behind']} | {row['rerun']} "
                  f"{row['same_tables']} | {row['seconds']} s", flush=True)  # fmt: skip
    print(f"Answered badly: {', '.join(bad) or 'none'}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
