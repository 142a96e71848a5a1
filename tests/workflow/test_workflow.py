"""The workflow as a whole: identity, golden numbers, what an edit reruns, kills, a second run, bad scenarios."""

import base64
import json
import os
import re
import shutil
import subprocess
import sys

import pandas as pd
import pytest

from analysis.provenance import file_digest
from analysis.report.addresses import PAGE_FILES, path_of
from analysis.report.rule_graph import paths_of
from analysis.report.run_jobs import jobs_behind
from tests.conftest import ROOT, require
from tests.workflow import offline, project
from workflow.run import TARGETS

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("workflow")]

GOLDEN = ROOT / "tests" / "workflow" / "golden_minimal.csv"
REPORT_RULES = {"record_run", "render_report", "render_run", "take_away", "all"}
POLICY_RULES = {"evaluate_scheme", "summarise_schemes", "compare_schemes", *REPORT_RULES}


@pytest.fixture(scope="module")
def complete(finished_minimal):
    """A finished run of `minimal` that tests may look at but not change, and what it printed."""
    return finished_minimal


@pytest.fixture
def edited(complete, tmp_path):
    """A finished run of its own, to edit; times are kept so that nothing looks stale."""
    shutil.copytree(complete[0], tmp_path / "project")
    return tmp_path / "project"


def append(path, text="\n# edited\n"):
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def test_the_run_ends_with_the_report_and_five_headlines(complete):
    folder, printed = complete
    tail = printed[-3000:]
    for number in "12345":
        assert f"\n{number}. " in tail, tail
    assert "reports/build/minimal/index.html" in tail
    assert (folder / "reports/build/minimal/en/index.html").exists()


@pytest.mark.parametrize("page", PAGE_FILES)
def test_no_row_of_a_table_is_called_by_its_id(complete, page):
    text = (complete[0] / "reports/build/minimal" / page).read_text(encoding="utf-8")
    assert re.findall(r'<th scope="row"[^>]*>\s*([a-z]+(?:_[a-z]+)+)\s*</th>', text) == []


def every_job_has_a_time(folder):
    """The table beside the run page has a row for each job behind the results and pages, and nothing else."""
    text = (folder / "data/results/minimal/lineage.json").read_text(encoding="utf-8")
    jobs = jobs_behind(json.loads(text)["jobs"], ("data/results/minimal/", "reports/build/minimal/"))
    times = pd.read_csv(folder / "reports/build/minimal/assets/job_times.csv")
    assert sorted(times["output"]) == sorted(paths_of(job["outputs"])[0] for job in jobs)
    assert len(jobs) > 20
    assert times["run_s"].between(0.05, 600).all()


def test_every_job_has_a_time(complete):
    every_job_has_a_time(complete[0])


def test_snakemakes_own_report_is_added_on_request(edited):
    """Made without network, linked from the run page, and nothing else is made anew."""
    tools = edited / ".venv" / "tools"
    if not (ROOT / ".venv" / "tools" / "pygments").is_dir():
        require(False, "the folder of the tests' tools (make test makes it)")
    tools.parent.mkdir(exist_ok=True)
    tools.symlink_to(ROOT / ".venv" / "tools")
    before = project.tables(edited)
    command = [sys.executable, "workflow/run.py", "run-report", "--scenario", "minimal", "--cores", "2"]
    done = subprocess.run(command, cwd=edited, env={**os.environ, "PYTHONPATH": str(edited)}, check=False)
    assert done.returncode == 0
    build = edited / "reports/build/minimal"
    made = (build / "snakemake.html").read_text(encoding="utf-8")
    assert "evaluate_scheme" in made
    assert not re.search(r'<(?:script|link|img)[^>]+(?:src|href)="https?:', made)
    assert '<a href="snakemake.html">' in (build / "run.html").read_text(encoding="utf-8")
    assert project.planned(edited) == {}
    assert project.tables(edited) == before


def test_no_job_of_a_run_called_another_machine(complete):
    """Each job's process was watched, and none tried to look up or reach anything beyond this machine."""
    folder = complete[0]
    watched, called = offline.read_log(folder)
    text = (folder / "data/results/minimal/lineage.json").read_text(encoding="utf-8")
    jobs = jobs_behind(json.loads(text)["jobs"], ("data/results/minimal/", "reports/build/minimal/"))
    rules = {job["rule"] for job in jobs} | {"render_report", "render_run", "record_run"}
    assert len(rules) > 20
    assert {rule for rule in rules if not any(f"{rule}.py" in line for line in watched)} == set()
    assert called == []


def test_nothing_is_left_to_do(complete):
    assert project.planned(complete[0]) == {}


def test_figures_and_tables_can_be_taken_away(complete):
    report, results = complete[0] / "reports/build/minimal", complete[0] / "data/results/minimal"
    links = set(re.findall(r'href="(data/\w+\.csv)"', (report / "potential.html").read_text(encoding="utf-8")))
    assert len(links) >= 5
    assert all((report / link).is_file() for link in links)
    found = pd.read_excel(report / "v2x_minimal.xlsx", sheet_name="headlines", engine="openpyxl")
    assert list(found["value"].dropna()) == list(pd.read_parquet(results / "headlines.parquet")["value"].dropna())
    resources = json.loads((results / "datapackage.json").read_text(encoding="utf-8"))["resources"]
    told = {resource["path"]: resource["hash"] for resource in resources}
    there = [path for path in results.rglob("*.*") if path.is_file() and path.name != "datapackage.json"]
    assert told == {path.relative_to(results).as_posix(): f"sha256:{file_digest(path)}" for path in there}


def verify(folder, *words):
    """`make verify` on a scenario of a project; gives its exit code and all it says."""
    command = [sys.executable, "workflow/verify.py", *words]
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_a_run_is_a_record_that_can_be_carried_elsewhere(complete, tmp_path):
    """All its files are as recorded; a byte that is flipped on the way is named."""
    shutil.copytree(complete[0] / "data/results/minimal", tmp_path / "stick")
    code, told = verify(complete[0], str(tmp_path / "stick"), "--quick")
    assert code == 0, told
    table = tmp_path / "stick" / "headlines.parquet"
    content = bytearray(table.read_bytes())
    content[len(content) // 2] ^= 1
    table.write_bytes(content)
    code, told = verify(complete[0], str(tmp_path / "stick"), "--quick")
    assert (code, "headlines.parquet: found sha256" in told) == (1, True), told


def test_the_record_names_every_file_that_its_jobs_read(complete):
    """Laws that a combined scheme puts together among them, also where they are not compared themselves."""
    results = complete[0] / "data/results/minimal"
    jobs = json.loads((results / "lineage.json").read_text(encoding="utf-8"))["jobs"]
    behind = jobs_behind(jobs, ("data/results/minimal/",))
    made = {path for job in jobs for path in paths_of(job["outputs"])}
    told = json.loads((results / "datapackage.json").read_text(encoding="utf-8"))["run"]["inputs"]
    read = {path for job in behind for path in paths_of(job["inputs"])} - made
    about = {"data/README.md", "data/evidence/evidence.csv"}  # read by the workbook, by no table
    assert len(read) > 20
    assert read - {each["path"] for each in told} <= about


def test_a_number_is_followed_from_the_report_to_law_meter_and_assumption(complete):
    """`make trace` on a finished run: the firm power of Sweden, by address and as it is printed."""
    folder = complete[0]
    command = [sys.executable, "workflow/scripts/trace_number.py", "--scenario", "minimal"]
    environment = {**os.environ, "PYTHONPATH": str(folder)}

    def told(asked):
        return subprocess.run(
            [*command, asked], cwd=folder, env=environment, capture_output=True, text=True, check=False
        )

    text = told("headlines:firm_discharge_mw:SE:value").stdout
    table = pd.read_parquet(folder / "data/results/minimal/headlines.parquet")
    value = table.set_index(["headline_id", "price_area"]).at[("firm_discharge_mw", "SE"), "value"]
    assert text.startswith(f"headlines:firm_discharge_mw:SE:value = {value:.6g} MW")
    for part in (
        "  0  summarise_schemes", "summarise_potential", "generate_travel", "data/policy/se/task53.yaml", "(proposed)",
        "data/reference/municipalities.csv", "INPUTS/prices/entsoe/*.csv", "veh.annual_km =", "licence:",
    ):  # fmt: skip
        assert part in text, part
    assert "headlines:firm_discharge_mw:SE:value" in told(f"{value:.0f} MW").stdout
    wrong = told("headlins:SE:value")
    assert (wrong.returncode, wrong.stdout) == (1, "") and "headlines" in wrong.stderr


def test_golden_numbers(complete):
    """The headline numbers of `minimal`, within a thousandth; they change only beside what moved them."""
    table = pd.read_parquet(complete[0] / "data/results/minimal/headlines.parquet")
    found = table.set_index(["headline_id", "price_area"])
    golden = pd.read_csv(GOLDEN).set_index(["headline_id", "price_area"])
    assert set(found.index) == set(golden.index)
    for column in ("value", "low", "high"):
        pd.testing.assert_series_equal(
            found[column].sort_index(), golden[column].sort_index(), rtol=1e-3, atol=1e-6, check_dtype=False
        )


def test_two_runs_give_the_same_bytes(complete, tmp_path):
    """The second by `make verify`, which compares the tables; what lies before them and the record are the same too."""
    again = tmp_path / "again"
    code, told = verify(complete[0], "minimal", "--cores", "2", "--keep", str(again))
    assert code == 0, told[-4000:]
    assert "code, lock, libraries, machine, settings and inputs are the same" in told
    assert "tables and arrays are the same, byte for byte" in told
    first, second = project.tables(complete[0]), project.tables(again)
    assert set(first) == set(second)
    assert [name for name in first if first[name] != second[name]] == []


@pytest.mark.parametrize(("scheme", "evaluated"), [("task53_and_deduction", 1), ("task53", 2)])
def test_editing_one_law_reruns_policy_and_report_only(edited, scheme, evaluated):
    """Other schemes stay untouched, save the one that combines the edited law with another."""
    append(edited / f"data/policy/se/{scheme}.yaml")
    jobs = project.planned(edited)
    assert set(jobs) <= POLICY_RULES
    assert jobs["render_report"] == 1
    assert jobs["evaluate_scheme"] == evaluated


SCHEME_TABLES = (
    "scheme_results",
    "scheme_summary",
    "accounts",
    "scheme_paths",
    "scheme_incidence",
    "scheme_comparison",
)


def test_a_new_scheme_is_one_file_and_stands_on_every_page(edited):
    """The worked example of data/policy/README.md, named in the scenario: only its own job and what gathers rerun."""
    guide = (edited / "data/policy/README.md").read_text(encoding="utf-8")
    text = re.search(r"```yaml\n(scheme: open_start.*?)```", guide, re.DOTALL)[1]
    (edited / "data/policy/se/open_start.yaml").write_text(text, encoding="utf-8")
    scenario = edited / "workflow/config/scenarios/minimal.yaml"
    told = scenario.read_text(encoding="utf-8")
    scenario.write_text(re.sub(r"(schemes: \[none)", r"\1, open_start", told), encoding="utf-8")
    jobs = project.planned(edited)
    assert set(jobs) <= POLICY_RULES
    assert jobs["evaluate_scheme"] == 1
    project.run(edited)
    for name in SCHEME_TABLES:
        table = pd.read_parquet(edited / f"data/results/minimal/{name}.parquet")
        assert "open_start" in set(table["scheme"]), name
    for locale, label in (("sv", "Startstöd till öppna laddare"), ("en", "Starting grant for open")):
        for page_id, least in (("schemes", 6), ("uncertainty", 1), ("index", 2)):
            text = (edited / "reports/build/minimal" / path_of(page_id, locale)).read_text(encoding="utf-8")
            parts = re.split(r"(?=<(?:section|figure)\b)", text)
            assert sum(label in part for part in parts) >= least, page_id


def test_editing_the_battery_reruns_dispatch_and_what_follows(edited):
    append(edited / "analysis/battery/losses.py", '\n\nEDITED = "yes"\n')
    jobs = set(project.planned(edited))
    assert {"dispatch_vehicles", "summarise_dispatch", "summarise_potential"} <= jobs
    assert {"evaluate_scheme", "render_report"} <= jobs
    assert not jobs & {"build_prices", "generate_travel", "build_availability", "cluster_profiles"}


def test_editing_the_report_reruns_the_report_only(edited):
    append(edited / "analysis/report/figures.py", '\n\nEDITED = "yes"\n')
    assert set(project.planned(edited)) <= REPORT_RULES


def test_sensitivity_is_made_on_request_and_rests_on_the_run(complete):
    targets = tuple(name.format(scenario="minimal") for name in TARGETS["sensitivity"])
    jobs = project.planned(complete[0], targets=targets)
    # two of the schemes of minimal are asked for
    assert jobs == {"explain_scheme": 2, "summarise_sensitivity": 1, "search_schemes": 1}


def test_a_second_run_that_is_killed_three_times_gives_the_same_bytes(complete, tmp_path):
    """From nothing; killed in an early, a middle and a late stage, each followed by the same command."""
    folder = project.copy_project(tmp_path / "project")
    stages = ["logs/*/build_prices.log", "logs/*/dispatch_SE4_2025.log", "logs/minimal/evaluate_*.log"]
    for stage in stages:
        process = project.start(folder)
        project.wait_for(folder, stage, process)
        project.kill(process)
    printed = project.run(folder)
    assert "unlocking" in printed
    first, second = project.tables(complete[0]), project.tables(folder)
    assert set(first) == set(second)
    assert [name for name in first if first[name] != second[name]] == []
    assert not list(folder.rglob("*.tmp"))
    every_job_has_a_time(folder)


def test_what_a_kill_left_incomplete_is_made_again(edited):
    """Killed between a finished output and Snakemake's note of it: the next run makes that output anew."""
    output = next((edited / "data/interim").glob("*/temperature.parquet")).relative_to(edited).as_posix()
    marker = edited / ".snakemake" / "incomplete" / base64.urlsafe_b64encode(output.encode()).decode()
    marker.parent.mkdir(exist_ok=True)
    marker.write_text("{}", encoding="utf-8")
    assert "build_climate" in project.planned(edited)


def test_a_second_run_at_once_gets_a_clear_line(tmp_path):
    folder = project.copy_project(tmp_path / "project")
    first = project.start(folder)
    project.wait_for(folder, ".snakemake/locks/*", first)
    second = project.start(folder)
    printed = project.finish(second, timeout=60)
    project.kill(first)
    assert second.returncode == 2
    assert "Another run" in printed


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sede: 1\n", "an unknown key"),
        ("seed: 1\nseed: 2\n", "given twice"),
        ("", "an empty file"),
        ("scope: {price_areas: [SE9]}\n", "SE9"),
        ("policy: {schemes: [none, tesk53]}\nassumptions: {overrides: {veh.eps: 1}}\n", "tesk53"),
    ],
)
def test_a_bad_scenario_stops_the_run_before_the_first_job(tmp_path, text, message):
    folder = project.copy_project(tmp_path / "project")
    (folder / "workflow/config/scenarios/trial.yaml").write_text(text, encoding="utf-8")
    process = project.start(folder)
    printed = project.finish(process, timeout=120)
    assert process.returncode != 0
    assert message in printed
    assert "trial.yaml" in printed
    assert project.tables(folder) == {}


def test_a_policy_value_without_reference_stops_with_one_clear_message(edited):
    path = edited / "data/policy/se/task53.yaml"
    text = path.read_text(encoding="utf-8")
    assert "reference:" in text
    before = project.tables(edited)
    path.write_text(text.replace("reference:", "remark:", 1), encoding="utf-8")
    process = project.start(edited)
    printed = project.finish(process, timeout=240)
    assert process.returncode != 0
    assert "PolicyError" in printed and "task53.yaml" in printed and "reference" in printed
    kept = project.tables(edited)
    assert not [name for name in kept if name.endswith(".tmp")]
    assert all(kept[name] == before[name] for name in kept if "schemes/task53/" not in name and name in before)


@pytest.mark.parametrize(
    "scenario", ["default", "minimal", "full", "early_standards", "late_standards", "proprietary_lock_in"]
)
def test_every_embedded_scenario_can_be_planned(tmp_path_factory, scenario):
    folder = project.copy_project(tmp_path_factory.mktemp("plan") / "project")
    jobs = project.planned(folder, scenario)
    assert jobs["render_report"] == 1


@pytest.mark.real
def test_what_calibration_reads_is_what_is_listed(tmp_path, real_root):
    """Every file that its rules name stands in data/versions.csv, as it is; nothing is to be added."""
    folder = project.copy_project(tmp_path / "project")
    before = (folder / "data/versions.csv").read_bytes()
    command = [sys.executable, "workflow/run.py", "versions", "--inputs", str(real_root), "--cores", "2"]
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.splitlines()[-1:]) == (0, ["Every file is in data/versions.csv."]), done.stderr
    assert (folder / "data/versions.csv").read_bytes() == before
    seen, listed = (
        pd.read_csv(folder / "data" / name) for name in ("interim/calibration/data_files.csv", "versions.csv")
    )
    assert set(seen["file"]) == set(listed["file"])


def test_wear_is_a_target_of_its_own(tmp_path):
    folder = project.copy_project(tmp_path / "project")
    jobs = project.planned(folder, targets=("data/results/minimal/wear.parquet",))
    assert (jobs["settle_wear"], jobs["summarise_wear"]) == (2, 1)
    assert not set(jobs) & {"dispatch_vehicles", "render_report"}
    assert "settle_wear" not in project.planned(folder)


def test_foresight_is_a_target_of_its_own(tmp_path):
    folder = project.copy_project(tmp_path / "project")
    jobs = project.planned(folder, targets=("data/results/minimal/foresight.parquet",))
    assert (jobs["build_foresight_weeks"], jobs["measure_foresight"], jobs["summarise_foresight"]) == (1, 2, 1)
    assert not set(jobs) & {"dispatch_vehicles", "render_report"}
    assert "measure_foresight" not in project.planned(folder)


def test_the_record_waits_for_every_job_of_a_run(tmp_path):
    """It lists the tables that are there: one that came later would stand in it or not, by chance. What is drawn from
    the designer's arrays is a page and no table."""
    folder = project.copy_project(tmp_path / "project")
    recorded = project.planned(folder, targets=("data/results/minimal/run.yaml",))
    whole = project.planned(folder)
    assert {rule: count for rule, count in whole.items() if recorded.get(rule) != count}.keys() <= {
        "render_report", "render_run", "tabulate_designer", "take_away", "all", "total"
    }  # fmt: skip


def test_use_cases_are_a_target_of_their_own(tmp_path):
    folder = project.copy_project(tmp_path / "project")
    jobs = project.planned(folder, targets=("data/results/minimal/use_cases.parquet",))
    assert jobs["dispatch_use_cases"] == 1
    assert not set(jobs) & {"dispatch_vehicles", "render_report"}
    assert "dispatch_use_cases" not in project.planned(folder)
    made = folder / "data/results/minimal/use_cases.parquet"
    made.parent.mkdir(parents=True, exist_ok=True)
    made.touch()
    assert project.planned(folder)["dispatch_use_cases"] == 1, "once made, the report keeps it up to date"


@pytest.mark.real
@pytest.mark.parametrize("scenario", ["real_2024", "real_2025"])
def test_every_real_scenario_can_be_planned(tmp_path, real_root, scenario):
    folder = project.copy_project(tmp_path / "project")
    jobs = project.planned(folder, scenario, str(real_root))
    assert jobs["build_sessions"] == 1


def test_a_scenario_on_files_without_its_files_says_what_to_do(tmp_path):
    folder = project.copy_project(tmp_path / "project")
    process = project.start(folder, "real_2024")
    printed = project.finish(process, timeout=120)
    assert process.returncode != 0
    assert "data/raw" in printed and "INPUTS" in printed
