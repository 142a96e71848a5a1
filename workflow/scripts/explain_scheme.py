"""Explains one scheme: what moves its outcomes, one parameter at a time and as shares of the variance."""

import logging
from pathlib import Path

from analysis.fleet.openness import chosen_standards
from analysis.io import read_csv_table, read_table, write_table
from analysis.policy.loader import load_scheme
from analysis.schemas import assumptions, geography, market, results
from analysis.schemas.fleet import FleetCohorts
from analysis.schemas.regulation import RegulationTimeline
from analysis.schemas.sample import DispatchSample, MarketSaturation
from analysis.schemas.schemes import Sensitivity
from analysis.settings.model import Settings
from analysis.settings.parameters import parameter_set
from analysis.uncertainty.evaluate import Tables, build_frame
from analysis.uncertainty.latents import PRICE_YEAR
from analysis.uncertainty.law import law_of, span_of
from analysis.uncertainty.sensitivity import explain_scheme

log = logging.getLogger(__name__)


def main(
    *, scheme_file: Path, scheme_members: list, dispatch_values: Path, market_balance: Path, fleet_stock: Path,
    potential_summary: Path, capability_hours: Path, dispatch_sample: Path, municipalities: Path,
    household_load: Path, saturation: Path, timeline: Path, market_facts: Path, charger_options: Path, parameters: Path,
    fleet_cohorts: Path, sensitivity: Path, scheme: str, are_prices_measured: bool, settings: dict,
) -> None:  # fmt: skip
    log.info("%s combines %s", scheme, ", ".join(Path(member).stem for member in scheme_members) or "nothing")
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
    is_verified = dict(zip(tables.parameters["id"], tables.parameters["verified"], strict=True))
    is_verified[PRICE_YEAR] = are_prices_measured
    found = explain_scheme(scheme, frame, law, fixed, scope.search, run.seed, is_verified)
    write_table(found, sensitivity, Sensitivity)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
