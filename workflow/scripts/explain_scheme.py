"""Explains one scheme: what moves its outcomes, one parameter at a time and as shares of the variance."""

import logging
from pathlib import Path

from analysis.io import read_csv_table, read_table, write_table
from analysis.policy.loader import load_scheme
from analysis.schemas.schemes import Sensitivity
from analysis.settings.model import Settings
from analysis.uncertainty.latents import PRICE_YEAR
from analysis.uncertainty.law import law_of
from analysis.uncertainty.scheme_inputs import read_frames
from analysis.uncertainty.sensitivity import explain_scheme

log = logging.getLogger(__name__)


def main(
    *, scheme_file: Path, scheme_members: list, sensitivity: Path, scheme: str, are_prices_measured: bool,
    settings: dict, **tables: Path,
) -> None:  # fmt: skip
    log.info("%s combines %s", scheme, ", ".join(Path(member).stem for member in scheme_members) or "nothing")
    run = Settings.model_validate(settings)
    frame = read_frames(tables, run, read_table, read_csv_table)[0]
    law = law_of(load_scheme(scheme_file), frame.span, run.policy)
    listed = frame.tables.parameters
    is_verified = dict(zip(listed["id"], listed["verified"], strict=True)) | {PRICE_YEAR: are_prices_measured}
    fixed = run.assumptions.overrides
    found = explain_scheme(scheme, frame, law, fixed, run.scope.search, run.seed, is_verified)
    write_table(found, sensitivity, Sensitivity)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
