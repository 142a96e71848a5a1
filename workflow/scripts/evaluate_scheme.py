"""Evaluates one scheme: adoption with and without it on the same draws, accounts and effectiveness."""

import logging
from pathlib import Path

import pandas as pd

from analysis.fleet.openness import chosen_standards
from analysis.io import read_csv_table, read_table, write_table
from analysis.policy.loader import load_scheme
from analysis.schemas import assumptions, geography, market
from analysis.schemas import results as schemas
from analysis.schemas.fleet import FleetCohorts
from analysis.schemas.policy import SchemeDraws
from analysis.schemas.regulation import RegulationTimeline
from analysis.schemas.sample import DispatchSample, MarketSaturation
from analysis.schemas.schemes import SchemeIncidence, SchemePaths
from analysis.settings.model import Settings
from analysis.settings.parameters import parameter_set
from analysis.uncertainty.evaluate import Tables, build_frame
from analysis.uncertainty.incidence import scheme_incidence
from analysis.uncertainty.law import evaluated, law_of, span_of
from analysis.uncertainty.measures import scheme_accounts, scheme_draws, scheme_results
from analysis.uncertainty.path_table import scheme_paths
from analysis.uncertainty.summary import scheme_summary

log = logging.getLogger(__name__)


def main(
    *, scheme_file: Path, scheme_members: list, dispatch_values: Path, market_balance: Path, fleet_stock: Path,
    potential_summary: Path, capability_hours: Path, dispatch_sample: Path, municipalities: Path,
    household_load: Path, saturation: Path, timeline: Path, market_facts: Path, charger_options: Path, parameters: Path,
    fleet_cohorts: Path, results: Path, summary: Path, accounts: Path, draws: Path, paths: Path, incidence: Path,
    scheme: str, settings: dict,
) -> None:  # fmt: skip
    log.info("%s combines %s", scheme, ", ".join(Path(member).stem for member in scheme_members) or "nothing")
    run = Settings.model_validate(settings)
    policy, fixed = run.policy, run.assumptions.overrides
    tables = Tables(
        read_table(dispatch_values, schemas.DispatchValues), read_table(market_balance, schemas.MarketBalance),
        read_table(fleet_stock, schemas.FleetStock), read_table(potential_summary, schemas.PotentialSummary),
        read_table(capability_hours, schemas.CapabilityHours), read_table(dispatch_sample, DispatchSample),
        read_table(municipalities, geography.Municipalities), read_table(household_load, market.HouseholdLoad),
        read_table(saturation, MarketSaturation), read_csv_table(market_facts, assumptions.Facts),
        read_csv_table(charger_options, assumptions.ChargerOptions), read_csv_table(parameters, assumptions.Parameters),
        read_table(fleet_cohorts, FleetCohorts),
    )  # fmt: skip
    standards = chosen_standards(read_table(timeline, RegulationTimeline))
    values = parameter_set(tables.parameters, fixed)
    spans = [span_of(policy, values, target) for target in run.scope.target_years]
    loaded = load_scheme(scheme_file)
    size = {"options": run.scope.charger_options, "levels": run.scope.reserve_levels, "standards": standards}
    sample = {"draw_count": run.scope.draw_count, "seed": run.seed, "overrides": fixed}
    found = [
        evaluated(build_frame(tables, values, span=span, **size), law_of(loaded, span, policy), **sample)
        for span in spans
    ]
    write_table(pd.concat([scheme_results(scheme, *each) for each in found]), results, schemas.SchemeResults)
    drawn = [scheme_draws(scheme, each) for each, _ in found]
    told = [scheme_summary(scheme, *each, made) for each, made in zip(found, drawn, strict=True)]
    write_table(pd.concat(told), summary, schemas.SchemeSummary)
    own = found[0][0]
    write_table(scheme_accounts(scheme, own), accounts, schemas.Accounts)
    write_table(pd.concat(drawn), draws, SchemeDraws)
    write_table(scheme_paths(scheme, own), paths, SchemePaths)
    write_table(scheme_incidence(scheme, own), incidence, SchemeIncidence)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
