"""Cases of who takes a two-way charger: which technology first, and whether anyone does for its own sake."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.cba.discounting import annuity_factor, surviving_factor
from analysis.evidence.case import Case, Estimate, Knob
from analysis.evidence.laboratory import Laboratory, Setting
from analysis.fleet.stranding import stranding_per_year

CARS = 6
SEK_PER_KSEK = 1000.0
OPTIONS = {"ac": "ac_11", "dc": "dc_11"}
PRICES = {"ac": "cap.ac_bi", "dc": "cap.dc_bi"}
CONDITIONS: Mapping[str, Setting] = {"price_area": "SE3", "price_year": 2025, "other_year": 2024, "other_area": "SE4",
              "own_share_pu": 1.0}  # fmt: skip


def _lasting(laboratory: Laboratory) -> tuple[float, float]:
    """Present value of a yearly crown for as long as car and charger work together, and of one over the whole life."""
    value = laboratory.parameters
    rate, years = value["ado.implicit_discount"], round(value["cap.life"])
    works = value["iop.p_unnamed_pair"]
    lost = stranding_per_year(value["iop.car_change_hazard"], value["iop.brand_loyalty"], works)
    return float(surviving_factor(rate, lost, years)), float(annuity_factor(rate, years))


def _worth_ksek(laboratory: Laboratory, technology: str, yearly_sek: "pd.Series[float]") -> "pd.Series[float]":
    """Present value of a two-way charger over an ordinary one without any support, thousand SEK a car.

    ``own_share_pu`` of the extra price is borne by who chooses.
    """
    value = laboratory.parameters
    fading, steady = _lasting(laboratory)
    extra = laboratory.number("own_share_pu") * (value[PRICES[technology]] - value["cap.ac_uni"])
    spent = extra + value["cap.export_setup"] + value["ado.hassle"]
    return (fading * yearly_sek - steady * value["cap.opex"] - spent) / SEK_PER_KSEK


def _yearly_sek(
    laboratory: Laboratory, technology: str, strategy: str, price_area: str, price_year: int
) -> "pd.Series[float]":
    """Value over charging well, a car and year, at whole prices of reserves."""
    values = laboratory.dispatched_cars(CARS, price_area, price_year, charger_options=tuple(OPTIONS.values()))
    kept = (values["charger_option"] == OPTIONS[technology]) & (values["strategy"] == strategy)
    if strategy == "grid_reserve":
        kept &= values["reserve_level_id"] == "full"
    return values[kept].set_index("vehicle_id")["net_value_over_smart_sek"]


def _places(laboratory: Laboratory) -> list[tuple[str, int]]:
    area, year = laboratory.text("price_area"), laboratory.whole("price_year")
    return [(area, year), (area, laboratory.whole("other_year")), (laboratory.text("other_area"), year)]


def _own_loss_ksek(laboratory: Laboratory) -> Estimate:
    """What the charger costs its owner beyond what it saves, thousand SEK, for the car that it serves best.

    Nothing is paid by grid companies or authorities: no reserve, no support. Above 0 no car pays for itself.
    """

    def margin(price_area: str, price_year: int) -> float:
        yearly = _yearly_sek(laboratory, "ac", "grid", price_area, price_year)
        return -float(_worth_ksek(laboratory, "ac", yearly).max())

    return Estimate.across(*(margin(*place) for place in _places(laboratory)))


def _dc_over_ac(laboratory: Laboratory) -> Estimate:
    """Log odds of DC over AC among buyers who know of both, mean car, without support and with reserves sold."""
    value = laboratory.parameters

    def utility(technology: str, price_area: str, price_year: int) -> float:
        yearly = _yearly_sek(laboratory, technology, "grid_reserve", price_area, price_year)
        worth = float(np.mean(_worth_ksek(laboratory, technology, yearly)))
        return value[f"ado.asc_{technology}"] + value["ado.logit_scale"] * worth

    return Estimate.across(*(utility("dc", *place) - utility("ac", *place) for place in _places(laboratory)))


MONEY = ("ado.implicit_discount", "cap.life", "cap.export_setup", "ado.hassle", "cap.opex")

CASES = (
    Case("PR105", "engine", _dc_over_ac,
         (Knob("own_share_pu", (0.0, 0.5)),
          *map(Knob, ("cap.dc_bi", "cap.ac_bi", "ado.asc_dc", "ado.asc_ac", "loss.ac_extra"))),
         CONDITIONS, is_transfer=True),
    Case("PR107", "engine", _own_loss_ksek,
         (*map(Knob, ("cap.ac_bi", "loss.P_standby_enabled", "deg.c_deg_nmc", *MONEY)),
          Knob("price_year", (2023, 2024))), CONDITIONS),
)  # fmt: skip
