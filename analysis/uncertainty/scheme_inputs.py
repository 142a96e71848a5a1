"""Turns the files that every scheme is evaluated on into frames, one for each target year of a run."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from analysis.fleet.openness import chosen_standards
from analysis.mobility.contracts import Contract, burden_eur_per_year
from analysis.schemas import assumptions, geography, market, results
from analysis.schemas.fleet import FleetCohorts
from analysis.schemas.plug_in import PlugInContracts
from analysis.schemas.regulation import RegulationTimeline
from analysis.schemas.sample import DispatchSample, MarketSaturation
from analysis.settings.model import Settings
from analysis.settings.parameters import parameter_set
from analysis.uncertainty.evaluate import Frame, Tables, build_frame
from analysis.uncertainty.law import span_of

TABLES = {
    "dispatch_values": results.DispatchValues,
    "market_balance": results.MarketBalance,
    "fleet_stock": results.FleetStock,
    "potential_summary": results.PotentialSummary,
    "capability_hours": results.CapabilityHours,
    "dispatch_sample": DispatchSample,
    "municipalities": geography.Municipalities,
    "household_load": market.HouseholdLoad,
    "saturation": MarketSaturation,
    "fleet_cohorts": FleetCohorts,
}
CSV_TABLES = {
    "market_facts": assumptions.Facts,
    "charger_options": assumptions.ChargerOptions,
    "parameters": assumptions.Parameters,
}
TIMELINE, CONTRACTS, RATES = "timeline", "plug_in_contracts", "price_index"

Reader = Callable[[Path, type[pa.DataFrameModel]], pd.DataFrame]


def read_frames(paths: Mapping[str, Path], run: Settings, read: Reader, read_csv: Reader) -> list[Frame]:
    """Read the tables and lay out each target year, in order.

    Parameters
    ----------
    paths
        File of each of :data:`TABLES` and :data:`CSV_TABLES`, of the regulation timeline, plug-in contracts and rates.
    read, read_csv
        What opens a Parquet table, and a CSV table: this room opens no file.

    Raises
    ------
    DataError
        If a file cannot be read or does not pass its contract.
    """
    parquet = {name: read(Path(paths[name]), model) for name, model in TABLES.items()}
    burden_sek = _contract_burden_sek(paths, run, read, read_csv)
    tables = Tables(**parquet, **{name: read_csv(Path(paths[name]), model) for name, model in CSV_TABLES.items()})
    values = parameter_set(tables.parameters, run.assumptions.overrides)
    standards = chosen_standards(read(Path(paths[TIMELINE]), RegulationTimeline))
    options, levels = run.scope.charger_options, run.scope.reserve_levels
    return [
        build_frame(
            tables,
            values,
            span=span_of(run.policy, values, year, run.price_year),
            options=options,
            levels=levels,
            standards=standards,
            contract_burden_sek=burden_sek,
        )
        for year in run.scope.target_years
    ]


def _contract_burden_sek(paths: Mapping[str, Path], run: Settings, read: Reader, read_csv: Reader) -> float:
    """What the run's plug-in contract asks of the mean owner, SEK a year of the run's price year."""
    contract = Contract(run.assumptions.plug_in_contract, run.assumptions.contract_hour_reading)
    burden_eur = burden_eur_per_year(read(Path(paths[CONTRACTS]), PlugInContracts), contract)
    rates = read_csv(Path(paths[RATES]), market.PriceIndex).set_index("year")["sek_per_eur"]
    return burden_eur * float(rates[run.price_year])
