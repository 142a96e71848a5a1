"""A local server that answers as a public service documents, or is slow, cuts, refuses and lies, as it is told."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Asked:
    """One request as the server saw it."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    moment: float


@dataclass(frozen=True)
class Reply:
    """What the server sends. ``cut`` closes after so many bytes, ``drip_s`` waits between pieces of ten bytes."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    kind: str = "text/csv"
    cut: int | None = None
    wait_s: float = 0.0
    drip_s: float = 0.0
    length: int | None = None
    is_chunked: bool = False


class LocalService:
    """Serves ``answer``; replies put into ``first`` are served before it, one a request."""

    def __init__(self, answer: Callable[[Asked], Reply]) -> None:
        self.answer, self.first, self.seen = answer, [], []
        self.has_ranges, self.tag = False, None
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                service.handle(self)

            do_POST = do_GET  # noqa: N815 (the server's own name)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def handle(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        asked = Asked(handler.command, parts.path, dict(parse_qsl(parts.query)), dict(handler.headers), body,
                      time.monotonic())  # fmt: skip
        self.seen.append(asked)
        reply = self.first.pop(0) if self.first else self.answer(asked)
        time.sleep(reply.wait_s)
        try:
            self._send(handler, asked, reply)
        except OSError:
            handler.close_connection = True

    def _send(self, handler, asked: Asked, reply: Reply) -> None:
        status, body, headers = reply.status, reply.body, {"Content-Type": reply.kind, **reply.headers}
        if self.tag and status == 200:
            headers["ETag"] = self.tag
            if asked.headers.get("If-None-Match") == self.tag:
                status, body = 304, b""
        if self.has_ranges and status == 200:
            headers["Accept-Ranges"] = "bytes"
            start = asked.headers.get("Range", "").removeprefix("bytes=").removesuffix("-")
            if start and asked.headers.get("If-Range") == self.tag:
                status, body = 206, body[int(start) :]
                headers["Content-Range"] = f"bytes {start}-{len(reply.body) - 1}/{len(reply.body)}"
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        if reply.is_chunked:
            handler.send_header("Transfer-Encoding", "chunked")
            handler.end_headers()
            return self._send_chunks(handler, body, reply.cut)
        handler.send_header("Content-Length", str(len(body) if reply.length is None else reply.length))
        handler.end_headers()
        piece = 10 if reply.drip_s else max(len(body), 1)
        for start in range(0, len(body if reply.cut is None else body[: reply.cut]), piece):
            end = start + piece if reply.cut is None else min(start + piece, reply.cut)
            handler.wfile.write(body[start:end])
            handler.wfile.flush()
            time.sleep(reply.drip_s)
        if reply.cut is not None or reply.length is not None:
            handler.close_connection = True
        return None

    def _send_chunks(self, handler, body: bytes, cut: int | None) -> None:
        """Send a body of no announced length in chunks; a cut one ends without the last, empty chunk."""
        for start in range(0, len(body if cut is None else body[:cut]), 1000):
            piece = body[start : start + 1000]
            handler.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
        handler.wfile.write(b"0\r\n\r\n" if cut is None else b"")
        handler.wfile.flush()
        handler.close_connection = True
