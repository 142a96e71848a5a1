"""Facts, polygons and own statistics to the 290 municipalities, their outlines and those of the price areas."""

import logging
from pathlib import Path

import pandas as pd
from analysis.sources.locate import files_of
from analysis.sources.reader import read_source

from analysis.io import check_table, read_csv_table, write_table
from analysis.schemas.geography import Municipalities, MunicipalityAreas
from analysis.schemas.sample import MunicipalityFacts
from analysis.settings.model import Settings
from analysis.sources.descriptor import load_descriptor
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
    for name, replace in REPLACEMENTS.items():
        for source in getattr(inputs, name) or ():
            descriptor = load_descriptor(Path("data/sources") / f"{source.descriptor}.yaml")
            found = files_of(source, Path(inputs_root))
            log.info("%s: %d of %d files from %s", name, len(found), len(files), source.descriptor)
            table = replace(table, pd.DataFrame(read_source(descriptor, found)))
    write_table(table, municipalities, Municipalities)
    outlines = simplified_outlines(polygons)
    write_outlines(outlines, geometry)
    write_outlines(price_area_outlines(outlines, table.set_index("municipality_code")["price_area"]), area_geometry)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821
