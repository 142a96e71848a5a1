"""Names the reserve products a car may sell and the group whose price level each follows."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Product:
    """One reserve product: its name in the reserve rules, prices and schedules, and its group of price levels."""

    name: str
    group: str


CONTAINMENT = (Product("fcr_n", "fcr_n"), Product("fcr_d_up", "fcr_d"), Product("fcr_d_down", "fcr_d"))
"""Frequency containment: every problem has prices for these, NaN where nothing is bought."""
RESTORATION = tuple(Product(name, "afrr_mfrr") for name in ("afrr_up", "afrr_down", "mfrr_up", "mfrr_down"))
"""Capacity of automatic and manual frequency restoration: a problem has columns for those that it has prices for."""
PRODUCTS = CONTAINMENT + RESTORATION
