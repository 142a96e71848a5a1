"""The graph of a small run whose report reads every table, made of law, prices and assumptions in one step."""

import json

from analysis.report.lineage import PARAMETERS
from analysis.report.results import COMMITTED, ONCE_MADE, TABLES

NAMES = (*TABLES, *COMMITTED, *ONCE_MADE, "run", "schemes")


def demo_lineage() -> str:
    """The text of ``lineage.json``."""
    files = {name: [f"data/results/default/{name}.parquet"] for name in NAMES}
    blank = {"script": "", "message": "", "wildcards": {}, "parameters": []}
    made = {"inputs": {"": ["data/policy/se/task53.yaml", "INPUTS/prices/SE1.csv", PARAMETERS]}, "outputs": files}
    jobs = [
        {**blank, "rule": "render_report", "inputs": files, "outputs": {"": ["reports/build/default/index.html"]}},
        {**blank, "rule": "summarise_schemes", **made, "parameters": ["cba.social_rate", "veh.eps0"]},
    ]
    return json.dumps({"scenario": "default", "jobs": jobs})
