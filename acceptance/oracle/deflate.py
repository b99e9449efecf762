"""What a damaged deflate stream still yields: every symbol before the first violation of RFC 1951.

``zlib`` raises on a violation and withholds what it had decoded before. This decoder is slow and withholds nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

_ORDER = (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15)
_LENGTH_BASE = (3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195,
                227, 258)  # fmt: skip
_LENGTH_BITS = (0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0)
_DISTANCE_BASE = (1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073,
                  4097, 6145, 8193, 12289, 16385, 24577)  # fmt: skip
_DISTANCE_BITS = (0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13)
_FIXED_LENGTHS = [8] * 144 + [9] * 112 + [7] * 24 + [8] * 8
_END_OF_BLOCK = 256

_Codes = dict[tuple[int, int], int]


class _Fault(Exception):
    """The stream ends or breaks the format here."""


class _Bits:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, count: int) -> int:
        value = 0
        for place in range(count):
            index, shift = divmod(self._at, 8)
            if index >= len(self._data):
                raise _Fault
            value |= (self._data[index] >> shift & 1) << place
            self._at += 1
        return value

    def to_next_byte(self) -> None:
        self._at = (self._at + 7) // 8 * 8


def salvage(data: bytes) -> bytes:
    """The bytes that the raw deflate stream yields before it ends, by itself or by a fault."""
    bits, out = _Bits(data), bytearray()
    try:
        while not _block(bits, out):
            pass
    except _Fault:
        pass
    return bytes(out)


def _block(bits: _Bits, out: bytearray) -> bool:
    last, kind = bits.take(1), bits.take(2)
    if kind == 0:
        _stored(bits, out)
    elif kind == 1:
        _compressed(bits, out, _codes(_FIXED_LENGTHS), _codes([5] * 32))
    elif kind == 2:
        _compressed(bits, out, *_dynamic_codes(bits))
    else:
        raise _Fault
    return bool(last)


def _stored(bits: _Bits, out: bytearray) -> None:
    bits.to_next_byte()
    length, complement = bits.take(16), bits.take(16)
    if length != complement ^ 0xFFFF:
        raise _Fault
    for _ in range(length):
        out.append(bits.take(8))


def _compressed(bits: _Bits, out: bytearray, literals: _Codes, distances: _Codes) -> None:
    while True:
        symbol = _symbol(bits, literals)
        if symbol == _END_OF_BLOCK:
            return
        if symbol < _END_OF_BLOCK:
            out.append(symbol)
            continue
        length = _extended(bits, symbol - 257, _LENGTH_BASE, _LENGTH_BITS)
        distance = _extended(bits, _symbol(bits, distances), _DISTANCE_BASE, _DISTANCE_BITS)
        if distance > len(out):
            raise _Fault
        for _ in range(length):
            out.append(out[-distance])


def _extended(bits: _Bits, symbol: int, base: Sequence[int], extra: Sequence[int]) -> int:
    if symbol >= len(base):
        raise _Fault
    return base[symbol] + bits.take(extra[symbol])


def _symbol(bits: _Bits, codes: _Codes) -> int:
    code = 0
    for length in range(1, 16):
        code = code << 1 | bits.take(1)
        if (length, code) in codes:
            return codes[length, code]
    raise _Fault


def _dynamic_codes(bits: _Bits) -> tuple[_Codes, _Codes]:
    literal_count, distance_count, length_count = bits.take(5) + 257, bits.take(5) + 1, bits.take(4) + 4
    if literal_count > 286 or distance_count > 30:
        raise _Fault
    lengths_of_lengths = [0] * 19
    for index in range(length_count):
        lengths_of_lengths[_ORDER[index]] = bits.take(3)
    codes = _codes(lengths_of_lengths)
    if not _is_complete(lengths_of_lengths):
        raise _Fault
    lengths = _code_lengths(bits, codes, literal_count + distance_count)
    literals, distances = lengths[:literal_count], lengths[literal_count:]
    if literals[_END_OF_BLOCK] == 0 or not (_is_usable(literals) and _is_usable(distances)):
        raise _Fault
    return _codes(literals), _codes(distances)


def _code_lengths(bits: _Bits, codes: _Codes, count: int) -> list[int]:
    lengths: list[int] = []
    while len(lengths) < count:
        symbol = _symbol(bits, codes)
        if symbol < 16:
            lengths.append(symbol)
        elif symbol == 16:
            if not lengths:
                raise _Fault
            lengths += [lengths[-1]] * (3 + bits.take(2))
        else:
            lengths += [0] * (3 + bits.take(3) if symbol == 17 else 11 + bits.take(7))
    if len(lengths) > count:
        raise _Fault
    return lengths


def _codes(lengths: Sequence[int]) -> _Codes:
    codes: _Codes = {}
    code = 0
    for length in range(1, 16):
        for symbol, symbol_length in enumerate(lengths):
            if symbol_length == length:
                codes[length, code] = symbol
                code += 1
        code <<= 1
    return codes


def _filled(lengths: Sequence[int]) -> int:
    return sum(1 << (15 - length) for length in lengths if length)


def _is_complete(lengths: Sequence[int]) -> bool:
    return _filled(lengths) == 1 << 15


def _is_usable(lengths: Sequence[int]) -> bool:
    """Complete, or so sparse that zlib lets it pass: no code at all, or a single one of one bit."""
    return _is_complete(lengths) or not any(lengths) or [length for length in lengths if length] == [1]
