"""Turns years, temperature, cell voltage and energy throughput into capacity loss, and that into a cost per kWh.

Two cells: NMC (Schmalstieg 2014) and LFP (Naumann 2018/2020 data, refitted), constants as coded in NREL's BLAST-Lite.
Source: METHODS 3.7; parameters ``deg.*``.
"""

from dataclasses import dataclass

import numpy as np

from analysis.errors import DataError, Fault
from analysis.settings.parameters import ParameterSet

CELL_CAPACITY_AH = 2.05
"""SOURCE: METHODS 3.7: the cell of the fit holds 2.05-2.15 Ah; charge and discharge both count, 4.1 Ah a full cycle."""
DAYS_PER_YEAR = 365.25
KELVIN_AT_ZERO_DEG_C = 273.15
NMC_SCALE = 1e6
"""SOURCE: METHODS 3.7: α carries 10^6."""
LFP_LEAST_DEPTH_PU = 0.25
"""SOURCE: METHODS 3.7: below this depth the refit is not monotone; its value there is used instead."""
LFP_LEAST_DEG_C = 10.0
"""SOURCE: METHODS 3.7: the data hold no cycling at low temperature; nothing is extrapolated below this."""
VOLTAGE_ANCHORS_PU_V = ((0.45, 3.6), (0.75, 3.9))
"""SOURCE: METHODS 3.7: about 3.6 V at 40-50 % state of charge, 3.9 V at 75 %."""


@dataclass(frozen=True)
class Duty:
    """How a battery is used: ``years``, cell temperature, mean state of charge, depth of cycles, kWh in one year.

    ``discharge_dc_kwh_per_year`` counts all that leaves the cells: driving, V2X and standby together.

    # ASSUME: cells are cycled at 0.2 C on the mean where nothing else is given (11 kW of 55 kWh); the refit of LFP
    # answers to the third power of it times the square of the depth, which is below 0.1 % of the stress at 0.2 C.
    """

    years: float
    temperature_deg_c: float
    mean_state_pu: float
    depth_pu: float
    discharge_dc_kwh_per_year: float
    capacity_kwh: float
    c_rate_per_h: float = 0.2

    @property
    def full_cycle_count(self) -> float:
        """Equivalent full cycles over the years."""
        return self.discharge_dc_kwh_per_year * self.years / self.capacity_kwh


def cell_voltage_v(state_pu: float) -> float:
    """Open-circuit voltage of the NMC cell at a state of charge.

    # ASSUME: a line through the two anchors of METHODS 3.7.
    """
    (low_pu, low_v), (high_pu, high_v) = VOLTAGE_ANCHORS_PU_V
    return low_v + (state_pu - low_pu) * (high_v - low_v) / (high_pu - low_pu)


def nmc_calendar_loss_pu(parameters: ParameterSet, years: float, temperature_deg_c: float, voltage_v: float) -> float:
    """Capacity lost by standing, α·t^0.75.

    Examples
    --------
    Ten years: 3.2 % at 10 °C and 3.6 V, 5.3 % at 3.9 V; at 25 °C 11.0 and 18.4 %.
    """
    kelvin = temperature_deg_c + KELVIN_AT_ZERO_DEG_C
    slope = parameters["deg.nmc_cal_a"] * voltage_v + parameters["deg.nmc_cal_b"]
    alpha = slope * NMC_SCALE * np.exp(parameters["deg.nmc_cal_T"] / kelvin)
    return float(alpha * (years * DAYS_PER_YEAR) ** parameters["deg.nmc_cal_p"])


def nmc_cycle_loss_pu(parameters: ParameterSet, full_cycle_count: float, depth_pu: float, voltage_v: float) -> float:
    """Capacity lost by cycling, β·√Q, with Q the ampere hours of one cell, in and out."""
    throughput_ah = 2 * CELL_CAPACITY_AH * full_cycle_count
    beta = (
        parameters["deg.nmc_cyc_a"] * (voltage_v - parameters["deg.nmc_cyc_v0"]) ** 2
        + parameters["deg.nmc_cyc_c"]
        + parameters["deg.nmc_cyc_d"] * depth_pu
    )
    return float(beta * throughput_ah ** parameters["deg.nmc_cyc_p"])


def anode_potential_v(state_pu: float) -> float:
    """Potential of the graphite electrode against lithium at a state of charge.

    SOURCE: Safari and Delacourt 2011 (Journal of the Electrochemical Society 158, A562), as coded in BLAST-Lite; the
    share of lithium in the electrode runs from 0.0085 when empty to 0.78 when full.

    Examples
    --------
    0.12 V at one half, 0.23 V at 10 %, 0.09 V at 90 %.
    """
    lithium_pu = 8.5e-3 + state_pu * (0.78 - 8.5e-3)
    return float(
        0.6379
        + 0.5416 * np.exp(-305.5309 * lithium_pu)
        - 0.0440 * np.tanh((lithium_pu - 0.1958) / 0.1088)
        - 0.1978 * np.tanh((lithium_pu - 1.0571) / 0.0854)
        - 0.6875 * np.tanh((lithium_pu + 0.0117) / 0.0529)
        - 0.0175 * np.tanh((lithium_pu - 0.5692) / 0.0875)
    )


def lfp_calendar_loss_pu(parameters: ParameterSet, years: float, temperature_deg_c: float, state_pu: float) -> float:
    """Capacity lost by standing, LFP: the sigmoid 2·q1·(1/2 − 1/(1 + exp((q2·t)^q3))), t in days.

    q1 (its height) and q3 (its curvature) follow from temperature and anode potential.

    Raises
    ------
    DataError
        Below 10 °C: not extrapolated (METHODS 3.7).

    References
    ----------
    NREL BLAST-Lite, ``lfp_gr_SonyMurata3Ah_2018`` (data of Naumann 2018); parameters ``deg.lfp_q1_*`` to ``q3_*``.

    Examples
    --------
    Ten years half full: 5.5 % at 10 °C, 11.2 % at 25 °C.
    """
    _refuse_cold(temperature_deg_c)
    kelvin, anode_v = temperature_deg_c + KELVIN_AT_ZERO_DEG_C, anode_potential_v(state_pu)
    root, third, fourth = anode_v ** (1 / 2), anode_v ** (1 / 3), anode_v ** (1 / 4)
    q1 = parameters["deg.lfp_q1_b0"] * np.exp(
        (parameters["deg.lfp_q1_b1"] / kelvin**2 + parameters["deg.lfp_q1_b2"] / kelvin) * root
    )
    q3 = parameters["deg.lfp_q3_b0"] * np.exp(
        (parameters["deg.lfp_q3_b1"] / kelvin**4 + parameters["deg.lfp_q3_b3"] / kelvin**3) * third
        + (parameters["deg.lfp_q3_b2"] * kelvin**3 + parameters["deg.lfp_q3_b4"] * kelvin**2) * fourth
    )
    elapsed = (parameters["deg.lfp_q2"] * years * DAYS_PER_YEAR) ** q3
    return float(q1 * np.tanh(elapsed / 2))


def _refuse_cold(temperature_deg_c: float) -> None:
    if temperature_deg_c < LFP_LEAST_DEG_C:
        found, expected = f"{temperature_deg_c:g} °C", f"at least {LFP_LEAST_DEG_C:g} °C"
        raise DataError(Fault("ageing of LFP cells", found, expected, "Give a warmer cell: there are no data below."))


def lfp_cycle_loss_pu(
    parameters: ParameterSet,
    full_cycle_count: float,
    depth_pu: float,
    c_rate_per_h: float,
    *,
    is_product_raised: bool = False,
) -> float:
    """Capacity lost by cycling an LFP cell, q5·EFC^q6.

    The refit falls between 2 and 18 % depth and would give an optimiser free cycles: below 25 % its value at 25 % is
    used, so that wear never falls with depth. It holds no data below 10 °C.

    Parameters
    ----------
    is_product_raised
        Take (q5·EFC)^q6, which is how BLAST-Lite steps this state, in place of q5·EFC^q6 as METHODS 3.7 writes it.
        The two differ by q5^(q6 − 1): 5.1 times at 30 % depth.

    # ASSUME: the form of METHODS 3.7, whose published example it meets; the form of the source wears five times less.
    """
    depth = max(depth_pu, LFP_LEAST_DEPTH_PU)
    stress = np.exp(depth**2 * c_rate_per_h**3)
    q5 = abs(parameters["deg.lfp_q5_b0"] + parameters["deg.lfp_q5_b1"] * depth + parameters["deg.lfp_q5_b2"] * stress)
    exponent = parameters["deg.lfp_q6"]
    return float((q5 * full_cycle_count) ** exponent if is_product_raised else q5 * full_cycle_count**exponent)


def nmc_parts_pu(parameters: ParameterSet, duty: Duty) -> tuple[float, float]:
    """Capacity lost by standing and by cycling, NMC; both follow the voltage of the mean state of charge."""
    voltage = cell_voltage_v(duty.mean_state_pu)
    return (
        nmc_calendar_loss_pu(parameters, duty.years, duty.temperature_deg_c, voltage),
        nmc_cycle_loss_pu(parameters, duty.full_cycle_count, duty.depth_pu, voltage),
    )


def nmc_loss_pu(parameters: ParameterSet, duty: Duty) -> float:
    """Capacity lost by standing and cycling together, NMC."""
    return sum(nmc_parts_pu(parameters, duty))


def lfp_parts_pu(parameters: ParameterSet, duty: Duty) -> tuple[float, float]:
    """Capacity lost by standing and by cycling, LFP.

    Raises
    ------
    DataError
        Below 10 °C.
    """
    return (
        lfp_calendar_loss_pu(parameters, duty.years, duty.temperature_deg_c, duty.mean_state_pu),
        lfp_cycle_loss_pu(parameters, duty.full_cycle_count, duty.depth_pu, duty.c_rate_per_h),
    )


def lfp_loss_pu(parameters: ParameterSet, duty: Duty) -> float:
    """Capacity lost by standing and cycling together, LFP; refused below 10 °C."""
    return sum(lfp_parts_pu(parameters, duty))


def ageing_cost_per_kwh(
    extra_loss_pu: float, capacity_kwh: float, pack_price_per_kwh: float, discharged_kwh: float, end_of_life_pu: float
) -> tuple[float, float]:
    """Linearise ageing over life: cost per kWh discharged, in the money of the pack price.

    Parameters
    ----------
    extra_loss_pu
        Capacity lost with V2X minus without, over the whole period.
    end_of_life_pu
        State of health at which the pack is replaced (``deg.soh_eol``).

    Returns
    -------
    tuple[float, float]
        As lost capacity, and on an end-of-life basis (1/(1 − end of life) as much): show both (METHODS 3.7).

    Examples
    --------
    2.2 points of 60 kWh at 1 253 SEK/kWh over 15 000 kWh: 0.11 and 0.37 SEK/kWh.
    """
    if discharged_kwh <= 0:
        raise ValueError("discharged_kwh must be positive")
    as_capacity = extra_loss_pu * capacity_kwh * pack_price_per_kwh / discharged_kwh
    return as_capacity, as_capacity / (1 - end_of_life_pu)
