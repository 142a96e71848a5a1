"""Evaluates one scheme: adoption with and without it on the same draws, accounts and effectiveness."""

import logging
from pathlib import Path

import pandas as pd

from analysis.io import read_arrays, read_csv_table, read_table, write_table
from analysis.policy.loader import load_scheme
from analysis.schemas import results as schemas
from analysis.schemas.policy import SchemeDraws
from analysis.schemas.schemes import SchemeIncidence, SchemeMunicipalities, SchemePaths
from analysis.settings.model import Settings
from analysis.uncertainty.baseline import stored_studies
from analysis.uncertainty.evaluate import evaluate
from analysis.uncertainty.incidence import scheme_incidence
from analysis.uncertainty.law import law_of
from analysis.uncertainty.measures import scheme_accounts, scheme_draws, scheme_results
from analysis.uncertainty.path_table import scheme_paths
from analysis.uncertainty.places import scheme_municipalities
from analysis.uncertainty.scheme_inputs import read_frames
from analysis.uncertainty.summary import scheme_summary

log = logging.getLogger(__name__)


def main(
    *, scheme_file: Path, scheme_members: list, baseline: Path, results: Path, summary: Path, accounts: Path,
    draws: Path, paths: Path, incidence: Path, places: Path, scheme: str, settings: dict, **tables: Path,
) -> None:  # fmt: skip
    log.info("%s combines %s", scheme, ", ".join(Path(member).stem for member in scheme_members) or "nothing")
    run = Settings.model_validate(settings)
    loaded, arrays = load_scheme(scheme_file), read_arrays(baseline)
    found = []
    for frame in read_frames(tables, run, read_table, read_csv_table):
        law = law_of(loaded, frame.span, run.policy)
        drawn, central = stored_studies(frame, run, arrays)
        found.append((evaluate(drawn, law), evaluate(central, law)))
    made = [scheme_draws(scheme, each) for each, _ in found]
    told = [scheme_summary(scheme, *each, table) for each, table in zip(found, made, strict=True)]
    write_table(pd.concat([scheme_results(scheme, *each) for each in found]), results, schemas.SchemeResults)
    write_table(pd.concat(told), summary, schemas.SchemeSummary)
    own = found[0][0]
    write_table(scheme_accounts(scheme, own), accounts, schemas.Accounts)
    write_table(pd.concat(made), draws, SchemeDraws)
    write_table(scheme_paths(scheme, own), paths, SchemePaths)
    write_table(scheme_incidence(scheme, own), incidence, SchemeIncidence)
    write_table(scheme_municipalities(scheme, own), places, SchemeMunicipalities)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
