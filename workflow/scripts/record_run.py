"""Write run.yaml (resolved settings, digests of inputs, code and results, versions, seed) and the graph of the run."""

import csv
import platform
from pathlib import Path
from typing import Any

from analysis.errors import DataError
from analysis.io import read_text, write_json
from analysis.provenance import code_revision, file_digest, ids_named, library_versions, machine_kind, record_run
from analysis.record.package import unrecorded

PARAMETERS = "data/assumptions/parameters.csv"


def main(
    *,
    raw: list[Path],
    committed: list[Path],
    results: list[Path],
    run: Path,
    lineage: Path,
    jobs: list[dict[str, Any]],
    settings: dict[str, Any],
    scenario: str,
    inputs_root: str,
    code_digest: str,
) -> None:
    """Digest every file the run read and every table it wrote, and write them beside the settings."""
    root, folder = Path(inputs_root).resolve(), results[0].parent
    record = {
        "scenario": scenario,
        "settings": settings,
        "seed": settings["seed"],
        "code_digest": code_digest,
        "code_revision": code_revision(),
        "machine": machine_kind(),
        "python": platform.python_version(),
        "lock_sha256": file_digest(Path("requirements.lock")),
        "libraries": library_versions(),
        "inputs": {path.resolve().relative_to(root).as_posix(): file_digest(path) for path in raw},
        "committed_inputs": {path.as_posix(): file_digest(path) for path in committed},
        "results": {
            path.relative_to(folder).as_posix(): file_digest(path) for path in sorted(folder.rglob("*.parquet"))
        },
    }
    named = {*record["committed_inputs"], *(f"INPUTS/{path.relative_to(inputs_root).as_posix()}" for path in raw)}
    if faults := unrecorded(jobs, scenario, named):
        raise DataError(faults)
    record_run(record, run)
    write_json({"scenario": scenario, "jobs": [job | {"parameters": _parameters(job)} for job in jobs]}, lineage)


def _parameters(job: dict[str, Any]) -> list[str]:
    """Ids of the assumptions that a job can read: those its modules name, where the file is among its inputs."""
    files = {path for paths in job["inputs"].values() for path in paths}
    if PARAMETERS not in files:
        return []
    ids = [row["id"] for row in csv.DictReader(read_text(Path(PARAMETERS)).splitlines())]
    return ids_named(Path(job["script"]).stem, ids)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
