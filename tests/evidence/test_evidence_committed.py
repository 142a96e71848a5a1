"""The committed tables: whole, in their contracts, and what the code gives."""

import importlib.util
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from analysis.evidence.cases import chargers, warranty
from analysis.evidence.laboratory import Laboratory
from analysis.evidence.registry import ALL_CASES
from analysis.evidence.tables import CONTRACTS
from analysis.evidence.weigh import weigh
from analysis.io import read_csv_table
from analysis.schemas.evidence import Evidence, EvidenceMoves
from tests.conftest import ROOT

AREAS = ("SE1", "SE2", "SE3", "SE4")


@pytest.fixture(scope="module")
def evidence() -> pd.DataFrame:
    return read_csv_table(ROOT / "data/evidence/evidence.csv", Evidence)


@pytest.fixture(scope="module")
def moves() -> pd.DataFrame:
    return read_csv_table(ROOT / "data/evidence/evidence_moves.csv", EvidenceMoves)


def test_every_published_result_is_there(evidence: pd.DataFrame, published: pd.DataFrame) -> None:
    assert evidence["published_id"].tolist() == published["id"].tolist()
    kinds = {case.published_id: case.kind for case in ALL_CASES}
    assert dict(zip(evidence["published_id"], evidence["case_kind"], strict=True)) == {
        name: kinds.get(name, "none") for name in published["id"]
    }


def test_moves_are_of_misses_and_explain_what_is_explained(evidence: pd.DataFrame, moves: pd.DataFrame) -> None:
    missed = evidence[evidence["knob_count"] > 0]
    assert set(moves["published_id"]) == set(missed["published_id"])
    assert set(missed["verdict"]) <= {"within_spread", "explained", "not_reproducible"}
    moved = missed["published_id"].isin(moves.loc[moves["is_inside"], "published_id"])
    assert (missed.loc[moved, "verdict"] != "not_reproducible").all()
    assert (missed.loc[~moved, "verdict"] != "explained").all()
    counted = moves.groupby("published_id")["knob"].nunique()
    assert counted.to_dict() == missed.set_index("published_id")["knob_count"].to_dict()


def test_cases_without_prices_come_out_as_committed(
    evidence: pd.DataFrame, laboratory: Laboratory, published: pd.DataFrame
) -> None:
    cases = (*chargers.CASES, *warranty.CASES)
    ids = [case.published_id for case in cases]
    again, _ = weigh(cases, published, laboratory)
    columns = ["verdict", "ours_low", "ours_central", "ours_high", "best_knob", "ours_at_best"]
    first, second = (table.set_index("published_id").loc[ids, columns] for table in (evidence, again))
    pd.testing.assert_frame_equal(first, second, check_dtype=False, rtol=1e-5)


SPEAKING = frozenset(case.published_id for case in ALL_CASES if not (case.is_transfer or case.is_calibration))
"""Cases that are run again with every knob; of the others, which are most of the work, only our own number is."""


def script(name: str):
    spec = importlib.util.spec_from_file_location(name, ROOT / "workflow/scripts" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.real
@pytest.mark.slow
def test_every_number_of_ours_comes_out_as_committed(
    real_root: Path, evidence: pd.DataFrame, moves: pd.DataFrame, laboratory: Laboratory, tmp_path: Path
) -> None:
    prices, charging, charged = real_root / "prices", real_root / "charging", "Dataset_1_EV_charging_reports.csv"
    nordic = [f"entsoe/{area}_{year}_entsoe.csv" for area in AREAS for year in (2019, 2020, 2021, 2023)]
    swedish = [f"elprisetjustnu/{area}/{year}.csv" for area in AREAS for year in (2024, 2025)]
    quotes = {f"{name}_quotes": tmp_path / f"{name}.parquet" for name in ("day_ahead", "reserve")}
    script("read_published_prices").main(
        elprisetjustnu_day_ahead=[prices / name for name in swedish],
        entsoe_day_ahead=[prices / name for name in nordic],
        mimer_fcr=[real_root / f"reserves/fcr_mimer/{year}.csv" for year in (2021, 2023, 2024, 2025)],
        inputs_root=str(real_root), published_files=tmp_path / "files.parquet", **quotes,
    )  # fmt: skip
    tables = {name: next(ROOT.glob(f"data/*/{name}.csv")) for name in CONTRACTS if name not in quotes}
    tables["grid_tariffs"] = [tables["grid_tariffs"], ROOT / "data/assumptions/grid_tariff_archetypes.csv"]
    ends = {"evidence": tmp_path / "evidence.csv", "moves": tmp_path / "moves.csv"}
    weighing = script("weigh_evidence")
    weighing.ALL_CASES = [case if case.published_id in SPEAKING else replace(case, knobs=()) for case in ALL_CASES]
    weighing.main(
        **quotes, **tables, **ends, laws=sorted((ROOT / "data/policy/se").glob("*.yaml")),
        norway12_sessions=charging / "norway12/norway12_Dataset1_charging_reports.csv",
        trondheim_sessions=charging / "trondheim_risvollan" / charged,
        settings=laboratory.settings.model_dump(mode="json"), process_count=2,
    )  # fmt: skip
    again = read_csv_table(ends["evidence"], Evidence)
    is_whole = evidence["published_id"].isin(
        SPEAKING | set(evidence.loc[evidence["case_kind"] == "none", "published_id"])
    )
    moved = ["verdict", "knob_count", "best_knob", "best_setting", "ours_at_best"]
    close = {"check_dtype": False, "rtol": 1e-3, "atol": 1e-6}
    pd.testing.assert_frame_equal(evidence[is_whole], again[is_whole], **close)
    pd.testing.assert_frame_equal(evidence.drop(columns=moved), again.drop(columns=moved), **close)
    spoken = moves[moves["published_id"].isin(SPEAKING)].reset_index(drop=True)
    pd.testing.assert_frame_equal(spoken, read_csv_table(ends["moves"], EvidenceMoves), **close)
