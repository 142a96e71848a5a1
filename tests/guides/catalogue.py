"""Writes the two tables of descriptors in data/README.md: ``python tests/guides/catalogue.py`` after a change."""

import re
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from analysis.sources.descriptor import Descriptor, descriptor_names, load_descriptor  # noqa: E402 (run as a script)

GUIDE = ROOT / "data" / "README.md"
LICENCES = "| descriptor | becomes | publisher | licence as stated | cite as |"
PLACES = "| descriptor | file under INPUTS | where it can be had | what was checked is a copy of | read by |"


def descriptors() -> list[Descriptor]:
    """Every shipped descriptor, by name."""
    folder = ROOT / "data" / "sources"
    return [load_descriptor(name, folder) for name in descriptor_names(folder)]


def readers() -> dict[str, set[str]]:
    """Scenarios and rules that name each descriptor."""
    found: dict[str, set[str]] = {}
    for path in (ROOT / "workflow" / "config" / "scenarios").glob("*.yaml"):
        for kind in (yaml.safe_load(path.read_text(encoding="utf-8")).get("inputs") or {}).values():
            for source in kind if isinstance(kind, list) else ():
                if "descriptor" in source:
                    found.setdefault(source["descriptor"], set()).add(f"scenario `{path.stem}`")
    for path in (ROOT / "workflow" / "rules").glob("*.smk"):
        for block in re.split(r"^rule ", path.read_text(encoding="utf-8"), flags=re.M)[1:]:
            for name in set(re.findall(r"\w+", block)) & set(descriptor_names(ROOT / "data" / "sources")):
                found.setdefault(name, set()).add(f"rule `{block.partition(':')[0]}`")
    return found


def licence_lines() -> list[str]:
    """One row a descriptor: what it becomes, whose it is, under which licence, how to cite it."""
    return [
        f"| `{each.name}` | {each.table} | {each.publisher} | {each.licence} | [{each.citation}]({_address(each)}) |"
        for each in descriptors()
    ]


def place_lines() -> list[str]:
    """One row a descriptor: the file, where to get it, what was copied, who reads it."""
    read_by = readers()
    return [
        f"| `{each.name}` | `{each.obtain.file}` | {each.obtain.page} | {each.obtain.copied_from or 'none'} "
        f"| {', '.join(sorted(read_by.get(each.name, ()), key=_order)) or 'tests alone'} |"
        for each in descriptors()
    ]


def _order(reader: str) -> tuple[bool, str]:
    return reader.startswith("rule"), reader


def _address(each: Descriptor) -> str:
    """The address, or for a file of this repository the way from the guide to it."""
    return f"../{each.citation}" if (ROOT / each.citation).is_file() else each.url


def with_tables(guide: str) -> str:
    """The guide with both tables made anew."""
    for head, lines in ((LICENCES, licence_lines()), (PLACES, place_lines())):
        before, found, behind = guide.partition(head + "\n")
        assert found, f"data/README.md has no table {head}"
        rule, _, rest = behind.partition("\n")
        rest = re.sub(r"\A(?:\|.*\n)*", "", rest)
        guide = before + found + "\n".join([rule, *lines]) + "\n" + rest
    return guide


if __name__ == "__main__":
    GUIDE.write_text(with_tables(GUIDE.read_text(encoding="utf-8")), encoding="utf-8")
