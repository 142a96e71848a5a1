"""Ageing and dispatch made to agree for a handful of cars: a target of its own, ``data/results/<scenario>/wear.parquet``."""


rule settle_wear:
    input:
        availability_weeks=interim("availability_weeks.parquet"),
        representative_weeks=interim("representative_weeks.parquet"),
        vehicles=interim("vehicles.parquet"),
        dispatch_sample=interim("dispatch_sample.parquet"),
        day_ahead_prices=interim("day_ahead_prices.parquet"),
        reserve_prices=interim("reserve_prices.parquet"),
        household_load=interim("household_load.parquet"),
        parameters=PARAMETERS,
        tariffs="data/assumptions/tariffs.csv",
    output:
        wear="data/results/{scenario}/wear/{price_area}_{price_year}.parquet",
    log:
        "logs/{scenario}/settle_wear_{price_area}_{price_year}.log",
    params:
        price_area="{price_area}",
        price_year=lambda wildcards: int(wildcards.price_year),
        settings=sections("seed", "assumptions", "wear"),
        source_digest=source_digest("settle_wear"),
    message:
        "Wear: {wildcards.price_area}, prices of {wildcards.price_year} ({wildcards.scenario})"
    script:
        "../scripts/settle_wear.py"


rule summarise_wear:
    input:
        parts=wear_parts,
    output:
        wear="data/results/{scenario}/wear.parquet",
    log:
        "logs/{scenario}/summarise_wear.log",
    params:
        source_digest=source_digest("summarise_wear"),
    message:
        "Wear: gathering areas and years ({wildcards.scenario})"
    script:
        "../scripts/summarise_wear.py"
