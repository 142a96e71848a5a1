"""Where a run's inputs come from is said in both languages for every scenario that ships."""

from pathlib import Path

import pytest

from analysis.report.origin import origin_rows
from analysis.report.text import Voice, read_catalog
from analysis.settings.load import load_settings
from tests.analysis.report import report_fixtures as fixtures

ROOT = Path(__file__).resolve().parents[3]
SCENARIOS = sorted(path.stem for path in (ROOT / "workflow/config/scenarios").glob("*.yaml"))


def voice(locale: str) -> Voice:
    return Voice(locale, read_catalog(fixtures.demo_texts()[locale]))


@pytest.mark.parametrize("name", ["default", *SCENARIOS])
@pytest.mark.parametrize("locale", ["sv", "en"])
def test_every_scenario_says_where_its_inputs_come_from(name, locale):
    rows = origin_rows(load_settings(name, ROOT / "workflow/config").inputs, voice(locale))
    assert len(rows) >= 6
    assert all(row.name and row.basis for row in rows)


@pytest.mark.parametrize("locale", ["sv", "en"])
def test_hours_scaled_from_another_year_are_generated_and_name_it(locale):
    rows = origin_rows(load_settings("generated_2022", ROOT / "workflow/config").inputs, voice(locale))
    scaled = [row for row in rows if "2023" in row.basis and row.is_synthetic]
    assert len(scaled) == 2
