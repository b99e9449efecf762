"""How the bytes of records become a landed object: plain or gzip, whole or damaged."""

from __future__ import annotations

import gzip
import io
import random
import zipfile
from collections.abc import Callable
from typing import Any

from oracle import snappy

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
    kind = rng.choice((*_COMPRESSIONS, None, None))
    if kind is None:
        return framed(rng, data, 0.3)
    landed = compressed(rng, kind, data)
    if rng.random() >= 0.4:
        return landed
    match rng.randrange(4):
        case 0:
            return landed[: rng.randint(min(4, len(landed)), len(landed))]
        case 1:
            return landed + rng.choice((b"\0", b"garbage", landed[:7], b"PK\3\4", b"\x28\xb5\x2f\xfd", b"\0\0\0\0"))
        case _:
            return _flipped(rng, landed, min(len(landed) - 1, rng.choice((0, 4, 10))), len(landed))


def compressed(rng: random.Random, kind: str, data: bytes) -> bytes:
    """The bytes compressed, cut into several frames, entries or blocks."""
    cuts = sorted(rng.randint(0, len(data)) for _ in range(rng.choice((0, 0, 1, 2, 5))))
    parts = [data[start:end] for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True)]
    return _COMPRESSIONS[kind](rng, parts)


def _zstd(rng: random.Random, parts: list[bytes]) -> bytes:
    import pyarrow

    frames = []
    for part in parts:
        if rng.random() < 0.5:
            frames.append(pyarrow.Codec("zstd", rng.choice((1, 3, 19))).compress(part, asbytes=True))
        else:
            # A stream that does not know its length, flushed into several blocks.
            sink = pyarrow.BufferOutputStream()
            with pyarrow.CompressedOutputStream(sink, "zstd") as stream:
                for start in range(0, len(part), 100):
                    stream.write(part[start : start + 100])
                    stream.flush()
            frames.append(sink.getvalue().to_pybytes())
        if rng.random() < 0.1:
            frames.append(b"\x53\x2a\x4d\x18\x03\0\0\0abc")
    return b"".join(frames)


def _zip(rng: random.Random, parts: list[bytes]) -> bytes:
    file = io.BytesIO()
    seekable = rng.random() < 0.5
    with zipfile.ZipFile(file if seekable else _Stream(file), "w") as archive:
        for number, part in enumerate(parts):
            method = zipfile.ZIP_STORED if seekable and rng.random() < 0.3 else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(f"{number}/" if not part else f"{number}.json"), part, method)
    return file.getvalue()


class _Stream(io.RawIOBase):
    """A file that cannot go back, so that lengths stand behind the data."""

    def __init__(self, file: io.BytesIO) -> None:
        self._file = file

    def write(self, data: Any) -> int:
        return self._file.write(data)


def _blocks(parts: list[bytes]) -> list[bytes]:
    import pyarrow

    codec = pyarrow.Codec("snappy")
    return [codec.compress(part, asbytes=True) for part in parts if part]


def _snappy(rng: random.Random, parts: list[bytes]) -> bytes:
    return snappy.framed_stream(b"".join(parts), _blocks(parts))


def _hadoop(rng: random.Random, parts: list[bytes]) -> bytes:
    blocks = [len(block).to_bytes(4, "big") + block for block in _blocks(parts)]
    sizes = [len(part) for part in parts if part]
    if rng.random() < 0.5:
        return b"".join(size.to_bytes(4, "big") + block for size, block in zip(sizes, blocks, strict=True))
    return sum(sizes).to_bytes(4, "big") + b"".join(blocks)


def _java(rng: random.Random, parts: list[bytes]) -> bytes:
    return b"\x82SNAPPY\0\0\0\0\1\0\0\0\1" + b"".join(len(one).to_bytes(4, "big") + one for one in _blocks(parts))


_COMPRESSIONS: dict[str, Callable[[random.Random, list[bytes]], bytes]] = {
    "zstd": _zstd,
    "zip": _zip,
    "snappy": _snappy,
    "hadoop": _hadoop,
    "java": _java,
}


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
