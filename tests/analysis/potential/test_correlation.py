"""The estimator finds the correlation that was put in, whatever enters, leaves, grows or differs between users."""

import numpy as np
import pandas as pd
import pytest

from analysis.mobility.session_days import PluggedDays
from analysis.potential.correlation import correlation, pair_moments

HOURS = 24


def simulated(rho, seed=1, weeks=78, users=90, spread=0.0, season_pu=0.0):
    """Users who enter at any time and stay for 12 weeks or more; each day and hour has a common beta-drawn chance.

    With ``spread`` users differ in their own chance; the shock then is up or down by as many own deviations.
    """
    rng = np.random.default_rng(seed)
    days = pd.date_range("2024-01-01", periods=7 * weeks, freq="D")
    start = np.sort(rng.integers(0, weeks - 12, users))[::-1]
    stop = np.minimum(start + rng.integers(12, weeks, users), weeks)
    start[-6:], stop[-6:] = 0, weeks
    week = np.arange(len(days))[:, None] // 7
    observed = (week >= start) & (week < stop)
    clock = np.arange(HOURS)[None, :] + 24 * np.asarray(days.day_of_week)[:, None]
    mean = (
        0.35
        + 0.2 * np.sin(2 * np.pi * clock / 168)
        + season_pu * np.cos(2 * np.pi * np.arange(len(days)) / 365)[:, None]
    )
    own = np.clip(mean[:, :, None] + spread * rng.uniform(-1, 1, users), 0.06, 0.94)
    if spread:
        # chances of all move by the same number of own deviations: any two users correlate by rho
        move = rng.choice([-1.0, 1.0], mean.shape)[:, :, None] * np.sqrt(rho * own * (1 - own))
        plugged = rng.random(own.shape) < own + move
    else:
        chance = own if rho == 0 else rng.beta(mean * (1 - rho) / rho, (1 - mean) * (1 - rho) / rho)[:, :, None]
        plugged = rng.random(own.shape) < chance
    names = np.array([f"u{number:03d}" for number in range(users)])
    return PluggedDays(
        days, names, np.where(np.arange(users) % 3 == 0, "a", "b"), plugged & observed[:, None, :], observed
    )


def estimated(found, rng_seed=2, groups=None, **more):
    return correlation(pair_moments(found, groups=groups), np.random.default_rng(rng_seed), **more)


@pytest.mark.parametrize("rho", [0.0, 0.02, 0.05, 0.1])
def test_a_known_correlation_is_found_and_lies_in_its_interval(rho):
    found = estimated(simulated(rho))
    assert found.correlation_pu == pytest.approx(rho, abs=0.0005 + 0.05 * rho)
    assert found.low_pu - 0.0005 <= rho <= found.high_pu + 0.0005
    assert found.low_pu < found.correlation_pu < found.high_pu
    assert found.day_count == 7 * 78


@pytest.mark.parametrize("rho", [0.0, 0.05])
def test_each_day_may_weigh_the_same(rho):
    assert estimated(simulated(rho), is_by_day=True).correlation_pu == pytest.approx(rho, abs=0.004 + 0.05 * rho)


def test_few_users_and_few_days_do_not_bias_the_estimate():
    """Means found on the same days take a tenth and more of the shocks with them; the mean over samples shows none."""
    values = [estimated(simulated(0.05, seed, weeks=14, users=8)).correlation_pu for seed in range(40)]
    assert np.mean(values) == pytest.approx(0.05, abs=3 * np.std(values) / np.sqrt(len(values)))
    assert np.std(values) / np.sqrt(len(values)) < 0.002


def test_the_intervals_hold_the_truth_about_as_often_as_they_say():
    runs = [estimated(simulated(0.02, seed, weeks=60, users=12)) for seed in range(40)]
    held = np.mean([run.low_pu <= 0.02 <= run.high_pu for run in runs])
    assert 0.7 <= held <= 1.0  # nominal 0.90; fifteen blocks are few


def test_users_who_differ_are_not_taken_for_correlation():
    """Own means differ by 0.3 either way and the sample grows: still none, while the raw daily share shows some."""
    found = simulated(0.0, spread=0.3)
    assert estimated(found).correlation_pu == pytest.approx(0.0, abs=0.0005)
    shares = found.plugged[:, 20].sum(axis=1) / found.observed.sum(axis=1)
    users = found.observed.sum(axis=1)
    excess = np.var(shares) - np.mean(shares.mean() * (1 - shares.mean()) / users)
    assert excess / (shares.mean() * (1 - shares.mean())) > 0.003


def test_users_who_differ_correlate_by_their_own_variance():
    found = estimated(simulated(0.05, spread=0.2))
    assert found.own_correlation_pu == pytest.approx(0.05, rel=0.12)
    assert found.correlation_pu < found.own_correlation_pu


def test_a_season_counts_unless_it_is_taken_out():
    found = simulated(0.0, season_pu=0.1, weeks=104)
    season = (np.asarray(found.days.month) % 12) // 3
    assert estimated(found).correlation_pu > 0.015
    assert estimated(found, groups=np.asarray(found.days.month)).correlation_pu == pytest.approx(0.0, abs=0.001)
    assert 0.001 < estimated(found, groups=season).correlation_pu < 0.006


def test_taking_groups_out_leaves_the_rest_of_the_correlation():
    found = simulated(0.05)
    month = np.asarray(found.days.month)
    assert estimated(found, groups=month).correlation_pu == pytest.approx(0.05, rel=0.08)


def test_pairs_may_be_chosen():
    """A fault of one site is common to its users and to nobody else."""
    found = simulated(0.0, users=40)
    down = np.random.default_rng(5).random(len(found.days)) < 0.1
    found.plugged[np.ix_(down, np.arange(HOURS), found.sites == "a")] = False
    apart, within = (
        correlation(pair_moments(found, pairs), np.random.default_rng(1)) for pairs in ("across_sites", "within_sites")
    )
    assert apart.correlation_pu == pytest.approx(0.0, abs=0.002)
    assert within.correlation_pu > 0.005


def test_hours_and_days_may_be_chosen_and_few_blocks_give_no_interval():
    found = simulated(0.05)
    moments = pair_moments(found)
    weekend = found.day_of_week[moments.day_index] >= 5
    one = correlation(moments, np.random.default_rng(1), rows=weekend, hours=slice(18, 19))
    assert one.day_count == 2 * 78
    assert one.correlation_pu == pytest.approx(0.05, abs=0.02)
    first = correlation(moments, np.random.default_rng(1), rows=moments.day_index < 60)
    assert np.isnan(first.low_pu) and np.isnan(first.high_pu)
