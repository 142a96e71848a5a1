"""Turns adoption without support into the last tier of the potential: what the market brings about by itself."""

import numpy as np
import pandas as pd

from analysis.cba.firm import firm_kw_per_car
from analysis.errors import DataError, Fault
from analysis.uncertainty.measures import KW_PER_MW, NATION

NONE = "none"
AT_DEPTH = ("fcr_n_level_pu", "fcr_d_level_pu", "fcr_n_sold_mw", "fcr_d_sold_mw", "value_sek_per_car_year")
SPREAD = ("value", "low", "high")


def market_tier(paths: pd.DataFrame, summary: pd.DataFrame, balance: pd.DataFrame, year: int) -> pd.DataFrame:
    """Table ``MarketTier``.

    Parameters
    ----------
    paths
        ``SchemePaths`` with the scheme that gives nothing.
    summary
        ``PotentialSummary``: firm power of one car by area.
    balance
        ``MarketBalance``.

    Raises
    ------
    DataError
        If the run does not compare with no support.
    """
    rows = paths[(paths["scheme"] == NONE) & (paths["year"] == year) & (paths["measure"] == "enrolled_count")]
    if rows.empty:
        raise DataError(Fault("policy.schemes", f"no scheme {NONE!r}", "it among the schemes", "Add it to the list."))
    cars = rows.set_index("price_area")[list(SPREAD)].astype(float).to_dict("index")
    areas = tuple(str(area) for area in cars if area != NATION)
    firm_kw = firm_kw_per_car(summary, areas, year).reindex(list(areas))
    mean_kw = float(np.average(firm_kw, weights=[cars[area]["value"] + 1e-9 for area in areas]))
    deep = balance.sort_values("enrolled_count")

    def row(area: str) -> dict[str, object]:
        counts = [cars[area][name] for name in SPREAD]
        each_kw = mean_kw if area == NATION else float(firm_kw[area])
        at_depth = {
            name: float(np.interp(counts[0], deep["enrolled_count"], deep[name])) if area == NATION else float("nan")
            for name in AT_DEPTH
        }
        names = ("", "_low", "_high")
        return (
            {"price_area": area, "year": year}
            | {f"enrolled{name}_count": count for name, count in zip(names, counts, strict=True)}
            | {f"firm{name}_mw": count * each_kw / KW_PER_MW for name, count in zip(names, counts, strict=True)}
            | at_depth
        )

    return pd.DataFrame([row(area) for area in (NATION, *areas)])
