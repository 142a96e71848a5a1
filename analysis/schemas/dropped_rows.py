"""Contract of the rows that cleaning leaves out: each with its file, its row, and a reason from a closed list."""

from typing import Final

import pandera.pandas as pa

from analysis.schemas.base import Table

REASONS: Final[dict[str, str]] = {
    "no_start": "without a start",
    "no_end": "without an end",
    "clock_change": "at a local time that the clock skips or repeats",
    "duplicate": "the same as a row before it",
    "negative_distance": "of less than no distance",
    "no_distance": "of no distance",
    "no_duration": "that end as they begin",
    "too_fast": "faster than the descriptor allows",
    "gps_jump": "whose positions no car can have reached",
    "seen_one_day": "of a car seen for a single day, where weeks are asked for",
    "zero_weight": "of a car whose weight is zero",
    "weight_absent": "of a car without weight",
    "session_over_month": "longer than 31 days",
    "negative_energy": "of less than no energy",
    "energy_disagrees": "whose energy is not that of its parts",
    "withdrawn": "that a later record withdraws, and that record itself",
}
"""Every reason for which a row may be left out, and how it is said. A row has one reason: the first that fits."""


class DroppedRows(Table):
    """Grain: row of a source file that was left out of ``table_name``. ``found`` is what stood there."""

    dataset: str
    source_file: str
    table_name: str = pa.Field(isin=("Trips", "GpsTrips", "Sessions", "Vehicles"))
    row_number: int = pa.Field(ge=0)
    record_id: str = pa.Field(nullable=True)
    reason: str = pa.Field(isin=tuple(REASONS))
    found: str

    class Config(Table.Config):
        unique = ["source_file", "table_name", "row_number"]
