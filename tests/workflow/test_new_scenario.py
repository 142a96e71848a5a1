"""A new scenario begins as the default, what it proposes is accepted as written, and no file is overwritten."""

import re
import shutil

import pytest
import yaml

from analysis.settings.load import load_checked, load_settings
from tests.conftest import ROOT
from workflow.new_scenario import write_scenario


@pytest.fixture
def config(tmp_path):
    folder = tmp_path / "config"
    shutil.copytree(ROOT / "workflow" / "config", folder)
    return folder


def test_a_new_scenario_is_the_default_under_another_name(config):
    write_scenario("dear_chargers", config / "scenarios")
    new, default = load_settings("dear_chargers", config), load_settings("default", config)
    assert new.title_en == "Dear chargers"
    assert (new.scope, new.assumptions, new.policy, new.inputs) == (
        default.scope, default.assumptions, default.policy, default.inputs,
    )  # fmt: skip


def test_what_it_proposes_is_accepted_once_the_signs_are_taken_away(config):
    path = write_scenario("dear_chargers", config / "scenarios")
    lines = path.read_text(encoding="utf-8").splitlines()
    start = next(number for number, line in enumerate(lines) if line == "# inputs:")
    opened = [re.sub("^# ", "", line) for line in lines[start:]]
    path.write_text("\n".join([*lines[:start], *opened]), encoding="utf-8")
    assert set(yaml.safe_load("\n".join(opened))) == {"inputs", "assumptions", "policy", "scope"}
    settings = load_checked(config, ROOT / "data")["dear_chargers"]
    assert settings.policy.schemes == ("none", "task53") and settings.scope.draw_count == 500


@pytest.mark.parametrize("name", ["Dear", "../escape", "", "1st", "a b", "default/x"])
def test_a_name_that_cannot_be_one_is_refused(config, name):
    with pytest.raises(ValueError, match="small letters"):
        write_scenario(name, config / "scenarios")


def test_an_existing_scenario_is_left_alone(config):
    before = (config / "scenarios" / "minimal.yaml").read_bytes()
    with pytest.raises(ValueError, match="is there already"):
        write_scenario("minimal", config / "scenarios")
    assert (config / "scenarios" / "minimal.yaml").read_bytes() == before
