"""Reads what a user wrote for a scenario before its first job, so that a mistake shows at once."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from analysis.errors import PipelineError
from analysis.settings.model import INPUT_KINDS, Settings


def written_errors(settings: Settings, data: Path = Path("data")) -> list[PipelineError]:
    """What is wrong in the descriptors and schemes that a scenario names, each in its kind; none where all can be read.

    The readers are imported here: most starts of the workflow are those of single jobs, which need none of them.
    """
    from analysis.policy.loader import load_schemes

    schemes = [data / "policy" / "se" / f"{scheme}.yaml" for scheme in settings.policy.schemes]
    readers: list[Callable[[], object]] = [partial(load_schemes, schemes)]
    named = {source.descriptor for kind in INPUT_KINDS for source in getattr(settings.inputs, kind) or ()}
    if named:
        from analysis.sources.descriptor import load_descriptor

        readers += [partial(load_descriptor, name, data / "sources") for name in sorted(named)]
    errors = []
    for read in readers:
        try:
            read()
        except PipelineError as error:
            errors.append(error)
    return errors
