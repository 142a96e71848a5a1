"""Fetch a selection of one table of Statistics Sweden."""

import logging
from pathlib import Path
from typing import Any

from analysis.connectors.cache import Cache
from analysis.connectors.pxweb import retrieve_table

log = logging.getLogger(__name__)


def main(*, table: Path, sidecar: Path, question: dict[str, Any], cache: str) -> None:
    retrieve_table(Cache(Path(cache)), table, table.stem, **question)
    log.info("%s: origin in %s", table, sidecar)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
