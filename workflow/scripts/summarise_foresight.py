"""Turn what the cars of all price areas and years got into the foresight ratios."""

from pathlib import Path
from typing import Any

import pandas as pd

from analysis.dispatch.foresight_ratio import foresight_ratios
from analysis.io import read_table, write_table
from analysis.schemas.foresight import Foresight, ForesightVehicles
from analysis.settings.model import Settings


def main(*, parts: list[Path], foresight: Path, settings: dict[str, Any]) -> None:
    run = Settings.model_validate(settings)
    vehicles = pd.concat([read_table(path, ForesightVehicles) for path in parts], ignore_index=True)
    write_table(foresight_ratios(vehicles, run.seed), foresight, Foresight)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
