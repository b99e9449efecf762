"""Waiting for what will be so before long, on machines that are fast or slow."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE_SECONDS = 600


def until(holds: Callable[[], bool], what: str, patience: float = PATIENCE_SECONDS, *, rest: float = 0.1) -> None:
    """Waits until something holds, and rests between looks."""
    deadline = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < deadline, f"after {patience:.0f} s still not: {what}"
        time.sleep(rest)
