"""From real files to the evidence that is committed: the model beside what is real; never part of `all`."""

DISPATCHED = {
    name: f"data/interim/calibration/profiles/{name}.parquet"
    for name in (
        "vehicles",
        "trips",
        "sessions",
        "availability",
        "weeks",
        "values",
        "capability",
    )
}


rule compare_price_years:
    input:
        **PUBLISHED_PRICES,
        **PRICE_STATISTICS,
    output:
        comparison="data/results/calibration/price_year_comparison.csv",
    log:
        "logs/calibration/compare_price_years.log",
    params:
        seed=SETTINGS["default"].seed,
        seed_count=12,
        source_digest=source_digest("compare_price_years"),
    message:
        "Embedded price years against real ones, twelve seeds (about a minute)"
    script:
        "../scripts/compare_price_years.py"


rule compare_driving_data:
    input:
        expand(
            "data/sources/{name}.yaml",
            name=(
                "champpy_trips",
                "champpy_vehicles",
                "nhts_trips",
                "nhts_vehicles",
                "norway12_sessions",
                "trondheim_sessions",
            ),
        ),
        travel_facts="data/reference/travel_facts.csv",
        parameters=PARAMETERS,
        champpy_trips=f"{INPUTS_ROOT}/trips/champpy_logbook/champpy_t_logbook.csv",
        champpy_vehicles=f"{INPUTS_ROOT}/trips/champpy_logbook/champpy_t_vehicle.csv",
        nhts=f"{INPUTS_ROOT}/trips/nhts_v2gsim/Tennessee.xlsx",
        norway12_sessions=f"{INPUTS_ROOT}/charging/norway12/norway12_Dataset1_charging_reports.csv",
        trondheim_sessions=f"{INPUTS_ROOT}/charging/trondheim_risvollan/Dataset_1_EV_charging_reports.csv",
    output:
        comparison="data/results/calibration/driving_data.csv",
    log:
        "logs/calibration/compare_driving_data.log",
    params:
        settings=SETTINGS["default"].model_dump(mode="json"),
        source_digest=source_digest("compare_driving_data"),
    message:
        "Data sets on driving and charging, side by side"
    script:
        "../scripts/compare_driving_data.py"


rule validate_plug_in:
    input:
        expand(
            "data/sources/{name}.yaml",
            name=("norway12_sessions", "trondheim_sessions"),
        ),
        travel_facts="data/reference/travel_facts.csv",
        climate_normals="data/reference/climate_normals.csv",
        parameters=PARAMETERS,
        norway12_sessions=f"{INPUTS_ROOT}/charging/norway12/norway12_Dataset1_charging_reports.csv",
        trondheim_sessions=f"{INPUTS_ROOT}/charging/trondheim_risvollan/Dataset_1_EV_charging_reports.csv",
    output:
        validation="data/results/calibration/plug_in_validation.csv",
    log:
        "logs/calibration/validate_plug_in.log",
    params:
        settings=SETTINGS["default"].model_dump(mode="json"),
        source_digest=source_digest("validate_plug_in"),
    message:
        "Plug-in model against users it was not fitted to, five splits (about a minute and a half)"
    script:
        "../scripts/validate_plug_in.py"


rule measure_correlation:
    input:
        expand(
            "data/sources/{name}.yaml",
            name=("norway12_sessions", "trondheim_sessions"),
        ),
        parameters=PARAMETERS,
        norway12_sessions=f"{INPUTS_ROOT}/charging/norway12/norway12_Dataset1_charging_reports.csv",
        trondheim_sessions=f"{INPUTS_ROOT}/charging/trondheim_risvollan/Dataset_1_EV_charging_reports.csv",
    output:
        correlation="data/results/calibration/availability_correlation.csv",
        fleets="data/results/calibration/availability_fleets.csv",
    log:
        "logs/calibration/measure_correlation.log",
    params:
        settings=SETTINGS["default"].model_dump(mode="json"),
        fleet_counts=[10, 50, 100, 134, 286],
        draw_count=400,
        source_digest=source_digest("measure_correlation"),
    message:
        "Correlation of being plugged in, and firm shares of real fleets (half a minute)"
    script:
        "../scripts/measure_correlation.py"


rule dispatch_data_sets:
    input:
        expand(
            "data/sources/{name}.yaml",
            name=(
                "champpy_trips",
                "champpy_vehicles",
                "norway12_sessions",
                "trondheim_sessions",
            ),
        ),
        day_ahead_quotes=PUBLISHED_PRICES["day_ahead_quotes"],
        reserve_quotes=PUBLISHED_PRICES["reserve_quotes"],
        price_index="data/assumptions/price_index.csv",
        travel_facts="data/reference/travel_facts.csv",
        plug_in_statistics="data/reference/plug_in_statistics.csv",
        climate_normals="data/reference/climate_normals.csv",
        household_electricity="data/reference/household_electricity.csv",
        load_shape="data/reference/household_load_shape.csv",
        parameters=PARAMETERS,
        tariffs="data/assumptions/tariffs.csv",
        champpy_trips=f"{INPUTS_ROOT}/trips/champpy_logbook/champpy_t_logbook.csv",
        champpy_vehicles=f"{INPUTS_ROOT}/trips/champpy_logbook/champpy_t_vehicle.csv",
        norway12_sessions=f"{INPUTS_ROOT}/charging/norway12/norway12_Dataset1_charging_reports.csv",
        trondheim_sessions=f"{INPUTS_ROOT}/charging/trondheim_risvollan/Dataset_1_EV_charging_reports.csv",
    output:
        **DISPATCHED,
    log:
        "logs/calibration/dispatch_data_sets.log",
    params:
        settings=SETTINGS["default"].model_dump(mode="json"),
        price_area="SE3",
        price_year=2025,
        source_digest=source_digest("dispatch_data_sets"),
    message:
        "Every vehicle of three data sets dispatched, SE3 2025 (some minutes)"
    script:
        "../scripts/dispatch_data_sets.py"


rule compare_profiles:
    input:
        **DISPATCHED,
        parameters=PARAMETERS,
    output:
        evidence="data/results/calibration/profile_evidence.csv",
        stability="data/results/calibration/profile_stability.csv",
    log:
        "logs/calibration/compare_profiles.log",
    params:
        settings=SETTINGS["default"].model_dump(mode="json"),
        sizes={
            name: SETTINGS[name].scope.dispatch_vehicle_count
            for name in ("default", "full")
        },
        source_digest=source_digest("compare_profiles"),
    message:
        "Profiles against all vehicles: decision loss and stability (a minute)"
    script:
        "../scripts/compare_profiles.py"


rule check_levels:
    input:
        availability_weeks=f"{DEFAULT_DATA}/availability_weeks.parquet",
        representative_weeks=f"{DEFAULT_DATA}/representative_weeks.parquet",
        vehicles=f"{DEFAULT_DATA}/vehicles.parquet",
        dispatch_sample=f"{DEFAULT_DATA}/dispatch_sample.parquet",
        day_ahead_prices=f"{DEFAULT_DATA}/day_ahead_prices.parquet",
        reserve_prices=f"{DEFAULT_DATA}/reserve_prices.parquet",
        household_load=f"{DEFAULT_DATA}/household_load.parquet",
        parameters=PARAMETERS,
        tariffs="data/assumptions/tariffs.csv",
    output:
        check="data/results/calibration/level_check.csv",
    log:
        "logs/calibration/check_levels.log",
    params:
        settings=SETTINGS["default"].model_dump(mode="json"),
        source_digest=source_digest("check_levels"),
    message:
        "Reserve price levels: values between them against solved ones"
    script:
        "../scripts/check_levels.py"


rule compare_spot_cells:
    input:
        day_ahead_quotes=PUBLISHED_PRICES["day_ahead_quotes"],
        reserve_quotes=PUBLISHED_PRICES["reserve_quotes"],
        market_facts="data/reference/market_facts.csv",
        price_index="data/assumptions/price_index.csv",
        parameters=PARAMETERS,
    output:
        cells="data/results/calibration/spot_cells.csv",
    log:
        "logs/calibration/compare_spot_cells.log",
    params:
        settings=SETTINGS["default"].model_dump(mode="json"),
        price_area="SE3",
        years=[2021, 2022, 2023, 2024, 2025],
        scaled={"from_year": 2023, "year": 2022},
        capacities_kwh=[40.0, 60.0, 75.0, 100.0],
        charger_options=["ac_3p7", "ac_7p4", "ac_11", "ac_22"],
        source_digest=source_digest("compare_spot_cells"),
    message:
        "Day-ahead saving by battery, power and price year, SE3 (a minute and a half)"
    script:
        "../scripts/compare_spot_cells.py"


rule compare_reserve_years:
    input:
        day_ahead_quotes=PUBLISHED_PRICES["day_ahead_quotes"],
        reserve_quotes=PUBLISHED_PRICES["reserve_quotes"],
        market_facts="data/reference/market_facts.csv",
        price_index="data/assumptions/price_index.csv",
        travel_facts="data/reference/travel_facts.csv",
        plug_in_statistics="data/reference/plug_in_statistics.csv",
        climate_normals="data/reference/climate_normals.csv",
        household_electricity="data/reference/household_electricity.csv",
        load_shape="data/reference/household_load_shape.csv",
        parameters=PARAMETERS,
        area_tariffs="data/assumptions/tariffs.csv",
    output:
        collapse="data/results/calibration/reserve_collapse.csv",
    log:
        "logs/calibration/compare_reserve_years.log",
    params:
        settings=SETTINGS["default"].model_dump(mode="json"),
        price_area="SE3",
        price_years=[2021, 2022, 2023, 2024, 2025],
        scaled={"from_year": 2023, "year": 2022},
        diary_count=80,
        car_count=12,
        source_digest=source_digest("compare_reserve_years"),
    message:
        "Worth of reserves in five price years, SE3, thirteen cars (a minute and a half)"
    script:
        "../scripts/compare_reserve_years.py"


rule compare_foresight:
    input:
        day_ahead_quotes=PUBLISHED_PRICES["day_ahead_quotes"],
        reserve_quotes=PUBLISHED_PRICES["reserve_quotes"],
        price_index="data/assumptions/price_index.csv",
        travel_facts="data/reference/travel_facts.csv",
        plug_in_statistics="data/reference/plug_in_statistics.csv",
        climate_normals="data/reference/climate_normals.csv",
        household_electricity="data/reference/household_electricity.csv",
        load_shape="data/reference/household_load_shape.csv",
        parameters=PARAMETERS,
        tariffs="data/assumptions/tariffs.csv",
    output:
        evidence="data/results/calibration/foresight.csv",
    log:
        "logs/calibration/compare_foresight.log",
    params:
        settings=SETTINGS["default"].model_dump(mode="json"),
        vehicle_count=8,
        source_digest=source_digest("compare_foresight"),
    message:
        "Foresight on published prices, eight cars in every area and year (some minutes)"
    script:
        "../scripts/compare_foresight.py"


rule fit_erosion:
    input:
        expand(
            "data/sources/{name}.yaml",
            name=("mimer_afrr", "mimer_afrr_export", "mimer_mfrr_capacity"),
        ),
        day_ahead_quotes=PUBLISHED_PRICES["day_ahead_quotes"],
        reserve_quotes=PUBLISHED_PRICES["reserve_quotes"],
        prequalified_volumes="data/reference/prequalified_volumes.csv",
        price_index="data/assumptions/price_index.csv",
        parameters=PARAMETERS,
        mimer_afrr=expand(
            "{root}/reserves/afrr_mimer/{year}.csv",
            root=INPUTS_ROOT,
            year=(2023, 2024, 2025),
        ),
        mimer_afrr_export=[f"{INPUTS_ROOT}/reserves/afrr_mimer/SE_AFRR_2021.csv"],
        mimer_mfrr_capacity=expand(
            "{root}/reserves/mfrr_cm_mimer/{year}.csv",
            root=INPUTS_ROOT,
            year=(2024, 2025),
        ),
    output:
        fit="data/results/calibration/erosion_fit.csv",
    log:
        "logs/calibration/fit_erosion.log",
    params:
        price_year=SETTINGS["default"].price_year,
        source_digest=source_digest("fit_erosion"),
    message:
        "Erosion of reserve prices, against trend, constant and prior"
    script:
        "../scripts/fit_erosion.py"


rule measure_deliverable_power:
    input:
        day_ahead_quotes=PUBLISHED_PRICES["day_ahead_quotes"],
        reserve_quotes=PUBLISHED_PRICES["reserve_quotes"],
        price_index="data/assumptions/price_index.csv",
        travel_facts="data/reference/travel_facts.csv",
        plug_in_statistics="data/reference/plug_in_statistics.csv",
        climate_normals="data/reference/climate_normals.csv",
        household_electricity="data/reference/household_electricity.csv",
        load_shape="data/reference/household_load_shape.csv",
        parameters=PARAMETERS,
        area_tariffs="data/assumptions/tariffs.csv",
    output:
        power="data/results/calibration/deliverable_power.csv",
    log:
        "logs/calibration/measure_deliverable_power.log",
    params:
        settings=SETTINGS["default"].model_dump(mode="json"),
        price_area="SE3",
        price_years=[2025],
        car_count=134,
        joint_count=50,
        published_battery_kwh=52.0,
        source_digest=source_digest("measure_deliverable_power"),
    message:
        "Power that 134 private cars can deliver, two batteries, warm and cold, SE3 2025 (two minutes)"
    script:
        "../scripts/measure_deliverable_power.py"
