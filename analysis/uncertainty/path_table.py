"""Turns one scheme's evaluation into its paths: what happens each year, with the spread over the draws."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.cba.paths import Path
from analysis.cba.reserve_cost import levels_pu
from analysis.schemas.schemes import PATH_MEASURES
from analysis.uncertainty.evaluate import Evaluation
from analysis.uncertainty.intervals import interval
from analysis.uncertainty.measures import KW_PER_MW, NATION, SEK_PER_MSEK, firm_additional_kw, outlay_by_year_sek

Cube = NDArray[np.float64]


def scheme_paths(scheme: str, evaluation: Evaluation) -> pd.DataFrame:
    """Table ``SchemePaths``."""
    areas = evaluation.study.frame.streams.areas
    national = _national(evaluation)
    by_area = _by_area(evaluation)
    cubes = [(NATION, name, cube) for name, cube in national.items()]
    cubes += [(area, name, cube[..., place]) for name, cube in by_area.items() for place, area in enumerate(areas)]
    rows = [
        {"scheme": scheme, "year": year, "price_area": area, "measure": name, **_spread(cube[:, place])}
        for place, year in enumerate(evaluation.without.years)
        for area, name, cube in cubes
    ]
    table = pd.DataFrame(rows)
    return table.assign(unit=table["measure"].map(PATH_MEASURES))


def _spread(draws: Cube) -> dict[str, float]:
    found = interval(draws)
    return {"value": found.value, "low": found.low, "high": found.high}


def _national(evaluation: Evaluation) -> dict[str, Cube]:
    """Draw × year."""
    path, without = evaluation.with_support, evaluation.without
    once, yearly = outlay_by_year_sek(evaluation)
    levels = levels_pu(evaluation.study.frame.depth, path)
    prices = _prices(evaluation, path)
    return {
        "enrolled_count": path.enrolled_total,
        "new_count": path.new_count.sum(axis=(2, 3, 4), dtype=np.float64),
        "net_additional_count": path.enrolled_total - without.enrolled_total,
        "idle_count": path.idle_count.sum(axis=2),
        "waiting_count": path.waiting_count,
        "served_pu": path.served_pu,
        "outlay_msek": (once + yearly) / SEK_PER_MSEK,
        "net_firm_additional_mw": firm_additional_kw(evaluation).sum(axis=(2, 3)) / KW_PER_MW,
        "aware_pu": path.aware_pu,
        "fcr_n_level_pu": levels[..., 0],
        "fcr_d_level_pu": levels[..., 1],
        "value_sek_per_car_year": _value(evaluation),
        **prices,
        "balance_gap_pu": path.gap_pu,
    }


def _by_area(evaluation: Evaluation) -> dict[str, Cube]:
    """Draw × year × area."""
    path, without = evaluation.with_support, evaluation.without
    enrolled = path.enrolled_count.sum(axis=(3, 4), dtype=np.float64)
    return {
        "enrolled_count": enrolled,
        "net_additional_count": enrolled - without.enrolled_count.sum(axis=(3, 4), dtype=np.float64),
        "outlay_msek": (path.outlay_sek + path.paid_sek).sum(axis=3) / SEK_PER_MSEK,
        "net_firm_additional_mw": firm_additional_kw(evaluation).sum(axis=3) / KW_PER_MW,
    }


def _value(evaluation: Evaluation) -> Cube:
    """Mean yearly value of an enrolled car over optimised one-way charging; NaN where none is enrolled."""
    cars = evaluation.with_support.enrolled_total
    whole = -evaluation.contrast.sums.two_way("net_cost_sek").sum(axis=2)
    return np.asarray(np.divide(whole, cars, out=np.full(cars.shape, np.nan), where=cars > 1e-6))


def _prices(evaluation: Evaluation, path: Path) -> dict[str, Cube]:
    """Mean installed price of the two-way chargers of each technology on offer."""
    study = evaluation.study
    price = path.extra_price_sek + study.world.price_oneway_sek[:, None, None]
    found = {}
    for technology in ("ac", "dc"):
        columns = [place for place, each in enumerate(study.alternatives) if each.technology == technology]
        if columns:
            found[f"price_{technology}_sek"] = price[..., columns].mean(axis=2)
    return found
