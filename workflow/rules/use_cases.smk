"""What kinds of fleets and sites are worth. A target of its own; the report shows it where it has been made."""


rule dispatch_use_cases:
    input:
        use_cases="data/reference/use_cases.csv",
        representative_weeks=interim("representative_weeks.parquet"),
        day_ahead_prices=interim("day_ahead_prices.parquet"),
        reserve_prices=interim("reserve_prices.parquet"),
        household_load=interim("household_load.parquet"),
        parameters=PARAMETERS,
        tariffs="data/assumptions/tariffs.csv",
        grid_tariffs=GRID_TARIFFS,
        market_facts="data/reference/market_facts.csv",
    output:
        values="data/results/{scenario}/use_cases.parquet",
    log:
        "logs/{scenario}/dispatch_use_cases.log",
    params:
        settings=lambda wildcards: SETTINGS[wildcards.scenario].model_dump(mode="json"),
        source_digest=source_digest("dispatch_use_cases"),
    message:
        "Use cases: kinds of fleets and sites ({wildcards.scenario}, ten seconds)"
    script:
        "../scripts/dispatch_use_cases.py"
