"""Turns energy discharged beside driving into virtual kilometres, warranty years and the use of lifetime budgets."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from analysis.settings.parameters import ParameterSet

Rule = Literal["gtr_22", "euro_7"]
HourReading = Literal["discharging", "enabled"]


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
class Requirement:
    """State of certified energy that a battery must hold until an age or a distance, whichever comes first."""

    least_state_pu: float
    years: float
    distance_km: float


def requirements(parameters: ParameterSet, rule: Rule = "gtr_22") -> tuple[Requirement, Requirement]:
    """The early and the late requirement of UN GTR 22; Euro 7 asks for 72 % in place of 70 % in the late one.

    References
    ----------
    METHODS 3.7; parameters ``deg.gtr_*`` and ``deg.soce_*``.
    """
    late = parameters["deg.soce_late_euro7" if rule == "euro_7" else "deg.soce_late"]
    return (
        Requirement(parameters["deg.soce_early"], parameters["deg.gtr_early_years"], parameters["deg.gtr_early_km"]),
        Requirement(late, parameters["deg.gtr_years"], parameters["deg.gtr_km"]),
    )


@dataclass(frozen=True)
class Warranty:
    """When one requirement ends for a car, what ends it, and whether the battery holds until then."""

    years: float
    is_ended_by_distance: bool
    state_at_end_pu: float
    is_met: bool


def warranty_of(
    requirement: Requirement,
    driven_km_per_year: float,
    virtual_km_per_year: float,
    state_after_pu: Callable[[float], float],
) -> Warranty:
    """Follow one requirement to its end, with the distance that counts: driven and virtual.

    Parameters
    ----------
    requirement
        See :func:`requirements`.
    driven_km_per_year, virtual_km_per_year
        Distance of one year; V2X adds the second (:func:`virtual_km`).
    state_after_pu
        State of certified energy after a number of years, 1 when new.

    Examples
    --------
    12 000 km and 15 600 virtual km a year, late requirement: 5.8 years, ended by distance. A battery that loses 5
    points a year then stands at 0.71: met, though it would stand at 0.60 after eight years.
    """
    years = warranty_years(driven_km_per_year, virtual_km_per_year, requirement.distance_km, requirement.years)
    state = state_after_pu(years)
    return Warranty(years, years < requirement.years, state, state >= requirement.least_state_pu)


@dataclass(frozen=True)
class BudgetLife:
    """Years until each part of a lifetime budget is spent, and which part ends first (``none``: neither is used)."""

    kwh_years: float
    hour_years: float

    @property
    def years(self) -> float:
        """Years until the first part is spent."""
        return min(self.kwh_years, self.hour_years)

    @property
    def binding(self) -> Literal["kwh", "hours", "none"]:
        """The part that is spent first; the energy where both end together."""
        if self.years == float("inf"):
            return "none"
        return "kwh" if self.kwh_years <= self.hour_years else "hours"


@dataclass(frozen=True)
class LifetimeBudget:
    """What a maker allows over the life of the car: kWh discharged and hours (VW: 10 000 kWh, 4 000 h)."""

    discharge_kwh: float
    discharge_h: float

    def life(self, discharge_kwh_per_year: float, hours_per_year: float) -> BudgetLife:
        """Years until each part is spent at the use of one year; infinite where it is not used.

        Which hours count (discharging or enabled) is the caller's switch, see :func:`counted_hours`.

        Examples
        --------
        3 120 kWh and 600 h a year: 10 000 kWh last 3.2 years, 4 000 h 6.7 years; the energy binds.
        """
        kwh, hours = (
            budget / use if use > 0 else float("inf")
            for budget, use in ((self.discharge_kwh, discharge_kwh_per_year), (self.discharge_h, hours_per_year))
        )
        return BudgetLife(kwh, hours)

    def years_until_spent(self, discharge_kwh_per_year: float, hours_per_year: float) -> float:
        """Years until the first of the two parts is spent; infinite when nothing is discharged."""
        return self.life(discharge_kwh_per_year, hours_per_year).years


def maker_budget(parameters: ParameterSet) -> LifetimeBudget:
    """The one budget that a maker has published (VW: ``deg.vw_kwh``, ``deg.vw_hours``)."""
    return LifetimeBudget(parameters["deg.vw_kwh"], parameters["deg.vw_hours"])


def counted_hours(reading: HourReading, discharging_h: float, enabled_h: float) -> float:
    """The hours that a maker's budget counts: those of discharge, or all in which V2X is switched on and plugged in.

    Examples
    --------
    At 16 h enabled a day, 4 000 h last 250 days by the second reading; at 1 h of discharge a day eleven years by the
    first (METHODS 3.3; the default of the run's text is the first).
    """
    return {"discharging": discharging_h, "enabled": enabled_h}[reading]
