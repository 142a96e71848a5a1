"""Scheme files as the tests write them: small bodies that a test completes or spoils."""

import datetime
from pathlib import Path
from typing import Any

import yaml

from analysis.policy.loader import load_scheme
from analysis.policy.model import Scheme

REFERENCE = {"title": "Act 2024:12", "paragraph": "§ 3"}
START = datetime.date(2025, 1, 1)


def parameter(unit: str, value: Any, status: str = "enacted", start: datetime.date = START) -> dict[str, Any]:
    """One parameter with one dated value."""
    return {
        "label": {"sv": "Värde", "en": "Value"},
        "unit": unit,
        "price_basis": "nominal" if unit.startswith("sek") else "none",
        "values": {start: {"value": value, "status": status, "reference": REFERENCE}},
    }


def component(form: str, amount: list, limits: list | None = None, conditions: list | None = None) -> dict[str, Any]:
    """One component; parts as the file writes them."""
    return {
        "name": f"{form}_1",
        "form": form,
        "amount": amount,
        "limits": limits or [],
        "conditions": conditions or [],
    }


def body(name: str, components: list, parameters: dict[str, Any]) -> dict[str, Any]:
    """A whole file."""
    return {
        "scheme": name,
        "label": {"sv": f"{name} sv", "en": f"{name} en"},
        "components": components,
        "parameters": parameters,
    }


def write(folder: Path, content: dict[str, Any]) -> Path:
    """Write a body under its own name."""
    path = folder / f"{content['scheme']}.yaml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def load(folder: Path, content: dict[str, Any]) -> Scheme:
    """Write a body and load it."""
    return load_scheme(write(folder, content))
