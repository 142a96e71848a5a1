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
