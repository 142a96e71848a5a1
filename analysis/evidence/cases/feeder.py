"""Cases of a feeder whose cars are steered for an even net load: variance, own solar energy, and what it ages."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from analysis.dispatch.wear import AGEING_YEARS
from analysis.evidence.case import Case, Estimate, Knob
from analysis.evidence.feeders import (
    FeederTerms,
    FeederWeek,
    daily_variance_kw2,
    extra_loss_pu_per_year,
    feeder_year,
    solar_used_pu,
    variance_kw2,
)
from analysis.evidence.laboratory import Laboratory, Setting
from analysis.potential.local_grid import ROOF_KW

PER_CENT = 100.0
FIRST_YEAR = 1.0
SHARES = {"low": 0.4, "full": 1.0}
"""Cars a household and roofs a house grow together; the run's own feeder has the same two shares of cars."""
CONDITIONS: Mapping[str, Setting] = {"price_area": "SE3", "price_year": 2025, "house": "detached_district",
              "contract": "16h", "power_kw": 11.0, "roof_kw": ROOF_KW, "cars_per_household": 1.0}  # fmt: skip
KNOBS = (
    Knob("roof_kw", (2.0, 12.0)),
    Knob("contract", ("none", "12h_20d")),
    Knob("cars_per_household", (0.5, 2.0)),
    Knob("house", ("mean", "flat")),
    Knob("power_kw", (3.7, 22.0)),
)
CAR_COUNT = 6


def _year(laboratory: Laboratory, shares: str = "full", **hybrid: float | bool) -> tuple[FeederWeek, ...]:
    terms = FeederTerms(
        laboratory.text("price_area"), laboratory.whole("price_year"), CAR_COUNT,
        SHARES[shares] * laboratory.number("cars_per_household"), SHARES[shares], laboratory.number("roof_kw"),
        laboratory.text("house"), laboratory.text("contract"), laboratory.number("power_kw"), **hybrid,  # type: ignore[arg-type]  # the two fields of a hybrid
    )  # fmt: skip
    return feeder_year(laboratory, terms)


def _variance_pc(laboratory: Laboratory) -> Estimate:
    """Change of variance against charging at once; the row asks for the most that the rising shares give."""
    variance = {"year": variance_kw2, "day": daily_variance_kw2}[laboratory.text("variance_of")]
    found = [_year(laboratory, shares) for shares in SHARES]
    changes = [PER_CENT * (variance(weeks, True) / variance(weeks, False) - 1) for weeks in found]
    return Estimate.across(min(changes), max(changes))


def _solar_pc(laboratory: Laboratory) -> Estimate:
    """Rise of the share of own solar energy that is used, over that share or in percentage points of it."""
    used = [[solar_used_pu(weeks, is_steered) for is_steered in (False, True)]
            for weeks in (_year(laboratory, shares) for shares in reversed(SHARES))]  # fmt: skip
    in_points = laboratory.text("counted_in") == "points"
    return Estimate.across(
        *(PER_CENT * (steered - before) / (1.0 if in_points else before) for before, steered in used)
    )


def _own_kwh(laboratory: Laboratory) -> NDArray[np.float64]:
    return laboratory.travel().vehicles["battery_usable_kwh"].to_numpy(float)[:CAR_COUNT]


def _extra_ageing_pc(laboratory: Laboratory) -> Estimate:
    """Mean of the cars over ten years; the first year alone is the other reading."""
    weeks, value, own = _year(laboratory), laboratory.parameters, _own_kwh(laboratory)
    central = float(extra_loss_pu_per_year(weeks, value, own).mean())
    first = float(extra_loss_pu_per_year(weeks, value, own, FIRST_YEAR).mean())
    return Estimate.across(PER_CENT * central, PER_CENT * first)


def _hybrid_ratio(laboratory: Laboratory) -> Estimate:
    """The same cars as hybrids over battery cars: ten years, and the first alone.

    A hybrid is steered for the same feeder with its own battery, or is taken to feed just as much as a battery car.
    """
    battery, value, pure = laboratory.number("phev_kwh"), laboratory.parameters, _year(laboratory)
    does_its_own = laboratory.text("hybrid_feeds") == "what_it_can"
    hybrid = _year(laboratory, battery_kwh=battery, has_engine=True) if does_its_own else pure
    ratios = [
        float(extra_loss_pu_per_year(hybrid, value, np.full(CAR_COUNT, battery), years).mean()
              / extra_loss_pu_per_year(pure, value, _own_kwh(laboratory), years).mean())
        for years in (AGEING_YEARS, FIRST_YEAR)
    ]  # fmt: skip
    return Estimate.across(*ratios)


CASES = (
    Case("PR042", "engine", _variance_pc, (Knob("variance_of", ("year", "day")), *KNOBS),
         {**CONDITIONS, "variance_of": "year"}, is_transfer=True),
    Case("PR043", "engine", _solar_pc, (Knob("counted_in", ("share", "points")), *KNOBS),
         {**CONDITIONS, "counted_in": "share"}, is_transfer=True),
    Case("PR044", "engine", _extra_ageing_pc, KNOBS, CONDITIONS, is_transfer=True),
    Case("PR045", "engine", _hybrid_ratio,
         (Knob("hybrid_feeds", ("what_it_can", "as_much")), Knob("phev_kwh", (8.0, 18.0)), *KNOBS),
         {**CONDITIONS, "phev_kwh": 10.0, "hybrid_feeds": "what_it_can"}, is_transfer=True),
)  # fmt: skip
