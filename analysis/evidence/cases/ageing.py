"""Cases of ageing in control: a stationary battery run as if it did not age, and reserves beside arbitrage in a car."""

from dataclasses import dataclass

from analysis.battery.cost import loss_pu
from analysis.dispatch.problem import Strategy
from analysis.errors import DataError, Fault
from analysis.evidence.case import Case, Estimate, Knob
from analysis.evidence.laboratory import Laboratory, Setting
from analysis.evidence.solved_years import (
    BatterySite,
    SolvedYear,
    Storage,
    battery_of,
    car_of,
    connected,
    solved_year,
    spent_sek,
    two_way,
)

PER_CENT = 100.0
SITE: dict[str, Setting] = {
    "price_area": "SE3", "price_year": 2025, "other_year": 2023, "flat_count": 29, "solar_peak_kw": 18.0,
    "battery_kwh": 10.0, "kw_per_kwh": 0.5, "site_limit_kw": 69.3, "grid_tariff": "goteborg_energi",
    "wear": "deg.c_deg_nmc", "chemistry": "nmc",
}  # fmt: skip
"""29 flats, a roof and a battery in Gothenburg.

# ASSUME: the row gives no sizes and no year. The battery is the model's own stationary one (``alt.battery_capacity``,
# ``alt.battery_power``), the roof 18 kW, the main fuse 100 A, the price year that of the run.
"""
SITE_KNOBS = (
    Knob("battery_kwh", (5.0, 200.0)),
    Knob("deg.c_deg_nmc"),
    Knob("wear", ("deg.c_deg_nmc", "deg.c_deg_lfp")),
    Knob("price_year", (2022, 2023)),
    Knob("grid_tariff", ("goteborg_energi", "by_parameters")),
    Knob("kw_per_kwh", (0.25, 1.0)),
    Knob("solar_peak_kw", (0.0, 100.0)),
)
CAR: dict[str, Setting] = {"price_area": "SE3", "price_year": 2025, "other_year": 2023, "connected_h_per_day": 16.0,
                           "chemistry": "nmc"}  # fmt: skip
FCR_D_ALONE = Strategy("fcr_d", "fcr_d", fcr_d_pu=1.0)
FCR_D_AND_ENERGY = Strategy("grid_fcr_d", "fcr_d", self_use=True, export=True, fcr_d_pu=1.0)


# PR022, PR023


@dataclass(frozen=True)
class Pair:
    """The same battery and year, run with an eye on ageing and as if there were none."""

    aware: SolvedYear
    blind: SolvedYear


def _pair(laboratory: Laboratory, price_year: int) -> Pair:
    """Solve the site twice; the cost of wear is that of the case's cell."""
    kwh = laboratory.number("battery_kwh")
    site = BatterySite(
        price_area=laboratory.text("price_area"), flat_count=laboratory.whole("flat_count"),
        solar_peak_kw=laboratory.number("solar_peak_kw"), battery_kwh=kwh,
        battery_kw=round(kwh * laboratory.number("kw_per_kwh"), 1), site_limit_kw=laboratory.number("site_limit_kw"),
        grid_tariff=laboratory.text("grid_tariff"),
    )  # fmt: skip
    wear = laboratory.text("wear")

    def make(lab: Laboratory) -> Pair:
        battery = battery_of(lab, site, price_year)
        return Pair(*(solved_year(battery, two_way(), cost) for cost in (lab.parameters[wear], 0.0)))

    return laboratory.made(("battery_pair", site, price_year, wear), make)


def extra_cost_sek(pair: Pair, wear_sek_per_kwh: float) -> float:
    """What running blind costs a year once its wear is paid.

    Examples
    --------
    Aware: pays 100 SEK with its wear. Blind: pays 60 SEK without, discharges 200 kWh; at 0.25 SEK/kWh that is 110 SEK:
    10 SEK more.
    """
    return pair.blind.net_cost_sek + wear_sek_per_kwh * pair.blind.discharge_ac_kwh - pair.aware.net_cost_sek


def _extra_cost(laboratory: Laboratory) -> Estimate:
    """With the wear that the dispatch knows; other readings: what the cells lose, and the other year."""
    wear = laboratory.parameters[laboratory.text("wear")]
    here, then = (_pair(laboratory, laboratory.whole(year)) for year in ("price_year", "other_year"))
    blind, aware = (spent_sek(laboratory.parameters, laboratory.text("chemistry"), year)
                    for year in (here.blind, here.aware))  # fmt: skip
    bill = here.blind.net_cost_sek - (here.aware.net_cost_sek - wear * here.aware.discharge_ac_kwh)
    return Estimate.across(extra_cost_sek(here, wear), bill + blind - aware, extra_cost_sek(then, wear))


def rise_percent(blind: float, aware: float) -> float:
    """By how many per cent ageing rises when it is ignored.

    Raises
    ------
    DataError
        If the aware battery does not age at all.
    """
    if aware <= 0:
        raise DataError(Fault("ageing of the battery that is run with an eye on it", f"{aware:g}", "above 0",
                              "Give it prices at which it is used."))  # fmt: skip
    return PER_CENT * (blind / aware - 1)


def _ageing_rise(laboratory: Laboratory) -> Estimate:
    """By the wear that the dispatch knows, which follows discharge; readings as for the cost."""
    here, then = (_pair(laboratory, laboratory.whole(year)) for year in ("price_year", "other_year"))
    by_cell = (spent_sek(laboratory.parameters, laboratory.text("chemistry"), year)
               for year in (here.blind, here.aware))  # fmt: skip
    by_wear = (rise_percent(pair.blind.discharge_ac_kwh, pair.aware.discharge_ac_kwh) for pair in (here, then))
    return Estimate.across(*by_wear, rise_percent(*by_cell))


# PR024


def _car(laboratory: Laboratory, price_year: int) -> Storage:
    villa = laboratory.use_case("villa", price_area=laboratory.text("price_area"))
    return car_of(laboratory, connected(villa, laboratory.number("connected_h_per_day")), price_year)


def _spared_points(laboratory: Laboratory, price_year: int, reserve: Strategy) -> float:
    """Capacity lost in ten years under trade in energy less that under FCR-D, percentage points."""
    storage, chemistry = _car(laboratory, price_year), laboratory.text("chemistry")
    lost = [
        loss_pu(laboratory.parameters, chemistry, solved_year(storage, strategy).duty)
        for strategy in (two_way(), reserve)
    ]
    return PER_CENT * (lost[0] - lost[1])


def _ageing_order(laboratory: Laboratory) -> Estimate:
    """FCR-D alone against trade in energy alone; other readings: FCR-D beside trade in energy, and the other year."""
    year, other = laboratory.whole("price_year"), laboratory.whole("other_year")
    return Estimate.across(
        _spared_points(laboratory, year, FCR_D_ALONE),
        _spared_points(laboratory, year, FCR_D_AND_ENERGY),
        _spared_points(laboratory, other, FCR_D_ALONE),
    )


CASES = (
    Case("PR022", "engine", _extra_cost, SITE_KNOBS, SITE),
    Case("PR023", "engine", _ageing_rise, SITE_KNOBS, SITE),
    Case("PR024", "engine", _ageing_order,
         (Knob("chemistry", ("nmc", "lfp")), Knob("price_year", (2022, 2024)), Knob("res.act_fcrd_throughput"),
          Knob("deg.c_deg_nmc"), Knob("loss.P_standby_enabled"), Knob("connected_h_per_day", (8.0, 18.0))),
         CAR),
)  # fmt: skip
