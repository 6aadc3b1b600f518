"""How tests wait: for a condition, with a limit that only a hang reaches."""

import time
from collections.abc import Callable

HANG = 120  # seconds: more than anything takes on a slow, busy machine


def wait_until(condition: Callable[[], object]) -> None:
    """Wait until a condition holds."""
    limit = time.monotonic() + HANG
    while not condition():
        assert time.monotonic() < limit, "the condition never held"
        time.sleep(0.005)
