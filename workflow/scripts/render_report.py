"""Render the report of one scenario in Swedish and English."""

import shutil
from importlib.resources import files
from pathlib import Path

import geopandas as gpd
import yaml

from analysis.io import atomic_path, read_csv_table, read_table, read_text, write_text
from analysis.policy.loader import load_scheme
from analysis.report.assume import list_assumptions
from analysis.report.page import build_site
from analysis.report.places import table_to_take
from analysis.report.results import COMMITTED, TABLES, Results, empty_table, scheme_labels
from analysis.schemas.use_cases import UseCaseValues
from analysis.settings.model import Settings


def main(
    *, geometry: Path, area_geometry: Path, run: Path, schemes: list[Path], text: list[Path], templates: list[Path],
    code: list[Path], index: Path, index_en: Path, assets: Path, places: Path, settings: dict, scenario: str,
    use_cases: list[Path], **tables: Path,
) -> None:  # fmt: skip
    if set(tables) != {*TABLES, *COMMITTED}:
        raise TypeError(f"the rule and this script differ on {sorted(set(tables) ^ {*TABLES, *COMMITTED})}")
    found = Results(
        **{name: read_table(tables[name], schema) for name, schema in TABLES.items()},
        **{name: read_csv_table(tables[name], schema) for name, schema in COMMITTED.items()},
        use_cases=read_table(use_cases[0], UseCaseValues) if use_cases else empty_table(UseCaseValues),
        geometry=gpd.read_parquet(geometry),
        area_geometry=gpd.read_parquet(area_geometry),
        code_assumptions=list_assumptions({path.as_posix(): read_text(path) for path in code}),
        scheme_labels=scheme_labels(load_scheme(path) for path in schemes),
        run=yaml.safe_load(read_text(run)),
    )
    words = {path.parents[1].name: read_text(path) for path in text}, {path.name: read_text(path) for path in templates}
    site = build_site(found, Settings.model_validate(settings), scenario, *words)
    write_text(site["index.html"], index)
    write_text(site["en/index.html"], index_en)
    write_text(table_to_take(found), places)
    with atomic_path(assets) as temporary:
        shutil.copyfile(str(files("plotly") / "package_data" / "plotly.min.js"), temporary)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
