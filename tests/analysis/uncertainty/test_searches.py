"""The door to the engine, and the scripts behind it, end to end on small tables."""

import importlib.util

import numpy as np
import pandas as pd
import pytest

from analysis.errors import PolicyError
from analysis.io import read_table, write_table
from analysis.policy.loader import load_scheme, scheme_files
from analysis.schemas import results
from analysis.schemas.policy import SchemeDraws
from analysis.schemas.schemes import (
    OUTCOMES,
    BestScheme,
    Convergence,
    InformationValue,
    SchemeComparison,
    SchemeFront,
    Sensitivity,
)
from analysis.settings.load import load_settings
from analysis.settings.model import Settings
from analysis.uncertainty import engine
from analysis.uncertainty.draws import draw_all, draw_price_years
from analysis.uncertainty.evaluate import build_frame, draw_study, evaluate
from analysis.uncertainty.family import family_law, proposal
from analysis.uncertainty.law import law_of, span_of
from analysis.uncertainty.measures import scheme_draws
from analysis.uncertainty.search import search_schemes
from tests.analysis.cba import scheme_tables as small

ROOT = small.ROOT
COUNT = 24
SEARCH = {
    "explained_schemes": ["task53"],
    "morris_path_count": 2,
    "sobol_parameter_count": 2,
    "sobol_base_count": 8,
    "trial_count": 8,
    "trial_draw_count": 8,
    "refine_count": 1,
    "resample_count": 20,
    "budgets_msek": [50.0],
    "top_quintile_outlay_pu": 0.5,
}


def settings() -> dict:
    dumped = load_settings("default", ROOT / "workflow/config").model_dump(mode="json")
    levels = [level.model_dump() for level in small.LEVELS]
    dumped["scope"] |= {"draw_count": 50, "charger_options": ["ac_11", "dc_11"], "reserve_levels": levels}
    dumped["scope"]["search"] = SEARCH
    return dumped


RUN = Settings.model_validate(settings())


@pytest.fixture(scope="module")
def frame():
    span = span_of(RUN.policy, small.central(), 2030, RUN.price_year)
    return build_frame(
        small.tables(3.0), small.central(), span=span, options=RUN.scope.charger_options,
        levels=RUN.scope.reserve_levels, standards=small.standards_case(),
    )  # fmt: skip


def law(frame, name: str = "task53"):
    return law_of(load_scheme(ROOT / f"data/policy/se/{name}.yaml"), frame.span, RUN.policy)


def drawn(frame, count: int = COUNT):
    draws = draw_all(frame.tables.parameters, frame.parameters, count, 7, {})
    return draws, draw_price_years(frame.streams.price_years, count, 7)


def test_the_door_gives_what_a_run_gives_in_pieces_or_whole(frame, monkeypatch):
    draws, year_index = drawn(frame)
    whole = scheme_draws("searched", evaluate(draw_study(frame, draws, year_index), law(frame)))
    monkeypatch.setattr(engine, "CHUNK", 10)
    pieces = engine.outcomes_of_draws(frame, draws, year_index, law(frame))
    # balances are met within a tolerance, and each piece stops when its own draws have met it
    pd.testing.assert_frame_equal(pieces[list(whole.columns)], whole, rtol=5e-3, atol=1e-3)
    share = pieces["top_quintile_outlay_msek"] / pieces["outlay_msek"]
    assert share.between(0.2, 1.0).all()  # a fifth of households, and not the poorest buyers


def test_the_family_holds_the_proposal_and_no_support(frame):
    case = engine.search_case(frame, *drawn(frame, 8))
    own = law(frame)
    template = next(iter(own.values()))
    amounts = proposal(template)
    as_written = engine.outcomes(case.study, own)
    again = engine.outcomes(case.study, {year: family_law(each, amounts) for year, each in own.items()})
    pd.testing.assert_frame_equal(again, as_written)
    nothing = engine.outcomes(
        case.study, {year: family_law(each, amounts | {"base_sek": 0.0}) for year, each in own.items()}
    )
    assert (nothing["outlay_msek"] == 0).all()
    assert (as_written["outlay_msek"] > 0).all()
    np.testing.assert_allclose(nothing["net_firm_additional_mw"], 0, atol=1e-2)
    assert case.units.cost_sek.shape == (8, 4)
    assert case.units.is_dc.tolist() == [False, False, True, True]
    assert case.units.is_open.tolist() == [False, True, False, True]


def test_a_run_without_the_law_is_refused(frame):
    with pytest.raises(PolicyError, match="no year with support"):
        search_schemes(frame, {}, {}, RUN.scope.search, 1)


def script(name: str):
    spec = importlib.util.spec_from_file_location(name, ROOT / "workflow/scripts" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.main


def test_schemes_are_explained_and_gathered(tmp_path):
    own, *members = scheme_files(ROOT / "data/policy/se/task53.yaml")
    script("explain_scheme")(
        scheme_file=own, scheme_members=members, scheme="task53", are_prices_measured=True, settings=settings(),
        sensitivity=tmp_path / "one.parquet", **small.scheme_files_in(tmp_path),
    )  # fmt: skip
    script("summarise_sensitivity")(parts=[tmp_path / "one.parquet"], sensitivity=tmp_path / "all.parquet")
    table = read_table(tmp_path / "all.parquet", Sensitivity)
    assert set(table["outcome"]) == set(OUTCOMES)
    firm = table[table["outcome"] == "net_firm_additional_mw"].set_index("parameter")
    assert firm["total_pu"].notna().sum() == 3  # two that lead, and all others together
    assert firm.loc["price_year", "is_verified"]
    assert firm.loc["ado.pass_through", "at_high"] > firm.loc["ado.pass_through", "at_low"]  # more reaches the buyer
    assert firm.loc["cap.ac_bi", "at_middle"] == firm.loc["ado.hassle", "at_middle"]


def test_the_best_scheme_is_searched(tmp_path):
    script("search_schemes")(
        scheme_file=ROOT / "data/policy/se/task53.yaml", settings=settings(), scheme_front=tmp_path / "front.parquet",
        best_scheme=tmp_path / "best.parquet", **small.scheme_files_in(tmp_path),
    )  # fmt: skip
    front = read_table(tmp_path / "front.parquet", SchemeFront)
    assert front["is_on_front"].sum() >= 3
    best = read_table(tmp_path / "best.parquet", BestScheme).set_index(["aim", "quantity"])["value"]
    assert best["firm_mw", "outlay_msek"] <= 50 * 1.001
    assert best["firm_mw", "net_firm_additional_mw"] >= 0.999 * best["firm_mw", "net_firm_additional_mw_task53"]
    assert best["social_npv", "net_social_npv_msek"] >= 0


def test_schemes_are_compared(tmp_path, frame):
    draws = draw_all(frame.tables.parameters, frame.parameters, 50, RUN.seed, {})
    study = draw_study(frame, draws, draw_price_years(frame.streams.price_years, 50, RUN.seed))
    parts = []
    for name in ("none", "task53", "green_deduction"):
        parts.append(tmp_path / f"{name}.parquet")
        write_table(scheme_draws(name, evaluate(study, law(frame, name))), parts[-1], SchemeDraws)
    written = {name: tmp_path / f"{name}.parquet" for name in ("comparison", "information", "convergence")}
    write_table(small.potential_summary(), tmp_path / "potential.parquet", results.PotentialSummary)
    script("compare_schemes")(
        draws=parts, potential_summary=tmp_path / "potential.parquet", settings=settings(),
        parameters=ROOT / "data/assumptions/parameters.csv", scheme_comparison=written["comparison"],
        information_value=written["information"], convergence_table=written["convergence"],
    )  # fmt: skip
    assert len(read_table(written["comparison"], SchemeComparison)) == 6 * len(OUTCOMES)
    worth = read_table(written["information"], InformationValue).set_index("group")
    assert (worth["value_msek"] <= worth.loc["all", "value_msek"] + 1e-9).all()
    assert {"standby_power", "plug_in_and_enrolment", "dc_price", "tastes", "price_year"} <= set(worth.index)
    sure = read_table(written["convergence"], Convergence)
    assert len(sure) == 3 * len(OUTCOMES) + 1
