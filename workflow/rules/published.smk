"""From published results to the evidence that is committed: each beside the model's own number; never part of `all`."""


rule check_use_cases:
    input:
        day_ahead_quotes=PUBLISHED_PRICES["day_ahead_quotes"],
        reserve_quotes=PUBLISHED_PRICES["reserve_quotes"],
        price_index="data/assumptions/price_index.csv",
        climate_normals="data/reference/climate_normals.csv",
        household_electricity="data/reference/household_electricity.csv",
        load_shape="data/reference/household_load_shape.csv",
        parameters=PARAMETERS,
        area_tariffs="data/assumptions/tariffs.csv",
        grid_tariffs=GRID_TARIFFS,
        market_facts="data/reference/market_facts.csv",
        cases="data/reference/use_cases.csv",
        published="data/reference/published_results.csv",
    output:
        checks="data/results/calibration/use_case_check.csv",
    log:
        "logs/calibration/check_use_cases.log",
    params:
        settings=SETTINGS["default"].model_dump(mode="json"),
        price_area="SE3",
        price_years=[2024, 2025],
        vehicle_count={"car_sharing": 50, "others": 6},
        source_digest=source_digest("check_use_cases"),
    message:
        "Use cases against published results, two price years, SE3 (two minutes)"
    script:
        "../scripts/check_use_cases.py"


rule weigh_evidence:
    input:
        expand(
            "data/sources/{name}.yaml",
            name=("norway12_sessions", "trondheim_sessions"),
        ),
        day_ahead_quotes=PUBLISHED_PRICES["day_ahead_quotes"],
        reserve_quotes=PUBLISHED_PRICES["reserve_quotes"],
        published_results="data/reference/published_results.csv",
        market_facts="data/reference/market_facts.csv",
        charger_prices="data/reference/charger_prices.csv",
        use_cases="data/reference/use_cases.csv",
        travel_facts="data/reference/travel_facts.csv",
        plug_in_statistics="data/reference/plug_in_statistics.csv",
        climate_normals="data/reference/climate_normals.csv",
        household_electricity="data/reference/household_electricity.csv",
        household_load_shape="data/reference/household_load_shape.csv",
        grid_tariffs=GRID_TARIFFS,
        parameters=PARAMETERS,
        price_index="data/assumptions/price_index.csv",
        charger_options="data/assumptions/charger_options.csv",
        tariffs="data/assumptions/tariffs.csv",
        laws=sorted(str(path) for path in Path("data/policy/se").glob("*.yaml")),
        norway12_sessions=f"{INPUTS_ROOT}/charging/norway12/norway12_Dataset1_charging_reports.csv",
        trondheim_sessions=f"{INPUTS_ROOT}/charging/trondheim_risvollan/Dataset_1_EV_charging_reports.csv",
    output:
        evidence="data/results/calibration/evidence.csv",
        moves="data/results/calibration/evidence_moves.csv",
    log:
        "logs/calibration/weigh_evidence.log",
    threads: 2
    params:
        settings=SETTINGS["default"].model_dump(mode="json"),
        process_count=2,
        source_digest=source_digest("weigh_evidence"),
    message:
        "Every published result beside our own number, and what moves each miss (some minutes)"
    script:
        "../scripts/weigh_evidence.py"
