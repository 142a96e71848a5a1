"""Turns one scheme's evaluation into its tables: results by area and option, summary, accounts, draws."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.cba.accounts import RESOURCES, TRANSFERS
from analysis.cba.alternatives import DWELLING_CLASSES, Offer
from analysis.cba.discounting import mean_survival_pu
from analysis.cba.effectiveness import break_even_support_sek, free_rider_pu, outlay_sek_per_firm_kw_year
from analysis.schemas.base import ACCOUNTS
from analysis.uncertainty.evaluate import Evaluation
from analysis.uncertainty.intervals import interval, probability_positive_pu, standard_error
from analysis.uncertainty.private import private_values

Cube = NDArray[np.float64]

SEK_PER_MSEK = 1e6
NATION = "SE"
KG_PER_TONNE = 1000.0


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
            "net_budget_cost_msek": -evaluation.ledger.by_account("state") / SEK_PER_MSEK,
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


def scheme_summary(scheme: str, evaluation: Evaluation) -> pd.DataFrame:
    """Table ``SchemeSummary``: national measures, long form."""
    draws = scheme_draws(scheme, evaluation)
    units = {
        "adopter_count": "cars", "adopter_without_count": "cars", "net_additional_count": "cars", "outlay_msek": "MSEK",
        "outlay_oneway_msek": "MSEK", "net_budget_cost_msek": "MSEK", "net_firm_additional_mw": "MW",
        "net_social_npv_msek": "MSEK",
    }  # fmt: skip
    rows: list[Row] = [(name, *_triple(draws[name].to_numpy()), unit) for name, unit in units.items()]
    cost = _triple(draws["firm_outlay_sek_per_kw_year"].to_numpy())
    rows.append(("outlay_sek_per_firm_kw_year", *cost, "SEK/kW,year"))
    rows += _share_rows(evaluation, draws)
    rows += _account_rows(evaluation)
    rows += _case_rows(evaluation)
    rows += _dwelling_rows(evaluation)
    rows += _response_rows(evaluation)
    rows += _ratio_rows(evaluation)
    rows += _break_even_rows(evaluation)
    table = pd.DataFrame(rows, columns=["measure", "value", "low", "high", "unit"])
    table.insert(0, "scheme", scheme)
    table.insert(1, "year", evaluation.study.year)
    return table


Row = tuple[str, float, float, float, str]


def _triple(draws: Cube) -> tuple[float, float, float]:
    found = interval(draws)
    return found.value, found.low, found.high


def _point(name: str, value: float, unit: str) -> Row:
    return name, float(value), float("nan"), float("nan"), unit


def _share_rows(evaluation: Evaluation, draws: pd.DataFrame) -> list[Row]:
    taken, anyway = (cube.sum(axis=(1, 2)) for cube in recipients(evaluation))
    added = draws["net_additional_count"].to_numpy()
    outlay = draws["outlay_msek"].to_numpy() * SEK_PER_MSEK
    per_car = np.divide(outlay, added, out=np.full(len(added), np.nan), where=added > 1e-6)
    social = draws["net_social_npv_msek"].to_numpy()
    study = evaluation.study
    return [
        ("free_rider_pu", *_triple(free_rider_pu(taken, anyway)), "share"),
        ("outlay_sek_per_additional_car", *_triple(per_car), "SEK"),
        _point("social_npv_positive_pu", probability_positive_pu(np.where(social == 0, np.nan, social)), "share"),
        _point("net_social_npv_mean_msek", float(np.mean(social)), "MSEK"),
        _point("social_npv_standard_error_msek", standard_error(social), "MSEK"),
        _point("calibrated_uptake_pu", study.calibrated_uptake_pu, "share"),
        _point("prior_uptake_pu", study.prior_uptake_pu, "share"),
        _point("anchor_uptake_pu", study.anchor_pu, "share"),
        _point("balance_gap_pu", max(evaluation.with_support.worst_gap_pu, evaluation.without.worst_gap_pu), "share"),
    ]


def _account_rows(evaluation: Evaluation) -> list[Row]:
    ledger = evaluation.ledger
    rows = [
        (f"net_{account}_npv_msek", *_triple(ledger.by_account(account) / SEK_PER_MSEK), "MSEK")
        for account in ACCOUNTS
        if any(held_by == account for _, held_by in ledger.flows)
    ]
    before = ledger.social() - ledger.flows["public_funds", "state"]
    rows.append(("net_social_npv_without_public_funds_msek", *_triple(before / SEK_PER_MSEK), "MSEK"))
    return rows


def _case_rows(evaluation: Evaluation) -> list[Row]:
    """Social value with other switches: rate, cost of public funds, and CO2 valued beside the cap price."""
    rows = [
        (f"net_social_npv_{name}_msek", *_triple(ledger.social() / SEK_PER_MSEK), "MSEK")
        for name, ledger in evaluation.ledger_cases.items()
    ]
    ledger, study = evaluation.ledger, evaluation.study
    emitted_kg = ledger.net_import_kwh * study.case.draws["cba.emission_marginal"]
    # ASSUME: power emissions are under the EU cap and their price is in the spot price: no CO2 term by default.
    valued = (ledger.social() - emitted_kg * study.co2_value_sek_per_kg) / SEK_PER_MSEK
    rows.append(("net_co2_discounted_tonne", *_triple(emitted_kg / KG_PER_TONNE), "tonne"))
    rows.append(("net_social_npv_with_co2_value_msek", *_triple(valued), "MSEK"))
    return rows


def _dwelling_rows(evaluation: Evaluation) -> list[Row]:
    """Who is paid: share of the outlay by dwelling, and share of deciding households that no support reaches."""
    per_unit = evaluation.offer.support_sek[:, :, None, None, :]
    paid = (evaluation.with_support.two_way_count * per_unit).sum(axis=(2, 3, 4))
    whole = paid.sum(axis=1)
    rows: list[Row] = []
    for number, dwelling in enumerate(DWELLING_CLASSES):
        share = np.divide(paid[:, number], whole, out=np.full(len(whole), np.nan), where=whole > 0)
        rows.append((f"outlay_share_{dwelling}_pu", *_triple(share), "share"))
    deciders = evaluation.study.case.deciders
    unreached = np.asarray((evaluation.offer.support_sek <= 0).all(axis=2))[:, None, :]
    people = deciders.class_share_pu * deciders.due_count[:, :, None]
    left_out = (people * unreached).sum(axis=(1, 2)) / people.sum(axis=(1, 2))
    rows.append(("households_without_support_pu", *_triple(left_out), "share"))
    return rows


def _response_rows(evaluation: Evaluation) -> list[Row]:
    """Cost and cars added at a low, middle and high price response, central parameters, mean of the price years."""
    rows: list[Row] = []
    for name, found in evaluation.responses.items():
        appraisal = found.study.appraisal
        paid = float(outlay_sek(found).sum(axis=(1, 2)).mean())
        firm = float(firm_additional_kw(found, True).sum(axis=(1, 2)).mean())
        cost = outlay_sek_per_firm_kw_year(
            paid, appraisal.public_funds_pu, firm, appraisal.rate_pu, appraisal.life_years
        )
        added = (found.with_support.enrolled_count - found.without.enrolled_count).mean()
        rows.append(_point(f"outlay_sek_per_firm_kw_year_{name}_response", float(cost), "SEK/kW,year"))
        rows.append(_point(f"net_additional_count_{name}_response", float(added), "cars"))
    return rows


def _ratio_rows(evaluation: Evaluation) -> list[Row]:
    """Support of DC over AC and of open over closed, same power, detached house; middle at the central price."""
    return [
        (name, float(middle[0]), *_triple(spread)[1:], "ratio")
        for (name, middle), spread in zip(
            _support_ratios(evaluation.central_offer).items(), _support_ratios(evaluation.offer).values(), strict=True
        )
    ]


def _support_ratios(offer: Offer) -> dict[str, Cube]:
    support = {
        (each.technology, each.power_kw, each.is_interoperable): offer.support_sek[:, 0, place]
        for place, each in enumerate(offer.alternatives)
    }
    pairs = [
        ("dc_ac_ratio", [(("dc", power, opened), ("ac", power, opened)) for _, power, opened in sorted(support)]),
        ("open_closed_ratio", [((kind, power, True), (kind, power, False)) for kind, power, _ in sorted(support)]),
    ]
    ratios_by_name: dict[str, Cube] = {}
    for name, candidates in pairs:
        found = [pair for pair in dict.fromkeys(candidates) if pair[0] in support and pair[1] in support]
        ratios = [
            np.divide(support[over], support[under], out=np.full(len(support[over]), np.nan), where=support[under] > 0)
            for over, under in found
        ]
        ratios_by_name[name] = np.mean(ratios, axis=0) if ratios else np.array([np.nan])
    return ratios_by_name


def _break_even_rows(evaluation: Evaluation) -> list[Row]:
    """Support at which the median household, and the tenth that gains most, break even, per alternative."""
    middle = evaluation.study.central
    if middle is None:
        raise RuntimeError("a study without its central case")
    rows: list[Row] = []
    for alternative, found in private_values(middle):
        name = f"{alternative.charger_option}_{'open' if alternative.is_interoperable else 'closed'}"
        # the tail adopts: the tenth that gains most needs the least
        for share, label in ((0.5, "median"), (0.9, "top_tenth")):
            support = break_even_support_sek(found.one_off_sek, found.quantile(share), found.pass_through_pu)
            rows.append(_point(f"break_even_support_{label}_{name}_sek", float(support), "SEK"))
    return rows
