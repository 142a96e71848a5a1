"""Medoids, matching, decision loss and the points of sessions, each by hand."""

import numpy as np
import pandas as pd
import pytest

from analysis.errors import DataError
from analysis.profiles.decision import Outcomes, decision_loss, fleet_figures, outcomes_of
from analysis.profiles.matching import matched, share_shift
from analysis.profiles.medoids import medoid_labels
from analysis.profiles.mixture import FIELDS, fit_mixture, refine_mixture, short_runs, start_components
from analysis.profiles.session_habits import session_figures, session_habits, session_points
from analysis.profiles.stability import stability_class


def test_medoids_by_hand():
    points = np.array([[0.0], [1.0], [2.0], [10.0], [11.0]])
    assert medoid_labels(points, np.ones(5), 2).tolist() == [0, 0, 0, 1, 1]
    # A heavy outlier becomes a medoid of its own.
    far = np.array([[0.0], [1.0], [2.0], [3.0], [40.0]])
    assert medoid_labels(far, np.array([1.0, 1.0, 1.0, 1.0, 9.0]), 2).tolist() == [0, 0, 0, 0, 1]
    with pytest.raises(ValueError, match="medoids"):
        medoid_labels(points, np.ones(5), 6)


def test_medoids_are_the_best_there_are_on_small_sets():
    """Against every pair of medoids there is."""
    for seed in range(5):
        points = np.random.default_rng(seed).normal(size=(12, 2)) + np.repeat([[0.0, 0.0], [6.0, 0.0]], 6, axis=0)
        distance = np.sqrt(((points[:, None] - points[None]) ** 2).sum(axis=2))
        best = min(
            ((a, b) for a in range(12) for b in range(a + 1, 12)),
            key=lambda pair: distance[:, list(pair)].min(axis=1).sum(),
        )
        assert medoid_labels(points, np.ones(12), 2).tolist() == distance[:, list(best)].argmin(axis=1).tolist()


def test_profiles_are_paired_whatever_their_order():
    first = np.array([[0.0, 0.0], [5.0, 5.0], [9.0, 0.0]])
    assert matched(first, first[[2, 0, 1]] + 0.1).tolist() == [1, 2, 0]
    with pytest.raises(ValueError, match="paired"):
        matched(first, first[:2])


def test_a_reordered_clustering_has_no_shift():
    points = np.vstack([np.random.default_rng(1).normal(size=(20, 2)), np.random.default_rng(2).normal(9, 1, (30, 2))])
    found = fit_mixture(points, np.ones(50), 2, [1])
    turned = type(found)(found.components, found.probability_pu[:, ::-1], found.log_likelihood)
    assert share_shift(found, turned, points, np.ones(50)) == pytest.approx(0.0, abs=1e-12)


def test_starts_side_by_side_go_where_they_go_alone():
    points = np.random.default_rng(3).normal(size=(60, 3)) + np.repeat(np.eye(3) * 3, 20, axis=0)
    weight = np.random.default_rng(4).uniform(0.5, 2.0, 60)
    starts = [start_components(points, weight, 3, np.random.default_rng(seed)) for seed in range(7)]
    together = short_runs(points, weight, starts, steps=4)
    alone = [refine_mixture(points, weight, start, tolerance=-1.0, most_steps=4) for start in starts]
    likeliest = max(
        alone, key=lambda found: refine_mixture(points, weight, found.components, most_steps=1).log_likelihood
    )
    for name in FIELDS:
        np.testing.assert_allclose(getattr(together[0], name), getattr(likeliest.components, name), atol=1e-9)


def test_a_big_fleet_is_fitted_from_a_sample_and_ends_with_all():
    points = np.random.default_rng(5).normal(size=(4000, 2)) + np.repeat([[0.0, 0.0], [8.0, 0.0]], [3000, 1000], axis=0)
    found = fit_mixture(points, np.ones(4000), 2, [1])
    np.testing.assert_allclose(found.components.share_pu, [0.75, 0.25], atol=1e-3)
    assert len(found.probability_pu) == 4000


OUTCOMES = Outcomes(("a", "b"), np.array([100.0, 300.0]), np.array([[0.2, 0.4], [0.6, 0.8]]),
                    np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([0.75, 0.25]))  # fmt: skip


def test_fleet_figures_by_hand():
    found = fleet_figures(OUTCOMES, np.array([3.0, 1.0]), lambda plugged, kw: kw * (plugged > 0.35))
    assert found.value_sek == pytest.approx(150.0)
    # Plugged 0.3 and 0.5 of the fleet: the second hour alone counts, 2.5 kW in a quarter of the time.
    assert found.firm_kw == pytest.approx(0.25 * 2.5)


def test_decision_loss_by_hand():
    sample = pd.DataFrame({"vehicle_id": ["b", "a"], "weight": [0.22, 0.78]})
    loss = decision_loss(OUTCOMES, np.array([3.0, 1.0]), sample, lambda plugged, kw: kw)
    assert loss.value_pu == pytest.approx(abs(144.0 / 150.0 - 1.0))
    # 0.22 for 0.25 of the bigger car: 1.69 of 1.75 kW.
    assert loss.firm_pu == pytest.approx(abs(1.69 / 1.75 - 1.0))
    assert not loss.is_met
    with pytest.raises(DataError, match="both above zero"):
        decision_loss(OUTCOMES, np.array([3.0, 1.0]), sample, lambda plugged, kw: 0 * kw)


def capability(ids):
    hours = [(name, season, hour) for name in ids for season in ("summer", "winter") for hour in range(168)]
    table = pd.DataFrame(hours, columns=["vehicle_id", "season", "hour_of_week"])
    return table.assign(plugged_pu=0.5, discharge_1h_kw=np.where(table["season"] == "winter", 2.0, 1.0))


def test_outcomes_weigh_seasons_by_their_length():
    values = pd.DataFrame({"vehicle_id": ["a", "b", "a"], "strategy": ["grid", "grid", "smart"],
                           "net_value_over_smart_sek": [1.0, 2.0, 0.0]})  # fmt: skip
    weeks = pd.DataFrame({"season": ["winter", "winter", "summer"], "weight_weeks": [1.0, 2.0, 9.0]})
    found = outcomes_of(values, capability("ab"), weeks, ("b", "a"))
    assert found.value_sek.tolist() == [2.0, 1.0]
    figures = fleet_figures(found, np.ones(2), lambda plugged, kw: kw)
    assert figures.firm_kw == pytest.approx(0.75 * 1.0 + 0.25 * 2.0)
    with pytest.raises(DataError, match="1 vehicles without values"):
        outcomes_of(values, capability("a"), weeks, ("a", "b"))


def sessions():
    starts = pd.date_range("2024-01-08 18:00", periods=14, freq="D", tz="Europe/Stockholm")
    late = pd.date_range("2024-01-13 09:00", periods=2, freq="7D", tz="Europe/Stockholm")
    table = pd.DataFrame({"user_id": ["daily"] * 14 + ["weekend"] * 2, "plug_in_utc": [*starts, *late]})
    table["plug_out_utc"] = table["plug_in_utc"] + pd.Timedelta(hours=12)
    for name in ("plug_in_utc", "plug_out_utc"):
        table[name] = table[name].dt.tz_convert("UTC")
    return table.assign(energy_ac_kwh=10.0, place="home")


USERS = pd.DataFrame({"vehicle_id": ["weekend", "daily"], "weight": 1.0, "observed_days": 14})


def test_habits_of_sessions_by_hand():
    found = session_habits(sessions(), USERS)
    assert found.index.tolist() == ["weekend", "daily"]
    daily = found.loc["daily"]
    assert daily[["plug_ins_per_week", "energy_kwh_per_day", "plugged_days_pu", "connected_h"]].tolist() == [
        7.0, 10.0, 1.0, 12.0,
    ]  # fmt: skip
    np.testing.assert_allclose(daily[["plug_in_cos", "plug_in_sin", "plug_in_dispersion_pu"]], [0, -1, 0], atol=1e-9)
    assert daily["weekend_ratio_pu"] == pytest.approx(1.0)
    # 20 kWh on four weekend days, nothing on weekdays, one kWh a day on each side.
    assert found.loc["weekend", "weekend_ratio_pu"] == pytest.approx(20 / 4 + 1)


def test_points_of_sessions_have_two_blocks_and_the_order_of_users():
    generator = np.random.default_rng(1)
    users = pd.DataFrame({"vehicle_id": [f"u{n}" for n in range(20)], "weight": 1.0, "observed_days": 56})
    plugged = generator.uniform(0, 1, (20, 168))
    habits = pd.DataFrame(generator.uniform(1, 2, (20, 12)), index=users["vehicle_id"],
                          columns=session_habits(sessions(), USERS).columns)  # fmt: skip
    points = session_points(plugged, habits, users)
    assert (points**2).mean(axis=0).sum() == pytest.approx(1.0)
    turned = session_points(plugged[::-1], habits, users.iloc[::-1].reset_index(drop=True))
    np.testing.assert_allclose(np.abs(turned[::-1]), np.abs(points), atol=1e-9)
    assert session_figures(plugged, habits).shape == (20, 4)


@pytest.mark.parametrize(("jaccard", "word"), [(0.75, "stable"), (0.6, "pattern"), (0.59, "unstable")])
def test_words_of_stability(jaccard, word):
    assert stability_class(jaccard) == word
