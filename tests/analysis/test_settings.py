"""Settings: closed keys, overlays, every fault at once, and what a rule may depend on."""

import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import ConfigError
from analysis.settings.load import dataset_name, load_all, load_settings, overlay, read_yaml, settings_for_rule
from analysis.settings.model import Settings
from analysis.settings.parameters import parameter_set
from tests.conftest import ROOT

CONFIG = ROOT / "workflow" / "config"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "scenarios").mkdir()
    shutil.copy(CONFIG / "default.yaml", tmp_path / "default.yaml")
    return tmp_path


def write(folder, text):
    (folder / "scenarios" / "trial.yaml").write_text(text, encoding="utf-8")
    return folder


def test_every_shipped_scenario_is_valid():
    settings = load_all(CONFIG)
    assert {"default", "minimal", "real_2024", "real_2025"} <= set(settings)


def test_an_overlay_changes_only_what_it_names(folder):
    changed = load_settings("trial", write(folder, "scope: {step_h: 0.25}\n"))
    base = load_settings("default", folder)
    assert changed.scope.step_h == 0.25
    assert changed.scope.price_years == base.scope.price_years
    assert changed.policy == base.policy


def test_an_unknown_key_is_named_with_its_place(folder):
    with pytest.raises(ConfigError, match=r"trial\.yaml: scope\.steps_h: found an unknown key"):
        load_settings("trial", write(folder, "scope: {steps_h: 1.0}\n"))


def test_a_repeated_key_is_named_with_its_lines(folder):
    with pytest.raises(ConfigError, match=r"trial\.yaml:2: found key 'seed' is given twice, on lines 1 and 2"):
        load_settings("trial", write(folder, "seed: 1\nseed: 2\n"))


def test_all_faults_of_all_scenarios_come_at_once(folder):
    write(folder, "seed: -1\nprice_year: 1900\n")
    (folder / "scenarios" / "other.yaml").write_text("colour: red\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_all(folder)
    assert len(caught.value.faults) == 3


def test_an_empty_file_is_a_fault(folder):
    with pytest.raises(ConfigError, match="an empty file"):
        load_settings("trial", write(folder, ""))


def test_a_file_of_the_wrong_encoding_is_a_fault(tmp_path):
    (tmp_path / "a.yaml").write_bytes("title: Malmö\n".encode("latin-1"))
    with pytest.raises(ConfigError, match="not UTF-8"):
        read_yaml(tmp_path / "a.yaml")


def test_yaml_builds_no_objects(tmp_path):
    (tmp_path / "a.yaml").write_text("a: !!python/object/apply:os.getcwd []\n", encoding="utf-8")
    with pytest.raises(ConfigError):
        read_yaml(tmp_path / "a.yaml")


@pytest.mark.parametrize("pattern", ["/etc/passwd", "../x.csv", "prices/../../x.csv"])
def test_a_pattern_may_not_leave_the_inputs_root(folder, pattern):
    text = f"inputs: {{day_ahead_prices: [{{descriptor: entsoe, pattern: '{pattern}'}}]}}\n"
    with pytest.raises(ConfigError, match="leaves the inputs root"):
        load_settings("trial", write(folder, text))


def test_one_wrong_entry_of_a_list_is_one_fault(folder):
    with pytest.raises(ConfigError) as caught:
        load_settings("trial", write(folder, "scope: {price_areas: [SE9]}\n"))
    assert [fault.place.rpartition(": ")[2] for fault in caught.value.faults] == ["scope.price_areas.0"]
    with pytest.raises(ConfigError, match="at least 1 item"):
        load_settings("trial", write(folder, "scope: {price_areas: []}\n"))


def test_an_unknown_scenario_lists_the_known_ones(folder):
    with pytest.raises(ConfigError, match="one of default"):
        load_settings("nowhere", folder)


def test_policy_does_not_shape_the_data_set_but_seed_does(folder):
    base = load_settings("default", folder)
    other = load_settings("trial", write(folder, "policy: {day: '2027-01-01'}\n"))
    assert dataset_name(base) == dataset_name(other)
    assert dataset_name(base) != dataset_name(load_settings("trial", write(folder, "seed: 7\n")))
    paid = load_settings("trial", write(folder, "assumptions: {plug_in_contract: 12h_20d}\n"))
    literal = load_settings("trial", write(folder, "assumptions: {contract_hour_reading: per_delivered_hour}\n"))
    assert len({dataset_name(base), dataset_name(paid), dataset_name(literal)}) == 3


@pytest.mark.parametrize("line", ["standards: late_standards", "exit_profile: by_age", "phev_in_v2x: included"])
def test_what_only_the_fleet_looks_at_touches_no_interim_table_and_no_other_rule(folder, line):
    base = load_settings("default", folder)
    other = load_settings("trial", write(folder, f"assumptions: {{{line}}}\n"))
    assert dataset_name(base) == dataset_name(other)
    assert settings_for_rule(base, "seed", "assumptions") == settings_for_rule(other, "seed", "assumptions")
    assert settings_for_rule(base, "assumptions", "fleet") != settings_for_rule(other, "assumptions", "fleet")
    kept = settings_for_rule(other, "assumptions", "fleet")
    assert Settings.model_validate(kept).assumptions == other.assumptions


def test_the_shipped_standards_cases_change_nothing_but_the_standards():
    settings = load_all(CONFIG)
    default = settings["default"]
    assert default.assumptions.standards == "reference"
    for name in ("early_standards", "late_standards", "proprietary_lock_in"):
        case = settings[name]
        assert case.assumptions.standards == name
        assert (case.inputs, case.scope, case.policy, case.seed) == (
            default.inputs, default.scope, default.policy, default.seed,
        )  # fmt: skip
        assert case.assumptions.model_copy(update={"standards": "reference"}) == default.assumptions
        assert dataset_name(case) == dataset_name(default)


def test_a_standards_case_that_nobody_wrote_is_a_fault(folder):
    with pytest.raises(ConfigError, match="standards"):
        load_settings("trial", write(folder, "assumptions: {standards: soon}\n"))


def test_a_contract_that_nobody_offers_is_a_fault(folder):
    with pytest.raises(ConfigError, match="plug_in_contract"):
        load_settings("trial", write(folder, "assumptions: {plug_in_contract: 8h}\n"))


def test_a_rule_sees_only_the_sections_it_names(folder):
    base = load_settings("default", folder)
    other = load_settings("trial", write(folder, "policy: {day: '2027-01-01'}\nscope: {draw_count: 99}\n"))
    assert settings_for_rule(base, "seed", "inputs") == settings_for_rule(other, "seed", "inputs")
    assert settings_for_rule(base, "policy") != settings_for_rule(other, "policy")
    assert settings_for_rule(base, "targets") != settings_for_rule(other, "targets")


def test_an_override_of_an_unknown_parameter_is_a_fault():
    import pandas as pd

    table = pd.DataFrame({"id": ["a"], "value": [1.0]})
    with pytest.raises(ConfigError, match="an unknown parameter"):
        parameter_set(table, {"b": 2.0})
    assert parameter_set(table, {"a": 2.0})["a"] == 2.0


maps = st.dictionaries(st.sampled_from("abc"), st.one_of(st.integers(), st.just({"x": 1}), st.just([1, 2])), max_size=3)


@given(maps, maps)
def test_overlay_keeps_every_key_and_lets_the_change_win(base, change):
    merged = overlay(base, change)
    assert set(merged) == set(base) | set(change)
    for key, value in change.items():
        if not isinstance(value, dict):
            assert merged[key] == value
    assert overlay(merged, change) == merged


def test_a_scheme_more_leaves_the_others_untouched(folder):
    base = load_settings("default", folder)
    other = load_settings("trial", write(folder, "policy: {schemes: [none]}\n"))
    assert settings_for_rule(base, "law") == settings_for_rule(other, "law")
    later = load_settings("trial", write(folder, "policy: {day: '2027-01-01'}\n"))
    assert settings_for_rule(base, "law") != settings_for_rule(later, "law")


def test_how_many_cars_settle_their_wear_touches_nothing_else(folder):
    base = load_settings("default", folder)
    other = load_settings("trial", write(folder, "scope: {wear_vehicle_count: 9}\n"))
    assert dataset_name(base) == dataset_name(other)
    assert settings_for_rule(base, "seed", "assumptions") == settings_for_rule(other, "seed", "assumptions")
    assert settings_for_rule(other, "wear")["scope"]["wear_vehicle_count"] == 9


def test_how_long_is_searched_touches_nothing_else(folder):
    base = load_settings("default", folder)
    other = load_settings("trial", write(folder, "scope: {search: {sobol_base_count: 64}}\n"))
    assert dataset_name(base) == dataset_name(other)
    assert settings_for_rule(base, "seed", "targets", "law") == settings_for_rule(other, "seed", "targets", "law")
    assert settings_for_rule(other, "search")["scope"]["search"]["sobol_base_count"] == 64


@pytest.mark.parametrize("key", ["sobol_base_count", "trial_count"])
def test_a_sequence_has_a_power_of_two(folder, key):
    with pytest.raises(ConfigError, match="100 is no power of two; take 64 or 128"):
        load_settings("trial", write(folder, f"scope: {{search: {{{key}: 100}}}}\n"))
