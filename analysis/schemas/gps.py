"""Contract of trips as a position logger knows them: where they began and ended, not what stood there."""

import pandas as pd
import pandera.pandas as pa

from analysis.schemas.base import Table, UtcTime, utc_field


class GpsTrips(Table):
    """Grain: trip. Positions are WGS 84; null where the logger had none. Home and work are found from them later."""

    vehicle_id: str
    depart_utc: UtcTime = utc_field()
    arrive_utc: UtcTime = utc_field()
    distance_km: float = pa.Field(gt=0, le=3000)
    depart_latitude_deg: float = pa.Field(ge=-90, le=90, nullable=True)
    depart_longitude_deg: float = pa.Field(ge=-180, le=180, nullable=True)
    arrive_latitude_deg: float = pa.Field(ge=-90, le=90, nullable=True)
    arrive_longitude_deg: float = pa.Field(ge=-180, le=180, nullable=True)
    purpose: str = pa.Field(nullable=True)

    class Config(Table.Config):
        unique = ["vehicle_id", "depart_utc"]

    @pa.dataframe_check(error="arrive_utc later than depart_utc")
    def arrives_after_departing(cls, table: pd.DataFrame) -> pd.Series:
        """A trip takes time."""
        return table["arrive_utc"] > table["depart_utc"]
