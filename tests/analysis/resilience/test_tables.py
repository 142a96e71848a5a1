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
STOCK = pd.DataFrame(
    {"price_area": ["SE3", "SE4"], "year": 2030, "bev_count": [30_000.0, 1_500.0], "capable_pu": [0.3, 0.3],
     "home_access_pu": [0.7, 0.8]}
)  # fmt: skip


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


def test_cars_of_the_island(scope, assumed):
    """1 000 of 10 000 cars in an area that grows to 30 000: 3 000, of which 0.3 capable."""
    fleets = island_fleets(MUNICIPALITIES, STOCK, 2030, place_of(scope, assumed, 2025, 0.0, None))
    assert fleets["all_electric"] == pytest.approx(3_000)
    assert fleets["capable"] == pytest.approx(900)
    assert 0 < fleets["enrolled"] < 0.7 * 900


def test_a_run_without_the_islands_area_still_has_its_cars(scope, assumed):
    place = place_of(scope.model_copy(update={"price_areas": ("SE4",)}), assumed, 2025, 0.0, None)
    fleets = island_fleets(MUNICIPALITIES, STOCK[STOCK["price_area"] == "SE4"], 2030, place)
    assert fleets["all_electric"] == pytest.approx(3_000)


def test_missing_stock_is_named(scope, assumed):
    with pytest.raises(DataError, match="0980"):
        island_fleets(MUNICIPALITIES, STOCK, 2031, place_of(scope, assumed, 2025, 0.0, None))
