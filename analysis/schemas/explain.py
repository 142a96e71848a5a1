"""Contracts of what explains a car's value to a reader: the spot price that export needs, and one car's week."""

import pandera.pandas as pa

from analysis.schemas.base import PRICE_AREAS, STRATEGIES, Table, UtcTime, share_field, utc_field

WEDGE_CASES = ("export", "export_tax_refunded", "export_no_fee", "home", "home_low_wear")


class ExportWedge(Table):
    """Grain: price area × price year × case: what the spot price must reach before a bought kWh pays when discharged.

    ``bought_sek_per_mwh`` is what the cheapest hours of a day cost, mean over the year's days; ``reached_pu`` the share
    of the year's hours at or above the need; ``day_pu`` the share of days with at least one such hour.
    """

    price_area: str = pa.Field(isin=PRICE_AREAS)
    price_year: int
    case: str = pa.Field(isin=WEDGE_CASES)
    bought_sek_per_mwh: float
    needed_sek_per_mwh: float
    dear_sek_per_mwh: float
    reached_pu: float = share_field()
    day_pu: float = share_field()

    class Config(Table.Config):
        unique = ["price_area", "price_year", "case"]


class CarWeek(Table):
    """Grain: strategy × step of one car's week: prices, powers, offers and state, for a reader to look at.

    Powers in kW AC, discharge positive; state is energy over the usable capacity.
    """

    price_area: str = pa.Field(isin=PRICE_AREAS)
    price_year: int
    week_id: str
    vehicle_id: str
    charger_option: str
    strategy: str = pa.Field(isin=STRATEGIES)  # type: ignore[assignment]  # hides a method we do not use
    interval_start_utc: UtcTime = utc_field()
    spot_sek_per_kwh: float
    buy_sek_per_kwh: float
    sell_sek_per_kwh: float
    plugged_pu: float = share_field()
    charge_kw: float = pa.Field(ge=-1e-9)
    discharge_kw: float = pa.Field(ge=-1e-9)
    fcr_n_kw: float = pa.Field(ge=-1e-9)
    fcr_d_up_kw: float = pa.Field(ge=-1e-9)
    fcr_d_down_kw: float = pa.Field(ge=-1e-9)
    state_pu: float = pa.Field(ge=-1e-6, le=1 + 1e-6)
    required_pu: float = pa.Field(ge=-1e-6)

    class Config(Table.Config):
        unique = ["strategy", "interval_start_utc"]
