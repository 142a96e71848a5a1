"""The worked examples keep the house rules: one who copies them is asked for nothing that a guide does not show."""

import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.guides.examples import GUIDES, examples_of, lay_over
from tests.workflow.project import copy_project

pytestmark = pytest.mark.slow

TOOLS = ROOT / ".venv" / "tools" / "bin"
DEMO = "from tests.analysis.report.report_fixtures import demo_results as d; print(len(d().dear_hours), 'rows')"


@pytest.fixture(scope="module")
def laid(tmp_path_factory):
    """A copy of the project with every example in it, and the files that they touched."""
    folder = copy_project(tmp_path_factory.mktemp("rules") / "project")
    return folder, sorted(set(lay_over(folder, [example for guide in GUIDES for example in examples_of(guide)])))


def said(folder, *command):
    """What a check says; it must pass."""
    done = subprocess.run([*map(str, command)], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout + done.stderr


def test_style_and_format(laid):
    folder, touched = laid
    code = [path for path in touched if path.endswith(".py")]
    rules = [path for path in touched if path.endswith(".smk")]
    assert len(code) > 8 and len(rules) > 1
    said(folder, TOOLS / "ruff", "check", "--no-cache", *code)
    said(folder, TOOLS / "ruff", "format", "--no-cache", "--check", *code)
    said(folder, sys.executable, "-m", "snakefmt", "--check", *rules)


def test_conventions_and_hand_worked_cases(laid):
    """By name: module, contract and script of the result, the view of the page, the cases of the scheme."""
    files = ("tests/conventions/test_house.py", "tests/policy/test_hand_worked_cases.py")
    chosen = "dear_hours or DearHours or open_start"
    told = said(laid[0], sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *files, "-k", chosen)
    assert "passed" in told


def test_the_pages_test_data_hold_the_new_table(laid):
    assert "2 rows" in said(laid[0], sys.executable, "-c", DEMO)
