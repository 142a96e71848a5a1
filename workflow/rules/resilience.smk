"""When the grid is gone, and next door: backup hours and their worth, critical sites, an island, a neighbourhood."""


rule summarise_resilience:
    input:
        availability_weeks=interim("availability_weeks.parquet"),
        representative_weeks=interim("representative_weeks.parquet"),
        vehicles=interim("vehicles.parquet"),
        availability=interim("availability.parquet"),
        solved_sample="data/results/{scenario}/solved_sample.parquet",
        day_ahead_prices=interim("day_ahead_prices.parquet"),
        reserve_prices=interim("reserve_prices.parquet"),
        household_load=interim("household_load.parquet"),
        temperature=interim("temperature.parquet"),
        municipalities=interim("municipalities.parquet"),
        potential_municipalities="data/results/{scenario}/potential_municipalities.parquet",
        parameters=PARAMETERS,
        tariffs="data/assumptions/tariffs.csv",
        grid_tariffs=GRID_TARIFFS,
        market_facts="data/reference/market_facts.csv",
        load_shape="data/reference/household_load_shape.csv",
        electricity="data/reference/household_electricity.csv",
        normals="data/reference/climate_normals.csv",
        critical_sites="data/reference/critical_sites.csv",
        island_facts="data/reference/island_facts.csv",
    output:
        resilience="data/results/{scenario}/resilience.parquet",
        backup_floor="data/results/{scenario}/backup_floor.parquet",
        backup_value="data/results/{scenario}/backup_value.parquet",
        backup_threshold="data/results/{scenario}/backup_threshold.parquet",
        crisis_supply="data/results/{scenario}/crisis_supply.parquet",
        crisis_supply_summary="data/results/{scenario}/crisis_supply_summary.parquet",
        island_case="data/results/{scenario}/island_case.parquet",
        island_duration="data/results/{scenario}/island_duration.parquet",
        local_grid="data/results/{scenario}/local_grid.parquet",
    log:
        "logs/{scenario}/summarise_resilience.log",
    params:
        settings=sections("seed", "assumptions", "targets"),
        source_digest=source_digest("summarise_resilience"),
    message:
        "Resilience: outages, critical sites, an island, a feeder ({wildcards.scenario})"
    script:
        "../scripts/summarise_resilience.py"
