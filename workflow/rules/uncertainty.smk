"""How sure the comparison of schemes is. Comparing is part of a report; sensitivity and the best scheme are targets of
their own: ``make sensitivity SCENARIO=…``."""


rule compare_schemes:
    input:
        draws=scheme_parts("draws"),
        potential_summary="data/results/{scenario}/potential_summary.parquet",
        parameters=PARAMETERS,
    output:
        scheme_comparison="data/results/{scenario}/scheme_comparison.parquet",
        information_value="data/results/{scenario}/information_value.parquet",
        convergence_table="data/results/{scenario}/convergence.parquet",
    log:
        "logs/{scenario}/compare_schemes.log",
    params:
        settings=sections("seed", "assumptions", "targets"),
        source_digest=source_digest("compare_schemes"),
    message:
        "Which scheme beats which, and what knowing more is worth ({wildcards.scenario})"
    script:
        "../scripts/compare_schemes.py"


rule tabulate_designer:
    input:
        unpack(evaluation_tables),
    output:
        designer="data/results/{scenario}/designer.npz",
    log:
        "logs/{scenario}/tabulate_designer.log",
    params:
        settings=sections("seed", "price_year", "assumptions", "targets", "law"),
        source_digest=source_digest("tabulate_designer"),
    message:
        "What a support on purchase cannot change, tabulated ({wildcards.scenario})"
    script:
        "../scripts/tabulate_designer.py"


rule explain_scheme:
    input:
        unpack(evaluation_tables),
        scheme_file="data/policy/se/{scheme}.yaml",
        scheme_members=scheme_members,
    output:
        sensitivity="data/results/{scenario}/schemes/{scheme}/sensitivity.parquet",
    log:
        "logs/{scenario}/explain_{scheme}.log",
    params:
        scheme="{scheme}",
        settings=sections(
            "seed", "price_year", "assumptions", "targets", "law", "search"
        ),
        are_prices_measured=are_prices_measured,
        source_digest=source_digest("explain_scheme"),
    message:
        "Scheme {wildcards.scheme}: what moves its outcomes ({wildcards.scenario})"
    script:
        "../scripts/explain_scheme.py"


rule summarise_sensitivity:
    input:
        parts=explained_scheme_parts("sensitivity"),
    output:
        sensitivity="data/results/{scenario}/sensitivity.parquet",
    log:
        "logs/{scenario}/summarise_sensitivity.log",
    params:
        source_digest=source_digest("summarise_sensitivity"),
    message:
        "Sensitivity: gathering schemes ({wildcards.scenario})"
    script:
        "../scripts/summarise_sensitivity.py"


rule search_schemes:
    input:
        unpack(evaluation_tables),
        scheme_file="data/policy/se/task53.yaml",
    output:
        scheme_front="data/results/{scenario}/scheme_front.parquet",
        best_scheme="data/results/{scenario}/best_scheme.parquet",
    log:
        "logs/{scenario}/search_schemes.log",
    params:
        settings=sections(
            "seed", "price_year", "assumptions", "targets", "law", "search"
        ),
        source_digest=source_digest("search_schemes"),
    message:
        "The best scheme of the Task 53 family ({wildcards.scenario})"
    script:
        "../scripts/search_schemes.py"
