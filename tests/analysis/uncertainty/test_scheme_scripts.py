"""The three scripts end to end on small tables."""

import importlib.util
from pathlib import Path

import pytest

from analysis.errors import PolicyError
from analysis.io import read_table
from analysis.policy.loader import scheme_files
from analysis.schemas import results
from analysis.settings.load import load_settings
from tests.analysis.cba import scheme_tables as small

ROOT = small.ROOT


def script(name: str):
    spec = importlib.util.spec_from_file_location(name, ROOT / "workflow/scripts" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.main


def run_settings(**policy) -> dict:
    settings = load_settings("default", ROOT / "workflow/config").model_dump(mode="json")
    levels = [level.model_dump() for level in small.LEVELS]
    settings["scope"] |= {"draw_count": 50, "charger_options": small.OPTIONS, "reserve_levels": levels}
    settings["policy"] |= policy
    return settings


def outputs(folder: Path, scheme: str) -> dict[str, Path]:
    names = ("results", "summary", "accounts", "draws", "paths", "incidence", "places")
    return {name: folder / scheme / f"{name}.parquet" for name in names}


def evaluate(folder: Path, scheme: str, **policy) -> dict[str, Path]:
    path = ROOT / f"data/policy/se/{scheme}.yaml"
    own, *members = scheme_files(path)
    written, given = outputs(folder, scheme), small.scheme_files_in(folder)
    baseline = folder / "without.npz"
    if not baseline.exists():
        script("follow_without")(baseline=baseline, settings=run_settings(), **given)
    script("evaluate_scheme")(
        scheme_file=own,
        scheme_members=members,
        scheme=scheme,
        baseline=baseline,
        settings=run_settings(**policy),
        **given,
        **written,
    )
    return written


@pytest.mark.slow
def test_schemes_are_evaluated_gathered_and_summed_up(tmp_path):
    parts = [evaluate(tmp_path, scheme) for scheme in ("none", "task53", "task53_and_deduction")]
    written = ("scheme_results", "scheme_summary", "accounts_table", "scheme_paths", "scheme_incidence",
               "scheme_municipalities", "tier", "headlines")  # fmt: skip
    gathered = {name: tmp_path / f"{name}.parquet" for name in written}
    script("summarise_schemes")(
        results=[part["results"] for part in parts], summaries=[part["summary"] for part in parts],
        accounts=[part["accounts"] for part in parts], draws=[part["draws"] for part in parts],
        paths=[part["paths"] for part in parts], incidence=[part["incidence"] for part in parts],
        places=[part["places"] for part in parts],
        potential_summary=tmp_path / "potential_summary.parquet", market_balance=tmp_path / "market_balance.parquet",
        saturation=tmp_path / "saturation.parquet", settings=run_settings(), **gathered,
    )  # fmt: skip
    table = read_table(gathered["headlines"], results.Headlines)
    assert set(table["headline_id"]) >= {
        "firm_discharge_mw", "value_over_smart_today", "value_over_smart_equilibrium", "fcr_d_saturation_cars",
        "best_scheme_outlay_per_firm_kw_year", "best_scheme_dc_ac_ratio", "best_scheme_open_closed_ratio",
        "best_scheme_social_npv",
        "best_scheme_probability_positive",
    }  # fmt: skip
    accounts = read_table(gathered["accounts_table"], results.Accounts)
    transfers = accounts[accounts["is_transfer"]].groupby(["scheme", "flow"])["net_present_value_msek"].sum()
    assert transfers.abs().max() < 1e-6 * accounts["net_present_value_msek"].abs().sum()


def test_a_scheme_that_is_not_law_stops_with_every_missing_value(tmp_path):
    with pytest.raises(PolicyError) as caught:
        evaluate(tmp_path, "task53", statuses=["enacted"])
    assert len(caught.value.faults) == 9
    assert not (tmp_path / "task53").exists()
