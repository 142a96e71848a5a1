"""The settings of a run: typed, frozen, closed. Inputs, assumptions, policy and scope stand apart from each other."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from analysis.settings.retrieve import Retrieved

PriceArea = Literal["SE1", "SE2", "SE3", "SE4"]
Share = Annotated[float, Field(ge=0, le=1)]
Standards = Literal["reference", "early_standards", "late_standards", "proprietary_lock_in"]
ExitProfile = Literal["even", "by_age"]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]


class Closed(BaseModel):
    """Base: unknown keys are refused, values never change after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=False, allow_inf_nan=False)


class FileSource(Closed):
    """Files of one kind: which descriptor reads them, and where they lie under the inputs root."""

    descriptor: Slug
    pattern: str = Field(min_length=1, description="glob under the inputs root; may not leave it")

    @model_validator(mode="after")
    def stays_inside(self) -> "FileSource":
        """A pattern may not climb out of the inputs root."""
        if self.pattern.startswith("/") or ".." in self.pattern.split("/"):
            raise ValueError(f"pattern {self.pattern!r} leaves the inputs root; give a path below it")
        return self


class Inputs(Retrieved, Closed):
    """The data set bundle. A null source means: generate it (synthetic) or carry the embedded table.

    ``retrieve`` lists what is fetched from public services before it is read; nothing, where it is empty.
    ``scaled_from_year``: the price files are of this year, and the one price year of the scope is generated from its
    hours, scaled to the means that data/reference/market_facts.csv has for it.
    """

    bundle: Slug
    day_ahead_prices: tuple[FileSource, ...] | None = None
    reserve_prices: tuple[FileSource, ...] | None = None
    scaled_from_year: int | None = None
    sessions: tuple[FileSource, ...] | None = None
    fleet_trips: tuple[FileSource, ...] | None = None
    households: tuple[FileSource, ...] | None = None
    plugin_cars: tuple[FileSource, ...] | None = None
    population: tuple[FileSource, ...] | None = None
    incomes: tuple[FileSource, ...] | None = None


INPUT_KINDS = tuple(name for name in Inputs.model_fields if name not in {"bundle", "scaled_from_year", "retrieve"})
"""The inputs that may be files."""


class ReserveLevel(Closed):
    """One point of the designed set: share of the year's price that is left, per product group.

    Capacity of aFRR and mFRR is sold where ``afrr_mfrr_pu`` is above 0.
    """

    level_id: Slug
    fcr_n_pu: Annotated[float, Field(ge=0, le=2)]
    fcr_d_pu: Annotated[float, Field(ge=0, le=2)]
    afrr_mfrr_pu: Annotated[float, Field(ge=0, le=2)] = 0.0


class Search(Closed):
    """How much work goes into sensitivity and the best scheme; targets of their own, which no report waits for.

    ``explained_schemes`` are those whose outcomes are explained, as far as the run compares them.
    ``sobol_base_count`` is the N of N(2k+2) runs and a power of two; k is ``sobol_parameter_count``, those that move
    the outcomes most, and all others together as one. ``trial_draw_count`` draws are shared by ``trial_count`` schemes
    of the Task 53 family; ``refine_count`` more are tried where the best seems to lie.
    """

    explained_schemes: tuple[Slug, ...] = Field(min_length=1)
    morris_path_count: Annotated[int, Field(ge=2)]
    sobol_parameter_count: Annotated[int, Field(ge=1)]
    sobol_base_count: Annotated[int, Field(ge=8)]
    trial_count: Annotated[int, Field(ge=8)]
    trial_draw_count: Annotated[int, Field(ge=8)]
    refine_count: Annotated[int, Field(ge=0)]
    resample_count: Annotated[int, Field(ge=20)]
    budgets_msek: tuple[Annotated[float, Field(gt=0)], ...] = Field(min_length=1)
    top_quintile_outlay_pu: Share

    @field_validator("sobol_base_count", "trial_count")
    @classmethod
    def is_a_power_of_two(cls, count: int) -> int:
        """Sobol sequences are balanced at powers of two only."""
        if count & (count - 1):
            below = 1 << count.bit_length() - 1
            raise ValueError(f"{count} is no power of two; take {below} or {2 * below}")
        return count


class Scope(Closed):
    """How much is computed: areas, years, sample, step, weeks, options."""

    price_areas: tuple[PriceArea, ...] = Field(min_length=1)
    price_years: tuple[int, ...] = Field(min_length=1)
    target_years: tuple[int, ...] = Field(min_length=1)
    step_h: Annotated[float, Field(description="1 hour, or a quarter of an hour")]
    diary_vehicle_count: Annotated[int, Field(ge=20)]
    diary_weeks: Annotated[int, Field(ge=2, le=52)]
    dispatch_vehicle_count: Annotated[int, Field(ge=2)]
    dispatch_chunk_count: Annotated[int, Field(ge=1, le=999)] = 1
    representative_weeks_per_season: Annotated[int, Field(ge=1, le=13)]
    has_extreme_week: bool
    charger_options: tuple[str, ...] = Field(min_length=1)
    reserve_levels: tuple[ReserveLevel, ...] = Field(min_length=2)
    profile_count: Annotated[int, Field(ge=2, le=12)]
    draw_count: Annotated[int, Field(ge=50)]
    wear_vehicle_count: Annotated[int, Field(ge=1)]
    foresight_vehicle_count: Annotated[int, Field(ge=1)]
    foresight_weeks: Annotated[int, Field(ge=3, le=8)]
    search: Search

    @model_validator(mode="after")
    def holds_together(self) -> "Scope":
        """Check the step, repeated names, the sample against the diaries, and that levels 0 and 1 are both there."""
        if self.step_h not in (0.25, 1.0):
            raise ValueError("step_h must be 1.0 or 0.25")
        for name in ("price_areas", "price_years", "target_years", "charger_options"):
            values = getattr(self, name)
            if len(set(values)) != len(values):
                raise ValueError(f"{name} repeats a value: {values}")
        if self.dispatch_vehicle_count > self.diary_vehicle_count:
            raise ValueError("dispatch_vehicle_count is larger than diary_vehicle_count; sample fewer or draw more")
        if self.dispatch_chunk_count > self.dispatch_vehicle_count:
            raise ValueError("dispatch_chunk_count is larger than dispatch_vehicle_count; take a chunk a car at most")
        levels = {(level.fcr_n_pu, level.fcr_d_pu) for level in self.reserve_levels}
        if not {(0.0, 0.0), (1.0, 1.0)} <= levels:
            raise ValueError("reserve_levels needs the points (1, 1) and (0, 0); potential interpolates between them")
        return self

    @property
    def two_way_option(self) -> str:
        """The first charger option that discharges: what a reader is shown where one must stand for all."""
        return next(name for name in self.charger_options if not name.endswith("_oneway"))

    @property
    def full_reserve_level_id(self) -> str:
        """Name of the reserve level at which no price has fallen."""
        return next(level.level_id for level in self.reserve_levels if level.fcr_n_pu == level.fcr_d_pu == 1)


class Assumptions(Closed):
    """Overrides of data/assumptions/parameters.csv, by parameter id; and what private cars are paid to stay plugged in.

    ``contract_hour_reading`` says how the 10 EUR per extra hour a day are read (METHODS 1.4): once a contract period,
    or for each hour delivered. ``grid_tariff`` names a tariff of data/reference/grid_tariffs.csv or
    data/assumptions/grid_tariff_archetypes.csv; ``energy_tax`` is that of the parameter for all price years, or of
    each price year by the law of that year. ``standards`` says when open standards come; ``exit_profile`` which cars
    leave the country's stock first; ``phev_in_v2x`` whether plug-in hybrids count as cars that can discharge.
    """

    overrides: dict[str, Annotated[float, Field(allow_inf_nan=True)]] = Field(
        default_factory=dict, description="what is not finite is named beside unknown ids, in settings.known"
    )
    plug_in_contract: Literal["none", "12h_20d", "16h"] = "none"
    contract_hour_reading: Literal["per_contract_period", "per_delivered_hour"] = "per_contract_period"
    grid_tariff: Slug = "by_parameters"
    energy_tax: Literal["parameter", "price_year"] = "parameter"
    standards: Standards = "reference"
    exit_profile: ExitProfile = "even"
    phev_in_v2x: Literal["excluded", "included"] = "excluded"


class Policy(Closed):
    """Which schemes are compared, on which day, and which kinds of value count."""

    schemes: tuple[Slug, ...] = Field(min_length=1)
    day: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")
    last_paid_year: int = Field(ge=2020, le=2060)
    statuses: tuple[Literal["enacted", "proposed", "forecast", "assumption"], ...] = Field(min_length=1)
    stacking: Literal["supported_cost_out", "whole_installation_out"]

    @field_validator("day")
    @classmethod
    def is_a_day(cls, day: str) -> str:
        """Refuse a day that no calendar has."""
        date.fromisoformat(day)
        return day


class Settings(Closed):
    """One run, whole."""

    title_sv: str
    title_en: str
    reason_sv: str
    reason_en: str
    seed: Annotated[int, Field(ge=0)]
    price_year: Annotated[int, Field(ge=2015, le=2040)]
    inputs: Inputs
    scope: Scope
    assumptions: Assumptions
    policy: Policy

    @model_validator(mode="after")
    def scales_one_year(self) -> "Settings":
        """A scaled price year needs files of another year, and stands alone."""
        source = self.inputs.scaled_from_year
        if source is None:
            return self
        if not (self.inputs.day_ahead_prices and self.inputs.reserve_prices):
            raise ValueError("inputs.scaled_from_year needs day_ahead_prices and reserve_prices from files")
        if len(self.scope.price_years) != 1 or self.scope.price_years[0] == source:
            raise ValueError(
                "inputs.scaled_from_year needs one price year in scope.price_years, and another than itself"
            )
        return self

    @property
    def is_synthetic_prices(self) -> bool:
        """Whether the day-ahead prices are generated: by the embedded generator, or as another year's hours scaled."""
        return self.inputs.day_ahead_prices is None or self.inputs.scaled_from_year is not None

    @property
    def is_synthetic_reserves(self) -> bool:
        """Whether the reserve prices are generated."""
        return self.inputs.reserve_prices is None or self.inputs.scaled_from_year is not None
