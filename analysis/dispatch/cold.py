"""Lays the cold on a car's problem: less power to charge and discharge, and the energy it must therefore keep.

Off in every run: a problem is cold only where a caller asks for it. Source: METHODS 3.7; ``veh.cold_power_derate``.
"""

from dataclasses import replace

from analysis.battery.cold import charge_limit_pu, discharge_limit_pu
from analysis.dispatch.problem import Vector, VehicleProblem
from analysis.dispatch.requirement import energy_ceiling_kwh, required_energy_kwh
from analysis.settings.parameters import ParameterSet


def derated(
    problem: VehicleProblem, parameters: ParameterSet, cell_deg_c: Vector, capacity_kwh: float
) -> VehicleProblem:
    """Give the problem of the same car with cold cells.

    Parameters
    ----------
    cell_deg_c
        Cell temperature by step (:func:`analysis.battery.cold.cell_temperature_deg_c`).
    capacity_kwh
        Usable energy; it is not lowered by the cold.

    Returns
    -------
    VehicleProblem
        Power limits lowered by step, no discharge below −10 °C; what later trips need is reckoned anew with the slower
        charging, and with it the ceiling.
    """
    charge = problem.charge_limit_kw * charge_limit_pu(parameters, cell_deg_c)
    required = required_energy_kwh(
        problem.driving_dc_kwh, charge, problem.step_h, problem.charge_efficiency_pu, problem.floor_kwh,
        problem.is_periodic,
    )  # fmt: skip
    return replace(
        problem,
        charge_limit_kw=charge,
        discharge_limit_kw=problem.discharge_limit_kw * discharge_limit_pu(parameters, cell_deg_c),
        required_kwh=required,
        ceiling_kwh=energy_ceiling_kwh(required, parameters["veh.soc_max_daily"] * capacity_kwh, capacity_kwh),
    )
