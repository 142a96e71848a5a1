"""Where each file can be had: the tables of data/README.md are those of the descriptors, and the paths are true."""

import re
from fnmatch import fnmatch

import pytest
import yaml

from tests.conftest import ROOT
from tests.guides import catalogue

EACH = {each.name: each for each in catalogue.descriptors()}
BY_HAND = {"example_gps_trips", "ocpi_cdr"}
"""Kinds of which no published file exists; their tests read files written by hand."""
FETCHED = {name for name, each in EACH.items() if each.obtain.file.startswith("retrieved/")}
"""Kinds that a connector fetches; their tests read what a local server answers in the documented form."""


def test_the_tables_are_those_of_the_descriptors():
    guide = catalogue.GUIDE.read_text(encoding="utf-8")
    assert catalogue.with_tables(guide) == guide, "run: python tests/guides/catalogue.py"


def test_a_table_that_is_old_shows():
    guide = catalogue.GUIDE.read_text(encoding="utf-8")
    assert catalogue.with_tables(guide.replace("| `mimer_fcr` |", "| `mimer_fcs` |")) == guide


@pytest.mark.parametrize("name", sorted(EACH))
def test_each_file_has_an_address_and_what_was_checked_has_its_place(name):
    obtain = EACH[name].obtain
    if name in BY_HAND | FETCHED:
        assert obtain.copied_from is None
        assert name in BY_HAND or "fetched by `inputs: {retrieve: [{service: " in obtain.page
        return
    assert re.search(r"https://\S+\.\w+", obtain.page), "the publisher's own address"
    assert re.match(r"https://\S+, commit [0-9a-f]{10}, \S+|package \w+ [\d.]+$", obtain.copied_from)


@pytest.mark.parametrize("name", sorted(name for name, each in EACH.items() if each.file_name))
def test_the_path_is_one_that_the_descriptor_reads(name):
    """Areas and years stand where the regular expression of the file's name looks for them."""
    path = EACH[name].obtain.file.replace("SE?", "SE3").replace("20??", "2024").replace("????", "2024")
    assert re.search(EACH[name].file_name, path.replace("_*", "_98230" if name in FETCHED else "_sunday"))


def test_the_files_of_every_scenario_lie_where_the_guide_says():
    asked = 0
    for path in (ROOT / "workflow" / "config" / "scenarios").glob("*.yaml"):
        for kind in (yaml.safe_load(path.read_text(encoding="utf-8")).get("inputs") or {}).values():
            for source in kind if isinstance(kind, list) else ():
                if "pattern" in source:
                    asked += 1
                    concrete = source["pattern"].replace("SE*", "SE3")
                    assert fnmatch(concrete, EACH[source["descriptor"]].obtain.file), f"{path.name}: {source}"
    assert asked > 20


def test_every_named_file_is_among_the_real_ones(real_root):
    expected = {name: each.obtain.file for name, each in EACH.items() if name not in BY_HAND | FETCHED}
    missing = [name for name, file in expected.items() if not [*real_root.glob(file)]]
    assert missing == []
