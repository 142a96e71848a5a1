"""The six services, and what the environment says of them: address, token, whether the network may be used."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from analysis.errors import DataError, Fault

OFFLINE: Final = "V2X_OFFLINE"
"""Set to 1, no connection is opened: what is not kept already is a fault."""


@dataclass(frozen=True)
class Service:
    """One public service. ``interval_s`` is the least time between two questions, ``accept`` the form asked for."""

    name: str
    publisher: str
    licence: str
    address: str
    interval_s: float
    token: str | None = None
    accept: str = "*/*"

    @property
    def variable(self) -> str:
        """Environment variable with another address: a mirror, or a local server."""
        return f"V2X_{self.name.upper()}_URL"

    @property
    def base(self) -> str:
        """Address in use, without a stroke at its end."""
        return (os.environ.get(self.variable) or self.address).rstrip("/")


SERVICES: Final[dict[str, Service]] = {
    service.name: service
    for service in (
        # SOURCE: guide of the Transparency Platform's API: 400 requests a minute.
        Service("entsoe", "ENTSO-E Transparency Platform", "ENTSO-E Transparency terms (attribution)",
                "https://web-api.tp.entsoe.eu/api", 0.2, token="ENTSOE_API_TOKEN"),
        Service("mimer", "Svenska kraftnät, Mimer", "none stated; Svenska kraftnät publishes Mimer for public reuse",
                "https://mimer.svk.se", 1.0),
        # SOURCE: /config of the service: 30 calls in 10 seconds.
        Service("pxweb", "Statistics Sweden (SCB)", "CC0 1.0", "https://statistikdatabasen.scb.se/api/v2", 0.34),
        Service("trafikanalys", "Trafikanalys", "official statistics of Sweden; name the source",
                "https://api.trafa.se/api", 1.0, accept="application/json"),
        Service("smhi", "SMHI, meteorological observations", "CC BY 4.0",
                "https://opendata-download-metobs.smhi.se/api", 0.5),
        Service("ecb", "European Central Bank", "ECB statistics; free reuse with the source named",
                "https://data-api.ecb.europa.eu/service", 0.5),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Question:
    """What one request asks: never holds a token, so that it can be kept and printed.

    ``name`` is the file its answer is kept as, ``path`` stands below the service's address, ``body`` is sent as JSON.
    ``statuses`` are the answers that the service's own module reads; any other status is a fault.
    """

    service: Service
    name: str
    path: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    statuses: tuple[int, ...] = (200,)

    @property
    def identity(self) -> dict[str, Any]:
        """What makes two questions the same, wherever the service stands."""
        return {"service": self.service.name, "path": self.path, "query": dict(self.query), "body": self.body}

    @property
    def url(self) -> str:
        """Address without query and token."""
        return self.service.base + self.path

    @property
    def place(self) -> str:
        """Where a fault stands."""
        return f"{self.service.name}: {self.name}"


def token_of(service: Service) -> str:
    """Read the service's token from the environment. It goes into the request and nowhere else.

    Raises
    ------
    DataError
        If the variable is not set.
    """
    name = service.token or ""
    token = os.environ.get(name, "").strip()
    if not token:
        raise DataError(
            Fault(f"environment: {name}", "no token", f"a token of {service.publisher}",
                  f"Register with the service and set {name}; or bring the kept answers of an earlier run.")
        )  # fmt: skip
    return token


def is_offline() -> bool:
    """Whether the user has forbidden the network."""
    return os.environ.get(OFFLINE, "") not in {"", "0"}
