"""Contracts of driving: trips, vehicles, charging sessions, and what becomes of them hour by hour."""

import pandas as pd
import pandera.pandas as pa

from analysis.schemas.base import DWELLINGS, PLACES, PRICE_AREAS, Table, UtcTime, share_field, utc_field


class Trips(Table):
    """Grain: trip. One row a journey of one car; times are UTC instants."""

    vehicle_id: str
    depart_utc: UtcTime = utc_field()
    arrive_utc: UtcTime = utc_field()
    distance_km: float = pa.Field(gt=0, le=3000)
    origin: str = pa.Field(isin=PLACES)
    destination: str = pa.Field(isin=PLACES)
    purpose: str

    class Config(Table.Config):
        unique = ["vehicle_id", "depart_utc"]

    @pa.dataframe_check(error="arrive_utc later than depart_utc")
    def arrives_after_departing(cls, table: pd.DataFrame) -> pd.Series:
        """A trip takes time."""
        return table["arrive_utc"] > table["depart_utc"]


class Vehicles(Table):
    """Grain: vehicle. What is known of a car and its household; null where the source does not say."""

    vehicle_id: str = pa.Field(unique=True)
    weight: float = pa.Field(gt=0)
    observed_days: int = pa.Field(gt=0)
    dataset: str
    use_case: str = pa.Field(isin=("private", "fleet"))
    dwelling: str = pa.Field(isin=DWELLINGS, nullable=True)
    income_quintile: pd.Int64Dtype = pa.Field(ge=1, le=5, nullable=True)
    household_type: str = pa.Field(nullable=True)
    car_type: str = pa.Field(nullable=True)
    battery_usable_kwh: float = pa.Field(gt=0, le=1000, nullable=True)

    class Config(Table.Config):
        unique = ["vehicle_id"]


class Sessions(Table):
    """Grain: charging session, from plug-in to plug-out."""

    session_id: str
    user_id: str
    plug_in_utc: UtcTime = utc_field()
    plug_out_utc: UtcTime = utc_field()
    energy_ac_kwh: float = pa.Field(ge=0, le=500)
    place: str = pa.Field(isin=PLACES)
    site: str = pa.Field(nullable=True)

    class Config(Table.Config):
        unique = ["session_id"]

    @pa.dataframe_check(error="plug_out_utc later than plug_in_utc")
    def unplugs_after_plugging(cls, table: pd.DataFrame) -> pd.Series:
        """A session takes time."""
        return table["plug_out_utc"] > table["plug_in_utc"]


class Availability(Table):
    """Grain: vehicle × hour of week (0 = Monday 00-01 local). Parked, plugged, available and biddable stay apart."""

    vehicle_id: str
    hour_of_week: int = pa.Field(ge=0, le=167)
    parked_pu: float = share_field()
    parked_home_pu: float = share_field()
    plugged_pu: float = share_field()
    available_pu: float = share_field()
    biddable_pu: float = share_field()
    driving_dc_kwh: float = pa.Field(ge=0)

    class Config(Table.Config):
        unique = ["vehicle_id", "hour_of_week"]

    @pa.dataframe_check(error="parked >= home >= plugged >= available >= biddable")
    def shares_nest(cls, table: pd.DataFrame) -> pd.Series:
        """Each step down the ladder can only lose."""
        steps = ["parked_pu", "parked_home_pu", "plugged_pu", "available_pu", "biddable_pu"]
        return (table[steps].diff(axis=1).iloc[:, 1:] <= 1e-9).all(axis=1)


class AvailabilityWeeks(Table):
    """Grain: price area × price year × representative week × vehicle × step. What the dispatch meets."""

    price_area: str = pa.Field(isin=PRICE_AREAS)
    price_year: int
    week_id: str
    vehicle_id: str
    interval_start_utc: UtcTime = utc_field()
    plugged_pu: float = share_field()
    driving_dc_kwh: float = pa.Field(ge=0)

    class Config(Table.Config):
        unique = ["price_area", "price_year", "week_id", "vehicle_id", "interval_start_utc"]


class RepresentativeWeeks(Table):
    """Grain: price year × representative week. ``weight_weeks`` sums to the weeks of the year."""

    price_year: int
    week_id: str
    season: str = pa.Field(isin=("winter", "spring", "summer", "autumn"))
    is_extreme: bool
    week_start_utc: UtcTime = utc_field()
    weight_weeks: float = pa.Field(gt=0)

    class Config(Table.Config):
        unique = ["price_year", "week_id"]


class Profiles(Table):
    """Grain: availability profile. Shares are weighted; ``medoid_vehicle_ids`` are joined by a blank."""

    profile_id: str = pa.Field(unique=True)
    name_sv: str
    name_en: str
    share_pu: float = share_field()
    share_low_pu: float = share_field()
    share_high_pu: float = share_field()
    daily_km: float = pa.Field(ge=0)
    driving_dc_kwh_per_day: float = pa.Field(ge=0)
    plugged_h_per_day: float = pa.Field(ge=0, le=24)
    jaccard_pu: float = share_field()
    silhouette_pu: float = pa.Field(ge=-1, le=1)
    vehicle_count: int = pa.Field(gt=0)
    effective_count: float = pa.Field(gt=0)
    uncertain_member_pu: float = share_field()
    medoid_vehicle_ids: str

    class Config(Table.Config):
        unique = ["profile_id"]


class ProfileShapes(Table):
    """Grain: profile × hour of week. Parked (anywhere), parked at home, plugged in, available stay apart."""

    profile_id: str
    hour_of_week: int = pa.Field(ge=0, le=167)
    parked_pu: float = share_field()
    parked_home_pu: float = share_field()
    plugged_pu: float = share_field()
    available_pu: float = share_field()

    class Config(Table.Config):
        unique = ["profile_id", "hour_of_week"]


class ProfileMembership(Table):
    """Grain: vehicle × profile. Soft labels; they sum to one over a vehicle's profiles."""

    vehicle_id: str
    profile_id: str
    probability_pu: float = share_field()

    class Config(Table.Config):
        unique = ["vehicle_id", "profile_id"]


class ProfileCounts(Table):
    """Grain: municipality × profile. Battery electric cars, with an interval.

    ``vehicle_count`` adds up to the registered cars exactly and is not for print; ``vehicle_published_count`` is, and
    is null where ``is_suppressed``.
    """

    municipality_code: str = pa.Field(str_matches=r"^\d{4}$")
    price_area: str = pa.Field(isin=PRICE_AREAS)
    profile_id: str
    vehicle_count: int = pa.Field(ge=0)
    vehicle_low_count: float = pa.Field(ge=0)
    vehicle_high_count: float = pa.Field(ge=0)
    variation_pu: float = pa.Field(ge=0, nullable=True)
    is_suppressed: bool
    vehicle_published_count: pd.Int64Dtype = pa.Field(ge=0, nullable=True)

    class Config(Table.Config):
        unique = ["municipality_code", "profile_id"]

    @pa.dataframe_check(error="a suppressed count that is published, or a published one that is missing")
    def suppressed_is_not_published(cls, table: pd.DataFrame) -> pd.Series:
        """A count is held back from print exactly where it is marked so."""
        return table["is_suppressed"] == table["vehicle_published_count"].isna()
