"""Random changes to the bytes of records, of the kinds that break them in interesting places."""

from __future__ import annotations

import random

_PIECES = (
    b'"', b"\\", b"{", b"}", b"[", b"]", b":", b",", b"}{", b"},{", b"\n", b"\r\n", b" ", b"\t", b"\0", b"\x1f",
    b"null", b"true", b"-", b"0", b"1e5", b"1.5", b"-0", b"1e400", b"12345678901234567890", b"\\u0000", b"\\ud800",
    b"\\ud83d\\ude00", b"\\n", b"\\\\", b'\\"', b"\xff", b"\xc3\xa9", b"\xf0\x9f\x98\x80", b"\xef\xbb\xbf", b"{}",
    b"[]", b'""', b"2023-02-30", b"T24:00", b";", b"|", b"'", b"#", b"''", b'"",', b"\x1f\x8b", b"NULL",
    b"\\N", b"H4sI",
)  # fmt: skip


def mutated(rng: random.Random, text: bytes, others: list[bytes]) -> bytes:
    """The text with a few changes; sometimes cut to a part of its lines, or with lines of another."""
    lines = text.splitlines(keepends=True)
    if len(lines) > 3 and rng.random() < 0.7:
        start = rng.randrange(len(lines))
        keep = lines[:1] if rng.random() < 0.7 else []
        text = b"".join(keep + lines[start : start + rng.choice((1, 2, 5, 10))])
    for _ in range(rng.choice((0, 1, 1, 2, 4))):
        text = _change(rng, text, others)
    return text


def _change(rng: random.Random, text: bytes, others: list[bytes]) -> bytes:
    at = rng.randint(0, len(text))
    to = min(len(text), at + rng.choice((1, 1, 2, 5, 12)))
    match rng.randrange(7):
        case 0 if at < len(text):
            return text[:at] + bytes([text[at] ^ (1 << rng.randrange(8))]) + text[at + 1 :]
        case 1:
            return text[:at] + text[to:]
        case 2:
            return text[:to] + text[at:]
        case 3:
            other = rng.choice(others)
            start = rng.randint(0, len(other))
            return text[:at] + other[start : start + rng.randrange(60)] + text[at:]
        case 4:
            return text[: rng.choice((at, len(text) - 1 if text else 0))]
        case _:
            return text[:at] + rng.choice(_PIECES) + text[at:]
