"""What the loader refuses: each fault named with its place, all of them at once."""

import datetime
from pathlib import Path

import pytest
import yaml

from analysis.errors import PolicyError
from analysis.policy.loader import load_scheme, scheme_files
from analysis.policy.model import Situation
from analysis.policy.support import support_sek

LAW = Path(__file__).resolve().parents[3] / "data" / "policy" / "se"
DAY = datetime.date(2026, 11, 23)
REFERENCE = {"title": "Act 2024:12", "paragraph": "§ 3"}
CASE = Situation(20000.0, 16000.0, "ac", 11.0, True, True, "detached")


def _body() -> dict:
    return {
        "scheme": "gift",
        "label": {"sv": "Gåva", "en": "Gift"},
        "components": [{"name": "gift", "form": "grant", "amount": [{"part": "fixed_amount", "amount": "amount_sek"}]}],
        "parameters": {
            "amount_sek": {
                "label": {"sv": "Belopp", "en": "Amount"},
                "unit": "sek",
                "price_basis": "nominal",
                "values": {
                    datetime.date(2025, 1, 1): {"value": 1000, "status": "enacted", "reference": REFERENCE},
                    datetime.date(2026, 6, 1): {"value": 2000, "status": "proposed", "reference": REFERENCE},
                    datetime.date(2027, 1, 1): {"value": None, "status": "enacted", "reference": REFERENCE},
                },
            }
        },
    }


def _write(folder: Path, body: object, name: str = "gift") -> Path:
    path = folder / f"{name}.yaml"
    path.write_text(yaml.safe_dump(body, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("day", "statuses", "amount"),
    [
        (datetime.date(2025, 1, 1), ["enacted"], 1000.0),
        (DAY, ["enacted"], 1000.0),
        (DAY, ["enacted", "proposed"], 2000.0),
        (datetime.date(2027, 1, 1), ["enacted", "proposed"], 0.0),
    ],
)
def test_date_and_status_choose_the_value_and_null_ends_it(tmp_path, day, statuses, amount):
    scheme = load_scheme(_write(tmp_path, _body()))
    assert support_sek(scheme, CASE, day, statuses) == amount


def test_a_day_before_the_first_value_is_an_error_not_zero(tmp_path):
    scheme = load_scheme(_write(tmp_path, _body()))
    with pytest.raises(PolicyError, match="no value on 2024-12-31"):
        support_sek(scheme, CASE, datetime.date(2024, 12, 31), ["enacted"])


def _without_reference(body):
    del body["parameters"]["amount_sek"]["values"][datetime.date(2025, 1, 1)]["reference"]


def _title_alone(body):
    body["parameters"]["amount_sek"]["values"][datetime.date(2025, 1, 1)]["reference"] = {"title": "Act"}


def _unknown_key(body):
    body["budgett"] = 5


def _unknown_status(body):
    body["parameters"]["amount_sek"]["values"][datetime.date(2025, 1, 1)]["status"] = "rumoured"


def _unknown_part(body):
    body["components"][0]["amount"][0]["part"] = "moon_phase"


def _wrong_unit(body):
    body["parameters"]["amount_sek"]["unit"] = "kw"
    body["parameters"]["amount_sek"]["price_basis"] = "none"


def _negative(body):
    body["parameters"]["amount_sek"]["values"][datetime.date(2025, 1, 1)]["value"] = -5


def _text_number(body):
    body["parameters"]["amount_sek"]["values"][datetime.date(2025, 1, 1)]["value"] = "1000"


def _no_price_basis(body):
    del body["parameters"]["amount_sek"]["price_basis"]


def _unused(body):
    body["parameters"]["spare_sek"] = body["parameters"]["amount_sek"]


def _other_name(body):
    body["scheme"] = "present"


def _no_label(body):
    body["label"] = "Gift"


def _not_a_date(body):
    body["parameters"]["amount_sek"]["values"]["spring"] = {"value": 1, "status": "enacted", "reference": REFERENCE}


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (_without_reference, r"2025-01-01: reference: found nothing"),
        (_title_alone, "href or paragraph"),
        (_unknown_key, "budgett: found an unknown key"),
        (_unknown_status, "'rumoured'; expected one of enacted"),
        (_unknown_part, "a part: cost_base, deduction_base"),
        (_wrong_unit, "unit sek"),
        (_negative, "-5; expected a value of unit sek"),
        (_text_number, "'1000'"),
        (_no_price_basis, "price_basis: found nothing"),
        (_unused, "a parameter no part uses"),
        (_other_name, "found 'present'; expected 'gift'"),
        (_no_label, "a text in sv and one in en"),
        (_not_a_date, "a date such as"),
    ],
)
def test_each_fault_is_named_with_its_place(tmp_path, spoil, message):
    body = _body()
    spoil(body)
    path = _write(tmp_path, body)
    with pytest.raises(PolicyError, match=message) as caught:
        load_scheme(path)
    assert str(path) in str(caught.value)


def test_all_faults_are_raised_together(tmp_path):
    body = _body()
    for spoil in (_without_reference, _unknown_key, _unknown_part):
        spoil(body)
    with pytest.raises(PolicyError) as caught:
        load_scheme(_write(tmp_path, body))
    assert len(caught.value.faults) >= 3


def test_a_repeated_key_is_a_fault(tmp_path):
    path = tmp_path / "gift.yaml"
    path.write_text("scheme: gift\nscheme: gift\nlabel: {sv: a, en: b}\n", encoding="utf-8")
    with pytest.raises(PolicyError, match="given twice, on lines 1 and 2"):
        load_scheme(path)


def test_code_in_yaml_is_refused(tmp_path):
    path = tmp_path / "gift.yaml"
    path.write_text("scheme: !!python/object/apply:os.system ['true']\n", encoding="utf-8")
    with pytest.raises(PolicyError):
        load_scheme(path)


def test_a_combination_may_not_leave_its_folder_or_name_itself(tmp_path):
    for name in ("../gift", "pair"):
        body = {"scheme": "pair", "label": {"sv": "Par", "en": "Pair"}, "combines": [name]}
        with pytest.raises(PolicyError, match="another scheme of this folder"):
            load_scheme(_write(tmp_path, body, "pair"))


def test_scheme_files_lists_the_members(tmp_path):
    path = _write(tmp_path, {"scheme": "pair", "combines": ["gift", "none"]}, "pair")
    assert [found.name for found in scheme_files(path)] == ["pair.yaml", "gift.yaml", "none.yaml"]


def test_scheme_files_follow_a_combination_inside_a_combination(tmp_path):
    _write(tmp_path, {"scheme": "pair", "combines": ["gift"]}, "pair")
    path = _write(tmp_path, {"scheme": "whole", "combines": ["pair", "gift"]}, "whole")
    assert [found.name for found in scheme_files(path)] == ["whole.yaml", "pair.yaml", "gift.yaml"]


@pytest.mark.parametrize("path", sorted(LAW.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_shipped_combination_names_every_file_it_is_made_of(path):
    """The workflow looks one level deep for what a scheme must be run again for."""
    direct = yaml.safe_load(path.read_text(encoding="utf-8")).get("combines", [])
    assert [found.stem for found in scheme_files(path)] == [path.stem, *direct]
