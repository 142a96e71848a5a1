"""Says where a result comes from: digests of code and inputs, versions, seeds; and hands a job over to its script.

``source_digest`` follows imports inside the package: a rule reruns when a module it uses is edited, and only then.
"""

import base64
import hashlib
import inspect
import json
import logging
import platform
import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from functools import cache
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import yaml

from analysis.errors import MachineError, PipelineError, machine_fault
from analysis.io import write_text

PACKAGE = "analysis"
_IMPORT = re.compile(
    rf"^[ \t]*(?:from[ \t]+({PACKAGE}(?:\.\w+)*)[ \t]+import[ \t]+(\([^)]*\)|[^\n]*)|import[ \t]+([^\n(#]*))",
    re.MULTILINE,
)
"""An import of the package from somewhere, with its names (bracketed over lines or not), or a plain import."""
_DOTTED = re.compile(r"""["'](\w+\.[\w{}.]+)["']""")
"""A text in quotes that is spelt like an id with a dot."""
_TOLD = re.compile(r'"{3}.*?"{3}|#[^\n]*', re.DOTALL)
"""What a module tells its readers: docstrings and comments."""
ROOT = Path(__file__).resolve().parent.parent
CLUSTER = ".venv/cluster"
"""Where ``make cluster`` puts Snakemake's plugins."""


def file_digest(path: Path) -> str:
    """SHA-256 of a file's bytes, read in pieces."""
    digest = hashlib.sha256()
    with Path(path).open("rb") as stream:
        while piece := stream.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def _module_path(name: str) -> Path | None:
    base = ROOT.joinpath(*name.split("."))
    if base.with_suffix(".py").is_file():
        return base.with_suffix(".py")
    return base / "__init__.py" if (base / "__init__.py").is_file() else None


@cache
def _imports_of(path: Path) -> frozenset[str]:
    """Modules of the package that a Python file names in its import statements, wherever they stand.

    Read by pattern, since parsing every module took a second of each start; what a string spells like an import counts
    too, which can only rerun too much.
    """
    names: set[str] = set()
    for module, listed, plain in _IMPORT.findall(path.read_text(encoding="utf-8")):
        if plain:
            names.update(part.split()[0] for part in plain.split(","))
        else:
            names.add(module)
            listing = re.sub(r"#[^\n]*", "", listed).strip("()")
            names.update(f"{module}.{part.split()[0]}" for part in listing.split(",") if part.strip())
    return frozenset(name for name in names if name.split(".")[0] == PACKAGE and _module_path(name))


def _closure(start: Iterable[Path]) -> list[Path]:
    seen: set[Path] = set()
    waiting = list(start)
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        waiting.extend(found for name in _imports_of(path) if (found := _module_path(name)))
    return sorted(seen)


def _digest(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.relative_to(ROOT).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


@cache
def _texts_named(path: Path) -> frozenset[str]:
    """Texts in quotes of a Python file that are spelt like an id with a dot; what is filled in shows as ``{}``."""
    quoted = _DOTTED.findall(_TOLD.sub("", path.read_text(encoding="utf-8")))
    return frozenset(re.sub(r"\{[^{}]*\}", "{}", text) for text in quoted)


def ids_named(script: str, ids: Iterable[str]) -> list[str]:
    """Ids that a script names, or any module of the package that it imports, directly or through others.

    A text that is filled in (``f"deg.c_deg_{chemistry}"``) names every id that fits it. What a module names for another
    rule's sake counts too: the list can be too long, never too short.

    Parameters
    ----------
    script
        Name of a file in ``workflow/scripts``, without suffix.
    ids
        Ids with a dot, as those of ``parameters.csv``.
    """
    path = ROOT / "workflow" / "scripts" / f"{script}.py"
    named = {text for found in _closure([path]) for text in _texts_named(found)}
    open_ends = [re.escape(text).replace(r"\{\}", r"\w+") for text in named if "{}" in text]
    fits = re.compile("|".join(open_ends) or r"(?!)")
    return sorted(name for name in ids if name in named or fits.fullmatch(name))


def source_digest(script: str) -> str:
    """Digest of every module of the package that a script imports, directly or through others.

    Parameters
    ----------
    script
        Name of a file in ``workflow/scripts``, without suffix. The script itself is watched by Snakemake.
    """
    path = ROOT / "workflow" / "scripts" / f"{script}.py"
    return _digest(found for found in _closure([path]) if found != path)


def code_digest() -> str:
    """Digest of the whole package, the rules and the scripts."""
    folders = [ROOT / PACKAGE, ROOT / "workflow"]
    files = [path for folder in folders for path in folder.rglob("*") if path.suffix in {".py", ".smk"}]
    return _digest(sorted([*files, ROOT / "Snakefile"]))


CODE_PLACES = ("Snakefile", "analysis", "workflow", "data", "requirements.lock")
"""What shapes a result; an edit of a page's text or of a test changes none."""


def code_revision(root: Path = ROOT) -> dict[str, Any]:
    """Say which commit the code stands at, and which files that shape a result are not as committed.

    Returns
    -------
    dict[str, Any]
        ``commit`` (40 hex digits) and ``uncommitted`` (paths, sorted); both null where the folder is no repository of
        its own, as a copy, or there is no git: ``code_digest`` tells the revision then.
    """
    top = _git(root, "rev-parse", "--show-toplevel")
    commit = _git(root, "rev-parse", "--verify", "HEAD")
    changed = _git(root, "status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", "--", *CODE_PLACES)
    if top is None or commit is None or changed is None or Path(top.strip()).resolve() != root.resolve():
        return {"commit": None, "uncommitted": None}
    return {"commit": commit.strip(), "uncommitted": sorted(line[3:] for line in changed.split("\0") if line)}


def _git(root: Path, *words: str) -> str | None:
    """Give what git answers; nothing where it is not there or has no answer."""
    try:
        done = subprocess.run(["git", "-C", str(root), *words], capture_output=True, text=True, check=False)
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None


def machine_kind() -> dict[str, str]:
    """Say what kind of machine this is: the last digit of a sum can hang on it, since loops are compiled for it.

    Neither name nor place of the machine: two of one kind give the same words.
    """
    from llvmlite.binding import get_host_cpu_name

    return {"system": platform.system(), "architecture": platform.machine(), "processor": get_host_cpu_name()}


def library_versions() -> dict[str, str]:
    """Installed distributions and their versions, by name; what only sends jobs to a cluster computes nothing."""
    places = [place for place in sys.path if not place.endswith(CLUSTER)]
    return dict(sorted((found.metadata["Name"].lower(), found.version) for found in distributions(path=places)))


def record_run(record: dict[str, Any], path: Path) -> None:
    """Write ``run.yaml``: plain YAML, stable order, no time of day (two equal runs give equal bytes)."""
    write_text(yaml.safe_dump(record, allow_unicode=True, sort_keys=True, width=120), path)


def hand_over(main: Callable[..., None], job: Any) -> None:
    """Run a script's ``main`` with the job's named inputs, outputs and params, logging to the job's log.

    A fault of the pipeline's own kinds ends the process with one clear message; anything else keeps its traceback,
    because it is ours to mend.
    """
    log_path = Path(str(job.log[0]))
    logging.basicConfig(
        filename=log_path, filemode="w", level=logging.INFO, force=True, format="%(levelname)s %(name)s: %(message)s"
    )
    given = {**_paths(job.input), **_paths(job.output), **dict(job.params.items())}
    given.pop("source_digest", None)
    taken = inspect.signature(main).parameters.values()
    wanted = {each.name for each in taken if each.kind is not inspect.Parameter.VAR_KEYWORD}
    surplus, missing = sorted(set(given) - wanted), sorted(wanted - set(given))
    if missing or (surplus and len(wanted) == len(taken)):  # a main that takes any name checks them itself
        raise TypeError(f"rule {job.rule} gives {surplus} too much and {missing} too little")
    try:
        try:
            main(**given)
        except (MemoryError, OSError) as error:
            fault = machine_fault(error, f"job {job.rule}")
            if fault is None or isinstance(error, PermissionError):  # what may not be read tells its name
                raise
            raise MachineError(fault) from error
    except PipelineError as error:
        logging.error(error.message)
        print(f"\n{type(error).__name__} in {job.rule}: {error.message}\n", file=sys.stderr)
        sys.exit(1)
    except Exception:
        logging.exception("unexpected fault in %s", job.rule)
        raise


def _paths(named: Any) -> dict[str, Path | list[Path]]:
    """Named files of a job; a name that stands for several gives a list."""
    return {
        name: Path(value) if isinstance(value, str) else [Path(str(item)) for item in value]
        for name, value in named.items()
    }


def job_records(folder: Path) -> dict[str, dict[str, Any]]:
    """Snakemake's record of each file it made in a folder: rule, start, end.

    A record lies in a file whose name, over folders where it is long, is the path in URL-safe base64. One that was cut
    short is left out, as Snakemake itself does: the file then has no record.
    """
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            name = "".join(part.removeprefix("@") for part in path.relative_to(folder).parts)
            try:
                record = json.loads(path.read_text(encoding="utf-8"))
                found[base64.urlsafe_b64decode(name).decode("utf-8")] = record
            except ValueError:
                logging.getLogger(__name__).warning("%s: no whole record; left out", path)
    return found
