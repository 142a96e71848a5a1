"""Turns trials that were evaluated into what trials in between would bring: Gaussian processes.

A process is fitted over coordinates in which outcomes are smooth; for support these are what each kind of charger is
given, for households see that and not the five numbers it follows from. The foretold value is a fixed linear mix of the
trials' values, so that one fit serves the mean over the draws, every draw by itself, and every resample of the draws.
How well it foretells a trial it has not seen is part of the result.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Kernel, Matern, WhiteKernel

Cube = NDArray[np.float64]
Coordinates = Callable[[Cube], Cube]
"""From places in the cube to coordinates in which outcomes are smooth, a row a place."""


@dataclass(frozen=True)
class Response:
    """One outcome over the cube: trials' places, their kernel, and the factor that turns values into weights."""

    points: Cube
    coordinates: Coordinates
    kernel: Kernel
    inverse: Cube
    values: Cube

    def mix(self, places: Cube) -> Cube:
        """Weights of the trials in what each place brings: place × trial; each row sums to one."""
        near = np.asarray(self.kernel.k1(self.coordinates(places), self.points)) @ self.inverse
        return np.asarray(near + (1.0 - near.sum(axis=1, keepdims=True)) / len(self.points))

    def at(self, places: Cube) -> Cube:
        """Mean over the draws at each place."""
        return np.asarray(self.mix(places) @ self.values.mean(axis=1))

    def residuals(self) -> Cube:
        """Mean of each trial less what all other trials foretell for it (leave one out, kernel kept)."""
        mean = self.values.mean(axis=1)
        return np.asarray((self.inverse @ (mean - mean.mean())) / np.diag(self.inverse))

    @property
    def r2_pu(self) -> float:
        """Share of the variance between trials that is foretold without the trial itself."""
        mean = self.values.mean(axis=1)
        return 1.0 - float(np.sum(self.residuals() ** 2) / np.sum((mean - mean.mean()) ** 2))


def fit_response(
    places: Cube, values: Cube, coordinates: Coordinates, seed: int, kernel: Kernel | None = None
) -> Response:
    """Fit one outcome.

    Parameters
    ----------
    places
        Trial × dimension, in the unit cube.
    values
        Trial × draw.
    coordinates
        Where the process is fitted.
    seed
        Of the start of the search for the kernel.
    kernel
        Taken as it is where given; else found by maximum likelihood on the mean over the draws.
    """
    mean, points = values.mean(axis=1), coordinates(places)
    scale = float(mean.std()) or 1.0
    if kernel is None:
        start = ConstantKernel(1.0, (1e-2, 1e4)) * Matern(np.ones(points.shape[1]), (5e-2, 1e2), nu=2.5) + WhiteKernel(
            1e-5, (1e-8, 1e-2)
        )
        fit = GaussianProcessRegressor(start, random_state=seed)
        with warnings.catch_warnings():
            # a length at its upper bound says that the outcome does not depend on that dimension: a finding, no failure
            warnings.simplefilter("ignore", ConvergenceWarning)
            fit.fit(points, (mean - mean.mean()) / scale)
        kernel = fit.kernel_
    covariance = np.asarray(kernel(points))
    return Response(points, coordinates, kernel, np.linalg.inv(covariance), values)
