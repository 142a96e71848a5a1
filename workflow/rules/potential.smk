"""From cars and capability to MW per price area, and to what the markets can take."""


rule build_fleet:
    input:
        municipalities=interim("municipalities.parquet"),
        parameters=PARAMETERS,
        market_facts="data/reference/market_facts.csv",
        regulation="data/reference/regulation.csv",
        regulation_levers="data/assumptions/regulation_levers.csv",
        interop_matrix="data/reference/interop_matrix.csv",
        brand_shares="data/reference/brand_shares.csv",
    output:
        fleet_stock="data/results/{scenario}/fleet_stock.parquet",
        fleet_years="data/results/{scenario}/fleet_years.parquet",
        fleet_cohorts="data/results/{scenario}/fleet_cohorts.parquet",
        timeline="data/results/{scenario}/regulation_timeline.parquet",
        interoperability="data/results/{scenario}/interoperability.parquet",
        interop_pairs="data/results/{scenario}/interop_pairs.parquet",
        capability_ladder="data/results/{scenario}/capability_ladder.parquet",
    log:
        "logs/{scenario}/build_fleet.log",
    params:
        settings=sections("seed", "assumptions", "fleet", "targets"),
        source_digest=source_digest("build_fleet"),
    message:
        "Fleet: cars, points and working pairs by year ({wildcards.scenario})"
    script:
        "../scripts/build_fleet.py"


rule summarise_potential:
    input:
        capability_hours="data/results/{scenario}/capability_hours.parquet",
        fleet_stock="data/results/{scenario}/fleet_stock.parquet",
        municipalities=interim("municipalities.parquet"),
        day_ahead_prices=interim("day_ahead_prices.parquet"),
        temperature=interim("temperature.parquet"),
        dispatch_sample="data/results/{scenario}/solved_sample.parquet",
        profile_counts=interim("profile_counts.parquet"),
        availability_correlation="data/evidence/availability_correlation.csv",
        parameters=PARAMETERS,
        market_facts="data/reference/market_facts.csv",
    output:
        potential="data/results/{scenario}/potential.parquet",
        potential_summary="data/results/{scenario}/potential_summary.parquet",
        potential_municipalities="data/results/{scenario}/potential_municipalities.parquet",
        firm_curve="data/results/{scenario}/firm_curve.parquet",
    log:
        "logs/{scenario}/summarise_potential.log",
    params:
        settings=sections("seed", "assumptions", "fleet", "targets"),
        source_digest=source_digest("summarise_potential"),
    message:
        "Potential: from technical to firm ({wildcards.scenario})"
    script:
        "../scripts/summarise_potential.py"


rule balance_market:
    input:
        dispatch_values="data/results/{scenario}/dispatch_values.parquet",
        capability_hours="data/results/{scenario}/capability_hours.parquet",
        reserve_offers=mean_offers,
        reserve_prices=interim("reserve_prices.parquet"),
        fleet_stock="data/results/{scenario}/fleet_stock.parquet",
        dispatch_sample="data/results/{scenario}/solved_sample.parquet",
        parameters=PARAMETERS,
        market_facts="data/reference/market_facts.csv",
        prequalified_volumes="data/reference/prequalified_volumes.csv",
    output:
        market_balance="data/results/{scenario}/market_balance.parquet",
        saturation="data/results/{scenario}/saturation.parquet",
        market_products="data/results/{scenario}/market_products.parquet",
        market_sales="data/results/{scenario}/market_sales.parquet",
        capture="data/results/{scenario}/capture_prices.parquet",
        portfolios="data/results/{scenario}/portfolio_values.parquet",
        profile_values="data/results/{scenario}/profile_depth.parquet",
        restoration="data/results/{scenario}/restoration_balance.parquet",
    log:
        "logs/{scenario}/balance_market.log",
    params:
        settings=sections("seed", "assumptions", "targets"),
        source_digest=source_digest("balance_market"),
    message:
        "Market depth: what reserve markets can take ({wildcards.scenario})"
    script:
        "../scripts/balance_market.py"
