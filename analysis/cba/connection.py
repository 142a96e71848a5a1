"""Turns charger power and household load into the main fuse a charger asks for beyond that of a one-way charger."""

import pandas as pd

from analysis.dispatch.options import KW_PER_AMPERE, connection_limit_kw
from analysis.errors import DataError, Fault
from analysis.settings.parameters import ParameterSet

DWELLING = "detached"


def mean_house_load_kw(household_load: pd.DataFrame) -> float:
    """Mean load of a detached house over the areas and hours of a ``HouseholdLoad`` table.

    Raises
    ------
    DataError
        If the table has no detached house.
    """
    # ASSUME: the fuse is sized for the mean detached house of the areas; a flat with a charger needs the same size.
    loads = household_load.loc[household_load["dwelling"] == DWELLING, "load_kw"]
    if loads.empty:
        raise DataError(Fault("household_load", "no detached house", "its hourly load", "Run build_climate again."))
    return float(loads.mean())


def extra_fuse_a(power_kw: float, oneway_power_kw: float, load_kw: float, parameters: ParameterSet) -> float:
    """Amperes of main fuse beyond what the ordinary one-way charger needs, both sized as dispatch sizes them.

    Examples
    --------
    Beside 1.5 kW, 20 kW needs 35 A and the one-way charger of 11 kW needs 20 A: 15 A; another charger of 11 kW: 0.

    References
    ----------
    METHODS 3.2 (connection), 6 (capacity tariff row).
    """
    own, ordinary = (connection_limit_kw(parameters, power, load_kw) for power in (power_kw, oneway_power_kw))
    return float(round((own - ordinary) / KW_PER_AMPERE))
