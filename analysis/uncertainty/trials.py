"""Turns places in the family's cube into trials: what each scheme brings in every draw, and which none beats."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.gaussian_process.kernels import Kernel

from analysis.settings.model import Search
from analysis.uncertainty.family import NAMES, SHAPE_NAMES, amounts_at, design
from analysis.uncertainty.response import Coordinates, Response, fit_response

Cube = NDArray[np.float64]
Evaluate = Callable[[Mapping[str, float]], pd.DataFrame]
"""From the amounts of a scheme to its outcomes, a row a draw; the same draws whatever the amounts."""

OUTLAY, FIRM, SOCIAL, TOP = (
    "outlay_msek", "net_firm_additional_mw", "net_social_npv_msek", "top_quintile_outlay_msek",
)  # fmt: skip
MEASURES = (OUTLAY, FIRM, SOCIAL, TOP)
ANCHOR_COUNT = 8


@dataclass(frozen=True)
class Trials:
    """Places (trial × dimension) and what was found there (trial × draw); ``is_anchor`` marks no support told again."""

    places: Cube
    values: Mapping[str, Cube]
    is_anchor: NDArray[np.bool_]

    def means(self, name: str) -> Cube:
        """Mean over the draws, a trial each."""
        return np.asarray(self.values[name].mean(axis=1))

    def top_share_pu(self) -> Cube:
        """Share of the outlay that goes to the fifth with the highest incomes; null where nothing is paid."""
        paid = self.means(OUTLAY)
        return np.asarray(np.divide(self.means(TOP), paid, out=np.full(len(paid), np.nan), where=paid > 0))


def evaluate_places(evaluate: Evaluate, places: Cube) -> dict[str, Cube]:
    """Outcomes of trials, trial × draw, by measure."""
    amounts = amounts_at(places)
    found = [evaluate({name: float(row[name]) for name in NAMES}) for _, row in amounts.iterrows()]
    return {name: np.stack([each[name].to_numpy(dtype=float) for each in found]) for name in MEASURES}


def first_trials(evaluate: Evaluate, search: Search, seed: int) -> Trials:
    """No support, and ``trial_count`` places spread evenly over the cube.

    A base amount of nothing pays nothing whatever the other numbers: it is evaluated once, and told to the fit at
    ``ANCHOR_COUNT`` places of that face of the cube.
    """
    spread = design(search.trial_count, len(NAMES), seed)
    nothing = evaluate_places(evaluate, np.zeros((1, len(NAMES))))
    anchors = np.column_stack([np.zeros(ANCHOR_COUNT), design(ANCHOR_COUNT, len(SHAPE_NAMES), seed + 1)])
    found = evaluate_places(evaluate, spread)
    values = {name: np.vstack([nothing[name], np.repeat(nothing[name], ANCHOR_COUNT, axis=0), found[name]])
              for name in MEASURES}  # fmt: skip
    places = np.vstack([np.zeros((1, len(NAMES))), anchors, spread])
    is_anchor = np.zeros(len(places), dtype=bool)
    is_anchor[1 : ANCHOR_COUNT + 1] = True
    return Trials(places, values, is_anchor)


def more_trials(trials: Trials, evaluate: Evaluate, places: Sequence[Cube]) -> Trials:
    """The same trials and some more."""
    added = np.stack(places)
    found = evaluate_places(evaluate, added)
    return Trials(
        np.vstack([trials.places, added]),
        {name: np.vstack([trials.values[name], found[name]]) for name in MEASURES},
        np.concatenate([trials.is_anchor, np.zeros(len(added), dtype=bool)]),
    )


def fit_trials(
    trials: Trials, coordinates: Coordinates, seed: int, before: Mapping[str, Response] | None = None
) -> dict[str, Response]:
    """Fit every measure; with ``before``, its kernels are kept and only the trials are new.

    What goes to the top fifth is mixed as the outlay is, or the errors of the two would stand against each other in its
    share. Social value is fitted where something is paid: handling grants costs money however small they are, so that
    it jumps where support begins.
    """
    kernels = {name: before[name].kernel for name in MEASURES} if before else {}
    is_paid = trials.places[:, 0] > 0

    def fit(name: str, rows: NDArray[np.bool_], kernel: Kernel | None) -> Response:
        return fit_response(trials.places[rows], trials.values[name][rows], coordinates, seed, kernel)

    everywhere = np.ones(len(trials.places), dtype=bool)
    fitted = {name: fit(name, everywhere, kernels.get(name)) for name in (OUTLAY, FIRM)}
    fitted[SOCIAL] = fit(SOCIAL, is_paid, kernels.get(SOCIAL))
    return fitted | {TOP: fit(TOP, everywhere, fitted[OUTLAY].kernel)}


def on_front(outlay: Cube, *wanted: Cube) -> NDArray[np.bool_]:
    """Mark trials that no other beats: less outlay and more of everything wanted, at least as good in all.

    Examples
    --------
    Outlays 0, 1, 2, 2 with 0, 3, 4, 1 MW: the last is beaten by the third, the others stand.
    """
    scores = np.column_stack([-outlay, *wanted])
    at_least = (scores[:, None, :] >= scores[None, :, :]).all(axis=2)
    better = (scores[:, None, :] > scores[None, :, :]).any(axis=2)
    return np.asarray(~(at_least & better).any(axis=0))


def front_table(trials: Trials) -> pd.DataFrame:
    """Table ``SchemeFront``: every trial that was evaluated, means over the draws."""
    kept = ~trials.is_anchor
    outlay, firm, social = (trials.means(name)[kept] for name in (OUTLAY, FIRM, SOCIAL))
    table = amounts_at(trials.places[kept])
    table.insert(0, "trial", np.arange(len(table)))
    return table.assign(
        outlay_msek=outlay,
        net_firm_additional_mw=firm,
        net_social_npv_msek=social,
        top_quintile_outlay_pu=trials.top_share_pu()[kept],
        is_on_front=on_front(outlay, firm, social),
    )
