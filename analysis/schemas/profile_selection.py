"""Contract of the choice of the number of profiles: what each number would have given."""

import pandera.pandas as pa

from analysis.schemas.base import Table, share_field


class ProfileSelection(Table):
    """Grain: number of profiles tried. Lower ``bic_pu`` is better; ``jaccard_*`` are over profiles and bootstraps.

    ``stable_count`` is the number of profiles with a Jaccard of at least 0.75, ``pattern_count`` of 0.60 to 0.75.
    ``ward_agreement_pu`` and ``medoid_agreement_pu`` are adjusted Rand indices with two other methods. ``is_chosen`` is
    what the scenario states, ``is_recommended`` what stability and BIC would give.
    """

    profile_count: int = pa.Field(ge=1, le=12)
    vehicle_count: int = pa.Field(gt=0)
    bic_pu: float
    log_likelihood_pu: float
    jaccard_least_pu: float = share_field()
    jaccard_mean_pu: float = share_field()
    stable_count: int = pa.Field(ge=0)
    pattern_count: int = pa.Field(ge=0)
    silhouette_pu: float = pa.Field(ge=-1, le=1)
    ward_agreement_pu: float = pa.Field(ge=-1, le=1)
    medoid_agreement_pu: float = pa.Field(ge=-1, le=1)
    bootstrap_count: int = pa.Field(gt=0)
    is_chosen: bool
    is_lowest_bic: bool
    is_recommended: bool

    class Config(Table.Config):
        unique = ["profile_count"]
