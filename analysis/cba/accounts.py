"""Turns two paths, with and without support, into flows between eight accounts, as present values per draw.

Each flow is one row of METHODS 6, and is what the path with support has more than the path without. A transfer moves
money between accounts and sums to zero; what remains is resource use. Absent, because nothing here measures them:
avoided network cost and backup (both are rows of their own elsewhere in the report).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.cba.alternatives import fuse_fee_sek
from analysis.cba.paths import Path, served_pu
from analysis.cba.sums import PathSums, Yearly
from analysis.cba.world import World
from analysis.units import HOURS_PER_YEAR, KW_PER_MW

Cube = NDArray[np.float64]
Draws = dict[str, Cube]
Flows = dict[tuple[str, str], Cube]

TRANSFERS = (
    "charger_purchase", "support_additional", "support_free_riders", "support_for_use", "support_one_way",
    "energy_at_spot", "vat_on_energy", "retail_and_export_margin", "energy_tax", "tax_refund",
    "grid_fee_and_network_benefit", "fuse_fee", "grid_tariff_reset", "reserve_payment", "reserve_price_fall",
)  # fmt: skip
RESOURCES = (
    "charger_resource", "car_resource", "energy_resource", "displaced_reserve_cost", "battery_ageing",
    "charging_on_the_road", "effort_and_contract", "administration", "embedded_co2", "public_funds",
)  # fmt: skip
SEK_PER_KSEK = 1000.0


@dataclass(frozen=True)
class Appraisal:
    """What society discounts with: rate, cost of public funds, VAT, years between tariff resets, CO2 value.

    The horizon is the number of years of a path; a charger bought in year t is paid at the beginning of t, and what a
    year brings comes at its end.
    """

    rate_pu: float
    public_funds_pu: float
    vat_pu: float
    tariff_reset_years: int
    co2_sek_per_kg: float

    def once_sek(self, yearly: Cube) -> Cube:
        """Present value of payments at the beginning of each year: draw × year to draw."""
        return np.asarray(yearly @ (1.0 + self.rate_pu) ** -np.arange(yearly.shape[1], dtype=float))

    def yearly_sek(self, yearly: Cube) -> Cube:
        """Present value of flows at the end of each year: draw × year to draw."""
        return np.asarray(yearly @ (1.0 + self.rate_pu) ** -(np.arange(yearly.shape[1], dtype=float) + 1.0))


@dataclass(frozen=True)
class Ledger:
    """Flows by account, each an array over draws, SEK present value; + is a gain of that account.

    ``net_import_kwh`` is the change of net import, discounted like the money; positive = more is drawn from the grid.
    """

    flows: Flows
    net_import_kwh: Cube

    def by_account(self, account: str) -> Cube:
        """Net gain of one account over all flows but the cost of public funds."""
        return np.asarray(
            sum(amount for (flow, held_by), amount in self.flows.items()
                if held_by == account and flow != "public_funds")
        )  # fmt: skip

    def social(self) -> Cube:
        """Social net present value: all flows and accounts, less (MCPF − 1) times the net budget cost (METHODS 6)."""
        return np.asarray(sum(self.flows.values()))

    def social_before_public_funds(self) -> Cube:
        """Sum over all flows and accounts but the cost of public funds."""
        return np.asarray(sum(amount for (flow, _), amount in self.flows.items() if flow != "public_funds"))

    def net_budget_cost(self) -> Cube:
        """What the state pays net of the taxes that the same flows bring it; positive = a cost."""
        return -self.by_account("state")

    def turnover(self) -> Cube:
        """Sum of absolute amounts: what a sum to zero is held against."""
        return np.asarray(sum(np.abs(amount) for amount in self.flows.values()))


class Contrast:
    """Two paths and what their cars sum to; every flow is a difference of the two."""

    def __init__(self, with_support: Path, without: Path, world: World, yearly: Yearly) -> None:
        self.with_support = with_support
        self.without = without
        self.world = world
        self.draws = world.draws
        self.sums = PathSums(with_support, world, yearly)
        self.base = self.sums if with_support is without else PathSums(without, world, yearly)
        # ASSUME: households that support for two-way chargers draws away from plain charging are held to have charged
        # one way and optimised: V2X is credited with nothing that optimised charging alone would bring (METHODS 0).
        # Where optimised one-way charging is itself supported, what it saves over plain charging counts.
        self.counts_one_way = bool(with_support.smart_outlay_sek.any())

    def stream(self, name: str) -> Cube:
        """Change of one stream of all cars, draw × year × area."""
        change = self.sums.two_way(name) - self.base.two_way(name)
        if self.counts_one_way and name in self.sums.yearly.one_way:
            change = change + self.sums.one_way(name) - self.base.one_way(name)
        return np.asarray(change)

    def total(self, name: str) -> Cube:
        """Change of one stream, draw × year."""
        return np.asarray(self.stream(name).sum(axis=2))


def build_ledger(contrast: Contrast, appraisal: Appraisal, price_fall_sek: Cube, extra_cars: Cube) -> Ledger:
    """Fill every flow and the cost of public funds.

    Parameters
    ----------
    contrast
        The path with support and the one without.
    price_fall_sek
        By how much the yearly cost of all reserves bought falls, draw × year.
    extra_cars
        Cars that a duty made two-way capable each year, draw × year.

    References
    ----------
    METHODS 6. Check T9: every transfer row sums to zero over the accounts.
    """
    flows: Flows = {}
    _add_charger(flows, contrast, appraisal)
    _add_support(flows, contrast, appraisal)
    _add_energy(flows, contrast, appraisal)
    _add_grid(flows, contrast, appraisal, _add_fuse(flows, contrast, appraisal))
    _add_reserve(flows, contrast, appraisal, price_fall_sek)
    _add_private(flows, contrast, appraisal, extra_cars)
    budget = np.asarray(sum(amount for (_, account), amount in flows.items() if account == "state"))
    flows["public_funds", "state"] = (appraisal.public_funds_pu - 1.0) * budget
    net_import = contrast.total("import_kwh") - contrast.total("export_kwh")
    return Ledger(flows, appraisal.yearly_sek(net_import))


def charger_cost_sek(path: Path, world: World, sums: PathSums, appraisal: Appraisal) -> Cube:
    """What all two-way chargers cost beyond ordinary ones, incl. VAT, present value per draw.

    What is left at the end of the path is deducted, straight line over the charger's life.

    Examples
    --------
    One unit of 1 000 SEK in the first of 15 years and, after 10, another: 1 000 + 1 000·1.035^−10 − 500·1.035^−15.
    """
    count = path.new_count.sum(axis=(2, 3), dtype=np.float64)
    bought = (count * path.extra_price_sek).sum(axis=2) + count.sum(axis=2) * path.setup_sek
    bought = bought + path.idle_count.sum(axis=2) * path.extra_price_sek.min(axis=2)
    # ASSUME: upkeep is bought with VAT like the charger and runs for the life of every unit.
    upkeep = sums.held_count.sum(axis=2) * world.draws["cap.opex"][:, None]
    years, life = len(path.years), world.tastes.life_years
    left = np.zeros(world.draw_count)
    for place in range(max(years - life + 1, 0), years):
        age = years - place
        works = count[:, place] * served_pu(world, place, age)
        left += (works * path.extra_price_sek[:, place]).sum(axis=1) * (life - age) / life
    worth = left * (1.0 + appraisal.rate_pu) ** -years
    return np.asarray(appraisal.once_sek(bought) + appraisal.yearly_sek(upkeep) - worth)


def _add_charger(flows: Flows, contrast: Contrast, appraisal: Appraisal) -> None:
    world = contrast.world
    paid = charger_cost_sek(contrast.with_support, world, contrast.sums, appraisal)
    paid = paid - charger_cost_sek(contrast.without, world, contrast.base, appraisal)
    net = paid / (1.0 + appraisal.vat_pu)
    flows["charger_purchase", "user"] = -paid
    flows["charger_purchase", "suppliers"] = net
    flows["charger_purchase", "state"] = paid - net
    flows["charger_resource", "suppliers"] = -net


def free_rider_outlay_sek(with_support: Path, without: Path) -> Cube:
    """Support on purchase to those who would have bought the same that year without it: draw × year."""
    anyway = np.minimum(with_support.supported_by_cell, without.new_by_cell)
    return np.asarray((anyway * with_support.support_sek).sum(axis=(2, 3, 4), dtype=np.float64))


def _add_support(flows: Flows, contrast: Contrast, appraisal: Appraisal) -> None:
    path = contrast.with_support
    free = free_rider_outlay_sek(path, contrast.without)
    amounts = {
        "support_additional": appraisal.once_sek(path.outlay_sek.sum(axis=(2, 3)) - free),
        "support_free_riders": appraisal.once_sek(free),
        "support_for_use": appraisal.yearly_sek(path.paid_sek.sum(axis=(2, 3))),
        "support_one_way": appraisal.once_sek(path.smart_outlay_sek),
    }
    through = contrast.draws["ado.pass_through"]
    for name, total in amounts.items():
        reaching = total if name == "support_for_use" else through * total
        flows[name, "user"], flows[name, "suppliers"], flows[name, "state"] = reaching, total - reaching, -total


def _add_energy(flows: Flows, contrast: Contrast, appraisal: Appraisal) -> None:
    def worth(name: str) -> Cube:
        return appraisal.yearly_sek(contrast.total(name))

    spot = worth("net_spot_import_sek") + worth("net_spot_export_sek")
    flows["energy_at_spot", "user"], flows["energy_at_spot", "displaced"] = -spot, spot
    # ASSUME: the spot price is the avoidable cost of the energy produced or saved (METHODS 6: cost λΔg).
    flows["energy_resource", "displaced"] = -spot
    for flow, stream in {"vat_on_energy": "net_vat_sek", "energy_tax": "energy_tax_sek"}.items():
        amount = worth(stream)
        flows[flow, "user"], flows[flow, "state"] = -amount, amount
    margin = worth("retail_margin_sek") + worth("net_export_margin_sek")
    flows["retail_and_export_margin", "user"], flows["retail_and_export_margin", "aggregator"] = -margin, margin
    refund = worth("tax_refund_sek") + appraisal.yearly_sek(contrast.with_support.tax_relief_sek)
    flows["tax_refund", "user"], flows["tax_refund", "state"] = refund, -refund


def _add_fuse(flows: Flows, contrast: Contrast, appraisal: Appraisal) -> Cube:
    """Fee of the larger main fuse; gives back its yearly amount, excl. VAT: draw × year."""
    # ASSUME: the larger fuse is kept for the life of the charger, also where it no longer works with the car, and costs
    # the grid company nothing: a transfer as long as the local grid is not constrained (METHODS 6).
    fee = fuse_fee_sek(contrast.world.alternatives, contrast.draws)[:, None, :]
    yearly = ((contrast.sums.held_count - contrast.base.held_count) * fee).sum(axis=2)
    paid = appraisal.yearly_sek(yearly)
    net = paid / (1.0 + appraisal.vat_pu)
    flows["fuse_fee", "user"], flows["fuse_fee", "grid_company"], flows["fuse_fee", "state"] = -paid, net, paid - net
    return np.asarray(yearly / (1.0 + appraisal.vat_pu))


def settled_by_reset(yearly: Cube, reset_years: int) -> Cube:
    """What of a change in grid revenue other customers carry: that of the last year before the latest tariff reset.

    Examples
    --------
    With a reset every 2 years, 1, 2, 3, 4, 5 become 0, 0, 2, 2, 4.
    """
    places = np.arange(yearly.shape[1])
    last = places // reset_years * reset_years - 1
    return np.asarray(np.where(last >= 0, yearly[:, np.maximum(last, 0)], 0.0))


def _add_grid(flows: Flows, contrast: Contrast, appraisal: Appraisal, fuse: Cube) -> None:
    """Energy fee and capacity charge less the network benefit; a tariff reset hands the change to other customers."""
    net = contrast.total("grid_fee_sek") + contrast.total("net_capacity_tariff_sek")
    net = net - contrast.total("network_benefit_sek") - contrast.with_support.network_relief_sek
    paid, late = (
        appraisal.yearly_sek(net),
        appraisal.yearly_sek(settled_by_reset(net + fuse, appraisal.tariff_reset_years)),
    )
    flows["grid_fee_and_network_benefit", "user"] = -paid
    flows["grid_fee_and_network_benefit", "grid_company"] = paid
    flows["grid_tariff_reset", "grid_company"], flows["grid_tariff_reset", "other_customers"] = -late, late


def _add_reserve(flows: Flows, contrast: Contrast, appraisal: Appraisal, price_fall_sek: Cube) -> None:
    draws = contrast.draws
    earned = draws["reserve_ratio"] * appraisal.yearly_sek(contrast.total("reserve_net_revenue_sek"))
    whole = earned / (1.0 - draws["res.agg_fee"])
    flows["reserve_payment", "user"] = earned
    flows["reserve_payment", "aggregator"] = whole - earned
    flows["reserve_payment", "displaced"] = -whole
    # ASSUME: the displaced seller is a stationary battery that is already there; what it saves is the ageing of the
    # energy it would have moved. Its capital is sunk, so reserve revenue is no social benefit.
    sold = draws["res.accept_rate"] * draws["res.kappa_fcr"] * HOURS_PER_YEAR / KW_PER_MW
    disturbed = contrast.total("fcr_d_up_mean_kw") + contrast.total("fcr_d_down_mean_kw")
    moved = draws["res.act_fcrn_throughput"] * appraisal.yearly_sek(contrast.total("fcr_n_mean_kw"))
    moved = moved + draws["res.act_fcrd_throughput"] * appraisal.yearly_sek(disturbed)
    flows["displaced_reserve_cost", "displaced"] = sold * moved / 2.0 * KW_PER_MW * draws["deg.c_deg_lfp"]
    # the lower price of the whole volume bought: sellers lose what others save on Svenska kraftnät's costs; what cars
    # that were enrolled anyway lose of it stands in reserve_payment, and other sellers lose the rest
    saved = appraisal.yearly_sek(price_fall_sek)
    flows["reserve_price_fall", "displaced"], flows["reserve_price_fall", "other_customers"] = -saved, saved


def _add_private(flows: Flows, contrast: Contrast, appraisal: Appraisal, extra_cars: Cube) -> None:
    draws = contrast.draws
    ageing = draws["ageing_ratio"] * appraisal.yearly_sek(contrast.total("degradation_cost_sek"))
    flows["battery_ageing", "user"] = -ageing
    flows["charging_on_the_road", "user"] = -appraisal.yearly_sek(contrast.total("forced_charge_cost_sek"))
    new = contrast.with_support.new_count - contrast.without.new_count
    bought = appraisal.once_sek(new.sum(axis=(2, 3, 4), dtype=np.float64))
    # ASSUME: the aversion to a plug-in contract is a cost once, at its worth in money (utility over its scale).
    contract = -draws["ado.b_contract"] / draws["ado.logit_scale"] * SEK_PER_KSEK
    flows["effort_and_contract", "user"] = -bought * (draws["ado.hassle"] + contract)
    # ASSUME: what the terms of a plug-in contract ask is borne in each year that a car is enrolled. Its payment comes
    # out of what the car earns, which is the owner's here, less the aggregator's fee: it moves no money beyond that.
    enrolled = contrast.with_support.enrolled_total - contrast.without.enrolled_total
    flows["effort_and_contract", "user"] -= contrast.world.contract_burden_sek * appraisal.yearly_sek(enrolled)
    served = appraisal.once_sek(contrast.with_support.recipient_count.sum(axis=(2, 3)))
    flows["administration", "state"] = -served * draws["cba.admin_per_grant"]
    # ASSUME: a car that a duty makes two-way capable costs that much more to make, and its buyer bears it.
    flows["car_resource", "user"] = -appraisal.once_sek(extra_cars) * draws["cap.car_two_way"]
    lost_kwh = appraisal.yearly_sek(contrast.total("capacity_loss_pu")) * draws["veh.E_usable_bev"]
    flows["embedded_co2", "external"] = -lost_kwh * draws["deg.embedded_co2"] * appraisal.co2_sek_per_kg
