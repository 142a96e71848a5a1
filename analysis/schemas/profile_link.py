"""Contracts of the link between profiles and households, and of what the counts rest on."""

import pandera.pandas as pa

from analysis.schemas.base import PRICE_AREAS_AND_SWEDEN, Table, share_field

LINK_BASES = ("assumption_synthetic_travel", "observed_travel", "no_demographics", "too_few_cars")
"""Where a link comes from. The first is an assumption: generated travel holds what its own rules put there. The last
two mean the same profile shares everywhere."""

TERM_STATES = ("estimated", "reference", "left_out")
LEFT_OUT_REASONS = ("not_in_vehicles", "not_stated", "does_not_vary", "too_few_events", "no_trait_of_the_household")


class ProfileLink(Table):
    """Grain: profile × covariate. Log odds against the reference profile; null where the covariate is left out."""

    profile_id: str
    covariate: str
    state: str = pa.Field(isin=TERM_STATES)
    reason: str = pa.Field(isin=LEFT_OUT_REASONS, nullable=True)
    coefficient_pu: float = pa.Field(nullable=True)
    standard_error_pu: float = pa.Field(ge=0, nullable=True)
    basis: str = pa.Field(isin=LINK_BASES)
    ridge_count: float = pa.Field(ge=0)
    car_count: int = pa.Field(gt=0)
    effective_count: float = pa.Field(gt=0)

    class Config(Table.Config):
        unique = ["profile_id", "covariate"]


class ProfileCountSeeds(Table):
    """Grain: price area × profile. Shares of cars under the sample's odds ratios and under independent margins."""

    price_area: str = pa.Field(isin=PRICE_AREAS_AND_SWEDEN)
    profile_id: str
    share_sample_seed_pu: float = share_field()
    share_independent_seed_pu: float = share_field()
    net_difference_pu: float = pa.Field(ge=-1, le=1)
    largest_municipality_difference_pu: float = share_field()

    class Config(Table.Config):
        unique = ["price_area", "profile_id"]


class CompanyCarAreas(Table):
    """Grain: price area. Registered cars as they are, and with those at firms' addresses moved to their users."""

    price_area: str = pa.Field(isin=PRICE_AREAS_AND_SWEDEN)
    registered_count: int = pa.Field(ge=0)
    moved_out_count: int = pa.Field(ge=0)
    moved_in_count: int = pa.Field(ge=0)
    reallocated_count: int = pa.Field(ge=0)
    giving_municipality_count: int = pa.Field(ge=0)
    is_used: bool

    class Config(Table.Config):
        unique = ["price_area"]
