"""Snappy by its format description: blocks, and three ways in which they follow one another."""

from __future__ import annotations

STREAM, JAVA = b"\xff\x06\x00\x00sNaPpY", b"\x82SNAPPY\x00"
_LONGEST_CHUNK, _LONGEST_BLOCK = 1 << 16, 1 << 24
_POLYNOMIAL = 0x82F63B78


class Fault(Exception):
    """The data breaks the format."""


def is_hadoop(landed: bytes) -> bool:
    """Whether two lengths and a block stand at the beginning that can be together."""
    if len(landed) < 10 or landed[0] != 0:
        return False
    inflated, deflated = int.from_bytes(landed[:4], "big"), int.from_bytes(landed[4:8], "big")
    own, at = 0, 8
    while True:
        own |= (landed[at] & 0x7F) << (7 * (at - 8))
        if landed[at] < 0x80:
            break
        at += 1
        if at == 12 or at == len(landed):
            return False
    fits = 0 < own <= inflated and 1 < deflated <= 32 + own + own // 6
    return fits and at + 1 < len(landed) and landed[at + 1] & 3 == 0


def block(data: bytes, longest: int) -> bytes:
    """The content of a block."""
    size, at = _varint(data)
    if size > longest:
        raise Fault
    out = bytearray()
    while at < len(data):
        tag = data[at]
        at += 1
        kind = tag & 3
        if kind == 0:
            length = tag >> 2
            if length >= 60:
                count = length - 59
                length, at = int.from_bytes(_bytes(data, at, count), "little"), at + count
            out += _bytes(data, at, length + 1)
            at += length + 1
            continue
        if kind == 1:
            length, offset = (tag >> 2 & 7) + 4, (tag >> 5) << 8 | _bytes(data, at, 1)[0]
            at += 1
        else:
            width = 2 if kind == 2 else 4
            length, offset = (tag >> 2) + 1, int.from_bytes(_bytes(data, at, width), "little")
            at += width
        if offset == 0 or offset > len(out) or len(out) + length > size:
            raise Fault
        for _ in range(length):
            out.append(out[-offset])
    if len(out) != size:
        raise Fault
    return bytes(out)


def inflate(landed: bytes) -> tuple[bytes, bool]:
    """What the framed data holds before a fault, and whether there is one."""
    out = bytearray()
    try:
        if landed.startswith(STREAM):
            _stream(landed, out)
        elif landed.startswith(JAVA):
            _java(landed, out)
        else:
            _hadoop(landed, out)
    except Fault:
        return bytes(out), True
    return bytes(out), False


def _bytes(data: bytes, at: int, count: int) -> bytes:
    if at + count > len(data):
        raise Fault
    return data[at : at + count]


def _varint(data: bytes) -> tuple[int, int]:
    value = 0
    for at in range(5):
        byte = _bytes(data, at, 1)[0]
        value |= (byte & 0x7F) << (7 * at)
        if byte < 0x80:
            return value, at + 1
    raise Fault


def _stream(landed: bytes, out: bytearray) -> None:
    at = 0
    while at < len(landed):
        kind, length = landed[at], int.from_bytes(_bytes(landed, at + 1, 3), "little")
        chunk = _bytes(landed, at + 4, length)
        at += 4 + length
        if kind <= 1:
            if length < 4:
                raise Fault
            content = block(chunk[4:], _LONGEST_CHUNK) if kind == 0 else chunk[4:]
            if len(content) > _LONGEST_CHUNK or _masked(content) != int.from_bytes(chunk[:4], "little"):
                raise Fault
            out += content
        elif kind == 0xFF:
            if chunk != STREAM[4:]:
                raise Fault
        elif kind < 0x80:
            raise Fault


def _java(landed: bytes, out: bytearray) -> None:
    at = len(_bytes(landed, 0, 16))
    while at < len(landed):
        length = int.from_bytes(_bytes(landed, at, 4), "big")
        if length == 0:
            raise Fault
        out += block(_bytes(landed, at + 4, length), _LONGEST_BLOCK)
        at += 4 + length


def _hadoop(landed: bytes, out: bytearray) -> None:
    at = 0
    while at < len(landed):
        left = int.from_bytes(_bytes(landed, at, 4), "big")
        at += 4
        while left > 0:
            length = int.from_bytes(_bytes(landed, at, 4), "big")
            if length == 0:
                raise Fault
            content = block(_bytes(landed, at + 4, length), min(left, _LONGEST_BLOCK))
            at += 4 + length
            left -= len(content)
            out += content


def _table() -> list[int]:
    table = []
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = value >> 1 ^ (_POLYNOMIAL if value & 1 else 0)
        table.append(value)
    return table


_CRC = _table()


def _masked(content: bytes) -> int:
    """The CRC-32C as the framing masks it."""
    crc = 0xFFFFFFFF
    for byte in content:
        crc = crc >> 8 ^ _CRC[(crc ^ byte) & 0xFF]
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def framed_stream(content: bytes, blocks: list[bytes]) -> bytes:
    """The blocks as a stream; ``content`` is what they hold together."""
    out, at = bytearray(STREAM), 0
    for data in blocks:
        size = _varint(data)[0]
        chunk = _masked(content[at : at + size]).to_bytes(4, "little") + data
        out += b"\0" + len(chunk).to_bytes(3, "little") + chunk
        at += size
    return bytes(out)
