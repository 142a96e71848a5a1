"""A small run and its record, written as the pipeline writes them."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from analysis.provenance import file_digest
from analysis.record.package import run_facts

INPUT = "data/reference/households.csv"


def record(**changed):
    """What ``run.yaml`` holds."""
    return {
        "scenario": "minimal", "seed": 7, "settings": {"scope": {"step_h": 1.0, "price_areas": ["SE3"]}, "seed": 7},
        "code_digest": "c0de" * 4, "code_revision": {"commit": "ab" * 20, "uncommitted": []}, "python": "3.11.7",
        "libraries": {"snakemake": "9.27.1", "numpy": "2.4.6"}, "lock_sha256": "10" * 32,
        "machine": {"system": "Linux", "architecture": "x86_64", "processor": "znver3"},
        "inputs": {"prices/2024.csv": "aa" * 32}, "committed_inputs": {INPUT: "bb" * 32}, "results": {},
    } | changed  # fmt: skip


def values():
    """A table of four rows with a key of two columns."""
    return pd.DataFrame(
        {"price_area": ["SE3", "SE3", "SE4", "SE4"], "year": [2030, 2035] * 2, "power_mw": [1.0, 2.0, 4.0, np.nan]}
    )


def package(told, resources):
    """What ``datapackage.json`` holds."""
    inputs = [
        {"path": path, "place": place, "bytes": 1, "hash": f"sha256:{digest}"}
        for place, section in (("repository", "committed_inputs"), ("inputs", "inputs"))
        for path, digest in told[section].items()
    ]
    return {"name": "v2x-minimal", "resources": resources, "run": run_facts(told) | {"inputs": inputs}}


def resource(path, digest, size, **more):
    return {"name": path.replace("/", "."), "path": path, "format": path.rpartition(".")[2], "bytes": size,
            "hash": f"sha256:{digest}"} | more  # fmt: skip


def write_run(folder: Path, **changed) -> Path:
    """Write tables, arrays, ``run.yaml`` and the package of a run into a folder."""
    (folder / "schemes").mkdir(parents=True)
    values().to_parquet(folder / "potential.parquet")
    values().iloc[:2].to_parquet(folder / "schemes" / "accounts.parquet")
    np.savez(folder / "designer.npz", cells=np.arange(6.0).reshape(2, 3))
    tables = {path.relative_to(folder).as_posix(): file_digest(path) for path in folder.rglob("*.parquet")}
    told = record(**{"results": tables, **changed})
    (folder / "run.yaml").write_text(yaml.safe_dump(told), encoding="utf-8")
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    key = {"schema": {"fields": [], "primaryKey": ["price_area", "year"]}}
    resources = [
        resource(path.relative_to(folder).as_posix(), file_digest(path), path.stat().st_size,
                 **(key if path.suffix == ".parquet" else {}))
        for path in files
    ]  # fmt: skip
    (folder / "datapackage.json").write_text(json.dumps(package(told, resources)), encoding="utf-8")
    return folder
