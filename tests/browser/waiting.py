"""Waits for what a page shows, from outside: the page's own policy forbids the driver to wait inside it."""

import time
from typing import Any

PATIENCE_S = 60.0


def wait_until(page: Any, expression: str, argument: Any = None) -> None:
    """Ask the page again and again until an expression is true.

    Raises
    ------
    AssertionError
        If it is not within a minute.
    """
    end = time.monotonic() + PATIENCE_S
    while not page.evaluate(expression, argument):
        assert time.monotonic() < end, f"never true: {expression}"
        time.sleep(0.03)
