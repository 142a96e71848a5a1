"""Coverage-guided fuzzing of the readers and of the YAML loaders, for a given time. See README.md for atheris.

``python tests/fuzz/atheris_readers.py --target yaml --minutes 2.5`` ends with a line of figures, or with the input
that broke the promise in the folder ``--kept``.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["analysis.sources", "analysis.settings", "analysis.policy", "yaml"]):
    from analysis.policy.loader import load_scheme
    from analysis.settings.load import read_yaml
    from analysis.sources.descriptor import load_descriptor
    from analysis.sources.reader import read_source

from analysis.errors import PipelineError
from tests.analysis.sources.source_examples import describe, price_rows
from tests.conftest import ROOT

SCRATCH = Path(tempfile.mkdtemp(prefix="fuzz_"))
COUNT = {"inputs": 0, "tables": 0}
PRICES = {kind: describe(file={"format": kind, "ends_with_newline": False} if kind == "csv" else {"format": kind})
          for kind in ("csv", "ndjson", "json", "excel", "parquet")}  # fmt: skip
NAMES = {"yaml": "any.yaml", "descriptor": "any.yaml", "scheme": "any.yaml"}


def _work(target: str, path: Path) -> Callable[[], object]:
    if target in PRICES:
        return lambda: read_source(PRICES[target], [path])
    if target == "descriptor":
        return lambda: load_descriptor(path.stem, path.parent)
    return (lambda: load_scheme(path)) if target == "scheme" else (lambda: read_yaml(path))


def _seeds(target: str) -> list[bytes]:
    if target in NAMES:
        folder = {"yaml": "workflow/config/scenarios", "descriptor": "data/sources", "scheme": "data/policy/se"}[target]
        return [path.read_bytes() for path in sorted((ROOT / folder).glob("*.yaml"))]
    rows, path = price_rows(), SCRATCH / "seed"
    if target == "excel":
        rows.to_excel(path.with_suffix(".xlsx"), index=False)
        return [path.with_suffix(".xlsx").read_bytes()]
    if target == "parquet":
        rows.to_parquet(path)
        return [path.read_bytes()]
    lines = rows.to_json(orient="records", lines=True)
    texts = {"csv": rows.to_csv(index=False), "ndjson": lines, "json": rows.to_json(orient="records")}
    return [str(texts[target]).encode()]


def main() -> None:
    """Read the command line, seed the corpus with good files, and hand over to atheris until the time is up."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--target", choices=[*NAMES, *PRICES], required=True)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--kept", type=Path, default=SCRATCH, help="folder for an input that breaks the promise")
    given = parser.parse_args()
    corpus = SCRATCH / "corpus"
    corpus.mkdir()
    for number, content in enumerate(_seeds(given.target)):
        (corpus / f"seed{number}").write_bytes(content)
    path = SCRATCH / NAMES.get(given.target, f"any.{given.target}")
    work, began = _work(given.target, path), time.monotonic()

    def one_input(content: bytes) -> None:
        path.write_bytes(content)
        COUNT["inputs"] += 1
        try:
            work()
            COUNT["tables"] += 1
        except PipelineError as error:
            for fault in error.faults:
                assert all(part.strip() for part in (fault.place, fault.found, fault.expected, fault.remedy)), fault
        if time.monotonic() - began > 60 * given.minutes:
            minutes = (time.monotonic() - began) / 60
            print(
                f"{given.target}: {COUNT['inputs']} inputs, {COUNT['tables']} good, {minutes:.1f} minutes", flush=True
            )
            os._exit(0)  # atheris has no word for "enough"

    bounds = ["-max_len=20000", "-timeout=30", "-rss_limit_mb=3000"]
    atheris.Setup([sys.argv[0], str(corpus), f"-artifact_prefix={given.kept}/", *bounds], one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
