"""From files as published, or from published statistics and a seed, to tables that pass their schema."""


rule build_prices:
    input:
        descriptors("day_ahead_prices", "reserve_prices"),
        files=raw_files("day_ahead_prices", "reserve_prices"),
        price_index="data/assumptions/price_index.csv",
        market_facts="data/reference/market_facts.csv",
        price_statistics=[
            "data/reference/price_statistics.csv",
            "data/reference/price_statistics_shapes.csv",
            "data/reference/price_statistics_quantiles.csv",
        ],
    output:
        day_ahead_prices="data/interim/{dataset}/day_ahead_prices.parquet",
        reserve_prices="data/interim/{dataset}/reserve_prices.parquet",
    log:
        "logs/{dataset}/build_prices.log",
    params:
        settings=sections("seed", "price_year", "inputs"),
        inputs_root=INPUTS_ROOT,
        source_digest=source_digest("build_prices"),
    message:
        "Prices: day-ahead and reserves ({wildcards.dataset})"
    script:
        "../scripts/build_prices.py"


rule build_municipalities:
    input:
        descriptors("households", "plugin_cars", "population", "incomes"),
        files=raw_files("households", "plugin_cars", "population", "incomes"),
        municipalities_csv="data/reference/municipalities.csv",
    output:
        municipalities="data/interim/{dataset}/municipalities.parquet",
        geometry="data/interim/{dataset}/municipality_geometry.parquet",
        area_geometry="data/interim/{dataset}/price_area_geometry.parquet",
    log:
        "logs/{dataset}/build_municipalities.log",
    params:
        settings=sections("inputs"),
        inputs_root=INPUTS_ROOT,
        source_digest=source_digest("build_municipalities"),
    message:
        "Municipalities and price areas ({wildcards.dataset})"
    script:
        "../scripts/build_municipalities.py"


rule build_sessions:
    input:
        descriptors("sessions"),
        files=raw_files("sessions"),
    output:
        sessions="data/interim/{dataset}/sessions.parquet",
        dropped_sessions="data/interim/{dataset}/dropped_sessions.parquet",
    log:
        "logs/{dataset}/build_sessions.log",
    params:
        settings=sections("inputs"),
        inputs_root=INPUTS_ROOT,
        source_digest=source_digest("build_sessions"),
    message:
        "Charging sessions ({wildcards.dataset})"
    script:
        "../scripts/build_sessions.py"


rule calibrate_plug_in:
    input:
        descriptors("sessions"),
        sessions="data/interim/{dataset}/sessions.parquet",
    output:
        plug_in_statistics="data/interim/{dataset}/plug_in_statistics.parquet",
    log:
        "logs/{dataset}/calibrate_plug_in.log",
    params:
        settings=sections("inputs"),
        source_digest=source_digest("calibrate_plug_in"),
    message:
        "Plug-in statistics of the charging sessions ({wildcards.dataset})"
    script:
        "../scripts/calibrate_plug_in.py"
