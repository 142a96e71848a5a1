"""Contracts of what sessions say of firm capacity: correlation of being plugged in, and real fleets' firm share."""

import pandas as pd
import pandera.pandas as pa

from analysis.schemas.base import Table, share_field

CASES = (
    "hour_of_week", "season", "quarter", "season_without_holidays", "holidays", "one_year", "before_pandemic", "winter",
)  # fmt: skip
PAIRS = ("all", "across_sites", "within_sites")
DAY_KINDS = ("all", "weekday", "weekend")


class AvailabilityCorrelation(Table):
    """Grain: case × pairs × weighting × day kind × hour of day (null = all hours).

    Pairwise correlation of being plugged in beyond the mean that ``case`` names, with 5-95 % by blocks of four weeks
    drawn anew (null where blocks are few). ``own_correlation_pu`` is by the users' own variances.
    """

    case: str = pa.Field(isin=CASES)
    pairs: str = pa.Field(isin=PAIRS)
    weighting: str = pa.Field(isin=("pair", "day"))
    day_kind: str = pa.Field(isin=DAY_KINDS)
    hour: pd.Int64Dtype = pa.Field(ge=0, le=23, nullable=True)
    correlation_pu: float = pa.Field(ge=-1, le=1)
    correlation_low_pu: float = pa.Field(ge=-1, le=1, nullable=True)
    correlation_high_pu: float = pa.Field(ge=-1, le=1, nullable=True)
    own_correlation_pu: float = pa.Field(ge=-1, le=1)
    plugged_pu: float = share_field()
    user_count: int = pa.Field(gt=1)
    day_count: int = pa.Field(gt=0)
    block_count: int = pa.Field(gt=0)
    source: str

    class Config(Table.Config):
        unique = ["case", "pairs", "weighting", "day_kind", "hour"]


class AvailabilityFleets(Table):
    """Grain: size of a fleet of real users: its firm share, and what the formulas say at the same availability.

    Mean over the hours of weekdays and weekends of the share that is plugged in with 95 %, in whole weeks drawn anew.
    Null where never so many users were observed at once.
    """

    fleet_count: int = pa.Field(gt=0)
    most_observed_count: int = pa.Field(gt=0)
    week_count: int = pa.Field(ge=0)
    plugged_pu: float = share_field(nullable=True)
    firm_share_pu: float = share_field(nullable=True)
    firm_share_low_pu: float = share_field(nullable=True)
    firm_share_high_pu: float = share_field(nullable=True)
    independent_share_pu: float = share_field(nullable=True)
    measured_share_pu: float = share_field(nullable=True)
    assumed_share_pu: float = share_field(nullable=True)
    source: str

    class Config(Table.Config):
        unique = ["fleet_count"]
