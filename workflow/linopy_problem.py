"""States one car's problem in linopy, from METHODS 3.1-3.5 and the meter: a second engine that shares no row with ours.

Every step has its own balance, import and export are variables of the site, and the capacity tariff is read from them.
The convex relaxation is the plain linear programme; with ``whole`` the days, directions and the kinks of the meter are
binaries, which makes it exact where negative prices or dear export break convexity (small problems only).
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import linopy
import numpy as np
import xarray as xr

from analysis.dispatch.problem import FORCED_PENALTY_SEK_PER_KWH, Strategy, VehicleProblem
from analysis.units import HOURS_PER_DAY

Vector = np.ndarray


@contextmanager
def _without_banner() -> Iterator[None]:
    """Keep the banner that HiGHS prints before it reads its options out of our output."""
    sys.stdout.flush()
    kept = os.dup(1)
    with Path(os.devnull).open("wb") as nothing:
        os.dup2(nothing.fileno(), 1)
        try:
            yield
        finally:
            os.dup2(kept, 1)
            os.close(kept)


class LinopyProblem:
    """A problem and strategy as a linopy model; :meth:`solve` gives the least cost."""

    def __init__(self, problem: VehicleProblem, strategy: Strategy, whole: bool = False) -> None:
        self.problem, self.strategy, self.whole = problem, strategy, whole
        self.model = linopy.Model()
        self.step = problem.step_h
        self.per_hour = round(1 / problem.step_h)
        count = problem.step_count
        self.time = np.arange(count)
        self.plug = problem.plugged_pu
        solar = np.zeros(count) if problem.solar_kw is None else problem.solar_kw
        self.alone = problem.site_load_kw - solar
        self.into = np.minimum(problem.charge_limit_kw, np.maximum(problem.fuse_kw - self.alone, 0.0))
        self.out = np.minimum(problem.discharge_limit_kw, np.maximum(problem.feed_in_kw + self.alone, 0.0))
        self.cost: list[linopy.LinearExpression] = []
        self._add_days()
        self._add_meter()
        self._add_reserves()
        self._add_energy()
        self._add_budgets()
        self._add_peaks()
        if whole:
            self._add_kinks()

    def solve(self) -> float:
        """Least cost of the car, SEK, with the penalty on charging on the road as in ``Dispatch.penalised_sek``."""
        total = self.cost[0]
        for part in self.cost[1:]:
            total = total + part
        self.model.add_objective(total)
        options = {"output_flag": False, "threads": 1, "mip_rel_gap": 0.0, "mip_abs_gap": 1e-9}
        with _without_banner():
            status, condition = self.model.solve("highs", io_api="direct", **options)
        if status != "ok":
            raise ValueError(f"linopy: {status}, {condition}")
        return float(self.model.objective.value) - self._house_alone_sek()

    def _over(self, values: Vector | float) -> xr.DataArray:
        return xr.DataArray(np.broadcast_to(np.asarray(values, float), len(self.time)), [("time", self.time)])

    def _variable(self, name: str, upper: Vector | float, lower: Vector | float = 0.0) -> linopy.Variable:
        return self.model.add_variables(self._over(lower), self._over(upper), name=name)

    def _flag(self, name: str) -> linopy.Variable:
        return self.model.add_variables(binary=True, coords=[("time", self.time)], name=name)

    def _label(self, name: str, place: Vector) -> xr.DataArray:
        return xr.DataArray(place, [("time", self.time)], name=name)

    def _by_step(self, variable: linopy.Variable, dim: str, place: Vector) -> linopy.Variable:
        """A variable of days or hours seen from each step."""
        return self._seen_by(variable, dim, place, self.time, "time")

    def _seen_by(
        self, variable: linopy.Variable, dim: str, place: Vector, labels: Vector, seer: str = "hour"
    ) -> linopy.Variable:
        chosen = variable.isel({dim: xr.DataArray(place, [(seer, labels)])})
        return linopy.Variable(chosen.data.drop_vars(dim), self.model, chosen.name)

    def _add_days(self) -> None:
        day = self.time // (HOURS_PER_DAY * self.per_hour)
        most = float(self.strategy.is_two_way or self.strategy.sells_reserves)
        names = [("day", np.arange(day[-1] + 1))]
        least = float(self.strategy.always_on)
        if self.whole:
            days = self.model.add_variables(binary=True, coords=names, name="day")
            self.model.add_constraints(days <= most)
            self.model.add_constraints(days >= least)
        else:
            days = self.model.add_variables(least, most, coords=names, name="day")
        self.on = self._by_step(days, "day", day)

    def _add_meter(self) -> None:
        """Site balance while plugged in: load − sun + charging − serving = bought − sold − spilled (METHODS 3.2)."""
        problem, model = self.problem, self.model
        beside, spare = self.alone * self.plug, np.maximum(-self.alone, 0.0) * self.plug
        least_spill = np.maximum(-self.alone - problem.feed_in_kw, 0.0) * self.plug
        self.charge = self._variable("charge", self.into)
        self.serve = self._variable("serve", self.out * self.strategy.self_use)
        self.export = self._variable("export", self.out * self.strategy.export)
        self.bought = self._variable("bought", np.inf)
        self.sun = self._variable("sun", spare - least_spill)
        self.spilled = self._variable("spilled", least_spill)
        balance = self.charge - self.serve - self.bought + self.sun + self.spilled
        model.add_constraints(balance == self._over(-beside))
        model.add_constraints(self.serve <= self._over(np.maximum(beside, 0.0)))
        model.add_constraints(self.serve + self.export - self._over(self.out) * self.on <= 0)
        # the limit of the house's own share of a day that is half on, as tight as that of the plug
        model.add_constraints(self.serve - self._over(np.minimum(np.maximum(beside, 0.0), self.out)) * self.on <= 0)
        wear = self.serve + self.export
        self.cost.append((self.step * self._over(problem.buy_sek_per_kwh) * self.bought).sum())
        self.cost.append((-self.step * self._over(problem.sell_sek_per_kwh) * self.export).sum())
        self.cost.append((-self.step * self._over(problem.solar_price) * self.sun).sum())
        self.cost.append((self.step * problem.wear_sek_per_kwh * wear).sum())

    def _house_alone_sek(self) -> float:
        problem = self.problem
        beside = self.alone * self.plug
        sold = np.maximum(-beside, 0.0) - np.maximum(-self.alone - problem.feed_in_kw, 0.0) * self.plug
        alone = np.maximum(beside, 0.0) @ problem.buy_sek_per_kwh - sold @ problem.solar_price
        own = self.step * float(alone)
        if problem.peak is None:
            return own
        hourly = np.maximum(self.alone, 0.0).reshape(-1, self.per_hour).mean(axis=1)
        for period, price in enumerate(problem.peak.price_sek_per_kw):
            highest: dict[int, float] = {}
            for slot, power in zip(problem.peak.slot_of_hour, hourly, strict=True):
                if slot >= 0 and problem.peak.period_of_slot[slot] == period:
                    highest[slot] = max(highest.get(slot, 0.0), power)
            top = sorted(highest.values())[-problem.peak.peak_count[period] :]
            own += float(price) * float(np.mean(top))
        return own

    def _add_reserves(self) -> None:
        """Offers by the hour and their power rows (METHODS 3.4)."""
        problem, strategy = self.problem, self.strategy
        hour, hours = self.time // self.per_hour, np.arange(len(self.time) // self.per_hour)
        whole = ((self.plug > 1 - 1e-9) & (self.out > 0)).reshape(-1, self.per_hour).all(axis=1)
        self.offers = []
        for product in problem.products:
            level = strategy.level_pu(product)
            price = np.broadcast_to(problem.capacity_price(product), len(self.time))
            open_hours = whole & ~np.isnan(price[:: self.per_hour]) & (level > 0)
            upper = xr.DataArray(np.where(open_hours, np.inf, 0.0), [("hour", hours)])
            offer = self.model.add_variables(0.0, upper, name=f"offer_{product.name}")
            seen, rule = self._by_step(offer, "hour", hour), problem.rule(product)
            self.offers.append((seen, rule))
            net = problem.reserve_net_pu * level * np.nan_to_num(price)
            out = problem.reserve_volume_pu * rule.discharge_kwh_per_kw_h
            into = problem.reserve_volume_pu * rule.charge_kwh_per_kw_h
            moved = out * problem.wear_sek_per_kwh
            if product.name != "fcr_n":  # the normal reserve nets out at the meter
                moved = moved - out * problem.sell_sek_per_kwh + into * problem.buy_sek_per_kwh
            self.cost.append((self.step * self._over(moved - net) * seen).sum())
        self.sold = np.repeat(whole, self.per_hour) & strategy.sells_reserves
        where = self._over(self.sold.astype(float)) > 0
        flow = self.serve + self.export - self.charge
        up, down = self._sum("power_up_pu"), self._sum("power_down_pu")
        self.model.add_constraints(flow + up <= self._over(self.out), mask=where)
        self.model.add_constraints(down - flow <= self._over(self.into), mask=where)
        out_only = self.serve + self.export
        self.model.add_constraints(flow + up - self._over(self.out) * self.on <= 0, mask=where)
        self.model.add_constraints(down - out_only - self._over(self.into) * self.on <= 0, mask=where)

    def _sum(self, row: str) -> linopy.LinearExpression:
        parts = [getattr(rule, row) * seen for seen, rule in self.offers]
        total = parts[0]
        for part in parts[1:]:
            total = total + part
        return total

    def _add_energy(self) -> None:
        """Stored energy of each step, closed over the horizon; energy rows at both ends of each hour (1.3, 3.4)."""
        problem = self.problem
        stored = self._variable("stored", np.inf, problem.floor_kwh)
        holds = (self.into > 0) | (self.out > 0)
        ceiling = np.where(holds | np.roll(holds, 1) | (self.time == 0), problem.ceiling_kwh, np.inf)
        self.model.add_constraints(stored <= self._over(ceiling), mask=self._over(ceiling) < np.inf)
        road = self._variable("road", np.where(problem.driving_dc_kwh > 0, np.inf, 0.0))
        into, out = problem.charge_efficiency_pu, problem.discharge_efficiency_pu
        change = self.step * into * self.charge - self.step / out * self.export + road
        change = change - self._over(self.step / problem.load_efficiency_pu) * self.serve
        change = change - self._over(self.step * problem.standby_kw * self.plug) * self.on
        for seen, rule in self.offers:
            drain = rule.discharge_kwh_per_kw_h / out - rule.charge_kwh_per_kw_h * into
            change = change - self.step * problem.reserve_volume_pu * drain * seen
        later = stored.roll(time=-1)
        self.model.add_constraints(later - stored - change == self._over(-problem.driving_dc_kwh))
        self.cost.append(((problem.forced_charge_sek_per_kwh + FORCED_PENALTY_SEK_PER_KWH) * road).sum())
        up, down = self._sum("energy_up_h"), self._sum("energy_down_h")
        first, last = self.time % self.per_hour == 0, self.time % self.per_hour == self.per_hour - 1
        for edge, state, shift in ((first, stored, 0), (last, later, -1)):
            where = self._over((self.sold & edge).astype(float)) > 0
            need, most = np.roll(problem.required_kwh, shift), np.roll(problem.ceiling_kwh, shift)
            self.model.add_constraints(out * state - up >= self._over(out * need), mask=where)
            self.model.add_constraints(1 / into * state + down <= self._over(most / into), mask=where)

    def _add_budgets(self) -> None:
        discharged = self.step * (self.serve + self.export)
        if np.isfinite(self.problem.daily_discharge_limit_kwh):
            day = self._label("day", self.time // (HOURS_PER_DAY * self.per_hour))
            by_day = discharged.groupby(day).sum()
            self.model.add_constraints(by_day <= self.problem.daily_discharge_limit_kwh)
        if np.isfinite(self.problem.horizon_discharge_limit_kwh):
            self.model.add_constraints(discharged.sum() <= self.problem.horizon_discharge_limit_kwh)

    def _add_peaks(self) -> None:
        """ζ + (1/n) Σ u over the slots of each period, u ≥ mean import of each billed hour − ζ (METHODS 3.2)."""
        peak = self.problem.peak
        if peak is None:
            return
        unplugged = np.maximum(self.alone, 0.0) * (1 - self.plug)
        least = self.model.add_variables(0.0, coords=[("period", np.arange(len(peak.price_sek_per_kw)))], name="least")
        over = self.model.add_variables(0.0, coords=[("slot", np.arange(len(peak.period_of_slot)))], name="over")
        hour = self.time // self.per_hour
        billed = np.flatnonzero(peak.slot_of_hour >= 0)
        mean = ((1 / self.per_hour) * self.bought).groupby(self._label("hour", hour)).sum().isel(hour=billed)
        slots = peak.slot_of_hour[billed]
        above = self._seen_by(over, "slot", slots, billed) + self._seen_by(
            least, "period", peak.period_of_slot[slots], billed
        )
        own = unplugged.reshape(-1, self.per_hour).mean(axis=1)[billed]
        self.model.add_constraints(above - mean >= xr.DataArray(own, [("hour", billed)]))
        price = xr.DataArray(peak.price_sek_per_kw, [("period", np.arange(len(peak.price_sek_per_kw)))])
        share = (peak.price_sek_per_kw / peak.peak_count)[peak.period_of_slot]
        self.cost.append((price * least).sum())
        self.cost.append((xr.DataArray(share, [("slot", np.arange(len(share)))]) * over).sum())

    def _add_kinks(self) -> None:
        """One direction of the car, one of the meter, and nothing spilled before the feed-in limit is used up."""
        model, spare = self.model, np.maximum(-self.alone, 0.0) * self.plug
        big = float(self.into.max() + np.abs(self.alone).max() + 1.0)
        charging, importing, full = (self._flag(name) for name in ("is_charging", "is_importing", "is_full"))
        model.add_constraints(self.charge - self._over(self.into) * charging <= 0)
        model.add_constraints(self.serve + self.export + self._over(self.out) * charging <= self._over(self.out))
        model.add_constraints(self.bought - big * importing <= 0)
        outward = self.export + self.sun + self.spilled
        room = self.out + spare
        model.add_constraints(outward + self._over(room) * importing <= self._over(room))
        most = spare - np.maximum(-self.alone - self.problem.feed_in_kw, 0.0) * self.plug
        model.add_constraints(self.spilled - big * full <= 0)
        model.add_constraints(self.sun - self._over(most) * full >= 0)
