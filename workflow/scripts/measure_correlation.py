"""Real charging sessions to the correlation of being plugged in, and to the firm share of real fleets."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.io import check_table, read_csv_table, write_text
from analysis.mobility.session_days import plugged_days
from analysis.mobility.sessions import sound_sessions
from analysis.potential.correlation_evidence import correlation_rows
from analysis.potential.measured import measured_correlation
from analysis.potential.real_fleets import Assumed, real_fleets
from analysis.schemas.assumptions import Parameters
from analysis.schemas.base import Table
from analysis.schemas.correlation import AvailabilityCorrelation, AvailabilityFleets
from analysis.settings.model import Settings
from analysis.settings.parameters import parameter_set
from analysis.sources.descriptor import load_descriptor
from analysis.sources.publishers import without_overlap
from analysis.sources.reader import read_source


def main(
    *, parameters: Path, norway12_sessions: Path, trondheim_sessions: Path, correlation: Path, fleets: Path,
    fleet_counts: list[int], draw_count: int, settings: dict[str, Any],
) -> None:  # fmt: skip
    run = Settings.model_validate(settings)
    assumed = parameter_set(read_csv_table(parameters, Parameters), run.assumptions.overrides)
    files = {"norway12_sessions": norway12_sessions, "trondheim_sessions": trondheim_sessions}
    readers = {name: load_descriptor(name) for name in files}
    # one site stands in both files: its users count once, else each would be a pair with itself
    tables = without_overlap({name: read_source(readers[name], [path]) for name, path in files.items()}, readers)
    source = "; ".join(reader.citation for reader in readers.values())
    found = plugged_days(sound_sessions(pd.concat(tables.values(), ignore_index=True), "sessions").sessions)
    by_case = correlation_rows(found, np.random.default_rng([run.seed, 31])).assign(source=source)
    _write(by_case, correlation, AvailabilityCorrelation)
    known = Assumed(measured_correlation(by_case)[0], assumed["mc.rho_assumed"])
    drawn = real_fleets(found, fleet_counts, known, draw_count, np.random.default_rng([run.seed, 32]))
    _write(drawn.assign(source=source), fleets, AvailabilityFleets)


def _write(table: pd.DataFrame, path: Path, model: type[Table]) -> None:
    text = {name: "str" for name, column in model.to_schema().columns.items() if str(column.dtype) == "str"}
    checked = check_table(table.astype(text), model, path.name)[list(model.to_schema().columns)]
    write_text(checked.to_csv(index=False, float_format="%.6g", lineterminator="\n"), path)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
