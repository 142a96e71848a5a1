"""What data/policy/README.md says holds: the tables of forms and parts, and the worked example."""

import re
from pathlib import Path

import pytest
import yaml

from analysis.policy.levers import annual_budget_sek
from analysis.policy.loader import load_scheme
from analysis.policy.model import STATUSES, Situation
from analysis.policy.parts import CHOICES, FACTORS, KINDS, WORDS
from analysis.policy.support import support_sek
from analysis.policy.years import resolve_by_year

README = (Path(__file__).parents[2] / "data" / "policy" / "README.md").read_text(encoding="utf-8")
EXAMPLE, CASES = (
    re.search(rf"^`{path}`:\n\n```yaml\n(.*?)```", README, flags=re.DOTALL | re.MULTILINE)[1]
    for path in ("data/policy/se/open_start.yaml", "tests/policy/open_start.yaml")
)
ROWS = re.findall(r"^\| (amount|limits|conditions) \| `(\w+)` \| (.*?) ?\| (.+) \|$", README, flags=re.MULTILINE)


def test_the_table_holds_every_part_with_its_roles_and_no_other():
    written = {(group, name): roles for group, name, roles, _ in ROWS}
    assert len(written) == len(ROWS)
    known = {}
    for groups in KINDS.values():
        for group, parts in groups.items():
            for name, kind in parts.items():
                units = {
                    role: f"{unit}, optional" if role in kind.optional else unit for role, unit in kind.units.items()
                }
                known[group, name] = ", ".join(f"{role} ({unit})" for role, unit in units.items())
    assert written == known


def test_factors_and_yearly_parts_say_so():
    for group, name, _, meaning in ROWS:
        assert meaning.startswith("factor") == (name in FACTORS), name
        kinds = {form for form, groups in KINDS.items() if name in groups[group]}
        if name not in ("annual_budget", *FACTORS):
            assert meaning.startswith("yearly") == (kinds == {"performance"}), name


def test_the_table_of_forms_holds_every_form():
    assert re.findall(r"^\| `(\w+)` \| (?:SEK|a share|no money)", README, flags=re.MULTILINE) == list(KINDS)


@pytest.mark.parametrize("role", sorted(WORDS))
def test_every_word_of_a_list_is_written(role):
    (meaning,) = [text for _, _, roles, text in ROWS if roles == f"{role} (list)"]
    assert tuple(re.findall(r"`(\w+)`", meaning)) == WORDS[role]


@pytest.mark.parametrize("word", [*STATUSES, *CHOICES["bidirectional_reading"], *CHOICES["stacking_rule"]])
def test_every_word_of_the_law_is_written(word):
    assert f"`{word}`" in README


def example(folder):
    path = folder / "open_start.yaml"
    path.write_text(EXAMPLE, encoding="utf-8")
    return load_scheme(path)


@pytest.mark.parametrize("case", yaml.safe_load(CASES)["cases"], ids=lambda case: case["name"])
def test_the_worked_example_gives_what_it_says(tmp_path, case):
    written = case["situation"]
    situation = Situation(cost_excl_vat_sek=written["price_incl_vat_sek"] / 1.25, **written)
    assert support_sek(example(tmp_path), situation, case["day"], case["statuses"]) == pytest.approx(case["amount_sek"])


def test_the_worked_example_has_its_budget(tmp_path):
    years = resolve_by_year(example(tmp_path), [2026, 2028], ["assumption"])
    assert annual_budget_sek(years[2028], 2028) == 100e6
    case = Situation(28000.0, 22400.0, "ac", 11.0, True, True, "detached")
    assert support_sek(example(tmp_path), case, years[2028].day, ["assumption"]) == 5500.0
    assert annual_budget_sek(years[2026], 2026) == 0.0
