"""Contracts of the evidence on profiles: what is lost by k of them, and how sure each of them is."""

import pandas as pd
import pandera.pandas as pa

from analysis.schemas.base import Table, share_field

DATASETS = ("embedded", "champpy", "norway")


class ProfileEvidence(Table):
    """Grain: data set × number of profiles × sample of vehicles that stand for all.

    Losses are |V(k) − V(all)| / V(all) for the annual value of V2G over smart charging and for firm kW; ``_most`` is
    the largest over the seeds, ``_random`` the standard error of as many vehicles drawn without profiles.
    """

    dataset: str = pa.Field(isin=DATASETS)
    vehicle_count: int = pa.Field(gt=0)
    profile_count: int = pa.Field(ge=3, le=12)
    is_chosen: bool
    is_recommended: bool
    sample: str = pa.Field(isin=("vehicle_weeks", "default", "full"))
    sampled_count: int = pa.Field(gt=0)
    value_all_sek: float = pa.Field(gt=0)
    value_loss_pu: float = pa.Field(ge=0)
    value_loss_most_pu: float = pa.Field(ge=0)
    value_loss_random_pu: float = pa.Field(ge=0)
    firm_all_kw: float = pa.Field(gt=0)
    firm_loss_pu: float = pa.Field(ge=0)
    firm_loss_most_pu: float = pa.Field(ge=0)
    is_met: bool
    is_met_by_all_seeds: bool
    bic_pu: float
    jaccard_least_pu: float = share_field()
    jaccard_mean_pu: float = share_field()
    ward_agreement_pu: float = pa.Field(ge=-1, le=1)
    medoid_agreement_pu: float = pa.Field(ge=-1, le=1)
    seed_agreement_pu: float = pa.Field(ge=-1, le=1)
    share_shift_pu: float = share_field()
    seed_count: int = pa.Field(ge=2)

    class Config(Table.Config):
        unique = ["dataset", "profile_count", "sample"]

    @pa.dataframe_check(error="the largest loss over seeds is at least that of the first")
    def most_is_most(cls, table: pd.DataFrame) -> pd.Series:
        """The first seed is one of them."""
        return (table["value_loss_most_pu"] >= table["value_loss_pu"]) & (
            table["firm_loss_most_pu"] >= table["firm_loss_pu"]
        )


class ProfileStability(Table):
    """Grain: data set × profile of the chosen number. Shares of the run's seed, and over seeds, profiles matched."""

    dataset: str = pa.Field(isin=DATASETS)
    profile_id: str
    vehicle_count: int = pa.Field(ge=0)
    effective_count: float = pa.Field(gt=0)
    share_pu: float = share_field()
    share_least_pu: float = share_field()
    share_most_pu: float = share_field()
    jaccard_pu: float = share_field()
    stability: str = pa.Field(isin=("stable", "pattern", "unstable"))
    seed_count: int = pa.Field(ge=2)
    bootstrap_count: int = pa.Field(gt=0)

    class Config(Table.Config):
        unique = ["dataset", "profile_id"]
