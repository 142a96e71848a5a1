"""Turns the files that every scheme is evaluated on into frames, one for each target year of a run."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from analysis.fleet.openness import chosen_standards
from analysis.schemas import assumptions, geography, market, results
from analysis.schemas.fleet import FleetCohorts
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
TIMELINE = "timeline"

Reader = Callable[[Path, type[pa.DataFrameModel]], pd.DataFrame]


def read_frames(paths: Mapping[str, Path], run: Settings, read: Reader, read_csv: Reader) -> list[Frame]:
    """Read the tables and lay out each target year, in order.

    Parameters
    ----------
    paths
        File of each of :data:`TABLES` and :data:`CSV_TABLES`, and of the regulation timeline.
    read, read_csv
        What opens a Parquet table, and a CSV table: this room opens no file.

    Raises
    ------
    DataError
        If a file cannot be read or does not pass its contract.
    """
    parquet = {name: read(Path(paths[name]), model) for name, model in TABLES.items()}
    tables = Tables(**parquet, **{name: read_csv(Path(paths[name]), model) for name, model in CSV_TABLES.items()})
    values = parameter_set(tables.parameters, run.assumptions.overrides)
    standards = chosen_standards(read(Path(paths[TIMELINE]), RegulationTimeline))
    options, levels = run.scope.charger_options, run.scope.reserve_levels
    return [
        build_frame(
            tables, values, span=span_of(run.policy, values, year), options=options, levels=levels, standards=standards
        )
        for year in run.scope.target_years
    ]
