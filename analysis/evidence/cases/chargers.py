"""Cases of charger prices and powers: what the report's ranges and ratios come to in the run's own numbers.

Most of these are read back: the report's prices and powers are where the run's came from. They show what stands in the
model, not that the model is right.
"""

import datetime

import numpy as np

from analysis.dispatch.options import KW_PER_AMPERE, connection_limit_kw
from analysis.errors import DataError, Fault
from analysis.evidence.case import Case, Estimate, Knob
from analysis.evidence.laboratory import Laboratory
from analysis.fleet.stranding import stranding_per_year, working_share_open_pu
from analysis.policy.model import Situation
from analysis.policy.support import ResolvedScheme, resolve_scheme, support_amounts_sek
from analysis.units import KW_PER_MW

HARDWARE = {"ac": "cap.ac_bi", "dc": "cap.dc_bi"}


def _priced(laboratory: Laboratory, parameter_id: str) -> Estimate:
    """A price of the run with the ends of its range."""
    return Estimate.across(laboratory.parameters[parameter_id], *laboratory.range_of(parameter_id))


def _options_kw(laboratory: Laboratory, technology: str) -> list[float]:
    options = laboratory.table("charger_options")
    kept = options[options["is_bidirectional"] & (options["technology"] == technology)]
    return [float(power) for power in kept["power_kw"]]


def _home_ac_kw(laboratory: Laboratory) -> Estimate:
    """Power of the two-way AC units on offer; central is the car's own."""
    return Estimate.across(laboratory.parameters["veh.p_dis_max_ac"], *_options_kw(laboratory, "ac"))


def _home_dc_kw(laboratory: Laboratory) -> Estimate:
    """Power of the two-way DC units on offer; central is the smallest."""
    powers = _options_kw(laboratory, "dc")
    return Estimate.across(min(powers), *powers)


def _stations_mw(laboratory: Laboratory) -> Estimate:
    power_mw = laboratory.number("station_count") * laboratory.parameters["veh.p_dis_max_ac"] / KW_PER_MW
    return Estimate.single(power_mw)


def _price_ratio(laboratory: Laboratory) -> Estimate:
    """Hardware of a two-way unit over that of an ordinary one: AC, and DC as the other reading."""
    ordinary = laboratory.parameters["cap.ac_uni"]
    return Estimate.across(*(laboratory.parameters[name] / ordinary for name in HARDWARE.values()))


def _ac_price_ratio(laboratory: Laboratory) -> Estimate:
    """AC alone, over the range of the two-way unit's price."""
    return _priced(laboratory, "cap.ac_bi").scaled(1 / laboratory.parameters["cap.ac_uni"])


def _net_price_sek(laboratory: Laboratory) -> Estimate:
    """An ordinary unit with installation less the deduction that the law gives an owner of a detached house."""
    law = _law(laboratory, "green_deduction")
    hardware, installation = _priced(laboratory, "cap.ac_uni"), laboratory.parameters["cap.install"]
    gross = np.array([price + installation for price in (hardware.low, hardware.central, hardware.high)])
    unit = Situation(gross, gross / (1 + laboratory.parameters["ret.vat"]), "ac", 22.0, False, True, "detached")
    low, central, high = (float(price) for price in gross - support_amounts_sek(law, unit))
    return Estimate(low, central, high)


def _law(laboratory: Laboratory, scheme: str) -> ResolvedScheme:
    """A scheme on the day of the run."""
    policy = laboratory.settings.policy
    return resolve_scheme(laboratory.law(scheme), datetime.date.fromisoformat(policy.day), policy.statuses)


def _support_ratio(laboratory: Laboratory) -> Estimate:
    """Support of an open unit over that of a closed one in the scheme file; other readings are what openness justifies.

    The row is a proposal and no measurement: the file's own factors are read back, and what the model would give for
    openness stands beside them.
    """
    factors = _law(laboratory, "task53").values
    proposed = float(factors["openness_open_pu"]) / float(factors["openness_proprietary_pu"])
    return Estimate.across(proposed, *(_justified_ratio(laboratory, technology) for technology in HARDWARE))


def _justified_ratio(laboratory: Laboratory, technology: str) -> float:
    """1 and what openness keeps from being written off, over the support of a closed unit.

    # ASSUME: a stranded unit still charges one way; what is lost is its extra price, by straight line over its life.

    Examples
    --------
    9 000 SEK extra over ten years, hazards 0.0970 and 0.0825 a year: 374 SEK less are written off; beside 6 000 SEK of
    support that makes 1.06.
    """
    value = laboratory.parameters
    law = _law(laboratory, "task53")
    price = value[HARDWARE[technology]] + value["cap.install"]
    unit = Situation(price, price / (1 + value["ret.vat"]), technology, 11.0, True, False, "detached")
    unnamed = value["iop.p_unnamed_pair"]
    open_pu = working_share_open_pu(value[laboratory.text("service")], value["iop.p_handshake"], unnamed)
    lost = [_written_off_pu(laboratory, float(works)) for works in (unnamed, open_pu)]
    extra_sek = value[HARDWARE[technology]] - value["cap.ac_uni"]
    return 1 + extra_sek * (lost[0] - lost[1]) / float(support_amounts_sek(law, unit))


def _written_off_pu(laboratory: Laboratory, working_pu: float) -> float:
    """Share of a price that is written off when the pair stops working: by hazard, the rest of a straight line."""
    value = laboratory.parameters
    hazard = float(stranding_per_year(value["iop.car_change_hazard"], value["iop.brand_loyalty"], working_pu))
    over_life = hazard * value["cap.life"]
    return 1 - (1 - float(np.exp(-over_life))) / over_life


def _main_fuse_a(laboratory: Laboratory) -> Estimate:
    """The fuse that carries a two-way car beside the mean load of a detached house; the low end is without a car."""
    load = laboratory.household_load(laboratory.text("price_area"), laboratory.whole("price_year"))
    mean_kw = float(load.loc[load["dwelling"] == "detached", "load_kw"].mean())
    if not mean_kw > 0:
        raise DataError(Fault("household_load detached", f"{mean_kw} kW", "a load above 0", "Build it anew."))
    limit_kw = connection_limit_kw(laboratory.parameters, laboratory.parameters["veh.p_dis_max_ac"], mean_kw)
    return Estimate.across(float(limit_kw / KW_PER_AMPERE), laboratory.parameters["ret.fuse"])


CASES = (
    Case("PR001", "input", _home_ac_kw, (Knob("veh.p_dis_max_ac"),)),
    Case("PR007", "identity", _stations_mw, (Knob("veh.p_dis_max_ac"),), {"station_count": 800}),
    Case("PR048", "input", _price_ratio, (Knob("cap.ac_bi"), Knob("cap.ac_uni"))),
    Case("PR087", "input", lambda laboratory: _priced(laboratory, "cap.ac_uni")),
    Case("PR088", "input", lambda laboratory: _priced(laboratory, "cap.ac_bi")),
    Case("PR089", "input", lambda laboratory: _priced(laboratory, "cap.dc_bi")),
    Case("PR090", "input", _ac_price_ratio, (Knob("cap.ac_uni"),)),
    Case("PR091", "input", _support_ratio, conditions={"service": "iop.p_bpt_given_iso20"}),
    Case("PR092", "input", _net_price_sek, (Knob("cap.ac_uni"), Knob("cap.install"))),
    Case("PR100", "identity", _main_fuse_a, (Knob("veh.p_dis_max_ac"),), {"price_area": "SE3", "price_year": 2025}),
    Case("PR101", "input", _home_dc_kw),
)  # fmt: skip
