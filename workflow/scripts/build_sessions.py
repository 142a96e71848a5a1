"""Builds charging sessions from files by descriptor; what two publishers both hold is kept once."""

from pathlib import Path

from analysis.io import write_table
from analysis.schemas.mobility import Sessions
from analysis.settings.model import Settings
from analysis.sources.bundle import charging_sessions


def main(*, files: list[Path], sessions: Path, settings: dict, inputs_root: str) -> None:
    run = Settings.model_validate(settings)
    write_table(charging_sessions(run, inputs_root, files), sessions, Sessions)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821
