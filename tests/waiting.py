"""How tests wait: for what is to come, with a limit that only a hang reaches."""

import time
from collections.abc import Callable

HANG = 120  # seconds: more than anything takes on a slow machine with much else to do


def wait_until(condition: Callable[[], object]) -> None:
    """Wait until something is so."""
    limit = time.monotonic() + HANG
    while not condition():
        assert time.monotonic() < limit, "it did not come to this"
        time.sleep(0.005)
