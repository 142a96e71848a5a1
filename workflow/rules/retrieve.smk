"""From public services to files that descriptors read; planned only where a scenario asks (inputs.retrieve)."""


wildcard_constraints:
    asked="[A-Za-z0-9_]+",


rule retrieve_entsoe:
    input:
        "data/sources/entsoe_api_day_ahead.yaml",
    output:
        table=f"{INPUTS_ROOT}/retrieved/entsoe/{{asked}}.csv",
        sidecar=f"{INPUTS_ROOT}/retrieved/entsoe/{{asked}}.csv.meta.json",
    log:
        "logs/retrieve_entsoe/{asked}.log",
    params:
        question=question_of("entsoe"),
        cache=f"{INPUTS_ROOT}/retrieved/cache",
        source_digest=source_digest("retrieve_entsoe"),
    message:
        "Fetched: day-ahead prices of the ENTSO-E Transparency Platform ({wildcards.asked})"
    script:
        "../scripts/retrieve_entsoe.py"


rule retrieve_mimer:
    input:
        "data/sources/mimer_download_fcr.yaml",
        "data/sources/mimer_download_afrr.yaml",
        "data/sources/mimer_download_mfrr_capacity.yaml",
    output:
        table=f"{INPUTS_ROOT}/retrieved/mimer/{{asked}}.csv",
        sidecar=f"{INPUTS_ROOT}/retrieved/mimer/{{asked}}.csv.meta.json",
    log:
        "logs/retrieve_mimer/{asked}.log",
    params:
        question=question_of("mimer"),
        cache=f"{INPUTS_ROOT}/retrieved/cache",
        source_digest=source_digest("retrieve_mimer"),
    message:
        "Fetched: reserve prices and volumes of Mimer ({wildcards.asked})"
    script:
        "../scripts/retrieve_mimer.py"


rule retrieve_pxweb:
    output:
        table=f"{INPUTS_ROOT}/retrieved/pxweb/{{asked}}.csv",
        sidecar=f"{INPUTS_ROOT}/retrieved/pxweb/{{asked}}.csv.meta.json",
    log:
        "logs/retrieve_pxweb/{asked}.log",
    params:
        question=question_of("pxweb"),
        cache=f"{INPUTS_ROOT}/retrieved/cache",
        source_digest=source_digest("retrieve_pxweb"),
    message:
        "Fetched: a table of Statistics Sweden ({wildcards.asked})"
    script:
        "../scripts/retrieve_pxweb.py"


rule retrieve_trafikanalys:
    output:
        table=f"{INPUTS_ROOT}/retrieved/trafikanalys/{{asked}}.csv",
        sidecar=f"{INPUTS_ROOT}/retrieved/trafikanalys/{{asked}}.csv.meta.json",
    log:
        "logs/retrieve_trafikanalys/{asked}.log",
    params:
        question=question_of("trafikanalys"),
        cache=f"{INPUTS_ROOT}/retrieved/cache",
        source_digest=source_digest("retrieve_trafikanalys"),
    message:
        "Fetched: a table of Trafikanalys ({wildcards.asked})"
    script:
        "../scripts/retrieve_trafikanalys.py"


rule retrieve_smhi:
    input:
        "data/sources/smhi_temperature.yaml",
    output:
        table=f"{INPUTS_ROOT}/retrieved/smhi/{{asked}}.csv",
        sidecar=f"{INPUTS_ROOT}/retrieved/smhi/{{asked}}.csv.meta.json",
    log:
        "logs/retrieve_smhi/{asked}.log",
    params:
        question=question_of("smhi"),
        cache=f"{INPUTS_ROOT}/retrieved/cache",
        source_digest=source_digest("retrieve_smhi"),
    message:
        "Fetched: air temperature of a station of SMHI ({wildcards.asked})"
    script:
        "../scripts/retrieve_smhi.py"


rule retrieve_ecb:
    input:
        "data/sources/ecb_exchange_rates.yaml",
    output:
        table=f"{INPUTS_ROOT}/retrieved/ecb/{{asked}}.csv",
        sidecar=f"{INPUTS_ROOT}/retrieved/ecb/{{asked}}.csv.meta.json",
    log:
        "logs/retrieve_ecb/{asked}.log",
    params:
        question=question_of("ecb"),
        cache=f"{INPUTS_ROOT}/retrieved/cache",
        source_digest=source_digest("retrieve_ecb"),
    message:
        "Fetched: exchange rates of the European Central Bank ({wildcards.asked})"
    script:
        "../scripts/retrieve_ecb.py"
