"""Turns trials of the Task 53 family into the best scheme of each aim and budget, and how sure and how flat that is.

The optimum is sought on the fitted responses by differential evolution, then evaluated by the engine itself and told to
the fit, a few rounds; what is reported is the best trial that was evaluated. Its range comes from the fitted responses
on resampled draws.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import Bounds, NonlinearConstraint, differential_evolution

from analysis.settings.model import Search
from analysis.uncertainty.family import NAMES, SHAPE_NAMES, SPANS, amounts_at, design, place_of
from analysis.uncertainty.intervals import HIGH, LOW
from analysis.uncertainty.response import Coordinates, Response
from analysis.uncertainty.trials import (
    FIRM,
    OUTLAY,
    SOCIAL,
    TOP,
    Evaluate,
    Trials,
    first_trials,
    fit_trials,
    more_trials,
)

Cube = NDArray[np.float64]

OBJECTIVES = {"social_npv": SOCIAL, "firm_mw": FIRM, "firm_mw_with_fairness_floor": FIRM}
FAIR = "firm_mw_with_fairness_floor"
FLAT_PU = 0.01
BUDGET_SLACK_PU = 1e-3
SHAPE_COUNT = 512
BASE_COUNT = 25
ADJUSTMENTS = 8
NEAR_SPREADS = (0.05, 0.2)


@dataclass(frozen=True)
class Aim:
    """What is to be as large as possible, and within which limits."""

    name: str
    budget_msek: float
    top_limit_pu: float

    @property
    def objective(self) -> str:
        """The measure that is to be as large as possible."""
        return OBJECTIVES[self.name]

    def allows(self, outlay: Cube, top: Cube) -> NDArray[np.bool_]:
        """Whether outlay and its part to the top fifth are within the limits."""
        within = outlay <= self.budget_msek * (1 + BUDGET_SLACK_PU)
        return np.asarray(within & (top <= self.top_limit_pu * outlay + 1e-9))


def aims(search: Search) -> list[Aim]:
    """Every aim at every budget; only the fair one has a limit to the top fifth's share."""
    return [
        Aim(name, budget, search.top_quintile_outlay_pu if name == FAIR else 1.0)
        for budget in search.budgets_msek
        for name in OBJECTIVES
    ]


def search_family(
    evaluate: Evaluate, coordinates: Coordinates, proposed: Mapping[str, float], search: Search, seed: int
) -> tuple[Trials, dict[str, Response]]:
    """Try the family: spread out first, then ``refine_count`` rounds of trials more where each aim's best lies.

    Between the two the proposal itself is tried, with its base amount set so that each budget is spent.
    """
    trials = first_trials(evaluate, search, seed)
    for budget in search.budgets_msek:
        trials = spend_the_budget(trials, evaluate, place_of(proposed), Aim("firm_mw", budget, 1.0))
    responses = fit_trials(trials, coordinates, seed)
    for turn in range(search.refine_count):
        for aim in aims(search):
            place = optimum_place(responses, aim, seed + turn)
            if float(responses[aim.objective].at(place[None, :])[0]) > _nothing(trials, responses, aim):
                trials = spend_the_budget(trials, evaluate, place, aim)
        is_last = turn == search.refine_count - 1
        responses = fit_trials(trials, coordinates, seed, None if is_last else responses)
    return trials, responses


def spend_the_budget(trials: Trials, evaluate: Evaluate, place: Cube, aim: Aim) -> Trials:
    """Evaluate a place, and move its base amount until the budget is nearly spent and not exceeded.

    Outlay rises with the base amount: the next one is where the line through the last two meets a point just below the
    budget. A scheme that costs less than the budget at the highest base amount, or whose aim is not power, is left.
    """
    known = [(0.0, 0.0)]
    for _ in range(ADJUSTMENTS):
        trials = more_trials(trials, evaluate, [place])
        outlay = float(trials.means(OUTLAY)[-1])
        is_spent = (1 - 4 * BUDGET_SLACK_PU) * aim.budget_msek <= outlay <= (1 + BUDGET_SLACK_PU) * aim.budget_msek
        is_free = outlay < aim.budget_msek and (aim.objective == SOCIAL or place[0] >= 1)
        if is_spent or is_free or outlay <= 0:
            break
        (before, paid), known = known[-1], [*known, (float(place[0]), outlay)]
        slope = (outlay - paid) / (place[0] - before) if place[0] != before else np.inf
        aimed = place[0] + (aim.budget_msek * (1 - BUDGET_SLACK_PU) - outlay) / max(slope, 1e-9)
        place = np.concatenate([[np.clip(aimed, 0.0, 1.0)], place[1:]])
    return trials


def _nothing(trials: Trials, responses: Mapping[str, Response], aim: Aim) -> float:
    """What no support brings, and the fit's own error above it: a fitted gain below that is none."""
    # ASSUME: a fitted gain over no support that is smaller than the fit's own error is none.
    return float(trials.means(aim.objective)[0] + responses[aim.objective].residuals().std())


def optimum_place(responses: Mapping[str, Response], aim: Aim, seed: int) -> Cube:
    """Place in the cube where the fitted responses are best within the aim's limits."""

    def objective(places: Cube, /) -> Any:
        return np.negative(responses[aim.objective].at(np.atleast_2d(places.T)))

    def limits(places: Cube, /) -> Any:
        rows = np.atleast_2d(places.T)
        outlay, top = responses[OUTLAY].at(rows), responses[TOP].at(rows)
        top_limit = (1 - 2 * BUDGET_SLACK_PU) * aim.top_limit_pu
        found = np.stack([outlay - aim.budget_msek, top - top_limit * np.maximum(outlay, 0.0)])
        return found if places.ndim == 2 else found[:, 0]

    cube = Bounds(np.zeros(len(NAMES)), np.ones(len(NAMES)))
    found = differential_evolution(
        objective, cube, constraints=NonlinearConstraint(limits, -np.inf, 1e-6 * aim.budget_msek),
        vectorized=True, updating="deferred", polish=False, init="sobol", popsize=12, maxiter=120,
        rng=np.random.default_rng(seed),
    )  # fmt: skip
    return np.asarray(np.clip(found.x, 0.0, 1.0), dtype=float)


def best_trial(trials: Trials, aim: Aim) -> int:
    """Number of the best evaluated trial within the limits; 0, no support, always is."""
    allowed = aim.allows(trials.means(OUTLAY), trials.means(TOP)) & ~trials.is_anchor
    return int(np.argmax(np.where(allowed, trials.means(aim.objective), -np.inf)))


def as_proposed(trials: Trials, aim: Aim, proposed: Mapping[str, float]) -> int:
    """Number of the trial with the proposal's ratios, exponent and cap that spends most of the budget."""
    has_its_shape = np.isclose(trials.places[:, 1:], place_of(proposed)[1:]).all(axis=1)
    outlay = trials.means(OUTLAY)
    is_within = outlay <= aim.budget_msek * (1 + BUDGET_SLACK_PU)
    return int(np.argmax(np.where(has_its_shape & is_within, outlay, -np.inf)))


def best_schemes(
    trials: Trials, responses: Mapping[str, Response], proposed: Mapping[str, float], search: Search, seed: int
) -> pd.DataFrame:
    """Table ``BestScheme``: amounts, what they bring, how far they may move, and the proposal's ratios beside them.

    ``low`` and ``high`` of an amount hold 5-95 % of the optima over resampled draws, and the optimum over all of them.
    ``no_support`` is 1 where paying nothing serves the aim best, or nothing else keeps its limits: ratios have no value
    then; ``no_support_in_resamples`` is the share of resampled draws in which it is so. ``…_within_1_percent`` is the
    range of a number over schemes whose aim is within one per cent of the best, base amount set anew; it stands in low
    and high. ``…_task53`` is the proposal's own ratio, and what it brings with its base amount set to the budget.

    References
    ----------
    METHODS 5.1 (the family), 7 (how sure).
    """
    generator = np.random.default_rng([seed, 53])
    count = trials.values[OUTLAY].shape[1]
    resampled = generator.multinomial(count, np.full(count, 1 / count), size=search.resample_count).T / count
    weights = np.column_stack([np.full(count, 1 / count), resampled])
    return pd.DataFrame(
        [
            {"aim": aim.name, "budget_msek": aim.budget_msek, "quantity": quantity, "value": value, "low": low,
             "high": high, "unit": unit}
            for aim in aims(search)
            for quantity, value, low, high, unit in _rows(trials, responses, aim, proposed, weights, generator)
        ]
    )  # fmt: skip


def _rows(
    trials: Trials, responses: Mapping[str, Response], aim: Aim, proposed: Mapping[str, float], weights: Cube,
    generator: np.random.Generator,
) -> Iterator[tuple[str, float, float, float, str]]:  # fmt: skip
    chosen = best_trial(trials, aim)
    is_nothing = trials.means(OUTLAY)[chosen] <= 0
    amounts = amounts_at(trials.places[[chosen]]).iloc[0]
    found = _optima(trials, responses, aim, chosen, weights, generator)
    for name, span in SPANS.items():
        value = float(amounts[name]) if not is_nothing else (0.0 if name == NAMES[0] else np.nan)
        yield (name, value, *_holding(value, *_range(found.amounts[name][1:])), span.unit)
        yield (f"{name}_within_1_percent", value, *_holding(value, *found.flat[name]), span.unit)
    own = as_proposed(trials, aim, proposed)
    for name in ("dc_ac_ratio", "open_closed_ratio"):
        yield f"{name}_task53", proposed[name], np.nan, np.nan, "ratio"
    for name, unit in ((OUTLAY, "MSEK"), (FIRM, "MW"), (SOCIAL, "MSEK")):
        yield (name, float(trials.means(name)[chosen]), *_range(found.brings[name][1:]), unit)
        yield f"{name}_task53", float(trials.means(name)[own]), np.nan, np.nan, unit
    share = np.divide(found.brings[TOP], found.brings[OUTLAY], out=np.full(len(found.nothing), np.nan),
                      where=found.brings[OUTLAY] > 0)  # fmt: skip
    yield ("top_quintile_outlay_pu", float(trials.top_share_pu()[chosen]), *_range(share[1:]), "share")
    yield "top_quintile_outlay_pu_task53", float(trials.top_share_pu()[own]), np.nan, np.nan, "share"
    yield "no_support", float(is_nothing), np.nan, np.nan, "yes or no"
    yield "no_support_in_resamples", float(np.mean(found.nothing[1:])), np.nan, np.nan, "share"
    yield "foretold_r2", responses[aim.objective].r2_pu, np.nan, np.nan, "share"
    yield "foretold_outlay_r2", responses[OUTLAY].r2_pu, np.nan, np.nan, "share"


def _range(values: ArrayLike) -> tuple[float, float]:
    array = np.asarray(values, dtype=float)
    known = array[~np.isnan(array)]
    low, high = np.quantile(known, [LOW, HIGH]) if len(known) else (np.nan, np.nan)
    return float(low), float(high)


def _holding(value: float, low: float, high: float) -> tuple[float, float]:
    """The range, widened so that it holds the value; a range or value that is not there changes nothing."""
    return float(np.fmin(low, value)), float(np.fmax(high, value))


@dataclass(frozen=True)
class Optima:
    """Optima by set of weights, the first being all draws alike: amounts, what they bring, where nothing is best."""

    amounts: pd.DataFrame
    brings: Mapping[str, Cube]
    nothing: NDArray[np.bool_]
    flat: Mapping[str, tuple[float, float]]


def _optima(
    trials: Trials, responses: Mapping[str, Response], aim: Aim, chosen: int, weights: Cube,
    generator: np.random.Generator,
) -> Optima:  # fmt: skip
    """Best base amount of many shapes, and the best of these shapes, for each set of weights over the draws."""
    centre = trials.places[chosen, 1:]
    near = [np.clip(centre + spread * generator.standard_normal((SHAPE_COUNT // 4, len(centre))), 0, 1)
            for spread in NEAR_SPREADS]  # fmt: skip
    shapes = np.vstack([centre, design(SHAPE_COUNT, len(SHAPE_NAMES), int(generator.integers(1 << 31))), *near])
    bases = np.linspace(0.0, 1.0, BASE_COUNT)
    places = np.column_stack([np.tile(bases, len(shapes)), np.repeat(shapes, BASE_COUNT, axis=0)])
    by_draw = {name: response.mix(places) @ response.values for name, response in responses.items()}
    for name, cube in by_draw.items():
        cube[::BASE_COUNT] = trials.values[name][0]
    margin = _nothing(trials, responses, aim) - trials.means(aim.objective)[0]
    nothing = trials.values[aim.objective][0] @ weights
    by_set = {name: np.ascontiguousarray((cube @ weights).T).reshape(-1, len(shapes), BASE_COUNT)
              for name, cube in by_draw.items()}  # fmt: skip
    rows, flat = [], dict.fromkeys(NAMES, (np.nan, np.nan))
    for number in range(weights.shape[1]):
        value, base = best_bases({name: cube[number] for name, cube in by_set.items()}, bases, aim)
        row = int(np.argmax(value))
        is_nothing = value[row] <= nothing[number] + margin
        rows.append((row, base[row], is_nothing))
        if number == 0 and not is_nothing:
            is_close = value >= value[row] - FLAT_PU * abs(value[row])
            close = amounts_at(np.column_stack([base, shapes])[is_close])
            flat = {name: (float(close[name].min()), float(close[name].max())) for name in NAMES}
    return _gathered(rows, shapes, trials, responses, weights, flat)


def _gathered(
    rows: list[tuple[int, float, bool]], shapes: Cube, trials: Trials, responses: Mapping[str, Response],
    weights: Cube, flat: Mapping[str, tuple[float, float]],
) -> Optima:  # fmt: skip
    is_nothing = np.array([nothing for _, _, nothing in rows])
    places = np.array([np.concatenate([[base], shapes[row]]) for row, base, _ in rows])
    amounts = amounts_at(places)
    amounts.loc[is_nothing, NAMES[0]] = 0.0
    amounts.loc[is_nothing, list(SHAPE_NAMES)] = np.nan
    brings = {}
    for name, response in responses.items():
        foretold = np.einsum("pd,dp->p", response.mix(places) @ response.values, weights)
        brings[name] = np.where(is_nothing, trials.values[name][0] @ weights, foretold)
    return Optima(amounts, brings, is_nothing, flat)


def best_bases(means: Mapping[str, Cube], bases: Cube, aim: Aim) -> tuple[Cube, Cube]:
    """Best value and place of the base amount for each shape, where means are shape × base.

    Between two base amounts everything is taken as straight, so that a budget is spent to its end.

    Examples
    --------
    Outlay 0, 100, 200 and power 0, 4, 6 at places 0, 0.5, 1: with 150 to spend 5 at 0.75.
    """
    outlay, value, top = means[OUTLAY], means[aim.objective], means[TOP]
    step = outlay[:, 1:] - outlay[:, :-1]
    crosses = (outlay[:, :-1] <= aim.budget_msek) & (outlay[:, 1:] > aim.budget_msek)
    part = np.divide(aim.budget_msek - outlay[:, :-1], step, out=np.zeros_like(step), where=crosses)

    def between(cube: Cube) -> Cube:
        return np.asarray(cube[:, :-1] + part * (cube[:, 1:] - cube[:, :-1]))

    all_outlay = np.hstack([outlay, between(outlay)])
    allowed = aim.allows(all_outlay, np.hstack([top, between(top)]))
    allowed[:, len(bases) :] &= crosses
    values = np.where(allowed, np.hstack([value, between(value)]), -np.inf)
    places = np.hstack([np.broadcast_to(bases, outlay.shape), between(np.broadcast_to(bases, outlay.shape))])
    column = np.argmax(values, axis=1)
    rows = np.arange(len(values))
    return values[rows, column], places[rows, column]
