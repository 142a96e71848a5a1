"""Facts, polygons and own statistics to the 290 municipalities, their outlines and those of the price areas."""

import logging
from pathlib import Path

import pandas as pd

from analysis.io import check_table, read_csv_table, write_table
from analysis.schemas.geography import Municipalities, MunicipalityAreas
from analysis.schemas.sample import MunicipalityFacts
from analysis.settings.model import Settings
from analysis.sources.bundle import read_tables
from analysis.sources.geography import (
    municipality_areas,
    municipality_polygons,
    price_area_outlines,
    price_area_polygons,
    simplified_outlines,
    write_outlines,
)
from analysis.sources.municipalities import REPLACEMENTS, municipalities_from_facts

log = logging.getLogger(__name__)


def main(
    *,
    municipalities_csv: Path,
    files: list[Path],
    municipalities: Path,
    geometry: Path,
    area_geometry: Path,
    settings: dict,
    inputs_root: str,
) -> None:
    polygons = municipality_polygons()
    areas = check_table(municipality_areas(polygons, price_area_polygons()), MunicipalityAreas, "overlay")
    table = municipalities_from_facts(read_csv_table(municipalities_csv, MunicipalityFacts), areas)
    inputs = Settings.model_validate(settings).inputs
    for name, (contract, replace) in REPLACEMENTS.items():
        if sources := getattr(inputs, name):
            found, _ = read_tables(sources, contract, inputs_root, files)
            log.info("%s: from %s", name, ", ".join(found))
            table = replace(table, pd.concat(found.values(), ignore_index=True))
    write_table(table, municipalities, Municipalities)
    outlines = simplified_outlines(polygons)
    write_outlines(outlines, geometry)
    write_outlines(price_area_outlines(outlines, table.set_index("municipality_code")["price_area"]), area_geometry)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
