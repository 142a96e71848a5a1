"""Contracts of the fleet by year: cars and charging points of each kind, and cars by model year."""

import pandera.pandas as pa

from analysis.schemas.base import PRICE_AREAS, Table

CAR_KINDS = ("bev", "bev_capable", "bev_new", "phev", "phev_capable", "phev_new", "v2x_cars")
POINT_KINDS = (
    "point_home_detached", "point_home_association", "point_home_rental", "point_work", "point_public", "point_depot",
)  # fmt: skip
FLEET_KINDS = CAR_KINDS + POINT_KINDS
DRIVES = ("bev", "phev")


class FleetYears(Table):
    """Grain: price area × year × kind, 2025-2040, end of the year: cars in use, new cars, charging points.

    ``v2x_cars`` are the cars that can discharge: battery cars, and plug-in hybrids where the run includes them.
    Low and high are 5-95 % over the draws.
    """

    price_area: str = pa.Field(isin=PRICE_AREAS)
    year: int = pa.Field(ge=2025, le=2040)
    kind: str = pa.Field(isin=FLEET_KINDS)
    unit_count: float = pa.Field(ge=0)
    unit_low_count: float = pa.Field(ge=0)
    unit_high_count: float = pa.Field(ge=0)

    class Config(Table.Config):
        unique = ["price_area", "year", "kind"]


class FleetCohorts(Table):
    """Grain: price area × year × drive × model year, 2023-2040: cars in use at the end of the year, middle values.

    Model year 2020 stands for all before 2022.
    """

    price_area: str = pa.Field(isin=PRICE_AREAS)
    year: int = pa.Field(ge=2023, le=2040)
    drive: str = pa.Field(isin=DRIVES)
    model_year: int
    car_count: float = pa.Field(ge=0)

    class Config(Table.Config):
        unique = ["price_area", "year", "drive", "model_year"]
