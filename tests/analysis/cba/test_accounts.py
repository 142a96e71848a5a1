"""Accounts that balance whatever the flows are, and the fall of reserve prices by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.cba.accounts import RESOURCES, TRANSFERS, Appraisal, Contrast, build_ledger
from analysis.cba.alternatives import Alternative
from analysis.cba.choice import Tastes
from analysis.cba.depth import Depth
from analysis.cba.paths import Path
from analysis.cba.reserve_cost import bought_reserve_sek, levels_pu, price_fall_sek
from analysis.cba.streams import STANDBY_STREAMS, STREAMS
from analysis.cba.sums import Yearly
from analysis.cba.world import World
from analysis.errors import DataError
from tests.analysis.cba.scheme_tables import market_facts, saturation

ALTERNATIVES = (Alternative("ac_11", "ac", 11.0, False, 0, 0.0), Alternative("dc_20", "dc", 20.0, True, 1, 15.0))
DRAWN = (
    "cap.export_setup", "cap.opex", "ret.fuse_fee", "ado.hassle", "ado.pass_through", "ado.logit_scale",
    "ado.b_contract", "res.accept_rate", "res.kappa_fcr", "res.act_fcrn_throughput", "res.act_fcrd_throughput",
    "deg.c_deg_lfp", "deg.embedded_co2", "veh.E_usable_bev", "cba.admin_per_grant", "cap.car_two_way",
    "reserve_ratio", "ageing_ratio", "standby_ratio",
)  # fmt: skip
YEARS = tuple(range(2026, 2030))


def any_path(random: np.random.Generator, fraction: float = 0.5) -> Path:
    """Two draws × four years × one area × two nodes × two alternatives; three dwellings, five quintiles."""

    def of(*shape: int, top: float = 1e4) -> np.ndarray:
        return random.uniform(0, top, (2, 4, *shape))

    singles = {name: of(1, 2, 2).astype(np.float32) for name in ("new_count", "enrolled_count")}
    singles |= {name: of(3, 5, 2).astype(np.float32) for name in ("new_by_cell", "supported_by_cell", "support_sek")}
    singles["new_by_area_cell"] = of(3, 5, 1).astype(np.float32)
    money = {name: of(1, 2) for name in ("recipient_count", "outlay_sek", "paid_sek")}
    plain = {name: of() for name in ("tax_relief_sek", "network_relief_sek", "oneway_outlay_sek", "smart_outlay_sek",
                                     "setup_sek", "waiting_count", "served_pu", "aware_pu", "due_count",
                                     "gap_pu")}  # fmt: skip
    return Path(
        years=YEARS, smart_new_count=of(1, 2).astype(np.float32), extra_price_sek=of(2, top=5e4), idle_count=of(1),
        lower=np.zeros((2, 4), dtype=np.int64), fraction=np.full((2, 4), fraction), **singles, **money, **plain,
    )  # fmt: skip


def random_ledger(seed: int, funds: float, vat: float, fee: float, reset: int):
    """Every amount is random, many negative."""
    random = np.random.default_rng(seed)
    streams = {name: random.normal(0, 1000, (2, 2, 1, 2, 2)) for name in (*STREAMS, *STANDBY_STREAMS)}
    one_way = {name: random.normal(0, 1000, (2, 1, 2)) for name in STREAMS}
    draws = {name: random.uniform(0.1, 2.0, 2) for name in DRAWN} | {"res.agg_fee": np.full(2, fee)}
    tastes = Tastes(np.ones((2, 5)), np.zeros((2, 2)), np.full(2, 0.1), 0.5, np.zeros((2, 2)), 3)
    world = World(
        None, None, None, draws, np.array([0, 1]), tastes, random.uniform(0, 0.2, (2, 4, 2)), ALTERNATIVES,
        np.zeros((2, 2)), np.zeros(2), vat,
    )  # fmt: skip
    contrast = Contrast(any_path(random), any_path(random, 0.2), world, Yearly(streams, one_way))
    appraisal = Appraisal(0.035, funds, vat, reset, 7.0)
    return build_ledger(contrast, appraisal, random.normal(0, 1e7, (2, 4)), random.uniform(0, 1e4, (2, 4)))


CASES = given(
    st.integers(0, 2**32 - 1), st.floats(1.0, 1.5), st.floats(0, 0.3), st.floats(0, 0.6), st.integers(1, 20)
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@CASES
def test_every_transfer_cancels_and_nothing_else_is_called_one(seed, funds, vat, fee, reset):
    """T9 over all rows: each transfer sums to zero, and what society gains is the sum of the resource rows."""
    found = random_ledger(seed, funds, vat, fee, reset)
    assert {flow for flow, _ in found.flows} == {*TRANSFERS, *RESOURCES}
    for flow in TRANSFERS:
        held = [amount for (kind, _), amount in found.flows.items() if kind == flow]
        assert len(held) > 1, flow
        assert (np.abs(sum(held)) <= 1e-6 * found.turnover()).all(), flow
    resources = sum(amount for (flow, _), amount in found.flows.items() if flow in RESOURCES)
    np.testing.assert_allclose(found.social(), resources, atol=1e-6 * found.turnover().max())


@settings(max_examples=60, deadline=None)
@CASES
def test_public_funds_cost_the_mark_up_on_the_net_budget_cost(seed, funds, vat, fee, reset):
    """METHODS 6: social value before, then − (MCPF − 1) · net budget cost; accounts add up to what comes before."""
    found = random_ledger(seed, funds, vat, fee, reset)
    slack = 1e-9 * found.turnover().max()
    before = found.social_before_public_funds()
    np.testing.assert_allclose(found.social(), before - (funds - 1.0) * found.net_budget_cost(), atol=slack)
    accounts = {account for _, account in found.flows}
    np.testing.assert_allclose(sum(found.by_account(each) for each in accounts), before, atol=slack)


def test_the_volume_bought_costs_price_times_megawatt_times_hours():
    """226 MW at 400 SEK and 547 + 528 MW at 100 SEK, each of 8 760 hours: 791.9 and 941.7 MSEK a year."""
    np.testing.assert_allclose(bought_reserve_sek(saturation(), market_facts()) / 1e6, [791.904, 941.7])


def test_a_missing_price_or_volume_is_named():
    with pytest.raises(DataError, match="fcr_d_price"):
        bought_reserve_sek(saturation().query("measure != 'fcr_d_price'"), market_facts())
    facts = market_facts()
    with pytest.raises(DataError, match="FCR-N requirement"):
        bought_reserve_sek(saturation(), facts[facts["metric"] != "FCR-N volume requirement"])


def test_prices_fall_group_by_group():
    """10 000 cars more of 20 000: FCR-N falls from 1 to 0.8 and FCR-D from 1 to 0.95 of 10 and 20 MSEK: 3 MSEK."""
    depth = Depth(np.array([0.0, 20e3]), np.array([[1.0, 1.0], [0.6, 0.9]]), np.array([1.0, 0.75]))
    random = np.random.default_rng(1)
    none, half = (any_path(random, fraction) for fraction in (0.0, 0.5))
    np.testing.assert_allclose(levels_pu(depth, half), np.broadcast_to([0.8, 0.95], (2, 4, 2)))
    np.testing.assert_allclose(price_fall_sek(depth, none, half, np.array([10e6, 20e6])), 3e6)
    np.testing.assert_allclose(price_fall_sek(depth, half, half, np.array([10e6, 20e6])), 0.0)
