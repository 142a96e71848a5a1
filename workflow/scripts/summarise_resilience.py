"""What cars are worth when the grid is gone, and to the grid next door: hours, money, sites, an island, a feeder."""

from pathlib import Path

import pandas as pd

from analysis.dispatch.inputs import market_weeks, northern_share
from analysis.io import read_csv_table, read_table, write_table
from analysis.market.grid_tariff import grid_tariff, parameters_of_price_year
from analysis.resilience import tables
from analysis.resilience.houses import ClimateTables
from analysis.schemas import assumptions, climate, geography, market, mobility
from analysis.schemas import resilience as contracts
from analysis.schemas.firm import PotentialMunicipalities
from analysis.schemas.sample import DispatchSample
from analysis.schemas.tariffs import AreaTariffs, GridTariffs
from analysis.settings.model import Settings
from analysis.settings.parameters import parameter_set


def main(
    *, availability_weeks: Path, representative_weeks: Path, vehicles: Path, availability: Path, solved_sample: Path,
    day_ahead_prices: Path, reserve_prices: Path, household_load: Path, temperature: Path, municipalities: Path,
    potential_municipalities: Path, parameters: Path, tariffs: Path, grid_tariffs: list[Path], market_facts: Path,
    load_shape: Path, electricity: Path, normals: Path, critical_sites: Path, island_facts: Path, resilience: Path,
    backup_floor: Path, backup_value: Path, backup_threshold: Path, crisis_supply: Path, crisis_supply_summary: Path,
    island_case: Path, island_duration: Path, local_grid: Path, settings: dict,
) -> None:  # fmt: skip
    run = Settings.model_validate(settings)
    scope, year, target = run.scope, max(run.scope.price_years), run.scope.target_years[0]
    listed = read_csv_table(parameters, assumptions.Parameters)
    tariff = grid_tariff(
        pd.concat([read_csv_table(path, GridTariffs) for path in grid_tariffs], ignore_index=True),
        run.assumptions.grid_tariff,
    )
    assumed = parameters_of_price_year(
        parameter_set(listed, run.assumptions.overrides), tariff, read_csv_table(market_facts, assumptions.Facts),
        energy_tax=run.assumptions.energy_tax, price_year=year,
    )  # fmt: skip
    area = tables.shown_area(scope.price_areas)
    place = tables.place_of(
        scope, assumed, year, northern_share(read_csv_table(tariffs, AreaTariffs), area), tariff.charge
    )
    load = read_table(household_load, market.HouseholdLoad)
    weeks = market_weeks(
        read_table(representative_weeks, mobility.RepresentativeWeeks),
        read_table(day_ahead_prices, market.DayAheadPrices), read_table(reserve_prices, market.ReservePrices), load,
        price_area=area, price_year=year, step_h=scope.step_h,
    )  # fmt: skip
    sample = read_table(solved_sample, DispatchSample)
    cars = tables.RunCars(
        read_table(availability_weeks, mobility.AvailabilityWeeks), read_table(vehicles, mobility.Vehicles),
        read_table(availability, mobility.Availability, rows=[("vehicle_id", "in", set(sample["vehicle_id"]))]), sample,
    )  # fmt: skip
    states = tables.states_of_run(cars, weeks, place)
    houses = ClimateTables(
        read_table(temperature, market.Temperature), read_csv_table(load_shape, climate.HouseholdLoadShape),
        read_csv_table(electricity, climate.HouseholdElectricity), read_csv_table(normals, climate.ClimateNormals),
    )  # fmt: skip
    places = read_table(municipalities, geography.Municipalities)
    shares = read_table(potential_municipalities, PotentialMunicipalities)
    cases = tables.cases_of_run(states, place, houses, listed)
    hours, floors, values, thresholds = tables.backup_tables(states, place, cases)
    sites = read_csv_table(critical_sites, contracts.CriticalSites)
    supply, summary = tables.supply_tables(states, place, shares, places, sites, target)
    facts = read_csv_table(island_facts, assumptions.Facts)
    fleets = tables.island_fleets(shares, places, target, area)
    case, duration = tables.island_tables(states, place, facts, load, fleets, target, run.seed)
    write_table(hours, resilience, contracts.Resilience)
    write_table(floors, backup_floor, contracts.BackupFloor)
    write_table(values, backup_value, contracts.BackupValue)
    write_table(thresholds, backup_threshold, contracts.BackupThreshold)
    write_table(supply, crisis_supply, contracts.CrisisSupply)
    write_table(summary, crisis_supply_summary, contracts.CrisisSupplySummary)
    write_table(case, island_case, contracts.IslandCase)
    write_table(duration, island_duration, contracts.IslandDuration)
    write_table(tables.feeder_table(states, weeks, place, run.seed), local_grid, contracts.LocalGrid)


if __name__ == "__main__":
    from analysis.provenance import hand_over

    hand_over(main, snakemake)  # noqa: F821 (Snakemake puts the job there)
