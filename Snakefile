"""What two-way charging is worth to Sweden, where, and how to support it: from files to reports.
Run by ``make report``; or plainly: ``snakemake --cores all data/results/default/potential.parquet``.
"""

import os
import sys
from snakemake.utils import min_version

min_version("9.19")

# One BLAS thread per job: same bytes on every run, and the cores belong to the jobs.
for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR"):
    os.environ[f"{name}_NUM_THREADS"] = "1"
# What Snakemake starts on another machine must find its plugins (`make cluster`) too.
seen = [workflow.basedir, *[p for p in sys.path if p.endswith(".venv/cluster")]]
os.environ |= {"PYTHONHASHSEED": "0", "PYTHONPATH": os.pathsep.join(seen)}
sys.path.insert(0, workflow.basedir)


include: "workflow/rules/common.smk"


wildcard_constraints:
    scenario="|".join(SETTINGS),
    dataset=r"[a-z0-9_]+-[0-9a-f]{8}",
    price_area="SE[1-4]",
    price_year=r"\d{4}",
    scheme="[a-z0-9_]+",


for part in (
    "retrieve ingest mobility dispatch wear foresight use_cases potential resilience cba uncertainty report calibrate "
    "evidence published"
).split():

    include: f"workflow/rules/{part}.smk"


rule all:
    default_target: True
    input:
        f"reports/build/{SCENARIO}/index.html",
        f"reports/build/{SCENARIO}/run.html",
        f"data/results/{SCENARIO}/run.yaml",
        f"reports/build/{SCENARIO}/v2x_{SCENARIO}.xlsx",
        retrieved_files(SETTINGS[SCENARIO]),
    message:
        "Scenario {SCENARIO} is complete"


# What is committed is never an output here, or `all` would make it anew: workflow/run.py copies it when all is done.
rule calibrate:
    input:
        rules.calibrate_price_year.output,
        rules.compare_price_years.output,
        rules.derive_references.output,
        rules.compare_driving_data.output,
        rules.validate_plug_in.output,
        rules.measure_correlation.output,
        rules.compare_profiles.output,
        rules.compare_foresight.output,
        rules.read_grid_tariffs.output,
        rules.compare_spot_cells.output,
        rules.compare_reserve_years.output,
        rules.fit_erosion.output,
        rules.check_use_cases.output,
        rules.measure_deliverable_power.output,
        rules.weigh_evidence.output,
    message:
        "The statistics to commit are recomputed"
