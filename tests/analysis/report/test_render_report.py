"""The script: reads every table by its schema, writes every page and the drawing library beside them."""

import importlib.util
import re

import pandas as pd
import pytest

from analysis.errors import DataError
from analysis.io import write_arrays, write_table
from analysis.report.addresses import PAGE_FILES
from analysis.report.results import ONCE_MADE, TABLES
from analysis.schemas.use_cases import UseCaseValues
from tests.analysis.report import report_fixtures as fixtures
from tests.analysis.report.designer_fixtures import demo_designer
from tests.analysis.report.lineage_fixtures import demo_lineage

COMPARISON = pd.DataFrame(
    {
        "year": [2025], "price_area": ["SE3"], "embedded_year": [2025], "is_calibrated": [True], "seed": [1],
        "is_within_15_pct": [True], "seeds_count": [5], "seeds_within_15_pct_count": [5],
        "real_grid_value_sek_per_year": [500.5], "embedded_grid_value_sek_per_year": [510.5],
        "ratio_grid_value_pu": [1.02], "price_source": ["x"], "reserve_source": ["y"],
    }
)  # fmt: skip


def load_main(root):
    spec = importlib.util.spec_from_file_location("render_report", root / "workflow/scripts/render_report.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.main


def own_scheme(folder):
    path = folder / "none.yaml"
    path.write_text(
        "scheme: none\nlabel: {sv: Ett eget namn, en: A name of its own}\ncomponents: []\n", encoding="utf-8"
    )
    return path


def told(given, page):
    """A page that was written."""
    return (given["library"].parent.parent / page).read_text(encoding="utf-8")


@pytest.fixture
def given(root, tmp_path):
    results = fixtures.demo_results()
    paths = {name: tmp_path / f"{name}.parquet" for name in (*TABLES, "geometry", "area_geometry")}
    for name, model in TABLES.items():
        write_table(getattr(results, name), paths[name], model)
    results.geometry.to_parquet(paths["geometry"])
    results.area_geometry.to_parquet(paths["area_geometry"])
    COMPARISON.to_csv(tmp_path / "comparison.csv", index=False)
    (tmp_path / "run.yaml").write_text(
        "seed: 1\ncode_digest: 0f0f0f0f0f0f0f0f\nlibraries: {pandas: '3'}\n", encoding="utf-8"
    )
    (tmp_path / "lineage.json").write_text(demo_lineage(), encoding="utf-8")
    write_arrays(demo_designer().arrays, tmp_path / "designer.npz")
    return paths | {
        "parameters": root / "data/assumptions/parameters.csv",
        "price_year_comparison": tmp_path / "comparison.csv",
        "driving_data": root / "data/evidence/driving_data.csv",
        "plug_in_validation": root / "data/evidence/plug_in_validation.csv",
        "profile_evidence": root / "data/evidence/profile_evidence.csv",
        "availability_correlation": root / "data/evidence/availability_correlation.csv",
        "availability_fleets": root / "data/evidence/availability_fleets.csv",
        "foresight": root / "data/evidence/foresight.csv",
        "use_case_check": root / "data/evidence/use_case_check.csv",
        **{name: [] for name in ONCE_MADE},
        "erosion_fit": root / "data/evidence/erosion_fit.csv",
        "level_check": root / "data/evidence/level_check.csv",
        "reserve_collapse": root / "data/evidence/reserve_collapse.csv",
        "run": tmp_path / "run.yaml",
        "lineage": tmp_path / "lineage.json",
        "text": sorted((root / "reports/text").rglob("*.po")),
        "templates": sorted(
            path for name in ("templates", "theme", "vendor") for path in (root / "reports" / name).glob("*.*")
        ),
        "schemes": [
            own_scheme(tmp_path),
            *(root / f"data/policy/se/{name}.yaml" for name in list(fixtures.SCHEMES)[1:]),
        ],
        "pages": [tmp_path / "build" / name for name in PAGE_FILES],
        "evidence": root / "data/evidence/evidence.csv",
        "evidence_moves": root / "data/evidence/evidence_moves.csv",
        "evidence_cases": root / "data/evidence/cases.csv",
        "published_results": root / "data/reference/published_results.csv",
        "peer_check": root / "data/evidence/peer_check.csv",
        "weighed_table": tmp_path / "build/assets/evidence.csv",
        "broken_cases": root / "data/evidence/broken_cases.csv",
        "designer": tmp_path / "designer.npz",
        "designer_check": root / "data/evidence/designer_check.csv",
        "family": root / "data/policy/se/task53.yaml",
        "library": tmp_path / "build/assets/plotly-cartesian.min.js",
        "places": tmp_path / "build/assets/municipality_profiles.csv",
        "figure_data": tmp_path / "build/data",
        "settings": fixtures.demo_settings().model_dump(mode="json"),
        "scenario": "default",
        "process_count": 2,
    }


def test_writes_every_page_and_the_library(root, given):
    main = load_main(root)
    main(**given)
    assert all(path.exists() for path in given["pages"])
    assert "Ett eget namn" in told(given, "schemes.html")
    assert "A name of its own" in told(given, "en/schemes.html")
    assert "snakemake data/results/default/use_cases.parquet" in told(given, "en/value.html"), "the page says how"
    assert f'href="assets/{given["places"].name}"' in told(given, "profiles.html")
    taken = pd.read_csv(given["places"], dtype={"municipality_code": str})
    counts = fixtures.demo_results().profile_counts
    assert len(taken) == len(counts)
    assert taken["vehicle_published_count"].sum() == counts["vehicle_published_count"].sum()
    assert "vehicle_count" not in taken
    assert set(taken["municipality_code"]) == set(counts["municipality_code"])
    assert given["library"].stat().st_size > 1_000_000
    rows = pd.read_csv(given["figure_data"] / "feeder.csv")
    assert sorted(rows["peak_import_kw"]) == sorted(fixtures.demo_results().local_grid["peak_import_kw"])
    weighed = pd.read_csv(given["weighed_table"])
    assert len(weighed) == len(pd.read_csv(given["evidence"]))
    for name, there in (("evidence.html", "en/evidence.html"), ("en/evidence.html", "../assets/evidence.csv")):
        page = told(given, name)
        assert page.count('<li class="row"') == len(weighed)
        assert f'href="{there}"' in page
    before = [path.read_bytes() for path in given["pages"]]
    main(**given)
    assert [path.read_bytes() for path in given["pages"]] == before


def test_the_brief_is_one_file_that_can_be_mailed(root, given):
    load_main(root)(**given)
    for name in ("brief.sv.html", "brief.en.html"):
        page = told(given, name)
        assert len(page.encode("utf-8")) <= 6_000_000
        own = page.replace(given["library"].read_text(encoding="utf-8"), "")
        assert re.findall(r'(?:href|src)="(?!#|data:)[^"]*"', own) == []


def test_use_cases_are_shown_once_they_are_made(root, given, tmp_path):
    path = tmp_path / "use_cases.parquet"
    write_table(fixtures.demo_results().use_cases, path, UseCaseValues)
    load_main(root)(**given | {"use_cases": [path]})
    page = told(given, "en/value.html")
    assert "snakemake data/results/default/use_cases.parquet" not in page
    assert "Housing association; AC 11 kW, owned by the housing association" in page


def test_tables_of_schemes_are_shown_once_they_are_made(root, given, tmp_path):
    load_main(root)(**given)
    schemes, uncertainty = (told(given, f"en/{name}.html") for name in ("schemes", "uncertainty"))
    assert 'id="paths-title"' in schemes
    assert 'id="comparison-title"' in uncertainty
    assert schemes.count("make sensitivity SCENARIO=default") == 1, "one line for both tables of the best amounts"
    assert uncertainty.count("make sensitivity SCENARIO=default") == 1
    made = {name: [tmp_path / f"{name}.parquet"] for name in ONCE_MADE}
    for name, model in ONCE_MADE.items():
        write_table(getattr(fixtures.demo_results(), name), made[name][0], model)
    load_main(root)(**given | made)
    schemes, uncertainty = (told(given, f"en/{name}.html") for name in ("schemes", "uncertainty"))
    assert "snakemake data/results" not in schemes + uncertainty
    assert "make sensitivity" not in schemes + uncertainty
    assert all(f'id="{name}-title"' in schemes for name in ("ratios", "front"))
    assert 'id="sensitivity-title"' in uncertainty


def test_a_bad_table_leaves_no_page(root, given):
    pd.DataFrame({"headline_id": ["x"]}).to_parquet(given["headlines"])
    with pytest.raises(DataError, match="headlines"):
        load_main(root)(**given)
    assert not any(path.exists() for path in given["pages"])
