"""Runs one command and prints its wall-clock and processor seconds and the peak memory of its largest process as JSON.

A process of its own, and a small one: Linux counts the memory of whoever starts a program as the program's own until
it is running, so that a child of a fat process looks as fat as its parent. The output of the command goes to the file
given first.
"""

import json
import resource
import subprocess
import sys
import time
from pathlib import Path

BYTES_PER_GIB = 2**30
BYTES_PER_UNIT = 1 if sys.platform == "darwin" else 1024
"""``ru_maxrss`` is in bytes on macOS, in KiB on Linux."""


def main() -> int:
    """Run the command of the command line; its exit code is ours."""
    output, command = sys.argv[1], sys.argv[2:]
    begun = time.perf_counter()
    with Path(output).open("wb") as stream:
        code = subprocess.run(command, stdout=stream).returncode
    seconds = time.perf_counter() - begun
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    peak = used.ru_maxrss * BYTES_PER_UNIT / BYTES_PER_GIB
    print(json.dumps({"seconds": seconds, "cpu_seconds": used.ru_utime + used.ru_stime, "peak_gib": peak}))
    return code


if __name__ == "__main__":
    sys.exit(main())
