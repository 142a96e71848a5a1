"""Takes the worked examples out of the guides and lays them over a folder, as a reader would do by hand.

A guide shows a new file under a line that is its path and a colon, an addition under a line that begins with ``At the
end of``, and a change inside a file as a ``diff``. Text that a test does not find is no example.
"""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT

GUIDES = (
    "data/sources/README.md",
    "data/policy/README.md",
    "data/README.md",
    "analysis/dispatch/README.md",
    "analysis/README.md",
    "analysis/report/README.md",
)
BLOCK = re.compile(r"(?:^(At the end of )?`([\w./-]+)`:\n\n)?^```(\w+)\n(.*?)^```$", flags=re.M | re.S)


@dataclass(frozen=True)
class Example:
    """One block of a guide: a whole file, an addition to one, or a change (``diff``; path empty)."""

    guide: str
    path: str
    text: str
    is_added: bool = False

    @property
    def is_change(self) -> bool:
        """Whether it is a diff."""
        return not self.path


def examples_of(guide: str) -> list[Example]:
    """The blocks of a guide that change a file, in reading order."""
    text = (ROOT / guide).read_text(encoding="utf-8")
    return [
        Example(guide, "" if kind == "diff" else path, block, bool(added))
        for added, path, kind, block in BLOCK.findall(text)
        if path or kind == "diff"
    ]


def lay_over(folder: Path, examples: list[Example]) -> list[str]:
    """Write the examples into a copy of the project; gives the paths that were touched."""
    touched = []
    for example in examples:
        if example.is_change:
            touched += _change(folder, example.text)
            continue
        path = folder / example.path
        path.parent.mkdir(parents=True, exist_ok=True)
        if example.is_added:
            before = path.read_text(encoding="utf-8")
            gap = {".csv": "", ".py": "\n\n", ".smk": "\n\n"}.get(path.suffix, "\n")
            path.write_text(before + gap + example.text.lstrip("\n"), encoding="utf-8")
        else:
            assert not path.exists(), f"{example.guide} shows {example.path} as new, and it is there"
            path.write_text(example.text, encoding="utf-8")
        touched.append(example.path)
    return touched


def _change(folder: Path, diff: str) -> list[str]:
    """Apply one diff: its lines must be those of the code, wherever in the file they stand."""
    command = ["git", "apply", "-p1", "-"]
    done = subprocess.run(command, cwd=folder, input=diff, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{diff}\n{done.stderr}"
    return re.findall(r"^\+\+\+ b/(\S+)$", diff, flags=re.M)
