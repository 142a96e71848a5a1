"""Turns one scheme's evaluation into its national summary: measures with value, low, high and unit, long form."""

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.cba.alternatives import Alternative
from analysis.cba.calibration import ANCHOR, uptake_pu
from analysis.cba.cells import DWELLINGS
from analysis.cba.discounting import mean_survival_pu
from analysis.cba.effectiveness import (
    break_even_support_sek,
    home_battery_sek_per_kw_year,
    levelised_sek_per_kw_year,
)
from analysis.schemas.base import ACCOUNTS
from analysis.uncertainty.central import MIDDLE, RESPONSES, of_response
from analysis.uncertainty.evaluate import Evaluation, appraisal_of
from analysis.uncertainty.incidence import concentration_index, outlay_by_cell_sek, top_quintile_outlay_pu
from analysis.uncertainty.intervals import interval, probability_positive_pu, standard_error
from analysis.uncertainty.measures import SEK_PER_MSEK, firm_additional_kw, outlay_present_sek, scheme_draws
from analysis.uncertainty.private import private_values

Cube = NDArray[np.float64]
Row = tuple[str, float, float, float, str]

KG_PER_TONNE = 1000.0
COUNT_UNITS = {
    "adopter_count": "cars", "adopter_without_count": "cars", "net_additional_count": "cars", "recipient_count": "cars",
    "outlay_msek": "MSEK", "outlay_oneway_msek": "MSEK", "net_budget_cost_msek": "MSEK",
    "net_firm_additional_mw": "MW", "net_social_npv_msek": "MSEK", "free_rider_pu": "share",
}  # fmt: skip


def scheme_summary(
    scheme: str, evaluation: Evaluation, central: Evaluation, draws: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Table ``SchemeSummary``: national measures, long form.

    Two middles stand beside each other. ``value`` is the median over the draws: the typical case. A draw has one whole
    price year, so that with few of them the draws lie in humps and a median between them. Means (``…_mean``, and
    ``…_of_means``: all outlay over all firm power) weigh the tail: they say what the state should expect to pay and
    get, since money and cars add up over cases and medians do not. The ``…_response`` rows hold every parameter at its
    central value but the response to money, calibrated at each, and take the mean of the price years: compare them with
    means and with each other.

    Parameters
    ----------
    evaluation
        On the run's draws.
    central
        The same scheme on :func:`~analysis.uncertainty.central.central_study`.
    draws
        ``SchemeDraws`` of the evaluation, where they are made already.
    """
    draws = scheme_draws(scheme, evaluation) if draws is None else draws
    rows: list[Row] = [(name, *_triple(draws[name].to_numpy()), unit) for name, unit in COUNT_UNITS.items()]
    for name, column in {
        "outlay_sek_per_firm_kw_year": "firm_outlay_sek_per_kw_year",
        "net_budget_sek_per_firm_kw_year": "net_firm_budget_sek_per_kw_year",
    }.items():
        rows.append((name, *_triple(draws[column].to_numpy()), "SEK/kW,year"))
    rows.append(("home_battery_sek_per_firm_kw_year", *_triple(_home_battery(evaluation, draws)), "SEK/kW,year"))
    rows.append(_point("outlay_sek_per_firm_kw_year_of_means", _cost_of_means(evaluation), "SEK/kW,year"))
    rows.append(_point("net_additional_count_mean", float(draws["net_additional_count"].mean()), "cars"))
    rows += _share_rows(evaluation, draws)
    rows += _anchor_rows(evaluation, central)
    rows += _account_rows(evaluation)
    rows += _case_rows(evaluation)
    rows += _incidence_rows(evaluation)
    rows += _response_rows(central)
    rows += _ratio_rows(evaluation, central)
    rows += _break_even_rows(evaluation, central)
    table = pd.DataFrame(rows, columns=["measure", "value", "low", "high", "unit"])
    table.insert(0, "scheme", scheme)
    table.insert(1, "year", evaluation.study.frame.span.target_year)
    return table


def _triple(draws: Cube) -> tuple[float, float, float]:
    found = interval(draws)
    return found.value, found.low, found.high


def _point(name: str, value: float, unit: str) -> Row:
    return name, float(value), float("nan"), float("nan"), unit


def _ratio(over: Cube, under: Cube) -> Cube:
    return np.asarray(np.divide(over, under, out=np.full(np.shape(over), np.nan), where=np.asarray(under) > 1e-9))


def _cost_of_means(evaluation: Evaluation, chosen: slice = slice(None)) -> float:
    """Mean outlay over mean additional firm power, both over the draws: what the state should expect to pay a kW."""
    appraisal = appraisal_of(evaluation.study.frame.parameters)
    paid = float(outlay_present_sek(evaluation, appraisal)[chosen].mean())
    firm = float(appraisal.yearly_sek(firm_additional_kw(evaluation).sum(axis=(2, 3)))[chosen].mean())
    return float(levelised_sek_per_kw_year(paid, appraisal.public_funds_pu, firm))


def _home_battery(evaluation: Evaluation, draws: pd.DataFrame) -> Cube:
    """What a firm kW would cost if the money went to home batteries, with as many free riders."""
    appraisal = appraisal_of(evaluation.study.frame.parameters)
    free = draws["free_rider_pu"].to_numpy()
    world = evaluation.study.world
    return home_battery_sek_per_kw_year(world.draws, free, appraisal.public_funds_pu, appraisal.rate_pu)


def _share_rows(evaluation: Evaluation, draws: pd.DataFrame) -> list[Row]:
    outlay, social = draws["outlay_msek"].to_numpy() * SEK_PER_MSEK, draws["net_social_npv_msek"].to_numpy()
    appraisal = appraisal_of(evaluation.study.frame.parameters)
    paid, flows = outlay_present_sek(evaluation, appraisal), evaluation.ledger.flows
    free, more = -flows["support_free_riders", "state"], -flows["support_additional", "state"]
    added = (evaluation.with_support.new_count - evaluation.without.new_count).sum(axis=(2, 3, 4), dtype=np.float64)
    new = appraisal.once_sek(added)
    before = evaluation.ledger.social_before_public_funds()
    return [
        ("outlay_sek_per_additional_car", *_triple(_ratio(outlay, draws["net_additional_count"].to_numpy())), "SEK"),
        # payment above the buyers' reservation price: all of it to those who would have bought anyway, and half of it,
        # on average, to those whom it moved (rule of half)
        ("overpayment_pu", *_triple(_ratio(free + more / 2.0, free + more)), "share"),
        ("benefit_per_sek", *_triple(_ratio(before + paid, paid)), "SEK/SEK"),
        ("social_value_sek_per_additional_charger", *_triple(_ratio(before, new)), "SEK"),
        ("forwarded_pu", *_triple(_forwarded_pu(evaluation)), "share"),
        _point("social_npv_positive_pu", probability_positive_pu(np.where(social == 0, np.nan, social)), "share"),
        _point("net_social_npv_mean_msek", float(np.mean(social)), "MSEK"),
        _point("social_npv_standard_error_msek", standard_error(social), "MSEK"),
        _point("firm_standard_error_mw", standard_error(draws["net_firm_additional_mw"]), "MW"),
        _point("balance_gap_pu", max(evaluation.with_support.gap_pu.max(), evaluation.without.gap_pu.max()), "share"),
    ]


def _forwarded_pu(evaluation: Evaluation) -> Cube:
    """Share of the cars that a scheme has added by its target year that would have come by the last year anyway."""
    change = evaluation.with_support.enrolled_total - evaluation.without.enrolled_total
    return np.asarray(np.clip(1.0 - _ratio(change[:, -1], change[:, evaluation.study.target]), 0.0, 1.0))


def _anchor_rows(evaluation: Evaluation, central: Evaluation) -> list[Row]:
    """Uptake without support in the first year, beside the anchor it is held to and what the priors would give."""
    found, world = central.study, evaluation.study.world
    middle = of_response(central, MIDDLE)

    def mean(study_uptake: Cube) -> float:
        return float(study_uptake[middle].mean())

    prior = uptake_pu(replace(found.world, tastes=found.prior))
    return [
        _point("calibrated_uptake_pu", mean(uptake_pu(found.world)), "share"),
        _point("prior_uptake_pu", mean(prior), "share"),
        _point("anchor_uptake_pu", evaluation.study.frame.parameters[ANCHOR], "share"),
        ("uptake_without_pu", *_triple(uptake_pu(world)), "share"),
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
    """Social value with other switches: rate, cost of public funds, and the readings of CO2 (METHODS 6)."""
    rows = [
        (f"net_social_npv_{name}_msek", *_triple(ledger.social() / SEK_PER_MSEK), "MSEK")
        for name, ledger in evaluation.ledger_cases.items()
    ]
    ledger, study = evaluation.ledger, evaluation.study
    emitted_kg = ledger.net_import_kwh * study.world.draws["cba.emission_marginal"]
    appraisal = appraisal_of(study.frame.parameters)
    # ASSUME: power emissions are under the EU cap and their price is in the spot price: no CO2 term by default.
    counted = -emitted_kg * appraisal.co2_sek_per_kg
    paid = outlay_present_sek(evaluation, appraisal) * appraisal.public_funds_pu
    rows.append(("net_co2_discounted_tonne", *_triple(emitted_kg / KG_PER_TONNE), "tonne"))
    rows.append(("net_co2_value_msek", *_triple(counted / SEK_PER_MSEK), "MSEK"))
    rows.append(("net_social_npv_with_co2_value_msek", *_triple((ledger.social() + counted) / SEK_PER_MSEK), "MSEK"))
    rows.append(("outlay_sek_per_tonne", *_triple(_ratio(paid, -emitted_kg / KG_PER_TONNE)), "SEK/tonne"))
    return rows


def _incidence_rows(evaluation: Evaluation) -> list[Row]:
    """Who is paid: share of the outlay by dwelling, of the richest fifth, and households that no support reaches."""
    paid = outlay_by_cell_sek(evaluation)
    whole = paid.sum(axis=(1, 2))
    rows: list[Row] = [
        (f"outlay_share_{dwelling}_pu", *_triple(_ratio(paid[:, number].sum(axis=1), whole)), "share")
        for number, dwelling in enumerate(DWELLINGS)
    ]
    rows.append(("outlay_share_top_quintile_pu", *_triple(top_quintile_outlay_pu(evaluation)), "share"))
    mean = paid.sum(axis=1).mean(axis=0)
    index = concentration_index(mean / mean.sum()) if mean.sum() > 0 else float("nan")
    rows.append(_point("outlay_concentration_index", index, "index"))
    cells = evaluation.study.world.households.cell_pu.mean(axis=1)
    unreached = np.asarray((evaluation.with_support.support_sek.sum(axis=1) <= 0).all(axis=3))
    rows.append(("households_without_support_pu", *_triple((cells * unreached).sum(axis=(1, 2))), "share"))
    return rows


def _response_rows(central: Evaluation) -> list[Row]:
    """Cost and cars added at five responses to money, central parameters, mean of the price years.

    To be read beside ``outlay_sek_per_firm_kw_year_of_means`` and ``net_additional_count_mean``, not beside medians:
    see :func:`scheme_summary`.
    """
    rows: list[Row] = []
    target = central.study.target
    change = central.with_support.enrolled_total[:, target] - central.without.enrolled_total[:, target]
    social = central.ledger.social() / SEK_PER_MSEK
    for number, name in enumerate(RESPONSES):
        chosen = of_response(central, number)
        cost = _cost_of_means(central, chosen)
        rows.append(_point(f"outlay_sek_per_firm_kw_year_{name}_response", cost, "SEK/kW,year"))
        rows.append(_point(f"net_additional_count_{name}_response", float(change[chosen].mean()), "cars"))
        rows.append(_point(f"net_social_npv_{name}_response_msek", float(social[chosen].mean()), "MSEK"))
    return rows


def _ratio_rows(evaluation: Evaluation, central: Evaluation) -> list[Row]:
    """Support of DC over AC and of open over closed, beside the ratios at which both buy firm power at the same cost.

    Same power, detached house, middle income, first year that pays; the middle is that at central prices.
    """
    alternatives = evaluation.study.alternatives
    middle = of_response(central, MIDDLE)
    own = _pair_ratios(_support_of_house(central)[middle], alternatives)
    drawn = _pair_ratios(_support_of_house(evaluation), alternatives)
    rows: list[Row] = [(name, float(own[name].mean()), *_triple(drawn[name])[1:], "ratio") for name in drawn]
    # ASSUME: a unit is worth to the state what firm power it gives over its life; what openness is worth to other
    # owners and at other places comes on top.
    earned = _pair_ratios(_firm_over_life_kw(evaluation), alternatives)
    return rows + [(f"equal_cost_{name}", *_triple(ratio), "ratio") for name, ratio in earned.items()]


def _support_of_house(evaluation: Evaluation) -> Cube:
    """Support on purchase for a detached house of middle income in the first year that pays: draw × alternative."""
    support = evaluation.with_support.support_sek[:, :, 0, 2].astype(np.float64)
    paid = np.flatnonzero(support.sum(axis=(0, 2)) > 0)
    return np.asarray(support[:, paid[0] if len(paid) else 0])


def _firm_over_life_kw(evaluation: Evaluation) -> Cube:
    """Firm kW of one unit, mean over the charger's life and over areas by capable cars: draw × alternative."""
    study = evaluation.study
    cars = study.world.households.capable_count[:, study.target]
    firm = (study.firm_kw * (cars / cars.sum(axis=1, keepdims=True))[:, :, None]).sum(axis=1)
    survival = mean_survival_pu(study.world.stranding_per_year[:, study.target], study.world.tastes.life_years)
    return np.asarray(firm * survival)


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
        each = [_ratio(by_kind[over], by_kind[under]) for over, under in found]
        ratios[name] = np.asarray(np.mean(each, axis=0) if each else np.full(len(amounts), np.nan))
    return ratios


def _break_even_rows(evaluation: Evaluation, central: Evaluation) -> list[Row]:
    """Support at which the median household, and the tenth that gains most, break even, per alternative and profile."""
    rows: list[Row] = []
    for alternative, found in private_values(central.study):
        name = f"{alternative.charger_option}_{'open' if alternative.is_interoperable else 'closed'}"
        # the tail adopts: the tenth that gains most needs the least
        for share, label in ((0.5, "median"), (0.9, "top_tenth")):
            support = break_even_support_sek(found.one_off_sek, found.quantile(share), found.pass_through_pu)
            rows.append(_point(f"break_even_support_{label}_{name}_sek", float(support), "SEK"))
        years = found.payback_years(0.5)
        rows.append(_point(f"payback_median_{name}_years", years if np.isfinite(years) else float("nan"), "years"))
        for profile in sorted(set(found.profile)):
            support = break_even_support_sek(
                found.one_off_sek, found.quantile(0.5, str(profile)), found.pass_through_pu
            )
            rows.append(_point(f"break_even_support_profile_{profile}_{name}_sek", float(support), "SEK"))
    return rows
