"""Cost of a fleet from measured stages, by hand: a line through two sizes, shared stages over cores, others alone."""

import pandas as pd
import pytest

from tests.conftest import ROOT
from workflow.scale_cost import TABLE, core_hours, lines, table_of, wall_hours

MEASURED = pd.DataFrame(
    [
        ("build_availability", 100, 99.0, 1.0),
        ("build_availability", 1_000, 460.0, 1.0),
        ("build_availability", 10_000, 4_060.0, 1.0),
        ("cluster_profiles", 1_000, 100.0, 2.0),
        ("cluster_profiles", 10_000, 1_000.0, 11.0),
        ("dispatch_vehicles", 10, 5.0, 0.5),
        ("dispatch_vehicles", 40, 20.0, 0.5),
    ],
    columns=["stage", "vehicles", "cpu_seconds", "peak_gib"],
)


def test_a_line_goes_through_the_two_largest_sizes():
    line = lines(MEASURED)["build_availability"]
    assert (line.start_s, line.car_s, line.car_gib) == (pytest.approx(60.0), pytest.approx(0.4), 0.0)
    assert lines(MEASURED)["cluster_profiles"].car_gib == pytest.approx(0.001)


def test_core_hours_by_hand():
    hours = core_hours(lines(MEASURED), 18_000, 90)
    assert hours["build_availability"] == pytest.approx((60 + 0.4 * 18_000) / 3600)
    assert hours["cluster_profiles"] == pytest.approx(0.1 * 18_000 / 3600)
    assert hours["dispatch_vehicles"] == pytest.approx(0.5 * 2 * 90 / 3600)  # two price years


def test_only_what_can_be_cut_is_shared_among_cores():
    hours = pd.Series({"build_availability": 8.0, "dispatch_vehicles": 16.0, "cluster_profiles": 3.0})
    assert wall_hours(hours, 1) == pytest.approx(27.0)
    assert wall_hours(hours, 8) == pytest.approx(24 / 8 + 3)


def test_the_guide_says_what_the_measured_table_gives():
    guide = (ROOT / "workflow" / "README.md").read_text(encoding="utf-8")
    for row in table_of(pd.read_csv(TABLE), 5_000_000, 16, [1, 4, 16, 64]).itertuples():
        every = f"{row.hours_every_car_dispatched:.1f}" if row.nodes == 64 else f"{row.hours_every_car_dispatched:.0f}"
        assert f"| {row.nodes} | {row.hours_sample_dispatched:.2f} h | {every} h |" in guide


def test_more_nodes_never_take_longer_and_the_rest_remains():
    table = table_of(MEASURED, 1_000_000, 16, [1, 2, 1_000_000])
    assert table["hours_every_car_dispatched"].is_monotonic_decreasing
    rest = core_hours(lines(MEASURED), 1_000_000, 160)["cluster_profiles"]
    assert table["hours_sample_dispatched"].iloc[-1] == pytest.approx(rest, rel=1e-3)
