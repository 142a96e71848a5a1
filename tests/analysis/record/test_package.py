"""The record of a run: read back whole, held against files and against run.yaml, every fault at once."""

import json

import pytest

from analysis.errors import DataError
from analysis.record.package import Found, file_faults, read_package, record_faults, run_facts, unrecorded
from tests.analysis.record import record_fixtures as fixtures

RESOURCES = [
    fixtures.resource("run.yaml", "01" * 32, 5),
    fixtures.resource("potential.parquet", "02" * 32, 7, schema={"primaryKey": ["year"], "fields": []}),
    fixtures.resource("designer.npz", "03" * 32, 9),
]
RECORD = fixtures.record(results={"potential.parquet": "02" * 32})
THERE = {"run.yaml": Found(5, "01" * 32), "potential.parquet": Found(7, "02" * 32), "designer.npz": Found(9, "03" * 32)}


def read(told=RECORD, resources=RESOURCES):
    return read_package(json.dumps(fixtures.package(told, resources)), "datapackage.json")


def test_a_record_is_read_back():
    found = read()
    assert [each.path for each in found.results] == ["designer.npz", "potential.parquet"]
    assert found.results[1].table.key == ("year",)
    assert [each.name for each in found.run.inputs] == [fixtures.INPUT, "INPUTS/prices/2024.csv"]
    assert found.run.software["packages"] == ["numpy==2.4.6", "snakemake==9.27.1"]
    assert found.run.software["snakemake"] == "9.27.1"
    assert file_faults(found, THERE) == [] == record_faults(found, RECORD)


def test_every_fault_of_the_files_at_once():
    there = {**THERE, "potential.parquet": Found(7, "ff" * 32), "schemes/more.parquet": Found(1, "04" * 32)}
    del there["designer.npz"]
    faults = {fault.place: fault.found for fault in file_faults(read(), there)}
    assert faults == {
        "designer.npz": "no such file",
        "potential.parquet": f"sha256 {'ff' * 6}, 7 bytes",
        "schemes/more.parquet": "a file that the record does not list",
    }


def test_a_wrong_size_beside_a_right_digest_is_a_fault_of_the_package():
    faults = file_faults(read(), {**THERE, "run.yaml": Found(6, "01" * 32)})
    assert [fault.place for fault in faults] == ["datapackage.json: run.yaml"]


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"seed": 8}, "run.seed"),
        ({"settings": {"seed": 7}}, "run.settings"),
        ({"lock_sha256": "11" * 32}, "run.software"),
        ({"code_revision": {"commit": None, "uncommitted": None}}, "run.code"),
        ({"machine": {"system": "Darwin"}}, "run.machine"),
        ({"results": {"potential.parquet": "05" * 32}}, "results.potential.parquet"),
        ({"results": {}}, "results.potential.parquet"),
        ({"inputs": {}}, "inputs.prices/2024.csv"),
        ({"committed_inputs": {fixtures.INPUT: "cc" * 32}}, f"repository.{fixtures.INPUT}"),
    ],
)
def test_a_package_that_says_other_than_the_plain_record(changed, place):
    assert [fault.place for fault in record_faults(read(), RECORD | changed)] == [f"datapackage.json: {place}"]


@pytest.mark.parametrize(
    "path", ["../run.yaml", "/etc/passwd", "a/../../b.parquet", "c:\\x.parquet", "https://x/y.csv"]
)
def test_a_path_never_leads_outside(path):
    with pytest.raises(DataError, match="a path below the folder"):
        read(resources=[*RESOURCES, fixtures.resource(path, "04" * 32, 1)])


def test_what_is_no_record_is_named_key_by_key():
    with pytest.raises(DataError, match="whole file"):
        read_package("{", "datapackage.json")
    told = fixtures.package(RECORD, [fixtures.resource("run.yaml", "no digest", -1), *RESOURCES[1:]])
    del told["run"]["code"]
    with pytest.raises(DataError) as caught:
        read_package(json.dumps(told), "datapackage.json")
    places = [fault.place.partition(": ")[2] for fault in caught.value.faults]
    assert places == ["resources.0.bytes", "resources.0.hash", "run.code"]
    with pytest.raises(DataError, match=r"listed twice: run\.yaml"):
        read(resources=[*RESOURCES, RESOURCES[0]])
    with pytest.raises(DataError, match=r"run\.yaml is not listed"):
        read(resources=RESOURCES[1:])


def test_an_older_record_is_told_what_it_lacks():
    old = {name: value for name, value in RECORD.items() if name not in ("machine", "code_revision")}
    with pytest.raises(DataError) as caught:
        run_facts(old)
    assert [fault.place for fault in caught.value.faults] == ["run.yaml [code_revision]", "run.yaml [machine]"]


def test_a_law_that_only_a_combined_scheme_reads_must_be_recorded():
    def job(rule, reads, makes):
        return {"rule": rule, "inputs": {"": reads}, "outputs": {"made": [makes]}}

    jobs = [
        job("build_prices", ["INPUTS/prices.csv", "data/reference/p.csv"], "data/interim/x-1/prices.parquet"),
        job("evaluate_scheme", ["data/interim/x-1/prices.parquet", "data/policy/se/member.yaml"],
            "data/results/minimal/schemes/both/draws.parquet"),
        job("follow_without", ["data/reference/q.csv"], "data/results/minimal/schemes/without.npz"),
        job("take_away", ["data/README.md"], "data/results/minimal/datapackage.json"),
        job("render_report", ["data/evidence/evidence.csv"], "reports/build/minimal/index.html"),
        job("list_quotes", ["INPUTS/quotes.csv"], "data/interim/calibration/quotes.parquet"),
        job("other", ["data/reference/r.csv"], "data/results/default/potential.parquet"),
    ]  # fmt: skip
    recorded = {"INPUTS/prices.csv", "data/reference/p.csv", "data/reference/q.csv"}
    faults = unrecorded(jobs, "minimal", recorded)
    assert [(fault.place, fault.found) for fault in faults] == [
        ("data/policy/se/member.yaml", "read by evaluate_scheme and not recorded")
    ]
    assert [fault.place for fault in unrecorded(jobs, "minimal", set())] == [
        "INPUTS/prices.csv", "data/reference/p.csv", "data/policy/se/member.yaml", "data/reference/q.csv"
    ]  # fmt: skip
    assert unrecorded(jobs, "minimal", {*recorded, "data/policy/se/member.yaml"}) == []
