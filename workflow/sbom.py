"""Writes ``sbom.cdx.json`` and ``licences.csv`` from the locks and from what the installed packages say of themselves.

The bill of materials (CycloneDX 1.6) holds what a run needs; the list of licences also what only checks and clusters
need. Both are the same bytes whenever the locks are the same: they carry no time, and the serial number is a digest.
"""

import argparse
import csv
import hashlib
import io
import re
import sys
import tomllib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.metadata import PackageMetadata, distributions
from pathlib import Path

import yaml
from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from cyclonedx.spdx import is_expression
from license_expression import get_spdx_licensing
from packageurl import PackageURL
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from analysis.errors import ConfigError, Fault

ROOT = Path(__file__).resolve().parent.parent
SCOPES = {
    "product": (Path("requirements.lock"), Path(sys.prefix) / f"lib/python3.{sys.version_info.minor}/site-packages"),
    "tests": (Path("tests/requirements.lock"), Path(sys.prefix) / "tools"),
    "cluster": (Path("workflow/profiles/requirements.lock"), Path(sys.prefix) / "cluster"),
}
"""Each lock with the folder that it is installed into."""
BOM, LICENCES = "sbom.cdx.json", "licences.csv"
LIST = "workflow/licences.yaml"
SPDX = get_spdx_licensing()


@dataclass(frozen=True)
class Package:
    """One pin of a lock, or one thing that a package or this repository carries along."""

    name: str
    version: str
    scope: str
    licence: str = ""
    source: str = ""
    kind: str = "transitive"
    marker: str = ""
    is_data: bool = False
    within: str = ""
    hashes: tuple[str, ...] = ()
    needed_by: tuple[str, ...] = field(default=())


def read_lock(text: str, scope: str, direct: set[str]) -> Iterator[Package]:
    """Pins of a lock that uv wrote, each with its hashes and, where the lock tells, what needs it."""
    for block in re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]:
        name, version, marker = re.match(r"([a-z0-9.-]+)==([^\s;]+)(?: ; ([^\\\n]+))?", block).groups()
        via = block.partition("# via")[2].replace("#", " ").replace("(pyproject.toml)", " ").split()
        yield Package(
            name,
            version,
            scope,
            kind="direct" if name in direct else "transitive",
            marker=(marker or "").strip(),
            hashes=tuple(re.findall(r"--hash=sha256:([0-9a-f]{64})", block)),
            needed_by=tuple(via),
        )


def stated_licence(metadata: PackageMetadata, wordings: dict[str, str]) -> tuple[str, str] | None:
    """Licence as an SPDX expression with the field that says so; None where metadata do not name one clearly."""
    classifiers = [line for line in metadata.get_all("Classifier") or [] if line.startswith("License ::")]
    said = {"License-Expression": metadata.get("License-Expression"), "License": metadata.get("License")}
    if len(classifiers) == 1:
        said["Classifier"] = classifiers[0].rpartition(" :: ")[2]
    for where, words in said.items():
        title = (words or "").strip().partition("\n")[0].strip()  # the whole text follows in some packages
        text = wordings.get(title, title)
        if text and is_expression(text):
            return str(SPDX.parse(text)), f"{where} of the metadata"
    return None


def accepts(expression: str, accepted: set[str]) -> bool:
    """Whether an SPDX expression can be kept: each part of an AND, one part of an OR."""

    def holds(part) -> bool:
        if part.isliteral:
            return str(part) in accepted
        kept = [holds(inner) for inner in part.args]
        return all(kept) if type(part).__name__ == "AND" else any(kept)

    return holds(SPDX.parse(expression))


def find_licence(package: Package, metadata: PackageMetadata | None, known: dict) -> Package | Fault:
    """Lay a licence to a pin: from the metadata, else from the list of those read by hand; a fault where both fail."""
    said = stated_licence(metadata, known["wordings"]) if metadata else None
    by_hand = known["stated"].get(package.name)
    if said and by_hand:
        return Fault(LIST, f"stated: {package.name}", f"no entry, the metadata say {said[0]}", "Remove the entry.")
    if said:
        return Package(**{**vars(package), "licence": said[0], "source": said[1]})
    if by_hand:
        return Package(**{**vars(package), "licence": by_hand["licence"], "source": by_hand["source"]})
    where = "metadata that name none clearly" if metadata else "no such package installed"
    return Fault(package.name, where, "a licence", f"Read its licence text and add it to {LIST} under stated.")


def carried(known: dict, pins: list[Package], root: Path) -> list[Package]:
    """Things that come along inside a package, or lie in this repository with their version in the first lines."""
    versions = {pin.name: pin.version for pin in reversed(pins)}
    found = []
    for item in known["shipped"]:
        version, hashes, home = "", (), item.get("within", "")
        if "file" in item:
            content = (root / item["file"]).read_bytes()
            version = re.search(rb"\bv(\d+\.\d+\.\d+)", content[:400]).group(1).decode()
            hashes = (hashlib.sha256(content).hexdigest(),)
        found.append(
            Package(
                item["name"],
                version,
                item["scope"],
                item["licence"],
                item["source"],
                kind="carried along",
                is_data=item.get("is_data", False),
                within=f"{home}=={versions[home]}" if home else item["file"],
                hashes=hashes,
                needed_by=(home,) if home else (),
            )
        )
    return found


def collect(root: Path = ROOT) -> list[Package]:
    """All packages of the locks and what they carry, each with its licence.

    Raises
    ------
    ConfigError
        With every package whose licence is unknown or not accepted, and every idle entry of the list.
    """
    known = yaml.safe_load((root / LIST).read_text(encoding="utf-8"))
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = {
        "product": project["dependencies"],
        "tests": project["optional-dependencies"]["dev"],
        "cluster": project["optional-dependencies"]["cluster"],
    }
    pins: dict[tuple[str, str], Package] = {}
    installed: dict[str, PackageMetadata] = {}
    for scope, (lock, folder) in SCOPES.items():
        direct = {canonicalize_name(Requirement(line).name) for line in asked[scope]}
        for pin in read_lock((root / lock).read_text(encoding="utf-8"), scope, direct):
            pins.setdefault((pin.name, pin.version), pin)
        for found in distributions(path=[str(folder)]):
            installed.setdefault(canonicalize_name(found.metadata["Name"]), found.metadata)
    told = [find_licence(pin, installed.get(pin.name), known) for pin in pins.values()]
    faults = [one for one in told if isinstance(one, Fault)]
    packages = [one for one in told if isinstance(one, Package)]
    packages += carried(known, list(pins.values()), root)
    accepted = {licence for group in known["accepted"].values() for licence in group}
    advice = f"Do without it, or accept the licence in {LIST} with the reason."
    faults += [
        Fault(one.name, one.licence, "an accepted licence", advice)
        for one in packages
        if not accepts(one.licence, accepted)
    ]
    idle = set(known["stated"]) - {pin.name for pin in pins.values()}
    faults += [Fault(LIST, f"stated: {name}", "a package of a lock", "Remove the entry.") for name in idle]
    if faults:
        raise ConfigError(faults)
    return sorted(packages, key=lambda one: (list(SCOPES).index(one.scope), one.name.lower(), one.version))


def licence_list(packages: list[Package]) -> str:
    """The list of licences as CSV, one row per package and version."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["package", "version", "licence_spdx", "where_stated", "kind", "scope", "within"])
    for one in packages:
        writer.writerow([one.name, one.version, one.licence, one.source, one.kind, one.scope, one.within])
    return text.getvalue()


def component_of(one: Package) -> Component:
    """One package as a component of the bill."""
    properties = {"kind": one.kind, "marker": one.marker, "within": one.within, "licence_stated_in": one.source}
    is_pin = one.kind != "carried along"
    return Component(
        type=ComponentType.DATA if one.is_data else ComponentType.LIBRARY,
        name=one.name,
        version=one.version or None,
        bom_ref=f"{one.name}=={one.version or one.within}",
        purl=PackageURL("pypi", name=one.name, version=one.version) if is_pin else None,
        licenses=[LicenseFactory().make_from_string(one.licence)],
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest) for digest in one.hashes],
        properties=[Property(name=f"v2x:{name}", value=value) for name, value in properties.items() if value],
    )


def bill_of_materials(packages: list[Package], project: dict) -> str:
    """The bill of what a run needs, as CycloneDX 1.6 in JSON.

    A component has the hashes of all its files that the lock admits. A run takes one file of each.
    """
    product = [one for one in packages if one.scope == "product"]
    bom = Bom(components=[component_of(one) for one in product])
    root = Component(
        type=ComponentType.APPLICATION,
        name=project["name"],
        version=project["version"],
        bom_ref=project["name"],
        description=project["description"],
        licenses=[LicenseFactory().make_from_string(project["license"])],
    )
    bom.metadata.component = root
    by_name: dict[str, list[Component]] = {project["name"]: [root]}
    for component in bom.components:
        by_name.setdefault(component.name, []).append(component)
    needs: dict[str, set[str]] = {name: set() for name in by_name}
    for one in product:
        for holder in one.needed_by or (project["name"],):
            needs[holder.partition("[")[0]].add(one.name)
    for name, components in by_name.items():
        for component in components:
            bom.register_dependency(component, [each for need in sorted(needs[name]) for each in by_name[need]])
    bom.metadata.timestamp = None
    bom.serial_number = uuid.UUID(hashlib.sha256(repr(product).encode()).hexdigest()[:32], version=5)
    return make_outputter(bom, OutputFormat.JSON, SchemaVersion.V1_6).output_as_string(indent=1) + "\n"


def make(root: Path = ROOT) -> dict[str, str]:
    """Text of both files by name."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    packages = collect(root)
    return {BOM: bill_of_materials(packages, project), LICENCES: licence_list(packages)}


def hold_against_schema(bill: str) -> None:
    """Raise a ConfigError where the bill is not what CycloneDX 1.6 says."""
    # imported here: the schema's check of formats takes seconds to load, and a comparison of bytes needs it not
    from cyclonedx.validation.json import JsonStrictValidator

    fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(bill)
    if fault:
        raise ConfigError(Fault(BOM, str(fault)[:500], "a valid CycloneDX 1.6 file", "Correct workflow/sbom.py."))


def main() -> int:
    """Write both files, or say with ``--check`` whether they are as the locks have it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail where a file is not up to date")
    check = parser.parse_args().check
    try:
        made = make()
        hold_against_schema(made[BOM])
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 1
    stale = [name for name, text in made.items() if not (ROOT / name).exists() or (ROOT / name).read_text() != text]
    for name in stale:
        if not check:
            (ROOT / name).write_text(made[name], encoding="utf-8")
        print(f"{name}: {'not up to date, run make sbom' if check else 'written'}")
    return int(check and bool(stale))


if __name__ == "__main__":
    sys.exit(main())
