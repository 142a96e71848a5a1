"""Small descriptors and files that the source tests share."""

from pathlib import Path
from typing import Any

import pandas as pd

from analysis.sources.descriptor import Descriptor

HEAD = {"title": "t", "publisher": "p", "licence": "CC0", "citation": "c", "url": "https://example.org",
        "obtain": {"file": "plain.csv", "page": "https://example.org"}}  # fmt: skip


def describe(**changes: Any) -> Descriptor:
    """A descriptor of hourly day-ahead prices in a plain CSV, with changes laid over it."""
    base: dict[str, Any] = {
        **HEAD,
        "name": "plain",
        "table": "DayAheadQuotes",
        "file": {"format": "csv"},
        "fields": {
            "interval_start_utc": {
                "column": "start",
                "clock": {"format": "%Y-%m-%d %H:%M", "zone": "Europe/Stockholm"},
            },
            "step_h": {"constant": 1.0},
            "price_area": {"column": "area"},
            "price_eur_nominal_per_mwh": {"column": "price", "unit": "eur_per_mwh"},
        },
        "series": {"by": ["price_area"]},
    }
    return Descriptor.model_validate({**base, **changes})


def describe_trips(**changes: Any) -> Descriptor:
    """A descriptor of trips in a plain CSV."""
    clock = {"format": "%Y-%m-%d %H:%M", "zone": "UTC", "label": "instant"}
    base: dict[str, Any] = {
        **HEAD,
        "name": "trips",
        "table": "Trips",
        "file": {"format": "csv"},
        "fields": {
            "vehicle_id": {"column": "car"},
            "depart_utc": {"column": "from", "clock": clock},
            "arrive_utc": {"column": "to", "clock": clock},
            "distance_km": {"column": "km", "unit": "km"},
            "origin": {"column": "a", "map": {"H": "home", "W": "work"}},
            "destination": {"column": "b", "map": {"H": "home", "W": "work"}},
            "purpose": {"constant": "any"},
        },
        "trips": {"max_speed_km_per_h": 150},
    }
    return Descriptor.model_validate({**base, **changes})


def price_rows(day: str = "2024-05-01", days: int = 1, area: str = "SE3", level: float = 40.0) -> pd.DataFrame:
    """Hourly price rows of some local days, on the wall clock (the hour of spring absent, that of autumn twice)."""
    start = pd.Timestamp(day, tz="Europe/Stockholm")
    hours = pd.date_range(start, start + pd.DateOffset(days=days), freq="h", inclusive="left")
    texts = hours.strftime("%Y-%m-%d %H:%M")
    return pd.DataFrame({"start": texts, "area": area, "price": [level + index % 7 for index in range(len(hours))]})


def write_rows(table: pd.DataFrame, path: Path) -> Path:
    """Write rows as CSV."""
    table.to_csv(path, index=False)
    return path
