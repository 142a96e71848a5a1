"""Holds the real trips, sessions, demographics, weather and solar files against their published counts."""

from pathlib import Path

import pandas as pd
import pytest

from analysis.settings.model import FileSource
from analysis.sources.descriptor import descriptor_names, load_descriptor
from analysis.sources.locate import files_of
from analysis.sources.publishers import without_overlap
from analysis.sources.reader import read_source

pytestmark = pytest.mark.real

# descriptor: pattern under the real files, rows of the table
KINDS = {
    "bdew_h25": ("load/bdew_h25.csv", 864),
    "bdew_selp_households": ("load/bdew_selp_series.csv", 2016),
    "champpy_trips": ("trips/champpy_logbook/champpy_t_logbook.csv", 4127),
    "champpy_vehicles": ("trips/champpy_logbook/champpy_t_vehicle.csv", 78),
    "entsoe_actual_solar": ("pv/entsoe_actual_solar_SE3_2024.csv", 7614),
    "entsoe_normalised_solar": ("pv/entsoe_normalised_solar_SE?.csv", 4 * 8760),
    "jrc_daily_distance": ("trips/jrc_ramp_mobility/d_tot.csv", 12),
    "jrc_population_share": ("trips/jrc_ramp_mobility/pop_share.csv", 90),
    "jrc_trip_distance": ("trips/jrc_ramp_mobility/d_min.csv", 36),
    "jrc_trip_duration": ("trips/jrc_ramp_mobility/t_func.csv", 36),
    "jrc_trips_by_hour": ("trips/jrc_ramp_mobility/trips_by_time_*.csv", 3 * 24 * 6),
    "jrc_vehicle_share": ("trips/jrc_ramp_mobility/vehicle_share.csv", 84),
    "jrc_windows": ("trips/jrc_ramp_mobility/windows.csv", 754),
    "mid_departures_free": ("trips/mid_emobpy/DepartureDestinationTrip_Free.csv", 864),
    "mid_departures_worker": ("trips/mid_emobpy/DepartureDestinationTrip_Worker.csv", 864),
    "mid_distance_duration": ("trips/mid_emobpy/DistanceDurationTrip.csv", 56),
    "mid_trips_per_day": ("trips/mid_emobpy/TripsPerDay.csv", 12),
    "municipal_finances": ("demographics/municip_data22.csv", 290),
    "municipality_county": ("geo/municipality_county.csv", 290),
    "new_cars": ("demographics/kpi1_calculations.xlsx", 290 * 8),
    "new_plugin_cars": ("demographics/kpi1_calculations.xlsx", 290 * 8 * 2),
    "nhts_trips": ("trips/nhts_v2gsim/Tennessee.xlsx", 8541),
    "nhts_vehicles": ("trips/nhts_v2gsim/Tennessee.xlsx", 2094),
    "norway12_sessions": ("charging/norway12/norway12_Dataset1_*.csv", 35377 - 38),
    "norway12_users": ("charging/norway12/norway12_Dataset2_*.csv", 261),
    "orebro_temperature": ("weather/orebro_*.csv", 9143 - 82),
    "powercircle_plugin_cars": ("demographics/powercircle_*.csv", 290),
    "pvsyst_solar": ("pv/pvsyst_south_lundby.csv", 8760),
    "scb_households_by_dwelling": ("demographics/SCB_boendeform.csv", 27840),
    "scb_incomes": ("demographics/SCB_inkomster.csv", 6960),
    "scb_municipality_codes": ("demographics/kommunlankod_2023.xls", 290),
    "scb_persons_by_household_size": ("demographics/SCB_hushallsstorlek.csv", 2320),
    "scb_population": ("demographics/be0101_tabhel2023.xlsx", 290),
    "solar_installations": ("pv/energimyndigheten_solar_installations.csv", 11232),
    "trondheim_sessions": ("charging/trondheim_risvollan/Dataset_1_*.csv", 6878 - 34 - 17),
    "trondheim_traffic": ("charging/trondheim_risvollan/Dataset_6_*.csv", 10248 * 5 - 5),
    "varberg_irradiation": ("weather/varberg_*.csv", 9121),
}
PRICES = {"entsoe_day_ahead", "elprisetjustnu_day_ahead", "mimer_fcr", "mimer_fcr_zones", "mimer_afrr",
          "mimer_afrr_export", "mimer_mfrr_capacity", "mimer_mfrr_energy"}  # fmt: skip
BY_HAND = {"example_gps_trips", "ocpi_cdr"}
"""Kinds of which no real file is at hand: their tests read files written by hand."""


@pytest.fixture(scope="module")
def read(real_root: Path, root: Path):  # type: ignore[no-untyped-def]
    tables: dict[str, pd.DataFrame] = {}

    def one(name: str) -> pd.DataFrame:
        if name not in tables:
            files = files_of(FileSource(descriptor=name, pattern=KINDS[name][0]), real_root)
            tables[name] = read_source(load_descriptor(name, root / "data" / "sources"), files)
        return tables[name]

    return one


def test_every_shipped_descriptor_is_tried(root: Path) -> None:
    folder = root / "data" / "sources"
    fetched = {name for name in descriptor_names(folder)
               if load_descriptor(name, folder).obtain.file.startswith("retrieved/")}  # fmt: skip
    assert {*KINDS, *PRICES, *BY_HAND} == set(descriptor_names(folder)) - fetched
    assert len(fetched) == 8, "kinds that connectors fetch are tried on a local service: tests/analysis/connectors"


@pytest.mark.parametrize("name", sorted(KINDS))
def test_rows(name: str, read) -> None:  # type: ignore[no-untyped-def]
    assert len(read(name)) == KINDS[name][1]


def test_champpy_is_a_fleet_of_77_driving_cars(read) -> None:  # type: ignore[no-untyped-def]
    trips = read("champpy_trips")
    assert trips["vehicle_id"].nunique() == 77
    assert trips["distance_km"].mean() == pytest.approx(20.4, abs=0.05)
    assert trips["distance_km"].median() == pytest.approx(10.4, abs=0.05)
    assert set(trips["origin"]) == {"depot", "other"}
    assert set(trips["vehicle_id"]) < set(read("champpy_vehicles")["vehicle_id"])


def test_nhts_keeps_miles_weights_and_places(read) -> None:  # type: ignore[no-untyped-def]
    trips, vehicles = read("nhts_trips"), read("nhts_vehicles")
    first = trips[trips["vehicle_id"] == "nhts_tn_00001"]
    assert list(first["origin"]) == ["home", "work", "home", "work"]
    assert list(first["destination"]) == ["work", "home", "work", "home"]
    assert list(first["distance_km"]) == pytest.approx([1.609344] * 4)
    assert first["depart_utc"].iloc[0] == pd.Timestamp("2009-04-15 07:37", tz="Europe/Stockholm").tz_convert("UTC")
    assert vehicles.set_index("vehicle_id")["weight"]["nhts_tn_00001"] == pytest.approx(4556.302787)
    assert trips["distance_km"].sum() / 2094 == pytest.approx(39 * 1.609, rel=0.05)


def test_shared_norwegian_site_is_kept_once(read, root: Path) -> None:  # type: ignore[no-untyped-def]
    names = ("norway12_sessions", "trondheim_sessions")
    descriptors = {name: load_descriptor(name, root / "data" / "sources") for name in names}
    kept = without_overlap({name: read(name) for name in names}, descriptors)
    assert "TRO_R" not in set(kept["norway12_sessions"]["site"])
    assert len(kept["trondheim_sessions"]) == len(read("trondheim_sessions"))
    alone = without_overlap({"norway12_sessions": read("norway12_sessions")}, descriptors)
    assert "TRO_R" in set(alone["norway12_sessions"]["site"])
    mean_h = (read(names[0])["plug_out_utc"] - read(names[0])["plug_in_utc"]).dt.total_seconds().mean() / 3600
    assert mean_h == pytest.approx(12.7, abs=0.1)


def test_demographics_sum_to_the_published_totals(read) -> None:  # type: ignore[no-untyped-def]
    assert read("scb_population")["population_count"].sum() == 10_551_707
    assert read("scb_households_by_dwelling")["household_count"].sum() == 4_707_272
    assert read("powercircle_plugin_cars")["bev_count"].sum() == 290_097
    assert read("powercircle_plugin_cars")["phev_count"].sum() == 270_992
    assert read("powercircle_plugin_cars")["plugin_count"].sum() == 586_108
    assert read("municipal_finances")["population_count"].sum() == 10_452_326
    cars = read("new_plugin_cars").groupby(["drive", "year"])["registration_count"].sum()
    assert (cars["bev"][2022], cars["phev"][2022]) == (96_163, 66_774)
    solar = read("solar_installations")
    country = solar[(solar["region"] == "00 Riket") & (solar["year"] == 2024) & (solar["size_class"] == "Totalt")]
    assert country["plant_count"].item() == 293_019
    assert country["installed_mw"].item() == pytest.approx(4808, abs=1)


def test_municipality_codes_are_the_same_in_three_publications(read) -> None:  # type: ignore[no-untyped-def]
    codes = set(read("scb_municipality_codes")["municipality_code"])
    assert "0114" in codes
    assert codes == set(read("municipality_county")["municipality_code"])
    assert codes == set(read("scb_population")["municipality_code"])
    assert codes == set(read("municipal_finances")["municipality_code"])
    merged = read("scb_municipality_codes").merge(read("municipality_county"), on="municipality_code")
    assert (merged["county_x"] == merged["county_y"]).all()


def test_weather_and_solar_levels(read) -> None:  # type: ignore[no-untyped-def]
    temperature = read("orebro_temperature")["temperature_deg_c"]
    assert (temperature.min(), round(temperature.mean(), 1), temperature.max()) == (-11.7, 8.5, 31.8)
    assert read("varberg_irradiation")["irradiation_kw_per_m2"].max() == pytest.approx(0.873, abs=0.001)
    solar = read("entsoe_normalised_solar")
    assert solar.groupby("price_area")["share_of_year_pu"].sum().tolist() == pytest.approx([1.0] * 4)
    middle = (solar["share_of_year_pu"] * solar["hour"]).groupby(solar["price_area"]).sum()
    assert middle.is_monotonic_increasing, "solar noon comes later to the west: SE4 lies west of SE1"
    assert read("entsoe_actual_solar")["generation_mw"].sum() == pytest.approx(1_057_000, rel=0.001)


def test_household_shape_is_near_a_thousand_kwh(read) -> None:  # type: ignore[no-untyped-def]
    shape = read("bdew_h25")
    days = pd.DataFrame({"day": pd.date_range("2025-01-01", "2025-12-31")})
    kinds = {5: "saturday", 6: "sunday"}
    days["month"], days["day_kind"] = (
        days["day"].dt.month,
        days["day"].dt.day_of_week.map(lambda d: kinds.get(d, "weekday")),
    )
    assert days.merge(shape, on=["month", "day_kind"])["load_kw"].sum() == pytest.approx(1000.0, rel=0.02)


def test_probabilities_sum_to_one(read) -> None:  # type: ignore[no-untyped-def]
    assert read("mid_distance_duration")["probability_pu"].sum() == pytest.approx(1.0, abs=0.001)
    shares = read("jrc_population_share").groupby("country")["value"].sum()
    assert shares.to_numpy() == pytest.approx([1.0] * 30, abs=1e-6)
    trips = read("jrc_trips_by_hour").groupby(["country", "day_kind"])["value"].sum()
    assert trips.to_numpy() == pytest.approx([1.0] * 18, abs=0.01)
    assert "SE" in set(read("jrc_windows")["country"])
