"""Keeps every answer as it came, with a sidecar that says what it is, and gives it back without asking again.

A kept answer is two files: the bytes, named by their digest, and the sidecar, written last. So a killed job leaves the
old answer or the new one, and a sidecar never speaks of bytes that are not there.
"""

import fcntl
import hashlib
import json
import logging
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from analysis.connectors.services import OFFLINE, Question, Service, is_offline, token_of
from analysis.connectors.transport import Answer, Transport
from analysis.errors import DataError, Fault
from analysis.io import write_bytes, write_json

log = logging.getLogger(__name__)

Check = Callable[[bytes], object]
"""Raises a DataError where the bytes are not what the service documents."""


@dataclass(frozen=True)
class Kept:
    """A kept answer: where it lies, its bytes, and its sidecar."""

    path: Path
    content: bytes
    sidecar: dict[str, Any]


class Cache:
    """The folder of kept answers, ``<folder>/<service>/``, and the way to what is not in it yet.

    Parameters
    ----------
    folder
        Made when the first answer is kept.
    transport
        Opened when the first question has to be asked; a run that finds all answers opens none.
    now
        Clock of the sidecars.
    """

    def __init__(
        self, folder: Path, transport: Callable[[], Transport] = Transport,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:  # fmt: skip
        self.folder, self.now = Path(folder), now
        self._open = transport
        self._transport: Transport | None = None

    def ask(self, question: Question, check: Check, refresh: bool = False) -> Kept:
        """Give the kept answer, or ask the service and keep what it says.

        Parameters
        ----------
        question
            What is asked; a kept answer to another question of the same name is not given.
        check
            Holds the bytes against what the service documents, before they are kept and each time they are given.
        refresh
            Ask again: by condition where the service has marked its answer, else for all.

        Raises
        ------
        DataError
            If a kept byte has changed, the answer is not as documented, or there is none and none can be had.
        """
        kept = self._kept(question)
        if kept is None or refresh:
            with self._turn(question.service):
                kept = self._kept(question)  # another job may have asked in the meantime
                if kept is None or refresh:
                    return self._fetched(question, check, kept)
        check(kept.content)
        return kept

    def _sidecar(self, question: Question) -> Path:
        return self.folder / question.service.name / f"{question.name}.meta.json"

    def _kept(self, question: Question) -> Kept | None:
        sidecar = self._sidecar(question)
        if not sidecar.exists():
            return None
        try:
            told = json.loads(sidecar.read_text(encoding="utf-8"))
            asked, path = told["question"], sidecar.with_name(Path(told["file"]).name)
            digest = str(told["sha256"])
        except (ValueError, KeyError, TypeError):
            raise _changed(sidecar, "a sidecar that cannot be read", "a sidecar of the connector") from None
        if asked != question.identity:
            log.info("%s: another question is kept under this name", question.place)
            return None
        if not path.is_file():
            raise _changed(sidecar, f"no {path.name} beside it", "the bytes it speaks of")
        content = path.read_bytes()
        if (found := hashlib.sha256(content).hexdigest()) != digest:
            raise _changed(path, f"bytes of SHA-256 {found[:12]}…", f"{digest[:12]}…, as they came")
        return Kept(path, content, told)

    def _fetched(self, question: Question, check: Check, old: Kept | None) -> Kept:
        if is_offline():
            raise DataError(
                Fault(question.place, f"no kept answer in {self.folder}, and {OFFLINE} is set", "the answer",
                      f"Unset {OFFLINE}, or bring the folder of an earlier run.")
            )  # fmt: skip
        secrets = {"securityToken": token_of(question.service)} if question.service.token else {}
        if self._transport is None:
            self._transport = self._open()
        part = self._sidecar(question).with_name(f"{question.name}.part")
        log.info("asking %s", question.place)
        answer = self._transport.download(question, part, _condition(old), secrets)
        if answer.content is None and old is not None:
            log.info("%s: unchanged since %s", question.place, old.sidecar["retrieved_utc"])
            check(old.content)
            return old
        content = answer.content or b""
        check(content)
        return self._keep(question, answer, content, old)

    def _keep(self, question: Question, answer: Answer, content: bytes, old: Kept | None) -> Kept:
        digest, name = hashlib.sha256(content).hexdigest(), Path(question.name)
        path = self._sidecar(question).with_name(f"{name.stem}.{digest[:12]}{name.suffix}")
        told = {
            "file": path.name, "source": question.service.publisher, "licence": question.service.licence,
            "url": question.url, "question": question.identity, "status": answer.status,
            "retrieved_utc": self.now().strftime("%Y-%m-%dT%H:%M:%SZ"), "sha256": digest, "bytes": len(content),
            "etag": answer.headers.get("ETag"), "last_modified": answer.headers.get("Last-Modified"),
            "content_type": answer.headers.get("Content-Type"),
        }  # fmt: skip
        write_bytes(content, path)
        write_json(told, self._sidecar(question))
        if old is not None and old.path != path:
            old.path.unlink(missing_ok=True)
        return Kept(path, content, told)

    @contextmanager
    def _turn(self, service: Service) -> Iterator[None]:
        """Ask a service from one job at a time, and no sooner than it allows after the last question."""
        folder = self.folder / service.name
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / ".turn").open("a+", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            rest = service.interval_s - (time.time() - os.fstat(lock.fileno()).st_mtime)
            lock.seek(0)
            if lock.read():
                time.sleep(min(max(rest, 0.0), service.interval_s))
            try:
                yield
            finally:
                lock.truncate(0)
                lock.write("asked")
                lock.flush()


def _changed(place: Path, found: str, expected: str) -> DataError:
    return DataError(Fault(str(place), found, expected, "Delete the file and its sidecar; the next run fetches it."))


def _condition(old: Kept | None) -> Mapping[str, str]:
    """Headers that ask only for what has changed since an answer was kept."""
    if old is None:
        return {}
    told = {"If-None-Match": old.sidecar.get("etag"), "If-Modified-Since": old.sidecar.get("last_modified")}
    return {name: value for name, value in told.items() if value}
