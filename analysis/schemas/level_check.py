"""Contract of the check of values between reserve price levels."""

import pandera.pandas as pa

from analysis.schemas.base import Table, share_field


class LevelCheck(Table):
    """Grain: charger option × price year × held-out level: the mean car solved there, and told from the levels around.

    ``error_pu`` is the difference of value over the value at full prices. Offers are yearly means.
    """

    charger_option: str
    price_year: int
    reserve_level_id: str
    fcr_n_pu: float = share_field()
    fcr_d_pu: float = share_field()
    solved_sek: float
    between_sek: float
    error_pu: float
    solved_fcr_n_mean_kw: float = pa.Field(ge=-1e-9)
    solved_fcr_d_up_mean_kw: float = pa.Field(ge=-1e-9)
    solved_fcr_d_down_mean_kw: float = pa.Field(ge=-1e-9)
    between_fcr_n_mean_kw: float = pa.Field(ge=-1e-9)
    between_fcr_d_up_mean_kw: float = pa.Field(ge=-1e-9)
    between_fcr_d_down_mean_kw: float = pa.Field(ge=-1e-9)

    class Config(Table.Config):
        unique = ["charger_option", "price_year", "reserve_level_id"]
