"""What the shipped schemes cite is there: facts and parameters by their id, and foreign money at the written rate."""

import re
from pathlib import Path

import pandas as pd
import pytest

from analysis.policy.loader import load_scheme
from analysis.policy.model import DatedValue

DATA = Path(__file__).parents[2] / "data"
SCHEMES = [load_scheme(path) for path in sorted((DATA / "policy" / "se").glob("*.yaml"))]
CITED = re.compile(r"\b(?:(?:T53|GT|LB|KK|UK|CA|CN|MK)-\d+|(?:CP|FX|RG)\d+b?|MF\d{4}|(?:ado|cap)\.[a-z_]+)\b")
FOREIGN = re.compile(
    r"([\d ]*\d(?:\.\d+)?) (USD|EUR)( over three years)? x (\d+\.\d+) (?:\d+\.\d+ )?SEK per (?:USD|EUR)"
)


def ids():
    files = [
        "reference/subsidy_proposals",
        "reference/charger_prices",
        "reference/regulation",
        "reference/market_facts",
    ]
    return {one for name in [*files, "assumptions/parameters"] for one in pd.read_csv(DATA / f"{name}.csv")["id"]}


def dated_values() -> list[tuple[str, DatedValue]]:
    found = [
        (f"{scheme.scheme}.{name} {dated.start}", dated)
        for scheme in SCHEMES
        for plain in (scheme, *scheme.combines)
        for name, parameter in plain.parameters.items()
        for dated in parameter.values
    ]
    assert len(found) > 100
    return found


def text_of(dated: DatedValue) -> str:
    return " ".join(filter(None, (dated.reference.title, dated.reference.paragraph)))


def test_every_fact_and_parameter_cited_is_there():
    cited = {one for _, dated in dated_values() for one in CITED.findall(text_of(dated))}
    assert {"T53-4", "GT-9", "FX05", "MF0379", "RG16", "ado.share_cap", "cap.life"} <= cited
    assert cited - ids() == set()


def test_foreign_money_is_converted_at_the_written_rate():
    rates = {
        "USD": pd.read_csv(DATA / "reference/charger_prices.csv").set_index("id").loc["FX05", "price_low"],
        "EUR": pd.read_csv(DATA / "reference/market_facts.csv").set_index("id").loc["MF0379", "value"],
    }
    checked = set()
    for place, dated in dated_values():
        for amount, currency, spread, rate in FOREIGN.findall(text_of(dated)):
            assert float(rate) == rates[currency], place
            expected = float(amount.replace(" ", "")) * float(rate) / (3 if spread else 1)
            assert dated.value == pytest.approx(expected, rel=1e-4), place
            checked.add(place.split(" ")[0])
    assert len(checked) == 6


def test_nothing_enacted_rests_on_an_assumption():
    for place, dated in dated_values():
        if dated.status == "enacted":
            assert "assumption of this project" not in text_of(dated).lower(), place
