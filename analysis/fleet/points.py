"""Turns cars, dwellings and counted public points into charging points by kind of site, per price area.

What the reference tables hold: owners by dwelling and their access (homes), public points counted in December 2023,
how many owners charge at work, and firms' part of new cars (depots). One-way and two-way points alike: which of them
can discharge is a matter of interoperability and of what owners buy.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.errors import DataError, Fault
from analysis.fleet.access import CELL_DWELLINGS, dwelling_access
from analysis.fleet.stock import Numbers

POINT_PARAMETERS = (
    "plug.work_access", "plug.depot_share", "plug.epbd_access_growth", "plug.public_point_elasticity",
)  # fmt: skip

# ASSUME: a point at home, at work or in a depot serves one car; points that several cars share are fewer.
HOME_KINDS = {
    "point_home_detached": ("detached",),
    "point_home_association": ("flat_cooperative",),
    "point_home_rental": ("flat_rental", "other"),
}


def home_points(
    bev_count: np.ndarray, owners: np.ndarray, numbers: Numbers, growth_years: float
) -> dict[str, np.ndarray]:
    """Points at home by kind of dwelling: area × draw.

    Parameters
    ----------
    bev_count
        Battery cars: area × draw.
    owners
        P(dwelling | owner, area): area × dwelling × draw.
    numbers
        Values or draws of the access parameters.
    growth_years
        How long the EPBD has applied.
    """
    access = dwelling_access(numbers, growth_years)
    with_point = bev_count[:, None, :] * owners * access
    return {
        kind: with_point[:, [CELL_DWELLINGS.index(name) for name in dwellings]].sum(axis=1)
        for kind, dwellings in HOME_KINDS.items()
    }


def public_points_2023(municipalities: pd.DataFrame, price_areas: Sequence[str]) -> np.ndarray:
    """Public charging points counted at the end of 2023, by price area; a municipality without a count adds none.

    Raises
    ------
    DataError
        For each area in which none were counted.
    """
    counted = municipalities.groupby("price_area")["public_charge_point_count"].sum(min_count=1)
    missing = [area for area in price_areas if pd.isna(counted.get(area))]
    if missing:
        raise DataError(
            [Fault(f"municipalities: {area}", "no count of public points", "a count", "Check the table.")
             for area in missing]
        )  # fmt: skip
    points: np.ndarray = counted.reindex(list(price_areas)).to_numpy(float)
    return points


def other_points(
    bev_count: np.ndarray, plugin_growth: np.ndarray, points_2023: np.ndarray, numbers: Numbers
) -> dict[str, np.ndarray]:
    """Points at work, in public and in depots: area × draw.

    Parameters
    ----------
    bev_count
        Battery cars: area × draw.
    plugin_growth
        Battery cars and hybrids over those of 2023: area × draw.
    points_2023
        Public points counted, by area.
    numbers
        Values or draws of :data:`POINT_PARAMETERS`.

    Examples
    --------
    Twice the cars at an elasticity of 0.6 give 1.52 times the public points.
    """
    work, depot, elasticity = (
        np.atleast_1d(np.asarray(numbers[name], dtype=float))
        for name in ("plug.work_access", "plug.depot_share", "plug.public_point_elasticity")
    )
    public = points_2023[:, None] * plugin_growth**elasticity
    return {"point_work": bev_count * work, "point_public": public, "point_depot": bev_count * depot}
