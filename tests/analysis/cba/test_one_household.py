"""One household that buys a 20 kW DC charger, worked by hand from its choice to every account.

The household pays 66 000 SEK for the two-way charger where the ordinary one costs 19 000: 47 000 SEK more. Export is
set up once for 2 500, upkeep is 300 a year, and 15 A more of main fuse at 180 SEK per A cost 2 700 a year. Support is
20 000 SEK, of which 85 % reach the buyer. Against optimised one-way charging it meets, each year (SEK incl. what it
pays, 25 % VAT apart):

    bought at spot +200, margin +50, energy tax +300, grid fee +200, VAT on these 0.25 · 750 = 187.50
    sold at spot −900, supplier's deduction on it +30, network benefit 60, ageing 150, reserves 4 000 after the fee

so net cost changes by 200 + 50 + 300 + 200 + 187.5 − 900 + 30 − 60 + 150 − 4 000 = −3 842.50: it gains 3 842.50.
"""

from dataclasses import replace

import numpy as np
import pytest

from analysis.cba.accounts import RESOURCES, TRANSFERS, Appraisal, Contrast, build_ledger, settled_by_reset
from analysis.cba.alternatives import Alternative, Terms
from analysis.cba.choice import Earnings, Tastes, choose
from analysis.cba.paths import Path
from analysis.cba.streams import STANDBY_STREAMS, STREAMS
from analysis.cba.sums import Yearly, held
from analysis.cba.world import World

ALTERNATIVE = Alternative("dc_20", "dc", 20.0, True, 0, 15.0)
YEARS = tuple(range(2026, 2041))
DRAWS = {
    name: np.array([value])
    for name, value in {
        "cap.export_setup": 2500.0, "cap.opex": 300.0, "cap.life": 10.0, "ret.fuse_fee": 180.0, "ado.hassle": 2000.0,
        "ado.pass_through": 0.85, "ado.logit_scale": 0.25, "ado.b_contract": -0.5, "ado.asc_dc": 0.0,
        "ado.implicit_discount": 0.15, "res.agg_fee": 0.2, "res.accept_rate": 0.6, "res.kappa_fcr": 0.75,
        "res.act_fcrn_throughput": 0.2, "res.act_fcrd_throughput": 0.01, "deg.c_deg_lfp": 0.05,
        "cba.admin_per_grant": 600.0, "cap.car_two_way": 3000.0, "deg.embedded_co2": 70.0, "veh.E_usable_bev": 62.0,
        "reserve_ratio": 1.0, "ageing_ratio": 1.0, "standby_ratio": 1.0, "elasticity_ratio": 1.0,
    }.items()
}  # fmt: skip
YEARLY_SEK = {
    "net_spot_import_sek": 200.0, "retail_margin_sek": 50.0, "energy_tax_sek": 300.0, "grid_fee_sek": 200.0,
    "net_vat_sek": 187.5, "net_spot_export_sek": -900.0, "net_export_margin_sek": 30.0, "network_benefit_sek": 60.0,
    "degradation_cost_sek": 150.0, "reserve_net_revenue_sek": 4000.0, "net_cost_sek": -3842.5,
    "import_kwh": 1000.0, "export_kwh": 800.0, "fcr_n_mean_kw": 1.0, "fcr_d_up_mean_kw": 3.0, "fcr_d_down_mean_kw": 3.0,
}  # fmt: skip
SHIPPED = Appraisal(0.035, 1.3, 0.25, 4, 7.0)
TASTES = Tastes(np.full((1, 5), 0.25), np.array([[-0.5]]), np.array([0.15]), 0.0, np.zeros((1, 1)), 10)
WORLD = World(
    None, None, None, DRAWS, np.array([0]), TASTES, np.zeros((1, 15, 1)), (ALTERNATIVE,), np.array([[66_000.0]]),
    np.array([19_000.0]), 0.25,
)  # fmt: skip


def by_year(first: float, eleventh: float) -> np.ndarray:
    """Something of the years in which the household buys: draw × year."""
    amounts = np.zeros((1, 15))
    amounts[0, 0], amounts[0, 10] = first, eleventh
    return amounts


def path(units: float) -> Path:
    """The household buys in the first year, with support, and again when the charger's life of ten years ends."""
    new = by_year(units, units)[:, :, None, None, None].astype(np.float32)
    zero = np.zeros((1, 15))
    supported = by_year(units, 0.0)[:, :, None, None, None].astype(np.float32)
    return Path(
        years=YEARS, new_count=new, enrolled_count=np.full((1, 15, 1, 1, 1), units, dtype=np.float32),
        smart_new_count=zero[:, :, None, None].astype(np.float32), new_by_cell=new, new_by_area_cell=new[..., 0],
        supported_by_cell=supported,
        support_sek=by_year(20_000.0, 0.0)[:, :, None, None, None].astype(np.float32),
        recipient_count=by_year(units, 0.0)[:, :, None, None],
        outlay_sek=by_year(20_000.0 * units, 0.0)[:, :, None, None],
        paid_sek=zero[:, :, None, None], tax_relief_sek=zero, network_relief_sek=zero, oneway_outlay_sek=zero,
        smart_outlay_sek=zero, extra_price_sek=np.full((1, 15, 1), 47_000.0), setup_sek=by_year(2500.0, 0.0),
        idle_count=zero[:, :, None], waiting_count=zero, served_pu=zero + 1, lower=np.zeros((1, 15), dtype=np.int64),
        fraction=zero, aware_pu=zero + 1, due_count=zero, gap_pu=zero,
    )  # fmt: skip


def cube(value: float) -> np.ndarray:
    """Price year × market point × area × node × option."""
    return np.full((1, 2, 1, 1, 1), value)


def ledger(appraisal: Appraisal = SHIPPED, **changed: float):
    streams = {name: cube({**YEARLY_SEK, **changed}.get(name, 0.0)) for name in (*STREAMS, *STANDBY_STREAMS)}
    contrast = Contrast(path(1.0), path(0.0), WORLD, Yearly(streams, {}))
    return build_ledger(contrast, appraisal, np.full((1, 15), 1000.0), np.zeros((1, 15)))


def chosen(tastes: Tastes = TASTES, value_sek: float = 3842.5, **terms: float):
    """Shares of one household that decides: it lives in one of three dwellings and five quintiles alike."""
    people = np.full((1, 1, 3, 5), 1.0 / 15.0)
    given = {"price": 47_000.0, "support": 20_000.0} | terms
    offer = Terms(
        np.full((1, 1), given["price"]), np.array([4500.0]), np.array([[3000.0]]), np.array([0.85]),
        np.full((1, 3, 5, 1), given["support"]), np.zeros((1, 3, 5)), np.zeros((1, 3, 5)),
    )  # fmt: skip
    earned = Earnings(np.full((1, 1, 1, 1), value_sek), np.zeros((1, 1, 1, 1)), 0, np.zeros((1, 1, 1)))
    return choose(people, earned, np.ones((1, 1)), tastes, offer)


def test_what_the_choice_is_worth_to_the_household():
    """At 15 % over 10 years 1 SEK a year is worth 5.0188.

    −47 000 − 2 500 − 2 000 effort + 0.85 · 20 000 + 5.0188 · (3 842.50 − 300 − 2 700) − 2 000 for the contract
    (−0.5 utility at 0.25 per kSEK) = −32 271.7 SEK. Two ways of charging one way are worth 0 each here, so that of all
    households e^u / (e^u + 2) choose it, u = 0.25 · (−32.2717).
    """
    found = chosen()
    share = float(found.two_way.sum())
    utility = np.exp(0.25 * -32.2717)
    assert share == pytest.approx(utility / (utility + 2.0), rel=1e-4)
    assert 1000.0 / 0.25 * np.log(2.0 * share / (1.0 - share)) == pytest.approx(-32_271.7, abs=5.0)
    assert found.by_cell.sum() == pytest.approx(share, rel=1e-5)
    assert found.smart_by_cell.sum() == pytest.approx((1.0 - share) / 2.0, rel=1e-5)


def test_poor_and_rich_respond_to_money_as_their_scale_says():
    """Twice the scale, twice the utility of money: the contract's aversion stays, −0.5."""
    tastes = replace(TASTES, scale_per_ksek=np.array([[0.5, 0.25, 0.25, 0.25, 0.25]]))
    found = chosen(tastes, support=40_000.0, price=30_000.0).by_cell[0, 0, :, 0, 0] * 15
    money = -30_000 - 4500 + 0.85 * 40_000 + 5.0188 * (3842.5 - 3000)
    for share, scale in ((found[0], 0.5), (found[1], 0.25)):
        utility = np.exp(scale * money / 1000 - 0.5)
        assert share == pytest.approx(utility / (utility + 2), rel=1e-4)


# Society: 1 SEK a year over 15 years at 3.5 % is worth 11.5174, over years 5 to 15 (after the tariff reset) 7.8443. The
# charger is bought again in year 10 with half of it left at the end: 1 + 1.035^-10 − 0.5 · 1.035^-15 = 1.4105; export
# is set up once.
EXPECTED_SEK = {
    # 47 000 · 1.4105 + 2 500 + 300 · 11.5174 = 72 247.5, of which a fifth is VAT
    ("charger_purchase", "user"): -72_247.5,
    ("charger_purchase", "suppliers"): 57_798.0,
    ("charger_purchase", "state"): 14_449.5,
    ("charger_resource", "suppliers"): -57_798.0,
    # nobody bought without support, so all 20 000 go to an additional household; 15 % stay with the supplier
    ("support_additional", "user"): 17_000.0,
    ("support_additional", "suppliers"): 3_000.0,
    ("support_additional", "state"): -20_000.0,
    **{(f"support_{kind}", account): 0.0 for kind in ("free_riders", "for_use", "one_way")
       for account in ("user", "suppliers", "state")},
    # 700 SEK a year more is sold than bought, · 11.5174; it replaces energy that costs as much to produce
    ("energy_at_spot", "user"): 8_062.2,
    ("energy_at_spot", "displaced"): -8_062.2,
    ("energy_resource", "displaced"): 8_062.2,
    ("vat_on_energy", "user"): -2_159.5,
    ("vat_on_energy", "state"): 2_159.5,
    ("energy_tax", "user"): -3_455.2,
    ("energy_tax", "state"): 3_455.2,
    ("retail_and_export_margin", "user"): -921.4,  # 50 + 30 a year
    ("retail_and_export_margin", "aggregator"): 921.4,
    ("tax_refund", "user"): 0.0,
    ("tax_refund", "state"): 0.0,
    ("grid_fee_and_network_benefit", "user"): -1_612.4,  # 200 − 60 a year
    ("grid_fee_and_network_benefit", "grid_company"): 1_612.4,
    # 2 700 a year incl. VAT, 2 160 without
    ("fuse_fee", "user"): -31_097.0,
    ("fuse_fee", "grid_company"): 24_877.6,
    ("fuse_fee", "state"): 6_219.4,
    # from year 5 the grid company's gain of 140 + 2 160 a year lowers the tariff of all: 2 300 · 7.8443
    ("grid_tariff_reset", "grid_company"): -18_042.0,
    ("grid_tariff_reset", "other_customers"): 18_042.0,
    # 4 000 a year are 80 % of 5 000, which other sellers no longer get
    ("reserve_payment", "user"): 46_069.6,
    ("reserve_payment", "aggregator"): 11_517.4,
    ("reserve_payment", "displaced"): -57_587.1,
    # the whole volume bought becomes 1 000 a year cheaper
    ("reserve_price_fall", "displaced"): -11_517.4,
    ("reserve_price_fall", "other_customers"): 11_517.4,
    # sold 0.6 · 0.75 · 8 760 h · (0.2 · 1 + 0.01 · 6) kW = 1 024.9 kWh moved, half of it out: 512.5 kWh · 0.05 SEK
    ("displaced_reserve_cost", "displaced"): 295.1,
    ("battery_ageing", "user"): -1_727.6,
    ("charging_on_the_road", "user"): 0.0,
    # 2 000 effort, and 0.5 / 0.25 per kSEK, in the first year and in the eleventh: 4 000 · (1 + 1.035^-10)
    ("effort_and_contract", "user"): -6_835.7,
    ("administration", "state"): -600.0,
    ("car_resource", "user"): 0.0,
    ("embedded_co2", "external"): 0.0,
    # the state gains 14 449.5 − 20 000 + 2 159.5 + 3 455.2 + 6 219.4 − 600 = 5 683.6: 30 % of it is worth 1 705.1
    ("public_funds", "state"): 1_705.1,
}  # fmt: skip


def test_every_flow_of_the_household_by_hand():
    found = ledger()
    assert set(found.flows) == set(EXPECTED_SEK)
    for key, expected in EXPECTED_SEK.items():
        assert found.flows[key].item() == pytest.approx(expected, abs=0.2), key


def test_what_each_account_and_society_gain_by_hand():
    """Society gains what is left when transfers cancel: energy, another seller's wear, less charger, ageing, effort.

    8 062.2 + 295.1 − 57 798.0 − 1 727.6 − 6 835.7 − 600 = −58 604.0; the state's net gain adds 0.3 · 5 683.6.
    """
    found = ledger()
    expected = {"user": -48_924.5, "suppliers": 3_000.0, "aggregator": 12_438.8, "grid_company": 8_448.0,
                "displaced": -68_809.4, "other_customers": 29_559.4, "state": 5_683.6, "external": 0.0}  # fmt: skip
    for account, gain in expected.items():
        assert found.by_account(account).item() == pytest.approx(gain, abs=0.5), account
    assert found.social_before_public_funds().item() == pytest.approx(-58_604.0, abs=0.5)
    assert sum(expected.values()) == pytest.approx(-58_604.0, abs=1.0)
    assert found.net_budget_cost().item() == pytest.approx(-5_683.6, abs=0.2)
    assert found.social().item() == pytest.approx(-58_604.0 + 0.3 * 5_683.6, abs=0.5)
    assert found.net_import_kwh.item() == pytest.approx(200 * 11.5174, abs=0.1)


def test_at_rate_zero_present_values_are_sums():
    """15 years of 300 SEK energy tax; the charger twice less half of it, 2 500 once and 15 times 300: 77 500."""
    found = ledger(replace(SHIPPED, rate_pu=0.0))
    assert found.flows["energy_tax", "state"].item() == pytest.approx(15 * 300)
    assert found.flows["charger_purchase", "user"].item() == pytest.approx(-(1.5 * 47_000 + 2500 + 15 * 300))
    assert found.flows["reserve_price_fall", "other_customers"].item() == pytest.approx(15_000)


def test_each_flow_is_a_transfer_or_a_resource():
    flows = {flow for flow, _ in ledger().flows}
    assert flows == {*TRANSFERS, *RESOURCES}
    assert not set(TRANSFERS) & set(RESOURCES)


def test_lost_capacity_carries_the_co2_of_making_it():
    """0.002 of 62 kWh a year, 70 kg per kWh at 7 SEK/kg: 60.76 SEK a year · 11.5174."""
    found = ledger(capacity_loss_pu=0.002)
    assert found.flows["embedded_co2", "external"].item() == pytest.approx(-0.002 * 62 * 70 * 7 * 11.5174, rel=1e-4)


def test_a_peak_that_is_saved_is_the_grid_companys_loss_until_the_reset():
    """100 SEK a year less of capacity charge, 25 of VAT on it; what falls after the reset is other customers'."""
    before, after = ledger(), ledger(net_capacity_tariff_sek=-100.0, net_vat_sek=187.5 - 25.0)
    moved = {
        "user": 125 * 11.5174, "grid_company": -100 * (11.5174 - 7.8443), "other_customers": -100 * 7.8443,
        "state": -25 * 11.5174,
    }  # fmt: skip
    for account, amount in moved.items():
        gain = after.by_account(account) - before.by_account(account)
        assert gain.item() == pytest.approx(amount, abs=0.5), account


def test_a_reset_hands_over_what_was_known_the_year_before():
    np.testing.assert_allclose(settled_by_reset(np.array([[1.0, 2, 3, 4, 5]]), 2), [[0, 0, 2, 2, 4]])
    np.testing.assert_allclose(settled_by_reset(np.array([[1.0, 2, 3]]), 5), [[0, 0, 0]])


def test_units_are_held_for_their_life():
    np.testing.assert_allclose(held(np.array([[1.0, 2, 0, 0, 5]]), 2), [[1, 3, 2, 0, 5]])
