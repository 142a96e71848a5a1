"""Turns potential, market depth and scheme draws into the numbers that open the report and end the run."""

import numpy as np
import pandas as pd

from analysis.cba.firm import FIRM
from analysis.errors import DataError, Fault
from analysis.uncertainty.intervals import interval, probability_positive_pu

NATION = "SE"
NONE = "none"
LEAST_ADDED_PU = 0.1
# Headline and measure of the saturation table: the floor of the price as cars really behave, and the nameplate count.
SATURATION_MEASURES = {"fcr_d_saturation_cars": "saturation_cars", "fcr_d_fill_cars": "fill_cars"}

Row = tuple[str, str, float, float, float, str, str]


def best_scheme(summary: pd.DataFrame, year: int) -> str | None:
    """Name the best scheme, or None where none pays and adds cars.

    The rule: among schemes that pay and that add at least a tenth to the cars that come without (medians), the one with
    the lowest median outlay per additional firm kW and year; a tie goes to the higher median social net present value,
    and then to the name that comes first. A duty costs the state nothing and a small relief next to nothing: neither
    says what support buys, and both stand in the comparison.

    Examples
    --------
    A at 1 500 and B at 1 900 SEK per firm kW and year: A, whatever their social value.
    """
    table = summary[summary["year"] == year].pivot(index="scheme", columns="measure", values="value")
    added, paid = table["net_additional_count"], table["outlay_msek"]
    is_enough = (added > 0) & (added >= LEAST_ADDED_PU * table["adopter_without_count"])
    counted = table[(table.index != NONE) & is_enough & (paid > 0) & table["outlay_sek_per_firm_kw_year"].notna()]
    if counted.empty:
        return None
    ranked = counted.assign(name=counted.index, loss=-counted["net_social_npv_msek"]).sort_values(
        ["outlay_sek_per_firm_kw_year", "loss", "name"]
    )
    return str(ranked["name"].iloc[0])


def headline_rows(
    potential_summary: pd.DataFrame, market_balance: pd.DataFrame, saturation: pd.DataFrame,
    scheme_summary: pd.DataFrame, draws: pd.DataFrame, year: int,
) -> pd.DataFrame:  # fmt: skip
    """Table ``Headlines``.

    Parameters
    ----------
    potential_summary, market_balance, saturation, scheme_summary
        Results of the run.
    draws
        ``SchemeDraws`` of all schemes.
    year
        Target year.

    Raises
    ------
    DataError
        If a table lacks the rows that a headline rests on.

    References
    ----------
    DESIGN section 2, five headline numbers.
    """
    best = best_scheme(scheme_summary, year)
    rows = [
        *_firm_rows(potential_summary, year),
        *_value_rows(market_balance, draws, best, year),
        *_saturation_rows(saturation),
        *_scheme_rows(scheme_summary, draws, best, year),
    ]
    return pd.DataFrame(rows, columns=["headline_id", "price_area", "value", "low", "high", "unit", "detail"])


def _firm_rows(summary: pd.DataFrame, year: int) -> list[Row]:
    chosen = summary[summary["year"] == year]
    for column, value in FIRM.items():
        chosen = chosen[chosen[column] == value]
    if NATION not in set(chosen["price_area"]):
        raise DataError(Fault("potential_summary", f"no firm row for SE in {year}", "one", "Run the potential again."))
    return [
        ("firm_discharge_mw", row["price_area"], row["power_mw"], row["power_low_mw"], row["power_high_mw"], "MW", "")
        for row in chosen.sort_values("price_area").to_dict("records")
    ]


def _value_rows(balance: pd.DataFrame, draws: pd.DataFrame, best: str | None, year: int) -> list[Row]:
    """Value per participating car at today's depth, and at the depth that the best scheme's adopters bring."""
    table = balance.sort_values("enrolled_count")
    scheme = best or NONE
    enrolled = interval(_of(draws, scheme, year)["adopter_count"]).value

    def at(count: float) -> tuple[float, float, float]:
        low, value, high = (
            float(np.interp(count, table["enrolled_count"], table[f"value_{name}sek_per_car_year"]))
            for name in ("low_", "", "high_")
        )
        return value, low, high

    detail = f"{scheme}: {enrolled:.0f} cars"
    return [
        ("value_over_smart_today", NATION, *at(float(table["enrolled_count"].min())), "SEK/car,year", ""),
        ("value_over_smart_equilibrium", NATION, *at(enrolled), "SEK/car,year", detail),
    ]


def _saturation_rows(saturation: pd.DataFrame) -> list[Row]:
    """Cars at the floor of the FCR-D price, and cars whose full offers alone equal the volume bought."""
    rows: list[Row] = []
    for headline_id, measure in SATURATION_MEASURES.items():
        found = saturation[saturation["measure"] == measure]
        if len(found) != 1:
            listed = ", ".join(sorted(saturation["measure"]))
            raise DataError(Fault("saturation", listed, f"one row {measure}", "Run balance_market again."))
        row = found.iloc[0].to_dict()
        low, value, high = (float(row[name]) for name in ("low", "value", "high"))
        rows.append((headline_id, NATION, value, low, high, "cars", str(row["detail"])))
    return rows


def _scheme_rows(summary: pd.DataFrame, draws: pd.DataFrame, best: str | None, year: int) -> list[Row]:
    units = {
        "best_scheme_outlay_per_firm_kw_year": "SEK/kW,year", "best_scheme_dc_ac_ratio": "ratio",
        "best_scheme_open_closed_ratio": "ratio",
        "best_scheme_social_npv": "MSEK", "best_scheme_probability_positive": "share",
    }  # fmt: skip
    nothing = float("nan")
    if best is None:
        return [(name, NATION, nothing, nothing, nothing, unit, "") for name, unit in units.items()]
    own = _of(draws, best, year)
    listed = summary[(summary["scheme"] == best) & (summary["year"] == year)].set_index("measure")
    outlay, social = interval(own["firm_outlay_sek_per_kw_year"]), interval(own["net_social_npv_msek"])
    values = {
        "best_scheme_outlay_per_firm_kw_year": (outlay.value, outlay.low, outlay.high),
        "best_scheme_social_npv": (social.value, social.low, social.high),
        "best_scheme_probability_positive": (probability_positive_pu(own["net_social_npv_msek"]), nothing, nothing),
    }
    for name in ("dc_ac_ratio", "open_closed_ratio"):
        row = listed[["value", "low", "high"]].to_dict("index")[name]
        values[f"best_scheme_{name}"] = (row["value"], row["low"], row["high"])
    return [(name, NATION, *values[name], unit, best) for name, unit in units.items()]


def _of(draws: pd.DataFrame, scheme: str, year: int) -> pd.DataFrame:
    own = draws[(draws["scheme"] == scheme) & (draws["year"] == year)]
    if own.empty:
        raise DataError(Fault("scheme draws", f"no draws of {scheme} in {year}", "its draws", "Evaluate the scheme."))
    return own
