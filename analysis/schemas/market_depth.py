"""Contracts of market depth: what each product buys and pays, what cars capture of it, portfolios, profiles."""

import pandera.pandas as pa

from analysis.schemas.base import (
    PRICE_AREAS,
    PRICE_AREAS_AND_SWEDEN,
    RESERVE_PRODUCTS,
    Table,
    UtcTime,
    share_field,
    utc_field,
)


class ReserveOffers(Table):
    """Grain: price area × price year × reserve price level × step of the representative weeks, first charger option.

    kW that the mean car of the sample offers (of all cars, plugged in or not); ``weight`` is the weeks that the step's
    week stands for.
    """

    price_area: str = pa.Field(isin=PRICE_AREAS)
    price_year: int
    reserve_level_id: str
    week_id: str
    interval_start_utc: UtcTime = utc_field()
    weight: float = pa.Field(gt=0)
    fcr_n_kw: float = pa.Field(ge=-1e-6)
    fcr_d_up_kw: float = pa.Field(ge=-1e-6)
    fcr_d_down_kw: float = pa.Field(ge=-1e-6)
    afrr_up_kw: float = pa.Field(ge=-1e-6)
    afrr_down_kw: float = pa.Field(ge=-1e-6)
    mfrr_up_kw: float = pa.Field(ge=-1e-6)
    mfrr_down_kw: float = pa.Field(ge=-1e-6)

    class Config(Table.Config):
        unique = ["price_area", "price_year", "reserve_level_id", "interval_start_utc"]


class CarOffers(ReserveOffers):
    """Grain: car of one chunk × price area × price year × reserve price level × step; kW of the car itself."""

    vehicle_id: str

    class Config(Table.Config):
        unique = ["price_area", "price_year", "vehicle_id", "reserve_level_id", "interval_start_utc"]


class MarketProducts(Table):
    """Grain: product × price area × price year: what is bought, at what price, and who is there already.

    A product that is not bought in an area and year has no row. ``bought_mean_mw`` is over all hours of the year, the
    price over the hours with a purchase; ``required_sweden_mw`` is the requirement of all Sweden. ``storage_sweden_mw``
    is what stationary batteries had prequalified at the last observation, null where none is on record.
    """

    product: str = pa.Field(isin=RESERVE_PRODUCTS)
    price_area: str = pa.Field(isin=PRICE_AREAS_AND_SWEDEN)
    price_year: int
    price_sek_per_mw_h: float = pa.Field(ge=0)
    bought_mean_mw: float = pa.Field(gt=0)
    bought_hours_pu: float = share_field()
    required_sweden_mw: float = pa.Field(gt=0)
    storage_sweden_mw: float = pa.Field(ge=0, nullable=True)
    minimum_bid_mw: float = pa.Field(gt=0)

    class Config(Table.Config):
        unique = ["product", "price_area", "price_year"]


class CapturePrices(Table):
    """Grain: profile (and ``all``) × product × price area × price year: prices that cars meet, at full price levels.

    ``mean_`` is over the hours with a purchase, ``connected_`` weighs these hours by the cars plugged in, ``capture_``
    by what they offer; the ratios are to the mean. FCR is one market (``SE``). No row where the cars offer nothing.
    """

    profile_id: str
    product: str = pa.Field(isin=RESERVE_PRODUCTS)
    price_area: str = pa.Field(isin=PRICE_AREAS_AND_SWEDEN)
    price_year: int
    vehicle_count: int = pa.Field(gt=0)
    offer_mean_kw: float = pa.Field(gt=0)
    mean_sek_per_mw_h: float = pa.Field(ge=0)
    connected_sek_per_mw_h: float = pa.Field(ge=0)
    capture_sek_per_mw_h: float = pa.Field(ge=0)
    connected_pu: float = pa.Field(ge=0)
    capture_pu: float = pa.Field(ge=0)

    class Config(Table.Config):
        unique = ["profile_id", "product", "price_area", "price_year"]


class MarketSales(Table):
    """Grain: product that Sweden buys as one × number of enrolled cars, at the levels of the market balance.

    ``offered_mw`` is the yearly mean of what is bid and accepted, ``sold_mw`` what is left of it when no hour sells
    more than is bought in it; ``capped_hours_pu`` the share of hours in which that cuts. ``level_pu`` is the price left
    in the balance, which erodes the year's mean by the mean offer; ``hourly_level_pu`` what is left when each hour is
    eroded by what is offered in it, weighed by payment: less, since cars offer together in the dear hours.
    """

    product: str = pa.Field(isin=RESERVE_PRODUCTS)
    enrolled_count: float = pa.Field(ge=0)
    offered_mw: float = pa.Field(ge=0)
    sold_mw: float = pa.Field(ge=0)
    most_in_hour_mw: float = pa.Field(ge=0)
    capped_hours_pu: float = share_field()
    level_pu: float = share_field()
    hourly_level_pu: float = share_field()

    class Config(Table.Config):
        unique = ["product", "enrolled_count"]


class PortfolioValues(Table):
    """Grain: number of cars in one portfolio, at today's prices: what the smallest bid leaves of hours and of value.

    ``*_sold_pu`` is the share of the offers that lie in hours in which the portfolio's offer makes the smallest bid.
    """

    portfolio_count: int = pa.Field(gt=0, unique=True)
    fcr_n_sold_pu: float = share_field()
    fcr_d_sold_pu: float = share_field()
    value_sek_per_car_year: float

    class Config(Table.Config):
        unique = ["portfolio_count"]


class ProfileDepth(Table):
    """Grain: profile × number of enrolled cars in Sweden: value of one car of that profile at that depth."""

    profile_id: str
    enrolled_count: float = pa.Field(ge=0)
    value_sek_per_car_year: float

    class Config(Table.Config):
        unique = ["profile_id", "enrolled_count"]


class RestorationBalance(Table):
    """Grain: number of enrolled cars × price area, where reserve levels sell aFRR and mFRR; empty where none does.

    All groups settled together: FCR of Sweden, aFRR and mFRR of each area. Value is that of the mean enrolled car of
    Sweden, the same in all areas of a row's number.
    """

    enrolled_count: float = pa.Field(ge=0)
    price_area: str = pa.Field(isin=PRICE_AREAS)
    fcr_n_level_pu: float = pa.Field(ge=0)
    fcr_d_level_pu: float = pa.Field(ge=0)
    afrr_mfrr_level_pu: float = pa.Field(ge=0)
    afrr_up_sold_mw: float = pa.Field(ge=0)
    afrr_down_sold_mw: float = pa.Field(ge=0)
    mfrr_up_sold_mw: float = pa.Field(ge=0)
    mfrr_down_sold_mw: float = pa.Field(ge=0)
    value_sek_per_car_year: float

    class Config(Table.Config):
        unique = ["enrolled_count", "price_area"]
