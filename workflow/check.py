"""Runs every check that ``make test`` promises, in order of speed; a failure does not hide those that come after."""

import argparse
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.prefix) / "tools" / "bin"
"""Where ``make test`` puts what only checks need; it must be on PYTHONPATH too."""

STYLE = {
    "format": [BIN / "ruff", "format", "--check", "-q", "."],
    "style": [BIN / "ruff", "check", "-q", "."],
    "rules": [BIN / "snakefmt", "--check", "Snakefile", "workflow/rules"],
}
CODE = {
    "types": [BIN / "mypy", "--no-error-summary"],
    "imports": [BIN / "lint-imports", "--no-cache"],
}
# a file to a worker, in the order of tests/conftest.py: groups by mark are lost on this pytest (9.2, xdist 3.8)
SHARED = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]
TESTS = {"tests": [BIN / "pytest", "-q", *SHARED, "-p", "no:cacheprovider"]}


def main() -> int:
    """Run the checks and return 0 when all hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--style", action="store_true", help="format and style only")
    chosen = STYLE if parser.parse_args().style else {**STYLE, **CODE, **TESTS}
    failed = []
    for name, command in chosen.items():
        print(f"== {name}", flush=True)
        quiet = subprocess.PIPE if name == "imports" else None
        done = subprocess.run([str(part) for part in command], cwd=ROOT, check=False, stdout=quiet, text=True)
        if done.returncode:
            failed.append(name)
            print(done.stdout or "", end="")
    if failed:
        print(f"Failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
