"""Contracts of regulation and standards: the instruments as read, the dated levers on the model, and both over time."""

import pandas as pd
import pandera.pandas as pa

from analysis.schemas.base import Table, share_field

DAY = r"^\d{4}-\d{2}-\d{2}$"
STANDARDS = ("reference", "early_standards", "late_standards", "proprietary_lock_in")
STATUSES = ("enacted", "proposed", "forecast", "assumption")
RUNGS = ("speaks", "discharges", "shakes_hands")
BASES = ("new", "in_use")
POINT_PLACES = ("home", "work", "public", "depot")
TWO_WAY = ("ac", "dc")


class Regulation(Table):
    """Grain: legal or technical instrument, as read in its source (``data/reference/regulation.csv``)."""

    id: str = pa.Field(unique=True)
    instrument: str
    reference: str = pa.Field(nullable=True)
    legal_kind: str
    status: str
    key_dates: str = pa.Field(nullable=True)
    requirement: str
    effect_on_model: str
    lever_name: str
    lever_default: str
    source: str
    verified: bool
    dates_verified: str
    note: str = pa.Field(nullable=True)

    class Config(Table.Config):
        unique = ["id"]


class RegulationLevers(Table):
    """Grain: lever. The day on which an instrument starts to act on the model, and what that day rests on.

    ``status`` is that of the day: ``enacted`` only where law names it. ``moves``: ``fixed`` days never move,
    ``late_only`` ones are decided and may slip, ``open`` ones may also come earlier, not before ``not_before_day``.
    """

    lever: str = pa.Field(unique=True)
    regulation_id: str
    effect_day: str = pa.Field(str_matches=DAY)
    status: str = pa.Field(isin=STATUSES)
    moves: str = pa.Field(isin=("fixed", "late_only", "open"))
    not_before_day: str = pa.Field(str_matches=DAY, nullable=True)
    acts_on: str
    source: str
    verified: bool
    note: str = pa.Field(nullable=True)

    class Config(Table.Config):
        unique = ["lever"]

    @pa.dataframe_check(error="an open day has a not_before_day at or before it, another has none")
    def open_days_are_bounded(cls, table: pd.DataFrame) -> pd.Series:
        """Only a day that may come earlier needs, and has, an earliest day."""
        is_open = table["moves"] == "open"
        is_bounded = table["not_before_day"].notna() & (table["not_before_day"].fillna("9999") <= table["effect_day"])
        return (is_open & is_bounded) | (~is_open & table["not_before_day"].isna())

    @pa.dataframe_check(error="a day that may come earlier is not enacted")
    def law_never_comes_earlier(cls, table: pd.DataFrame) -> pd.Series:
        """What law names is not moved forward by a scenario."""
        return ~((table["status"] == "enacted") & (table["moves"] == "open"))


class RegulationTimeline(Table):
    """Grain: lever × standards scenario. When each instrument acts, as told and as each scenario shifts it."""

    lever: str
    standards: str = pa.Field(isin=STANDARDS)
    regulation_id: str
    instrument: str
    effect_day: str = pa.Field(str_matches=DAY)
    status: str = pa.Field(isin=STATUSES)
    is_moved: bool
    is_chosen: bool

    class Config(Table.Config):
        unique = ["lever", "standards"]


class InteropMatrix(Table):
    """Grain: car maker × charger. Named pairs work; of all others nothing is known, which is not that they fail."""

    id: str = pa.Field(unique=True)
    oem: str
    charger: str
    tech: str = pa.Field(isin=("AC", "DC"))
    named_pair: int = pa.Field(isin=(0, 1))
    works_2026_prior_pu: float = share_field(nullable=True)
    verified: bool
    note: str = pa.Field(nullable=True)

    class Config(Table.Config):
        unique = ["id"]


class BrandShares(Table):
    """Grain: row of ``data/reference/brand_shares.csv``: registrations, shares of sales and shares of the stock."""

    id: str = pa.Field(unique=True)
    year: int
    basis: str
    brand: str
    value: float
    unit: str
    source: str
    verified: bool
    note: str = pa.Field(nullable=True)

    class Config(Table.Config):
        unique = ["id"]


class Interoperability(Table):
    """Grain: year × standards scenario × place × technology.

    ``works_pu``: of cars in use that can discharge, how many work with a two-way point met at the place; at home the
    owner chose the pair, so it is 1 at purchase. ``works_of_stock_pu``: the same of all battery cars in use; earlier
    standards never lower it, while they may lower ``works_pu`` for a time, as more early cars can discharge.
    ``stranded_open_pu`` and ``stranded_closed_pu``, at home only: home chargers bought that year which five years
    later cannot discharge the owner's car, for an open and for a maker's own charger.
    """

    year: int
    standards: str = pa.Field(isin=STANDARDS)
    place: str = pa.Field(isin=POINT_PLACES)
    technology: str = pa.Field(isin=TWO_WAY)
    works_pu: float = share_field()
    works_low_pu: float = share_field()
    works_high_pu: float = share_field()
    works_of_stock_pu: float = share_field()
    stranded_open_pu: float = share_field(nullable=True)
    stranded_closed_pu: float = share_field(nullable=True)

    class Config(Table.Config):
        unique = ["year", "standards", "place", "technology"]


class InteropPairs(Table):
    """Grain: year × make × charger: the chance that a new car and a new charger of that year discharge together.

    ``brand_stock_pu`` is the make's share of the battery cars in use that year, not of those sold.
    """

    year: int
    brand: str
    charger: str
    technology: str = pa.Field(isin=TWO_WAY)
    is_named: bool
    brand_stock_pu: float = share_field()
    works_pu: float = share_field()

    class Config(Table.Config):
        unique = ["year", "brand", "charger"]


class CapabilityLadder(Table):
    """Grain: year × standards scenario × technology × basis × rung.

    Of a car and a point that meet: both speak the standard; they also have the service to discharge; they also shake
    hands. ``new``: both are new that year. ``in_use``: both are drawn from those in use, the point a public one.
    """

    year: int
    standards: str = pa.Field(isin=STANDARDS)
    technology: str = pa.Field(isin=TWO_WAY)
    basis: str = pa.Field(isin=BASES)
    rung: str = pa.Field(isin=RUNGS)
    share_pu: float = share_field()
    share_low_pu: float = share_field()
    share_high_pu: float = share_field()

    class Config(Table.Config):
        unique = ["year", "standards", "technology", "basis", "rung"]
