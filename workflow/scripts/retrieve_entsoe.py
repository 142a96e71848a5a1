"""Fetch day-ahead prices of one price area and year, and hold them against their contract."""

import logging
from pathlib import Path
from typing import Any

from analysis.connectors.cache import Cache
from analysis.connectors.entsoe_prices import retrieve_day_ahead
from analysis.sources.descriptor import load_descriptor
from analysis.sources.reader import read_source

log = logging.getLogger(__name__)


def main(*, table: Path, sidecar: Path, question: dict[str, Any], cache: str) -> None:
    retrieve_day_ahead(Cache(Path(cache)), table, **question)
    checked = read_source(load_descriptor("entsoe_api_day_ahead"), [table])
    log.info("%s: %d rows as its contract has them; origin in %s", table, len(checked), sidecar)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
