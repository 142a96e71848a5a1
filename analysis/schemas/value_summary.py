"""Contract of what two-way charging is worth per car, summed up over the sample of cars."""

import pandera.pandas as pa

from analysis.schemas.base import PRICE_AREAS_AND_SWEDEN, STRATEGIES, Table


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
