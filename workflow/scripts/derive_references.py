"""Compute the two committed tables that come from one real file each: plug-in statistics and household load shape."""

from pathlib import Path

from analysis.io import write_text
from analysis.mobility.sessions import plug_in_statistics as statistics_of
from analysis.schemas.climate import HouseholdLoadShape
from analysis.schemas.plug_in import PlugInStatistics
from analysis.sources.descriptor import load_descriptor
from analysis.sources.reader import read_source


def main(*, session_file: Path, load_file: Path, plug_in_statistics: Path, load_shape: Path) -> None:
    norway = load_descriptor("norway12_sessions")
    sessions = statistics_of(read_source(norway, [session_file]), norway.citation)
    write_text(PlugInStatistics.validate(sessions).to_csv(index=False, lineterminator="\n"), plug_in_statistics)
    bdew = load_descriptor("bdew_h25")
    shape = read_source(bdew, [load_file])
    shape = shape.assign(source=f"{bdew.citation}; licence {bdew.licence}")
    write_text(HouseholdLoadShape.validate(shape).to_csv(index=False, lineterminator="\n"), load_shape)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
