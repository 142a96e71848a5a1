"""Contracts of the evidence room: every published result beside our number, what moves it, and words on each case."""

import pandas as pd
import pandera.pandas as pa

from analysis.schemas.base import Table

COMPARABILITIES = ("target", "sign", "behaviour", "context")
TESTED = ("target", "sign")
CASE_KINDS = ("engine", "identity", "input", "none")
VERDICTS = ("reproduced", "within_spread", "explained", "not_reproducible", "not_a_test")
KNOB_SETTINGS = ("low", "high", "between")


class Evidence(Table):
    """Grain: published result. The published figure, ours in the same unit, and what the two say.

    ``published_*`` are the row's own figures; empty is an open end or none. ``target_low`` to ``target_high`` is what
    counts as reproduced, ``open_low`` to ``open_high`` that and what lies above a low end alone; empty is an open end.
    For a *sign* row ours is the margin by which the published order holds, and holds above 0. ``case_kind`` says what
    a hit is worth: ``engine`` could have come out otherwise, ``identity`` is arithmetic, ``input`` our own assumption.
    ``knob_count`` is how many single changes were tried on a miss; ``best_knob`` the one that moves ours inside, or
    nearest, ``best_setting`` its value and ``ours_at_best`` our number there.
    """

    published_id: str = pa.Field(unique=True)
    project: str
    quantity: str
    unit: str
    comparability: str = pa.Field(isin=COMPARABILITIES)
    case_kind: str = pa.Field(isin=CASE_KINDS)
    is_transfer: bool = pa.Field(description="whether the case is held under other conditions than the published ones")
    is_calibration: bool
    published_low: float = pa.Field(nullable=True)
    published_central: float = pa.Field(nullable=True)
    published_high: float = pa.Field(nullable=True)
    published_text: str = pa.Field(nullable=True)
    target_low: float = pa.Field(nullable=True)
    target_high: float = pa.Field(nullable=True)
    open_low: float = pa.Field(nullable=True)
    open_high: float = pa.Field(nullable=True)
    ours_low: float = pa.Field(nullable=True)
    ours_central: float = pa.Field(nullable=True)
    ours_high: float = pa.Field(nullable=True)
    verdict: str = pa.Field(isin=VERDICTS)
    knob_count: int = pa.Field(ge=0)
    best_knob: str = pa.Field(nullable=True)
    best_setting: str = pa.Field(nullable=True)
    ours_at_best: float = pa.Field(nullable=True)

    class Config(Table.Config):
        unique = ["published_id"]

    @pa.dataframe_check(error="ours_low <= ours_central <= ours_high, and all three where there is a case")
    def ours_is_ordered(cls, table: pd.DataFrame) -> pd.Series:
        """A row without a case has no number of ours; one with a case has all three."""
        ours = table[["ours_low", "ours_central", "ours_high"]]
        is_ordered = (ours["ours_low"] <= ours["ours_central"]) & (ours["ours_central"] <= ours["ours_high"])
        return is_ordered.where(table["case_kind"] != "none", ours.isna().all(axis=1))

    @pa.dataframe_check(error="a verdict fits its numbers")
    def verdict_is_computed(cls, table: pd.DataFrame) -> pd.Series:
        """A verdict that was typed by hand is found here."""
        return table["verdict"] == _verdicts(table)

    @pa.dataframe_check(error="a best knob stands with its setting and our number there")
    def best_knob_is_whole(cls, table: pd.DataFrame) -> pd.Series:
        """All three or none, and none where no knob was tried."""
        known = table[["best_knob", "best_setting", "ours_at_best"]].notna()
        return known.all(axis=1).where(table["knob_count"] > 0, ~known.any(axis=1))


def is_on_target(table: pd.DataFrame, value: pd.Series) -> "pd.Series[bool]":
    """Whether a number counts as reproduced in its row: between the ends, which belong to it; above 0 for a sign."""
    inside = ~(value < table["target_low"]) & ~(value > table["target_high"]) & value.notna()
    return inside & ((table["comparability"] != "sign") | (value > 0))


def _verdicts(table: pd.DataFrame) -> "pd.Series[str]":
    verdict = pd.Series("not_reproducible", index=table.index, dtype=str)
    verdict[is_on_target(table, table["ours_at_best"])] = "explained"
    apart = (table["ours_high"] < table["open_low"]) | (table["ours_low"] > table["open_high"])
    is_below = (table["comparability"] == "sign") & ~(table["ours_high"] > 0)
    verdict[~apart & ~is_below] = "within_spread"
    verdict[is_on_target(table, table["ours_central"])] = "reproduced"
    is_tested = table["comparability"].isin(TESTED) & (table["case_kind"] != "none")
    verdict[~is_tested] = "not_a_test"
    return verdict


class EvidenceMoves(Table):
    """Grain: published result × knob × setting: our number with one thing changed alone, where it misses.

    ``setting``: ``low`` and ``high`` are the ends of a parameter's range, or the first and second setting of a
    condition; ``between`` is a value found where the two sides of the target lie at the ends. ``knob_value`` is the
    value or name that was set, ``value`` our number there in the published unit.
    """

    published_id: str
    knob: str
    setting: str = pa.Field(isin=KNOB_SETTINGS)
    knob_value: str
    value: float
    is_inside: bool

    class Config(Table.Config):
        unique = ["published_id", "knob", "setting"]


class BrokenCases(Table):
    """Grain: part of the model × case that no longer holds without it, as the tests of the evidence's teeth assert.

    ``case_id`` is a published result, a check of the method (``T2``) or ``fleets_of_users``: fleets of 50 and 100 real
    users beside the firm share that the correlation gives them.
    """

    part: str = pa.Field(isin=("wear", "cells", "wedge", "margins", "correlation"))
    case_id: str = pa.Field(str_matches=r"^((PR|EX)\d{3}|T\d+|fleets_of_users)$")

    class Config(Table.Config):
        unique = ["part", "case_id"]


class EvidenceCases(Table):
    """Grain: published result that is tested, or enters the model: in words what was set up, in both languages.

    A sentence each on vehicle, charger, market, year, contract and tariff, on what differs from the published
    conditions and why. ``enters_at`` is the parameter or module where a row that is no test enters. No text holds a
    computed number.
    """

    published_id: str = pa.Field(unique=True)
    conditions_sv: str
    conditions_en: str
    enters_at: str = pa.Field(nullable=True)

    class Config(Table.Config):
        unique = ["published_id"]


class ChargerPrices(Table):
    """Grain: published charger price, price range or exchange rate; ``sek_*`` at the rates of the table's own year."""

    id: str = pa.Field(unique=True)
    kind: str
    product: str
    type_in_report: str = pa.Field(nullable=True)
    type_checked: str = pa.Field(nullable=True)
    power_kw: str = pa.Field(nullable=True)
    price_low: float = pa.Field(nullable=True)
    price_high: float = pa.Field(nullable=True)
    currency: str
    fx_sek: float = pa.Field(nullable=True)
    sek_low: float = pa.Field(nullable=True)
    sek_high: float = pa.Field(nullable=True)
    sek_per_kw: float = pa.Field(nullable=True)
    market: str = pa.Field(nullable=True)
    includes: str = pa.Field(nullable=True)
    vat: str = pa.Field(nullable=True)
    source: str
    verified: bool
    note: str = pa.Field(nullable=True)

    class Config(Table.Config):
        unique = ["id"]
