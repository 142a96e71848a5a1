"""Turns additional adopters and their yearly streams into flows between eight accounts, as present values per draw.

Each flow is one row of METHODS 6. A transfer moves money between accounts and sums to zero; what remains is resource
use. Of the capacity tariff only the fee of a larger main fuse is here (no power tariff in the dispatch). Avoided
network cost, backup and administration are absent.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.cba.adoption import Adoption
from analysis.cba.alternatives import Offer, fuse_fee_sek
from analysis.cba.depth import pick
from analysis.cba.discounting import annuity_factor, capital_factor, surviving_factor
from analysis.cba.streams import IMPORT_STREAMS
from analysis.units import HOURS_PER_YEAR, KW_PER_MW

Cube = NDArray[np.float64]
Draws = dict[str, Cube]

TRANSFERS = (
    "charger_purchase", "support_additional", "support_free_riders", "energy_at_spot", "vat_on_energy",
    "retail_and_export_margin", "energy_tax", "tax_refund", "grid_fee_and_network_benefit", "fuse_fee",
    "grid_tariff_reset", "reserve_payment", "reserve_price_fall",
)  # fmt: skip
RESOURCES = (
    "charger_resource", "energy_resource", "displaced_reserve_cost", "battery_ageing", "charging_on_the_road",
    "effort_and_contract", "public_funds",
)  # fmt: skip


@dataclass(frozen=True)
class Appraisal:
    """What society discounts with: rate, horizon, charger life, cost of public funds, VAT, years to a tariff reset."""

    rate_pu: float
    horizon_years: int
    life_years: int
    public_funds_pu: float
    vat_pu: float
    tariff_reset_years: int


@dataclass(frozen=True)
class Ledger:
    """Flows by account, each an array over draws, SEK present value; + is a gain of that account.

    ``net_import_kwh`` is the change of net import, discounted like the money; positive = more is drawn from the grid.
    """

    flows: dict[tuple[str, str], Cube]
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


@dataclass(frozen=True)
class Yearly:
    """Yearly streams at each market point, by name: price year × point × area × vehicle × option."""

    streams: dict[str, Cube]


def split_support(with_support: Adoption, without: Adoption, offer: Offer) -> tuple[Cube, Cube]:
    """Support paid to additional adopters and to those who would have bought anyway, SEK per draw and alternative."""
    per_unit = offer.support_sek[:, :, None, None, :]
    anyway = np.minimum(with_support.two_way_count, without.two_way_count)
    free = (anyway * per_unit).sum(axis=(1, 2, 3))
    total = (with_support.two_way_count * per_unit).sum(axis=(1, 2, 3))
    return np.asarray(total - free), np.asarray(free)


class _Flows:
    """Present values of the streams of the additional cars."""

    def __init__(
        self, additional: Cube, adoption: Adoption, offer: Offer, yearly: Yearly, stranding: Cube,
        year_index: NDArray[np.int64], appraisal: Appraisal, draws: Draws,
    ) -> None:  # fmt: skip
        self.additional = additional
        self.adoption = adoption
        self.yearly = yearly
        self.year_index = year_index
        self.draws = draws
        self.standby_change = draws["standby_ratio"] - 1.0
        rate, horizon = appraisal.rate_pu, appraisal.horizon_years
        factor = surviving_factor(rate, stranding, horizon)
        late = surviving_factor(rate, stranding, horizon, first_year=appraisal.tariff_reset_years + 1)
        self.weighted = self._by_option(additional * factor[:, None, None, :], offer)
        self.weighted_late = self._by_option(additional * late[:, None, None, :], offer)

    def _by_option(self, cars: Cube, offer: Offer) -> Cube:
        count = 1 + max(each.option_index for each in offer.alternatives)
        summed = np.zeros((*cars.shape[:3], count))
        for place, each in enumerate(offer.alternatives):
            summed[..., each.option_index] += cars[..., place]
        return summed

    def value(self, name: str, late: bool = False) -> Cube:
        """Present value of one stream over all additional cars, standby at the draw's own power."""
        year, lower, fraction = self.year_index, self.adoption.lower, self.adoption.fraction
        stream = pick(self.yearly.streams[name], year, lower, fraction)
        if name in IMPORT_STREAMS:
            standby = pick(self.yearly.streams[f"standby_{name}"], year, lower, fraction)
            stream = stream + self.standby_change[:, None, None, None] * standby
        cars = self.weighted_late if late else self.weighted
        return np.asarray((cars * stream).sum(axis=(1, 2, 3)))


def build_ledger(
    with_support: Adoption, without: Adoption, offer: Offer, yearly: Yearly, stranding: Cube,
    year_index: NDArray[np.int64], appraisal: Appraisal, draws: Draws, price_fall_sek: Cube,
) -> Ledger:  # fmt: skip
    """Fill every flow for the cars that the support adds, and its cost to public funds.

    ``price_fall_sek`` is by how much the yearly cost of all reserves bought falls, per draw.

    References
    ----------
    METHODS 6. Check T9: every transfer row sums to zero over the accounts.
    """
    # ASSUME: without the support the additional cars would have charged one way, optimised.
    additional = (with_support.two_way_count - without.two_way_count).sum(axis=1)
    flows = _Flows(additional, with_support, offer, yearly, stranding, year_index, appraisal, draws)
    ledger: dict[tuple[str, str], Cube] = {}
    _add_charger(ledger, additional, offer, stranding, appraisal, draws)
    _add_support(ledger, with_support, without, offer, draws)
    _add_energy(ledger, flows)
    fuse = _add_fuse(ledger, additional, offer, appraisal, draws)
    _add_grid(ledger, flows, fuse)
    _add_reserve(ledger, flows)
    _add_price_fall(ledger, with_support, stranding, appraisal, price_fall_sek)
    _add_private(ledger, flows, additional, draws)
    budget = np.asarray(sum(amount for (_, account), amount in ledger.items() if account == "state"))
    ledger["public_funds", "state"] = (appraisal.public_funds_pu - 1.0) * budget
    return Ledger(ledger, flows.value("import_kwh") - flows.value("export_kwh"))


def _add_charger(
    ledger: dict[tuple[str, str], Cube], additional: Cube, offer: Offer, stranding: Cube, appraisal: Appraisal,
    draws: Draws,
) -> None:  # fmt: skip
    units = additional.sum(axis=(1, 2))
    capital = capital_factor(appraisal.rate_pu, stranding, appraisal.horizon_years, appraisal.life_years)
    running = annuity_factor(appraisal.rate_pu, appraisal.horizon_years)
    # ASSUME: the export set-up and yearly upkeep are bought with VAT like the charger; upkeep runs the whole horizon.
    once = draws["cap.export_setup"][:, None] + draws["cap.opex"][:, None] * running
    paid = (units * (offer.extra_price_sek * capital + once)).sum(axis=1)
    net = paid / (1.0 + appraisal.vat_pu)
    ledger["charger_purchase", "user"] = -paid
    ledger["charger_purchase", "suppliers"] = net
    ledger["charger_purchase", "state"] = paid - net
    ledger["charger_resource", "suppliers"] = -net


def _add_support(
    ledger: dict[tuple[str, str], Cube], with_support: Adoption, without: Adoption, offer: Offer, draws: Draws
) -> None:
    through = draws["ado.pass_through"]
    for name, amount in zip(("additional", "free_riders"), split_support(with_support, without, offer), strict=True):
        total = amount.sum(axis=1)
        ledger[f"support_{name}", "user"] = through * total
        ledger[f"support_{name}", "suppliers"] = (1.0 - through) * total
        ledger[f"support_{name}", "state"] = -total


def _add_energy(ledger: dict[tuple[str, str], Cube], flows: _Flows) -> None:
    spot = flows.value("net_spot_import_sek") + flows.value("net_spot_export_sek")
    ledger["energy_at_spot", "user"] = -spot
    ledger["energy_at_spot", "displaced"] = spot
    # ASSUME: the spot price is the avoidable cost of the energy produced or saved (METHODS 6: cost λΔg).
    ledger["energy_resource", "displaced"] = -spot
    pairs = {"vat_on_energy": ("net_vat_sek", "state"), "energy_tax": ("energy_tax_sek", "state")}
    for flow, (stream, receiver) in pairs.items():
        amount = flows.value(stream)
        ledger[flow, "user"], ledger[flow, receiver] = -amount, amount
    margin = flows.value("retail_margin_sek") + flows.value("net_export_margin_sek")
    ledger["retail_and_export_margin", "user"], ledger["retail_and_export_margin", "aggregator"] = -margin, margin
    refund = flows.value("tax_refund_sek")
    ledger["tax_refund", "user"], ledger["tax_refund", "state"] = refund, -refund


def _add_fuse(
    ledger: dict[tuple[str, str], Cube], additional: Cube, offer: Offer, appraisal: Appraisal, draws: Draws
) -> Cube:
    """Fee of the larger main fuse; gives back what of it, excl. VAT, falls after the tariff reset."""
    # ASSUME: the larger fuse is kept over the whole horizon, also where the charger no longer works with the car, and
    # costs the grid company nothing: a transfer as long as the local grid is not constrained (METHODS 6).
    yearly = (additional.sum(axis=(1, 2)) * fuse_fee_sek(offer.alternatives, draws)).sum(axis=1)
    rate, horizon = appraisal.rate_pu, appraisal.horizon_years
    paid = yearly * annuity_factor(rate, horizon)
    net = paid / (1.0 + appraisal.vat_pu)
    ledger["fuse_fee", "user"], ledger["fuse_fee", "grid_company"] = -paid, net
    ledger["fuse_fee", "state"] = paid - net
    late = surviving_factor(rate, 0.0, horizon, first_year=appraisal.tariff_reset_years + 1)
    return np.asarray(yearly * late / (1.0 + appraisal.vat_pu))


def _add_grid(ledger: dict[tuple[str, str], Cube], flows: _Flows, late_fuse: Cube) -> None:
    """Energy fee and capacity charge less the network benefit; what falls after the reset is other customers'."""

    def paid(late: bool) -> Cube:
        fees = flows.value("grid_fee_sek", late) + flows.value("net_capacity_tariff_sek", late)
        return np.asarray(fees - flows.value("network_benefit_sek", late))

    net, late = paid(late=False), paid(late=True) + late_fuse
    ledger["grid_fee_and_network_benefit", "user"] = -net
    ledger["grid_fee_and_network_benefit", "grid_company"] = net
    ledger["grid_tariff_reset", "grid_company"], ledger["grid_tariff_reset", "other_customers"] = -late, late


def _add_reserve(ledger: dict[tuple[str, str], Cube], flows: _Flows) -> None:
    draws = flows.draws
    earned = draws["reserve_ratio"] * flows.value("reserve_net_revenue_sek")
    fee = draws["res.agg_fee"]
    whole = earned / (1.0 - fee)
    ledger["reserve_payment", "user"] = earned
    ledger["reserve_payment", "aggregator"] = whole - earned
    ledger["reserve_payment", "displaced"] = -whole
    # ASSUME: the displaced seller is a stationary battery that is already there; what it saves is the ageing of the
    # energy it would have moved. Its capital is sunk, so reserve revenue is no social benefit.
    sold = draws["res.accept_rate"] * draws["res.kappa_fcr"] * HOURS_PER_YEAR / KW_PER_MW
    moved = draws["res.act_fcrn_throughput"] * flows.value("fcr_n_mean_kw")
    moved = moved + draws["res.act_fcrd_throughput"] * (
        flows.value("fcr_d_up_mean_kw") + flows.value("fcr_d_down_mean_kw")
    )
    ledger["displaced_reserve_cost", "displaced"] = sold * moved / 2.0 * KW_PER_MW * draws["deg.c_deg_lfp"]


def _add_price_fall(
    ledger: dict[tuple[str, str], Cube], with_support: Adoption, stranding: Cube, appraisal: Appraisal, fall_sek: Cube
) -> None:
    """Lower price of the whole volume bought: sellers lose what other customers save on Svenska kraftnät's costs."""
    # ASSUME: cars already enrolled count among the sellers, and the fall fades as the enrolled cars do.
    factor = surviving_factor(appraisal.rate_pu, stranding, appraisal.horizon_years)
    cars = with_support.two_way_count.sum(axis=(1, 2, 3))
    weight = cars / np.maximum(cars.sum(axis=1, keepdims=True), 1e-12)
    saved = fall_sek * (weight * factor).sum(axis=1)
    ledger["reserve_price_fall", "displaced"], ledger["reserve_price_fall", "other_customers"] = -saved, saved


def _add_private(ledger: dict[tuple[str, str], Cube], flows: _Flows, additional: Cube, draws: Draws) -> None:
    ledger["battery_ageing", "user"] = -draws["ageing_ratio"] * flows.value("degradation_cost_sek")
    ledger["charging_on_the_road", "user"] = -flows.value("forced_charge_cost_sek")
    # ASSUME: the aversion to a plug-in contract is a cost once, at its worth in money (utility over its scale).
    contract = -draws["ado.b_contract"] / draws["ado.logit_scale"] * 1000.0
    ledger["effort_and_contract", "user"] = -additional.sum(axis=(1, 2, 3)) * (draws["ado.hassle"] + contract)
