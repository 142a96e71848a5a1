"""The designed reserve price levels of the shipped scenarios that sell aFRR and mFRR."""

from pathlib import Path

import pytest

from analysis.settings.load import CONFIG_FOLDER, load_settings

RESTORATION = {"mimer_afrr", "mimer_mfrr_capacity"}
MOST_LEVELS = 12


@pytest.mark.parametrize("scenario", ["full", "real_2025_all_reserves"])
def test_levels_sell_restoration_and_each_is_another_point(root: Path, scenario: str) -> None:
    levels = load_settings(scenario, root / CONFIG_FOLDER).scope.reserve_levels
    points = [(level.fcr_n_pu, level.fcr_d_pu) for level in levels]
    assert len(levels) <= MOST_LEVELS and len(set(points)) == len(points)
    sold = {level.level_id: level.afrr_mfrr_pu for level in levels}
    assert sold["full"] == 1.0 and sold["none"] == 0.0
    assert len({share for share in sold.values() if share > 0}) >= 5
    assert any(level.afrr_mfrr_pu > max(level.fcr_n_pu, level.fcr_d_pu) for level in levels)


def test_a_scenario_that_reads_prices_of_restoration_sells_it(root: Path) -> None:
    settings = load_settings("real_2025_all_reserves", root / CONFIG_FOLDER)
    assert {item.descriptor for item in settings.inputs.reserve_prices} > RESTORATION
