"""Turns energy discharged beside driving into virtual kilometres, warranty years and the use of lifetime budgets."""

from dataclasses import dataclass


def virtual_km(discharged_dc_kwh: float, consumption_kwh_per_km: float) -> float:
    """Distance that UN GTR 22 counts for energy discharged to anything but driving.

    Parameters
    ----------
    discharged_dc_kwh
        V2X energy taken from the battery.
    consumption_kwh_per_km
        Worst certified consumption (``deg.wltp_worst``).

    References
    ----------
    METHODS 3.7, check T5.

    Examples
    --------
    10 000 kWh at 0.2 kWh/km is 50 000 km, 31 % of 160 000 km.
    """
    if consumption_kwh_per_km <= 0:
        raise ValueError("consumption_kwh_per_km must be positive")
    return discharged_dc_kwh / consumption_kwh_per_km


def warranty_years(driven_km_per_year: float, virtual_km_per_year: float, limit_km: float, limit_years: float) -> float:
    """Years until the battery guarantee ends, by distance (driven and virtual) or by age.

    Examples
    --------
    12 000 km driven and 15 600 virtual km a year: 160 000 km are reached after 5.8 years instead of 8.
    """
    distance = driven_km_per_year + virtual_km_per_year
    return limit_years if distance <= 0 else min(limit_years, limit_km / distance)


@dataclass(frozen=True)
class LifetimeBudget:
    """What a maker allows over the life of the car: kWh discharged and hours (VW: 10 000 kWh, 4 000 h)."""

    discharge_kwh: float
    discharge_h: float

    def years_until_spent(self, discharge_kwh_per_year: float, hours_per_year: float) -> float:
        """Years until the first of the two budgets is spent; infinite when nothing is discharged.

        Which hours count (discharging or enabled) is the caller's switch: 16 h enabled a day end 4 000 h in 250 days.

        Examples
        --------
        3 120 kWh and 600 h a year: 10 000 kWh last 3.2 years, 4 000 h 6.7 years; 3.2.
        """
        spent = [
            budget / use
            for budget, use in ((self.discharge_kwh, discharge_kwh_per_year), (self.discharge_h, hours_per_year))
            if use > 0
        ]
        return min(spent, default=float("inf"))
