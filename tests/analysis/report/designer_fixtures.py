"""The designer of a small run: arrays made by the pipeline itself on small tables, and the law they go with."""

from functools import lru_cache

import pandas as pd

from analysis.policy.loader import load_scheme
from analysis.report.designer_page import DesignerRun, designer_run
from analysis.settings.load import load_settings
from analysis.settings.model import Settings
from analysis.uncertainty.designer import Studies, designer_arrays, designer_studies
from analysis.uncertainty.evaluate import build_frame
from analysis.uncertainty.law import law_of, span_of
from tests.analysis.cba import scheme_tables as small

ROOT = small.ROOT
DRAWS = 16


def run_settings() -> Settings:
    """The default run on the small tables' options and levels, with few draws."""
    dumped = load_settings("default", ROOT / "workflow/config").model_dump(mode="json")
    levels = [level.model_dump() for level in small.LEVELS]
    dumped["scope"] |= {"charger_options": small.OPTIONS, "reserve_levels": levels}
    settings = Settings.model_validate(dumped)
    return settings.model_copy(update={"scope": settings.scope.model_copy(update={"draw_count": DRAWS})})


def scheme(name: str):
    """One shipped scheme."""
    return load_scheme(ROOT / f"data/policy/se/{name}.yaml")


def law(frame, name: str = "task53"):
    """A shipped scheme by calendar year."""
    return law_of(scheme(name), frame.span, run_settings().policy)


@lru_cache(maxsize=1)
def small_studies() -> Studies:
    """Few draws and the central case over small tables."""
    run = run_settings()
    span = span_of(run.policy, small.central(), 2030, run.price_year)
    frame = build_frame(
        small.tables(3.0), small.central(), span=span, options=run.scope.charger_options,
        levels=run.scope.reserve_levels, standards=small.standards_case(),
    )  # fmt: skip
    return designer_studies(frame, run)


@lru_cache(maxsize=1)
def demo_designer() -> DesignerRun:
    """What the page starts from; beside the proposal the run has a scheme of another form."""
    named = [scheme(name) for name in ("green_deduction", "task53")]
    return designer_run(
        designer_arrays(small_studies()), scheme("task53"), named, run_settings(), small.parameters_table()
    )


def demo_check() -> pd.DataFrame:
    """Two measures of a check whose worst errors are 0.02 % of a draw and 0.003 % of what is shown."""
    rows = [("firm_mw", "mw", 0.0, 30.0, 1e-6, 1e-7), ("firm_cost_sek", "sek", 200.0, 6000.0, 2e-4, 3e-5)]
    names = ["measure", "unit", "low", "high", "worst_error_pu", "worst_shown_error_pu"]
    return pd.DataFrame(rows, columns=names).assign(setting_count=500, draw_count=64)
