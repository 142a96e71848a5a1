"""What a scenario fetches from public services: the question for each, and the names of the files it becomes.

Nothing is opened here: the names follow from the settings alone, so that a run is planned before anything is fetched.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from analysis.errors import Fault

FOLDER = "retrieved"
"""Where fetched files lie, under the inputs root."""

Name = Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
Year = Annotated[int, Field(ge=2000, le=2060)]
Years = Annotated[tuple[Year, ...], Field(min_length=1)]
Area = Literal["SE1", "SE2", "SE3", "SE4"]
Code = Annotated[str, Field(pattern=r"^[\w.:*+?()-]+$")]


class Asked(BaseModel):
    """Base: unknown keys are refused. ``refresh`` asks the service again for what it has changed since."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    refresh: bool = False

    def parts(self) -> dict[str, dict[str, Any]]:
        """File (below the service's folder) → what is asked for it."""
        raise NotImplementedError  # each service names its own files; the base asks for nothing


class EntsoePrices(Asked):
    """Day-ahead prices of the ENTSO-E Transparency Platform: a file per price area and local year."""

    service: Literal["entsoe"]
    price_areas: Annotated[tuple[Area, ...], Field(min_length=1)]
    years: Years

    def parts(self) -> dict[str, dict[str, Any]]:
        """Name a file by area and year."""
        return {
            f"{area}_{year}.csv": {"price_area": area, "year": year} for area in self.price_areas for year in self.years
        }


class MimerReserves(Asked):
    """Prices and volumes of reserves as Svenska kraftnät publishes them in Mimer: a file per market and local year."""

    service: Literal["mimer"]
    markets: Annotated[tuple[Literal["fcr", "afrr", "mfrr_capacity"], ...], Field(min_length=1)]
    years: Years

    def parts(self) -> dict[str, dict[str, Any]]:
        """Name a file by market and year."""
        return {
            f"{market}_{year}.csv": {"market": market, "year": year} for market in self.markets for year in self.years
        }


class PxwebTable(Asked):
    """A selection of one table of Statistics Sweden (PxWeb API 2); ``*`` takes every code of a variable.

    A variable that is not named is left to the service, which adds it up where the table allows.
    """

    service: Literal["pxweb"]
    name: Name
    table: Annotated[str, Field(pattern=r"^[A-Za-z0-9]+$")]
    selection: Annotated[dict[str, tuple[Code, ...]], Field(min_length=1)]

    @field_validator("selection")
    @classmethod
    def names_codes(cls, selection: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        """Refuse a variable without codes, and a pattern other than ``*`` alone: its size would not be known."""
        for variable, codes in selection.items():
            if not codes or len(set(codes)) != len(codes):
                raise ValueError(f"{variable}: give at least one code, each once")
            if any(re.search(r"[*?()]", code) for code in codes) and codes != ("*",):
                raise ValueError(f"{variable}: give codes, or '*' alone")
        return selection

    def parts(self) -> dict[str, dict[str, Any]]:
        """Name the file as the scenario does."""
        selection = {variable: list(codes) for variable, codes in self.selection.items()}
        return {f"{self.name}.csv": {"pxweb_table": self.table, "selection": selection}}


class TrafikanalysTable(Asked):
    """One question to the API of Trafikanalys: ``product|variable:values|measure``."""

    service: Literal["trafikanalys"]
    name: Name
    query: Annotated[str, Field(pattern=r"^[a-zA-Z0-9]+(\|[\w:,]+)+$")]

    def parts(self) -> dict[str, dict[str, Any]]:
        """Name the file as the scenario does."""
        return {f"{self.name}.csv": {"query": self.query}}


class SmhiTemperature(Asked):
    """Hourly air temperature of one station of SMHI, which stands for a price area: a file per year."""

    service: Literal["smhi"]
    station: Annotated[int, Field(gt=0)]
    price_area: Area
    years: Years

    def parts(self) -> dict[str, dict[str, Any]]:
        """Name a file by area, station and year."""
        return {
            f"{self.price_area}_{self.station}_{year}.csv": {"station": self.station, "year": year}
            for year in self.years
        }


class EcbRates(Asked):
    """Daily reference rates of the European Central Bank, crowns for a euro: a file per year."""

    service: Literal["ecb"]
    years: Years

    def parts(self) -> dict[str, dict[str, Any]]:
        """Name a file by year."""
        return {f"eur_sek_{year}.csv": {"year": year} for year in self.years}


Retrieval = Annotated[
    EntsoePrices | MimerReserves | PxwebTable | TrafikanalysTable | SmhiTemperature | EcbRates,
    Field(discriminator="service"),
]


class Retrieved(BaseModel):
    """Everything a scenario fetches; empty means that no run of it opens a connection."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    retrieve: tuple[Retrieval, ...] = ()

    @model_validator(mode="after")
    def asks_once(self) -> "Retrieved":
        """Two questions may not become one file."""
        names = [f"{asked.service}/{name}" for asked in self.retrieve for name in asked.parts()]
        if repeated := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"retrieve asks twice for {', '.join(repeated)}")
        return self


def planned_files(retrieve: Iterable[Retrieval]) -> dict[str, dict[str, Any]]:
    """Files that a scenario fetches, below the inputs root, and what is asked for each.

    Examples
    --------
    ``{service: ecb, years: [2025]}`` gives ``retrieved/ecb/eur_sek_2025.csv``, asked with ``year`` 2025.
    """
    return {
        f"{FOLDER}/{asked.service}/{name}": part | {"refresh": asked.refresh}
        for asked in retrieve
        for name, part in asked.parts().items()
    }


def matching_files(retrieve: Iterable[Retrieval], pattern: str) -> list[str]:
    """Planned files that a source's pattern takes in, as if they were dropped already."""
    return sorted(path for path in planned_files(retrieve) if PurePosixPath(f"/{path}").match(f"/{pattern}"))


def disagreements(scenarios: Mapping[str, Iterable[Retrieval]]) -> list[Fault]:
    """Name each file that two scenarios ask for with different questions: one would overwrite the other's.

    Parameters
    ----------
    scenarios
        Place of a scenario (its file) → what it fetches.
    """
    first: dict[str, tuple[str, dict[str, Any]]] = {}
    faults = []
    for place, retrieve in scenarios.items():
        for path, part in planned_files(retrieve).items():
            question = {key: value for key, value in part.items() if key != "refresh"}
            other, known = first.setdefault(path, (place, question))
            if known != question:
                faults.append(Fault(f"{place}: inputs.retrieve", f"another question for {path} than in {other}",
                                    "one question for each name", "Give it a name of its own."))  # fmt: skip
    return faults
