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
from analysis.report.results import Results, scheme_labels
from analysis.schemas import assumptions, geography, mobility, results
from analysis.schemas.driving_data import DrivingData
from analysis.schemas.plug_in import PlugInContracts, PlugInValidation
from analysis.schemas.price_statistics import PriceYearComparison
from analysis.schemas.profile_evidence import ProfileEvidence
from analysis.schemas.profile_link import CompanyCarAreas, ProfileCountSeeds, ProfileLink
from analysis.schemas.travel import TravelTargets
from analysis.schemas.value_summary import ValueSummary
from analysis.settings.model import Settings


def main(
    *, headlines: Path, potential: Path, potential_summary: Path, profiles: Path, profile_shapes: Path,
    profile_counts: Path, profile_link: Path, profile_count_seeds: Path, company_car_areas: Path,
    travel_targets: Path, value_summary: Path, market_balance: Path, scheme_results: Path,
    scheme_summary: Path, accounts: Path, municipalities: Path, geometry: Path, area_geometry: Path, parameters: Path,
    run: Path, price_year_comparison: Path, driving_data: Path, plug_in_validation: Path,
    profile_evidence: Path, plug_in_contracts: Path, schemes: list[Path], text: list[Path],
    templates: list[Path], code: list[Path], index: Path, index_en: Path, assets: Path, places: Path, settings: dict,
    scenario: str,
) -> None:  # fmt: skip
    found = Results(
        headlines=read_table(headlines, results.Headlines),
        potential=read_table(potential, results.Potential),
        potential_summary=read_table(potential_summary, results.PotentialSummary),
        profiles=read_table(profiles, mobility.Profiles),
        profile_shapes=read_table(profile_shapes, mobility.ProfileShapes),
        profile_counts=read_table(profile_counts, mobility.ProfileCounts),
        profile_link=read_table(profile_link, ProfileLink),
        profile_count_seeds=read_table(profile_count_seeds, ProfileCountSeeds),
        company_car_areas=read_table(company_car_areas, CompanyCarAreas),
        travel_targets=read_table(travel_targets, TravelTargets),
        value_summary=read_table(value_summary, ValueSummary),
        market_balance=read_table(market_balance, results.MarketBalance),
        scheme_results=read_table(scheme_results, results.SchemeResults),
        scheme_summary=read_table(scheme_summary, results.SchemeSummary),
        accounts=read_table(accounts, results.Accounts),
        municipalities=read_table(municipalities, geography.Municipalities),
        geometry=gpd.read_parquet(geometry),
        area_geometry=gpd.read_parquet(area_geometry),
        parameters=read_csv_table(parameters, assumptions.Parameters),
        price_year_comparison=read_csv_table(price_year_comparison, PriceYearComparison),
        driving_data=read_csv_table(driving_data, DrivingData),
        plug_in_validation=read_csv_table(plug_in_validation, PlugInValidation),
        profile_evidence=read_csv_table(profile_evidence, ProfileEvidence),
        plug_in_contracts=read_table(plug_in_contracts, PlugInContracts),
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
