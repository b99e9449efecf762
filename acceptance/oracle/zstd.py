"""Zstandard: which blocks count is told here; what they hold is the library's to say."""

from __future__ import annotations

from dataclasses import dataclass

_MAGIC = b"\x28\xb5\x2f\xfd"
_LARGEST_WINDOW = 0x88
"""As a window's descriptor: 128 MiB."""


@dataclass(frozen=True, slots=True)
class _Frame:
    """A frame taken apart. ``rest`` is what follows it; none where it breaks off."""

    header: bytes
    blocks: list[bytes]
    checksum: bytes
    rest: bytes | None


def begins(landed: bytes) -> bool:
    """Whether this is a frame, or one that may be skipped."""
    return landed.startswith(_MAGIC) or _is_skippable(landed)


def inflate(landed: bytes) -> tuple[bytes, bool]:
    """What the frames hold before a fault, and whether there is one."""
    out, rest = b"", landed
    while rest:
        if _is_skippable(rest):
            length = int.from_bytes(rest[4:8], "little")
            if len(rest) < 8 + length:
                return out, True
            rest = rest[8 + length :]
            continue
        frame = _frame(rest)
        if frame is None:
            return out, True
        content = None if frame.rest is None else _read(rest[: len(rest) - len(frame.rest)])
        if content is None or frame.rest is None:
            return out + _whole_blocks(frame), True
        out, rest = out + content, frame.rest
    return out, False


def _is_skippable(data: bytes) -> bool:
    return len(data) >= 4 and data[0] & 0xF0 == 0x50 and data[1:4] == b"\x2a\x4d\x18"


def _header_length(descriptor: int) -> int:
    single, size_flag = descriptor >> 5 & 1, descriptor >> 6
    return 5 + (0 if single else 1) + (0, 1, 2, 4)[descriptor & 3] + ((single, 2, 4, 8)[size_flag])


def _frame(data: bytes) -> _Frame | None:
    if not data.startswith(_MAGIC) or len(data) < 5 or len(data) < _header_length(data[4]):
        return None
    at = _header_length(data[4])
    header = data[:at]
    blocks: list[bytes] = []
    is_last = False
    while not is_last:
        if at + 3 > len(data):
            return _Frame(header, blocks, b"", None)
        block = int.from_bytes(data[at : at + 3], "little")
        is_last, kind, size = bool(block & 1), block >> 1 & 3, block >> 3
        end = at + 3 + (1 if kind == 1 else size)
        if end > len(data):
            return _Frame(header, blocks, b"", None)
        blocks.append(data[at:end])
        at = end
    end = at + (4 if data[4] & 4 else 0)
    return _Frame(header, blocks, data[at:end], data[end:] if end <= len(data) else None)


def _read(frame: bytes) -> bytes | None:
    import pyarrow

    try:
        content: bytes = pyarrow.CompressedInputStream(pyarrow.BufferReader(frame), "zstd").read()
        return content
    except OSError:
        return None


def _whole_blocks(frame: _Frame) -> bytes:
    """What as many of the first blocks hold as can be read."""
    if _read(frame.header + b"\x01\0\0") is None and frame.header[4] & 3:
        return b""
    for count in range(len(frame.blocks), 0, -1):
        content = _read(_shortened(frame, count))
        if content is not None:
            size = _announced(frame.header)
            ends = int.from_bytes(frame.blocks[count - 1][:3], "little") & 1
            if not (ends and size is not None and size != len(content)):
                return content
    return b""


def _shortened(frame: _Frame, count: int) -> bytes:
    """A frame of the first blocks, without checksum and length."""
    last = frame.blocks[count - 1]
    header = int.from_bytes(last[:3], "little") | 1
    descriptor = frame.header[4]
    window = _LARGEST_WINDOW if descriptor >> 5 & 1 else frame.header[5]
    blocks = b"".join(frame.blocks[: count - 1]) + header.to_bytes(3, "little") + last[3:]
    return _MAGIC + bytes((descriptor & 0x1B & ~3, window)) + blocks


def _announced(header: bytes) -> int | None:
    descriptor = header[4]
    width = (descriptor >> 5 & 1, 2, 4, 8)[descriptor >> 6]
    if width == 0:
        return None
    return int.from_bytes(header[-width:], "little") + (256 if width == 2 else 0)
