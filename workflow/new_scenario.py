"""Writes the beginning of a scenario: an overlay that changes nothing yet, and says what may be laid over."""

import argparse
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "workflow" / "config" / "scenarios"
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
TEMPLATE = """\
# Lays over ../default.yaml what differs, and nothing else; an unknown key is a fault that names its line.
title_sv: {title}
title_en: {title}
reason_sv: Skriv en mening om varför detta fall räknas.
reason_en: Say in a sentence why this case is computed.

# Take away the sign in front of what you need; every key, with its unit, stands in ../default.yaml.
# inputs:
#   bundle: {name}                  # a short name for these data
#   day_ahead_prices:
#     - {{descriptor: elprisetjustnu_day_ahead, pattern: "prices/elprisetjustnu/SE*/2025.csv"}}
#   reserve_prices:                 # of the same year
#     - {{descriptor: mimer_fcr, pattern: "reserves/fcr_mimer/2025.csv"}}
# assumptions:
#   overrides: {{ret.tax_refund_rho: 1}}   # ids of data/assumptions/parameters.csv
#   standards: late_standards
# policy:
#   schemes: [none, task53]          # files of data/policy/se, without .yaml
# scope:
#   price_years: [2025]              # those that the files cover
#   draw_count: 500
"""


def write_scenario(name: str, folder: Path = FOLDER) -> Path:
    """Write the overlay of a new scenario.

    Raises
    ------
    ValueError
        If the name cannot be one, or is taken.
    """
    path = folder / f"{name}.yaml"
    if not NAME.fullmatch(name):
        raise ValueError(f"NAME={name!r}: expected small letters, digits and _, a letter first. Choose such a name.")
    if path.exists():
        raise ValueError(f"NAME={name}: {path.name} is there already. Edit it, or choose another name.")
    path.write_text(TEMPLATE.format(name=name, title=name.replace("_", " ").capitalize()), encoding="utf-8")
    return path


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name")
    try:
        path = write_scenario(parser.parse_args().name)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{path.relative_to(ROOT)} is written. Edit it, then say: make report SCENARIO={path.stem}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
