"""Lay every published result beside the model's own number, and what single change would mend each miss."""

from pathlib import Path
from typing import Any

import pandas as pd

from analysis.evidence.laboratory import Laboratory
from analysis.evidence.registry import ALL_CASES, refuse_gaps
from analysis.evidence.tables import CONTRACTS
from analysis.evidence.weigh import weigh
from analysis.io import check_table, normalise, read_csv_table, read_table, write_text
from analysis.policy.loader import load_schemes
from analysis.processes import in_processes
from analysis.schemas import evidence as contracts
from analysis.settings.model import Settings
from analysis.settings.parameters import parameter_set
from analysis.sources.descriptor import load_descriptor
from analysis.sources.publishers import without_overlap
from analysis.sources.reader import read_source


def laboratory(settings: dict[str, Any], files: dict[str, Path | list[Path]]) -> Laboratory:
    """Read what stands in :data:`CONTRACTS`; inputs that end in ``_sessions`` are read by descriptor into one table."""
    tables = {name: pd.concat([_read(path, name) for path in _listed(files[name])], ignore_index=True)
              for name in CONTRACTS}  # fmt: skip
    readers = {name: load_descriptor(name) for name in files if name.endswith("_sessions")}
    read = {name: read_source(reader, _listed(files[name])) for name, reader in readers.items()}
    if read:
        tables["sessions"] = pd.concat(without_overlap(read, readers).values(), ignore_index=True)
    laws = load_schemes(_listed(files["laws"]))
    return Laboratory(parameter_set(tables["parameters"]), tables, Settings.model_validate(settings), laws)


def _listed(files: Path | list[Path]) -> list[Path]:
    return files if isinstance(files, list) else [files]


def _read(path: Path, name: str) -> pd.DataFrame:
    return (read_table if path.suffix == ".parquet" else read_csv_table)(path, CONTRACTS[name])


def main(*, evidence: Path, moves: Path, settings: dict[str, Any], process_count: int, **files: Any) -> None:
    lab = laboratory(settings, files)
    refuse_gaps(ALL_CASES, lab.table("published_results"), lab)
    weighed = weigh(ALL_CASES, lab.table("published_results"), lab, in_processes(process_count))
    for found, path, model in zip(
        weighed, (evidence, moves), (contracts.Evidence, contracts.EvidenceMoves), strict=True
    ):
        table = check_table(normalise(found)[list(model.to_schema().columns)], model, path.stem)
        write_text(table.to_csv(index=False, lineterminator="\n", float_format="%.6g"), path)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
