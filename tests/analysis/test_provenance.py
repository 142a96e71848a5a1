"""What a rule's digest watches: every module that its script imports, and no other."""

import ast
import subprocess

import pytest

from analysis import provenance

FILES = sorted([*(provenance.ROOT / "analysis").rglob("*.py"), *(provenance.ROOT / "workflow/scripts").glob("*.py")])


def parsed(source: str) -> set[str]:
    """Modules of the package that the parser finds, the slow and certain way."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return {name for name in names if name.split(".")[0] == "analysis" and provenance._module_path(name)}


def test_the_pattern_finds_what_the_parser_finds_in_every_file_of_the_house():
    assert len(FILES) > 200
    wrong = [path.name for path in FILES if provenance._imports_of(path) != parsed(path.read_text(encoding="utf-8"))]
    assert wrong == []


@pytest.mark.parametrize(
    "source",
    [
        "from analysis import units",
        "from analysis.schemas import results as schemas, market  # both",
        "from analysis.schemas import (\n    results,  # one\n    market as other,\n)",
        "def late():\n    from analysis.io import read_table\n",
        "import analysis.units, os",
        "import analysis.units as one",
    ],
)
def test_every_way_of_importing_is_found(source, tmp_path):
    path = tmp_path / "script.py"
    path.write_text(source)
    assert provenance._imports_of(path) == parsed(source) != set()


def test_ids_are_found_in_the_modules_that_a_script_imports_also_where_they_are_filled_in():
    ids = ["veh.eps0", "trv.errand_spread", "deg.c_deg_lfp", "cba.social_rate", "not.there"]
    assert provenance.ids_named("generate_travel", ids) == ["trv.errand_spread"]
    assert provenance.ids_named("record_run", ids) == []
    assert provenance.ids_named("settle_wear", ids) == ["deg.c_deg_lfp", "veh.eps0"]
    assert "not.there" not in provenance.ids_named("evaluate_scheme", ids)


@pytest.fixture
def repository(tmp_path):
    """A repository of one commit; gives its folder and the commit."""
    (tmp_path / "analysis").mkdir()
    (tmp_path / "analysis" / "units.py").write_text("x = 1\n")
    (tmp_path / "notes.md").write_text("x\n")
    words = (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=x", "-c", "user.email=x@example.org", "commit", "-qm", "x"],
    )
    for each in words:
        subprocess.run(["git", "-C", str(tmp_path), *each], check=True)
    told = subprocess.run(["git", "-C", str(tmp_path), "rev-parse", "HEAD"], check=True, capture_output=True, text=True)
    return tmp_path, told.stdout.strip()


def test_the_revision_is_the_commit_and_what_differs_from_it(repository):
    folder, commit = repository
    assert provenance.code_revision(folder) == {"commit": commit, "uncommitted": []}
    (folder / "notes.md").write_text("y\n")
    assert provenance.code_revision(folder)["uncommitted"] == [], "a page's text shapes no result"
    (folder / "analysis" / "units.py").write_text("x = 2\n")
    (folder / "analysis" / "ä b.py").write_text("y = 1\n")
    assert provenance.code_revision(folder)["uncommitted"] == ["analysis/units.py", "analysis/ä b.py"]


def test_a_copy_inside_another_repository_has_no_commit_of_its_own(repository, tmp_path, monkeypatch):
    none = {"commit": None, "uncommitted": None}
    assert provenance.code_revision(repository[0] / "analysis") == none
    monkeypatch.setenv("PATH", "")
    assert provenance.code_revision(repository[0]) == none, "no git at hand"


def test_the_kind_of_machine_names_no_machine():
    found = provenance.machine_kind()
    assert set(found) == {"system", "architecture", "processor"} and all(found.values())
