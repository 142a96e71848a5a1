"""The check against other models: what is given to them, by hand; the committed table; what can be run again."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from analysis.io import read_csv_table
from analysis.schemas.peer_check import PEERS, PeerCheck
from tests.conftest import ROOT
from workflow.bench_dispatch import Years
from workflow.peers import peer_check
from workflow.peers.peer_check import Drives, linopy_rows, sold_weeks, table_of, week_inputs


@pytest.fixture(scope="module")
def committed() -> pd.DataFrame:
    return read_csv_table(ROOT / "data/evidence/peer_check.csv", PeerCheck)


@pytest.fixture(scope="module")
def years() -> Years:
    return Years(ROOT)


@pytest.fixture(scope="module")
def drives(years: Years) -> Drives:
    return Drives(years)


def test_every_peer_and_every_side_is_there(committed: pd.DataFrame) -> None:
    assert set(committed["peer"]) == set(PEERS)
    text = (ROOT / "data/evidence/peer_check.README.md").read_text(encoding="utf-8")
    for peer, peer_version in committed[["peer", "peer_version"]].drop_duplicates().to_numpy():
        assert f"{peer} {peer_version}".lower() in text.lower()
        assert peer == "linopy" or (ROOT / f"workflow/peers/{peer}_side.py").is_file()


def test_dispatch_agrees_with_the_other_formulation_everywhere(committed: pd.DataFrame) -> None:
    by_linopy = committed[committed["peer"] == "linopy"]
    assert len(by_linopy) == 12
    assert by_linopy["is_within"].all()


def test_what_goes_beyond_its_tolerance_is_what_the_readme_explains(committed: pd.DataFrame) -> None:
    beyond = set(committed.loc[~committed["is_within"], "measure"])
    assert beyond == {
        "energy_charged_from_17_to_21", "stored_mean_as_it_reads_efficiency", "calendar_loss", "cycling_loss",
    }  # fmt: skip


def small(drives: Drives) -> Drives:
    """One car that leaves home at 8:10 for 40 minutes and 30 km, and comes back from 17:00 to 17:05."""
    own = Drives.__new__(Drives)
    own.parameters = drives.parameters
    calendar = SimpleNamespace(
        vehicle_index=np.array([0, 0]), depart_min=np.array([490.0, 1020.0]), arrive_min=np.array([530.0, 1025.0]),
        energy_dc_kwh=0.17 * np.array([30.0, 2.0]), is_from_home=np.array([True, False]),
        is_to_home=np.array([False, True]),
    )  # fmt: skip
    own.year = SimpleNamespace(calendar=calendar)
    return own


def test_blocks_are_quarters_and_none_is_lost(drives: Drives) -> None:
    """33 quarters at home, 2 on the road (495 to 525), 33 away (to 1020), one on the road for five minutes."""
    blocks = small(drives).blocks(0)
    assert [block["state"] for block in blocks] == ["home", "driving", "away", "driving", "home"]
    assert [block["steps"] for block in blocks] == [33, 2, 33, 1, 4 * 7 * 96 - 69]
    assert [block["km"] for block in blocks] == pytest.approx([0, 30, 0, 2, 0])
    assert [block["minutes"] for block in blocks] == [0, 40, 0, 5, 0]


def test_stays_keep_their_minutes(drives: Drives) -> None:
    stays = small(drives).stays(0)
    assert [(each["from"], each["to"], each["is_home"]) for each in stays] == [
        (0, 490, True), (530, 1020, False), (1025, 40_320, True),
    ]  # fmt: skip
    assert [each["km_before"] for each in stays] == pytest.approx([0, 30, 2])


def test_cars_that_are_given_away_never_charge_on_the_road(drives: Drives) -> None:
    assert len(drives.cars) == 6
    for car in drives.cars:
        blocks = drives.blocks(car)
        steps = sum(block["steps"] for block in blocks)
        driven = drives.year.calendar.energy_dc_kwh[drives.year.calendar.vehicle_index == car].sum()
        assert sum(block["kwh"] for block in blocks) == pytest.approx(driven)
        assert steps == pytest.approx(4 * 7 * 96, abs=2)
        assert drives.least_kwh(car).max() <= drives.window_kwh[car] + 1e-9


def test_our_side_comes_out_as_committed(committed: pd.DataFrame, drives: Drives) -> None:
    """What the peers were held against is what the code gives today."""
    ours = committed.set_index(["measure", "subject"])["ours"]
    for car in drives.cars:
        name = drives.year.diaries.vehicle_ids[car]
        assert ours["least_energy_before_a_trip", name] == pytest.approx(drives.least_kwh(car).mean(), rel=1e-6)
        charged = drives.plugged.charge_dc_kwh[car].sum()
        assert ours["battery_energy_charged_at_once", name] == pytest.approx(charged, rel=1e-6)


def test_a_replayed_week_holds_its_own_balance(years: Years) -> None:
    """What EV2Gym is given, added up by hand, ends where our schedule ends."""
    weeks = sold_weeks(years)
    given = week_inputs(years, weeks)
    for week, schedule in zip(given["weeks"], weeks, strict=True):
        charge, discharge, driven = (np.sum(week[name]) for name in ("charge_kw", "discharge_kw", "driving_kwh"))
        end = week["start_kwh"] + 0.93 * charge - discharge / 0.93 - driven
        assert end == pytest.approx(schedule.state_kwh[-1], abs=1e-6)


@pytest.mark.slow
def test_linopy_finds_the_committed_costs_again(
    committed: pd.DataFrame, years: Years, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peer_check, "WEEK_SEEDS", (3,))
    again = table_of({"linopy": ("any", "any", list(linopy_rows(years)))})
    assert again["is_within"].all()
    before = committed[committed["peer"] == "linopy"].set_index("subject")["theirs"]
    for subject, theirs in again[["subject", "theirs"]].to_numpy():
        assert theirs == pytest.approx(before[subject], rel=1e-6)
