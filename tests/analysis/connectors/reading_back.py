"""What the tests of the services share: reading a fetched file as a scenario does."""

import csv

from analysis.sources.descriptor import load_descriptor
from analysis.sources.reader import read_source
from tests.conftest import ROOT


def contract(name, path):
    """Read a fetched file as a scenario does."""
    return read_source(load_descriptor(name, ROOT / "data" / "sources"), [path])


def rows(path):
    """Rows of a comma-separated file."""
    return list(csv.DictReader(path.read_text("utf-8").splitlines()))
