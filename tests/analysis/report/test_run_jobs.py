"""What jobs made, of what, and how long they took, by hand-made graphs and records."""

import base64
import json

import pandas as pd

from analysis.io import check_table
from analysis.provenance import job_records
from analysis.report.run_jobs import job_times, jobs_behind, rule_rows, times_csv
from analysis.schemas.job_times import JobTimes

STAGES = {"build": "ingest", "solve": "dispatch", "sum_up": "report", "other": "calibrate"}


def job(rule, reads, makes, message="", **wildcards):
    return {"rule": rule, "message": message, "wildcards": wildcards, "inputs": {"": reads}, "outputs": {"made": makes}}


JOBS = [
    job("build", ["data/reference/a.csv"], ["data/interim/one/x.parquet", "data/interim/one/y.parquet"], "Build (one)",
        dataset="one"),
    job("solve", ["data/interim/one/x.parquet"], ["data/interim/one/SE3_2025_v.parquet"], "Solve SE3 of 2025",
        area="SE3", year="2025"),
    job("solve", ["data/interim/one/x.parquet"], ["data/interim/one/SE4_2025_v.parquet"], "Solve SE4 of 2025",
        area="SE4", year="2025"),
    job("sum_up", ["data/interim/one/SE3_2025_v.parquet", "data/interim/one/SE4_2025_v.parquet"],
        ["data/results/one/sum.parquet"], "Sum"),
    job("other", ["data/interim/one/y.parquet"], ["data/results/calibration/z.csv"], "Other"),
]  # fmt: skip
RECORDS = {
    "data/interim/one/x.parquet": {"rule": "build", "starttime": 100.0, "endtime": 102.5},
    "data/interim/one/y.parquet": {"rule": "build", "starttime": 100.0, "endtime": 102.5},
    "data/interim/one/SE3_2025_v.parquet": {"rule": "solve", "starttime": 103.0, "endtime": 104.0},
    "data/interim/one/SE4_2025_v.parquet": {"rule": "solve", "starttime": 103.5, "endtime": 107.0},
    "data/results/one/sum.parquet": {"rule": "an_older_name", "starttime": 1.0, "endtime": 2.0},
}


def test_only_what_the_results_rest_on():
    assert [each["rule"] for each in jobs_behind(JOBS, ["data/results/one/"])] == ["build", "solve", "solve", "sum_up"]
    assert jobs_behind(JOBS, ["data/results/two/"]) == []


def test_times_by_hand():
    """A job of two files counts once; a record of another rule is none."""
    times = check_table(job_times(JOBS, RECORDS), JobTimes, "times")
    assert list(times["rule"]) == ["build", "solve", "solve"]
    assert list(times["run_s"]) == [2.5, 1.0, 3.5]
    assert times["begun_utc"][0] == pd.Timestamp("1970-01-01T00:01:40Z")


def test_rules_by_hand():
    rows = {row.rule: row for row in rule_rows(JOBS, job_times(JOBS, RECORDS), STAGES)}
    assert list(rows) == ["build", "solve", "sum_up", "other"]
    assert (rows["solve"].job_count, rows["solve"].total_s, rows["solve"].longest_s) == (2, 4.5, 3.5)
    assert (rows["sum_up"].recorded_count, rows["sum_up"].total_s) == (0, None)
    assert rows["solve"].message == "Solve … of 2025"
    assert rows["build"].message == "Build"
    assert rows["solve"].outputs == ("{area}_{year}_v.parquet",)
    assert rows["sum_up"].inputs == ("SE3_2025_v.parquet", "SE4_2025_v.parquet")


def test_no_records_give_an_empty_table_of_the_contract():
    assert len(check_table(job_times(JOBS, {}), JobTimes, "times")) == 0


def test_the_table_to_take_away():
    first = times_csv(job_times(JOBS, RECORDS)).splitlines()
    assert first[0] == "rule,output,begun_utc,ended_utc,run_s"
    assert first[1] == "build,data/interim/one/x.parquet,1970-01-01T00:01:40Z,1970-01-01T00:01:42Z,2.500"


def test_records_are_found_by_the_name_of_their_file(tmp_path):
    """Also one whose name is cut over folders, as Snakemake does with long ones; a cut-short record is left out."""
    short, long, broken = "data/å.parquet", f"data/{'x' * 300}.parquet", "data/b.parquet"
    for name, text in ((short, json.dumps({"rule": "a"})), (long, json.dumps({"rule": "b"})), (broken, '{"rule": ')):
        coded = base64.urlsafe_b64encode(name.encode()).decode()
        pieces = [coded[at : at + 254] for at in range(0, len(coded), 254)]
        path = tmp_path.joinpath(*(f"@{piece}" for piece in pieces[:-1]), pieces[-1])
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert job_records(tmp_path) == {short: {"rule": "a"}, long: {"rule": "b"}}
