"""Turn the scenario's own charging sessions into the plug-in statistics that the behaviour is fitted to."""

from pathlib import Path
from typing import Any

from analysis.io import read_table, write_table
from analysis.mobility.sessions import plug_in_statistics as statistics_of
from analysis.schemas.mobility import Sessions
from analysis.schemas.plug_in import PlugInStatistics
from analysis.settings.model import Settings
from analysis.sources.descriptor import load_descriptor


def main(*, sessions: Path, plug_in_statistics: Path, settings: dict[str, Any]) -> None:
    run = Settings.model_validate(settings)
    citations = [load_descriptor(source.descriptor).citation for source in run.inputs.sessions or ()]
    table = statistics_of(read_table(sessions, Sessions), "; ".join(dict.fromkeys(citations)))
    write_table(table, plug_in_statistics, PlugInStatistics)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
