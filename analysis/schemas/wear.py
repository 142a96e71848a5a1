"""Contract of the ageing cost at which a car's dispatch and its ageing agree."""

import pandera.pandas as pa

from analysis.schemas.base import PRICE_AREAS, STRATEGIES, Table, share_field


class Wear(Table):
    """Grain: price area × price year × vehicle × charger option × strategy × reserve price level × chemistry × basis.

    One year, real SEK; capacity losses are of ten years, with V2X and as optimised one-way charging on the same trips,
    and beside each the part of it that comes from standing.
    ``wear_sek_per_kwh`` is what the dispatch was charged per kWh discharged (AC), ``net_wear_sek_per_kwh`` what ageing
    then costs per kWh: negative where V2X spares the battery. They differ by ``residual_sek_per_kwh``. What starts
    with ``start_`` is of the dispatch at the wear assumed so far.
    """

    price_area: str = pa.Field(isin=PRICE_AREAS)
    price_year: int
    vehicle_id: str
    charger_option: str
    strategy: str = pa.Field(isin=STRATEGIES)  # type: ignore[assignment]  # hides a method we do not use
    reserve_level_id: str
    chemistry: str = pa.Field(isin=("nmc", "lfp"))
    basis: str = pa.Field(isin=("capacity", "end_of_life"))
    start_wear_sek_per_kwh: float = pa.Field(ge=0)
    wear_sek_per_kwh: float = pa.Field(ge=0)
    net_wear_sek_per_kwh: float
    residual_sek_per_kwh: float = pa.Field(ge=0)
    iteration_count: int = pa.Field(ge=1)
    is_converged: bool
    outcome: str = pa.Field(isin=("settled", "between_schedules", "unsettled"))
    smart_capacity_loss_pu: float = share_field()
    v2x_capacity_loss_pu: float = share_field()
    smart_standing_loss_pu: float = share_field()
    v2x_standing_loss_pu: float = share_field()
    start_discharge_ac_kwh: float = pa.Field(ge=-1e-6)
    discharge_ac_kwh: float = pa.Field(ge=-1e-6)
    start_net_value_over_smart_sek: float
    net_value_over_smart_sek: float

    class Config(Table.Config):
        unique = ["price_area", "price_year", "vehicle_id", "charger_option", "strategy", "reserve_level_id",
                  "chemistry", "basis"]  # fmt: skip
