"""What the run's private cars do at home over a year: every plugged stay, how long, and how much is charged in it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.evidence.laboratory import Laboratory
from analysis.mobility.plug_in import plug_ins_per_week, plug_stays
from analysis.mobility.stays import WEEK_MIN, FloatArray, diaries_of
from analysis.mobility.years import REFERENCE_AREA, WARM_UP_WEEKS, reference_weather, vehicle_year
from analysis.units import MINUTES_PER_HOUR


@dataclass(frozen=True)
class Connections:
    """Plugged stays of all cars after the warm-up, one entry a stay; plug-ins a week by car.

    ``dwell_h`` is how long the car stands there, ``connected_h`` how long it is plugged in, ``charge_h`` how long it
    charges at the power of uncontrolled charging. ``forced_count`` says how often a year each car charged on the road.
    """

    car: NDArray[np.int64]
    dwell_h: FloatArray
    connected_h: FloatArray
    charge_h: FloatArray
    per_week: FloatArray
    forced_count: NDArray[np.int64]


def home_connections(laboratory: Laboratory, power_pu: float = 1.0) -> Connections:
    """Follow the generated cars through a year with the plug-in behaviour of the run and no contract.

    ``power_pu`` lowers the power at home and leaves the rhythm, fitted at full power, as it is.
    """
    return laboratory.made(("home_connections", power_pu), lambda lab: _home_connections(lab, power_pu))


def _home_connections(laboratory: Laboratory, power_pu: float) -> Connections:
    travel, seed = laboratory.travel(), laboratory.settings.seed
    power_kw = power_pu * laboratory.parameters["plug.charge_power_kw"]
    value = laboratory.parameters.with_values({"plug.charge_power_kw": power_kw})
    years = laboratory.settings.scope.price_years
    weather = reference_weather(laboratory.weather(REFERENCE_AREA, min(years)), (REFERENCE_AREA,), years)
    year = vehicle_year(diaries_of(travel.trips, travel.vehicles, value["veh.E_usable_bev"]), weather, seed, value)
    stays = year.stays
    plugged = plug_stays(stays, year.habits, travel.behaviour.rhythm, year.diaries.battery_kwh, value)
    window = WARM_UP_WEEKS * WEEK_MIN, year.run_week_count * WEEK_MIN
    kept = plugged.is_plugged & (stays.arrive_min >= window[0]) & (stays.arrive_min < window[1])
    power_dc_kw = power_kw * value["plug.charge_efficiency"]
    return Connections(
        np.nonzero(kept)[0],
        (stays.depart_min - stays.arrive_min)[kept] / MINUTES_PER_HOUR,
        (plugged.unplug_min - stays.arrive_min)[kept] / MINUTES_PER_HOUR,
        plugged.charge_dc_kwh[kept] / power_dc_kw,
        plug_ins_per_week(stays, plugged, *window),
        plugged.forced_charge_count,
    )
