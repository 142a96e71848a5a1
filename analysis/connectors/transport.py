"""Turns a question into the bytes of its answer: retries, waiting as told, resuming, and refusing what is not whole.

Connection, status and ``Retry-After`` are urllib3's; here is what it leaves open: a body that breaks off, drips, never
ends or is not what its own headers say.
"""

import base64
import hashlib
import json
import logging
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, quote_plus

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError
from urllib3.util.retry import Retry

from analysis.connectors.services import Question
from analysis.errors import DataError, Fault
from analysis.io import write_json

log = logging.getLogger(__name__)

PIECE = 1 << 16
BREAKS = (requests.exceptions.ChunkedEncodingError, HTTPError)
"""What ends a body before its time. A connection that fails before it has been tried again by urllib3 already."""
WRITERS = ("urllib3.connectionpool", "urllib3.util.retry", "urllib3.connection")
"""Loggers of the library that write addresses, with all that stands in them."""


@dataclass(frozen=True)
class Patience:
    """How long a service is waited for, how often it is asked, and how much it may send."""

    connect_s: float = 15.0
    read_s: float = 60.0
    whole_s: float = 900.0
    tries: int = 5
    back_off_s: float = 1.0
    longest_wait_s: int = 120
    most_bytes: int = 200_000_000


@dataclass(frozen=True)
class Answer:
    """What came back. ``content`` is None where the service says that nothing has changed (304)."""

    status: int
    content: bytes | None
    headers: Mapping[str, str] = field(default_factory=dict)


class _Redact(logging.Filter):
    """Blots a token out of what the library writes to its log."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        super().__init__()
        self.secrets = secrets

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record; never drops one."""
        record.msg, record.args = without(record.getMessage(), self.secrets), ()
        return True


def without(text: str, secrets: Mapping[str, str]) -> str:
    """Blot every secret out of a text, also as an address spells it."""
    for secret in secrets.values():
        for spelt in {secret, quote(secret), quote_plus(secret)}:
            text = text.replace(spelt, "***")
    return text


class Transport:
    """A session with the services; one download at a time."""

    def __init__(self, patience: Patience | None = None) -> None:
        self.patience = patience or Patience()
        retry = Retry(
            total=self.patience.tries, status_forcelist=(429, 500, 502, 503, 504), allowed_methods={"GET", "POST"},
            backoff_factor=self.patience.back_off_s, backoff_max=self.patience.longest_wait_s,
            retry_after_max=self.patience.longest_wait_s, raise_on_status=False,
        )  # fmt: skip
        self.session = requests.Session()
        self.session.max_redirects = 3
        self.session.headers.update({"User-Agent": "v2x-policy-pipeline", "Accept-Encoding": "identity"})
        for scheme in ("https://", "http://"):
            self.session.mount(scheme, HTTPAdapter(max_retries=retry))

    def download(
        self, question: Question, part: Path, since: Mapping[str, str], secrets: Mapping[str, str]
    ) -> Answer:  # fmt: skip
        """Fetch the answer to one question.

        Parameters
        ----------
        question
            What is asked.
        part
            Where the bytes are gathered. What lies there of an earlier, broken download is continued where the service
            has a mark for its version (``ETag``); the file is gone when the answer is whole.
        since
            Headers of a conditional question (``If-None-Match``, ``If-Modified-Since``); empty asks for all.
        secrets
            Query parameters that are sent and never written down.

        Raises
        ------
        DataError
            If the service cannot be reached, refuses, or does not send the whole of what it announces.
        """
        redact = _Redact(secrets)
        for name in WRITERS:
            logging.getLogger(name).addFilter(redact)
        try:
            return self._until_whole(question, part, since, secrets)
        except (requests.RequestException, HTTPError) as error:
            raise DataError(
                Fault(question.place, without(f"{type(error).__name__}: {error}", secrets)[:300],
                      f"an answer of {question.url}",
                      f"Check the network and {question.service.variable}; kept answers are read without it.")
            ) from None  # fmt: skip
        finally:
            for name in WRITERS:
                logging.getLogger(name).removeFilter(redact)

    def _until_whole(
        self, question: Question, part: Path, since: Mapping[str, str], secrets: Mapping[str, str]
    ) -> Answer:  # fmt: skip
        ends = time.monotonic() + self.patience.whole_s
        for attempt in range(1, self.patience.tries + 1):
            try:
                answer = self._once(question, part, since, secrets, ends)
            except BREAKS as error:
                if attempt == self.patience.tries:
                    raise
                log.warning("%s: %s; trying again", question.place, type(error).__name__)
                time.sleep(min(self.patience.back_off_s * 2 ** (attempt - 1), self.patience.longest_wait_s))
                continue
            if answer is not None:
                return answer
        raise DataError(
            Fault(question.place, f"{self.patience.tries} answers in pieces that do not fit", "one whole answer",
                  "The service changes while it is read: run again later.")
        )  # fmt: skip

    def _once(
        self, question: Question, part: Path, since: Mapping[str, str], secrets: Mapping[str, str], ends: float
    ) -> Answer | None:
        """Ask once; None where what was gathered does not fit and is thrown away."""
        offset, mark = _gathered(part, question)
        headers = {"Range": f"bytes={offset}-", "If-Range": mark} if offset else dict(since)
        headers["Accept"] = question.service.accept
        with self.session.request(
            "POST" if question.body is not None else "GET", question.url, params={**question.query, **secrets},
            json=question.body, headers=headers, stream=True,
            timeout=(self.patience.connect_s, self.patience.read_s),
        ) as response:  # fmt: skip
            if response.status_code == 304 and since and not offset:
                return Answer(304, None, response.headers)
            is_rest = response.status_code == 206 and offset > 0
            if (is_rest and not _continues(response.headers, offset)) or response.status_code == 416:
                _throw_away(part)
                return None
            if not is_rest:
                _refuse_status(question, response)
                offset = 0
            _begin(part, question, response.headers, offset)
            whole = self._gather(question, part, response, offset, ends)
            status = 200 if is_rest else response.status_code
        content = part.read_bytes()
        _throw_away(part)
        _refuse_lies(question, content, response.headers, whole, is_rest)
        if any(secret.encode() in content for secret in secrets.values()):
            raise DataError(
                Fault(question.place, "the token in the answer", "an answer without it", "Nothing was kept; tell them.")
            )
        return Answer(status, content, response.headers)

    def _gather(
        self, question: Question, part: Path, response: requests.Response, offset: int, ends: float
    ) -> int | None:  # fmt: skip
        """Append the body to the part. Returns the bytes that the headers announce for the whole, if they do."""
        length = response.headers.get("Content-Length", "")
        is_plain = response.headers.get("Content-Encoding", "identity") == "identity"
        whole = offset + int(length) if length.isdigit() and is_plain else None
        size = offset
        with part.open("ab" if offset else "wb") as file:
            # as they come: a reader of whole pieces would lose what stood before a break, and not notice a drip
            while piece := response.raw.read1(PIECE, decode_content=True):
                file.write(piece)
                size += len(piece)
                if size > self.patience.most_bytes:
                    file.close()
                    _throw_away(part)
                    raise DataError(
                        Fault(question.place, f"more than {self.patience.most_bytes} bytes", "a smaller answer",
                              "Ask for less; or the service sends something else.")
                    )  # fmt: skip
                if time.monotonic() > ends:
                    raise DataError(
                        Fault(question.place, f"{size} bytes after {self.patience.whole_s:g} s", "the whole answer",
                              "The service is slow: run again later.")
                    )  # fmt: skip
        if whole is not None and size < whole:
            raise requests.exceptions.ChunkedEncodingError(f"{size} of {whole} bytes")
        return whole


def _gathered(part: Path, question: Question) -> tuple[int, str]:
    """How much of the same answer lies in the part, and the mark of its version; nothing where it has none."""
    note = part.with_name(part.name + ".json")
    try:
        known = json.loads(note.read_text(encoding="utf-8"))
        if known["question"] == question.identity and known["mark"]:
            return part.stat().st_size, str(known["mark"])
    except (OSError, ValueError, KeyError):
        log.debug("%s: nothing to continue", question.place)
    _throw_away(part)
    return 0, ""


def _begin(part: Path, question: Question, headers: Mapping[str, str], offset: int) -> None:
    """Note which version of which answer is being gathered."""
    if offset == 0:
        _throw_away(part)
        mark = headers.get("ETag", "") if headers.get("Accept-Ranges", "") == "bytes" else ""
        is_fit = headers.get("Content-Encoding", "identity") == "identity" and question.body is None
        mark = mark if is_fit and not mark.startswith("W/") else ""
        write_json({"question": question.identity, "mark": mark}, part.with_name(part.name + ".json"))


def _throw_away(part: Path) -> None:
    part.unlink(missing_ok=True)
    part.with_name(part.name + ".json").unlink(missing_ok=True)


def _continues(headers: Mapping[str, str], offset: int) -> bool:
    return re.match(rf"bytes {offset}-\d+/", headers.get("Content-Range", "")) is not None


def _refuse_status(question: Question, response: requests.Response) -> None:
    status = response.status_code
    if status in question.statuses:
        return
    variable = question.service.token
    remedy = {
        401: f"Check the token in {variable}." if variable else "The service now asks for a token.",
        403: f"Check the token in {variable}." if variable else "The service turned the request away.",
        404: "The service has no such thing, or moved it: check the question and the address.",
        429: "The service is asked too often: wait, and run again.",
    }.get(status, "Run again later." if status >= 500 else "Check the question: the service does not take it.")
    expected = " or ".join(str(each) for each in question.statuses)
    raise DataError(Fault(question.place, f"status {status} of {question.url}", f"status {expected}", remedy))


def _refuse_lies(
    question: Question, content: bytes, headers: Mapping[str, str], whole: int | None, is_rest: bool
) -> None:
    """Refuse a body that is empty, a page for people, of another length, or of another digest than announced."""
    kind = headers.get("Content-Type", "").partition(";")[0].strip().lower()
    found = None
    if not content.strip():
        found = "an empty answer"
    elif kind == "text/html" or re.match(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html)", content, re.IGNORECASE):
        found = f"a page for people ({_title(content)})"
    elif whole is not None and len(content) != whole:
        found = f"{len(content)} bytes where {whole} were announced"
    elif (told := _announced_digest(headers, is_rest)) and hashlib.sha256(content).digest() != told:
        found = "bytes of another SHA-256 than announced"
    if found:
        raise DataError(Fault(question.place, found, f"data of {question.url}", "Nothing was kept: run again later."))


def _title(content: bytes) -> str:
    title = re.search(rb"<title[^>]*>(.*?)</title>", content, re.IGNORECASE | re.DOTALL)
    return title[1].decode("utf-8", "replace").strip()[:80] if title else "without title"


def _announced_digest(headers: Mapping[str, str], is_rest: bool) -> bytes | None:
    """SHA-256 that the service announces: ``Repr-Digest`` (of the whole), ``Content-Digest`` (of what was sent)."""
    for name in ("Repr-Digest",) if is_rest else ("Repr-Digest", "Content-Digest"):
        if told := re.search(r"sha-256=:([A-Za-z0-9+/=]+):", headers.get(name, "")):
            return base64.b64decode(told[1])
    return None
