"""Builds charging sessions from files by descriptor, and the list of those left out; shared sites are kept once."""

from pathlib import Path
from typing import Any

from analysis.io import write_table
from analysis.schemas.dropped_rows import DroppedRows
from analysis.schemas.mobility import Sessions
from analysis.settings.model import Settings
from analysis.sources.bundle import charging_sessions


def main(
    *, files: list[Path], sessions: Path, dropped_sessions: Path, settings: dict[str, Any], inputs_root: str
) -> None:
    run = Settings.model_validate(settings)
    kept, dropped = charging_sessions(run, inputs_root, files)
    write_table(kept, sessions, Sessions)
    write_table(dropped, dropped_sessions, DroppedRows)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
