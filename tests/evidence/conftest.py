"""A laboratory with every committed table and law, and without prices, which are not committed."""

import pandas as pd
import pytest

from analysis.evidence.laboratory import Laboratory
from analysis.evidence.tables import CONTRACTS
from analysis.io import read_csv_table
from analysis.policy.loader import load_schemes
from analysis.settings.load import load_settings
from analysis.settings.parameters import parameter_set
from tests.conftest import ROOT


def committed(name: str) -> pd.DataFrame:
    """A table by the name of its file; tariffs of grid companies stand in two."""
    names = ("grid_tariffs", "grid_tariff_archetypes") if name == "grid_tariffs" else (name,)
    paths = [next(ROOT.glob(f"data/*/{each}.csv")) for each in names]
    return pd.concat([read_csv_table(path, CONTRACTS[name]) for path in paths], ignore_index=True)


@pytest.fixture(scope="session")
def laboratory() -> Laboratory:
    tables = {name: committed(name) for name in CONTRACTS if not name.endswith("_quotes")}
    laws = load_schemes(sorted((ROOT / "data/policy/se").glob("*.yaml")))
    settings = load_settings("default", ROOT / "workflow" / "config")
    return Laboratory(parameter_set(tables["parameters"]), tables, settings, laws)


@pytest.fixture(scope="session")
def published(laboratory: Laboratory) -> pd.DataFrame:
    return laboratory.table("published_results")
