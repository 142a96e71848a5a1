"""Reads ``default.yaml``, lays a scenario over it, and checks the result; every scenario is checked before a run.

YAML is read by :class:`analysis.settings.yaml_loader.PlainLoader`: each key once, plain values only, within bounds.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import pandas as pd
import yaml
from pydantic import ValidationError

from analysis.errors import ConfigError, Fault
from analysis.settings.known import Known, unknown_names
from analysis.settings.model import Settings
from analysis.settings.retrieve import disagreements
from analysis.settings.yaml_loader import plain_value

OUTSIDE_THE_DATA_SET = (
    "target_years", "draw_count", "wear_vehicle_count", "foresight_vehicle_count", "foresight_weeks", "search",
    "dispatch_chunk_count",
)  # fmt: skip
"""Keys of the scope that no interim table depends on."""
FLEET_ASSUMPTIONS = ("standards", "exit_profile", "phev_in_v2x")
"""Keys of the assumptions that only the fleet and what rests on it look at; no interim table depends on them."""
CONFIG_FOLDER = Path("workflow/config")
DATA_FOLDER = Path("data")
LARGEST_YAML_BYTES = 262_144
"""Twenty times the longest file of the project; PyYAML takes seconds for more."""


def read_yaml(path: Path) -> Any:
    """Read one YAML file with unique keys and plain values.

    Raises
    ------
    ConfigError
        If the file is missing, too large, empty, not UTF-8, not YAML, repeats a key or holds what
        :mod:`analysis.settings.yaml_loader` refuses; the place holds the line.
    """
    path = Path(path)
    text = _yaml_text(path)
    try:
        value = plain_value(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{path}:{mark.line + 1}" if mark else str(path)
        problem = getattr(error, "problem", None) or str(error)
        raise ConfigError(
            Fault(place, problem, "YAML with each key once and plain values", "Correct it; nothing has been run.")
        ) from None
    if value is None:
        raise ConfigError(Fault(str(path), "an empty file", "at least one key", "Fill it in or delete it."))
    return value


def _yaml_text(path: Path) -> str:
    try:
        if path.exists() and not path.is_file():
            raise ConfigError(Fault(str(path), "no plain file", "a YAML file", "Check the name."))
        if path.is_file() and (size := path.stat().st_size) > LARGEST_YAML_BYTES:
            expected = f"at most {LARGEST_YAML_BYTES} bytes of YAML"
            raise ConfigError(Fault(str(path), f"{size} bytes", expected, "Put tables into a CSV file."))
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(
            Fault(str(path), f"a byte that is not UTF-8 at {error.start}", "UTF-8 text", "Save the file as UTF-8.")
        ) from None
    except FileNotFoundError:
        raise ConfigError(Fault(str(path), "no such file", "a YAML file", "Check the name.")) from None
    except (OSError, ValueError) as error:  # a name with a NUL in it is a ValueError
        raise ConfigError(Fault(str(path), str(error), "a YAML file", "Check the name.")) from None


def overlay(base: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """Lay ``change`` over ``base`` key by key; lists and plain values are replaced whole."""
    merged = dict(base)
    for key, value in change.items():
        both_maps = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = overlay(merged[key], value) if both_maps else value
    return merged


def load_settings(scenario: str, folder: Path = CONFIG_FOLDER) -> Settings:
    """Resolve one scenario: ``default`` is the base alone, any other is a file of overlays.

    Raises
    ------
    ConfigError
        With every fault of the scenario at once: unknown keys, wrong types, values out of range.
    """
    folder = Path(folder)
    path = folder / "default.yaml"
    resolved = _mapping(path)
    if scenario != "default":
        path = folder / "scenarios" / f"{scenario}.yaml"
        if scenario not in (names := scenario_names(folder)):
            raise ConfigError(Fault(str(path), "no such scenario", f"one of {', '.join(names)}", "Check SCENARIO=."))
        resolved = overlay(resolved, _mapping(path))
    try:
        return Settings.model_validate(resolved)
    except ValidationError as error:
        raise ConfigError([_fault_of(path, item) for item in _own(error.errors())]) from None


def _mapping(path: Path) -> dict[str, Any]:
    value = read_yaml(path)
    if not isinstance(value, dict):
        raise ConfigError(Fault(str(path), f"a {type(value).__name__}", "a mapping of keys", "See default.yaml."))
    return value


def _own(items: list[Any]) -> list[Any]:
    """Leave out that a list is too short where the reason is a faulty entry of it: one mistake, one fault."""
    places = [item["loc"] for item in items]
    return [
        item
        for item in items
        if item["type"] != "too_short"
        or not any(len(place) > len(item["loc"]) and place[: len(item["loc"])] == item["loc"] for place in places)
    ]


def _fault_of(path: Path, item: Any) -> Fault:
    key = ".".join(str(part) for part in item["loc"]) or "(whole file)"
    if item["type"] == "extra_forbidden":
        return Fault(f"{path}: {key}", "an unknown key", "a key of default.yaml", "Correct the spelling or remove it.")
    found = "nothing" if item["type"] == "missing" else repr(item.get("input"))[:120]
    return Fault(f"{path}: {key}", found, item["msg"], "Correct the value; default.yaml shows the form.")


def scenario_names(folder: Path = CONFIG_FOLDER) -> list[str]:
    """All scenarios that can be run, ``default`` first."""
    return ["default", *sorted(path.stem for path in (Path(folder) / "scenarios").glob("*.yaml"))]


def load_all(folder: Path = CONFIG_FOLDER) -> dict[str, Settings]:
    """Resolve and check every scenario; all faults of all files are raised together."""
    settings: dict[str, Settings] = {}
    faults: list[Fault] = []
    for name in scenario_names(folder):
        try:
            settings[name] = load_settings(name, folder)
        except ConfigError as error:
            faults.extend(error.faults)
    if faults:
        raise ConfigError(faults)
    return settings


def read_known(data: Path = DATA_FOLDER) -> Known:
    """Read from the project's data folder what scenarios may name.

    The tables are checked by their schemas where they are used; here only names and low ends are read.
    """
    parameters = pd.read_csv(data / "assumptions" / "parameters.csv", usecols=["id", "low"])
    options = pd.read_csv(data / "assumptions" / "charger_options.csv", usecols=["charger_option"])
    years = pd.read_csv(data / "reference" / "price_statistics.csv", usecols=["year"])
    tariffs = [
        pd.read_csv(data / folder / name, usecols=["tariff_id"])["tariff_id"]
        for folder, name in (("reference", "grid_tariffs.csv"), ("assumptions", "grid_tariff_archetypes.csv"))
    ]
    return Known(
        parameter_low=dict(zip(parameters["id"], parameters["low"].astype(float), strict=True)),
        schemes=frozenset(path.stem for path in (data / "policy" / "se").glob("*.yaml")),
        charger_options=frozenset(options["charger_option"]),
        descriptors=frozenset(path.stem for path in (data / "sources").glob("*.yaml")),
        embedded_years=frozenset(int(year) for year in years["year"].unique()),
        grid_tariffs=frozenset(pd.concat(tariffs)),
    )


def load_checked(folder: Path = CONFIG_FOLDER, data: Path = DATA_FOLDER) -> dict[str, Settings]:
    """Resolve every scenario and hold it against what the project knows; all faults of all files come together.

    Raises
    ------
    ConfigError
        As :func:`load_all`, and for each unknown scheme, charger option, descriptor, generated price year or parameter.
    """
    settings = load_all(folder)
    known = read_known(data)
    faults = [
        fault for name, each in settings.items() for fault in unknown_names(_path(folder, name).as_posix(), each, known)
    ]
    faults += disagreements({_path(folder, name).as_posix(): each.inputs.retrieve for name, each in settings.items()})
    if faults:
        raise ConfigError(faults)
    return settings


def _path(folder: Path, scenario: str) -> Path:
    return Path(folder) / ("default.yaml" if scenario == "default" else f"scenarios/{scenario}.yaml")


def dataset_name(settings: Settings) -> str:
    """Name of the interim folder: the bundle and a digest of everything that shapes it.

    Two scenarios that differ only in policy share it, so that nothing is built twice; and so do two of which one
    fetches the files that the other found in place.
    """
    shaping = {
        "inputs": settings.inputs.model_dump(mode="json", exclude={"retrieve"}),
        "scope": settings.scope.model_dump(mode="json", exclude=set(OUTSIDE_THE_DATA_SET)),
        "assumptions": settings.assumptions.model_dump(mode="json", exclude=set(FLEET_ASSUMPTIONS)),
        "seed": settings.seed,
        "price_year": settings.price_year,
    }
    digest = hashlib.sha256(json.dumps(shaping, sort_keys=True).encode()).hexdigest()[:8]
    return f"{settings.inputs.bundle}-{digest}"


_NEUTRAL: dict[str, Any] = {
    "title_sv": "",
    "title_en": "",
    "reason_sv": "",
    "reason_en": "",
    "seed": 0,
    "price_year": 2025,
    "inputs": {"bundle": "neutral"},
    "assumptions": {"overrides": {}},
    "policy": {
        "schemes": ["none"],
        "day": "2000-01-01",
        "last_paid_year": 2020,
        "statuses": ["enacted"],
        "stacking": "supported_cost_out",
    },
}

_NEUTRAL_SEARCH: dict[str, Any] = {
    "explained_schemes": ["none"],
    "morris_path_count": 2,
    "sobol_parameter_count": 1,
    "sobol_base_count": 8,
    "trial_count": 8,
    "trial_draw_count": 8,
    "refine_count": 0,
    "resample_count": 20,
    "budgets_msek": [1.0],
    "top_quintile_outlay_pu": 1.0,
}


def settings_for_rule(settings: Settings, *sections: str) -> dict[str, Any]:
    """The settings a rule may depend on: the named top-level sections, all others replaced by neutral values.

    ``scope`` is always kept, with ``target_years`` and ``draw_count`` neutral unless ``"targets"`` is named,
    ``wear_vehicle_count`` unless ``"wear"`` is, the ``foresight_`` keys unless ``"foresight"`` is, ``search`` unless
    ``"search"`` is; so a change of law or of draws does not rerun what lies before it. Of the assumptions, those of
    the fleet (dates of standards, exits, hybrids) are left out, which is their default, unless ``"fleet"`` is named.
    What a scenario fetches is left out for all (a fetched file is an input like any other), and so is
    ``dispatch_chunk_count``, which moves no number.
    ``"law"`` is the policy without its list of schemes: a scheme more in the comparison leaves the others untouched.
    """
    full = settings.model_dump(mode="json", exclude={"inputs": {"retrieve"}})
    kept = {name: full[name] if name in sections else value for name, value in _NEUTRAL.items()}
    if "law" in sections:
        kept["policy"] = full["policy"] | {"schemes": ["none"]}
    if "fleet" not in sections:
        kept["assumptions"] = {k: v for k, v in kept["assumptions"].items() if k not in FLEET_ASSUMPTIONS}
    scope = full["scope"] | {"dispatch_chunk_count": 1}
    if "targets" not in sections:
        scope |= {"target_years": [2030], "draw_count": 50}
    if "wear" not in sections:
        scope |= {"wear_vehicle_count": 1}
    if "foresight" not in sections:
        scope |= {"foresight_vehicle_count": 4, "foresight_weeks": 4}
    if "search" not in sections:
        scope |= {"search": _NEUTRAL_SEARCH}
    return {**kept, "scope": scope}
