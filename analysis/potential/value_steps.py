"""Turns dispatch values into waterfalls: from charging at once to reserves, and what is taken on the way to the owner.

Source: METHODS 0 (increment over optimised one-way charging), 3.5 (gross and net, capture at κ and acceptance).
"""

from collections.abc import Iterator

import pandas as pd

from analysis.dispatch.options import charger_physics
from analysis.errors import DataError, Fault
from analysis.potential.value_summary import weigh
from analysis.schemas.value_summary import LADDER, PARTS
from analysis.settings.parameters import ParameterSet

PLACE = ["price_area", "price_year", "charger_option"]
CAR = [*PLACE, "vehicle_id"]
NET_REVENUE = "reserve_net_revenue_sek"
TAX = {"energy_tax_sek": 1.0, "net_vat_sek": 1.0, "tax_refund_sek": -1.0}
TARIFF = {"retail_margin_sek": 1.0, "grid_fee_sek": 1.0, "net_capacity_tariff_sek": 1.0, "net_export_margin_sek": 1.0,
          "network_benefit_sek": -1.0}  # fmt: skip
SPOT = {"net_spot_import_sek": 1.0, "net_spot_export_sek": 1.0, "net_solar_forgone_sek": 1.0}
TAX_ON_IMPORT = ("energy_tax_sek", "net_vat_sek")
TARIFF_ON_IMPORT = ("retail_margin_sek", "grid_fee_sek")
TOLERANCE_SEK = 1e-6
NO_LEVEL = "none"


def value_steps(
    values: pd.DataFrame, sample: pd.DataFrame, area_cars: pd.Series, parameters: ParameterSet, full_level_id: str
) -> pd.DataFrame:
    """Lay out value step by step, mean car of each area and of Sweden.

    Parameters
    ----------
    values
        ``DispatchValues``.
    sample
        ``DispatchSample``: the weight of each car.
    area_cars
        Battery electric cars by price area.
    parameters
        Those of the dispatch: acceptance, availability margin, fee, efficiency.
    full_level_id
        The reserve level at which reserves keep their whole price.

    Returns
    -------
    pd.DataFrame
        ``ValueSteps``. One-way options have the first two steps of the ladder only.

    Raises
    ------
    DataError
        If the parts of a car do not add to its net value: another fee or acceptance, or a cash stream that no part
        holds.

    Examples
    --------
    Reserves of 1 000 SEK at acceptance 0.6, margin 0.75 and fee 0.2: 1 000 − 400 − 150 − 90 leaves 360.
    """
    kept = values[(values["strategy"] != "grid_reserve") | (values["reserve_level_id"] == full_level_id)]
    weighed = weigh(kept, sample, area_cars)
    rows = pd.concat([_ladder(weighed), _parts(weighed, parameters)], ignore_index=True)
    sweden = rows[rows.groupby(PLACE[1:])["price_area"].transform("nunique") == rows["price_area"].nunique()]
    keys = [*PLACE, "waterfall", "step", "place"]
    both = pd.concat([rows, sweden.assign(price_area="SE")], ignore_index=True)
    for name in ("amount", "plugged_h"):
        both[name] = both[name] * both["weight"]
    sums = both.groupby(keys, as_index=False)[["amount", "plugged_h", "weight"]].sum()
    value, hours = sums["amount"] / sums["weight"], sums["plugged_h"] / sums["weight"]
    powers = {name: charger_physics(name, parameters).power_kw for name in sums["charger_option"].unique()}
    return sums[keys].assign(
        net_value_sek=value,
        net_value_sek_per_plugged_h=(value / hours.where(hours > 0)).fillna(0.0),
        net_value_sek_per_kw=value / sums["charger_option"].map(powers),
    )


def _ladder(weighed: pd.DataFrame) -> pd.DataFrame:
    """What each strategy adds to the one before, car by car."""
    before: pd.Series | None = None
    steps = []
    for place, strategy in enumerate(LADDER):
        rows = weighed[weighed["strategy"] == strategy].set_index(CAR)
        if rows.empty:
            continue
        cost = rows["net_cost_sek"]
        amount = -cost if before is None else before.reindex(cost.index) - cost
        steps.append(_long(rows, "ladder", strategy, place, amount))
        before = cost
    return pd.concat(steps, ignore_index=True)


def _long(rows: pd.DataFrame, waterfall: str, step: str, place: int, amount: "pd.Series[float]") -> pd.DataFrame:
    laid = rows[["plugged_h", "weight"]].assign(amount=amount, waterfall=waterfall, step=step, place=place)
    return laid.reset_index().drop(columns="vehicle_id")


def _parts(weighed: pd.DataFrame, parameters: ParameterSet) -> pd.DataFrame:
    smart = weighed[weighed["strategy"] == "smart"].set_index(CAR)
    parts: list[pd.DataFrame] = []
    for strategy in LADDER[2:]:
        rows = weighed[weighed["strategy"] == strategy].set_index(CAR)
        if len(rows):
            parts.extend(_strategy_parts(rows, smart.loc[rows.index], strategy, parameters))
    return pd.concat(parts, ignore_index=True) if parts else _ladder(weighed).iloc[:0]


def _strategy_parts(
    rows: pd.DataFrame, smart: pd.DataFrame, strategy: str, parameters: ParameterSet
) -> Iterator[pd.DataFrame]:
    """Parts of one strategy's value over smart charging; they close on its net value or it is a fault."""
    lost = _standby(rows, parameters)
    gained = _reserve_parts(rows, parameters)
    amounts: dict[str, pd.Series[float]] = {
        "energy_at_spot": _taken(rows, smart, SPOT) + lost["spot"],
        **gained,
        "wear": _taken(rows, smart, {"degradation_cost_sek": 1.0}),
        "standby": -(lost["spot"] + lost["tax"] + lost["tariff"]),
        "tax": _taken(rows, smart, TAX) + lost["tax"],
        "tariff": _taken(rows, smart, TARIFF) + lost["tariff"],
        "road_charging": _taken(rows, smart, {"forced_charge_cost_sek": 1.0}),
    }
    amounts["net"] = pd.DataFrame(amounts).sum(axis=1)
    off = (amounts["net"] - rows["net_value_over_smart_sek"]).abs()
    if float(off.max()) > TOLERANCE_SEK * max(1.0, float(rows["net_cost_sek"].abs().max())):
        raise DataError(
            Fault(f"dispatch_values {strategy} {off.idxmax()}", f"parts that miss the net value by {off.max():.6g} SEK",
                  "parts that add to net_value_over_smart_sek",
                  "Give the parameters of the dispatch; a new cash stream needs its part in value_steps.")
        )  # fmt: skip
    for place, step in enumerate(PARTS):
        yield _long(rows, strategy, step, place, amounts[step])


def _taken(rows: pd.DataFrame, smart: pd.DataFrame, streams: dict[str, float]) -> "pd.Series[float]":
    """Gain over smart charging of some cost streams; negative where the strategy pays more.

    Streams that the values do not have are those of a power charge and of own generation, where a run has neither.
    """
    gains = {name: sign * (smart[name] - rows[name]) for name, sign in streams.items() if name in rows}
    return pd.DataFrame(gains).sum(axis=1)


def _reserve_parts(rows: pd.DataFrame, parameters: ParameterSet) -> dict[str, "pd.Series[float]"]:
    """Reserves sold whole, and what acceptance, availability margin and fee take from them in that order."""
    revenues = [name for name in rows.columns if name.endswith("_revenue_sek") and name != NET_REVENUE]
    whole = rows[revenues].sum(axis=1)
    accepted, kept = parameters["res.accept_rate"], parameters["res.kappa_fcr"]
    return {
        "reserve_at_full_acceptance": whole,
        "acceptance": -(1 - accepted) * whole,
        "availability_margin": -accepted * (1 - kept) * whole,
        "aggregator_fee": -accepted * kept * parameters["res.agg_fee"] * whole,
    }


def _standby(rows: pd.DataFrame, parameters: ParameterSet) -> dict[str, "pd.Series[float]"]:
    """What the car's own standby costs within the imported energy: at spot, in tax, in tariff.

    # ASSUME: energy drawn while kept awake for V2X is bought at the year's mean price of the car's import and charged
    # at the efficiency of the reference power; the optimiser charges it in cheaper hours or not, which is not known.
    """
    options = rows.index.get_level_values("charger_option")
    efficiency = {name: charger_physics(str(name), parameters).charge_efficiency_pu for name in options.unique()}
    drawn_kwh = rows["standby_dc_kwh"] / options.map(efficiency).to_numpy(dtype=float)
    share = (drawn_kwh / rows["import_kwh"].where(rows["import_kwh"] > 0)).fillna(0.0)
    return {
        "spot": share * rows["net_spot_import_sek"],
        "tax": share * rows[list(TAX_ON_IMPORT)].sum(axis=1),
        "tariff": share * rows[list(TARIFF_ON_IMPORT)].sum(axis=1),
    }
