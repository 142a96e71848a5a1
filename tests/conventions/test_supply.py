"""What the project rests on: true bounds, locks with hashes, known and accepted licences, a bill of materials."""

import csv
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from analysis.errors import ConfigError
from tests.conftest import ROOT, require
from workflow import sbom

PRODUCT, TESTS, CLUSTER = "requirements.lock", "tests/requirements.lock", "workflow/profiles/requirements.lock"
NEWEST, OLDEST = "tests/locks/newest.lock", "tests/locks/oldest.lock"
LOCKS = PRODUCT, TESTS, CLUSTER, NEWEST, OLDEST
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
ASKED = {
    canonicalize_name(one.name): one
    for one in map(Requirement, [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]])
}
FOR_CLUSTERS = {canonicalize_name(Requirement(line).name) for line in PROJECT["optional-dependencies"]["cluster"]}


def pins(*locks):
    """Versions of each package in the locks, lowest first: some have one for each version of Python."""
    found = {}
    for lock in locks:
        for pin in sbom.read_lock((ROOT / lock).read_text(encoding="utf-8"), "product", set()):
            found.setdefault(pin.name, set()).add(Version(pin.version))
    return {name: sorted(versions) for name, versions in found.items()}


@pytest.mark.parametrize("name", sorted(ASKED))
def test_a_lower_bound_is_the_version_that_was_tried(name):
    bounds = [Version(one.version) for one in ASKED[name].specifier if one.operator == ">="]
    assert bounds == [pins(OLDEST)[name][0]]


@pytest.mark.parametrize("lock", [PRODUCT, TESTS, NEWEST, OLDEST])
def test_pins_are_within_the_bounds(lock):
    held = {name: versions for name, versions in pins(lock).items() if name in ASKED}
    assert held
    outside = {
        name: versions
        for name, versions in held.items()
        if not all(ASKED[name].specifier.contains(v) for v in versions)
    }
    assert outside == {}


@pytest.mark.parametrize("lock", LOCKS)
def test_each_pin_has_a_hash_and_no_address(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    found = list(sbom.read_lock(text, "product", set()))
    assert len(found) > 10
    assert [pin.name for pin in found if not pin.hashes] == []
    lines = [line.strip() for line in text.splitlines() if not line.strip().startswith("#")]
    assert [line for line in lines if not re.match(r"[a-z0-9.-]+==\S+|--hash=sha256:[0-9a-f]{64}( \\)?$", line)] == []


def test_the_newest_are_not_older_than_the_locked_nor_the_oldest_newer():
    """By what is asked for: what libraries ask for in turn has bounds of its own."""
    locked, newest, oldest = pins(PRODUCT, TESTS), pins(NEWEST), pins(OLDEST)
    order = {name: oldest[name][0] <= locked[name][0] and locked[name][-1] <= newest[name][-1] for name in ASKED}
    assert [name for name, holds in order.items() if not holds] == []
    assert oldest["numpy"][0] < locked["numpy"][0]


def test_all_locks_hold_what_is_asked_for():
    assert set(ASKED) <= set(pins(PRODUCT, TESTS)) & set(pins(NEWEST)) & set(pins(OLDEST))
    assert set(pins(CLUSTER)) >= FOR_CLUSTERS
    assert not FOR_CLUSTERS & set(pins(PRODUCT, TESTS, NEWEST, OLDEST))


@pytest.fixture(scope="module")
def made():
    """Bill and list as the installed packages give them now."""
    for part in ("tools", "cluster"):
        require((sbom.SCOPES["tests"][1].parent / part).is_dir(), f".venv/{part} (make test makes it)")
    return sbom.make()


def test_bill_and_list_are_what_the_locks_give(made):
    assert {name: (ROOT / name).read_text(encoding="utf-8") == text for name, text in made.items()} == {
        "sbom.cdx.json": True,
        "licences.csv": True,
    }, "run: make sbom"


def test_each_package_is_in_the_bill_and_in_the_list():
    bill = json.loads((ROOT / "sbom.cdx.json").read_text(encoding="utf-8"))
    assert "timestamp" not in bill["metadata"]
    components = {(one["name"], one.get("version")): one for one in bill["components"]}
    with (ROOT / "licences.csv").open(encoding="utf-8") as table:
        listed = {(row["package"], row["version"]): row["licence_spdx"] for row in csv.DictReader(table)}
    product = {(name, str(version)) for name, versions in pins(PRODUCT).items() for version in versions}
    everything = {(n, str(v)) for n, versions in pins(PRODUCT, TESTS, CLUSTER).items() for v in versions}
    assert product <= set(components)
    assert everything <= set(listed)
    assert all(components[pin]["licenses"] and components[pin]["hashes"] for pin in product)
    assert all(listed.values())
    assert {"plotly.js (cartesian)", "GEOS"} <= {name for name, _ in components}
    assert "axe-core" in {name for name, _ in listed} - {name for name, _ in components}


def test_the_bill_says_what_needs_what():
    bill = json.loads((ROOT / "sbom.cdx.json").read_text(encoding="utf-8"))
    needs = {one["ref"].split("==")[0]: one.get("dependsOn", []) for one in bill["dependencies"]}
    direct = {name.split("==")[0] for name in needs["v2x-policy-pipeline"]}
    assert direct >= {canonicalize_name(Requirement(line).name) for line in PROJECT["dependencies"]}
    assert any(one.startswith("llvmlite==") for one in needs["numba"])


@pytest.mark.parametrize(
    ("expression", "holds"),
    [
        ("MIT", True),
        ("AGPL-3.0-only", False),
        ("GPL-3.0-or-later", False),
        ("GPL-3.0-or-later WITH GCC-exception-3.1", True),
        ("MIT OR GPL-2.0-only", True),
        ("MIT AND GPL-2.0-only", False),
        ("BSD-3-Clause AND (GPL-2.0-only OR 0BSD)", True),
    ],
)
def test_what_is_accepted(expression, holds):
    known = yaml.safe_load((ROOT / sbom.LIST).read_text(encoding="utf-8"))
    assert sbom.accepts(expression, {one for group in known["accepted"].values() for one in group}) is holds


def test_unknown_refused_and_idle_licences_are_all_told_at_once(made, tmp_path):
    known = yaml.safe_load((ROOT / sbom.LIST).read_text(encoding="utf-8"))
    del known["accepted"]["by_file"]
    del known["stated"]["docutils"]
    known["stated"] |= {"nobody": {"licence": "MIT", "source": "x"}, "pandas": {"licence": "MIT", "source": "x"}}
    for path in (
        "pyproject.toml",
        PRODUCT,
        TESTS,
        CLUSTER,
        *(one["file"] for one in known["shipped"] if "file" in one),
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, tmp_path / path)
    (tmp_path / sbom.LIST).write_text(yaml.safe_dump(known), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        sbom.collect(tmp_path)
    told = {(fault.place, fault.found) for fault in caught.value.faults}
    assert {
        ("certifi", "MPL-2.0"),
        ("docutils", "metadata that name none clearly"),
        (sbom.LIST, "stated: nobody"),
        (sbom.LIST, "stated: pandas"),
    } <= told
    assert {place for place, found in told if found == "MPL-2.0"} >= {"axe-core", "hypothesis"}


def test_a_file_with_another_hash_is_not_installed(tmp_path):
    """What the Makefile calls, on a wheel of a few lines: the right hash passes, another is refused."""
    wheel, info = tmp_path / "tiny-1.0-py3-none-any.whl", "tiny-1.0.dist-info"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("tiny.py", "")
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    options = re.search(r"^INSTALL := .*-m pip (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M).group(1)
    assert "--require-hashes" in options

    def install(digest):
        lock = tmp_path / "lock"
        lock.write_text(f"tiny==1.0 --hash=sha256:{digest}\n", encoding="utf-8")
        command = [sys.executable, "-m", "pip", "--isolated", *options.split(), "--no-index", "--find-links", tmp_path]
        command += ["--target", tmp_path / digest[:4], "-r", lock]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    right = hashlib.sha256(wheel.read_bytes()).hexdigest()
    passed, refused = install(right), install("0" * 64)
    assert passed.returncode == 0, passed.stderr
    assert refused.returncode != 0
    assert "DO NOT MATCH THE HASHES" in refused.stderr
    assert not (tmp_path / "0000" / "tiny.py").exists()
