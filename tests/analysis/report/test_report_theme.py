"""The theme: every colour that carries meaning stands out from its ground, in light and in dark."""

import re

import pytest

from analysis.schemas import base as accounts
from tests.analysis.report.report_fixtures import demo_templates

TEXT_RATIO = 4.5
SHAPE_RATIO = 3.0
WORDS = ("text", "muted", "link", "accent")
AREAS = ("se", "se1", "se2", "se3", "se4")
STRATEGIES = ("strategy-home", "strategy-grid", "strategy-grid-reserve")
ACCOUNTS = tuple(f"account-{name.replace('_', '-')}" for name in accounts.ACCOUNTS)
SHAPES = (*AREAS, *STRATEGIES, *ACCOUNTS, "plugged", "parked", "fcr-n", "fcr-d", "ac", "dc", "warn-edge")


def palettes():
    style = demo_templates()["report.css"]
    light, dark = re.findall(r":root \{(.*?)\}", style, flags=re.S)
    colours = re.compile(r"--([\w-]+): (#[0-9a-f]{6})")
    return {"light": dict(colours.findall(light)), "dark": dict(colours.findall(dark))}


def luminance(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_black_on_white_is_the_known_ratio():
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("ground", ["page", "warn"])
@pytest.mark.parametrize("name", WORDS)
def test_words_can_be_read(mode, ground, name):
    colours = palettes()[mode]
    assert contrast(colours[name], colours[ground]) >= TEXT_RATIO


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("name", SHAPES)
def test_shapes_can_be_seen(mode, name):
    colours = palettes()[mode]
    assert contrast(colours[name], colours["page"]) >= SHAPE_RATIO


def test_both_modes_name_the_same_colours():
    light, dark = palettes().values()
    assert set(light) == set(dark)
