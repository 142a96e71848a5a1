"""Reads what a user wrote for a scenario before its first job, so that a mistake shows at once."""

from pathlib import Path

from analysis.errors import Fault, PipelineError
from analysis.settings.model import INPUT_KINDS, Settings


def written_faults(settings: Settings, data: Path = Path("data")) -> list[Fault]:
    """Every fault of the descriptors and schemes that a scenario names; none where all can be read.

    The readers are imported here: most starts of the workflow are those of single jobs, which need none of them.
    """
    faults: list[Fault] = []
    named = {source.descriptor for kind in INPUT_KINDS for source in getattr(settings.inputs, kind) or ()}
    if named:
        from analysis.sources.descriptor import load_descriptor

        for name in sorted(named):
            try:
                load_descriptor(name, data / "sources")
            except PipelineError as error:
                faults.extend(error.faults)
    from analysis.policy.loader import load_schemes

    try:
        load_schemes(data / "policy" / "se" / f"{scheme}.yaml" for scheme in settings.policy.schemes)
    except PipelineError as error:
        faults.extend(error.faults)
    return faults
