"""From prices and availability to what a car earns or saves, per strategy, charger and reserve price level."""


rule dispatch_vehicles:
    input:
        availability_weeks="data/interim/{dataset}/availability_weeks.parquet",
        representative_weeks="data/interim/{dataset}/representative_weeks.parquet",
        vehicles="data/interim/{dataset}/vehicles.parquet",
        dispatch_sample="data/interim/{dataset}/dispatch_sample.parquet",
        day_ahead_prices="data/interim/{dataset}/day_ahead_prices.parquet",
        reserve_prices="data/interim/{dataset}/reserve_prices.parquet",
        household_load="data/interim/{dataset}/household_load.parquet",
        parameters=PARAMETERS,
        tariffs="data/assumptions/tariffs.csv",
        grid_tariffs=GRID_TARIFFS,
        market_facts="data/reference/market_facts.csv",
    output:
        values="data/interim/{dataset}/dispatch/{price_area}_{price_year}{part}_values.parquet",
        capability="data/interim/{dataset}/dispatch/{price_area}_{price_year}{part}_capability.parquet",
        infeasible="data/interim/{dataset}/dispatch/{price_area}_{price_year}{part}_infeasible.parquet",
        offers="data/interim/{dataset}/dispatch/{price_area}_{price_year}{part}_offers.parquet",
    log:
        "logs/{dataset}/dispatch_{price_area}_{price_year}{part}.log",
    wildcard_constraints:
        part=r"(_\d+of\d+)?",  # nothing: all cars, and their mean offers; a chunk: some, with the offers of each
    params:
        price_area="{price_area}",
        price_year=lambda wildcards: int(wildcards.price_year),
        part="{part}",
        settings=sections("seed", "assumptions"),
        source_digest=source_digest("dispatch_vehicles"),
    message:
        "Dispatch: {wildcards.price_area}, prices of {wildcards.price_year}{wildcards.part}"
    script:
        "../scripts/dispatch_vehicles.py"


rule gather_offers:
    input:
        car_offers=chunks_of_offers,
        dispatch_sample="data/interim/{dataset}/dispatch_sample.parquet",
    output:
        offers="data/interim/{dataset}/dispatch/{price_area}_{price_year}_of{chunk_count}_offers.parquet",
    log:
        "logs/{dataset}/gather_{price_area}_{price_year}_of{chunk_count}.log",
    wildcard_constraints:
        chunk_count=r"\d+",
    params:
        source_digest=source_digest("gather_offers"),
    message:
        "Dispatch: offers of {wildcards.chunk_count} chunks, {wildcards.price_area}, {wildcards.price_year}"
    script:
        "../scripts/gather_offers.py"


rule summarise_dispatch:
    input:
        values=dispatch_parts("values"),
        capability=dispatch_parts("capability"),
        infeasible=dispatch_parts("infeasible"),
        dispatch_sample=interim("dispatch_sample.parquet"),
    output:
        dispatch_values="data/results/{scenario}/dispatch_values.parquet",
        capability_hours="data/results/{scenario}/capability_hours.parquet",
        infeasible_cars="data/results/{scenario}/infeasible_cars.parquet",
        sample="data/results/{scenario}/solved_sample.parquet",
    log:
        "logs/{scenario}/summarise_dispatch.log",
    params:
        source_digest=source_digest("summarise_dispatch"),
    message:
        "Dispatch: gathering areas and years ({wildcards.scenario})"
    script:
        "../scripts/summarise_dispatch.py"


rule summarise_values:
    input:
        dispatch_values="data/results/{scenario}/dispatch_values.parquet",
        dispatch_sample="data/results/{scenario}/solved_sample.parquet",
        fleet_stock="data/results/{scenario}/fleet_stock.parquet",
        parameters=PARAMETERS,
    output:
        value_summary="data/results/{scenario}/value_summary.parquet",
        steps="data/results/{scenario}/value_steps.parquet",
    log:
        "logs/{scenario}/summarise_values.log",
    params:
        year=lambda wildcards: SETTINGS[wildcards.scenario].scope.target_years[0],
        settings=sections("assumptions"),
        source_digest=source_digest("summarise_values"),
    message:
        "Value per car by strategy and area ({wildcards.scenario})"
    script:
        "../scripts/summarise_values.py"


rule explain_value:
    input:
        availability_weeks=interim("availability_weeks.parquet"),
        representative_weeks=interim("representative_weeks.parquet"),
        vehicles=interim("vehicles.parquet"),
        profiles=interim("profiles.parquet"),
        day_ahead_prices=interim("day_ahead_prices.parquet"),
        reserve_prices=interim("reserve_prices.parquet"),
        household_load=interim("household_load.parquet"),
        parameters=PARAMETERS,
        tariffs="data/assumptions/tariffs.csv",
    output:
        wedge="data/results/{scenario}/export_wedge.parquet",
        week="data/results/{scenario}/car_week.parquet",
    log:
        "logs/{scenario}/explain_value.log",
    params:
        settings=sections("seed", "assumptions"),
        source_digest=source_digest("explain_value"),
    message:
        "What export needs, and one car's week ({wildcards.scenario})"
    script:
        "../scripts/explain_value.py"
