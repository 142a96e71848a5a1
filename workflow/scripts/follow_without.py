"""Follows the years without support, on the run's draws and in the central case, once for all schemes."""

from pathlib import Path

from analysis.io import read_csv_table, read_table, write_arrays
from analysis.settings.model import Settings
from analysis.uncertainty.baseline import baseline_arrays
from analysis.uncertainty.scheme_inputs import read_frames


def main(*, baseline: Path, settings: dict, **tables: Path) -> None:
    run = Settings.model_validate(settings)
    frame = read_frames(tables, run, read_table, read_csv_table)[0]
    write_arrays(baseline_arrays(frame, run), baseline)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
