"""Registered history, places, law and makes to cars and points by area and year, and to how many pairs work."""

from pathlib import Path

from analysis.fleet import area, interop_tables, years
from analysis.fleet.brands import read_makes
from analysis.fleet.hybrids import hybrid_anchors
from analysis.fleet.openness import open_standards
from analysis.fleet.regulation import EPBD, effect_days, regulation_timeline
from analysis.fleet.stock import LAST_YEAR, stock_anchors, stock_reading
from analysis.io import read_csv_table, read_table, write_table
from analysis.schemas import fleet as contracts
from analysis.schemas import regulation as law
from analysis.schemas.assumptions import Facts, Parameters
from analysis.schemas.geography import Municipalities
from analysis.schemas.results import FleetStock
from analysis.settings.draws import draw_parameters
from analysis.settings.model import Settings
from analysis.settings.parameters import parameter_set

FIRST_STOCK_YEAR = 2025


def main(
    *, municipalities: Path, parameters: Path, market_facts: Path, regulation: Path, regulation_levers: Path,
    interop_matrix: Path, brand_shares: Path, fleet_stock: Path, fleet_years: Path, fleet_cohorts: Path,
    timeline: Path, interoperability: Path, interop_pairs: Path, capability_ladder: Path, settings: dict,
) -> None:  # fmt: skip
    run = Settings.model_validate(settings)
    assumed, areas = run.assumptions, run.scope.price_areas
    table, facts = read_csv_table(parameters, Parameters), read_csv_table(market_facts, Facts)
    names = dict.fromkeys((*area.FLEET_PARAMETERS, *years.YEAR_PARAMETERS, *interop_tables.INTEROP_PARAMETERS))
    central = parameter_set(table, assumed.overrides)
    draws = draw_parameters(table, names, run.scope.draw_count, run.seed, assumed.overrides)
    places = read_table(municipalities, Municipalities)
    history = years.FleetHistory(stock_anchors(facts), hybrid_anchors(facts), places)
    reading = stock_reading(assumed)
    wanted = sorted({*run.scope.target_years, *range(FIRST_STOCK_YEAR, LAST_YEAR + 1)})
    stock = area.fleet_stock(wanted, central, draws, history.bev, places, areas, reading)
    write_table(stock, fleet_stock, FleetStock)

    levers = read_csv_table(regulation_levers, law.RegulationLevers)
    days = regulation_timeline(levers, read_csv_table(regulation, law.Regulation), assumed.standards)
    write_table(days, timeline, law.RegulationTimeline)

    epbd_day = effect_days(days, assumed.standards)[EPBD]
    whole = years.FleetReading(reading, assumed.phev_in_v2x == "included", epbd_day)
    fleet = years.build_fleet_path(history, years.middle_and_draws(central, draws), reading)
    kinds = years.kinds_by_year(fleet, history, whole, areas)
    write_table(years.fleet_years(kinds, areas), fleet_years, contracts.FleetYears)
    write_table(years.fleet_cohorts(fleet, history, areas), fleet_cohorts, contracts.FleetCohorts)

    makes = read_makes(read_csv_table(brand_shares, law.BrandShares), read_csv_table(interop_matrix, law.InteropMatrix))
    met, cases = interop_tables.meeting_of(fleet, kinds), interop_tables.cases_of(days)
    pairs = interop_tables.interop_pairs(met, makes, open_standards(days, assumed.standards))
    write_table(pairs, interop_pairs, law.InteropPairs)
    write_table(interop_tables.interoperability(met, makes, cases), interoperability, law.Interoperability)
    write_table(interop_tables.capability_ladder(met, cases), capability_ladder, law.CapabilityLadder)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
