"""Names the contract tables that a descriptor may fill, and tells the kind of each of their fields."""

from typing import Final

import pandera.pandas as pa

from analysis.schemas import geography, market, mobility, sources_extra

TABLES: Final[dict[str, type[pa.DataFrameModel]]] = {
    model.__name__: model
    for model in (
        market.DayAheadQuotes, market.ReserveQuotes, market.ActivationPrices, market.Temperature, market.SolarProfile,
        market.LoadShape, mobility.Trips, mobility.Vehicles, mobility.Sessions, geography.MunicipalityCodes,
        geography.Population, geography.HouseholdsByDwelling, geography.PersonsByHouseholdSize, geography.Incomes,
        geography.PluginCars, geography.NewCars, geography.SolarInstallations, sources_extra.TravelStatistics,
        sources_extra.TripClasses, sources_extra.ChargingUsers, sources_extra.TrafficCounts, sources_extra.Irradiation,
        sources_extra.SolarGeneration, sources_extra.LoadPeriods, sources_extra.MunicipalFinances,
    )
}  # fmt: skip


def kinds_of(model: type[pa.DataFrameModel]) -> dict[str, str]:
    """Field name to dtype text, in the order of the schema: ``float64``, ``str``, ``datetime64[us, UTC]``."""
    return {name: str(column.dtype) for name, column in model.to_schema().columns.items()}


def keys_of(model: type[pa.DataFrameModel]) -> list[str]:
    """The columns that identify a row."""
    return [str(name) for name in (model.to_schema().unique or [])]
