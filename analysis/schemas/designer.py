"""Contract of the designer's check: how far the script in the reader's browser is from the pipeline."""

import pandera.pandas as pa

from analysis.schemas.base import Table


class DesignerCheck(Table):
    """Grain: measure. Worst difference between script and pipeline over settings drawn at random, of all draws.

    ``low`` to ``high`` is what the pipeline's own numbers span over settings, draws and areas, in ``unit``; errors are
    shares of that span. ``worst_error_pu`` is of a single draw, ``worst_shown_error_pu`` of the middle and the ends of
    the interval that the page shows.
    """

    measure: str
    unit: str
    setting_count: int = pa.Field(ge=1)
    draw_count: int = pa.Field(ge=1)
    low: float
    high: float
    worst_error_pu: float = pa.Field(ge=0)
    worst_shown_error_pu: float = pa.Field(ge=0)

    class Config(Table.Config):
        unique = ["measure"]
