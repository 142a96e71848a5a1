"""Law and standards as shipped, and pairs that work by plain rules, for the report's tables."""

from pathlib import Path

import pandas as pd

from analysis.fleet.regulation import regulation_timeline
from analysis.io import read_csv_table
from analysis.schemas.regulation import BASES, POINT_PLACES, RUNGS, STANDARDS, TWO_WAY, Regulation, RegulationLevers

ROOT = Path(__file__).resolve().parents[3]
YEARS = range(2025, 2041)
LEAD = dict(zip(STANDARDS, (0, -2, 3, 99), strict=True))


def timeline(chosen: str = "reference") -> pd.DataFrame:
    """The shipped levers in every case."""
    levers = read_csv_table(ROOT / "data/assumptions/regulation_levers.csv", RegulationLevers)
    return regulation_timeline(levers, read_csv_table(ROOT / "data/reference/regulation.csv", Regulation), chosen)


def _share(year: int, standards: str, technology: str) -> float:
    wait = 2027 + LEAD[standards] + (technology == "ac")
    return min(0.5, max(0.0, 0.05 * (year - wait)))


def ladder() -> pd.DataFrame:
    """Three rungs, each a half of the one before."""
    rows = [
        (year, name, technology, basis, rung, *([_share(year, name, technology) * 0.5**step] * 3))
        for year in YEARS for name in STANDARDS for technology in TWO_WAY for basis in BASES
        for step, rung in enumerate(RUNGS)
    ]  # fmt: skip
    names = ["year", "standards", "technology", "basis", "rung", "share_pu", "share_low_pu", "share_high_pu"]
    return pd.DataFrame(rows, columns=names)


def works() -> pd.DataFrame:
    """At home all pairs work and some are stranded later; elsewhere a tenth and what standards add."""
    rows = []
    for year in YEARS:
        for name in STANDARDS:
            for place in POINT_PLACES:
                for technology in TWO_WAY:
                    met = 1.0 if place == "home" else 0.1 + 0.5 * _share(year, name, technology)
                    stranded = (0.36 - 0.2 * _share(year, name, technology), 0.36) if place == "home" else (None, None)
                    rows.append((year, name, place, technology, met, 0.8 * met, min(1.0, 1.3 * met), 0.4 * met,
                                 *stranded))  # fmt: skip
    names = ["year", "standards", "place", "technology", "works_pu", "works_low_pu", "works_high_pu",
             "works_of_stock_pu", "stranded_open_pu", "stranded_closed_pu"]  # fmt: skip
    return pd.DataFrame(rows, columns=names).astype({"stranded_open_pu": float, "stranded_closed_pu": float})
