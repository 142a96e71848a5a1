"""The house rules that a reader relies on: sizes, thin scripts, logs and messages, units, references, clean text."""

import ast
import importlib
import re
import subprocess
from importlib.metadata import packages_distributions

import pytest

from analysis.schemas.base import Table
from analysis.units import has_unit_suffix
from tests.conftest import ROOT

MODULES = sorted((ROOT / "analysis").rglob("*.py"))
SCRIPTS = sorted((ROOT / "workflow" / "scripts").glob("*.py"))
RULES = sorted((ROOT / "workflow" / "rules").glob("*.smk"))


def schemas():
    import importlib

    found = {}
    for path in (ROOT / "analysis" / "schemas").glob("*.py"):
        module = importlib.import_module(f"analysis.schemas.{path.stem}")
        for name, value in vars(module).items():
            if isinstance(value, type) and issubclass(value, Table) and value is not Table:
                found[name] = value
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_module_holds_one_idea(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_functions_are_short(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            first = node.body[1] if ast.get_docstring(node) and len(node.body) > 1 else node.body[0]
            assert node.end_lineno - first.lineno + 1 <= 40, f"{path.name}:{node.lineno} {node.name}"


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_scripts_are_thin(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 90, "a script reads, calls and writes"
    before, mark, _ = text.partition('if __name__ == "__main__":')
    assert mark, "the job object appears below __main__ only"
    assert not re.search(r"\bsnakemake\b", before)


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_every_rule_has_log_and_message(path):
    blocks = re.split(r"^rule ", path.read_text(encoding="utf-8"), flags=re.M)[1:]
    for block in blocks:
        name = block.split(":")[0]
        assert "    log:" in block, name
        assert "    message:" in block, name
        assert f'source_digest("{name}")' in block, name
        assert f'"../scripts/{name}.py"' in block, name


def test_common_rules_hold_no_rule():
    assert "\nrule " not in (ROOT / "workflow" / "rules" / "common.smk").read_text(encoding="utf-8")


def test_entry_is_short():
    assert len((ROOT / "Snakefile").read_text(encoding="utf-8").splitlines()) < 80


@pytest.mark.parametrize("name", sorted(schemas()))
def test_float_columns_carry_their_unit(name):
    for column, kind in schemas()[name].to_schema().columns.items():
        if "float" in str(kind.dtype).lower():
            endings = re.search(r"\(([a-z_|]+)\)\$?$", column)  # a family of columns, named by a pattern
            for ending in endings.group(1).split("|") if endings else [column]:
                assert has_unit_suffix(f"x_{ending}" if endings else column), f"{name}.{column}"


@pytest.mark.parametrize("name", sorted(schemas()))
def test_schemas_are_strict_and_keyed(name):
    schema = schemas()[name].to_schema()
    assert schema.strict
    assert schema.unique


LOCKS = "requirements.lock", "tests/requirements.lock"


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_names_no_address(lock):
    assert "://" not in (ROOT / lock).read_text(encoding="utf-8")


def test_the_locks_do_not_contradict_each_other():
    """What a report runs on is what is tested: the tests' lock adds libraries, and names none twice but greenlet.

    That one the product needs on some processors only, the browser driver on all.
    """
    product, tests = (
        dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (ROOT / lock).read_text(encoding="utf-8"), flags=re.MULTILINE))
        for lock in LOCKS
    )
    assert {name: product[name] for name in product.keys() & tests.keys()} == {"greenlet": tests["greenlet"]}
    assert {"pytest", "linopy", "polars", "xarray"} <= tests.keys() - product.keys()


def test_a_report_needs_only_the_first_lock():
    """Nothing that a run imports comes from a library that only the tests' lock holds."""
    locked = re.findall(r"^([a-z0-9-]+)==", (ROOT / LOCKS[0]).read_text(encoding="utf-8"), flags=re.MULTILINE)
    homes = packages_distributions()
    files = [
        *(ROOT / "analysis").rglob("*.py"),
        *(ROOT / "workflow" / "scripts").glob("*.py"),
        ROOT / "workflow/run.py",
    ]
    imported = {
        name.split(".")[0]
        for path in files
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
    }
    outside = {name: homes[name] for name in imported if name in homes}
    assert "pandas" in outside
    missing = {
        name: found
        for name, found in outside.items()
        if not {re.sub(r"[-_.]+", "-", home).lower() for home in found} & set(locked)
    }
    assert not missing


def test_no_schema_is_idle():
    """A schema nobody calls is deleted: each is named outside its own module."""
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for folder in ("analysis", "workflow", "tests")
        for path in (ROOT / folder).rglob("*.py")
        if path.parent.name != "schemas" and path.parent.name != "conventions"
    )
    idle = [name for name in schemas() if not re.search(rf"\b{name}\b", code)]
    assert idle == []


def test_tracked_files_speak_only_of_the_project():
    tracked = subprocess.run(
        ["git", "ls-files", "*.py", "*.md", "*.smk", "*.yaml"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split()
    place = "/" + "work" + "/"
    offenders = [name for name in tracked if place in (ROOT / name).read_text(encoding="utf-8")]
    assert offenders == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_what_a_script_calls_is_there(path):
    """A script runs in a job of its own, some only when statistics are renewed: a name that moved must show here."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    modules, missing = {}, []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("analysis"):
            home = importlib.import_module(node.module)
            for name in node.names:
                try:
                    modules[name.asname or name.name] = importlib.import_module(f"{node.module}.{name.name}")
                except ModuleNotFoundError:
                    missing += [] if hasattr(home, name.name) else [f"{node.module}.{name.name}"]
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
            missing += [] if hasattr(modules[node.value.id], node.attr) else [f"{node.value.id}.{node.attr}"]
    assert missing == []


NETWORK = (
    "requests",
    "urllib3",
    "urllib.request",
    "http.client",
    "http.server",
    "socket",
    "ssl",
    "ftplib",
    "entsoe.entsoe",
)
"""What opens a connection, or is a client of a service."""


def network_imports(path):
    """Modules of the network that a Python file names in its imports, wherever they stand."""
    named = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            named += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            named += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return {name for name in named if any(name == each or name.startswith(f"{each}.") for each in NETWORK)}


def test_only_the_connectors_reach_the_network():
    found = {path.relative_to(ROOT).as_posix(): network_imports(path) for path in [*MODULES, *SCRIPTS]}
    inside = {name for name, modules in found.items() if modules and name.startswith("analysis/connectors/")}
    assert {"analysis/connectors/transport.py", "analysis/connectors/entsoe_prices.py"} <= inside
    assert {name: modules for name, modules in found.items() if modules and name not in inside} == {}


def test_only_retrieving_scripts_call_the_connectors():
    callers = {
        path.stem
        for path in [*MODULES, *SCRIPTS]
        if path.parent != ROOT / "analysis" / "connectors" and "analysis.connectors" in path.read_text(encoding="utf-8")
    }
    assert callers and all(name.startswith("retrieve_") for name in callers)
