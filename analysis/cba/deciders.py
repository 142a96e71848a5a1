"""Turns the fleet, home access and awareness into the households that decide on a charger by the target year."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.cba.adoption import Deciders
from analysis.errors import DataError, Fault
from analysis.potential.acceptance import awareness_pu

Cube = NDArray[np.float64]
Draws = dict[str, Cube]

START_YEAR = 2025
FLAT_COLUMNS = ("household_flat_cooperative_count", "household_flat_rental_count")


def triangular(uniform: Cube, low: float, value: float, high: float) -> Cube:
    """Quantiles of a triangular distribution; a NaN asks for its peak, and low = high is a point."""
    if high <= low:
        return np.full_like(uniform, value)
    turn = (value - low) / (high - low)
    rising = low + np.sqrt(uniform * (high - low) * (value - low))
    falling = high - np.sqrt((1 - uniform) * (high - low) * (high - value))
    return np.asarray(np.where(np.isnan(uniform), value, np.where(uniform < turn, rising, falling)))


def due_share_pu(stock_start: Cube, stock: Cube, years: int, life: Cube) -> Cube:
    """Share of the stock whose home charger is bought by the target year: first cars, and chargers at their end.

    Examples
    --------
    433 000 cars grow to 1 000 000 in five years, chargers last ten: 1 − 0.433·exp(−0.5) = 0.74.
    """
    # ASSUME: a household with its first electric car buys a charger; an older charger is replaced at rate 1/life.
    kept = np.minimum(stock_start / np.maximum(stock, 1.0), 1.0)
    return np.asarray(1.0 - kept * np.exp(-years / life))


def class_shares_pu(municipalities: pd.DataFrame, areas: tuple[str, ...], draws: Draws) -> Cube:
    """Dwelling classes among owners who can charge at home: draw × area × (detached, cooperative, rental).

    References
    ----------
    METHODS 1.5.
    """
    # ASSUME: owners in flats split on cooperative and rental as households of the area do.
    flats = municipalities.groupby("price_area")[list(FLAT_COLUMNS)].sum().reindex(list(areas))
    cooperative = np.asarray(flats[FLAT_COLUMNS[0]] / flats.sum(axis=1), dtype=float)
    detached = draws["plug.ev_owner_detached_share"][:, None]
    shares = np.stack(
        [
            np.broadcast_to(detached * draws["plug.home_access_detached"][:, None], (len(detached), len(areas))),
            (1 - detached) * cooperative * draws["plug.home_access_coop"][:, None],
            (1 - detached) * (1 - cooperative) * draws["plug.home_access_rental"][:, None],
        ],
        axis=2,
    )
    return np.asarray(shares / shares.sum(axis=2, keepdims=True))


def build_deciders(
    fleet: pd.DataFrame, municipalities: pd.DataFrame, areas: tuple[str, ...], year: int, draws: Draws
) -> Deciders:
    """Count the deciding households by area in every draw.

    Raises
    ------
    DataError
        If the fleet table lacks an area in the target year, or nobody decides by then.

    References
    ----------
    METHODS 4 (chain to willing), 5 (eligible stock).
    """
    rows = fleet[fleet["year"] == year].set_index("price_area").reindex(list(areas))
    if rows["bev_count"].isna().any():
        missing = ", ".join(rows.index[rows["bev_count"].isna()])
        raise DataError(Fault("fleet_stock", f"no row for {missing} in {year}", "every area", "Run build_fleet again."))

    def drawn(name: str, uniform: Cube) -> Cube:
        low, high = name.replace("_count", "_low_count"), name.replace("_count", "_high_count")
        if name.endswith("_pu"):
            low, high = name.replace("_pu", "_low_pu"), name.replace("_pu", "_high_pu")
        return np.stack(
            [triangular(uniform, float(row[low]), float(row[name]), float(row[high])) for _, row in rows.iterrows()],
            axis=1,
        )

    cars = drawn("bev_count", draws["fleet_uniform"])
    at_home = (rows["capable_home_pu"] / rows["capable_pu"]).to_numpy(dtype=float)  # houses and new cars go together
    capable = np.minimum(drawn("capable_pu", draws["capable_uniform"]) * at_home, 1.0)
    access = rows["home_access_pu"].to_numpy(dtype=float)
    years = max(year - START_YEAR, 0)
    due = due_share_pu(draws["tim.bev_stock_2025"], cars.sum(axis=1), years, draws["cap.life"])
    aware = awareness_pu(year, draws)
    due_count = cars * capable * access * due[:, None]
    if not (due_count.sum(axis=1) > 0).any():
        raise DataError(
            Fault("scope.target_years", f"nobody buys a charger by {year}", "a later year", "Choose a later year.")
        )
    return Deciders(due_count, due_count * aware[:, None], class_shares_pu(municipalities, areas, draws))
