"""Holds one vehicle's problem (arrays over a horizon) and its solution: a schedule with every flow.

The horizon closes on itself: the state at its end is the state at its start, so the window makes no energy. Where a
problem says what is stored at its start, the horizon is open, and energy left at its end has a price.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from analysis.battery.losses import LossCurve
from analysis.dispatch.products import CONTAINMENT, RESTORATION, Product
from analysis.dispatch.soundness import refuse_unsound
from analysis.market.capacity_tariff import PeakCharge
from analysis.market.reserve_rules import ProductRule, ReserveRules

Vector = NDArray[np.float64]

FORCED_PENALTY_SEK_PER_KWH = 100.0
"""Keeps charging on the road a last resort: far above any price of energy, and no cash (METHODS 1.3)."""


@dataclass(frozen=True)
class VehicleProblem:
    """What one car at one site may do and what each flow is worth; arrays have one entry a step.

    Powers are at the AC connection and already hold plug, fuse and feed-in limits; energies are on the battery side.
    Prices are what the household meets at the margin, with tax, fees and VAT. A reserve price of NaN means that nothing
    is bought in that hour. Numbers that no schedule could answer are refused with a DataError that names all of them
    (:mod:`analysis.dispatch.soundness`). Source: METHODS 3.1-3.5.

    Attributes
    ----------
    step_h
        Length of a step; divides an hour.
    plugged_pu
        Share of the step in which the car is plugged in and available.
    driving_dc_kwh
        Battery energy driven in the step.
    charge_limit_kw, discharge_limit_kw
        Largest charging and discharging power in the step (zero when unplugged).
    floor_kwh
        Least stored energy at any time; below it charging on the road is forced.
    required_kwh
        Least energy at the *start* of the step that serves all later trips (METHODS 1.6).
    ceiling_kwh
        Most energy at the start of the step: the daily limit, more only where a later trip needs it.
    buy_sek_per_kwh, sell_sek_per_kwh
        Marginal price of import and of export.
    site_load_kw
        The household's own load, which discharge may replace.
    load_efficiency_pu
        One-way efficiency of a discharge that follows the load (low power is less efficient).
    charge_efficiency_pu, discharge_efficiency_pu
        One-way efficiencies at the reference power.
    standby_kw
        Drawn from the battery while plugged in and enabled for V2X.
    wear_sek_per_kwh
        Ageing cost per kWh discharged (AC).
    forced_charge_sek_per_kwh
        Price of energy charged on the road.
    fcr_n_sek_per_kw_h, fcr_d_up_sek_per_kw_h, fcr_d_down_sek_per_kw_h
        Capacity prices before fee, acceptance and availability margin.
    rules
        Power and energy that a sold kW binds, and the energy it is expected to move.
    reserve_net_pu
        What remains of the capacity price: (1 − fee) × acceptance × availability margin.
    reserve_volume_pu
        Share of the offered capacity that is sold in expectation: acceptance × availability margin.
    daily_discharge_limit_kwh
        Most that may be discharged (AC, scheduled) in each 24 hours; no limit by default.
    curve
        Losses by power, for what is charged and discharged by schedule; None: the constant efficiencies above.
        Reserves are activated at the constant efficiencies.
    least_charge_kw
        Least power at which the car charges, if it charges at all.
    start_kwh
        Stored energy at the start; None: the horizon closes on itself.
    terminal_sek_per_kwh, terminal_target_kwh
        What a stored kWh is worth at the end of an open horizon, and up to which energy: beyond it nothing is added.
    committed
        What was settled before, by the name of the flow in :class:`Dispatch`, NaN where a step is free:
        ``enabled_pu`` holds V2X on or off for the whole day, an offer of a reserve may not exceed what was sold.
    afrr_up_sek_per_kw_h, afrr_down_sek_per_kw_h, mfrr_up_sek_per_kw_h, mfrr_down_sek_per_kw_h
        Capacity prices of frequency restoration, as those above; None: not sold.
    solar_kw
        The household's own generation; what its load leaves over may charge the car. None: none.
    solar_sell_sek_per_kwh
        What a kWh of it earns when exported (no refund of tax: it was never imported); None: the price of export.
    fuse_kw, feed_in_kw
        Most that the site may import and export. What generation exceeds load and feed-in limit by is spilled.
    peak
        Capacity tariff on the highest hourly imports of the site; None: none.
    horizon_discharge_limit_kwh
        Most that may be discharged (AC, scheduled) in the whole horizon: its share of a lifetime budget.
    horizon_discharge_limit_h
        Most hours of the horizon in which anything may be discharged by schedule: its share of a lifetime budget.
    ready_kwh
        Least energy that a plan keeps at the start of each step beside the floor, for trips that may come; none by
        default.
    """

    step_h: float
    plugged_pu: Vector
    driving_dc_kwh: Vector
    charge_limit_kw: Vector
    discharge_limit_kw: Vector
    floor_kwh: float
    required_kwh: Vector
    ceiling_kwh: Vector
    buy_sek_per_kwh: Vector
    sell_sek_per_kwh: Vector
    site_load_kw: Vector
    load_efficiency_pu: Vector
    charge_efficiency_pu: float
    discharge_efficiency_pu: float
    standby_kw: float
    wear_sek_per_kwh: float
    forced_charge_sek_per_kwh: float
    fcr_n_sek_per_kw_h: Vector
    fcr_d_up_sek_per_kw_h: Vector
    fcr_d_down_sek_per_kw_h: Vector
    rules: ReserveRules
    reserve_net_pu: float
    reserve_volume_pu: float
    daily_discharge_limit_kwh: float = np.inf
    curve: LossCurve | None = None
    least_charge_kw: float = 0.0
    start_kwh: float | None = None
    terminal_sek_per_kwh: float = 0.0
    terminal_target_kwh: float = 0.0
    committed: Mapping[str, Vector] = field(default_factory=dict)
    afrr_up_sek_per_kw_h: Vector | None = None
    afrr_down_sek_per_kw_h: Vector | None = None
    mfrr_up_sek_per_kw_h: Vector | None = None
    mfrr_down_sek_per_kw_h: Vector | None = None
    solar_kw: Vector | None = None
    solar_sell_sek_per_kwh: Vector | None = None
    fuse_kw: float = np.inf
    feed_in_kw: float = np.inf
    peak: PeakCharge | None = None
    horizon_discharge_limit_kwh: float = np.inf
    horizon_discharge_limit_h: float = np.inf
    ready_kwh: Vector | None = None

    def __post_init__(self) -> None:
        refuse_unsound(self)

    @property
    def is_periodic(self) -> bool:
        """Whether the horizon closes on itself."""
        return self.start_kwh is None

    @property
    def required_by_moment_kwh(self) -> Vector:
        """Least energy at the start of each step and at the end of the last (there the floor, if it is open)."""
        return np.append(self.required_kwh, self.required_kwh[0] if self.is_periodic else self.floor_kwh)

    @property
    def ceiling_by_moment_kwh(self) -> Vector:
        """Most energy at the start of each step and at the end of the last (there that of the last step, if open)."""
        return np.append(self.ceiling_kwh, self.ceiling_kwh[0 if self.is_periodic else -1])

    @property
    def step_count(self) -> int:
        """Number of steps of the horizon."""
        return len(self.plugged_pu)

    @cached_property
    def products(self) -> tuple[Product, ...]:
        """Reserves that can be sold: the containment products, and those of restoration that have a price at all."""
        prices = {product: getattr(self, f"{product.name}_sek_per_kw_h") for product in RESTORATION}
        priced = (product for product, price in prices.items() if price is not None and np.isfinite(price).any())
        return CONTAINMENT + tuple(priced)

    @property
    def extras(self) -> tuple[str, ...]:
        """What the problem has beside energy and containment: an engine that does not state it must refuse it."""
        has = {
            "restoration": len(self.products) > len(CONTAINMENT),
            "own generation": self.solar_kw is not None,
            "capacity tariff": self.peak is not None,
            "budget of the horizon": bool(np.isfinite(self.horizon_discharge_limit_kwh)),
            "budget of hours": bool(np.isfinite(self.horizon_discharge_limit_h)),
        }
        return tuple(name for name, is_there in has.items() if is_there)

    def capacity_price(self, product: Product) -> Vector:
        """Price of a product before fee, acceptance and margin, SEK per kW and hour; NaN where nothing is bought."""
        price: Vector | None = getattr(self, f"{product.name}_sek_per_kw_h")
        return np.full(1, np.nan) if price is None else price

    def rule(self, product: Product) -> ProductRule:
        """What a kW of a product binds."""
        found: ProductRule = getattr(self.rules, product.name)
        return found

    @property
    def net_load_kw(self) -> Vector:
        """Load less own generation: what the site would import (positive) or have left over without the car."""
        return self.site_load_kw if self.solar_kw is None else self.site_load_kw - self.solar_kw

    @property
    def load_limit_kw(self) -> Vector:
        """How much discharge can replace the household's own import."""
        own = self.site_load_kw if self.solar_kw is None else np.maximum(self.net_load_kw, 0.0)
        return np.minimum(self.discharge_limit_kw, own * self.plugged_pu)

    @property
    def spill_limit_kw(self) -> Vector:
        """How much charging can take generation that the feed-in limit would spill."""
        over = np.maximum(-self.net_load_kw - self.feed_in_kw, 0.0)
        return np.minimum(self.charge_limit_kw, over * self.plugged_pu)

    @property
    def surplus_limit_kw(self) -> Vector:
        """How much charging can take generation that would be exported otherwise, beyond what would be spilled."""
        over = np.minimum(self.charge_limit_kw, np.maximum(-self.net_load_kw, 0.0) * self.plugged_pu)
        return np.maximum(over - self.spill_limit_kw, 0.0)

    @property
    def solar_price(self) -> Vector:
        """What a kWh of own generation earns when exported, SEK/kWh."""
        return self.sell_sek_per_kwh if self.solar_sell_sek_per_kwh is None else self.solar_sell_sek_per_kwh


@dataclass(frozen=True)
class Strategy:
    """What the car may do beside charging: serve the house, export, sell reserves at a share of the year's price.

    ``always_on`` keeps the car awake for V2X every day, whether it pays or not (the second half of check T10).
    """

    name: str
    level_id: str = "none"
    self_use: bool = False
    export: bool = False
    fcr_n_pu: float = 0.0
    fcr_d_pu: float = 0.0
    always_on: bool = False
    afrr_mfrr_pu: float = 0.0

    @property
    def is_two_way(self) -> bool:
        """Whether the battery may discharge at all."""
        return self.self_use or self.export

    @property
    def sells_reserves(self) -> bool:
        """Whether any reserve has a price."""
        return self.fcr_n_pu > 0 or self.fcr_d_pu > 0 or self.afrr_mfrr_pu > 0

    def level_pu(self, product: Product) -> float:
        """Share of the year's price that is left for a product."""
        level: float = getattr(self, f"{product.group}_pu")
        return level


@dataclass(frozen=True)
class Dispatch:
    """A schedule: one entry a step, AC powers in kW, battery energies in kWh; ``state_kwh`` has one entry more.

    ``load_discharge_kw`` replaces the household's import, ``export_discharge_kw`` leaves the site. Reserves are offered
    capacity. ``enabled_pu`` is 1 where the car is kept awake for V2X. ``objective_sek`` includes wear, the price of
    charging on the road (not the penalty that keeps it a last resort), less the worth of energy left at an open end.
    """

    charge_kw: Vector
    load_discharge_kw: Vector
    export_discharge_kw: Vector
    forced_dc_kwh: Vector
    fcr_n_kw: Vector
    fcr_d_up_kw: Vector
    fcr_d_down_kw: Vector
    enabled_pu: Vector
    state_kwh: Vector
    objective_sek: float
    solve_count: int = 0
    simultaneous_count: int = 0
    gap_sek: float = 0.0
    afrr_up_kw: Vector | None = None
    afrr_down_kw: Vector | None = None
    mfrr_up_kw: Vector | None = None
    mfrr_down_kw: Vector | None = None

    def offer_kw(self, product: Product) -> Vector:
        """Offered capacity of a product; zeros where the engine that made the schedule does not sell it."""
        offer: Vector | None = getattr(self, f"{product.name}_kw")
        return np.zeros_like(self.charge_kw) if offer is None else offer

    @property
    def discharge_kw(self) -> Vector:
        """Scheduled discharge, to the house and to the grid together."""
        return self.load_discharge_kw + self.export_discharge_kw

    @property
    def penalised_sek(self) -> float:
        """Objective with the penalty on charging on the road: what schedules of one problem are ranked by."""
        return self.objective_sek + FORCED_PENALTY_SEK_PER_KWH * float(self.forced_dc_kwh.sum())
