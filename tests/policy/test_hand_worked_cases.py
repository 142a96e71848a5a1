"""Runs the hand-worked cases beside this file: situation, day, paragraph, and what the law then gives.

A case expects one thing: an amount, a yearly payment, reliefs, duties, or an error.
"""

import datetime
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from analysis.errors import PolicyError
from analysis.policy.levers import mandates, reliefs
from analysis.policy.loader import load_scheme, load_schemes
from analysis.policy.model import Scheme, Situation, YearlyUse
from analysis.policy.support import performance_sek_per_year, resolve_scheme, support_amounts_sek
from analysis.settings.load import read_yaml

HERE = Path(__file__).parent
LAW = HERE.parents[1] / "data" / "policy" / "se"
EXPECTED = {"amount_sek", "performance_sek_per_year", "reliefs", "mandates", "error"}
REQUIRED = {"name", "paragraph", "day", "statuses"}
CASE_KEYS = REQUIRED | EXPECTED | {"situation", "use", "age_years", "tolerance_sek", "stacking"}


def _cases() -> list[Any]:
    found = []
    for path in sorted(HERE.glob("*.yaml")):
        content = read_yaml(path)
        assert set(content) == {"scheme", "cases"}, path
        for case in content["cases"]:
            assert REQUIRED <= set(case) <= CASE_KEYS, (path, case["name"], set(case) - CASE_KEYS)
            assert len(EXPECTED & set(case)) == 1, (path, case["name"])
            assert ("use" in case) == ("performance_sek_per_year" in case), (path, case["name"])
            assert case["paragraph"], (path, case["name"])
            assert isinstance(case["day"], datetime.date), (path, case["name"])
            found.append(pytest.param(content["scheme"], case, id=f"{path.stem}: {case['name']}"))
    return found


@cache
def _law(name: str) -> Scheme:
    return load_scheme(LAW / f"{name}.yaml")


def _use(written: dict[str, float], power_kw: float) -> YearlyUse:
    kwh = written.get("discharged_kwh", 0.0)
    return YearlyUse(kwh, written.get("enabled_h", 0.0), kwh / power_kw, power_kw)


@pytest.mark.parametrize(("name", "case"), _cases())
def test_hand_worked_case(name: str, case: dict[str, Any]) -> None:
    scheme = _law(name)
    if "error" in case:
        with pytest.raises(PolicyError, match=case["error"]):
            resolve_scheme(scheme, case["day"], case["statuses"], case.get("stacking"))
        return
    resolved = resolve_scheme(scheme, case["day"], case["statuses"], case.get("stacking"))
    if "reliefs" in case:
        assert asdict(reliefs(resolved)) == case["reliefs"]
    elif "mandates" in case:
        assert asdict(mandates(resolved, case["day"].year)) == case["mandates"]
    else:
        written = case["situation"]
        situation = Situation(cost_excl_vat_sek=written["price_incl_vat_sek"] / 1.25, **written)
        if "use" in case:
            use = _use(case["use"], written["power_kw"])
            amount = performance_sek_per_year(resolved, situation, use, case.get("age_years", 0))
        else:
            amount = support_amounts_sek(resolved, situation)
        expected = case.get("amount_sek", case.get("performance_sek_per_year"))
        assert amount == pytest.approx(expected, abs=case.get("tolerance_sek", 1e-6))


def test_every_scheme_file_loads_and_has_a_name_and_a_label_of_its_own() -> None:
    schemes = load_schemes(sorted(LAW.glob("*.yaml")))
    assert {"none", "green_deduction", "task53", "task53_and_deduction"} <= set(schemes)
    assert all(name == scheme.scheme for name, scheme in schemes.items())


def test_every_scheme_has_three_cases_worked_by_hand() -> None:
    counts = {path.stem: 0 for path in LAW.glob("*.yaml")}
    for path in HERE.glob("*.yaml"):
        content = read_yaml(path)
        counts[content["scheme"]] += len(content["cases"])
    assert {name: count for name, count in counts.items() if count < 3} == {}
