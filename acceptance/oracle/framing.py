"""How the bytes of records become a landed object: plain or gzip, whole or damaged."""

from __future__ import annotations

import gzip
import random

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def framed(rng: random.Random, data: bytes, damage: float) -> bytes:
    """The object; damaged with the given probability, where it is gzip."""
    if rng.random() < 0.05:
        data = BYTE_ORDER_MARK + data
    if rng.random() < 0.3:
        return data
    landed = _members(rng, data)
    return _damaged(rng, landed) if rng.random() < damage else landed


def reframed(rng: random.Random, data: bytes, like: bytes) -> bytes:
    """The bytes as an object of any compression, damaged now and then. ``like`` is an object that landed."""
    return framed(rng, data, 0.3)


def _members(rng: random.Random, data: bytes) -> bytes:
    """One member or several, cut anywhere, some of them empty."""
    count = rng.choice((1, 1, 1, 2, 3, 5))
    cuts = sorted(rng.randint(0, len(data)) for _ in range(count - 1))
    parts = [data[start:end] for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True)]
    return b"".join(gzip.compress(part, compresslevel=rng.choice((0, 1, 6, 9)), mtime=0) for part in parts)


def _damaged(rng: random.Random, landed: bytes) -> bytes:
    match rng.randrange(6):
        case 0 | 1:
            return landed[: rng.randint(2, len(landed) - 1)]
        case 2:
            return landed[: -rng.randint(1, 8)]
        case 3:
            return landed + rng.choice(
                (b"\0", b"\0" * 512, b"garbage", b"\n", b"\x1f", b"\x1f\x8b", b"{}", b"\x1f\x8b\x08")
            )
        case 4:
            return _flipped(rng, landed, len(landed) - 8, len(landed))
        case _:
            return _flipped(rng, landed, min(10, len(landed) - 9), len(landed) - 8)


def _flipped(rng: random.Random, landed: bytes, start: int, end: int) -> bytes:
    at = rng.randrange(start, end)
    return landed[:at] + bytes([landed[at] ^ (1 << rng.randrange(8))]) + landed[at + 1 :]
