"""Contracts of what two-way charging is worth per car: summed up over the sample, and step by step."""

import pandera.pandas as pa

from analysis.schemas.base import PRICE_AREAS_AND_SWEDEN, STRATEGIES, Table

LADDER = ("uncontrolled", "smart", "home", "grid", "grid_reserve")
PARTS = ("energy_at_spot", "reserve_at_full_acceptance", "acceptance", "availability_margin", "aggregator_fee", "wear",
         "standby", "tax", "tariff", "road_charging", "net")  # fmt: skip
WATERFALLS = ("ladder", "home", "grid", "grid_reserve")


class ValueSummary(Table):
    """Grain: price area (and ``SE``) × price year × charger option × strategy × reserve price level.

    Weighted over cars; one car, one year, real SEK. ``low`` and ``high`` are the 5 % and 95 % cars, not an error of the
    mean. ``net_`` values are over optimised one-way charging on the same trips and positive when the household gains;
    the gross one stands before the aggregator's share, bid acceptance and availability margin.
    """

    price_area: str = pa.Field(isin=PRICE_AREAS_AND_SWEDEN)
    price_year: int
    charger_option: str
    strategy: str = pa.Field(isin=STRATEGIES)  # type: ignore[assignment]  # hides a method we do not use
    reserve_level_id: str
    vehicle_count: int = pa.Field(gt=0)
    net_value_over_smart_sek: float
    net_value_over_smart_low_sek: float
    net_value_over_smart_high_sek: float
    net_gross_value_over_smart_sek: float
    net_value_over_smart_sek_per_plugged_h: float
    degradation_cost_sek: float = pa.Field(ge=-1e-6)
    discharge_ac_kwh: float = pa.Field(ge=-1e-6)
    full_cycle_count: float = pa.Field(ge=-1e-6)

    class Config(Table.Config):
        unique = ["price_area", "price_year", "charger_option", "strategy", "reserve_level_id"]


class ValueSteps(Table):
    """Grain: price area (and ``SE``) × price year × charger option × waterfall × step; mean car, one year, real SEK.

    ``ladder``: ``uncontrolled`` is minus its yearly cost, each later step what the strategy adds to the one before; all
    steps up to one add to minus that strategy's cost. ``home``, ``grid`` and ``grid_reserve``: what the strategy gains
    over optimised one-way charging before anything is taken (energy at spot, reserves sold whole) and what takes from
    it (negative), which add to ``net``. Reserves at their full price level. Per plugged hour of that strategy, and per
    kW of the charger.
    """

    price_area: str = pa.Field(isin=PRICE_AREAS_AND_SWEDEN)
    price_year: int
    charger_option: str
    waterfall: str = pa.Field(isin=WATERFALLS)
    step: str = pa.Field(isin=(*LADDER, *PARTS))
    place: int = pa.Field(ge=0)
    net_value_sek: float
    net_value_sek_per_plugged_h: float
    net_value_sek_per_kw: float

    class Config(Table.Config):
        unique = ["price_area", "price_year", "charger_option", "waterfall", "step"]
