"""Turns one scheme's evaluation into its municipalities: who can choose there, who does, and who does for the money."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.cba.cells import DWELLINGS, QUINTILES, municipal_shares_pu
from analysis.cba.paths import Path
from analysis.uncertainty.evaluate import Evaluation
from analysis.uncertainty.intervals import HIGH, LOW

Cube = NDArray[np.float64]


def scheme_municipalities(scheme: str, evaluation: Evaluation) -> pd.DataFrame:
    """Table ``SchemeMunicipalities``: the target year's cars shared out among the municipalities of their price area.

    Each cell of an area (dwelling × income quintile) is shared out as owners with a charging point at home are, so that
    municipalities of an area sum to it in every draw.

    References
    ----------
    METHODS 4 (small areas), 5 (eligible stock).
    """
    # ASSUME: within a price area households in the same dwelling and income quintile choose alike wherever they live,
    # growth of the fleet is alike everywhere, and chargers of all cells are left by their cars equally often.
    study = evaluation.study
    frame, place = study.frame, study.target
    table = frame.tables.municipalities
    areas = frame.streams.areas
    split = municipal_shares_pu(table, areas, study.world.draws)
    homes = study.world.households
    eligible = np.einsum("da,dagq->dgqa", homes.capable_count[:, place], homes.cell_pu)
    with_support, without = (_enrolled_by_cell(path, place, study.world.tastes.life_years)
                             for path in (evaluation.with_support, evaluation.without))  # fmt: skip
    rows = []
    for number, area in enumerate(areas):
        here = np.flatnonzero(table["price_area"].to_numpy() == area)
        shares = split[here].reshape(len(here), len(DWELLINGS) * len(QUINTILES))
        adopters, plain, able = (_spread(cells[..., number], shares) for cells in (with_support, without, eligible))
        rows.append(
            pd.DataFrame(
                {
                    "municipality_code": table["municipality_code"].to_numpy()[here],
                    "price_area": area,
                    "eligible_count": np.median(able, axis=0),
                    **_interval("adopter", adopters),
                    "adopter_without_count": np.median(plain, axis=0),
                    **_interval("net_additional", adopters - plain),
                }
            )
        )
    whole = pd.concat(rows, ignore_index=True).assign(scheme=scheme, year=frame.span.target_year)
    return whole.astype({"municipality_code": "str", "price_area": "str", "scheme": "str"})


def _enrolled_by_cell(path: Path, place: int, life_years: int) -> Cube:
    """Cars enrolled in one year by the cell of their household: draw × dwelling × quintile × area."""
    first = max(place - life_years + 1, 0)
    bought = path.new_by_area_cell[:, first : place + 1].sum(axis=1, dtype=np.float64)
    total = bought.sum(axis=(1, 2), keepdims=True)
    share = np.divide(bought, total, out=np.zeros_like(bought), where=total > 0)
    enrolled = path.enrolled_count[:, place].sum(axis=(2, 3), dtype=np.float64)
    return np.asarray(share * enrolled[:, None, None, :])


def _spread(cells: Cube, shares: Cube) -> Cube:
    """Cells of one area (draw × dwelling × quintile) over its municipalities: draw × municipality."""
    return np.asarray(cells.reshape(len(cells), -1) @ shares.T)


def _interval(name: str, draws: Cube) -> dict[str, Cube]:
    low, middle, high = np.quantile(draws, [LOW, 0.5, HIGH], axis=0)
    return {f"{name}_count": middle, f"{name}_low_count": low, f"{name}_high_count": high}
