"""Contracts of results: dispatch values, potential, schemes, accounts and headline numbers."""

import pandera.pandas as pa

from analysis.schemas.base import (
    ACCOUNTS,
    OCCASIONS,
    PRICE_AREAS,
    PRICE_AREAS_AND_SWEDEN,
    SERVICES,
    STRATEGIES,
    TECHNOLOGIES,
    TIERS,
    Table,
    share_field,
)


class DispatchValues(Table):
    """Grain: price area × price year × vehicle × charger option × strategy × reserve price level; one year, real SEK.

    Cash of the household, signed only where the name says ``net_`` (positive = the household pays). Amounts on import
    exclude VAT, which stands apart. Reserve revenue is gross: before aggregator fee, acceptance and availability
    margin; ``reserve_net_revenue_sek`` is what remains for the household. ``net_capacity_tariff_sek`` is what the car
    adds to the site's capacity charge, ``net_solar_forgone_sek`` what own generation that charges the car would have
    earned by export.
    """

    price_area: str = pa.Field(isin=PRICE_AREAS)
    price_year: int
    vehicle_id: str
    charger_option: str
    strategy: str = pa.Field(isin=STRATEGIES)  # type: ignore[assignment]  # hides a method we do not use
    reserve_level_id: str
    net_spot_import_sek: float
    net_spot_export_sek: float
    retail_margin_sek: float = pa.Field(ge=-1e-6)
    energy_tax_sek: float = pa.Field(ge=-1e-6)
    grid_fee_sek: float = pa.Field(ge=-1e-6)
    net_capacity_tariff_sek: float
    net_vat_sek: float
    net_solar_forgone_sek: float
    net_export_margin_sek: float
    network_benefit_sek: float = pa.Field(ge=-1e-6)
    tax_refund_sek: float = pa.Field(ge=-1e-6)
    fcr_n_revenue_sek: float = pa.Field(ge=-1e-6)
    fcr_d_up_revenue_sek: float = pa.Field(ge=-1e-6)
    fcr_d_down_revenue_sek: float = pa.Field(ge=-1e-6)
    afrr_up_revenue_sek: float = pa.Field(ge=-1e-6)
    afrr_down_revenue_sek: float = pa.Field(ge=-1e-6)
    mfrr_up_revenue_sek: float = pa.Field(ge=-1e-6)
    mfrr_down_revenue_sek: float = pa.Field(ge=-1e-6)
    reserve_net_revenue_sek: float = pa.Field(ge=-1e-6)
    degradation_cost_sek: float = pa.Field(ge=-1e-6)
    forced_charge_cost_sek: float = pa.Field(ge=-1e-6)
    net_cost_sek: float
    net_value_over_smart_sek: float
    import_kwh: float = pa.Field(ge=-1e-6)
    export_kwh: float = pa.Field(ge=-1e-6)
    charge_ac_kwh: float = pa.Field(ge=-1e-6)
    discharge_ac_kwh: float = pa.Field(ge=-1e-6)
    solar_charge_kwh: float = pa.Field(ge=-1e-6)
    standby_dc_kwh: float = pa.Field(ge=-1e-6)
    full_cycle_count: float = pa.Field(ge=-1e-6)
    plugged_h: float = pa.Field(ge=0, le=8784)
    discharge_h: float = pa.Field(ge=0, le=8784)
    enabled_pu: float = share_field()
    fcr_n_mean_kw: float = pa.Field(ge=-1e-6)
    fcr_d_up_mean_kw: float = pa.Field(ge=-1e-6)
    fcr_d_down_mean_kw: float = pa.Field(ge=-1e-6)
    afrr_up_mean_kw: float = pa.Field(ge=-1e-6)
    afrr_down_mean_kw: float = pa.Field(ge=-1e-6)
    mfrr_up_mean_kw: float = pa.Field(ge=-1e-6)
    mfrr_down_mean_kw: float = pa.Field(ge=-1e-6)
    forced_charge_count: float = pa.Field(ge=0)
    capacity_loss_pu: float = share_field()
    virtual_km: float = pa.Field(ge=-1e-6)

    class Config(Table.Config):
        unique = ["price_area", "price_year", "vehicle_id", "charger_option", "strategy", "reserve_level_id"]


class CapabilityHours(Table):
    """Grain: price area × price year × vehicle × charger option × season × hour of week.

    What an enrolled car could discharge, mean over the representative weeks of the season, net of the energy its
    later trips need: for 20 minutes, one hour, four hours.
    """

    price_area: str = pa.Field(isin=PRICE_AREAS)
    price_year: int
    vehicle_id: str
    charger_option: str
    season: str
    hour_of_week: int = pa.Field(ge=0, le=167)
    plugged_pu: float = share_field()
    discharge_20min_kw: float = pa.Field(ge=-1e-9)
    discharge_1h_kw: float = pa.Field(ge=-1e-9)
    discharge_4h_kw: float = pa.Field(ge=-1e-9)

    class Config(Table.Config):
        unique = ["price_area", "price_year", "vehicle_id", "charger_option", "season", "hour_of_week"]


class FleetStock(Table):
    """Grain: price area × year: battery electric cars in use and the V2X-capable part of them.

    ``capable_home_pu`` is the capable share of cars with a charging point at home, ``willing_ratio_pu`` how willing the
    owners of those are beside the mean owner of the country.
    """

    price_area: str = pa.Field(isin=PRICE_AREAS)
    year: int
    bev_count: float = pa.Field(ge=0)
    bev_low_count: float = pa.Field(ge=0)
    bev_high_count: float = pa.Field(ge=0)
    capable_pu: float = share_field()
    capable_low_pu: float = share_field()
    capable_high_pu: float = share_field()
    home_access_pu: float = share_field()
    capable_home_pu: float = share_field()
    willing_ratio_pu: float = pa.Field(gt=0)

    class Config(Table.Config):
        unique = ["price_area", "year"]


class Potential(Table):
    """Grain: price area × year × hour of week × tier × service. Each tier is contained in the one before."""

    price_area: str = pa.Field(isin=PRICE_AREAS)
    year: int
    hour_of_week: int = pa.Field(ge=0, le=167)
    tier: str = pa.Field(isin=TIERS)
    service: str = pa.Field(isin=SERVICES)
    power_mw: float = pa.Field(ge=-1e-9)
    power_low_mw: float = pa.Field(ge=-1e-9)
    power_high_mw: float = pa.Field(ge=-1e-9)
    energy_mwh: float = pa.Field(ge=-1e-9)

    class Config(Table.Config):
        unique = ["price_area", "year", "hour_of_week", "tier", "service"]


class PotentialSummary(Table):
    """Grain: price area (and ``SE``) × year × tier × service × occasion.

    The occasion is the mean over the week, or over the 50 dearest or the 50 coldest hours of the area's price years;
    ``energy_mwh`` is what the service gives out at that power over its duration.
    """

    price_area: str = pa.Field(isin=PRICE_AREAS_AND_SWEDEN)
    year: int
    tier: str = pa.Field(isin=TIERS)
    service: str = pa.Field(isin=SERVICES)
    occasion: str = pa.Field(isin=OCCASIONS)
    power_mw: float = pa.Field(ge=-1e-9)
    power_low_mw: float = pa.Field(ge=-1e-9)
    power_high_mw: float = pa.Field(ge=-1e-9)
    energy_mwh: float = pa.Field(ge=-1e-9)
    car_count: float = pa.Field(ge=0)

    class Config(Table.Config):
        unique = ["price_area", "year", "tier", "service", "occasion"]


class MarketBalance(Table):
    """Grain: number of enrolled cars in Sweden: price levels, sold reserve and the value of one car at that depth."""

    enrolled_count: float = pa.Field(ge=0)
    fcr_n_level_pu: float = pa.Field(ge=0)
    fcr_d_level_pu: float = pa.Field(ge=0)
    fcr_n_sold_mw: float = pa.Field(ge=0)
    fcr_d_sold_mw: float = pa.Field(ge=0)
    value_sek_per_car_year: float
    value_low_sek_per_car_year: float
    value_high_sek_per_car_year: float

    class Config(Table.Config):
        unique = ["enrolled_count"]


class SchemeResults(Table):
    """Grain: scheme × price area × year × charger option × interoperable. Medians and 5-95 % over the draws."""

    scheme: str
    price_area: str = pa.Field(isin=PRICE_AREAS_AND_SWEDEN)
    year: int
    charger_option: str
    power_kw: float = pa.Field(gt=0)
    technology: str = pa.Field(isin=TECHNOLOGIES)
    is_interoperable: bool
    support_sek_per_unit: float = pa.Field(ge=0)
    eligible_count: float = pa.Field(ge=0)
    adopter_count: float = pa.Field(ge=0)
    adopter_low_count: float = pa.Field(ge=0)
    adopter_high_count: float = pa.Field(ge=0)
    net_additional_count: float
    free_rider_pu: float = share_field(nullable=True)
    outlay_msek: float = pa.Field(ge=0)
    outlay_low_msek: float = pa.Field(ge=0)
    outlay_high_msek: float = pa.Field(ge=0)
    net_firm_additional_mw: float

    class Config(Table.Config):
        unique = ["scheme", "price_area", "year", "charger_option", "is_interoperable"]


class SchemeSummary(Table):
    """Grain: scheme × measure (long form: value, low, high, unit); national, target year."""

    scheme: str
    year: int
    measure: str
    value: float = pa.Field(nullable=True)
    low: float = pa.Field(nullable=True)
    high: float = pa.Field(nullable=True)
    unit: str

    class Config(Table.Config):
        unique = ["scheme", "year", "measure"]


class Accounts(Table):
    """Grain: scheme × flow × account: net present value in million SEK; + is a gain of that account."""

    scheme: str
    flow: str
    account: str = pa.Field(isin=ACCOUNTS)
    net_present_value_msek: float
    is_transfer: bool = pa.Field(description="whether the flow moves money between accounts and sums to zero")

    class Config(Table.Config):
        unique = ["scheme", "flow", "account"]


class Headlines(Table):
    """Grain: headline × price area. The numbers that open the report and end the run; nothing is computed after."""

    headline_id: str
    price_area: str = pa.Field(isin=PRICE_AREAS_AND_SWEDEN)
    value: float = pa.Field(nullable=True)
    low: float = pa.Field(nullable=True)
    high: float = pa.Field(nullable=True)
    unit: str
    detail: str = pa.Field(nullable=True)

    class Config(Table.Config):
        unique = ["headline_id", "price_area"]
