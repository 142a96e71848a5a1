"""Gives the decorators of compiled functions, and keeps their compiled code on disk by what all of them say.

The disk cache of numba sees an edit of the file it compiles, not of the functions that file calls: code lies in a
folder named by the digest of every compiled module, so that an edit of any of them compiles all anew.
"""

import hashlib
from functools import partial
from importlib.abc import InspectLoader
from importlib.util import find_spec
from pathlib import Path

import numba

MODULES = (
    "thresholds",
    "costates",
    "reserve_vertices",
    "moves",
    "corner_table",
    "corridor_pairs",
    "corridor",
    "corridor_on",
    "corridor_margins",
)
"""Modules of this folder that hold compiled functions."""


def compiled_digest() -> str:
    """Digest of the source of all compiled modules and of the version of the compiler."""
    digest = hashlib.sha256(numba.__version__.encode())
    for name in MODULES:
        spec = find_spec(f"{__package__}.{name}")
        assert spec is not None and isinstance(spec.loader, InspectLoader)
        digest.update((spec.loader.get_source(spec.name) or "").encode())
    return digest.hexdigest()[:16]


# numba fills its settings in when it is imported, so that a type checker cannot see that this one is there.
numba.config.CACHE_DIR = str(Path(__file__).parent / "__pycache__" / compiled_digest())  # type: ignore[attr-defined]

compiled = partial(numba.njit, cache=True, nogil=True, error_model="numpy")()
"""Compile a function: cached on disk, free of the interpreter's lock, division as numpy does it."""

vectorised = partial(numba.njit, cache=True, nogil=True, error_model="numpy", fastmath={"nnan", "nsz", "contract"})()
"""Compile a short loop over nodes for several numbers at once; its numbers are never NaN."""
