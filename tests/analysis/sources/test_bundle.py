"""The inputs of a run: scope, publishers, declared files; and the two scripts from end to end on small files."""

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import pytest

from analysis.errors import ConfigError, DataError
from analysis.io import read_table
from analysis.schemas.dropped_rows import DroppedRows
from analysis.schemas.market import DayAheadPrices, ReservePrices
from analysis.schemas.mobility import Sessions
from analysis.settings.load import load_settings
from analysis.settings.model import Settings
from analysis.sources.bundle import day_ahead_quotes, input_files, read_tables, reserve_quotes

YEAR = 2025
LOCAL = "Europe/Stockholm"


def script(root: Path, name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, root / "workflow" / "scripts" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One year of one area by elprisetjustnu, one year of reserves, a few sessions."""
    folder = tmp_path_factory.mktemp("inputs")
    stamps = pd.date_range(f"{YEAR}-01-01", f"{YEAR + 1}-01-01", freq="h", tz=LOCAL, inclusive="left")
    price = pd.DataFrame({"time_start": [stamp.isoformat() for stamp in stamps]})
    price["EUR_per_kWh"] = 0.05
    (folder / "prices" / "SE3").mkdir(parents=True)
    price.to_csv(folder / "prices" / "SE3" / f"{YEAR}.csv", index=False)
    texts = pd.Series(stamps.tz_localize(None))
    texts = texts.where(~texts.duplicated(), texts + pd.Timedelta(minutes=1)).dt.strftime("%Y-%m-%dT%H:%M:%S")
    columns = {"time_start": texts}
    for product in ("fcr_n", "fcr_d_up", "fcr_d_down"):
        columns |= {f"{product}_price_eur_mw": 20.0, f"{product}_volume_mw": 500.0}
    pd.DataFrame(columns).to_csv(folder / f"fcr_{YEAR}.csv", index=False)
    (folder / "sessions.csv").write_text(
        '"location";"user_id";"session_id";"plugin_time";"plugout_time";"connection_time";"energy_session"\n'
        '"ASK";"u1";"s1";2019-11-28 19:08:00;2019-11-29 08:20:00;13,2;19,96\n'
        '"ASK";"u1";"s2";2019-11-30 19:08:00;NA;NA;5,5\n'
    )
    return folder


@pytest.fixture
def settings(root: Path) -> dict[str, Any]:
    chosen = load_settings("default", root / "workflow" / "config").model_dump(mode="json")
    chosen["inputs"] |= {
        "bundle": "small",
        "day_ahead_prices": [{"descriptor": "elprisetjustnu_day_ahead", "pattern": "prices/*/*.csv"}],
        "reserve_prices": [{"descriptor": "mimer_fcr", "pattern": "fcr_*.csv"}],
        "sessions": [{"descriptor": "norway12_sessions", "pattern": "sessions.csv"}],
    }
    chosen["scope"] |= {"price_areas": ["SE3"], "price_years": [YEAR]}
    return chosen


def run_prices(root: Path, tmp_path: Path, settings: dict[str, Any], inputs: Path, monkeypatch: Any) -> tuple[Any, Any]:
    monkeypatch.chdir(root)
    reference, outputs = root / "data" / "reference", (tmp_path / "energy.parquet", tmp_path / "reserve.parquet")
    script(root, "build_prices").main(
        files=input_files(Settings.model_validate(settings).inputs.day_ahead_prices, inputs)
        + input_files(Settings.model_validate(settings).inputs.reserve_prices, inputs),
        price_index=root / "data" / "assumptions" / "price_index.csv",
        price_statistics=[reference / f"price_statistics{part}.csv" for part in ("", "_shapes", "_quantiles")],
        day_ahead_prices=outputs[0],
        reserve_prices=outputs[1],
        settings=settings,
        inputs_root=str(inputs),
        market_facts=reference / "market_facts.csv",
    )
    return read_table(outputs[0], DayAheadPrices), read_table(outputs[1], ReservePrices)


@pytest.mark.parametrize(("step_h", "rows"), [(1.0, 8760), (0.25, 35040)])
def test_prices_from_files(
    root: Path, tmp_path: Path, settings: dict[str, Any], inputs: Path, monkeypatch: Any, step_h: float, rows: int
) -> None:
    settings["scope"]["step_h"] = step_h
    energy, reserve = run_prices(root, tmp_path, settings, inputs, monkeypatch)
    assert (len(energy), len(reserve)) == (rows, 3 * rows)
    assert energy["price_sek_per_mwh"].unique().tolist() == pytest.approx([50 * 11.0647])
    assert set(reserve["price_sek_per_mw_h"].round(6)) == {round(20 * 11.0647, 6)}


def test_a_year_scaled_from_the_hours_of_another(
    root: Path, tmp_path: Path, settings: dict[str, Any], inputs: Path, monkeypatch: Any
) -> None:
    settings["inputs"] |= {"scaled_from_year": YEAR}
    settings["scope"] |= {"price_years": [2022]}
    energy, reserve = run_prices(root, tmp_path, settings, inputs, monkeypatch)
    assert set(energy["interval_start_utc"].dt.tz_convert("Europe/Stockholm").dt.year) == {2022}
    real_2025 = 10.6274 * 418.3 / 371.91
    assert energy["price_sek_per_mwh"].mean() == pytest.approx(129.21 * real_2025)
    means = reserve.groupby("product")["price_sek_per_mw_h"].mean() / real_2025
    assert means.to_dict() == pytest.approx({"fcr_n": 64.87, "fcr_d_up": 63.17, "fcr_d_down": 32.15})


def test_prices_from_the_generator(root: Path, tmp_path: Path, inputs: Path, monkeypatch: Any) -> None:
    chosen = load_settings("default", root / "workflow" / "config").model_dump(mode="json")
    chosen["scope"] |= {"price_areas": ["SE1", "SE4"], "price_years": [2024]}
    energy, reserve = run_prices(root, tmp_path, chosen, inputs, monkeypatch)
    assert energy.groupby("price_area").size().to_dict() == {"SE1": 8784, "SE4": 8784}
    assert set(reserve["price_area"]) == {"SE"}


def test_sessions_from_files(
    root: Path, tmp_path: Path, settings: dict[str, Any], inputs: Path, monkeypatch: Any
) -> None:
    monkeypatch.chdir(root)
    output, dropped = tmp_path / "sessions.parquet", tmp_path / "dropped_sessions.parquet"
    script(root, "build_sessions").main(
        files=[], sessions=output, dropped_sessions=dropped, settings=settings, inputs_root=str(inputs)
    )
    assert read_table(output, Sessions)["session_id"].tolist() == ["s1"]
    assert read_table(dropped, DroppedRows)[["record_id", "reason"]].to_numpy().tolist() == [["s2", "no_end"]]


def test_uncovered_area_and_year_are_named(root: Path, settings: dict[str, Any], inputs: Path) -> None:
    settings["scope"] |= {"price_areas": ["SE3", "SE4"], "price_years": [2024, YEAR]}
    run, folder = Settings.model_validate(settings), root / "data" / "sources"
    with pytest.raises(DataError) as error:
        day_ahead_quotes(run, inputs, folder=folder)
    assert "day-ahead prices SE3 2024: found 0 h; expected 8784 h" in str(error.value)
    assert "day-ahead prices SE4 2025: found 0 h; expected 8760 h" in str(error.value)
    with pytest.raises(DataError, match="reserve prices 2024"):
        reserve_quotes(run, inputs, folder=folder)


def test_descriptor_of_another_table_is_refused(root: Path, settings: dict[str, Any], inputs: Path) -> None:
    sources = Settings.model_validate(settings).inputs.reserve_prices or ()
    with pytest.raises(ConfigError, match="found table ReserveQuotes; expected DayAheadQuotes"):
        read_tables(sources, "DayAheadQuotes", inputs, folder=root / "data" / "sources")


def test_file_that_was_not_planned_is_refused(root: Path, settings: dict[str, Any], inputs: Path) -> None:
    sources = Settings.model_validate(settings).inputs.reserve_prices or ()
    with pytest.raises(DataError, match="appeared after the plan was made"):
        read_tables(sources, "ReserveQuotes", inputs, [inputs / "sessions.csv"], root / "data" / "sources")


def test_missing_patterns_are_all_named(settings: dict[str, Any], inputs: Path) -> None:
    for name in ("day_ahead_prices", "reserve_prices"):
        settings["inputs"][name][0]["pattern"] = f"none_{name}/*.csv"
    run = Settings.model_validate(settings)
    with pytest.raises(DataError, match="2 faults"):
        input_files([*(run.inputs.day_ahead_prices or ()), *(run.inputs.reserve_prices or ())], inputs)
