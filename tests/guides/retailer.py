"""A year of a retailer's prices, in the form that the guide to data sources shows, and reserve prices beside it."""

from pathlib import Path

import numpy as np
import pandas as pd

LEVELS_EUR_PER_KWH = {"SE3": 0.040, "SE4": 0.055}


def prices_eur_per_kwh(price_area: str) -> pd.Series:
    """Hourly prices of 2025 on the Swedish clock: dear mornings and evenings, dear winters."""
    hours = pd.date_range("2025-01-01", "2026-01-01", freq="h", tz="Europe/Stockholm", inclusive="left")
    day, season = np.sin(2 * np.pi * (hours.hour - 9) / 12), np.cos(2 * np.pi * hours.day_of_year / 365)
    return pd.Series(LEVELS_EUR_PER_KWH[price_area] * (1 + 0.6 * day + 0.4 * season), index=hours).round(4)


def write_years(folder: Path) -> dict[str, Path]:
    """Write one file an area below ``folder`` as the retailer does; gives their paths."""
    paths = {}
    for price_area in LEVELS_EUR_PER_KWH:
        prices = prices_eur_per_kwh(price_area)
        rows = [f"{start:%Y-%m-%d %H:%M};{price:.4f}" for start, price in prices.items()]
        lines = ["Tid;Pris EUR/kWh", *rows, f"Summa;{prices.sum():.4f}"]
        paths[price_area] = folder / "retailer" / f"{price_area}_2025.csv"
        paths[price_area].parent.mkdir(parents=True, exist_ok=True)
        paths[price_area].write_text("\n".join(lines).replace(".", ",") + "\n", encoding="utf-8")
    return paths


def write_reserves(folder: Path) -> Path:
    """Write even FCR prices of 2025 below ``folder``, in the form that ``mimer_fcr`` reads."""
    starts = pd.date_range("2025-01-01", "2026-01-01", freq="h", tz="Europe/Stockholm", inclusive="left")
    stamps = starts.strftime("%Y-%m-%dT%H:%M:%S")
    again = stamps.duplicated()
    table = pd.DataFrame({"time_start": stamps.where(~again, starts.strftime("%Y-%m-%dT%H:01:00"))})
    for product, price, volume in (("fcr_n", 25.0, 250.0), ("fcr_d_up", 6.0, 550.0), ("fcr_d_down", 6.0, 550.0)):
        table[f"{product}_price_eur_mw"], table[f"{product}_volume_mw"] = price, volume
    path = folder / "reserves" / "fcr_mimer" / "2025.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    table.to_csv(path, index=False)
    return path
