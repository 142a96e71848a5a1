"""The script behind ``make compare``: reads finished runs, refuses what is not one, leaves nothing half done."""

import subprocess
import sys

import pytest
import yaml

from analysis.errors import ConfigError, DataError
from analysis.io import write_table
from analysis.provenance import file_digest
from analysis.schemas.policy import SchemeDraws
from tests.analysis.report import compare_fixtures as fixtures
from tests.conftest import ROOT
from workflow.scripts.compare_scenarios import TABLES, main


@pytest.fixture
def root(tmp_path):
    """A project with the shipped templates, texts, law and assumptions, and room for results of its own."""
    for name in ("reports/templates", "reports/theme", "reports/text", "data/assumptions", "data/policy", "workflow"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).symlink_to(ROOT / name)
    return tmp_path


def finish(root, made):
    """Write a run as a job would: its tables, then the record that knows them."""
    folder = root / "data" / "results" / made.name
    for name, model in TABLES.items():
        write_table(getattr(made, name), folder / f"{name}.parquet", model)
    for scheme, rows in made.draws.groupby("scheme"):
        write_table(rows, folder / "schemes" / str(scheme) / "draws.parquet", SchemeDraws)
    written = {f"{name}.parquet": file_digest(folder / f"{name}.parquet") for name in TABLES}
    (folder / "run.yaml").write_text(yaml.safe_dump({**made.record, "results": written}), encoding="utf-8")
    return folder


def built(root):
    return sorted(
        path.relative_to(root).as_posix() for path in (root / "reports" / "build").rglob("*") if path.is_file()
    )


def test_two_finished_runs_give_two_pages_and_a_table(root):
    finish(root, fixtures.run("default"))
    finish(root, fixtures.run("minimal", schemes={"task53": -90.0}))
    folder = main(root=root, names=["default", "minimal"])
    assert folder == root / "reports/build/compare/default_minimal"
    assert built(root) == [f"reports/build/compare/default_minimal/{name}"
                           for name in ("comparison.csv", "en/index.html", "index.html")]  # fmt: skip
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert "Differentierat stöd enligt Task 53" in page  # the name that the scheme's file gives
    assert "Högre i B i 100\u00a0% av gemensamma simuleringar" in page  # the draws were read


def test_runs_between_make_a_chain(root):
    for made in (fixtures.run("a"), fixtures.run("via", firm=27.0), fixtures.run("b", firm=24.0)):
        finish(root, made)
    folder = main(root=root, names=["a", "via", "b"])
    assert folder.name == "a_b"
    assert "To via" in (folder / "en/index.html").read_text(encoding="utf-8")


def test_missing_runs_are_refused_together_and_nothing_is_written(root):
    with pytest.raises(DataError) as caught:
        main(root=root, names=["default", "elsewhere", "tax_relief"])
    told = caught.value.message
    assert told.startswith("3 faults")
    assert "A=default B=tax_relief" in told
    for name in ("default", "tax_relief"):
        assert f"Run: make report SCENARIO={name}" in told
    assert "write workflow/config/scenarios/elsewhere.yaml" in told
    assert built(root) == []


def test_a_table_newer_than_its_record_is_refused(root):
    finish(root, fixtures.run("default"))
    folder = finish(root, fixtures.run("minimal"))
    write_table(fixtures.headlines(firm=99.0), folder / "headlines.parquet", TABLES["headlines"])
    with pytest.raises(DataError, match="another table than when the run was recorded"):
        main(root=root, names=["default", "minimal"])


@pytest.mark.parametrize("name", ["../default", "", "a/b", "."])
def test_a_name_may_not_leave_the_folder_of_results(root, name):
    with pytest.raises(ConfigError, match="names of two folders"):
        main(root=root, names=["default", name])


def test_the_command_ends_with_one_clear_message(root):
    command = [sys.executable, str(ROOT / "workflow/scripts/compare_scenarios.py"), "default", "tax_relief"]
    done = subprocess.run(command, cwd=root, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("DataError: 2 faults")
    assert "Traceback" not in done.stderr


def test_help_names_the_target():
    text = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert [line for line in text.splitlines() if line.startswith("compare ")]
