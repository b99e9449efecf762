"""Values as golden cases write them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any


def text_of(value: Any) -> str:
    """A null is empty, a time is in UTC."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)
