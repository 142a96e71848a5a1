"""Names the contract tables that a descriptor may fill, and tells the kind of each of their fields."""

from typing import Final

import pandera.pandas as pa

from analysis.schemas import geography, gps, market, mobility, sources_extra

TABLES: Final[dict[str, type[pa.DataFrameModel]]] = {
    model.__name__: model
    for model in (
        market.DayAheadQuotes, market.ReserveQuotes, market.ActivationPrices, market.Temperature, market.SolarProfile,
        market.LoadShape, mobility.Trips, mobility.Vehicles, mobility.Sessions, geography.MunicipalityCodes,
        geography.Population, geography.HouseholdsByDwelling, geography.PersonsByHouseholdSize, geography.Incomes,
        geography.PluginCars, geography.NewCars, geography.SolarInstallations, sources_extra.TravelStatistics,
        sources_extra.TripClasses, sources_extra.ChargingUsers, sources_extra.TrafficCounts, sources_extra.Irradiation,
        gps.GpsTrips, sources_extra.SolarGeneration, sources_extra.LoadPeriods,
        sources_extra.MunicipalFinances, market.ExchangeRates,
    )
}  # fmt: skip

RECORD_IDS: Final[dict[str, str]] = {
    "Trips": "vehicle_id",
    "GpsTrips": "vehicle_id",
    "Vehicles": "vehicle_id",
    "Sessions": "session_id",
}
"""Tables whose left-out rows are listed one by one, and the field that says whose row it was."""

MAY_BE_EMPTY: Final[dict[str, frozenset[str]]] = {
    "Trips": frozenset({"arrive_utc"}),
    "GpsTrips": frozenset({"arrive_utc"}),
    "Vehicles": frozenset({"weight"}),
    "Sessions": frozenset({"plug_out_utc"}),
}
"""Fields whose empty cell leaves the row out (no end, no weight) where any other empty cell is a fault of the file."""


def kinds_of(model: type[pa.DataFrameModel]) -> dict[str, str]:
    """Field name to dtype text, in the order of the schema: ``float64``, ``str``, ``datetime64[us, UTC]``."""
    kinds = {str(name): str(column.dtype) for name, column in model.to_schema().columns.items()}
    return {name: "str" if kind.startswith("str") else kind for name, kind in kinds.items()}


def keys_of(model: type[pa.DataFrameModel]) -> list[str]:
    """The columns that identify a row."""
    return [str(name) for name in (model.to_schema().unique or [])]
