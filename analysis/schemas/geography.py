"""Contracts of place: municipalities, their households, and the cars registered there."""

import pandas as pd
import pandera.pandas as pa

from analysis.schemas.base import PRICE_AREAS, Table, share_field

CODE = r"^\d{4}$"


class Municipalities(Table):
    """Grain: municipality (290). Geometry stands in a sibling GeoParquet with the same code."""

    municipality_code: str = pa.Field(str_matches=CODE, unique=True)
    name: str
    county_code: str = pa.Field(str_matches=r"^\d{2}$")
    county: str
    price_area: str = pa.Field(isin=PRICE_AREAS)
    price_area_land_share_pu: float = share_field()
    population_count: int = pa.Field(gt=0)
    household_detached_count: int = pa.Field(ge=0)
    household_flat_cooperative_count: int = pa.Field(ge=0)
    household_flat_rental_count: int = pa.Field(ge=0)
    household_other_count: int = pa.Field(ge=0)
    income_median_ksek: float = pa.Field(gt=0)
    car_count: float = pa.Field(gt=0)
    bev_count: int = pa.Field(ge=0)
    phev_count: int = pa.Field(ge=0)
    public_charge_point_count: pd.Int64Dtype = pa.Field(ge=0, nullable=True)

    class Config(Table.Config):
        unique = ["municipality_code"]


class MunicipalityAreas(Table):
    """Grain: municipality. The result of the land-share overlay; share 0 where no polygon holds the municipality."""

    municipality_code: str = pa.Field(str_matches=CODE, unique=True)
    name: str
    price_area: str = pa.Field(isin=PRICE_AREAS)
    price_area_land_share_pu: float = share_field()

    class Config(Table.Config):
        unique = ["municipality_code"]


class MunicipalityCodes(Table):
    """Grain: municipality. Codes and names as SCB lists them."""

    municipality_code: str = pa.Field(str_matches=CODE, unique=True)
    name: str
    county_code: str = pa.Field(str_matches=r"^\d{2}$")
    county: str

    class Config(Table.Config):
        unique = ["municipality_code"]


class Population(Table):
    """Grain: municipality. Residents at the end of a year."""

    municipality_code: str = pa.Field(str_matches=CODE, unique=True)
    name: str
    population_count: int = pa.Field(gt=0)

    class Config(Table.Config):
        unique = ["municipality_code"]


class HouseholdsByDwelling(Table):
    """Grain: municipality name × household type × dwelling. SCB publishes names, not codes, in this table."""

    name: str
    household_type: str
    dwelling: str
    household_count: int = pa.Field(ge=0)

    class Config(Table.Config):
        unique = ["name", "household_type", "dwelling"]


class PersonsByHouseholdSize(Table):
    """Grain: municipality name × household size. Counts persons, not households."""

    name: str
    household_size: str
    person_count: int = pa.Field(ge=0)

    class Config(Table.Config):
        unique = ["name", "household_size"]


class Incomes(Table):
    """Grain: municipality name × sex × age band × measure; thousand SEK a year, nominal."""

    name: str
    sex: str
    age_band: str
    measure: str
    income_ksek: float = pa.Field(ge=0, nullable=True)

    class Config(Table.Config):
        unique = ["name", "sex", "age_band", "measure"]


class PluginCars(Table):
    """Grain: municipality name (capitals, as the publisher writes it): plug-in cars and charge points."""

    name: str = pa.Field(unique=True)
    bev_count: int = pa.Field(ge=0)
    phev_count: int = pa.Field(ge=0)
    plugin_count: int = pa.Field(ge=0)
    plugin_share_of_cars_pu: float = share_field()
    charge_point_count: pd.Int64Dtype = pa.Field(ge=0, nullable=True)

    class Config(Table.Config):
        unique = ["name"]


class NewCars(Table):
    """Grain: municipality name × year × drive: cars registered new."""

    name: str
    year: int
    drive: str = pa.Field(isin=("bev", "phev", "all"))
    registration_count: int = pa.Field(ge=0)

    class Config(Table.Config):
        unique = ["name", "year", "drive"]


class SolarInstallations(Table):
    """Grain: year × region × size class of solar plants connected to the grid."""

    year: int
    region: str
    size_class: str
    plant_count: pd.Int64Dtype = pa.Field(ge=0, nullable=True)
    installed_mw: float = pa.Field(ge=0, nullable=True)

    class Config(Table.Config):
        unique = ["year", "region", "size_class"]
