"""Where the room looks, and which cars an island has, also in a run that does not hold its price area."""

from pathlib import Path

import pandas as pd
import pytest
import yaml

from analysis.errors import DataError
from analysis.resilience.tables import island_fleets, place_of, shown_area
from analysis.settings.model import Settings

MUNICIPALITIES = pd.DataFrame(
    {
        "municipality_code": ["0180", "0980", "1280"],
        "price_area": ["SE3", "SE3", "SE4"],
        "bev_count": [9_000, 1_000, 500],
    }
)
POTENTIAL = pd.DataFrame(
    [
        (code, area, 2030, tier, 3.0 * cars * share)
        for code, area, cars in (("0180", "SE3", 9_000), ("0980", "SE3", 1_000), ("1280", "SE4", 500))
        for tier, share in (("technical", 1.0), ("access", 0.8), ("capable", 0.3), ("willing", 0.03))
    ],
    columns=["municipality_code", "price_area", "year", "tier", "car_count"],
)


@pytest.fixture
def scope(root: Path):
    return Settings.model_validate(yaml.safe_load((root / "workflow/config/default.yaml").read_text("utf-8"))).scope


def test_the_area_of_most_cars_is_shown_where_the_run_has_it():
    assert shown_area(["SE1", "SE3"]) == "SE3"
    assert shown_area(["SE4", "SE1"]) == "SE4"


def test_reserve_prices_are_undiminished_and_the_charger_is_two_way(scope, assumed):
    place = place_of(scope, assumed, 2025, 0.0, None)
    assert [level.level_id for level in place.terms.levels] == [scope.full_reserve_level_id]
    assert place.charger.is_bidirectional
    assert place.price_area == "SE3"


def test_cars_of_the_island_are_those_of_its_municipality():
    fleets = island_fleets(POTENTIAL, MUNICIPALITIES, 2030, "SE3")
    assert fleets == pytest.approx({"enrolled": 90.0, "capable": 900.0, "all_electric": 3_000.0})


def test_a_run_without_the_islands_area_still_has_its_cars():
    """1 500 cars of 500 today in the area shown: the island's 1 000 become 3 000."""
    elsewhere = POTENTIAL[POTENTIAL["price_area"] == "SE4"]
    fleets = island_fleets(elsewhere, MUNICIPALITIES, 2030, "SE4")
    assert fleets == pytest.approx({"enrolled": 90.0, "capable": 900.0, "all_electric": 3_000.0})


def test_a_year_without_cars_is_named():
    with pytest.raises(DataError, match="0980 2031"):
        island_fleets(POTENTIAL, MUNICIPALITIES, 2031, "SE3")
