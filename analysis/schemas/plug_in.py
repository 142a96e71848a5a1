"""Contract of what charging sessions say about plugging in: one long table of statistics, each with its source."""

import pandas as pd
import pandera.pandas as pa

from analysis.schemas.base import Table, share_field


class PlugInStatistics(Table):
    """Grain: statistic × day kind × hour. ``hour`` is null for scalars; hourly shares sum to one over a day kind."""

    statistic: str
    day_kind: str = pa.Field(isin=("all", "weekday", "weekend"))
    hour: pd.Int64Dtype = pa.Field(ge=0, le=23, nullable=True)
    value: float = pa.Field(ge=0)
    unit: str
    source: str
    how_computed: str

    class Config(Table.Config):
        unique = ["statistic", "day_kind", "hour"]


class PlugInValidation(Table):
    """Grain: split × series × measure × day kind × hour. Simulated plugging-in beside users it was not fitted to.

    ``hour`` is a clock hour, or the length in hours up to which connections are counted. ``low`` and ``high`` are the
    limits that a distance or target is held to, null where there is none. Split ``mean`` is the mean
    over the splits, ``all`` uses every user.
    """

    split: str = pa.Field(isin=("1", "2", "3", "4", "5", "mean", "all"))
    series: str = pa.Field(isin=("held_out", "model", "calibration", "distance", "halves", "sessions"))
    measure: str
    day_kind: str = pa.Field(isin=("all", "weekday", "weekend"))
    hour: pd.Int64Dtype = pa.Field(ge=0, le=48, nullable=True)
    value: float = pa.Field(ge=0)
    low: float = pa.Field(nullable=True)
    high: float = pa.Field(nullable=True)
    verdict: str = pa.Field(isin=("within", "missed", "no limit"))
    unit: str
    how_computed: str
    source: str

    class Config(Table.Config):
        unique = ["split", "series", "measure", "day_kind", "hour"]

    @pa.dataframe_check(error="verdict follows from value, low and high")
    def verdict_follows_limits(cls, table: pd.DataFrame) -> pd.Series:
        """No verdict is written by hand."""
        has_limit = table["low"].notna() | table["high"].notna()
        inside = (table["value"] >= table["low"].fillna(0.0)) & (table["value"] <= table["high"].fillna(float("inf")))
        expected = inside.map({True: "within", False: "missed"}).where(has_limit, "no limit")
        return table["verdict"] == expected


class PlugInContracts(Table):
    """Grain: contract × reading of the 10 EUR per extra hour. What a contract to stay plugged in asks for and gives.

    ``plugged_*`` and the like hold those who sign at the offer to the terms; ``held_*`` all cars that are home enough.
    ``complies_pu``: the offer moves them enough by the payment response. Null where there is no contract.
    ``burden_eur_per_year``: what signers would have taken at least, as a mean over all cars.
    """

    contract: str = pa.Field(isin=("none", "12h_20d", "16h"))
    hour_reading: str = pa.Field(isin=("none", "per_contract_period", "per_delivered_hour"))
    car_count: int = pa.Field(gt=0)
    offer_eur_per_day: float = pa.Field(ge=0, nullable=True)
    able_pu: float = share_field(nullable=True)
    meets_without_pu: float = share_field(nullable=True)
    complies_pu: float = share_field(nullable=True)
    signs_pu: float = share_field(nullable=True)
    plugged_pu: float = share_field()
    plugged_h_per_day: float = pa.Field(ge=0, le=24)
    month_plug_in_days: float = pa.Field(ge=0, le=31)
    plug_in_day_h: float = pa.Field(ge=0, le=24)
    held_plugged_pu: float = share_field()
    held_plugged_h_per_day: float = pa.Field(ge=0, le=24)
    held_month_plug_in_days: float = pa.Field(ge=0, le=31)
    held_plug_in_day_h: float = pa.Field(ge=0, le=24)
    needed_low_eur_per_day: float = pa.Field(ge=0, nullable=True)
    needed_eur_per_day: float = pa.Field(ge=0, nullable=True)
    needed_high_eur_per_day: float = pa.Field(ge=0, nullable=True)
    burden_eur_per_year: float = pa.Field(ge=0)

    class Config(Table.Config):
        unique = ["contract", "hour_reading"]

    @pa.dataframe_check(error="able >= signs")
    def only_the_able_sign(cls, table: pd.DataFrame) -> pd.Series:
        """Nobody signs what the car cannot keep."""
        return ~(table["signs_pu"] > table["able_pu"] + 1e-9)
