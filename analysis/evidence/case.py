"""What a case is: one published result, our number for it in the published unit, and what could move that number."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal

from analysis.evidence.laboratory import Laboratory, Setting

Kind = Literal["engine", "identity", "input"]
"""``engine``: the model could have come out otherwise; ``identity``: arithmetic on what is given; ``input``: our own
assumption, read back."""

NO_CONDITIONS: Mapping[str, Setting] = MappingProxyType({})


@dataclass(frozen=True)
class Estimate:
    """Our number in the published unit, with the ends of what the case holds open (areas, years, readings).

    For a *sign* row it is the margin by which the published order holds: above 0 it holds.
    """

    low: float
    central: float
    high: float

    def __post_init__(self) -> None:
        if not self.low <= self.central <= self.high:
            raise ValueError(f"an estimate needs low <= central <= high, not {self.low}, {self.central}, {self.high}")

    @classmethod
    def single(cls, value: float) -> "Estimate":
        """One number without a spread."""
        return cls(value, value, value)

    @classmethod
    def across(cls, central: float, *others: float) -> "Estimate":
        """A central number and what other years, areas or readings give.

        Examples
        --------
        ``across(5.0, 9.0, 4.0)`` is 4 to 9 about 5.
        """
        return cls(min(central, *others), central, max(central, *others))

    def scaled(self, factor: float) -> "Estimate":
        """In another unit: every number times a factor above 0."""
        return replace(self, low=self.low * factor, central=self.central * factor, high=self.high * factor)


@dataclass(frozen=True)
class Knob:
    """One thing that can be turned alone: a parameter, moved over its range, or a condition, over two settings.

    ``settings`` is None for a parameter: its low and high end stand in parameters.csv.
    """

    name: str
    settings: tuple[Setting, Setting] | None = None

    @property
    def is_parameter(self) -> bool:
        """Whether the knob is a parameter of the run."""
        return self.settings is None

    def ends(self, laboratory: Laboratory) -> tuple[Setting, Setting]:
        """The two settings; those of a parameter are the ends of its range."""
        return laboratory.range_of(self.name) if self.settings is None else self.settings

    def base(self, laboratory: Laboratory) -> Setting:
        """Where the knob stands when nothing is turned."""
        return laboratory.parameters[self.name] if self.is_parameter else laboratory.condition(self.name)

    def turned(self, laboratory: Laboratory, setting: Setting) -> Laboratory:
        """The laboratory with this knob at a setting and all else as it was."""
        if self.is_parameter:
            return laboratory.with_values({self.name: float(setting)})
        return laboratory.with_condition(self.name, setting)


@dataclass(frozen=True)
class Case:
    """One published result, set up: how our number is computed and what could move it.

    Parameters
    ----------
    published_id
        Row of ``PublishedResults``.
    kind
        What the comparison can show, see :data:`Kind`.
    run
        Computes our number. It reads parameters, tables and the case's conditions from the laboratory, nothing else.
    conditions
        The published conditions as settings by name, read by ``laboratory.condition(name)``. No parameter of the model
        is set here.
    knobs
        What could explain a miss, likeliest first.
    is_transfer
        Whether the conditions are of another country or market than the published ones.
    is_calibration
        Whether the model was fitted to this very figure, so that meeting it proves little.
    stated
        The figure that a row states in words only, with its source beside it in the code. None for all others: a row
        that has figures is held to those.
    """

    published_id: str
    kind: Kind
    run: Callable[[Laboratory], Estimate]
    knobs: tuple[Knob, ...] = ()
    conditions: Mapping[str, Setting] = field(default_factory=lambda: NO_CONDITIONS)
    is_transfer: bool = False
    is_calibration: bool = False
    stated: float | None = None

    def placed(self, laboratory: Laboratory) -> Laboratory:
        """The laboratory with the case's own conditions and no others."""
        return laboratory.with_conditions(self.conditions)
