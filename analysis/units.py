"""The closed list of unit suffixes that may end a column, variable or key, and the few conversions between them.

Sources: SI; the reserve convention of Svenska kraftnät (capacity is paid per MW and hour: ``_per_mw_h``).
"""

from typing import Final

HOURS_PER_DAY: Final = 24
HOURS_PER_WEEK: Final = 168
HOURS_PER_YEAR: Final = 8760
KW_PER_MW: Final = 1000.0
KWH_PER_MWH: Final = 1000.0
LOCAL_ZONE: Final = "Europe/Stockholm"
"""Swedish local time: days, seasons and hours of the week are counted by it."""
KM_PER_MIL: Final = 10.0
KM_PER_MILE: Final = 1.609344
DAYS_PER_WEEK: Final = 7
MINUTES_PER_HOUR: Final = 60.0

SUFFIXES: Final[frozenset[str]] = frozenset(
    {
        "utc", "local", "s", "h", "min", "days", "weeks", "year", "years",
        "km", "deg", "kwh", "kw", "mw", "mwh", "v", "a", "deg_c", "w_per_m2", "ah",
        "pu", "ratio", "count", "id", "code", "sek", "ksek", "eur", "msek",
        "sek_nominal", "eur_nominal",
    }
)  # fmt: skip
"""What may end a name. ``_pu`` is a share or a factor of one, ``_ratio`` one amount over another of its kind, and
``_per_`` forms a ratio of two of them."""

RATIO_ENDINGS: Final[frozenset[str]] = frozenset(
    {"mw_h", "kw_h", "kw_year", "kw_month", "m2", "k", "car", "car_year", "day", "week", "unit", "plugged_h"}
)
"""What may stand after ``_per_`` beside the suffixes: ``price_sek_per_mw_h``, ``support_sek_per_unit``."""

PLAIN_NAMES: Final[frozenset[str]] = frozenset(
    {
        "weight", "hour_of_week", "value", "low", "high",
        "at_low", "at_middle", "at_high", "difference", "difference_low", "difference_high",
        "published_low", "published_central", "published_high", "target_low", "target_high", "open_low", "open_high",
        "ours_low", "ours_central", "ours_high", "ours_at_best", "ours", "theirs",
        "price_low", "price_high", "sek_low", "sek_high",
    }
)  # fmt: skip
"""Float columns that need no suffix: survey weight, clock position, the value triple of a long table with ``unit``,
what stands in the unit of the row's ``outcome``, published and other models' figures beside ours in the row's
``unit``, and a published price table's own columns."""


SYMBOLS: Final[dict[str, str]] = {
    "utc": "UTC", "local": "local time", "h": "h", "min": "min", "days": "d", "weeks": "weeks", "years": "years",
    "s": "s", "km": "km", "deg": "deg", "kwh": "kWh", "kw": "kW", "mw": "MW", "mwh": "MWh", "v": "V", "a": "A",
    "deg_c": "deg C", "w_per_m2": "W/m2", "ah": "Ah", "pu": "1", "ratio": "1", "count": "1", "sek": "SEK",
    "ksek": "kSEK", "eur": "EUR",
    "msek": "MSEK", "sek_nominal": "SEK, nominal", "eur_nominal": "EUR, nominal", "mw_h": "(MW h)", "kw_h": "(kW h)",
    "kw_year": "(kW year)", "kw_month": "(kW month)", "m2": "m2", "k": "K", "car": "car", "car_year": "(car year)",
    "day": "day", "week": "week", "unit": "unit", "plugged_h": "plugged h", "year": "year",
}  # fmt: skip
"""How units are written outside of names."""


def unit_symbol(name: str) -> str:
    """Write the unit that a name ends in; empty where it ends in none, or in a word that is no amount.

    Examples
    --------
    ``power_mw`` gives MW, ``price_sek_per_mw_h`` SEK/(MW h), ``scheme`` and ``price_year`` nothing.
    """
    head, _, tail = name.rpartition("_per_")
    if head and tail in SYMBOLS:
        return f"{unit_symbol(head)}/{SYMBOLS[tail]}"
    ends = [suffix for suffix in SUFFIXES - {"year"} if name == suffix or name.endswith(f"_{suffix}")]
    return SYMBOLS.get(max(ends, key=len, default=""), "")


def has_unit_suffix(name: str) -> bool:
    """Say whether a name ends in a listed unit, or is a ``_per_`` ratio of listed units.

    Examples
    --------
    ``charge_ac_kwh`` and ``price_sek_per_mwh`` are accepted, ``charge`` and ``price_sek_mwh2`` are not.
    """
    if name in PLAIN_NAMES:
        return True
    head, _, tail = name.rpartition("_per_")
    if head:
        return (tail in SUFFIXES or tail in RATIO_ENDINGS) and has_unit_suffix(head)
    return any(name == suffix or name.endswith("_" + suffix) for suffix in SUFFIXES)


def sek_per_mwh_from_sek_per_kwh(price_sek_per_kwh: float) -> float:
    """Convert an energy price: 0.36 SEK/kWh gives 360 SEK/MWh."""
    return price_sek_per_kwh * KWH_PER_MWH


def sek_per_kwh_from_sek_per_mwh(price_sek_per_mwh: float) -> float:
    """Convert an energy price: 360 SEK/MWh gives 0.36 SEK/kWh."""
    return price_sek_per_mwh / KWH_PER_MWH


def real_sek_from_nominal_eur(amount_eur: float, sek_per_eur: float, price_index: float, base_index: float) -> float:
    """Turn euro of one year into crowns of the run's price year.

    Parameters
    ----------
    amount_eur
        Nominal euro of the year of the price.
    sek_per_eur
        Mean exchange rate of that year (METHODS 0: the rate of the year of the price).
    price_index, base_index
        Consumer price index of that year and of the run's price year.

    Examples
    --------
    100 EUR of 2024 at 11.4309 SEK/EUR, index 415.2 against 418.3, gives 1 151.6 SEK of 2025.
    """
    return amount_eur * sek_per_eur * base_index / price_index
