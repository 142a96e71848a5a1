"""Turns one scheme's evaluation into tables: results by area and option, accounts, and what each draw gave."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.cba.accounts import RESOURCES, TRANSFERS
from analysis.cba.discounting import mean_survival_pu
from analysis.cba.effectiveness import free_rider_pu, outlay_sek_per_firm_kw_year
from analysis.uncertainty.evaluate import Evaluation
from analysis.uncertainty.intervals import interval

Cube = NDArray[np.float64]

SEK_PER_MSEK = 1e6
NATION = "SE"


def outlay_sek(evaluation: Evaluation) -> Cube:
    """Support paid for two-way chargers: draw × area × alternative."""
    per_unit = evaluation.offer.support_sek[:, :, None, None, :]
    return np.asarray((evaluation.with_support.two_way_count * per_unit).sum(axis=(1, 3)))


def oneway_outlay_sek(evaluation: Evaluation) -> Cube:
    """Support that the same law pays for one-way chargers, per draw."""
    paid = evaluation.with_support.oneway_count * evaluation.offer.support_oneway_sek[:, :, None]
    return np.asarray(paid.sum(axis=(1, 2)))


def recipients(evaluation: Evaluation) -> tuple[Cube, Cube]:
    """Cars that get support, and how many of the same kind were bought without: draw × area × alternative."""
    supported = (evaluation.offer.support_sek > 0)[:, :, None, None, :]
    with_support = (evaluation.with_support.two_way_count * supported).sum(axis=(1, 3))
    without = (evaluation.without.two_way_count * supported).sum(axis=(1, 3))
    return np.asarray(with_support), np.asarray(without)


def firm_additional_kw(evaluation: Evaluation, with_stranding: bool) -> Cube:
    """Firm kW of the additional cars (signed): draw × area × alternative; mean over the charger's life if asked."""
    study = evaluation.study
    extra = (evaluation.with_support.two_way_count - evaluation.without.two_way_count).sum(axis=(1, 3))
    firm = extra * study.firm_kw
    if with_stranding:
        firm = firm * mean_survival_pu(study.case.stranding_per_year, study.case.life_years)[:, None, :]
    return np.asarray(firm)


def cost_per_firm_kw_year_sek(evaluation: Evaluation) -> Cube:
    """Outlay per additional firm kW and year, per draw; NaN where none is added."""
    # ASSUME: a firm kW counts while the charger still works with the household's car, mean over the charger's life.
    appraisal = evaluation.study.appraisal
    return outlay_sek_per_firm_kw_year(
        outlay_sek(evaluation).sum(axis=(1, 2)), appraisal.public_funds_pu,
        firm_additional_kw(evaluation, True).sum(axis=(1, 2)), appraisal.rate_pu, appraisal.life_years,
    )  # fmt: skip


def scheme_draws(scheme: str, evaluation: Evaluation) -> pd.DataFrame:
    """Table ``SchemeDraws``: national measures per draw."""
    study = evaluation.study
    with_support = evaluation.with_support.two_way_count.sum(axis=(1, 2, 3, 4))
    without = evaluation.without.two_way_count.sum(axis=(1, 2, 3, 4))
    return pd.DataFrame(
        {
            "scheme": scheme,
            "year": study.year,
            "draw": np.arange(len(with_support)),
            "price_year": np.array(study.streams.price_years)[study.case.year_index],
            "adopter_count": with_support,
            "adopter_without_count": without,
            "net_additional_count": with_support - without,
            "outlay_msek": outlay_sek(evaluation).sum(axis=(1, 2)) / SEK_PER_MSEK,
            "outlay_oneway_msek": oneway_outlay_sek(evaluation) / SEK_PER_MSEK,
            "net_budget_cost_msek": evaluation.ledger.net_budget_cost() / SEK_PER_MSEK,
            "net_firm_additional_mw": firm_additional_kw(evaluation, False).sum(axis=(1, 2)) / 1000.0,
            "firm_outlay_sek_per_kw_year": cost_per_firm_kw_year_sek(evaluation),
            "net_social_npv_msek": evaluation.ledger.social() / SEK_PER_MSEK,
        }
    )


def scheme_results(scheme: str, evaluation: Evaluation) -> pd.DataFrame:
    """Table ``SchemeResults``: by area (and ``SE``) and alternative; median and 5-95 % over the draws."""
    areas = evaluation.study.streams.areas
    cubes = _area_cubes(evaluation)
    rows = [
        _result_row(scheme, evaluation, place, area, {name: select(cube) for name, cube in cubes.items()})
        for place in range(len(evaluation.study.alternatives))
        for area, select in _area_selectors(areas, place)
    ]
    return pd.DataFrame(rows)


def _area_cubes(evaluation: Evaluation) -> dict[str, Cube]:
    taken, anyway = recipients(evaluation)
    count = evaluation.with_support.two_way_count.sum(axis=(1, 3))
    due = np.broadcast_to(evaluation.study.case.deciders.due_count[:, :, None], count.shape)
    return {
        "eligible": due,
        "count": count,
        "additional": count - evaluation.without.two_way_count.sum(axis=(1, 3)),
        "recipients": taken,
        "anyway": anyway,
        "outlay": outlay_sek(evaluation) / SEK_PER_MSEK,
        "firm": firm_additional_kw(evaluation, False) / 1000.0,
    }


def _area_selectors(areas: tuple[str, ...], place: int):  # type: ignore[no-untyped-def]
    yield NATION, lambda cube: cube[:, :, place].sum(axis=1)
    for number, area in enumerate(areas):
        yield area, lambda cube, number=number: cube[:, number, place]


def _result_row(
    scheme: str, evaluation: Evaluation, place: int, area: str, cells: dict[str, Cube]
) -> dict[str, object]:
    alternative = evaluation.study.alternatives[place]
    adopters, outlay = interval(cells["count"]), interval(cells["outlay"])
    free = interval(free_rider_pu(cells["recipients"], cells["anyway"])).value
    return {
        "scheme": scheme,
        "price_area": area,
        "year": evaluation.study.year,
        "charger_option": alternative.charger_option,
        "power_kw": alternative.power_kw,
        "technology": alternative.technology,
        "is_interoperable": alternative.is_interoperable,
        "support_sek_per_unit": float(evaluation.central_offer.support_sek[0, 0, place]),
        "eligible_count": interval(cells["eligible"]).value,
        "adopter_count": adopters.value,
        "adopter_low_count": adopters.low,
        "adopter_high_count": adopters.high,
        "net_additional_count": interval(cells["additional"]).value,
        "free_rider_pu": free,
        "outlay_msek": outlay.value,
        "outlay_low_msek": outlay.low,
        "outlay_high_msek": outlay.high,
        "net_firm_additional_mw": interval(cells["firm"]).value,
    }


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
