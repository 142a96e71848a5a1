"""What is made once: shared by all that leave alone what it reads."""

import pytest

from analysis.errors import DataError
from analysis.evidence.laboratory import Laboratory
from analysis.evidence.memory import Memory, Watched
from analysis.settings.parameters import ParameterSet

PARAMETERS = ParameterSet({"a": 1.0, "b": 2.0})


class Counter:
    def __init__(self) -> None:
        self.count = 0

    def __call__(self, parameters: ParameterSet) -> float:
        self.count += 1
        return parameters["a"] * 10


def test_only_what_was_read_makes_it_anew() -> None:
    memory, make = Memory(), Counter()
    assert memory.made("ten", PARAMETERS, make) == 10.0
    assert memory.made("ten", PARAMETERS.with_values({"b": 5.0}), make) == 10.0
    assert make.count == 1
    assert memory.made("ten", PARAMETERS.with_values({"a": 3.0}), make) == 30.0
    assert memory.made("ten", PARAMETERS, make) == 10.0
    assert make.count == 2
    assert memory.made("other", PARAMETERS, make) == 10.0
    assert make.count == 3


def test_what_was_read_inside_counts_outside() -> None:
    """One that asks another reads what the other read, also where the other had been made before."""
    memory, inner = Memory(), Counter()

    def outer(parameters: ParameterSet) -> float:
        return memory.made("inner", parameters, inner) + 1

    for _ in range(2):
        memory.made("inner", PARAMETERS, inner)
        assert memory.made("outer", PARAMETERS, outer) == 11.0
        assert memory.made("outer", PARAMETERS.with_values({"a": 2.0}), outer) == 21.0


def test_a_copy_reads_all() -> None:
    watched = Watched(PARAMETERS)
    assert "a" in watched and len(watched) == 2
    assert watched.read == {}
    ParameterSet(watched).with_values({"a": 9.0})
    assert watched.read == {"a": 1.0, "b": 2.0}


def test_a_laboratory_shares_what_did_not_change(laboratory: Laboratory) -> None:
    def make(lab: Laboratory) -> object:
        assert not lab.conditions
        return [lab.parameters["veh.eps0"]]

    first = laboratory.made(("test",), make)
    assert laboratory.with_values({"cap.life": 12.0}).made(("test",), make) is first
    assert laboratory.with_conditions({"price_year": 2023}).made(("test",), make) is first
    assert laboratory.with_values({"veh.eps0": 0.2}).made(("test",), make) == [0.2]


def test_weather_and_load_read_no_parameter(laboratory: Laboratory) -> None:
    load = laboratory.household_load("SE3", 2025)
    moved = laboratory.with_values({name: 2 * value for name, value in laboratory.parameters.values.items()})
    assert moved.household_load("SE3", 2025) is load


def test_a_condition_must_be_declared(laboratory: Laboratory) -> None:
    placed = laboratory.with_conditions({"price_year": 2025, "power_kw": 11, "price_area": "SE3"})
    assert (placed.whole("price_year"), placed.number("power_kw"), placed.text("price_area")) == (2025, 11.0, "SE3")
    assert placed.with_condition("price_year", 2023).whole("price_year") == 2023
    for ask in (lambda: laboratory.condition("price_year"), lambda: placed.with_condition("yaer", 2023)):
        with pytest.raises(DataError, match="a condition of the case"):
            ask()


@pytest.mark.parametrize("ask", ["table", "law", "use_case"])
def test_what_is_not_there_is_named(laboratory: Laboratory, ask: str) -> None:
    with pytest.raises(DataError, match="nothing_of_the_kind"):
        getattr(laboratory, ask)("nothing_of_the_kind")


def test_rates_of_the_year_of_the_money(laboratory: Laboratory) -> None:
    """charger_prices.csv FX01 and FX02, and the same euro as the price index."""
    assert laboratory.sek_per("EUR") == 11.0647
    assert laboratory.sek_per("GBP") == 12.917
    index = laboratory.table("price_index").set_index("year")["sek_per_eur"]
    assert laboratory.sek_per("EUR") == pytest.approx(index[laboratory.settings.price_year], abs=1e-3)
