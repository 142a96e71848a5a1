"""A local service for each test, and connectors that ask it and wait for milliseconds only."""

from datetime import UTC, datetime

import pytest

from analysis.connectors.cache import Cache
from analysis.connectors.services import SERVICES
from analysis.connectors.transport import Patience, Transport
from tests.analysis.connectors.service import LocalService, Reply

QUICK = Patience(connect_s=2, read_s=0.5, whole_s=2, tries=3, back_off_s=0.01, longest_wait_s=2, most_bytes=5_000_000)
TOKEN = "secret-token/with+signs"


@pytest.fixture
def service(monkeypatch):
    """A server that every service's address leads to; it answers nothing until it is told what."""
    local = LocalService(lambda asked: Reply(b"", status=404))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("V2X_OFFLINE", raising=False)
    monkeypatch.setenv("ENTSOE_API_TOKEN", TOKEN)
    for each in SERVICES.values():
        monkeypatch.setenv(each.variable, local.url)
    yield local
    local.stop()


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache, whose clock stands still and whose services allow questions at once."""
    for each in SERVICES.values():
        monkeypatch.setitem(vars(each), "interval_s", 0.0)
    return Cache(tmp_path / "cache", lambda: Transport(QUICK), lambda: datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
