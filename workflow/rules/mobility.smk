"""From trips to availability, and from vehicles to profiles and their count per municipality."""


rule generate_travel:
    input:
        descriptors("fleet_trips"),
        raw_files("fleet_trips"),
        travel_facts="data/reference/travel_facts.csv",
        parameters=PARAMETERS,
    output:
        trips="data/interim/{dataset}/trips.parquet",
        vehicles="data/interim/{dataset}/vehicles.parquet",
        travel_targets="data/interim/{dataset}/travel_targets.parquet",
        dropped_trips="data/interim/{dataset}/dropped_trips.parquet",
    log:
        "logs/{dataset}/generate_travel.log",
    params:
        settings=sections("seed", "inputs", "assumptions"),
        inputs_root=INPUTS_ROOT,
        source_digest=source_digest("generate_travel"),
    message:
        "Travel: car diaries ({wildcards.dataset})"
    script:
        "../scripts/generate_travel.py"


rule build_climate:
    input:
        climate_normals="data/reference/climate_normals.csv",
        household_electricity="data/reference/household_electricity.csv",
        load_shape="data/reference/household_load_shape.csv",
    output:
        temperature="data/interim/{dataset}/temperature.parquet",
        household_load="data/interim/{dataset}/household_load.parquet",
    log:
        "logs/{dataset}/build_climate.log",
    params:
        settings=sections("seed"),
        source_digest=source_digest("build_climate"),
    message:
        "Climate and household load ({wildcards.dataset})"
    script:
        "../scripts/build_climate.py"


rule build_availability:
    input:
        trips="data/interim/{dataset}/trips.parquet",
        vehicles="data/interim/{dataset}/vehicles.parquet",
        temperature="data/interim/{dataset}/temperature.parquet",
        plug_in_statistics=plug_in_statistics,
        parameters=PARAMETERS,
    output:
        availability="data/interim/{dataset}/availability.parquet",
        plug_in_contracts="data/interim/{dataset}/plug_in_contracts.parquet",
    log:
        "logs/{dataset}/build_availability.log",
    params:
        settings=sections("seed", "assumptions"),
        source_digest=source_digest("build_availability"),
    message:
        "Availability: parked, plugged, available, biddable ({wildcards.dataset})"
    script:
        "../scripts/build_availability.py"


rule cluster_profiles:
    input:
        availability="data/interim/{dataset}/availability.parquet",
        vehicles="data/interim/{dataset}/vehicles.parquet",
        trips="data/interim/{dataset}/trips.parquet",
        parameters=PARAMETERS,
    output:
        profiles="data/interim/{dataset}/profiles.parquet",
        profile_shapes="data/interim/{dataset}/profile_shapes.parquet",
        profile_membership="data/interim/{dataset}/profile_membership.parquet",
        dispatch_sample="data/interim/{dataset}/dispatch_sample.parquet",
    log:
        "logs/{dataset}/cluster_profiles.log",
    params:
        settings=sections("seed", "assumptions"),
        source_digest=source_digest("cluster_profiles"),
    message:
        "Profiles: clustering the cars ({wildcards.dataset})"
    script:
        "../scripts/cluster_profiles.py"


rule compare_profile_counts:
    input:
        availability="data/interim/{dataset}/availability.parquet",
        vehicles="data/interim/{dataset}/vehicles.parquet",
        trips="data/interim/{dataset}/trips.parquet",
    output:
        selection="data/interim/{dataset}/profile_selection.parquet",
    log:
        "logs/{dataset}/compare_profile_counts.log",
    params:
        settings=sections("seed", "assumptions"),
        source_digest=source_digest("compare_profile_counts"),
    message:
        "Profiles: weighing other numbers of them ({wildcards.dataset})"
    script:
        "../scripts/compare_profile_counts.py"


rule count_profiles:
    input:
        profile_membership="data/interim/{dataset}/profile_membership.parquet",
        vehicles="data/interim/{dataset}/vehicles.parquet",
        municipalities="data/interim/{dataset}/municipalities.parquet",
        parameters=PARAMETERS,
    output:
        profile_counts="data/interim/{dataset}/profile_counts.parquet",
        profile_link="data/interim/{dataset}/profile_link.parquet",
        profile_count_seeds="data/interim/{dataset}/profile_count_seeds.parquet",
        company_car_areas="data/interim/{dataset}/company_car_areas.parquet",
    log:
        "logs/{dataset}/count_profiles.log",
    params:
        settings=sections("seed", "assumptions"),
        source_digest=source_digest("count_profiles"),
    message:
        "Profiles: counting them in every municipality ({wildcards.dataset})"
    script:
        "../scripts/count_profiles.py"


rule build_availability_weeks:
    input:
        trips="data/interim/{dataset}/trips.parquet",
        vehicles="data/interim/{dataset}/vehicles.parquet",
        temperature="data/interim/{dataset}/temperature.parquet",
        day_ahead_prices="data/interim/{dataset}/day_ahead_prices.parquet",
        reserve_prices="data/interim/{dataset}/reserve_prices.parquet",
        plug_in_statistics=plug_in_statistics,
        dispatch_sample="data/interim/{dataset}/dispatch_sample.parquet",
        parameters=PARAMETERS,
    output:
        representative_weeks="data/interim/{dataset}/representative_weeks.parquet",
        availability_weeks="data/interim/{dataset}/availability_weeks.parquet",
    log:
        "logs/{dataset}/build_availability_weeks.log",
    params:
        settings=sections("seed", "assumptions"),
        source_digest=source_digest("build_availability_weeks"),
    message:
        "Availability in the representative weeks ({wildcards.dataset})"
    script:
        "../scripts/build_availability_weeks.py"
