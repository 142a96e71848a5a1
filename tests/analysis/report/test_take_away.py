"""What a scenario gives to take away: workbook, data package, citation, and the job that writes them."""

import importlib.util
import io
import json
import re
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import yaml

from analysis.errors import DataError
from analysis.io import write_table
from analysis.provenance import file_digest
from analysis.record.package import read_package, record_faults, run_facts
from analysis.report.citation import citation
from analysis.report.data_package import PLAIN, File, Source, data_package, table_schema
from analysis.report.dictionary import RESULTS, column_entries, model_of
from analysis.report.results import COMMITTED, ONCE_MADE
from analysis.report.take_away import BOOK, MOST_CELLS, NAMES, book_sheets, committed_sources, model_named
from analysis.report.text import Voice, read_catalog
from analysis.report.workbook import workbook_bytes
from analysis.schemas.columns import MEANINGS, meaning
from analysis.schemas.results import Accounts, PotentialSummary
from analysis.units import RATIO_ENDINGS, SUFFIXES, SYMBOLS, unit_symbol
from tests.analysis.record.record_fixtures import record
from tests.analysis.report import report_fixtures as fixtures

EVIL = "=cmd|'/c calc'!A1<img src=x onerror=alert(1)>"
RESULT_FILES = {"accounts.parquet": "0" * 64, "dispatch_values.parquet": "1" * 64}
RUN = record(code_digest="0123456789abcdef", results=RESULT_FILES, inputs={}, committed_inputs={})
FACTS = run_facts(RUN) | {"inputs": []}
TWO_FILES = (File("potential_summary.parquet", "ab" * 32, 7), File("run.yaml", "cd" * 32, 9))
README = """## Licences of what is in the repository

| data | origin | licence |
|---|---|---|
| `reference/a.csv` | [An office](https://example.org), yearly | CC0 |

## Other
| no | such | row |
"""
OWN_TARGETS = {"wear", "foresight"}
"""Tables of targets of their own, for those who work on the model."""
KINDS = {"string", "number", "integer", "boolean", "datetime"}


@pytest.fixture(scope="module")
def results():
    return fixtures.demo_results()


@pytest.fixture(scope="module")
def tables(results):
    return {name: getattr(results, name) for name in (*BOOK, NAMES)}


@pytest.fixture(scope="module")
def few(tables):
    """The first rows of every table."""
    kept = {"profiles", "parameters", NAMES}
    return {name: table if name in kept else table.head(20) for name, table in tables.items()}


@pytest.fixture(scope="module")
def voices():
    return {locale: Voice(locale, read_catalog(text)) for locale, text in fixtures.demo_texts().items()}


def built(tables, voices, **about):
    settings = fixtures.demo_settings().model_copy(update=about)
    sources = [Source("An office", "https://example.org", "CC0", "a.csv")]
    return workbook_bytes(book_sheets(tables, sources, settings, "default", RUN, voices))


@pytest.fixture(scope="module")
def book(tables, voices):
    return openpyxl.load_workbook(io.BytesIO(built(tables, voices)))


def rows_of_sheet(page):
    head, *rows = page.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_every_table_is_read_back_as_it_is(book, tables):
    for name in BOOK:
        if name == "profile_counts" or tables[name].empty:
            continue
        found = pd.DataFrame(rows_of_sheet(book[name])).astype(object)
        wanted = tables[name].astype(object).where(tables[name].notna(), None)
        assert found.where(found.notna(), None).to_numpy().tolist() == wanted.to_numpy().tolist(), name


def test_counts_that_are_held_back_are_not_in_the_workbook(book, tables):
    rows = rows_of_sheet(book["profile_counts"])
    held = [row for row in rows if row["is_suppressed"]]
    assert len(held) == tables["profile_counts"]["is_suppressed"].sum()
    assert "vehicle_count" not in rows[0]
    ends = ("vehicle_published_count", "vehicle_low_count", "vehicle_high_count")
    assert all(row[end] is None for row in held for end in ends)


def test_every_column_of_every_sheet_is_explained(book):
    told = {(row["table"], row["column"]): row for row in rows_of_sheet(book["columns"])}
    for name in BOOK:
        if name in book.sheetnames:
            heads = next(book[name].iter_rows(values_only=True))
            assert all(told[name, head]["meaning"] for head in heads)
    assert told["potential_summary", "power_mw"]["unit"] == "MW"
    assert told["potential_summary", "tier"]["key"] == "key"
    assert told["accounts", "is_transfer"]["meaning"].startswith("whether the flow")
    assert {row["table"] for row in rows_of_sheet(book["tables"])} == {name for name, _ in told}


def test_read_me_tells_the_scenario_in_both_languages_and_what_is_left_out(book):
    text = " ".join(str(cell) for row in book.worksheets[0].iter_rows(values_only=True) for cell in row)
    settings = fixtures.demo_settings()
    assert all(part in text for part in (settings.title_sv, settings.title_en, "2025", "0123456789abcdef"))
    assert text.count("dispatch_values") == 2, "once in each language"
    assert "accounts" not in text.split("Parquet")[1]


def test_sources_name_data_and_parameters(book, tables):
    rows = rows_of_sheet(book["sources"])
    assert list(rows[0].values()) == ["data", "An office", "CC0", "https://example.org", "a.csv"]
    named = {identifier for row in rows[1:] for identifier in row["use"].split(", ")}
    assert named == set(tables["parameters"]["id"])


def test_names_that_look_like_formulas_or_markup_are_text(few, voices):
    places = few[NAMES].assign(name=EVIL)
    parameters = few["parameters"].assign(source=EVIL)
    evil = {**few, NAMES: places, "parameters": parameters}
    book = openpyxl.load_workbook(io.BytesIO(built(evil, voices, title_sv=EVIL, title_en=EVIL)))
    assert {row["name"] for row in rows_of_sheet(book["profile_counts"])} == {EVIL}
    assert {row["source"] for row in rows_of_sheet(book["parameters"])} == {EVIL}
    assert any(EVIL in str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row)
    kinds = {cell.data_type for page in book for row in page.iter_rows() for cell in row}
    assert "f" not in kinds


def test_a_table_too_large_for_a_sheet_is_a_fault(few, voices):
    many = pd.concat([few["accounts"]] * (MOST_CELLS // few["accounts"].size + 1))
    with pytest.raises(DataError, match=r"workbook \[accounts\]"):
        built({**few, "accounts": many}, voices)


def test_licences_are_read_from_the_readme_by_hand():
    assert committed_sources(README) == [Source("An office, yearly", "", "CC0", "reference/a.csv")]
    with pytest.raises(DataError, match="no table of licences"):
        committed_sources("# data")


def test_the_readme_of_the_data_has_its_licences(root):
    assert len(committed_sources((root / "data/README.md").read_text(encoding="utf-8"))) > 5


def test_every_column_of_a_result_has_words():
    named = {name: model for name, model in RESULTS.items() if name not in OWN_TARGETS}
    shown = {"profile_link", "profile_count_seeds", "company_car_areas", "travel_targets", NAMES, "plug_in_contracts"}
    lacking = [
        (name, column)
        for name, model in named.items()
        if name not in shown
        for column in model.to_schema().columns
        if not meaning(model, column)
    ]
    assert lacking == []


def test_no_meaning_is_of_a_column_that_is_gone():
    models = [*RESULTS.values(), *COMMITTED.values()]
    there = {column for model in models for column in model.to_schema().columns} | {
        column for name in ("draws", "places") for column in model_of(f"schemes/x/{name}.parquet").to_schema().columns
    }
    reserves = re.compile(r"^(fcr|afrr|mfrr)_")
    assert sorted(name for name in MEANINGS if name not in there and not reserves.match(name)) == []


def test_units_by_hand():
    assert unit_symbol("power_mw") == "MW"
    assert unit_symbol("price_sek_per_mw_h") == "SEK/(MW h)"
    assert unit_symbol("value_sek_per_car_year") == "SEK/(car year)"
    assert unit_symbol("share_pu") == "1"
    assert [unit_symbol(name) for name in ("scheme", "price_year", "year", "value")] == ["", "", "", ""]
    words = {"id", "code", "year"}
    assert (SUFFIXES - words) | RATIO_ENDINGS <= set(SYMBOLS)


def package(files=TWO_FILES):
    sources = [Source("An office", "https://example.org", "CC0", "a.csv"), Source("Nobody", "", "CC0", "")]
    return data_package("real_2024", "Title", "Why", files, sources, FACTS)


def test_a_package_by_hand():
    found = package()
    assert found["name"] == "v2x-real-2024"
    assert found["sources"][1] == {"title": "Nobody", "licence": "CC0"}
    table, record = found["resources"]
    assert (table["path"], table["format"], table["bytes"]) == ("potential_summary.parquet", "parquet", 7)
    assert table["hash"] == "sha256:" + "ab" * 32
    assert table["schema"]["primaryKey"] == ["price_area", "year", "tier", "service", "occasion"]
    fields = {field["name"]: field for field in table["schema"]["fields"]}
    assert fields["power_mw"] == {
        "name": "power_mw", "type": "number", "unit": "MW", "description": "power", "constraints": {"required": True},
    }  # fmt: skip
    assert fields["year"]["type"] == "integer"
    assert "firm" in fields["tier"]["constraints"]["enum"]
    assert (record["name"], record["mediatype"]) == ("run", "application/yaml")
    assert list(fields) == list(PotentialSummary.to_schema().columns)


def check_profile(found):
    """Hold a package against the rules of Data Package 2.0, Data Resource and Table Schema."""
    assert found["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert re.fullmatch(r"[a-z0-9._-]+", found["name"])
    assert found["resources"]
    assert all({"name", "path"} & set(licence) for licence in found["licenses"])
    assert all({"title", "path", "email"} & set(source) for source in found["sources"])
    assert all(re.match("https?://", source.get("path", "https://")) for source in found["sources"])
    assert all(isinstance(person["roles"], list) and person["title"] for person in found["contributors"])
    names = [resource["name"] for resource in found["resources"]]
    assert len(set(names)) == len(names)
    for resource in found["resources"]:
        assert not resource["path"].startswith(("/", ".", "~")), "a path leads nowhere but below"
        assert "/../" not in resource["path"] and "\\" not in resource["path"] and "://" not in resource["path"]
        assert re.fullmatch(r"sha256:[0-9a-f]{64}", resource["hash"])
        assert isinstance(resource["bytes"], int)
        for field in resource.get("schema", {"fields": []})["fields"]:
            assert field["type"] in KINDS
            assert all(field.get(name, "x") for name in ("unit", "description"))
        fields = [field["name"] for field in resource.get("schema", {"fields": []})["fields"]]
        assert len(set(fields)) == len(fields)
        assert set(resource.get("schema", {}).get("primaryKey", [])) <= set(fields)
        assert ("schema" in resource) == (resource.get("type") == "table")


def test_a_package_of_every_table_keeps_to_the_profile():
    files = [File(f"{name}.parquet", "ab" * 32, 1) for name in RESULTS]
    files += [File(path, "ab" * 32, 1) for path in PLAIN if path != "run.yaml"]
    files += [File(f"schemes/task53/{name}.parquet", "ab" * 32, 1) for name in ("draws", "paths", "places")]
    found = package([*files, File("run.yaml", "cd" * 32, 9)])
    check_profile(found)
    assert len(found["resources"]) == len(files) + 1
    assert "created" not in found
    assert found["run"] == FACTS


def test_every_table_without_a_contract_is_named():
    with pytest.raises(DataError) as caught:
        package([File("riddle.parquet", "", 1), File("schemes/x/puzzle.parquet", "", 1)])
    assert [fault.place for fault in caught.value.faults] == ["riddle.parquet", "schemes/x/puzzle.parquet"]


def test_every_table_that_a_rule_writes_has_a_contract(root):
    text = "\n".join(path.read_text(encoding="utf-8") for path in (root / "workflow/rules").glob("*.smk"))
    written = set(
        re.findall(r'"data/results/\{+scenario\}+/([^"{]+\.parquet|schemes/\{scheme\}/[^"]+\.parquet)"', text)
    )
    assert len(written) > 50
    assert sorted(path for path in written if model_of(path) is None) == []


def test_a_key_of_one_column_and_words_of_a_column():
    schema = table_schema(column_entries("accounts", Accounts))
    assert schema["primaryKey"] == ["scheme", "flow", "account"]
    assert table_schema(column_entries("profiles", model_named("profiles")))["primaryKey"] == ["profile_id"]


def test_a_run_is_cited_by_scenario_and_revision(voices):
    assert "default" in citation(RUN, "default", voices["sv"])
    assert "code 0123456789abcdef" in citation(RUN, "default", voices["en"])
    with pytest.raises(DataError, match="code_digest"):
        citation({}, "default", voices["sv"])


def test_the_citation_file_keeps_to_its_form(root):
    """Required keys and types of the Citation File Format 1.2.0."""
    found = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    assert found["cff-version"] == "1.2.0"
    assert all(isinstance(found[key], str) and found[key] for key in ("message", "title", "version", "license"))
    assert found["type"] in ("software", "dataset")
    assert all("name" in author for author in found["authors"])
    report = found["references"][0]
    assert {"type", "title", "authors"} <= set(report)
    assert (report["number"], report["type"]) == ("2026:45", "report")
    assert found["authors"][0]["name"] in (root / "LICENSE").read_text(encoding="utf-8")
    assert f'version = "{found["version"]}"' in (root / "pyproject.toml").read_text(encoding="utf-8")


def load_main(root):
    spec = importlib.util.spec_from_file_location("take_away", root / "workflow/scripts/take_away.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.main


COMMITTED_FILES = [Path("data/reference/households.csv"), Path("data/policy/se/none.yaml")]


@pytest.fixture
def given(root, tmp_path, few, monkeypatch):
    monkeypatch.chdir(root)
    folder = tmp_path / "results"
    paths = {}
    for name in (*BOOK, NAMES):
        if name in COMMITTED:
            paths[name] = root / ("data/assumptions" if name == "parameters" else "data/evidence") / f"{name}.csv"
            continue
        path = folder / f"{name}.parquet"
        write_table(few[name], path, model_named(name))
        paths[name] = [path] if name in ONCE_MADE else path
    recorded = {path.name: file_digest(path) for path in folder.glob("*.parquet") if path.stem in RESULTS}
    digests = {path.as_posix(): file_digest(path) for path in COMMITTED_FILES}
    told = RUN | {"results": recorded, "committed_inputs": digests}
    (folder / "run.yaml").write_text(yaml.safe_dump(told), encoding="utf-8")
    (folder / "schemes").mkdir()
    for name in ("lineage.json", "designer.npz", "schemes/without.npz"):
        (folder / name).write_text(name, encoding="utf-8")
    return paths | {
        "run": folder / "run.yaml",
        "lineage": folder / "lineage.json",
        "arrays": [folder / "designer.npz", folder / "schemes/without.npz"],
        "committed": COMMITTED_FILES,
        "raw": [],
        "inputs_root": str(tmp_path),
        "readme": root / "data/README.md",
        "descriptors": [root / "data/sources/mimer_fcr.yaml"],
        "text": sorted((root / "reports/text").rglob("*.po")),
        "workbook": tmp_path / "v2x_default.xlsx",
        "package": tmp_path / "datapackage.json",
        "settings": fixtures.demo_settings().model_dump(mode="json"),
        "scenario": "default",
    }


def test_the_job_writes_both_and_the_same_bytes_again(root, given):
    main = load_main(root)
    main(**given)
    first = given["workbook"].read_bytes(), given["package"].read_bytes()
    book, found = openpyxl.load_workbook(given["workbook"]), json.loads(first[1])
    assert "headlines" in book.sheetnames
    check_profile(found)
    by_path = {resource["path"]: resource for resource in found["resources"]}
    assert by_path["accounts.parquet"]["hash"] == f"sha256:{file_digest(given['accounts'])}"
    assert by_path["accounts.parquet"]["bytes"] == given["accounts"].stat().st_size
    assert any(source.get("use", "").startswith("mimer_fcr") for source in found["sources"])
    main(**given)
    assert (given["workbook"].read_bytes(), given["package"].read_bytes()) == first


def test_the_package_is_the_whole_record_of_the_run(root, given):
    """Read back, it agrees with run.yaml; each file that was read has its digest, and its licence where it is known."""
    load_main(root)(**given)
    text = given["package"].read_text(encoding="utf-8")
    assert record_faults(read_package(text, "x"), yaml.safe_load(given["run"].read_text(encoding="utf-8"))) == []
    found = json.loads(text)
    law, table = found["run"]["inputs"]
    assert (table["path"], table["place"], table["kind"]) == ("data/reference/households.csv", "repository", "table")
    assert table["licence"].startswith("SCB open data (CC0)") and table["source"].startswith("Statistics Sweden")
    assert table["hash"] == f"sha256:{file_digest(root / 'data/reference/households.csv')}"
    assert (law["path"], law["kind"]) == ("data/policy/se/none.yaml", "law")
    assert {"run.yaml", "lineage.json", "designer.npz", "schemes/without.npz"} <= {
        each["path"] for each in found["resources"]
    }


def test_a_file_of_the_user_is_told_by_its_descriptor_and_its_sidecar(root, given, tmp_path):
    prices = tmp_path / "prices"
    prices.mkdir()
    (prices / "2024.csv").write_text("x", encoding="utf-8")
    (prices / "2024.csv.meta.yaml").write_text("publisher: Svenska kraftnät", encoding="utf-8")
    source = {"descriptor": "mimer_fcr", "pattern": "prices/*.csv"}
    settings = given["settings"] | {"inputs": given["settings"]["inputs"] | {"reserve_prices": [source]}}
    told = yaml.safe_load(given["run"].read_text(encoding="utf-8"))
    told["inputs"] = {"prices/2024.csv": file_digest(prices / "2024.csv")}
    given["run"].write_text(yaml.safe_dump(told), encoding="utf-8")
    load_main(root)(**given | {"settings": settings, "raw": [prices / "2024.csv"]})
    found = json.loads(given["package"].read_text(encoding="utf-8"))["run"]["inputs"][-1]
    assert (found["path"], found["place"], found["kind"]) == ("prices/2024.csv", "inputs", "reserve_prices")
    assert found["url"].startswith("https://mimer.svk.se") and found["licence"] and found["source"]
    assert found["sidecar"]["path"] == "prices/2024.csv.meta.yaml"
    assert found["sidecar"]["hash"] == f"sha256:{file_digest(prices / '2024.csv.meta.yaml')}"
    (prices / "2024.csv").write_text("y", encoding="utf-8")
    with pytest.raises(DataError, match=r"prices/2024\.csv: found not the recorded file"):
        load_main(root)(**given | {"settings": settings, "raw": [prices / "2024.csv"]})


def test_a_table_that_is_not_as_recorded_is_a_fault(root, given, few):
    write_table(few["accounts"].iloc[1:], given["accounts"], Accounts)
    given["local_grid"].rename(given["local_grid"].with_suffix(".gone"))
    given["local_grid"] = given["local_grid"].with_suffix(".gone")
    with pytest.raises(DataError) as caught:
        load_main(root)(**given)
    assert {fault.place for fault in caught.value.faults} == {"accounts.parquet", "local_grid.parquet"}


def test_a_table_more_or_less_is_a_mistake_of_the_rule(root, given):
    with pytest.raises(TypeError, match="accounts"):
        load_main(root)(**{name: path for name, path in given.items() if name != "accounts"})


def test_a_scenario_without_use_cases_has_no_such_sheet(few, voices):
    empty = {**few, "use_cases": few["use_cases"].iloc[:0]}
    assert "use_cases" not in openpyxl.load_workbook(io.BytesIO(built(empty, voices))).sheetnames
