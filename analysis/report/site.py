"""Gives what the pages of a report share: navigation, language, theme, safety."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from jinja2 import DictLoader, Environment, StrictUndefined

from analysis.report.addresses import ASSETS, LIBRARY, PAGE_IDS, path_of
from analysis.report.text import Voice

FIGURES = {
    "index": ("tiers", "steps", "schemes"),
    "potential": ("map", "waterfall", "tiers", "heat", "hours", "curve", "regulation"),
    "profiles": ("profiles", "places", "validation"),
    "value": ("values", "years", "steps", "wedge", "week", "foresight", "depth"),
    "schemes": ("schemes", "matrix", "paths", "ratios", "front", "accounts", "incidence"),
    "uncertainty": ("comparison", "information", "sensitivity"),
    "resilience": ("backup", "worth", "island", "feeder"),
}
"""Figures of a page in reading order; one that a run has no table for is left out."""
STYLE, SCRIPT = "report.css", "report.js"
TRACE_STYLE, TRACE_SCRIPT = "trace.css", "trace.js"
"""Where a number comes from: on every page."""


@dataclass(frozen=True)
class Step:
    """One entry of the navigation."""

    page_id: str
    title: str
    address: str
    is_here: bool


def environment(templates: Mapping[str, str]) -> Environment:
    """Give the templates by name; what they print is escaped, and a name that was not given is a fault."""
    return Environment(
        loader=DictLoader(dict(templates)), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip


def content_policy(scripts: Sequence[str], libraries: str = "'self' file: ") -> str:
    """Give a page's content security policy: its own scripts by hash, no network, no eval.

    ``libraries`` is where scripts beside the page's own may lie, with a space behind; empty allows none.
    """
    hashes = " ".join(f"'sha256-{_digest(script)}'" for script in scripts)
    return (
        f"default-src 'none'; script-src {libraries}{hashes}; style-src 'unsafe-inline'; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'"
    )


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")


def other_language(page_id: str, locale: str) -> tuple[str, str]:
    """Give the other language and the way there from a page.

    Examples
    --------
    From ``value.html``: ``("en", "en/value.html")``; from there ``("sv", "../value.html")``.
    """
    return ("en", path_of(page_id, "en")) if locale == "sv" else ("sv", f"../{path_of(page_id, 'sv')}")


def frame(
    page_id: str, voice: Voice, templates: Mapping[str, str], scripts: Sequence[str] = (SCRIPT,),
    styles: Sequence[str] = (), with_library: bool = True,
) -> dict[str, Any]:  # fmt: skip
    """Give what the layout prints on every page.

    Parameters
    ----------
    page_id
        One of :data:`PAGE_IDS`.
    templates
        File name and text of each template, style sheet and script.
    scripts, styles
        Names of the page's own scripts, and of the styles beside the site's.
    with_library
        Whether the page draws figures with the library of the assets.

    Raises
    ------
    ConfigError
        If the catalog lacks the title of a page.
    """
    code, steps = [templates[name] for name in (*scripts, TRACE_SCRIPT)], _steps(page_id, voice)
    return {
        "voice": voice,
        "say": voice.say,
        "page_id": page_id,
        "steps": steps,
        "onward": next((after for step, after in pairwise(steps) if step.is_here), None),
        "other": other_language(page_id, voice.locale),
        "style": "\n".join(templates[name] for name in (STYLE, TRACE_STYLE, *styles)),
        "scripts": code,
        "policy": content_policy(code, "'self' file: " if with_library else ""),
        "library": ASSETS[voice.locale] + LIBRARY if with_library else "",
        "assets": ASSETS[voice.locale],
    }


def _steps(page_id: str, voice: Voice) -> list[Step]:
    return [Step(name, voice.say(f"nav.{name}"), f"{name}.html", name == page_id) for name in PAGE_IDS]
