"""From results to pages, and the record of the run."""


rule record_run:
    input:
        once_made("use_cases.parquet"),
        once_made("sensitivity.parquet"),
        once_made("scheme_front.parquet"),
        once_made("best_scheme.parquet"),
        raw=raw_files(*INPUT_KINDS),
        committed=committed_inputs,
        # one table of each job that nothing else waits for: the record lists what is there when it is written
        results=expand(
            "data/results/{{scenario}}/{name}.parquet",
            name=(
                "headlines",
                "value_steps",
                "export_wedge",
                "resilience",
                "scheme_comparison",
            ),
        ),
    output:
        run="data/results/{scenario}/run.yaml",
        lineage="data/results/{scenario}/lineage.json",
    log:
        "logs/{scenario}/record_run.log",
    params:
        settings=lambda wildcards: SETTINGS[wildcards.scenario].model_dump(mode="json"),
        scenario="{scenario}",
        inputs_root=INPUTS_ROOT,
        jobs=lineage_of,
        code_digest=code_digest(),
        source_digest=source_digest("record_run"),
    message:
        "Record of the run ({wildcards.scenario})"
    script:
        "../scripts/record_run.py"


rule render_report:
    input:
        headlines="data/results/{scenario}/headlines.parquet",
        potential="data/results/{scenario}/potential.parquet",
        potential_summary="data/results/{scenario}/potential_summary.parquet",
        firm_curve="data/results/{scenario}/firm_curve.parquet",
        potential_municipalities="data/results/{scenario}/potential_municipalities.parquet",
        profiles=interim("profiles.parquet"),
        profile_shapes=interim("profile_shapes.parquet"),
        profile_counts=interim("profile_counts.parquet"),
        profile_link=interim("profile_link.parquet"),
        profile_count_seeds=interim("profile_count_seeds.parquet"),
        company_car_areas=interim("company_car_areas.parquet"),
        travel_targets=interim("travel_targets.parquet"),
        value_summary="data/results/{scenario}/value_summary.parquet",
        value_steps="data/results/{scenario}/value_steps.parquet",
        export_wedge="data/results/{scenario}/export_wedge.parquet",
        car_week="data/results/{scenario}/car_week.parquet",
        market_balance="data/results/{scenario}/market_balance.parquet",
        market_products="data/results/{scenario}/market_products.parquet",
        market_sales="data/results/{scenario}/market_sales.parquet",
        capture_prices="data/results/{scenario}/capture_prices.parquet",
        portfolio_values="data/results/{scenario}/portfolio_values.parquet",
        profile_depth="data/results/{scenario}/profile_depth.parquet",
        scheme_results="data/results/{scenario}/scheme_results.parquet",
        scheme_summary="data/results/{scenario}/scheme_summary.parquet",
        accounts="data/results/{scenario}/accounts.parquet",
        scheme_paths="data/results/{scenario}/scheme_paths.parquet",
        scheme_incidence="data/results/{scenario}/scheme_incidence.parquet",
        scheme_municipalities="data/results/{scenario}/scheme_municipalities.parquet",
        market_tier="data/results/{scenario}/market_tier.parquet",
        scheme_comparison="data/results/{scenario}/scheme_comparison.parquet",
        information_value="data/results/{scenario}/information_value.parquet",
        convergence="data/results/{scenario}/convergence.parquet",
        municipalities=interim("municipalities.parquet"),
        geometry=interim("municipality_geometry.parquet"),
        area_geometry=interim("price_area_geometry.parquet"),
        parameters=PARAMETERS,
        price_year_comparison="data/evidence/price_year_comparison.csv",
        driving_data="data/evidence/driving_data.csv",
        plug_in_validation="data/evidence/plug_in_validation.csv",
        profile_evidence="data/evidence/profile_evidence.csv",
        level_check="data/evidence/level_check.csv",
        reserve_collapse="data/evidence/reserve_collapse.csv",
        foresight="data/evidence/foresight.csv",
        use_case_check="data/evidence/use_case_check.csv",
        use_cases=once_made("use_cases.parquet"),
        sensitivity=once_made("sensitivity.parquet"),
        scheme_front=once_made("scheme_front.parquet"),
        best_scheme=once_made("best_scheme.parquet"),
        availability_correlation="data/evidence/availability_correlation.csv",
        availability_fleets="data/evidence/availability_fleets.csv",
        erosion_fit="data/evidence/erosion_fit.csv",
        evidence="data/evidence/evidence.csv",
        evidence_moves="data/evidence/evidence_moves.csv",
        evidence_cases="data/evidence/cases.csv",
        published_results="data/reference/published_results.csv",
        peer_check="data/evidence/peer_check.csv",
        plug_in_contracts=interim("plug_in_contracts.parquet"),
        regulation_timeline="data/results/{scenario}/regulation_timeline.parquet",
        capability_ladder="data/results/{scenario}/capability_ladder.parquet",
        interoperability="data/results/{scenario}/interoperability.parquet",
        resilience="data/results/{scenario}/resilience.parquet",
        backup_floor="data/results/{scenario}/backup_floor.parquet",
        backup_value="data/results/{scenario}/backup_value.parquet",
        backup_threshold="data/results/{scenario}/backup_threshold.parquet",
        crisis_supply_summary="data/results/{scenario}/crisis_supply_summary.parquet",
        island_case="data/results/{scenario}/island_case.parquet",
        island_duration="data/results/{scenario}/island_duration.parquet",
        local_grid="data/results/{scenario}/local_grid.parquet",
        run="data/results/{scenario}/run.yaml",
        lineage="data/results/{scenario}/lineage.json",
        schemes=lambda wildcards: [
            f"data/policy/se/{scheme}.yaml"
            for scheme in SETTINGS[wildcards.scenario].policy.schemes
        ],
        broken_cases="data/evidence/broken_cases.csv",
        designer="data/results/{scenario}/designer.npz",
        designer_check="data/evidence/designer_check.csv",
        family="data/policy/se/task53.yaml",
        text=TEXT,
        templates=TEMPLATES,
    output:
        pages=expand("reports/build/{{scenario}}/{page}", page=PAGE_FILES),
        library="reports/build/{scenario}/assets/plotly-cartesian.min.js",
        places="reports/build/{scenario}/assets/municipality_profiles.csv",
        weighed_table="reports/build/{scenario}/assets/evidence.csv",
        # a file a figure; which figures there are follows what the scenario has made
        figure_data=directory("reports/build/{scenario}/data"),
    log:
        "logs/{scenario}/render_report.log",
    threads: 2
    params:
        process_count=2,
        settings=lambda wildcards: SETTINGS[wildcards.scenario].model_dump(mode="json"),
        scenario="{scenario}",
        source_digest=source_digest("render_report"),
    message:
        "Report in Swedish and English ({wildcards.scenario})"
    script:
        "../scripts/render_report.py"


rule take_away:
    input:
        headlines="data/results/{scenario}/headlines.parquet",
        potential_summary="data/results/{scenario}/potential_summary.parquet",
        potential_municipalities="data/results/{scenario}/potential_municipalities.parquet",
        value_summary="data/results/{scenario}/value_summary.parquet",
        value_steps="data/results/{scenario}/value_steps.parquet",
        market_balance="data/results/{scenario}/market_balance.parquet",
        market_products="data/results/{scenario}/market_products.parquet",
        market_tier="data/results/{scenario}/market_tier.parquet",
        scheme_summary="data/results/{scenario}/scheme_summary.parquet",
        scheme_results="data/results/{scenario}/scheme_results.parquet",
        accounts="data/results/{scenario}/accounts.parquet",
        scheme_paths="data/results/{scenario}/scheme_paths.parquet",
        scheme_incidence="data/results/{scenario}/scheme_incidence.parquet",
        scheme_municipalities="data/results/{scenario}/scheme_municipalities.parquet",
        scheme_comparison="data/results/{scenario}/scheme_comparison.parquet",
        information_value="data/results/{scenario}/information_value.parquet",
        capability_ladder="data/results/{scenario}/capability_ladder.parquet",
        interoperability="data/results/{scenario}/interoperability.parquet",
        resilience="data/results/{scenario}/resilience.parquet",
        backup_value="data/results/{scenario}/backup_value.parquet",
        crisis_supply_summary="data/results/{scenario}/crisis_supply_summary.parquet",
        island_case="data/results/{scenario}/island_case.parquet",
        local_grid="data/results/{scenario}/local_grid.parquet",
        profiles=interim("profiles.parquet"),
        profile_counts=interim("profile_counts.parquet"),
        municipalities=interim("municipalities.parquet"),
        use_cases=once_made("use_cases.parquet"),
        sensitivity=once_made("sensitivity.parquet"),
        scheme_front=once_made("scheme_front.parquet"),
        best_scheme=once_made("best_scheme.parquet"),
        evidence="data/evidence/evidence.csv",
        parameters=PARAMETERS,
        descriptors=descriptors(*INPUT_KINDS),
        readme="data/README.md",
        raw=raw_files(*INPUT_KINDS),
        committed=committed_inputs,
        arrays=[
            "data/results/{scenario}/designer.npz",
            "data/results/{scenario}/schemes/without.npz",
        ],
        lineage="data/results/{scenario}/lineage.json",
        run="data/results/{scenario}/run.yaml",
        text=TEXT,
    output:
        workbook="reports/build/{scenario}/v2x_{scenario}.xlsx",
        package="data/results/{scenario}/datapackage.json",
    log:
        "logs/{scenario}/take_away.log",
    params:
        settings=lambda wildcards: SETTINGS[wildcards.scenario].model_dump(mode="json"),
        scenario="{scenario}",
        inputs_root=INPUTS_ROOT,
        source_digest=source_digest("take_away"),
    message:
        "Workbook and data package ({wildcards.scenario})"
    script:
        "../scripts/take_away.py"


# last of all, so that the records of the jobs before it are complete
rule render_run:
    input:
        run="data/results/{scenario}/run.yaml",
        lineage="data/results/{scenario}/lineage.json",
        parameters=PARAMETERS,
        sensitivity=once_made("sensitivity.parquet"),
        schemes=lambda wildcards: [
            f"data/policy/se/{scheme}.yaml"
            for scheme in SETTINGS[wildcards.scenario].policy.schemes
        ],
        descriptors=descriptors(*INPUT_KINDS),
        raw=raw_files(*INPUT_KINDS),
        guide="data/README.md",
        project="pyproject.toml",
        text=TEXT,
        templates=TEMPLATES,
        code=CODE,
        others=[
            "reports/build/{scenario}/index.html",
            "data/results/{scenario}/datapackage.json",
        ],
        snakemake_page=snakemake_page,
    output:
        pages=expand("reports/build/{{scenario}}/{page}", page=RUN_FILES),
        times="reports/build/{scenario}/assets/job_times.csv",
    log:
        "logs/{scenario}/render_run.log",
    params:
        settings=lambda wildcards: SETTINGS[wildcards.scenario].model_dump(mode="json"),
        scenario="{scenario}",
        inputs_root=INPUTS_ROOT,
        records=".snakemake/metadata",
        stages=stages_of_rules,
        source_digest=source_digest("render_run"),
    message:
        "Page about the run ({wildcards.scenario})"
    script:
        "../scripts/render_run.py"
