"""Turns the input settings of a run into the statement of which inputs are generated and which are read from files."""

from dataclasses import dataclass

from analysis.report.text import Voice
from analysis.settings.model import Inputs


@dataclass(frozen=True)
class Origin:
    """One input: what it is, whether it is generated, and what it rests on."""

    name: str
    is_synthetic: bool
    status: str
    basis: str


CHOICES = {
    "day_ahead": "day_ahead_prices",
    "reserves": "reserve_prices",
    "fleet_travel": "fleet_trips",
    "sessions": "sessions",
    "demographics": "households",
    "cars": "plugin_cars",
}
"""Inputs that a run may read from files. Two of them are published tables when not read: nothing is generated there."""

PRICES = ("day_ahead_prices", "reserve_prices")
EMBEDDED_FACTS = ("demographics", "cars")
ALWAYS_SYNTHETIC = ("travel", "load", "climate")


def origin_rows(inputs: Inputs, voice: Voice) -> list[Origin]:
    """Say of each input where it comes from; private cars' travel, household load and climate are always generated."""
    rows = [
        Origin(voice.say(f"origin.{name}"), True, voice.say("origin.synthetic"), voice.say(f"origin.{name}_basis"))
        for name in ALWAYS_SYNTHETIC
    ]
    for name, field in CHOICES.items():
        sources = getattr(inputs, field)
        if sources:
            files = ", ".join(source.pattern for source in sources)
            if field in PRICES and inputs.scaled_from_year:
                basis = voice.say("origin.scaled_basis", year=str(inputs.scaled_from_year), files=files)
                rows.append(Origin(voice.say(f"origin.{name}"), True, voice.say("origin.synthetic"), basis))
                continue
            rows.append(Origin(voice.say(f"origin.{name}"), False, voice.say("origin.files"), files))
            continue
        is_fact = name in EMBEDDED_FACTS
        status = voice.say("origin.published" if is_fact else f"origin.{name}_absent")
        rows.append(Origin(voice.say(f"origin.{name}"), not is_fact, status, voice.say(f"origin.{name}_basis")))
    return rows
