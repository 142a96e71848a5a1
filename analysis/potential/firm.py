"""Turns cars, availability and correlation into power that can be counted on: the share of nameplate at a quantile.

Two cars miss together: on holidays, in the cold, when a system fails. With pairwise correlation the firm share stops
falling at pi - z·sqrt(rho·pi·(1 - pi)) however many cars there are (METHODS 4).
"""

import numpy as np
from scipy.special import betaln, ndtri, xlogy

from analysis.units import KW_PER_MW

FIRM_QUANTILE = 0.95

# ASSUME: below this number of cars the normal formula is replaced by the exact distribution.
SMALL_FLEET_COUNT = 50

LEAST_CORRELATION_PU = 1e-9  # below, the beta-binomial is the binomial to eight digits, and its terms lose theirs


def firm_share(
    car_count: np.ndarray, available_pu: np.ndarray, correlation_pu: np.ndarray, quantile: float = FIRM_QUANTILE
) -> np.ndarray:
    """Share of nameplate that is there with probability ``quantile``, by the normal formula; arrays broadcast.

    Parameters
    ----------
    car_count
        Number of cars, above 0; draws may be fractional.
    available_pu
        Probability that one car is there in the hour.
    correlation_pu
        Pairwise correlation beyond the hour's mean.
    quantile
        How sure, 0.5 to 1.

    Returns
    -------
    np.ndarray
        Share between 0 and ``available_pu``.

    References
    ----------
    METHODS 4, acceptance check T8.

    Examples
    --------
    50 cars at 0.6, uncorrelated, 95 %: 0.49; 10 000 cars at correlation 0.05: 0.42.
    """
    cars, available, correlation = (np.asarray(values, float) for values in (car_count, available_pu, correlation_pu))
    variance = available * (1 - available) * (1 / cars + correlation * np.maximum(0.0, 1 - 1 / cars))
    share: np.ndarray = np.maximum(0.0, available - ndtri(quantile) * np.sqrt(np.maximum(0.0, variance)))
    return share


def firm_share_exact(
    car_count: int, available_pu: float, correlation_pu: float = 0.0, quantile: float = FIRM_QUANTILE
) -> float:
    """Largest share of a small fleet that is there with probability ``quantile``, exactly.

    Binomial where cars are independent; beta-binomial with the same pairwise correlation where they are not.

    Examples
    --------
    10 cars at 0.6, independent: 3 of 10 are there with 95 %, so 0.30; 50 cars: 0.48.
    """
    return float(small_fleet_share(car_count, np.array([available_pu]), correlation_pu, quantile)[0])


def small_fleet_share(
    car_count: int, available_pu: np.ndarray, correlation_pu: float, quantile: float = FIRM_QUANTILE
) -> np.ndarray:
    """Exact firm share of one number of cars in many hours at once, as :func:`firm_share_exact` gives it for one.

    Parameters
    ----------
    car_count
        Whole number of cars, at least 1.
    available_pu
        Probability that one car is there, by hour.
    correlation_pu
        Pairwise correlation, at least 0.
    quantile
        How sure.
    """
    available = np.clip(np.asarray(available_pu, dtype=float), 0.0, 1.0)
    there = np.arange(car_count + 1, dtype=float)
    some = np.where((available > 0) & (available < 1), available, 0.5)[:, None]
    ways = -betaln(1 + car_count - there, 1 + there) - np.log(car_count + 1)
    if correlation_pu <= LEAST_CORRELATION_PU:
        chance = ways + xlogy(there, some) + xlogy(car_count - there, 1 - some)
    else:
        first, second = (each * (1 - correlation_pu) / correlation_pu for each in (some, 1 - some))
        chance = ways + betaln(there + first, car_count - there + second) - betaln(first, second)
    reached = np.exp(chance).cumsum(axis=1) >= (1 - quantile) * (1 + 1e-12)
    share: np.ndarray = np.where(available == some[:, 0], reached.argmax(axis=1) / car_count, available)
    return share


def fleet_firm_share(
    car_count: np.ndarray, available_pu: np.ndarray, correlation_pu: np.ndarray, quantile: float = FIRM_QUANTILE
) -> np.ndarray:
    """Firm share of any fleet: the normal formula, the exact law below :data:`SMALL_FLEET_COUNT`, 0 without a car.

    Never above the mean share: of few cars that are nearly always there, all may be there with 95 %, but no tier counts
    more than the one before it.

    Parameters
    ----------
    car_count, available_pu, correlation_pu
        As in :func:`firm_share`; they broadcast.
    """
    cars, available, correlation = np.broadcast_arrays(
        *(np.asarray(values, dtype=float) for values in (car_count, available_pu, correlation_pu))
    )
    share = firm_share(np.maximum(cars, 1.0), available, correlation, quantile)
    small = cars < SMALL_FLEET_COUNT
    if small.any():
        share[small] = [
            min(firm_share_exact(int(count), float(there), float(rho), quantile), float(there)) if count >= 1 else 0.0
            for count, there, rho in zip(cars[small], available[small], correlation[small], strict=True)
        ]
    return share


def firm_mw(
    car_count: np.ndarray,
    plugged_pu: np.ndarray,
    mean_kw: np.ndarray,
    correlation_pu: np.ndarray,
    working_pu: np.ndarray,
    quantile: float = FIRM_QUANTILE,
) -> np.ndarray:
    """Firm power of enrolled cars; all inputs broadcast.

    Parameters
    ----------
    car_count
        Enrolled cars.
    plugged_pu
        Share of them connected in the hour.
    mean_kw
        Mean deliverable power per enrolled car, counting those not connected as 0.
    correlation_pu
        Pairwise correlation of availability.
    working_pu
        Share of cars whose hardware and communication work.

    Returns
    -------
    np.ndarray
        MW. A connected car delivers ``mean_kw / plugged_pu``, as in F = N·P·(pi - z·sqrt(...)).
    """
    share = fleet_firm_share(car_count, plugged_pu * working_pu, correlation_pu, quantile)
    firm: np.ndarray = car_count * share * connected_kw(plugged_pu, mean_kw) / KW_PER_MW
    return firm


def connected_kw(plugged_pu: np.ndarray, mean_kw: np.ndarray) -> np.ndarray:
    """Power of a connected car from the mean over all cars; 0 where none is connected."""
    plugged, power = np.broadcast_arrays(np.asarray(plugged_pu, dtype=float), np.asarray(mean_kw, dtype=float))
    connected: np.ndarray = np.divide(power, plugged, out=np.zeros(power.shape), where=plugged > 0)
    return connected
