"""Values between reserve price levels are held against solved ones: exact on the design, below the solved beside it."""

import pandas as pd
import pytest

from analysis.io import check_table, normalise, read_csv_table
from analysis.potential.level_check import HELD_OUT, level_check
from analysis.schemas.level_check import LevelCheck
from tests.analysis.potential.conftest import offered

SHARES = {"SE3": 1.0}


@pytest.fixture(scope="module")
def solved_everywhere(dispatch_values):
    """The made cars of the design, solved at the held-out levels too."""
    reserve = dispatch_values[dispatch_values["strategy"] == "grid_reserve"]
    one_level = reserve[reserve["reserve_level_id"] == "full"]
    parts = [reserve]
    for level in HELD_OUT:
        kw_n, kw_d, gain = offered(level.fcr_n_pu, level.fcr_d_pu)
        size = one_level["vehicle_id"].map({"a": 1.0, "b": 0.5})
        parts.append(
            one_level.assign(
                reserve_level_id=level.level_id, fcr_n_mean_kw=size * kw_n, fcr_d_up_mean_kw=size * kw_d,
                net_value_over_smart_sek=size * gain, fcr_n_revenue_sek=size * 470 / 0.36 * level.fcr_n_pu * kw_n,
                fcr_d_up_revenue_sek=size * 284 / 0.36 * level.fcr_d_pu * kw_d,
            )
        )  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def test_every_level_is_told_and_lies_below_what_is_solved(solved_everywhere, sample, run_settings):
    designed = run_settings.scope.reserve_levels
    found = level_check(solved_everywhere, sample, SHARES, ["ac_11"], [2024, 2025], designed, 0.36)
    check_table(normalise(found), LevelCheck, "test")
    assert len(found) == 2 * len(HELD_OUT)
    # schedules that can be run are never worth more than the best; the smoothing of 50 SEK a car stays below it too
    assert (found["between_sek"] <= found["solved_sek"] + 1e-6).all()
    assert found.loc[found["reserve_level_id"] == "n100_d000", "error_pu"].iloc[0] < -0.02


def test_a_design_that_holds_the_levels_leaves_less_error(solved_everywhere, sample, run_settings):
    few = run_settings.scope.reserve_levels
    rough, fine = (
        level_check(solved_everywhere, sample, SHARES, ["ac_11"], [2024], levels, 0.36).set_index("reserve_level_id")
        for levels in (few, (*few, *HELD_OUT))
    )
    assert fine["error_pu"].abs().max() < rough["error_pu"].abs().max()
    assert fine.loc["n100_d000", "error_pu"] > rough.loc["n100_d000", "error_pu"]


def test_held_out_levels_are_not_designed(run_settings):
    designed = {(level.fcr_n_pu, level.fcr_d_pu) for level in run_settings.scope.reserve_levels}
    assert designed.isdisjoint({(level.fcr_n_pu, level.fcr_d_pu) for level in HELD_OUT})


def test_committed_evidence_says_what_its_readme_says(root):
    """Value is a lower bound; on the path it misses 1-6 %, in the corner of FCR-N alone 16 and 35 %."""
    table = read_csv_table(root / "data/evidence/level_check.csv", LevelCheck)
    assert set(table["reserve_level_id"]) == {level.level_id for level in HELD_OUT}
    assert (table["error_pu"] <= 0).all()
    corner = table["reserve_level_id"] == "n100_d000"
    assert table.loc[~corner, "error_pu"].min() > -0.065
    assert sorted(table.loc[corner, "error_pu"].round(2)) == [-0.35, -0.16]
