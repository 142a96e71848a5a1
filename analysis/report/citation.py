"""Says how a run is cited: title, scenario, revision of the code, licence."""

from collections.abc import Mapping
from typing import Any

from analysis.errors import DataError, Fault
from analysis.report.text import Voice


def citation(run: Mapping[str, Any], scenario: str, voice: Voice) -> str:
    """Give one line to cite a scenario's results by.

    Parameters
    ----------
    run
        As ``run.yaml`` holds it: ``code_digest`` is the revision.

    Raises
    ------
    DataError
        If the record names no revision.
    """
    if not run.get("code_digest"):
        raise DataError(Fault("run.yaml [code_digest]", "nothing", "the digest of the code", "Run the scenario again."))
    return voice.say("cite.text", title=voice.say("page.title"), scenario=scenario, revision=str(run["code_digest"]))
