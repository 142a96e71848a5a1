"""What limited knowledge costs: the foresight ratio of every strategy. A target of its own, not yet part of `all`."""


rule build_foresight_weeks:
    input:
        trips=interim("trips.parquet"),
        vehicles=interim("vehicles.parquet"),
        temperature=interim("temperature.parquet"),
        dispatch_sample=interim("dispatch_sample.parquet"),
        plug_in_statistics=plug_in_statistics,
        parameters=PARAMETERS,
    output:
        foresight_weeks="data/results/{scenario}/foresight/weeks.parquet",
        availability="data/results/{scenario}/foresight/availability.parquet",
    log:
        "logs/{scenario}/build_foresight_weeks.log",
    params:
        settings=sections("seed", "assumptions", "foresight"),
        source_digest=source_digest("build_foresight_weeks"),
    message:
        "Foresight: a handful of cars through whole weeks in a row"
    script:
        "../scripts/build_foresight_weeks.py"


rule measure_foresight:
    input:
        foresight_weeks="data/results/{scenario}/foresight/weeks.parquet",
        availability="data/results/{scenario}/foresight/availability.parquet",
        vehicles=interim("vehicles.parquet"),
        day_ahead_prices=interim("day_ahead_prices.parquet"),
        reserve_prices=interim("reserve_prices.parquet"),
        household_load=interim("household_load.parquet"),
        parameters=PARAMETERS,
        tariffs="data/assumptions/tariffs.csv",
    output:
        foresight_vehicles="data/results/{scenario}/foresight/{price_area}_{price_year}.parquet",
    log:
        "logs/{scenario}/foresight_{price_area}_{price_year}.log",
    params:
        price_area="{price_area}",
        price_year=lambda wildcards: int(wildcards.price_year),
        settings=sections("seed", "assumptions"),
        source_digest=source_digest("measure_foresight"),
    message:
        "Foresight: {wildcards.price_area}, prices of {wildcards.price_year} (half a minute)"
    script:
        "../scripts/measure_foresight.py"


rule summarise_foresight:
    input:
        parts=foresight_parts,
    output:
        foresight="data/results/{scenario}/foresight.parquet",
    log:
        "logs/{scenario}/summarise_foresight.log",
    params:
        settings=sections("seed"),
        source_digest=source_digest("summarise_foresight"),
    message:
        "Foresight: what is kept of the value with perfect foresight"
    script:
        "../scripts/summarise_foresight.py"
