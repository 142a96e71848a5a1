"""Contracts of the evidence on money: cells of day-ahead saving, and what reserves were worth year by year."""

import pandera.pandas as pa

from analysis.schemas.base import PRICE_AREAS, Table, share_field


class SpotCells(Table):
    """Grain: price area × price year × usable battery × charger option × how it pays; one van, one year.

    Real EUR of the run's price year. ``pays``: ``spot`` in and out, without wear and standby; ``household`` with taxes,
    fees, wear and standby. ``net_saving_eur`` is against charging at once, ``net_two_way_saving_eur`` against the best
    one-way charging. ``is_inside``: saving and extra full cycles both in the ranges published for vans.
    """

    price_area: str = pa.Field(isin=PRICE_AREAS)
    price_year: int
    is_generated_year: bool
    battery_usable_kwh: float = pa.Field(gt=0)
    charger_option: str
    pays: str = pa.Field(isin=("spot", "household"))
    net_saving_eur: float
    net_two_way_saving_eur: float
    full_cycle_count: float = pa.Field(ge=-1e-6)
    is_inside: bool

    class Config(Table.Config):
        unique = ["price_area", "price_year", "battery_usable_kwh", "charger_option", "pays"]


class ReserveCollapse(Table):
    """Grain: case × price area × price year × charger option: mean car of a few, real SEK of the run's price year.

    ``case``: ``generated_cars`` are the first of the generated private cars, ``plugged_16h`` one car that is plugged in
    16 hours of every day, as the gross values of METHODS 3.5 have it; ``plugged_16h_fcr_d`` the same selling no FCR-N,
    which is what the published Gothenburg case is explained by.
    Prices are means over all hours; capture prices what an offered kW met, weighted by the offer. An empty price is a
    market that did not exist. ``published_gross_eur`` is the dearer of FCR-D and FCR-N for 11 kW in 16 hours a day at
    that year's mean prices (METHODS 3.5). ``change_pu`` is the change of the charging cost against charging at once.
    """

    case: str = pa.Field(isin=("generated_cars", "plugged_16h", "plugged_16h_fcr_d"))
    price_area: str = pa.Field(isin=PRICE_AREAS)
    price_year: int
    is_generated_year: bool
    charger_option: str
    vehicle_count: int = pa.Field(gt=0)
    fcr_n_price_sek_per_mw_h: float = pa.Field(ge=0, nullable=True)
    fcr_d_up_price_sek_per_mw_h: float = pa.Field(ge=0, nullable=True)
    fcr_d_down_price_sek_per_mw_h: float = pa.Field(ge=0, nullable=True)
    fcr_n_capture_sek_per_mw_h: float = pa.Field(ge=0, nullable=True)
    fcr_d_up_capture_sek_per_mw_h: float = pa.Field(ge=0, nullable=True)
    fcr_d_down_capture_sek_per_mw_h: float = pa.Field(ge=0, nullable=True)
    published_gross_eur: float = pa.Field(ge=0)
    uncontrolled_cost_sek: float
    net_smart_cost_sek: float
    net_grid_cost_sek: float
    net_grid_reserve_cost_sek: float
    reserve_gross_sek: float = pa.Field(ge=0)
    net_value_over_smart_sek: float
    net_value_over_grid_sek: float
    net_value_over_smart_sek_per_plugged_h: float
    net_smart_change_pu: float
    net_grid_reserve_change_pu: float
    enabled_pu: float = share_field()

    class Config(Table.Config):
        unique = ["case", "price_area", "price_year", "charger_option"]
