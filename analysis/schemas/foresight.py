"""Contracts of limited foresight: the weeks that a car lives, what each car gets, and the foresight ratio."""

import pandera.pandas as pa

from analysis.schemas.base import PRICE_AREAS, STRATEGIES, Table, UtcTime, utc_field

BIDDING = ("none", "pool", "alone")
BASES = ("uncontrolled", "smart")


class ForesightWeeks(Table):
    """Grain: price year × vehicle × week. The weeks that a car lives in a row; the first are known past, not valued."""

    vehicle_id: str
    price_year: int
    week_id: str
    season: str = pa.Field(isin=("winter", "spring", "summer", "autumn"))
    week_start_utc: UtcTime = utc_field()
    is_valued: bool

    class Config(Table.Config):
        unique = ["price_year", "vehicle_id", "week_id"]


class ForesightVehicles(Table):
    """Grain: price area × price year × vehicle × strategy × bidding; the whole stretch, real SEK.

    Costs are net of the worth of what is left at the end; positive: the household pays. ``bidding`` says who sells the
    reserves: nobody, a pool of which the car is a part, or the car alone. ``withdrawn_kw_h`` was sold and could not be
    held, ``rejected_kw_h`` was offered and the price did not pay.
    ``road_extra_sek_per_kwh`` is what a kWh charged on the road costs more than one at home at the mean price.
    """

    price_area: str = pa.Field(isin=PRICE_AREAS)
    price_year: int
    vehicle_id: str
    strategy: str = pa.Field(isin=STRATEGIES)  # type: ignore[assignment]  # hides a method we do not use
    bidding: str = pa.Field(isin=BIDDING)
    week_start_utc: UtcTime = utc_field()
    horizon_days: float = pa.Field(gt=0)
    net_uncontrolled_cost_sek: float
    net_realised_cost_sek: float
    net_perfect_cost_sek: float
    uncontrolled_forced_kwh: float = pa.Field(ge=-1e-6)
    realised_forced_kwh: float = pa.Field(ge=-1e-6)
    perfect_forced_kwh: float = pa.Field(ge=-1e-6)
    road_extra_sek_per_kwh: float
    sold_kw_h: float = pa.Field(ge=-1e-6)
    withdrawn_kw_h: float = pa.Field(ge=-1e-3)
    rejected_kw_h: float = pa.Field(ge=-1e-6)
    perfect_sold_kw_h: float = pa.Field(ge=-1e-6)

    class Config(Table.Config):
        unique = ["price_area", "price_year", "vehicle_id", "strategy", "bidding"]


class Foresight(Table):
    """Grain: price area × price year × strategy × bidding × over what.

    ``ratio_pu`` is what the cars got with limited knowledge over what perfect foresight gives them: the saving against
    charging at once (``over`` = uncontrolled), or the value beyond smart charging under the same knowledge (smart).
    ``ratio_without_road_pu`` is the same with energy charged on the road at the mean price at home: what is lost beside
    the road. Each is null with a reason where the denominator does not carry it, and never cut off at 0 or 1. Low and
    high are the 5 and 95 % of a bootstrap over cars, null where a single car or too many draws without a denominator
    make none.
    """

    price_area: str = pa.Field(isin=PRICE_AREAS)
    price_year: int
    strategy: str = pa.Field(isin=STRATEGIES)  # type: ignore[assignment]  # hides a method we do not use
    bidding: str = pa.Field(isin=BIDDING)
    over: str = pa.Field(isin=BASES)
    net_realised_sek_per_week: float
    net_perfect_sek_per_week: float
    ratio_pu: float = pa.Field(nullable=True)
    ratio_without_road_pu: float = pa.Field(nullable=True)
    ratio_low_pu: float = pa.Field(nullable=True)
    ratio_high_pu: float = pa.Field(nullable=True)
    reason: str = pa.Field(nullable=True)
    vehicle_count: int = pa.Field(ge=1)
    horizon_days: float = pa.Field(gt=0)
    realised_forced_kwh_per_week: float = pa.Field(ge=-1e-6)
    perfect_forced_kwh_per_week: float = pa.Field(ge=-1e-6)
    withdrawn_pu: float = pa.Field(nullable=True)

    class Config(Table.Config):
        unique = ["price_area", "price_year", "strategy", "bidding", "over"]
