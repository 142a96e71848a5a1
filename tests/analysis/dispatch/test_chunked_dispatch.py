"""Seven cars shared out to one, two, three or seven jobs: the gathered tables are the same to the byte."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.dispatch.chunks import sample_of_part
from analysis.dispatch.offers import gather_offers
from analysis.errors import DataError
from analysis.io import write_table
from tests.analysis.dispatch import test_values as two_cars

GATHERED = ("dispatch_values", "capability_hours", "infeasible_cars", "sample", "offers")
COUNTS = (1, 2, 3, 7)


def seven_cars() -> dict[str, pd.DataFrame]:
    """Seven cars that drive unlike distances; the battery of the fifth cannot hold the energy its user keeps."""
    tables = two_cars._tables()
    many = dict(tables)
    for name in ("representative_weeks", "availability_weeks"):
        tables[name] = many[name] = tables[name][tables[name]["week_id"] == "2024-W03"].reset_index(drop=True)
    for name in ("vehicles", "dispatch_sample", "availability_weeks"):
        first = tables[name][tables[name]["vehicle_id"] == "a"]
        many[name] = pd.concat([first.assign(vehicle_id=f"c{at}") for at in range(7)], ignore_index=True)
    number = many["availability_weeks"]["vehicle_id"].str[1:].astype(float)
    many["availability_weeks"]["driving_dc_kwh"] *= 0.7 + 0.1 * number
    many["dispatch_sample"]["weight"] = [0.1, 0.2, 0.3, 0.7, 0.1, 0.9, 0.6]
    many["vehicles"]["battery_usable_kwh"] = [60.0, 61.0, 62.0, 63.0, 1.0, 64.0, 65.0]
    return many


def scope_of(run: dict) -> dict:
    levels = [level for level in run["scope"]["reserve_levels"] if level["level_id"] in ("full", "none")]
    run["scope"] |= {"charger_options": ["ac_11"], "reserve_levels": levels}
    return run


@pytest.fixture(scope="module")
def by_count(root: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[int, dict[str, bytes]]:
    folder = tmp_path_factory.mktemp("chunks")
    tables, raw = seven_cars(), two_cars.yaml.safe_load((root / "workflow/config/default.yaml").read_text("utf-8"))
    raw["scope"] |= {"price_areas": ["SE3"], "price_years": [2024]}
    given_tables = {name: folder / f"{name}.parquet" for name in two_cars.SCHEMAS}
    for name, schema in two_cars.SCHEMAS.items():
        write_table(tables[name], given_tables[name], schema)
    data = root / "data"
    common = dict(
        **given_tables, parameters=data / "assumptions/parameters.csv", tariffs=data / "assumptions/tariffs.csv",
        market_facts=data / "reference/market_facts.csv", price_area="SE3", price_year=2024, settings=scope_of(raw),
        grid_tariffs=[data / "reference/grid_tariffs.csv", data / "assumptions/grid_tariff_archetypes.csv"],
    )  # fmt: skip
    dispatch, summarise, gather = (
        two_cars._script(root, name).main for name in ("dispatch_vehicles", "summarise_dispatch", "gather_offers")
    )
    found = {}
    for count in COUNTS:
        home = folder / str(count)
        parts = [f"_{number}of{count}" for number in range(1, count + 1)] if count > 1 else [""]
        made = [
            {kind: home / f"SE3{part}_{kind}.parquet" for kind in ("values", "capability", "infeasible", "offers")}
            for part in parts
        ]
        for part, paths in zip(parts, made, strict=True):
            dispatch(**common, **paths, part=part)
        target = {name: home / f"{name}.parquet" for name in GATHERED}
        lists = {kind: [paths[kind] for paths in made] for kind in ("values", "capability", "infeasible")}
        summarise(**lists, dispatch_sample=given_tables["dispatch_sample"], **{n: target[n] for n in GATHERED[:4]})
        offers = target["offers"] if count > 1 else made[0]["offers"]
        if count > 1:
            cars = [paths["offers"] for paths in made]
            gather(car_offers=cars, dispatch_sample=given_tables["dispatch_sample"], offers=offers)
        found[count] = {name: (offers if name == "offers" else target[name]).read_bytes() for name in GATHERED}
    return found


@pytest.mark.parametrize("count", COUNTS[1:])
@pytest.mark.parametrize("name", GATHERED)
def test_the_number_of_chunks_moves_no_byte(by_count: dict[int, dict[str, bytes]], name: str, count: int) -> None:
    """The car without a schedule is alone in its chunk when there are seven."""
    assert by_count[count][name] == by_count[1][name]


def test_chunks_are_neighbours_and_leave_none_out() -> None:
    sample = pd.DataFrame({"vehicle_id": list("gabcdef"), "weight": 1.0})
    parts = [sample_of_part(sample, f"_{number}of3")["vehicle_id"].tolist() for number in (1, 2, 3)]
    assert parts == [["a", "b", "c"], ["d", "e"], ["f", "g"]]
    assert sample_of_part(sample, "") is sample
    for part in ("_0of3", "_4of3", "_1of8"):
        with pytest.raises(ValueError, match="a chunk holds at least one"):
            sample_of_part(sample, part)


@settings(max_examples=20, deadline=None)
@given(cars=st.integers(1, 15), data=st.data())
def test_every_car_is_in_one_chunk(cars: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(1, cars))
    sample = pd.DataFrame({"vehicle_id": [f"v{at:03}" for at in range(cars)]})
    parts = [sample_of_part(sample, f"_{number}of{count}") for number in range(1, count + 1)]
    assert pd.concat(parts, ignore_index=True).equals(sample)
    sizes = [len(part) for part in parts]
    assert max(sizes) - min(sizes) <= 1


def offers(vehicle_id: str, kw: list[float]) -> pd.DataFrame:
    products = ("fcr_n", "fcr_d_up", "fcr_d_down", "afrr_up", "afrr_down", "mfrr_up", "mfrr_down")
    steps = pd.date_range("2024-01-15", periods=len(kw), freq="h", tz="UTC").as_unit("us")
    frame = pd.DataFrame({"price_area": "SE3", "price_year": 2024, "reserve_level_id": "full", "week_id": "2024-W03",
                          "interval_start_utc": steps, "weight": 2.0, "vehicle_id": vehicle_id})  # fmt: skip
    return frame.assign(**{f"{name}_kw": kw for name in products})


def test_two_cars_by_hand() -> None:
    """Weights 1 and 3, 2 kW and 6 kW: (1 * 2 + 3 * 6) / 4 = 5 kW; and 0 kW and 4 kW: 3 kW."""
    chunks = [offers("a", [2.0, 0.0]), offers("b", [6.0, 4.0])]
    found = gather_offers(chunks, {"a": 1.0, "b": 3.0})
    assert found["fcr_n_kw"].tolist() == [5.0, 3.0]
    assert found["mfrr_down_kw"].tolist() == [5.0, 3.0]
    assert "vehicle_id" not in found
    assert gather_offers([chunks[0].iloc[:0]], {}).empty


def test_cars_of_other_steps_are_named() -> None:
    chunks = [offers("a", [2.0, 0.0]), offers("b", [6.0]), offers("c", [1.0, 2.0, 3.0])]
    with pytest.raises(DataError) as error:
        gather_offers(chunks, dict.fromkeys("abc", 1.0))
    assert [fault.place for fault in error.value.faults] == ["car offers b", "car offers c"]
    assert np.isfinite(gather_offers(chunks[:1], {"a": 1.0})["fcr_n_kw"]).all()
