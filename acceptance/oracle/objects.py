"""From landed bytes to the bytes that hold records."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass

from oracle import snappy, zip, zstd
from oracle.deflate import salvage
from oracle.tables import SourceTable

_MAGIC = b"\x1f\x8b"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_GZIP = 31
_HAS_CHECKSUM, _HAS_EXTRA, _HAS_NAME, _HAS_COMMENT, _RESERVED = 2, 4, 8, 16, 0xE0


@dataclass(frozen=True, slots=True)
class Inflated:
    """The bytes of the records, without a byte order mark, and whether a fault in the gzip ended them."""

    data: bytes
    damaged: bool


def open_object(landed: bytes, table: SourceTable | None = None) -> Inflated:
    """Inflates what begins as something compressed, whatever its name, and takes anything else as it is."""
    if table is not None and table.format == "cloudwatch-logs":
        data, damaged = (landed, False) if landed.startswith(_MAGIC) else _inflation(landed)(landed)
        for _ in range(2):
            data, damaged = _inflate_within(data, damaged)
    else:
        data, damaged = _inflation(landed)(landed)
    return Inflated(data.removeprefix(_BYTE_ORDER_MARK), damaged)


def _inflation(landed: bytes) -> Callable[[bytes], tuple[bytes, bool]]:
    if landed.startswith(_MAGIC):
        return _inflate_members
    if zstd.begins(landed):
        return zstd.inflate
    if landed.startswith((b"PK\3\4", b"PK\5\6")):
        return zip.inflate
    if landed.startswith((snappy.STREAM, snappy.JAVA)) or snappy.is_hadoop(landed):
        return snappy.inflate
    return _as_it_is


def _as_it_is(landed: bytes) -> tuple[bytes, bool]:
    return landed, False


def _inflate_members(landed: bytes) -> tuple[bytes, bool]:
    out, rest = b"", landed
    while rest:
        if not rest.startswith(_MAGIC):
            return out, True
        content, following = _member(rest)
        out += content
        if following is None:
            return out, True
        rest = following
    return out, False


def inflate_members(landed: bytes) -> bytes | None:
    """What gzip holds that is whole."""
    content, is_damaged = _inflate_members(landed)
    return None if is_damaged else content


def _inflate_within(data: bytes, is_damaged: bool) -> tuple[bytes, bool]:
    """Every member among the bytes taken for what it holds."""
    out, rest = b"", data
    while (at := rest.find(_MAGIC)) >= 0:
        content, following = _member(rest[at:])
        out += rest[:at] + content
        if following is None:
            return out, True
        rest = following
    return out + rest, is_damaged


def _member(data: bytes) -> tuple[bytes, bytes | None]:
    """What the member at the beginning holds, and what follows it; nothing where it is damaged."""
    member = zlib.decompressobj(_GZIP)
    try:
        content = member.decompress(data) + member.flush()
    except zlib.error:
        return _before_fault(data), None
    return content, member.unused_data if member.eof else None


def _before_fault(member: bytes) -> bytes:
    """What a member yields whose header, body or checksum is wrong."""
    body = _body(member)
    return b"" if body is None else salvage(body)


def _body(member: bytes) -> bytes | None:
    method, flags = member[2], member[3]
    if method != 8 or flags & _RESERVED:
        return None
    at = 10
    if flags & _HAS_EXTRA:
        at += 2 + int.from_bytes(member[at : at + 2], "little")
    for flag in (_HAS_NAME, _HAS_COMMENT):
        if flags & flag:
            at = member.index(b"\0", at) + 1
    if flags & _HAS_CHECKSUM:
        if member[at : at + 2] != (zlib.crc32(member[:at]) & 0xFFFF).to_bytes(2, "little"):
            return None
        at += 2
    return member[at:]
