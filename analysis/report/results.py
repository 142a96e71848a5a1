"""Names every table that the report shows: what the script reads, and what the page turns into text."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd

from analysis.policy.model import Scheme
from analysis.report.scheme_law import Law
from analysis.schemas import assumptions, explain, geography, market_depth, mobility, resilience, results, schemes
from analysis.schemas.base import Table
from analysis.schemas.correlation import AvailabilityCorrelation, AvailabilityFleets
from analysis.schemas.designer import DesignerCheck
from analysis.schemas.driving_data import DrivingData
from analysis.schemas.erosion import ErosionFit
from analysis.schemas.evidence import BrokenCases, Evidence, EvidenceCases, EvidenceMoves
from analysis.schemas.firm import FirmCurve, PotentialMunicipalities
from analysis.schemas.foresight import Foresight
from analysis.schemas.level_check import LevelCheck
from analysis.schemas.money_evidence import ReserveCollapse
from analysis.schemas.peer_check import PeerCheck
from analysis.schemas.plug_in import PlugInContracts, PlugInValidation
from analysis.schemas.price_statistics import PriceYearComparison
from analysis.schemas.profile_evidence import ProfileEvidence
from analysis.schemas.profile_link import CompanyCarAreas, ProfileCountSeeds, ProfileLink
from analysis.schemas.regulation import CapabilityLadder, Interoperability, RegulationTimeline
from analysis.schemas.travel import TravelTargets
from analysis.schemas.use_cases import PublishedResults, UseCaseChecks, UseCaseValues
from analysis.schemas.value_summary import ValueSteps, ValueSummary

FLEET_PROFILE = "fleet"  # as analysis.profiles.represent names it: all firms' cars, in a group that is not clustered

TABLES: dict[str, type[Table]] = {
    "headlines": results.Headlines,
    "potential": results.Potential,
    "potential_summary": results.PotentialSummary,
    "firm_curve": FirmCurve,
    "potential_municipalities": PotentialMunicipalities,
    "profiles": mobility.Profiles,
    "profile_shapes": mobility.ProfileShapes,
    "profile_counts": mobility.ProfileCounts,
    "profile_link": ProfileLink,
    "profile_count_seeds": ProfileCountSeeds,
    "company_car_areas": CompanyCarAreas,
    "travel_targets": TravelTargets,
    "value_summary": ValueSummary,
    "value_steps": ValueSteps,
    "export_wedge": explain.ExportWedge,
    "car_week": explain.CarWeek,
    "market_balance": results.MarketBalance,
    "market_products": market_depth.MarketProducts,
    "market_sales": market_depth.MarketSales,
    "capture_prices": market_depth.CapturePrices,
    "portfolio_values": market_depth.PortfolioValues,
    "profile_depth": market_depth.ProfileDepth,
    "scheme_results": results.SchemeResults,
    "scheme_summary": results.SchemeSummary,
    "accounts": results.Accounts,
    "scheme_paths": schemes.SchemePaths,
    "scheme_incidence": schemes.SchemeIncidence,
    "scheme_municipalities": schemes.SchemeMunicipalities,
    "market_tier": schemes.MarketTier,
    "scheme_comparison": schemes.SchemeComparison,
    "information_value": schemes.InformationValue,
    "convergence": schemes.Convergence,
    "municipalities": geography.Municipalities,
    "plug_in_contracts": PlugInContracts,
    "regulation_timeline": RegulationTimeline,
    "capability_ladder": CapabilityLadder,
    "interoperability": Interoperability,
    "resilience": resilience.Resilience,
    "backup_floor": resilience.BackupFloor,
    "backup_value": resilience.BackupValue,
    "backup_threshold": resilience.BackupThreshold,
    "crisis_supply_summary": resilience.CrisisSupplySummary,
    "island_case": resilience.IslandCase,
    "island_duration": resilience.IslandDuration,
    "local_grid": resilience.LocalGrid,
}
"""Tables that a run makes, each with its contract."""

COMMITTED: dict[str, type[Table]] = {
    "parameters": assumptions.Parameters,
    "price_year_comparison": PriceYearComparison,
    "driving_data": DrivingData,
    "plug_in_validation": PlugInValidation,
    "profile_evidence": ProfileEvidence,
    "level_check": LevelCheck,
    "reserve_collapse": ReserveCollapse,
    "foresight": Foresight,
    "use_case_check": UseCaseChecks,
    "availability_correlation": AvailabilityCorrelation,
    "availability_fleets": AvailabilityFleets,
    "erosion_fit": ErosionFit,
    "evidence": Evidence,
    "evidence_moves": EvidenceMoves,
    "evidence_cases": EvidenceCases,
    "published_results": PublishedResults,
    "peer_check": PeerCheck,
    "broken_cases": BrokenCases,
    "designer_check": DesignerCheck,
}
"""Tables that lie in the repository, as CSV."""

ONCE_MADE: dict[str, type[Table]] = {
    "use_cases": UseCaseValues,
    "sensitivity": schemes.Sensitivity,
    "scheme_front": schemes.SchemeFront,
    "best_scheme": schemes.BestScheme,
}
"""Tables of targets of their own: shown once a scenario has made them."""


@dataclass(frozen=True)
class Results:
    """Every table that the page shows; the names are those of the contracts."""

    headlines: pd.DataFrame
    potential: pd.DataFrame
    potential_summary: pd.DataFrame
    firm_curve: pd.DataFrame
    potential_municipalities: pd.DataFrame
    profiles: pd.DataFrame
    profile_shapes: pd.DataFrame
    profile_counts: pd.DataFrame
    profile_link: pd.DataFrame
    profile_count_seeds: pd.DataFrame
    company_car_areas: pd.DataFrame
    travel_targets: pd.DataFrame
    value_summary: pd.DataFrame
    value_steps: pd.DataFrame
    export_wedge: pd.DataFrame
    car_week: pd.DataFrame
    market_balance: pd.DataFrame
    market_products: pd.DataFrame
    market_sales: pd.DataFrame
    capture_prices: pd.DataFrame
    portfolio_values: pd.DataFrame
    profile_depth: pd.DataFrame
    scheme_results: pd.DataFrame
    scheme_summary: pd.DataFrame
    accounts: pd.DataFrame
    municipalities: pd.DataFrame
    geometry: gpd.GeoDataFrame
    area_geometry: gpd.GeoDataFrame
    parameters: pd.DataFrame
    price_year_comparison: pd.DataFrame
    driving_data: pd.DataFrame
    plug_in_validation: pd.DataFrame
    profile_evidence: pd.DataFrame
    level_check: pd.DataFrame
    reserve_collapse: pd.DataFrame
    foresight: pd.DataFrame
    availability_correlation: pd.DataFrame
    availability_fleets: pd.DataFrame
    erosion_fit: pd.DataFrame
    evidence: pd.DataFrame
    evidence_moves: pd.DataFrame
    evidence_cases: pd.DataFrame
    published_results: pd.DataFrame
    peer_check: pd.DataFrame
    broken_cases: pd.DataFrame
    designer_check: pd.DataFrame
    plug_in_contracts: pd.DataFrame
    regulation_timeline: pd.DataFrame
    capability_ladder: pd.DataFrame
    interoperability: pd.DataFrame
    resilience: pd.DataFrame
    backup_floor: pd.DataFrame
    backup_value: pd.DataFrame
    backup_threshold: pd.DataFrame
    crisis_supply_summary: pd.DataFrame
    island_case: pd.DataFrame
    island_duration: pd.DataFrame
    local_grid: pd.DataFrame
    use_cases: pd.DataFrame  # UseCaseValues; empty where the scenario has not made it
    use_case_check: pd.DataFrame
    scheme_paths: pd.DataFrame
    scheme_incidence: pd.DataFrame
    scheme_municipalities: pd.DataFrame
    market_tier: pd.DataFrame
    scheme_comparison: pd.DataFrame  # empty where the run has one scheme
    information_value: pd.DataFrame
    convergence: pd.DataFrame
    sensitivity: pd.DataFrame  # this and the two below: empty where the scenario has not made them
    scheme_front: pd.DataFrame
    best_scheme: pd.DataFrame
    scheme_labels: Mapping[str, Mapping[str, str]]  # scheme, language, name: as its file says
    scheme_law: Law
    run: dict[str, Any]


def scheme_labels(files: Iterable[Scheme]) -> dict[str, dict[str, str]]:
    """Give the name of each scheme by language, as its file says it."""
    return {scheme.scheme: {"sv": scheme.label_sv, "en": scheme.label_en} for scheme in files}


def empty_table(model: type[Table]) -> pd.DataFrame:
    """Give a table of a contract without rows, where a target of its own has not been made."""
    return pd.DataFrame(columns=list(model.to_schema().columns))


def private_profiles(profiles: pd.DataFrame) -> pd.DataFrame:
    """Pick the profiles whose shares sum to all private cars; that of firms' cars is the whole of its own kind."""
    return profiles[profiles["profile_id"] != FLEET_PROFILE]
