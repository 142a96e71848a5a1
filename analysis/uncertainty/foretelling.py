"""Foretells what each choice brings from what is known of a draw, fitted on other draws."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.linear_model import RidgeCV
from sklearn.model_selection import KFold
from sklearn.pipeline import Pipeline, make_pipeline, make_union
from sklearn.preprocessing import OneHotEncoder, PolynomialFeatures, SplineTransformer, StandardScaler

from analysis.uncertainty.latents import PRICE_YEAR

Cube = NDArray[np.float64]

FOLDS = 5
KNOTS = 5
PENALTIES = tuple(float(value) for value in np.logspace(-2, 4, 13))


def foretold_gains(gains: Cube, varies: NDArray[np.bool_], known: pd.DataFrame, seed: int) -> Cube:
    """Fit on four fifths of the draws and foretell the rest, in turn: draw × choice; 0 where a choice never varies."""
    foretold = np.zeros_like(gains)
    for train, test in KFold(FOLDS, shuffle=True, random_state=seed).split(gains):
        model = _regression(known)
        model.fit(known.iloc[train], gains[train][:, varies])
        foretold[np.ix_(test, varies)] = np.asarray(model.predict(known.iloc[test])).reshape(len(test), -1)
    return foretold


def _regression(known: pd.DataFrame) -> Pipeline:
    """Smooth curve of each parameter, products of each two, ridge penalty by its own cross-validation."""
    years = [name for name in known.columns if name == PRICE_YEAR]
    if years:
        shape: Any = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    else:
        curves = SplineTransformer(n_knots=KNOTS, degree=3, knots="quantile", include_bias=False)
        products = make_pipeline(StandardScaler(), PolynomialFeatures(2, interaction_only=True, include_bias=False))
        shape = make_union(curves, products)
    return make_pipeline(shape, StandardScaler(), RidgeCV(alphas=PENALTIES))
