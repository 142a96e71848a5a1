"""Runs the hand-worked cases beside this file: situation, day, amount, paragraph."""

import datetime
from pathlib import Path
from typing import Any

import pytest

from analysis.errors import PolicyError
from analysis.policy.loader import load_scheme
from analysis.policy.model import Situation
from analysis.policy.support import support_sek
from analysis.settings.load import read_yaml

HERE = Path(__file__).parent
LAW = HERE.parents[1] / "data" / "policy" / "se"
CASE_KEYS = {"name", "paragraph", "day", "statuses", "situation", "amount_sek", "error", "tolerance_sek", "stacking"}


def _cases() -> list[Any]:
    found = []
    for path in sorted(HERE.glob("*.yaml")):
        content = read_yaml(path)
        for case in content["cases"]:
            assert set(case) <= CASE_KEYS, (path, set(case) - CASE_KEYS)
            assert ("amount_sek" in case) != ("error" in case), (path, case["name"])
            found.append(pytest.param(content["scheme"], case, id=f"{path.stem}: {case['name']}"))
    return found


@pytest.mark.parametrize(("name", "case"), _cases())
def test_hand_worked_case(name: str, case: dict[str, Any]) -> None:
    scheme = load_scheme(LAW / f"{name}.yaml")
    situation = Situation(cost_excl_vat_sek=case["situation"]["price_incl_vat_sek"] / 1.25, **case["situation"])
    assert isinstance(case["day"], datetime.date)
    assert case["paragraph"]
    if "error" in case:
        with pytest.raises(PolicyError, match=case["error"]):
            support_sek(scheme, situation, case["day"], case["statuses"], case.get("stacking"))
        return
    amount = support_sek(scheme, situation, case["day"], case["statuses"], case.get("stacking"))
    assert amount == pytest.approx(case["amount_sek"], abs=case.get("tolerance_sek", 1e-6))


def test_every_scheme_file_loads_and_names_itself() -> None:
    names = {path.stem: load_scheme(path).scheme for path in LAW.glob("*.yaml")}
    assert {"none", "green_deduction", "task53", "task53_and_deduction"} <= set(names)
    assert all(stem == scheme for stem, scheme in names.items())
