"""Searches the Task 53 family for the best scheme of each aim and budget, and writes every trial."""

from pathlib import Path

from analysis.io import read_csv_table, read_table, write_table
from analysis.policy.loader import load_scheme
from analysis.schemas.schemes import BestScheme, SchemeFront
from analysis.settings.model import Settings
from analysis.uncertainty.law import law_of
from analysis.uncertainty.scheme_inputs import read_frames
from analysis.uncertainty.search import search_schemes


def main(*, scheme_file: Path, scheme_front: Path, best_scheme: Path, settings: dict, **tables: Path) -> None:
    run = Settings.model_validate(settings)
    frame = read_frames(tables, run, read_table, read_csv_table)[0]
    law = law_of(load_scheme(scheme_file), frame.span, run.policy)
    front, best = search_schemes(frame, law, run.assumptions.overrides, run.scope.search, run.seed)
    write_table(front, scheme_front, SchemeFront)
    write_table(best, best_scheme, BestScheme)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
