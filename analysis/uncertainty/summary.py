"""Turns one scheme's evaluation into its national summary: measures with value, low, high and unit, long form."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.cba.alternatives import DWELLING_CLASSES, Alternative
from analysis.cba.discounting import mean_survival_pu
from analysis.cba.effectiveness import break_even_support_sek, free_rider_pu, outlay_sek_per_firm_kw_year
from analysis.schemas.base import ACCOUNTS
from analysis.uncertainty.evaluate import Evaluation
from analysis.uncertainty.intervals import interval, probability_positive_pu, standard_error
from analysis.uncertainty.measures import SEK_PER_MSEK, firm_additional_kw, outlay_sek, recipients, scheme_draws
from analysis.uncertainty.private import private_values

Cube = NDArray[np.float64]
Row = tuple[str, float, float, float, str]

KG_PER_TONNE = 1000.0


def scheme_summary(scheme: str, evaluation: Evaluation) -> pd.DataFrame:
    """Table ``SchemeSummary``: national measures, long form.

    Three middles stand beside each other and differ for good reasons. ``value`` is the median over the draws: the
    typical case, since adoption is an exponential of many uncertain terms and its distribution has a long upper tail.
    A draw has one whole price year, so that with few of them the draws lie in humps and a median between them. Means
    (``…_mean``, and ``…_of_means``: all outlay over all firm power) weigh the tail: they say what the state should
    expect to pay and get, since money and cars add up over cases and medians do not. The ``…_response`` rows hold every
    parameter at its central value, the constants calibrated there, and take the mean of the price years: compare them
    with means and with each other, never with medians. Against the central case the mean of the draws adds somewhat
    fewer cars, because several ranges lie lopsided around their value (pass-through and charger prices most) and the
    calibration is not repeated in each draw.
    """
    draws = scheme_draws(scheme, evaluation)
    units = {
        "adopter_count": "cars", "adopter_without_count": "cars", "net_additional_count": "cars", "outlay_msek": "MSEK",
        "outlay_oneway_msek": "MSEK", "net_budget_cost_msek": "MSEK", "net_firm_additional_mw": "MW",
        "net_social_npv_msek": "MSEK",
    }  # fmt: skip
    rows: list[Row] = [(name, *_triple(draws[name].to_numpy()), unit) for name, unit in units.items()]
    cost = _triple(draws["firm_outlay_sek_per_kw_year"].to_numpy())
    rows.append(("outlay_sek_per_firm_kw_year", *cost, "SEK/kW,year"))
    rows.append(_point("outlay_sek_per_firm_kw_year_of_means", _cost_of_means(evaluation), "SEK/kW,year"))
    rows.append(_point("net_additional_count_mean", float(draws["net_additional_count"].mean()), "cars"))
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


def _triple(draws: Cube) -> tuple[float, float, float]:
    found = interval(draws)
    return found.value, found.low, found.high


def _point(name: str, value: float, unit: str) -> Row:
    return name, float(value), float("nan"), float("nan"), unit


def _cost_of_means(evaluation: Evaluation) -> float:
    """Mean outlay over mean additional firm power, both over the draws: what the state should expect to pay a kW."""
    appraisal = evaluation.study.appraisal
    paid = float(outlay_sek(evaluation).sum(axis=(1, 2)).mean())
    firm = float(firm_additional_kw(evaluation, True).sum(axis=(1, 2)).mean())
    return float(
        outlay_sek_per_firm_kw_year(paid, appraisal.public_funds_pu, firm, appraisal.rate_pu, appraisal.life_years)
    )


def _share_rows(evaluation: Evaluation, draws: pd.DataFrame) -> list[Row]:
    taken, anyway = (cube.sum(axis=(1, 2)) for cube in recipients(evaluation))
    added = draws["net_additional_count"].to_numpy()
    outlay = draws["outlay_msek"].to_numpy() * SEK_PER_MSEK
    per_car = np.divide(outlay, added, out=np.full(len(added), np.nan), where=added > 1e-6)
    social = draws["net_social_npv_msek"].to_numpy()
    study = evaluation.study
    due = study.case.deciders.due_count.sum(axis=1)
    without = np.divide(draws["adopter_without_count"], due, out=np.full(len(due), np.nan), where=due > 0)
    return [
        ("free_rider_pu", *_triple(free_rider_pu(taken, anyway)), "share"),
        ("outlay_sek_per_additional_car", *_triple(per_car), "SEK"),
        _point("social_npv_positive_pu", probability_positive_pu(np.where(social == 0, np.nan, social)), "share"),
        _point("net_social_npv_mean_msek", float(np.mean(social)), "MSEK"),
        _point("social_npv_standard_error_msek", standard_error(social), "MSEK"),
        _point("calibrated_uptake_pu", study.calibrated_uptake_pu, "share"),
        _point("prior_uptake_pu", study.prior_uptake_pu, "share"),
        _point("anchor_uptake_pu", study.anchor_pu, "share"),
        # ASSUME: only the central case is held to the anchor; what the draws make of it without support stands beside.
        ("uptake_without_pu", *_triple(without), "share"),
        _point("uptake_without_mean_pu", float(np.nanmean(without)), "share"),
        _point("balance_gap_pu", max(evaluation.with_support.worst_gap_pu, evaluation.without.worst_gap_pu), "share"),
    ]


def _account_rows(evaluation: Evaluation) -> list[Row]:
    ledger = evaluation.ledger
    rows = [
        (f"net_{account}_npv_msek", *_triple(ledger.by_account(account) / SEK_PER_MSEK), "MSEK")
        for account in ACCOUNTS
        if any(held_by == account for _, held_by in ledger.flows)
    ]
    before = ledger.social_before_public_funds()
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
    """Cost and cars added at a low, middle and high price response, central parameters, mean of the price years.

    To be read beside ``outlay_sek_per_firm_kw_year_of_means`` and ``net_additional_count_mean``, not beside medians:
    see :func:`scheme_summary`.
    """
    rows: list[Row] = []
    for name, found in evaluation.responses.items():
        cost = _cost_of_means(found)
        added = (found.with_support.enrolled_count - found.without.enrolled_count).mean()
        rows.append(_point(f"outlay_sek_per_firm_kw_year_{name}_response", cost, "SEK/kW,year"))
        rows.append(_point(f"net_additional_count_{name}_response", float(added), "cars"))
    return rows


def _ratio_rows(evaluation: Evaluation) -> list[Row]:
    """Support of DC over AC and of open over closed, beside the ratios at which both buy firm power at the same cost.

    Same power, detached house; the middle of the support's ratio is that at central prices.
    """
    alternatives = evaluation.study.alternatives
    central = _pair_ratios(evaluation.central_offer.support_sek[:, 0], alternatives)
    drawn = _pair_ratios(evaluation.offer.support_sek[:, 0], alternatives)
    rows: list[Row] = [(name, float(central[name][0]), *_triple(drawn[name])[1:], "ratio") for name in drawn]
    # ASSUME: a unit is worth to the state what firm power it gives over its life; what openness is worth to other
    # owners and at other places comes on top.
    earned = _pair_ratios(_firm_over_life_kw(evaluation), alternatives)
    return rows + [(f"equal_cost_{name}", *_triple(ratio), "ratio") for name, ratio in earned.items()]


def _firm_over_life_kw(evaluation: Evaluation) -> Cube:
    """Firm kW of one unit, mean over the charger's life and over areas by deciding households: draw × alternative."""
    case = evaluation.study.case
    weight = case.deciders.due_count / case.deciders.due_count.sum(axis=1, keepdims=True)
    firm = (evaluation.study.firm_kw * weight[:, :, None]).sum(axis=1)
    return np.asarray(firm * mean_survival_pu(case.stranding_per_year, case.life_years))


def _pair_ratios(amounts: Cube, alternatives: tuple[Alternative, ...]) -> dict[str, Cube]:
    """Mean ratio over all pairs of alternatives that differ in technology alone, and in openness alone, per draw."""
    by_kind = {
        (each.technology, each.power_kw, each.is_interoperable): amounts[:, place]
        for place, each in enumerate(alternatives)
    }
    pairs = {
        "dc_ac_ratio": [(("dc", power, opened), ("ac", power, opened)) for _, power, opened in by_kind],
        "open_closed_ratio": [((kind, power, True), (kind, power, False)) for kind, power, _ in by_kind],
    }
    ratios = {}
    for name, candidates in pairs.items():
        found = [pair for pair in dict.fromkeys(candidates) if pair[0] in by_kind and pair[1] in by_kind]
        each = [
            np.divide(by_kind[over], by_kind[under], out=np.full(len(amounts), np.nan), where=by_kind[under] > 0)
            for over, under in found
        ]
        ratios[name] = np.asarray(np.mean(each, axis=0) if each else np.full(len(amounts), np.nan))
    return ratios


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
