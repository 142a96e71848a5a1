"""What a scenario names must exist before the first job: schemes, options, descriptors, price years, parameters."""

import math

import pytest

from analysis.settings.known import Known, unknown_names
from analysis.settings.load import CONFIG_FOLDER, load_checked, load_settings, read_known
from analysis.settings.model import Settings
from tests.conftest import ROOT

KNOWN = Known(
    parameter_low={"veh.eps0": 0.14, "ret.export_margin": -0.08},
    schemes=frozenset(load_settings("default", ROOT / CONFIG_FOLDER).policy.schemes),
    charger_options=frozenset({"ac_11", "dc_11", "dc_20"}),
    descriptors=frozenset({"a_file"}),
    embedded_years=frozenset({2024, 2025}),
    grid_tariffs=frozenset({"by_parameters"}),
)
SEARCH = load_settings("default", ROOT / CONFIG_FOLDER).scope.search.model_dump(mode="json")
FILES = [{"descriptor": "a_file", "pattern": "a.csv"}]


def changed(root, **sections) -> Settings:
    raw = load_settings("default", root / CONFIG_FOLDER).model_dump(mode="json")
    for section, values in sections.items():
        raw[section] |= values
    return Settings.model_validate(raw)


def test_what_is_shipped_is_known(root):
    assert set(load_checked(root / CONFIG_FOLDER, root / "data")) >= {"default", "minimal", "full"}


def test_the_default_is_whole(root):
    assert unknown_names("x", changed(root), KNOWN) == []


@pytest.mark.parametrize(
    ("sections", "place", "found"),
    [
        ({"policy": {"schemes": ["none", "tesk53"]}}, "policy.schemes", "'tesk53'"),
        (
            {"scope": {"search": SEARCH | {"explained_schemes": ["tesk53"]}}},
            "scope.search.explained_schemes",
            "'tesk53'",
        ),
        ({"scope": {"charger_options": ["ac_99"]}}, "scope.charger_options", "'ac_99'"),
        ({"inputs": {"sessions": [{"descriptor": "other", "pattern": "a.csv"}]}}, "inputs", "'other'"),
        ({"scope": {"price_years": [2023]}}, "scope.price_years", "'2023'"),
        ({"assumptions": {"grid_tariff": "elevio"}}, "assumptions.grid_tariff", "'elevio'"),
        ({"assumptions": {"overrides": {"veh.eps": 0.2}}}, "assumptions.overrides", "'veh.eps'"),
        ({"assumptions": {"overrides": {"veh.eps0": -0.2}}}, "assumptions.overrides.veh.eps0", "-0.2"),
        ({"assumptions": {"overrides": {"veh.eps0": math.inf}}}, "assumptions.overrides.veh.eps0", "inf"),
    ],
)
def test_an_unknown_name_is_told_with_its_place(root, sections, place, found):
    (fault,) = unknown_names("trial.yaml", changed(root, **sections), KNOWN)
    assert fault.place == f"trial.yaml: {place}"
    assert fault.found == found


def test_years_of_files_and_values_outside_the_range_are_free(root):
    read = {"day_ahead_prices": FILES, "reserve_prices": FILES}
    free = changed(root, inputs=read, scope={"price_years": [2019]},
                   assumptions={"overrides": {"veh.eps0": 0.5, "ret.export_margin": -1.0}})  # fmt: skip
    assert unknown_names("x", free, KNOWN) == []


def test_generated_reserves_need_an_embedded_year_too(root):
    half = changed(root, inputs={"day_ahead_prices": FILES}, scope={"price_years": [2019]})
    assert "x: scope.price_years" in {fault.place for fault in unknown_names("x", half, KNOWN)}


@pytest.mark.parametrize(
    ("there", "absent"), [("day_ahead_prices", "reserve_prices"), ("reserve_prices", "day_ahead_prices")]
)
def test_one_kind_of_prices_from_files_asks_for_the_other(root, there, absent):
    """Reserve prices alone were generated over; day-ahead prices alone stopped the first job."""
    (fault,) = unknown_names("x", changed(root, inputs={there: FILES}), KNOWN)
    assert fault.place == f"x: inputs.{absent}"
    assert "same year" in fault.remedy


def test_a_day_that_no_calendar_has_is_refused(root):
    with pytest.raises(ValueError, match="day"):
        changed(root, policy={"day": "2026-13-40"})


def test_the_project_knows_its_own_names(root):
    known = read_known(root / "data")
    assert {2024, 2025} <= known.embedded_years
    assert "task53" in known.schemes
    assert "mimer_fcr" in known.descriptors
