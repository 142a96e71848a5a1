"""From law, price and value to adoption, accounts and the headline numbers. One job per scheme."""


rule follow_without:
    input:
        unpack(evaluation_tables),
    output:
        baseline="data/results/{scenario}/schemes/without.npz",
    log:
        "logs/{scenario}/follow_without.log",
    params:
        settings=sections("seed", "price_year", "assumptions", "targets", "law"),
        source_digest=source_digest("follow_without"),
    message:
        "Adoption without support, year by year ({wildcards.scenario})"
    script:
        "../scripts/follow_without.py"


rule evaluate_scheme:
    input:
        unpack(evaluation_tables),
        scheme_file="data/policy/se/{scheme}.yaml",
        scheme_members=scheme_members,
        baseline="data/results/{scenario}/schemes/without.npz",
    output:
        results="data/results/{scenario}/schemes/{scheme}/results.parquet",
        summary="data/results/{scenario}/schemes/{scheme}/summary.parquet",
        accounts="data/results/{scenario}/schemes/{scheme}/accounts.parquet",
        draws="data/results/{scenario}/schemes/{scheme}/draws.parquet",
        paths="data/results/{scenario}/schemes/{scheme}/paths.parquet",
        incidence="data/results/{scenario}/schemes/{scheme}/incidence.parquet",
        places="data/results/{scenario}/schemes/{scheme}/places.parquet",
    log:
        "logs/{scenario}/evaluate_{scheme}.log",
    params:
        scheme="{scheme}",
        settings=sections("seed", "price_year", "assumptions", "targets", "law"),
        source_digest=source_digest("evaluate_scheme"),
    message:
        "Scheme {wildcards.scheme}: adoption and accounts ({wildcards.scenario})"
    script:
        "../scripts/evaluate_scheme.py"


rule summarise_schemes:
    input:
        results=scheme_parts("results"),
        summaries=scheme_parts("summary"),
        accounts=scheme_parts("accounts"),
        draws=scheme_parts("draws"),
        paths=scheme_parts("paths"),
        incidence=scheme_parts("incidence"),
        places=scheme_parts("places"),
        potential_summary="data/results/{scenario}/potential_summary.parquet",
        market_balance="data/results/{scenario}/market_balance.parquet",
        saturation="data/results/{scenario}/saturation.parquet",
    output:
        scheme_results="data/results/{scenario}/scheme_results.parquet",
        scheme_summary="data/results/{scenario}/scheme_summary.parquet",
        accounts_table="data/results/{scenario}/accounts.parquet",
        scheme_paths="data/results/{scenario}/scheme_paths.parquet",
        scheme_incidence="data/results/{scenario}/scheme_incidence.parquet",
        scheme_municipalities="data/results/{scenario}/scheme_municipalities.parquet",
        tier="data/results/{scenario}/market_tier.parquet",
        headlines="data/results/{scenario}/headlines.parquet",
    log:
        "logs/{scenario}/summarise_schemes.log",
    params:
        settings=sections("seed", "assumptions", "targets", "policy"),
        source_digest=source_digest("summarise_schemes"),
    message:
        "Schemes side by side, headline numbers ({wildcards.scenario})"
    script:
        "../scripts/summarise_schemes.py"
