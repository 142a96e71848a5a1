"""Tables of use cases say what the contract holds, in both languages."""

import pandas as pd
import pytest

from analysis.dispatch.use_case_check import CHECKS
from analysis.io import check_table, read_csv_table
from analysis.report.results import empty_table
from analysis.report.text import Voice, read_catalog
from analysis.report.use_case_views import CASE_ORDER, use_case_check_table, use_case_table
from analysis.schemas.use_cases import CHARGER_OWNERS, UseCaseChecks, UseCases, UseCaseValues
from tests.analysis.report import report_fixtures as fixtures
from tests.analysis.report import value_fixtures as made


@pytest.fixture(params=["sv", "en"])
def voice(request):
    return Voice(request.param, read_catalog(fixtures.demo_texts()[request.param]))


def test_the_table_shows_two_way_rows_households_first_and_a_users_own_last(voice):
    values = check_table(made.use_cases(), UseCaseValues, "made")
    view = use_case_table(values, voice)
    heads = list(dict.fromkeys(row[0] for row in view.rows))
    assert [voice.say("use_case.villa") in heads[0], "own_ferry" in heads[-1]] == [True, True]
    assert len(view.rows) == 1 + 2 + 3 + 3, "one-way rows are what the others are measured by"
    home = view.rows[0]
    assert home[1] == voice.say("strategy.home")
    assert home[2] == home[3] == "400"
    assert home[4] == "0"
    building = next(row for row in view.rows if row[1] == voice.say("strategy.building"))
    assert building[3] == building[4] == "200"
    assert "2025" in view.caption


def test_nothing_made_is_nothing_shown(voice):
    assert use_case_table(empty_table(UseCaseValues), voice) is None


def test_every_committed_case_owner_and_check_has_a_name(voice, root):
    cases = read_csv_table(root / "data/reference/use_cases.csv", UseCases)
    assert set(cases["use_case"]) == set(CASE_ORDER)
    keys = {f"use_case.{name}" for name in CASE_ORDER} | {f"charger_owner.{name}" for name in CHARGER_OWNERS}
    keys |= {f"uc_measure.{check.measure}" for check in CHECKS} | {f"uc_unit.{check.unit}" for check in CHECKS}
    assert sorted(keys - set(voice.texts)) == []


def test_checks_stand_with_range_value_and_count(voice):
    cycles = ((2024, "owner", 8.0), (2025, "owner", 14.0), (2024, "spot", 90.0), (2025, "spot", 60.0))
    rows = [
        ("PR028", "depot_vans", "full_cycles", year, pays, "cycles", 20.0, 80.0, value, 20 <= value <= 80)
        for year, pays, value in cycles
    ] + [("PR093", "car_sharing", "joint_discharge_of_fifty", year, "owner", "kw", None, 300.0, 404.0, False)
         for year in (2024, 2025)]  # fmt: skip
    names = ["published_id", "use_case", "measure", "price_year", "pays", "unit", "low", "high", "value", "is_inside"]
    table = pd.DataFrame(rows, columns=names).astype({"low": float})
    table = table.assign(price_area="SE3", simulated_count=8)[list(UseCaseChecks.to_schema().columns)]
    view = use_case_check_table(check_table(table, UseCaseChecks, "made"), voice)
    assert [column.label for column in view.columns[3:5]] == ["2024", "2025"]
    assert view.rows[0][3:] == ("8", "14", voice.say("use_cases.verdict", inside="0", all="2"))
    assert view.rows[1][3:] == ("90", "60", voice.say("use_cases.verdict", inside="1", all="2"))
    assert view.rows[2][1] == voice.say("use_cases.at_most", value=voice.decimals(300.0, 1))
