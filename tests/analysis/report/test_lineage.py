"""The graph of a run: read, checked, and walked from a table up to its sources."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import DataError
from analysis.report import lineage


def job(rule, reads, makes, **others):
    return {
        "rule": rule, "script": f"{rule}.py", "message": rule, "wildcards": {}, "inputs": {"": reads},
        "outputs": {"made": makes}, "parameters": [], **others,
    }  # fmt: skip


JOBS = [
    job("generate_travel", ["data/reference/travel_facts.csv", lineage.PARAMETERS], ["data/interim/d/trips.parquet"],
        parameters=["trv.share"]),
    job("build_prices", ["data/reference/price_statistics.csv"], ["data/interim/d/prices.parquet"]),
    job("calibrate", ["INPUTS/prices/SE1.csv"], ["data/results/calibration/price_statistics.csv"]),
    job("evaluate_scheme", ["data/interim/d/trips.parquet", "data/policy/se/task53.yaml"],
        ["data/results/s/schemes/task53/results.parquet"], wildcards={"scheme": "task53"}),
    job("summarise", ["data/results/s/schemes/task53/results.parquet", "data/interim/d/prices.parquet"],
        ["data/results/s/headlines.parquet"]),
    job("render_report", [], ["reports/build/s/index.html"],
        inputs={"headlines": ["data/results/s/headlines.parquet"], "day_ahead": ["data/interim/d/prices.parquet"]}),
]  # fmt: skip


def read(jobs=JOBS):
    return lineage.read_lineage(json.dumps({"scenario": "s", "jobs": jobs}), "lineage.json")


def test_a_headline_is_followed_to_law_meter_statistics_and_assumption():
    found = lineage.trail_of(read(), "data/results/s/headlines.parquet")
    assert [(distance, each.rule) for distance, each in found.jobs] == [
        (0, "summarise"), (1, "evaluate_scheme"), (1, "build_prices"), (2, "generate_travel"), (2, "calibrate"),
    ]  # fmt: skip
    assert [(source.distance, source.path, source.kind) for source in found.sources] == [
        (2, "data/policy/se/task53.yaml", "law"),
        (3, "INPUTS/prices/SE1.csv", "meter"),
        (3, "data/assumptions/parameters.csv", "assumption"),
        (3, "data/reference/travel_facts.csv", "statistics"),
    ]
    assert [each.rule for each in found.generated] == ["build_prices", "generate_travel"]


def test_prices_read_from_files_are_not_generated():
    jobs = [job("build_prices", ["INPUTS/a.csv"], ["data/interim/d/prices.parquet"])]
    found = lineage.trail_of(read(jobs), "data/interim/d/prices.parquet")
    assert found.generated == []
    assert found.sources[0].kind == "meter"


def test_a_table_is_found_by_the_name_the_report_gives_it_by_file_and_by_path():
    graph = read()
    prices = "data/interim/d/prices.parquet"
    assert {lineage.table_path(graph, name) for name in ("day_ahead", "prices", prices)} == {prices}
    with pytest.raises(DataError, match="headlines"):
        lineage.table_path(graph, "headlins")


@pytest.mark.parametrize(
    ("jobs", "told"),
    [
        ([job("a", [], ["x.csv"]), job("b", [], ["x.csv"])], "made by a and b"),
        ([job("a", ["y.csv"], ["x.csv"]), job("b", ["x.csv"], ["y.csv"])], "rests on itself"),
        ([job("a", [], ["x.csv"], surplus=1)], "surplus"),
        ([{"rule": "a"}], "outputs"),
        ([], "jobs"),
    ],
)
def test_a_graph_that_cannot_be_is_refused_with_its_place(jobs, told):
    with pytest.raises(DataError, match=told) as caught:
        read(jobs)
    assert all(fault.place.startswith("lineage.json") for fault in caught.value.faults)


def test_text_that_is_no_json_is_a_fault():
    with pytest.raises(DataError, match=r"lineage\.json"):
        lineage.read_lineage("{", "lineage.json")


def test_a_file_that_the_run_does_not_know_is_a_fault():
    with pytest.raises(DataError, match="nowhere"):
        lineage.trail_of(read(), "data/nowhere.csv")


@given(st.lists(st.sets(st.integers(0, 11), max_size=4), min_size=1, max_size=12))
def test_the_sources_are_the_files_below_that_no_job_makes(reads):
    """Job n makes file n and reads files of lower number; those below 12 that no job makes are sources."""
    jobs = [
        job(f"rule{n}", [f"{k}.csv" for k in sorted(below) if k < n] + [f"source{n}.csv"], [f"{n}.csv"])
        for n, below in enumerate(reads)
    ]
    graph = read(jobs)
    last = len(jobs) - 1
    reached, waiting = set(), {last}
    while waiting:
        reached |= waiting
        waiting = {k for n in waiting for k in reads[n] if k < n} - reached
    found = lineage.trail_of(graph, f"{last}.csv")
    assert {source.path for source in found.sources} == {f"source{n}.csv" for n in reached}
    assert [distance for distance, _ in found.jobs] == sorted(distance for distance, _ in found.jobs)
