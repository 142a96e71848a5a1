"""List the files that committed statistics are computed from: whose they are, bytes, digest, and what rests on them."""

from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from analysis.io import check_table, write_text
from analysis.provenance import file_digest
from analysis.record.versions import tables_of_files
from analysis.schemas.versions import DataFiles
from analysis.sources.descriptor import load_descriptor
from analysis.sources.geography import package_folder

TEXT = {".csv", ".txt", ".geojson"}


def main(
    *, raw: list[Path], data_files: Path, inputs_root: str, jobs: list[dict[str, Any]], data_sets: dict[str, Any],
    packages: dict[str, dict[str, Any]],
) -> None:  # fmt: skip
    made = [path for job in jobs for paths in job["outputs"].values() for path in paths if path.endswith(".csv")]
    used = tables_of_files(jobs, made)
    named = {path: name for job in jobs for name, paths in job["inputs"].items() for path in paths}
    rows = [
        _told(path, file, " ".join(PurePosixPath(table).stem for table in used[file]))
        | _origin(named[f"INPUTS/{file}"], data_sets)
        for path, file in ((path, path.relative_to(inputs_root).as_posix()) for path in raw)
    ]
    for package, each in packages.items():
        shared = {"dataset": each["distribution"], "version": version(each["distribution"]), "source": each["source"],
                  "licence": each["licence"], "url": each["url"]}  # fmt: skip
        folder = package_folder(package)
        rows += [_told(folder / file, f"{package}/{file}", each["used_by"]) | shared for file in each["files"]]
    table = pd.DataFrame(rows, columns=list(DataFiles.to_schema().columns)).sort_values(["dataset", "file"])
    kinds = {name: str(column.dtype) for name, column in DataFiles.to_schema().columns.items()}
    ready = check_table(table.astype(kinds).reset_index(drop=True), DataFiles, str(data_files))
    write_text(ready.to_csv(index=False, lineterminator="\n"), data_files)


def _told(path: Path, file: str, used_by: str) -> dict[str, Any]:
    content = path.read_bytes() if path.suffix in TEXT else b""
    lines = len(content.splitlines()) if path.suffix in TEXT else None
    rows = pq.read_metadata(path).num_rows if path.suffix == ".parquet" else lines
    size = path.stat().st_size
    return {"file": file, "bytes": size, "sha256": file_digest(path), "row_count": rows, "used_by": used_by}


def _origin(name: str, data_sets: dict[str, Any]) -> dict[str, Any]:
    """Where a file comes from: what its descriptor says, or the rule where none reads it."""
    known = data_sets.get(name, name)
    if isinstance(known, dict):
        return {"version": None, **known}
    told = load_descriptor(known)
    return {"dataset": known, "version": None, "source": told.publisher, "licence": told.licence, "url": told.url}


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
