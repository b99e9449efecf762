"""Zip archives read from their beginning."""

from __future__ import annotations

import zlib

from oracle.deflate import salvage

_ENTRY, _DIRECTORY, _END, _END_64, _LOCATOR_64, _DESCRIPTOR = (
    b"PK\3\4", b"PK\1\2", b"PK\5\6", b"PK\6\6", b"PK\6\7", b"PK\7\x08",
)  # fmt: skip


class _Fault(Exception):
    """The archive breaks the format, after its entries gave this much."""


class _Bytes:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, count: int) -> bytes:
        if count < 0 or self.at + count > len(self.data):
            raise _Fault
        self.at += count
        return self.data[self.at - count : self.at]

    def number(self, count: int) -> int:
        return int.from_bytes(self.take(count), "little")


def inflate(landed: bytes) -> tuple[bytes, bool]:
    """What the entries hold before a fault, and whether there is one."""
    out, data = bytearray(), _Bytes(landed)
    entries = listed = 0
    try:
        while True:
            signature = data.take(4)
            if signature == _ENTRY and listed == 0:
                entries += 1
                _entry(data, out)
            elif signature == _DIRECTORY:
                listed += 1
                data.take(24)
                sizes = data.number(2) + data.number(2) + data.number(2)
                data.take(12 + sizes)
            elif signature == _END_64:
                data.take(data.number(8))
            elif signature == _LOCATOR_64:
                data.take(16)
            elif signature == _END:
                data.take(16)
                data.take(data.number(2))
                return bytes(out), listed != entries or data.at != len(landed)
            else:
                raise _Fault
    except _Fault:
        return bytes(out), True


def _entry(data: _Bytes, out: bytearray) -> None:
    data.take(2)
    flags, method = data.number(2), data.number(2)
    data.take(4)
    checksum, deflated, length, name, extra_length = (data.number(width) for width in (4, 4, 4, 2, 2))
    data.take(name)
    is_large, long_length = _large(data.take(extra_length))
    if length == 0xFFFFFFFF and long_length is not None:
        length = deflated = long_length
    if flags & 1:
        raise _Fault
    if method == 0 and not flags & 8 and deflated == length:
        content = data.data[data.at : data.at + length]
        out += content
        data.take(length)
    elif method == 8:
        content = _deflated(data, out)
        if flags & 8:
            checksum = data.number(4)
            if checksum == int.from_bytes(_DESCRIPTOR, "little"):
                checksum = data.number(4)
            data.take(8 if is_large else 4)
            length = data.number(8 if is_large else 4)
        if length != len(content):
            raise _Fault
    else:
        raise _Fault
    if zlib.crc32(content) != checksum:
        raise _Fault


def _large(fields: bytes) -> tuple[bool, int | None]:
    """Whether the extra fields say that lengths have eight bytes, and the length that they tell."""
    extra, is_large, length = _Bytes(fields), False, None
    while extra.at + 4 <= len(fields):
        kind, size = extra.number(2), extra.number(2)
        if kind == 1:
            is_large = True
            if length is None and extra.at + 8 <= len(fields):
                length = int.from_bytes(fields[extra.at : extra.at + 8], "little")
        extra.at += size
    return is_large, length


def _deflated(data: _Bytes, out: bytearray) -> bytes:
    rest = data.data[data.at :]
    body = zlib.decompressobj(-15)
    try:
        content = body.decompress(rest) + body.flush()
    except zlib.error:
        out += salvage(rest)
        raise _Fault from None
    out += content
    if not body.eof:
        raise _Fault
    data.at += len(rest) - len(body.unused_data)
    return content
