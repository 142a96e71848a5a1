"""Contracts of the dispatch sample, of the embedded municipality facts, and of market saturation."""

import pandas as pd
import pandera.pandas as pa

from analysis.schemas.base import PRICE_AREAS, Table, share_field
from analysis.schemas.geography import CODE


class DispatchSample(Table):
    """Grain: vehicle whose bill is optimised: the profile it stands for and the number of cars' weight it carries."""

    vehicle_id: str = pa.Field(unique=True)
    profile_id: str
    weight: float = pa.Field(gt=0)

    class Config(Table.Config):
        unique = ["vehicle_id"]


class InfeasibleCars(Table):
    """Grain: price area × price year × vehicle that no schedule fits under some option, and why; it is left out."""

    price_area: str = pa.Field(isin=PRICE_AREAS)
    price_year: int
    vehicle_id: str
    reason: str

    class Config(Table.Config):
        unique = ["price_area", "price_year", "vehicle_id"]


class MunicipalityFacts(Table):
    """Grain: municipality. ``data/reference/municipalities.csv`` as committed; years stand in the column names."""

    municipality_code: str = pa.Field(str_matches=CODE, unique=True)
    name: str
    county_code: str = pa.Field(str_matches=r"^\d{2}$")
    county: str
    price_area: str = pa.Field(isin=PRICE_AREAS)
    price_area_land_share_pu: float = share_field(nullable=True)
    population_2023_count: int = pa.Field(gt=0)
    household_detached_other_2019_count: int = pa.Field(ge=0)
    household_detached_owned_2019_count: int = pa.Field(ge=0)
    household_flat_cooperative_2019_count: int = pa.Field(ge=0)
    household_flat_rental_2019_count: int = pa.Field(ge=0)
    household_other_2019_count: int = pa.Field(ge=0)
    income_mean_2018_ksek: float = pa.Field(gt=0)
    income_median_2018_ksek: float = pa.Field(gt=0)
    bev_2023_count: int = pa.Field(ge=0)
    phev_2023_count: int = pa.Field(ge=0)
    passenger_cars_2023_derived_count: float = pa.Field(gt=0)
    public_charge_points_2023_count: pd.Int64Dtype = pa.Field(ge=0, nullable=True)

    class Config(Table.Config):
        unique = ["municipality_code"]


class MarketSaturation(Table):
    """Grain: measure. What the depth of the FCR-D market means for Swedish cars: value, 5 and 95 % over the draws.

    ``saturation_cars`` is the number of enrolled cars at which the price of FCR-D has fallen to its floor;
    ``fill_cars`` the number whose offers alone equal the volume bought; both null where the grid never reaches them.
    """

    measure: str = pa.Field(unique=True)
    value: float = pa.Field(nullable=True)
    low: float = pa.Field(nullable=True)
    high: float = pa.Field(nullable=True)
    unit: str
    detail: str

    class Config(Table.Config):
        unique = ["measure"]
