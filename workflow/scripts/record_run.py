"""Write run.yaml: resolved settings, digests of inputs, code and results, library versions, seed."""

import platform
from pathlib import Path
from typing import Any

from analysis.provenance import file_digest, library_versions, record_run


def main(
    *,
    raw: list[Path],
    committed: list[Path],
    results: list[Path],
    run: Path,
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
        "python": platform.python_version(),
        "lock_sha256": file_digest(Path("requirements.lock")),
        "libraries": library_versions(),
        "inputs": {path.resolve().relative_to(root).as_posix(): file_digest(path) for path in raw},
        "committed_inputs": {path.as_posix(): file_digest(path) for path in committed},
        "results": {
            path.relative_to(folder).as_posix(): file_digest(path) for path in sorted(folder.rglob("*.parquet"))
        },
    }
    record_run(record, run)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
