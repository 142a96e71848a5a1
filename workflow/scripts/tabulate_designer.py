"""Tabulates what a support on purchase cannot change, for the page on which a reader moves its numbers."""

from pathlib import Path

from analysis.io import read_csv_table, read_table, write_arrays
from analysis.settings.model import Settings
from analysis.uncertainty.designer import designer_arrays, designer_studies
from analysis.uncertainty.scheme_inputs import read_frames


def main(*, designer: Path, settings: dict, **tables: Path) -> None:
    run = Settings.model_validate(settings)
    frame = read_frames(tables, run, read_table, read_csv_table)[0]
    write_arrays(designer_arrays(designer_studies(frame, run)), designer)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
