"""Stretches of an object's bytes that count as one record each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

DAMAGED, TOO_LONG, MALFORMED, INVALID_UTF8 = "damaged-compression", "too-long", "malformed", "invalid-utf8"


@dataclass(frozen=True, slots=True)
class Piece(Generic[T]):
    """A record's extent, and either what it holds or the reason why it holds nothing.

    ``unusable`` is what a record holds all the same that is no UTF-8.
    """

    extent: bytes
    content: T | None
    reason: str | None = None
    unusable: T | None = None


def whole_or_invalid(extent: bytes, content: T) -> Piece[T]:
    """A well-formed record, if its bytes are UTF-8."""
    return Piece(extent, content) if is_utf8(extent) else Piece(extent, None, INVALID_UTF8, content)


def is_utf8(data: bytes) -> bool:
    """Whether the bytes are UTF-8 by RFC 3629."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
