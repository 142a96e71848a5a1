"""Searches the Task 53 family for the best scheme of each aim and budget, and writes every trial."""

from pathlib import Path

from analysis.fleet.openness import chosen_standards
from analysis.io import read_csv_table, read_table, write_table
from analysis.policy.loader import load_scheme
from analysis.schemas import assumptions, geography, market, results
from analysis.schemas.fleet import FleetCohorts
from analysis.schemas.regulation import RegulationTimeline
from analysis.schemas.sample import DispatchSample, MarketSaturation
from analysis.schemas.schemes import BestScheme, SchemeFront
from analysis.settings.model import Settings
from analysis.settings.parameters import parameter_set
from analysis.uncertainty.evaluate import Tables, build_frame
from analysis.uncertainty.law import law_of, span_of
from analysis.uncertainty.search import search_schemes


def main(
    *, scheme_file: Path, dispatch_values: Path, market_balance: Path, fleet_stock: Path, potential_summary: Path,
    capability_hours: Path, dispatch_sample: Path, municipalities: Path, household_load: Path, saturation: Path,
    timeline: Path, market_facts: Path, charger_options: Path, parameters: Path, fleet_cohorts: Path,
    scheme_front: Path, best_scheme: Path,
    settings: dict,
) -> None:  # fmt: skip
    run = Settings.model_validate(settings)
    scope, policy, fixed = run.scope, run.policy, run.assumptions.overrides
    tables = Tables(
        read_table(dispatch_values, results.DispatchValues), read_table(market_balance, results.MarketBalance),
        read_table(fleet_stock, results.FleetStock), read_table(potential_summary, results.PotentialSummary),
        read_table(capability_hours, results.CapabilityHours), read_table(dispatch_sample, DispatchSample),
        read_table(municipalities, geography.Municipalities), read_table(household_load, market.HouseholdLoad),
        read_table(saturation, MarketSaturation), read_csv_table(market_facts, assumptions.Facts),
        read_csv_table(charger_options, assumptions.ChargerOptions), read_csv_table(parameters, assumptions.Parameters),
        read_table(fleet_cohorts, FleetCohorts),
    )  # fmt: skip
    values = parameter_set(tables.parameters, fixed)
    span = span_of(policy, values, scope.target_years[0])
    law = law_of(load_scheme(scheme_file), span, policy)
    standards = chosen_standards(read_table(timeline, RegulationTimeline))
    options, levels = scope.charger_options, scope.reserve_levels
    frame = build_frame(tables, values, span=span, options=options, levels=levels, standards=standards)
    front, best = search_schemes(frame, law, fixed, scope.search, run.seed)
    write_table(front, scheme_front, SchemeFront)
    write_table(best, best_scheme, BestScheme)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
