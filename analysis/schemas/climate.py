"""Contracts of the embedded climate and household electricity: published normals, annual use, and a load shape."""

import pandera.pandas as pa

from analysis.schemas.base import PRICE_AREAS, Table
from analysis.schemas.market import LoadShape


class ClimateNormals(Table):
    """Grain: place × month (1-12, or ``year``): mean temperature of a normal period."""

    id: str = pa.Field(unique=True)
    place: str
    price_area: str = pa.Field(isin=PRICE_AREAS)
    period: str
    month: str = pa.Field(isin=(*(str(month) for month in range(1, 13)), "year"))
    temperature_deg_c: float = pa.Field(ge=-40, le=30)
    source: str
    verified: bool
    note: str = pa.Field(nullable=True)

    class Config(Table.Config):
        unique = ["id"]


class HouseholdElectricity(Table):
    """Grain: fact. Annual use by dwelling and heating, and the mix of heating in detached houses."""

    id: str = pa.Field(unique=True)
    dwelling: str
    heating: str
    year: str = pa.Field(nullable=True)
    metric: str
    value: float
    low: float = pa.Field(nullable=True)
    high: float = pa.Field(nullable=True)
    unit: str
    source: str
    verified: bool
    note: str = pa.Field(nullable=True)

    class Config(Table.Config):
        unique = ["id"]


class HouseholdLoadShape(LoadShape):
    """Grain: month × day kind × hour; the committed shape with its source on each row."""

    source: str

    class Config(Table.Config):
        unique = ["month", "day_kind", "hour"]
