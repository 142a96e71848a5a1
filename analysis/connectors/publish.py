"""Puts an answer where descriptors read it: its bytes, or a table made of them, with a sidecar of its origin."""

import csv
import hashlib
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from analysis.connectors.cache import Kept
from analysis.io import write_bytes, write_json


def sidecar_of(path: Path) -> Path:
    """Name of the sidecar of a fetched file."""
    return path.with_name(f"{path.name}.meta.json")


def publish(content: bytes, path: Path, kept: Sequence[Kept]) -> None:
    """Write a file and its sidecar; the same kept answers give the same bytes of both.

    Parameters
    ----------
    content
        The bytes of the only answer, or of a table made of all.
    path
        Where a descriptor finds it.
    kept
        The answers it is made of.
    """
    origin = [
        {name: each.sidecar[name] for name in ("file", "url", "question", "retrieved_utc", "sha256")} for each in kept
    ]
    told: dict[str, Any] = {
        "source": kept[0].sidecar["source"], "licence": kept[0].sidecar["licence"], "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(), "made_of": origin,
        "is_raw": len(kept) == 1 and content == kept[0].content,
    }  # fmt: skip
    write_bytes(content, path)
    write_json(told, sidecar_of(path))


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Write rows as a comma-separated table in UTF-8; a value that is None is an empty cell."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")
