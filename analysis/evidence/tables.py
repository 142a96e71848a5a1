"""Which tables a laboratory holds: the name of each file and its contract."""

from collections.abc import Mapping

from analysis.schemas import assumptions, climate, evidence, market, plug_in, tariffs, travel, use_cases
from analysis.schemas.base import Table

CONTRACTS: Mapping[str, type[Table]] = {
    "parameters": assumptions.Parameters,
    "market_facts": assumptions.Facts,
    "charger_options": assumptions.ChargerOptions,
    "price_index": market.PriceIndex,
    "charger_prices": evidence.ChargerPrices,
    "published_results": use_cases.PublishedResults,
    "use_cases": use_cases.UseCases,
    "tariffs": tariffs.AreaTariffs,
    "grid_tariffs": tariffs.GridTariffs,
    "travel_facts": travel.TravelFacts,
    "plug_in_statistics": plug_in.PlugInStatistics,
    "climate_normals": climate.ClimateNormals,
    "household_electricity": climate.HouseholdElectricity,
    "household_load_shape": climate.HouseholdLoadShape,
    "day_ahead_quotes": market.DayAheadQuotes,
    "reserve_quotes": market.ReserveQuotes,
}
"""Read by the rule under the same names; charging sessions come beside them, joined into ``sessions``."""
