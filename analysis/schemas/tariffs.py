"""Contract of the committed tariff facts that differ by price area."""

import pandera.pandas as pa

from analysis.schemas.base import PRICE_AREAS, Table, share_field


class AreaTariffs(Table):
    """Grain: price area. ``northern_pu`` is the share of its electric cars with reduced energy tax."""

    price_area: str = pa.Field(isin=PRICE_AREAS, unique=True)
    northern_pu: float = share_field()
    source: str
    verified: bool
    note: str = pa.Field(nullable=True)

    class Config(Table.Config):
        unique = ["price_area"]
