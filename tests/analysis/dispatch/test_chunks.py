"""Cars solved chunk by chunk: the same answers, and no more cars in memory than one at a time."""

import gc
import weakref
from collections.abc import Callable, Iterator

import pytest

from analysis.dispatch.chunks import solve_in_chunks
from analysis.dispatch.dynamic import Solved, solve
from analysis.dispatch.problem import VehicleProblem
from analysis.dispatch.strategies import GRID

Maker = Callable[..., VehicleProblem]


def _cost(name: str, problem: VehicleProblem, solved: Solved) -> tuple[str, float]:
    assert problem.step_count == len(solved.schedule.charge_kw)
    return name, solved.schedule.objective_sek


def test_chunks_give_what_each_car_gives_alone(random_problem: Maker) -> None:
    problems = [random_problem(seed, 2, standby_kw=0.0) for seed in range(7)]
    chunks = list(solve_in_chunks(((f"car {at}", each) for at, each in enumerate(problems)), GRID, _cost, size=3))
    assert [len(chunk) for chunk in chunks] == [3, 3, 1]
    alone = [found.objective_sek for found in (solve(problem, GRID) for problem in problems) if found is not None]
    assert [pair for chunk in chunks for pair in chunk] == [(f"car {at}", cost) for at, cost in enumerate(alone)]


def test_cars_are_read_when_their_turn_comes_and_let_go(random_problem: Maker) -> None:
    alive: list[weakref.ref[VehicleProblem]] = []
    most = 0

    def cars() -> Iterator[tuple[str, VehicleProblem]]:
        nonlocal most
        for seed in range(12):
            problem = random_problem(seed, 1, standby_kw=0.0)
            alive.append(weakref.ref(problem))
            gc.collect()
            most = max(most, sum(each() is not None for each in alive))
            yield str(seed), problem

    chunks = solve_in_chunks(cars(), GRID, _cost, size=4)
    assert len(next(chunks)) == 4 and len(alive) == 4
    assert sum(len(chunk) for chunk in chunks) == 8
    assert most <= 3


def test_a_chunk_holds_a_car() -> None:
    with pytest.raises(ValueError, match="at least one"):
        next(solve_in_chunks(iter(()), GRID, _cost, size=0))
