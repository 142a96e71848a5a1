"""Turns one scheme's evaluation into tables: results by area and option, accounts, paths, and what each draw gave."""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.cba.accounts import RESOURCES, TRANSFERS, Appraisal
from analysis.cba.effectiveness import free_rider_pu, levelised_sek_per_kw_year
from analysis.cba.paths import Path
from analysis.uncertainty.evaluate import Evaluation, appraisal_of
from analysis.uncertainty.intervals import interval

Cube = NDArray[np.float64]

SEK_PER_MSEK = 1e6
KW_PER_MW = 1000.0
NATION = "SE"


def outlay_sek(evaluation: Evaluation) -> Cube:
    """Support paid for two-way chargers, on purchase and for use, over all years: draw × area × alternative."""
    path = evaluation.with_support
    return np.asarray((path.outlay_sek + path.paid_sek).sum(axis=1))


def recipients(evaluation: Evaluation) -> tuple[Cube, Cube]:
    """Chargers that get support, and how many of them would have been bought that year without: draw × alternative."""
    path = evaluation.with_support
    is_paid = path.support_sek > 0
    anyway = np.minimum(path.supported_by_cell, evaluation.without.new_by_cell) * is_paid
    taken = (path.supported_by_cell * is_paid).sum(axis=(1, 2, 3), dtype=np.float64)
    return np.asarray(taken), np.asarray(anyway.sum(axis=(1, 2, 3), dtype=np.float64))


def enrolled_in(path: Path, place: int) -> Cube:
    """Cars enrolled in one year: draw × area × alternative."""
    return np.asarray(path.enrolled_count[:, place].sum(axis=2, dtype=np.float64))


def firm_additional_kw(evaluation: Evaluation) -> Cube:
    """Firm kW that the scheme adds each year (signed): draw × year × area × alternative."""
    change = evaluation.with_support.enrolled_count.sum(axis=3, dtype=np.float64)
    change = change - evaluation.without.enrolled_count.sum(axis=3, dtype=np.float64)
    return np.asarray(change * evaluation.study.firm_kw[:, None])


def oneway_outlay_sek(evaluation: Evaluation) -> Cube:
    """Support that one-way chargers get whichever way they are used, over all years, per draw."""
    path = evaluation.with_support
    used_any_way = (path.oneway_outlay_sek - path.smart_outlay_sek).sum(axis=1)
    return np.asarray(np.maximum(used_any_way, 0.0))  # both sum the same terms: what is left of nothing is rounding


def outlay_by_year_sek(evaluation: Evaluation) -> tuple[Cube, Cube]:
    """What the state pays on purchase, and what it pays or gives up for use: draw × year."""
    path = evaluation.with_support
    once = path.outlay_sek.sum(axis=(2, 3)) + path.smart_outlay_sek
    return np.asarray(once), np.asarray(path.paid_sek.sum(axis=(2, 3)) + path.tax_relief_sek)


def cost_per_firm_kw_year_sek(evaluation: Evaluation, is_net: bool = False) -> Cube:
    """Cost to public funds of an additional firm kW and year, per draw; NaN where none is added.

    ``is_net`` takes the net budget cost, with the taxes that the same flows bring, in place of the outlay.
    """
    appraisal = appraisal_of(evaluation.study.frame.parameters)
    kw_years = appraisal.yearly_sek(firm_additional_kw(evaluation).sum(axis=(2, 3)))
    paid = evaluation.ledger.net_budget_cost() if is_net else outlay_present_sek(evaluation, appraisal)
    return levelised_sek_per_kw_year(paid, appraisal.public_funds_pu, kw_years)


def outlay_present_sek(evaluation: Evaluation, appraisal: Appraisal) -> Cube:
    """Present value of all that the state pays or gives up, per draw."""
    once, yearly = outlay_by_year_sek(evaluation)
    return appraisal.once_sek(once) + appraisal.yearly_sek(yearly)


def scheme_draws(scheme: str, evaluation: Evaluation) -> pd.DataFrame:
    """Table ``SchemeDraws``: national measures per draw."""
    study, place = evaluation.study, evaluation.study.target
    with_support, without = (path.enrolled_total[:, place] for path in (evaluation.with_support, evaluation.without))
    once, yearly = outlay_by_year_sek(evaluation)
    taken, anyway = (counts.sum(axis=1) for counts in recipients(evaluation))
    return pd.DataFrame(
        {
            "scheme": scheme,
            "year": study.frame.span.target_year,
            "draw": np.arange(len(with_support)),
            "price_year": np.array(study.frame.streams.price_years)[study.world.year_index],
            "adopter_count": with_support,
            "adopter_without_count": without,
            "net_additional_count": with_support - without,
            "recipient_count": taken,
            "free_rider_pu": free_rider_pu(taken, anyway),
            "outlay_msek": (once + yearly).sum(axis=1) / SEK_PER_MSEK,
            "outlay_oneway_msek": oneway_outlay_sek(evaluation) / SEK_PER_MSEK,
            "net_budget_cost_msek": evaluation.ledger.net_budget_cost() / SEK_PER_MSEK,
            "net_firm_additional_mw": firm_additional_kw(evaluation)[:, place].sum(axis=(1, 2)) / KW_PER_MW,
            "firm_outlay_sek_per_kw_year": cost_per_firm_kw_year_sek(evaluation),
            "net_firm_budget_sek_per_kw_year": cost_per_firm_kw_year_sek(evaluation, is_net=True),
            "net_social_npv_msek": evaluation.ledger.social() / SEK_PER_MSEK,
        }
    )


def scheme_results(scheme: str, evaluation: Evaluation, central: Evaluation) -> pd.DataFrame:
    """Table ``SchemeResults``: by area (and ``SE``) and alternative; median and 5-95 % over the draws."""
    areas = evaluation.study.frame.streams.areas
    cubes = _area_cubes(evaluation)
    free = free_rider_pu(*recipients(evaluation))
    rows = [
        _result_row(scheme, central, place, area, {name: select(cube) for name, cube in cubes.items()})
        | {"free_rider_pu": interval(free[:, place]).value}
        for place in range(len(evaluation.study.alternatives))
        for area, select in _area_selectors(areas, place)
    ]
    return pd.DataFrame(rows)


def _area_cubes(evaluation: Evaluation) -> dict[str, Cube]:
    """Draw × area × alternative."""
    target = evaluation.study.target
    count = enrolled_in(evaluation.with_support, target)
    capable = evaluation.study.world.households.capable_count[:, target]
    return {
        "eligible": np.broadcast_to(capable[:, :, None], count.shape),
        "count": count,
        "additional": count - enrolled_in(evaluation.without, target),
        "outlay": outlay_sek(evaluation) / SEK_PER_MSEK,
        "firm": firm_additional_kw(evaluation)[:, target] / KW_PER_MW,
    }


def _area_selectors(areas: tuple[str, ...], place: int) -> Iterator[tuple[str, Callable[[Cube], Cube]]]:
    yield NATION, lambda cube: cube[:, :, place].sum(axis=1)
    for number, area in enumerate(areas):
        yield area, partial(_of_area, number=number, place=place)


def _of_area(cube: Cube, number: int, place: int) -> Cube:
    return np.asarray(cube[:, number, place])


def _result_row(scheme: str, central: Evaluation, place: int, area: str, cells: dict[str, Cube]) -> dict[str, object]:
    alternative = central.study.alternatives[place]
    adopters, outlay = interval(cells["count"]), interval(cells["outlay"])
    return {
        "scheme": scheme,
        "price_area": area,
        "year": central.study.frame.span.target_year,
        "charger_option": alternative.charger_option,
        "power_kw": alternative.power_kw,
        "technology": alternative.technology,
        "is_interoperable": alternative.is_interoperable,
        "support_sek_per_unit": support_per_unit_sek(central, place),
        "eligible_count": interval(cells["eligible"]).value,
        "adopter_count": adopters.value,
        "adopter_low_count": adopters.low,
        "adopter_high_count": adopters.high,
        "net_additional_count": interval(cells["additional"]).value,
        "outlay_msek": outlay.value,
        "outlay_low_msek": outlay.low,
        "outlay_high_msek": outlay.high,
        "net_firm_additional_mw": interval(cells["firm"]).value,
    }


def support_per_unit_sek(central: Evaluation, place: int) -> float:
    """Support on purchase in the first year that pays any, detached house, middle income, central prices."""
    support = central.with_support.support_sek[:, :, 0, 2, place].mean(axis=0)
    paid = np.flatnonzero(support > 0)
    return float(support[paid[0]]) if len(paid) else 0.0


def scheme_accounts(scheme: str, evaluation: Evaluation) -> pd.DataFrame:
    """Table ``Accounts``: mean over the draws, so that rows and accounts add up."""
    rows = [
        {
            "scheme": scheme,
            "flow": flow,
            "account": account,
            "net_present_value_msek": float(np.mean(amount)) / SEK_PER_MSEK,
            "is_transfer": flow in TRANSFERS,
        }
        for (flow, account), amount in evaluation.ledger.flows.items()
    ]
    unknown = {flow for flow, _ in evaluation.ledger.flows} - {*TRANSFERS, *RESOURCES}
    if unknown:
        raise RuntimeError(f"flows of no kind: {sorted(unknown)}")
    return pd.DataFrame(rows)
