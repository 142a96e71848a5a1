"""Kill -9 a run of `minimal` at random moments, start it again each time, and compare all tables with a quiet run's."""

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.workflow import project


def main() -> int:
    """Print one line a kill and a verdict; 0 when every table is the same."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    moments = random.Random(given.seed)
    with tempfile.TemporaryDirectory() as scratch:
        quiet = project.copy_project(Path(scratch) / "quiet")
        begun = time.monotonic()
        project.run(quiet)
        length = time.monotonic() - begun
        print(f"quiet run: {length:.0f} s, {len(project.tables(quiet))} tables")
        killed = project.copy_project(Path(scratch) / "killed")
        for number in range(1, given.kills + 1):
            after = moments.uniform(1.0, max(4.0, 2.5 * length / given.kills))
            was_running = project.kill_after(killed, after)
            outcome = "killed" if was_running else "had finished; starting anew"
            print(f"kill {number:2d} after {after:4.1f} s: {outcome}")
            if not was_running:
                project.forget_results(killed)
        project.run(killed)
        expected, found = project.tables(quiet), project.tables(killed)
    different = sorted(name for name in expected if expected[name] != found.get(name))
    left = [name for name in found if name.endswith(".tmp")]
    print(f"tables that differ: {different or 'none'}; half-written files: {left or 'none'}")
    return 1 if different or left else 0


if __name__ == "__main__":
    sys.exit(main())
