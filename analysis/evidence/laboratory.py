"""The place where published conditions are set up: parameters, tables, prices, cars. Nothing is tuned to a case.

A case takes what it needs from here. Whatever costs time is made once and shared, as long as the parameters that it
reads stay the same.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import NamedTuple, TypeVar

import pandas as pd

from analysis.dispatch.inputs import MarketWeek, market_weeks, northern_share
from analysis.dispatch.use_cases import GridTerms, dispatch_use_cases
from analysis.dispatch.values import dispatch_vehicles
from analysis.errors import DataError, Fault
from analysis.evidence.memory import Memory
from analysis.fleet.use_cases import UseCase, use_cases
from analysis.market.grid_tariff import TAX_OF_TODAY, grid_tariff, parameters_of_price_year
from analysis.mobility.availability import build_availability_weeks
from analysis.mobility.calibration import Behaviour, calibrated_behaviour
from analysis.mobility.contracts import NO_CONTRACT, Contract
from analysis.mobility.weeks import choose_weeks
from analysis.mobility.years import REFERENCE_AREA, reference_weather
from analysis.policy.model import Scheme
from analysis.settings.model import ReserveLevel, Settings
from analysis.settings.parameters import ParameterSet
from analysis.sources.bundle import in_scope
from analysis.sources.money import real_day_ahead_prices, real_reserve_prices
from analysis.synthetic.climate import climate_year
from analysis.synthetic.household_load import household_load
from analysis.synthetic.price_scaling import with_scaled_year
from analysis.synthetic.travel import generate_travel

Setting = float | int | str
Made = TypeVar("Made")

SCALED_YEAR, SCALED_FROM = 2022, 2023
"""Published hours of 2022 are not at hand: those of 2023 are scaled to the means of 2022 (check T15)."""
DIARY_COUNT = 80
"""Cars on whose diaries the plug-in behaviour is calibrated, as in the evidence on reserve years."""
WHOLE_PRICES = (
    ReserveLevel(level_id="full", fcr_n_pu=1.0, fcr_d_pu=1.0),
    ReserveLevel(level_id="none", fcr_n_pu=0.0, fcr_d_pu=0.0),
)


class PricedYear(NamedTuple):
    """Real prices of one area and local year, and the weeks chosen to stand for it."""

    day_ahead: pd.DataFrame
    reserves: pd.DataFrame
    weeks: pd.DataFrame


class Travel(NamedTuple):
    """Vehicles and Trips of the generated private cars, with the plug-in behaviour fitted to them."""

    vehicles: pd.DataFrame
    trips: pd.DataFrame
    behaviour: Behaviour


@dataclass(frozen=True)
class Laboratory:
    """Parameters of the run, tables as committed or read, and the conditions of one case.

    Parameters
    ----------
    parameters
        Values of this laboratory. :meth:`with_values` gives one with some of them changed.
    tables
        Tables by the name of their file, each checked by its contract.
    settings
        Of the run: seed, year of the money, diary weeks.
    laws
        Schemes by the name of their file.
    conditions
        Of one case; a case reads those it has declared and no others.
    """

    parameters: ParameterSet
    tables: Mapping[str, pd.DataFrame]
    settings: Settings
    laws: Mapping[str, Scheme] = field(default_factory=lambda: MappingProxyType({}))
    conditions: Mapping[str, Setting] = field(default_factory=lambda: MappingProxyType({}))
    memory: Memory = field(default_factory=Memory, compare=False, repr=False)

    def with_values(self, changed: Mapping[str, float]) -> "Laboratory":
        """The same laboratory with some parameters changed; what they do not touch is shared."""
        return replace(self, parameters=self.parameters.with_values(changed))

    def with_conditions(self, conditions: Mapping[str, Setting]) -> "Laboratory":
        """The same laboratory with these conditions and no others."""
        return replace(self, conditions=MappingProxyType(dict(conditions)))

    def with_condition(self, name: str, value: Setting) -> "Laboratory":
        """The same laboratory with one of its conditions changed.

        Raises
        ------
        DataError
            If the case has no condition of that name.
        """
        self.condition(name)
        return self.with_conditions({**self.conditions, name: value})

    def condition(self, name: str) -> Setting:
        """A condition of the case.

        Raises
        ------
        DataError
            If the case has not declared it.
        """
        if name not in self.conditions:
            listed = ", ".join(sorted(self.conditions)) or "none"
            raise DataError(Fault(f"condition {name!r}", f"only {listed}", "a condition of the case", "Declare it."))
        return self.conditions[name]

    def number(self, name: str) -> float:
        """A condition that is a number."""
        return float(self.condition(name))

    def whole(self, name: str) -> int:
        """A condition that is a whole number, as a year or a count."""
        return int(self.condition(name))

    def text(self, name: str) -> str:
        """A condition that is a name."""
        return str(self.condition(name))

    def table(self, name: str) -> pd.DataFrame:
        """A table by the name of its file.

        Raises
        ------
        DataError
            If the laboratory was not given it.
        """
        if name not in self.tables:
            listed = ", ".join(sorted(self.tables))
            raise DataError(Fault(f"laboratory table {name!r}", f"only {listed}", "a table of the rule",
                                  "Add it to the rule and to the contracts of the script."))  # fmt: skip
        return self.tables[name]

    def law(self, name: str) -> Scheme:
        """A scheme by the name of its file.

        Raises
        ------
        DataError
            If the laboratory was not given it.
        """
        if name not in self.laws:
            listed = ", ".join(sorted(self.laws)) or "none"
            raise DataError(
                Fault(f"laboratory law {name!r}", f"only {listed}", "a scheme of the rule", "Add the file.")
            )
        return self.laws[name]

    def range_of(self, parameter_id: str) -> tuple[float, float]:
        """Low and high end of a parameter in parameters.csv."""
        rows = self.table("parameters").set_index("id")
        return float(rows["low"][parameter_id]), float(rows["high"][parameter_id])

    def made(self, key: tuple[object, ...], make: "Callable[[Laboratory], Made]") -> Made:
        """Make something once for all cases and knobs that leave what it reads alone; see :class:`Memory`.

        ``key`` names the maker and all its arguments; ``make`` gets a laboratory without conditions.
        """
        return self.memory.made(
            key, self.parameters, lambda watched: make(replace(self.with_conditions({}), parameters=watched))
        )

    # prices

    def sek_per(self, currency: str) -> float:
        """Mean rate of the year of the money (charger_prices.csv): ``EUR``, ``GBP``, ``USD``, ``AUD``, ``DKK``."""
        rows = self.table("charger_prices")
        rates = rows[rows["kind"] == "fx"].set_index("currency")["price_low"]
        return float(rates[f"SEK/{currency}"])

    def priced_year(self, price_area: str, price_year: int, per_season: int = 1) -> PricedYear:
        """Published prices of an area and year in real money, and the weeks that stand for the year.

        The extreme week is always among them. 2022 is generated: hours of 2023 scaled to the means of 2022.
        """
        return self.made(
            ("priced_year", price_area, price_year, per_season),
            lambda lab: lab._priced_year(price_area, price_year, per_season),
        )

    def _priced_year(self, price_area: str, price_year: int, per_season: int) -> PricedYear:
        scope = self.settings.scope.model_copy(update={"price_areas": (price_area,), "price_years": (price_year,)})
        run = self.settings.model_copy(update={"scope": scope})
        quotes = self.table("day_ahead_quotes"), self.table("reserve_quotes")
        if price_year == SCALED_YEAR:
            quotes = with_scaled_year(*quotes, self.table("market_facts"), from_year=SCALED_FROM, year=SCALED_YEAR)
        index, money = self.table("price_index"), self.settings.price_year
        prices = real_day_ahead_prices(in_scope(quotes[0], run), index, money)
        reserves = real_reserve_prices(in_scope(quotes[1], run), index, money)
        return PricedYear(prices, reserves, choose_weeks(prices, reserves, price_year, per_season, True))

    def weather(self, price_area: str, price_year: int) -> pd.DataFrame:
        """Temperature of an area and year, generated from the monthly normals."""
        return self.made(
            ("weather", price_area, price_year),
            lambda lab: climate_year((price_area,), price_year, lab.table("climate_normals"), lab.settings.seed),
        )

    def household_load(self, price_area: str, price_year: int) -> pd.DataFrame:
        """Hourly load of the mean household of each dwelling."""
        return self.made(
            ("household_load", price_area, price_year),
            lambda lab: household_load(
                lab.weather(price_area, price_year), lab.table("household_load_shape"),
                lab.table("household_electricity"), lab.table("climate_normals"),
            ),
        )  # fmt: skip

    def market_weeks(self, price_area: str, price_year: int, per_season: int = 1) -> list[MarketWeek]:
        """Hourly prices and household load of the weeks that stand for a year; their weights add up to it."""

        def make(lab: Laboratory) -> list[MarketWeek]:
            year = lab.priced_year(price_area, price_year, per_season)
            load = lab.household_load(price_area, price_year)
            return market_weeks(year.weeks, year.day_ahead, year.reserves, load,
                                price_area=price_area, price_year=price_year, step_h=1.0)  # fmt: skip

        return self.made(("market_weeks", price_area, price_year, per_season), make)

    def northern_pu(self, price_area: str) -> float:
        """Share of the area's cars with reduced energy tax."""
        return northern_share(self.table("tariffs"), price_area)

    def grid_terms(self, tariff_id: str, price_year: int) -> GridTerms:
        """What a grid tariff lays over the parameters, with the energy tax of today in every year."""
        tariff = grid_tariff(self.table("grid_tariffs"), tariff_id)
        facts = self.table("market_facts")
        return GridTerms(
            parameters_of_price_year(self.parameters, tariff, facts, energy_tax=TAX_OF_TODAY, price_year=price_year),
            tariff.charge,
        )

    # cars

    def travel(self, diary_count: int = DIARY_COUNT) -> Travel:
        """Generated private cars, their trips, and their plug-in behaviour as fitted to real sessions."""

        def make(lab: Laboratory) -> Travel:
            seed, years = lab.settings.seed, lab.settings.scope.price_years
            vehicles, trips = generate_travel(
                diary_count, lab.settings.scope.diary_weeks, seed, lab.table("travel_facts"), lab.parameters
            )
            at_base = reference_weather(lab.weather(REFERENCE_AREA, min(years)), (REFERENCE_AREA,), years)
            plug_ins = lab.table("plug_in_statistics")
            return Travel(
                vehicles, trips, calibrated_behaviour(trips, vehicles, at_base, plug_ins, seed, lab.parameters)
            )

        return self.made(("travel", diary_count), make)

    def car_weeks(
        self, car_count: int, price_area: str, price_year: int, *, per_season: int = 1, contract: Contract = NO_CONTRACT
    ) -> pd.DataFrame:
        """AvailabilityWeeks of the first generated cars in the weeks of a year, under a plug-in contract or none."""

        def make(lab: Laboratory) -> pd.DataFrame:
            travel = lab.travel()
            cars = travel.vehicles.iloc[:car_count]
            return build_availability_weeks(
                travel.trips[travel.trips["vehicle_id"].isin(cars["vehicle_id"])], cars,
                lab.weather(price_area, price_year), lab.priced_year(price_area, price_year, per_season).weeks,
                travel.behaviour, price_area, 1.0, lab.settings.seed, lab.parameters, contract,
            )  # fmt: skip

        return self.made(("car_weeks", car_count, price_area, price_year, per_season, contract), make)

    def dispatched_cars(
        self,
        car_count: int,
        price_area: str,
        price_year: int,
        *,
        charger_options: tuple[str, ...] = ("ac_11",),
        levels: tuple[ReserveLevel, ...] = WHOLE_PRICES,
        tariff_id: str = "by_parameters",
        contract: Contract = NO_CONTRACT,
    ) -> pd.DataFrame:
        """DispatchValues of the first generated private cars under every strategy; one week a season and the extreme.

        The tariff is the household's, wear and standby included.
        """

        def make(lab: Laboratory) -> pd.DataFrame:
            scope = lab.settings.scope.model_copy(
                update={"price_areas": (price_area,), "price_years": (price_year,), "reserve_levels": levels,
                        "charger_options": charger_options}
            )  # fmt: skip
            year, grid = lab.priced_year(price_area, price_year), lab.grid_terms(tariff_id, price_year)
            cars = lab.travel().vehicles.iloc[:car_count]
            return dispatch_vehicles(
                availability_weeks=lab.car_weeks(car_count, price_area, price_year, contract=contract),
                representative_weeks=year.weeks, vehicles=cars, dispatch_sample=cars[["vehicle_id"]],
                day_ahead_prices=year.day_ahead, reserve_prices=year.reserves,
                household_load=lab.household_load(price_area, price_year), parameters=grid.parameters,
                price_area=price_area, price_year=price_year, scope=scope, northern_pu=lab.northern_pu(price_area),
                capacity=grid.capacity,
            ).values  # fmt: skip

        key = ("dispatched_cars", car_count, price_area, price_year, charger_options, str(levels), tariff_id, contract)
        return self.made(key, make)

    # use cases

    def use_case(self, name: str, **changed: Setting | None) -> UseCase:
        """A row of use_cases.csv, with some of its fields changed to the published conditions.

        Raises
        ------
        DataError
            If there is no such row.
        """
        listed = {case.use_case: case for case in use_cases(self.table("use_cases"))}
        if name not in listed:
            raise DataError(Fault(f"use case {name!r}", f"only {', '.join(listed)}", "a row of use_cases.csv",
                                  "Correct the name."))  # fmt: skip
        return replace(listed[name], **changed)  # type: ignore[arg-type]  # fields of any type

    def use_case_values(
        self, case: UseCase, price_year: int, *, vehicle_count: int, per_season: int = 1, spot_only: bool = False
    ) -> pd.DataFrame:
        """UseCaseValues of one case by strategy, at the published prices of its area and a year.

        ``spot_only``: spot in and out, without tax, fee, wear and standby.
        """

        def make(lab: Laboratory) -> pd.DataFrame:
            found = dispatch_use_cases(
                [case], {case.price_area: lab.market_weeks(case.price_area, price_year, per_season)},
                {case.grid_tariff: lab.grid_terms(case.grid_tariff, price_year)}, price_year=price_year, step_h=1.0,
                seed=lab.settings.seed, vehicle_count=vehicle_count,
                northern_pu={case.price_area: lab.northern_pu(case.price_area)}, spot_only=spot_only,
            )  # fmt: skip
            return found.set_index("strategy")

        return self.made(("use_case_values", case, price_year, vehicle_count, per_season, spot_only), make)
