"""Finished runs by hand: few numbers, each chosen so that what a comparison says of it can be worked out on paper."""

import copy
from functools import cache

import pandas as pd
import yaml

from analysis.io import normalise
from analysis.report import headlines as known
from analysis.report.compare_tables import PARAMETERS, Run
from analysis.schemas.policy import SchemeDraws
from analysis.schemas.results import Headlines, SchemeSummary
from analysis.schemas.value_summary import ValueSummary
from tests.analysis.report.report_fixtures import ROOT

TABLE_DIGEST = "feed" * 16
CODE = "c0de" * 4


def settings(**changes):
    """The shipped default as a run records it; ``section__key=value`` changes one setting."""
    told = copy.deepcopy(_default())
    for place, value in changes.items():
        *path, last = place.split("__")
        target = told
        for key in path:
            target = target[key]
        target[last] = value
    return told


@cache
def _default():
    return yaml.safe_load((ROOT / "workflow/config/default.yaml").read_text(encoding="utf-8"))


def record(changes=None, files=None, inputs=None, code=CODE, libraries=None):
    """The record of a run (``run.yaml``)."""
    return {
        "settings": settings(**(changes or {})),
        "code_digest": code,
        "python": "3.11.7",
        "lock_sha256": "10cc" * 16,
        "libraries": {"numpy": "2.4.6", **(libraries or {})},
        "committed_inputs": {PARAMETERS: TABLE_DIGEST, "data/policy/se/task53.yaml": "53" * 32, **(files or {})},
        "inputs": inputs or {},
        "results": {},
    }


def headlines(firm=30.0, half=2.0, value=2000.0, best="task53", npv=-100.0, areas=("SE3", "SE4")):
    """Firm power ``firm`` ± ``half`` in the country, shared evenly by the areas; the other numbers beside it."""
    rows = [(known.FIRM, "SE", firm, firm - half, firm + half, "MW", "")]
    rows += [(known.FIRM, area, firm / len(areas), firm / len(areas) - 1, firm / len(areas) + 1, "MW", "")
             for area in areas]  # fmt: skip
    rows += [
        (known.VALUE_TODAY, "SE", value, value - 1500, value + 1500, "SEK/car,year", ""),
        (known.VALUE_EQUILIBRIUM, "SE", 1000.0, 500.0, 1500.0, "SEK/car,year", ""),
        (known.SATURATION, "SE", 880000.0, 750000.0, 1400000.0, "cars", "at the floor"),
        (known.FILL, "SE", 60000.0, 60000.0, 60000.0, "cars", "full offer"),
        (known.EFFECTIVENESS, "SE", 2500.0, 1500.0, 4500.0, "SEK/kW,year", best),
        (known.DC_AC, "SE", 2.0, 1.5, 2.5, "ratio", best),
        (known.OPEN_CLOSED, "SE", 1.0, 1.0, 1.0, "ratio", best),
        (known.SOCIAL_VALUE, "SE", npv, npv - 200, npv + 200, "MSEK", best),
        (known.PROBABILITY, "SE", 0.0, None, None, "share", best),
    ]
    names = ["headline_id", "price_area", "value", "low", "high", "unit", "detail"]
    return _typed(pd.DataFrame(rows, columns=names), Headlines)


def scheme_summary(schemes):
    """Summary of schemes: ``{scheme: social value}``, firm power 10 MW, 3 000 SEK, half free riders."""
    rows = []
    for scheme, npv in {"none": 0.0, **schemes}.items():
        rows += [
            (scheme, 2030, "net_social_npv_msek", npv, npv - 200, npv + 200, "MSEK"),
            (scheme, 2030, "net_firm_additional_mw", 10.0, 5.0, 15.0, "MW"),
            (scheme, 2030, "outlay_sek_per_firm_kw_year", 3000.0, 2000.0, 5000.0, "SEK/kW,year"),
            (scheme, 2030, "free_rider_pu", 0.5, 0.4, 0.6, "share"),
            (scheme, 2030, "outlay_msek", 400.0, 300.0, 500.0, "MSEK"),
        ]
    names = ["scheme", "year", "measure", "value", "low", "high", "unit"]
    return _typed(pd.DataFrame(rows, columns=names), SchemeSummary)


def draws(schemes):
    """Draws of schemes: ``{scheme: [social value of each draw]}``; everything else as in the summary."""
    rows = [
        {
            "scheme": scheme, "year": 2030, "draw": place, "price_year": 2025, "adopter_count": 9.0,
            "adopter_without_count": 4.0, "net_additional_count": 5.0, "recipient_count": 9.0, "free_rider_pu": 0.5,
            "outlay_msek": 400.0, "outlay_oneway_msek": 0.0, "net_budget_cost_msek": 300.0,
            "net_firm_additional_mw": 10.0, "firm_outlay_sek_per_kw_year": None if place == 0 else 3000.0,
            "net_firm_budget_sek_per_kw_year": 2500.0, "net_social_npv_msek": float(value),
        }
        for scheme, values in schemes.items()
        for place, value in enumerate(values)
    ]  # fmt: skip
    return _typed(pd.DataFrame(rows), SchemeDraws)


def value_summary(level=1000.0, areas=("SE", "SE3", "SE4"), years=(2024, 2025), full="full"):
    """Value per car: V2H a tenth of ``level``, V2G a fifth, with reserves the whole and half of it at a lower price."""
    rows = []
    for area in areas:
        for year in years:
            for strategy, reserve, share in (
                ("uncontrolled", "none", -1.0), ("smart", "none", 0.0), ("home", "none", 0.1), ("grid", "none", 0.2),
                ("grid_reserve", full, 1.0), ("grid_reserve", "half", 0.5),
            ):  # fmt: skip
                worth = level * share
                rows.append(
                    {
                        "price_area": area, "price_year": year, "charger_option": "ac_11", "strategy": strategy,
                        "reserve_level_id": reserve, "vehicle_count": 40, "net_value_over_smart_sek": worth,
                        "net_value_over_smart_low_sek": worth - 90, "net_value_over_smart_high_sek": worth + 90,
                        "net_gross_value_over_smart_sek": worth, "net_value_over_smart_sek_per_plugged_h": worth / 4000,
                        "degradation_cost_sek": 0.0, "discharge_ac_kwh": 0.0, "full_cycle_count": 0.0,
                    }
                )  # fmt: skip
    return _typed(pd.DataFrame(rows), ValueSummary)


def run(name="before", schemes=None, drawn=None, told=None, level=1000.0, **headline):
    """One finished run; ``told`` changes its record."""
    named = {"task53": -100.0, "extra_cost": -50.0} if schemes is None else schemes
    return Run(
        name=name,
        record=copy.deepcopy(told or record()),
        headlines=headlines(**headline),
        scheme_summary=scheme_summary(named),
        value_summary=value_summary(level),
        draws=draws(
            {scheme: [value, value + 1, value + 2] for scheme, value in named.items()} if drawn is None else drawn
        ),
    )


def _typed(table, model):
    """Bring columns to the kinds of their contract; that a run passes its contracts is a test of its own."""
    kinds = {name: str(column.dtype) for name, column in model.to_schema().columns.items()}
    ready = normalise(table)
    return ready.astype({name: kind for name, kind in kinds.items() if kind == "float64"})
