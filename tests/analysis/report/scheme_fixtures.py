"""Plausible tables of schemes over time, to whom, how sure, and which would be best; made by formula."""

import numpy as np
import pandas as pd

from analysis.io import check_table, normalise
from analysis.schemas import schemes as contracts
from analysis.schemas.base import DWELLINGS, PRICE_AREAS
from analysis.schemas.schemes import AIMS, HOUSEHOLDS, OUTCOMES, PATH_MEASURES

YEARS = range(2026, 2041)
QUINTILES = ("q1", "q2", "q3", "q4", "q5")
GROUPS = {
    "income_quintile": dict(zip(QUINTILES, (0.05, 0.1, 0.18, 0.27, 0.4), strict=True)),
    "dwelling": dict(zip(DWELLINGS, (0.8, 0.14, 0.05, 0.01), strict=True)),
    "price_area": dict(zip(PRICE_AREAS, (0.02, 0.05, 0.75, 0.18), strict=True)),
    "household": dict(zip(HOUSEHOLDS, (1.0, 0.0, 0.0, 0.0), strict=True)),
}
TAXED = {
    "income_quintile": (0.05, 0.11, 0.17, 0.24, 0.43), "dwelling": (0.45, 0.25, 0.28, 0.02),
    "price_area": (0.05, 0.06, 0.65, 0.24), "household": (0.02, 0.1, 0.03, 0.85),
}  # fmt: skip
PARAMETERS = (
    "ado.logit_scale", "cap.ac_bi", "res.elasticity_supply", "loss.P_standby_enabled", "iop.p_handshake",
    "price_year", "ado.asc_ac", "res.accept_rate", "deg.c_deg_nmc", "cap.dc_bi", "ado.hassle", "ado.pass_through",
    "res.agg_fee", "own.parameter",
)  # fmt: skip
VERIFIED = ("cap.ac_bi", "cap.dc_bi", "price_year")


def scheme_paths(sizes: dict[str, float]) -> pd.DataFrame:
    """Cars that grow along an S, with a band of half to double."""
    rows = []
    for scheme, size in sizes.items():
        for year in YEARS:
            grown = 1 / (1 + np.exp(-(year - 2035) / 2.5))
            cars, more = 420_000 * grown * (1 + 0.2 * size), 84_000 * grown * size
            values = {"enrolled_count": cars, "net_additional_count": more, "outlay_msek": 60 * size * grown}
            for measure, value in values.items():
                rows.append((scheme, year, "SE", measure, value, 0.5 * value, 2.0 * value, PATH_MEASURES[measure]))
    columns = list(contracts.SchemePaths.to_schema().columns)
    return check_table(normalise(pd.DataFrame(rows, columns=columns)), contracts.SchemePaths, "made")


def market_tier() -> pd.DataFrame:
    """Twenty-five thousand cars without support, by area as their shares; prices stand with Sweden."""
    rows = []
    for area, share in {"SE": 1.0, **GROUPS["price_area"]}.items():
        levels = (0.93, 0.98, 9.7, 7.1, 1875.0) if area == "SE" else (None,) * 5
        cars, firm = 25_000 * share, 24.0 * share
        rows.append((area, 2030, cars, 0.66 * cars, 1.6 * cars, firm, 0.66 * firm, 1.6 * firm, *levels))
    columns = list(contracts.MarketTier.to_schema().columns)
    table = pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[-5:], float))
    return check_table(normalise(table), contracts.MarketTier, "made")


def scheme_incidence(sizes: dict[str, float]) -> pd.DataFrame:
    """An outlay of 380 MSEK by size, shared out; the net gain is gains less taxes."""
    rows = []
    for scheme, size in sizes.items():
        for kind, shares in GROUPS.items():
            for (group, share), taxed in zip(shares.items(), TAXED[kind], strict=True):
                user, bill, tax = 210 * size * share, 90 * size * taxed, 400 * size * taxed
                rows.append(
                    (scheme, kind, group, 4.9e6 * taxed, 9000 * size * share, 380 * size * share,
                     share if size else None, user, bill, tax, user + bill - tax)
                )  # fmt: skip
    columns = list(contracts.SchemeIncidence.to_schema().columns)
    table = pd.DataFrame(rows, columns=columns).astype({"outlay_share_pu": float})
    return check_table(normalise(table), contracts.SchemeIncidence, "made")


def scheme_municipalities(sizes: dict[str, float], municipalities: pd.DataFrame) -> pd.DataFrame:
    """A tenth of each municipality's electric cars drive both ways; support adds as many by its size."""
    rows = [
        (scheme, 2030, str(place["municipality_code"]), place["price_area"], cars, 0.1 * cars,
         0.06 * cars, 0.15 * cars, 0.1 * cars, 0.1 * size * cars, 0.05 * size * cars, 0.2 * size * cars)
        for scheme, size in sizes.items()
        for place in municipalities.to_dict("records")
        for cars in (float(place["bev_count"]),)
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=list(contracts.SchemeMunicipalities.to_schema().columns))
    return check_table(normalise(table), contracts.SchemeMunicipalities, "made")


def scheme_comparison(sizes: dict[str, float]) -> pd.DataFrame:
    """The smaller scheme costs society less and brings less power; no support has no cost per kilowatt."""
    rows = []
    for scheme, size in sizes.items():
        for other, its in sizes.items():
            if scheme == other:
                continue
            for outcome in OUTCOMES:
                falls = outcome != "net_firm_additional_mw"
                ahead = (its - size) if falls else (size - its)
                better = float(1 / (1 + np.exp(-2.0 * ahead)))
                lacks = outcome == "firm_outlay_sek_per_kw_year" and 0.0 in (size, its)
                gap = -90.0 * (size - its)
                cells = (None,) * 5 if lacks else (better, 0.009, gap, gap - 80.0, gap + 60.0)
                rows.append((scheme, other, outcome, *cells, 0 if lacks else 2000))
    columns = list(contracts.SchemeComparison.to_schema().columns)
    numbers = ["better_pu", "standard_error_pu", "difference", "difference_low", "difference_high"]
    table = pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(numbers, float))
    return check_table(normalise(table), contracts.SchemeComparison, "made")


def information_value(decision: str = "none") -> pd.DataFrame:
    """Perfect information and five groups of parameters."""
    rows = [
        ("all", "*", 21.5, 1.4, None, decision, 0.21),
        ("erosion", "res.elasticity_supply", 9.2, 1.1, 0.44, decision, 0.1),
        ("dc_price", "cap.dc_bi", 0.0, 0.2, 0.02, decision, 0.0),
        ("standby_power", "loss.P_standby_enabled", 4.1, 0.8, 0.21, decision, 0.06),
        ("tastes", "ado.asc_ac, ado.asc_dc, ado.logit_scale", 6.6, 1.0, 0.32, decision, 0.08),
        ("own_group", "own.parameter", 1.2, 0.4, 0.05, decision, 0.01),
    ]  # fmt: skip
    columns = list(contracts.InformationValue.to_schema().columns)
    table = pd.DataFrame(rows, columns=columns).astype({"r2_pu": float})
    return check_table(normalise(table), contracts.InformationValue, "made")


def convergence(sizes: dict[str, float]) -> pd.DataFrame:
    """Each scheme's firm power within four per cent, and national firm power within one and a half."""
    rows = [
        (scheme, "net_firm_additional_mw", 18.0 * size, "MW", *((0.04, 2000, 8000.0) if size else (None, 2000, None)))
        for scheme, size in sizes.items()
    ]
    rows.append(("potential", "national_firm_mw", 29.4, "MW", 0.015, 2000, 1125.0))
    columns = list(contracts.Convergence.to_schema().columns)
    table = pd.DataFrame(rows, columns=columns).astype({"half_width_pu": float, "needed_draw_count": float})
    return check_table(normalise(table), contracts.Convergence, "made")


def sensitivity(scheme: str) -> pd.DataFrame:
    """Every parameter moves each outcome less than the one before; every other one the other way."""
    rows = []
    for outcome in OUTCOMES:
        for place, parameter in enumerate(PARAMETERS):
            reach = 100.0 * 0.7**place * (-1) ** place
            first = 0.3 * 0.7**place
            rows.append(
                (scheme, outcome, parameter, -140.0 - reach, -140.0, -140.0 + reach, first, 0.02, 1.3 * first, 0.04,
                 parameter in VERIFIED)
            )  # fmt: skip
    columns = list(contracts.Sensitivity.to_schema().columns)
    return check_table(normalise(pd.DataFrame(rows, columns=columns)), contracts.Sensitivity, "made")


def scheme_front() -> pd.DataFrame:
    """The proposal's own amounts and variants around them; those of one ratio are ahead."""
    rows = []
    amounts = [(6000.0, 2.0, 2.0)] + [
        (base, dc, opened) for base in (2000.0, 6000.0, 12000.0) for dc in (1.0, 1.6, 3.0) for opened in (1.0, 2.0, 3.0)
        if (base, dc, opened) != (6000.0, 2.0, 2.0)
    ]  # fmt: skip
    for trial, (base, dc, opened) in enumerate(amounts):
        outlay = base * (0.6 + 0.2 * opened) * (0.9 + 0.1 * dc) / 50
        firm = 0.05 * outlay**0.8 * (1.2 - 0.1 * abs(dc - 1.6) - 0.1 * abs(opened - 2.0))
        rows.append((trial, base, dc, opened, 0.5, 0.5, outlay, firm, -1.2 * outlay, 0.39, dc == 1.6 and opened == 2.0))
    columns = list(contracts.SchemeFront.to_schema().columns)
    return check_table(normalise(pd.DataFrame(rows, columns=columns)), contracts.SchemeFront, "made")


def best_scheme() -> pd.DataFrame:
    """Two budgets; to maximise social value it is best to pay nothing."""
    rows = []
    for aim in AIMS:
        for budget in (100.0, 500.0):
            nothing = aim == "social_npv"
            cells = {
                "base_sek": (0.0 if nothing else 40 * budget, "SEK"),
                "dc_ac_ratio": (None if nothing else 1.4, "ratio"),
                "open_closed_ratio": (None if nothing else 1.9, "ratio"),
                "dc_ac_ratio_task53": (2.0, "ratio"),
                "open_closed_ratio_task53": (2.0, "ratio"),
                "dc_ac_ratio_within_1_percent": (None if nothing else 1.4, "ratio"),
                "open_closed_ratio_within_1_percent": (None if nothing else 1.9, "ratio"),
                "no_support": (float(nothing), "yes or no"),
                "power_exponent_pu": (None if nothing else 0.4, "ratio"),
                "share_cap_pu": (None if nothing else 0.5, "pu"),
                "outlay_msek": (0.0 if nothing else budget, "MSEK"),
                "net_firm_additional_mw": (0.0 if nothing else 0.03 * budget, "MW"),
                "net_social_npv_msek": (0.0 if nothing else -1.1 * budget, "MSEK"),
                "top_quintile_outlay_pu": (None if nothing else 0.37, "pu"),
            }  # fmt: skip
            for quantity, (value, unit) in cells.items():
                low, high = (None, None) if value is None else (0.8 * min(value, 1.5 * value), 1.3 * max(value, 0.0))
                rows.append((aim, budget, quantity, value, low, high, unit))
    columns = list(contracts.BestScheme.to_schema().columns)
    table = pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(("value", "low", "high"), float))
    return check_table(normalise(table), contracts.BestScheme, "made")


def every_table(sizes: dict[str, float], lead: str, municipalities: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """All of them, by the names that the page has for them."""
    return {
        "scheme_municipalities": scheme_municipalities(sizes, municipalities),
        "market_tier": market_tier(), "convergence": convergence(sizes),
        "scheme_paths": scheme_paths(sizes), "scheme_incidence": scheme_incidence(sizes),
        "scheme_comparison": scheme_comparison(sizes), "information_value": information_value(),
        "sensitivity": sensitivity(lead), "scheme_front": scheme_front(), "best_scheme": best_scheme(),
    }  # fmt: skip
