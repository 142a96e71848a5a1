"""Contracts of firm power against the size of a fleet, and of the potential by municipality."""

import pandera.pandas as pa

from analysis.schemas.base import OCCASIONS, PRICE_AREAS, TIERS, Table, share_field
from analysis.schemas.geography import CODE

CORRELATION_BASES = ("none", "measured", "assumed")


class FirmCurve(Table):
    """Grain: price area × occasion × basis of the correlation × number of cars.

    Share of cars and kW per enrolled car that are there with 95 %, mean over the occasion's hours: what a fleet of
    that size in that area would hold for 20 minutes, one hour, four hours.
    """

    price_area: str = pa.Field(isin=PRICE_AREAS)
    occasion: str = pa.Field(isin=OCCASIONS)
    basis: str = pa.Field(isin=CORRELATION_BASES)
    fleet_count: int = pa.Field(ge=1)
    correlation_pu: float = share_field()
    available_pu: float = share_field()
    firm_share_pu: float = share_field()
    firm_20min_kw_per_car: float = pa.Field(ge=-1e-9)
    firm_1h_kw_per_car: float = pa.Field(ge=-1e-9)
    firm_4h_kw_per_car: float = pa.Field(ge=-1e-9)

    class Config(Table.Config):
        unique = ["price_area", "occasion", "basis", "fleet_count"]


class PotentialMunicipalities(Table):
    """Grain: municipality × year × tier: discharge for one hour, mean of the 50 dearest hours.

    Municipalities sum to their price area. Low and high are those of the area, shared out in the same way: what is not
    known of a municipality itself comes on top.
    """

    municipality_code: str = pa.Field(str_matches=CODE)
    price_area: str = pa.Field(isin=PRICE_AREAS)
    year: int
    tier: str = pa.Field(isin=TIERS)
    car_count: float = pa.Field(ge=0)
    power_mw: float = pa.Field(ge=-1e-9)
    power_low_mw: float = pa.Field(ge=-1e-9)
    power_high_mw: float = pa.Field(ge=-1e-9)

    class Config(Table.Config):
        unique = ["municipality_code", "year", "tier"]
