"""Where JSON records begin and end."""

from __future__ import annotations

import re
from collections.abc import Iterator

from oracle.json_text import JsonValue, Parser, RanOut, SyntaxFault
from oracle.objects import Inflated
from oracle.pieces import DAMAGED, MALFORMED, TOO_LONG, Piece, whole_or_invalid

_BETWEEN = re.compile(rb"[ \t\r\n,\[\]]*")


def split_json(inflated: Inflated, max_record_bytes: int) -> Iterator[Piece[JsonValue]]:
    """The records in the order of their bytes; a fault of the gzip is the last."""
    data = inflated.data
    at = _skip_punctuation(data, 0)
    while at < len(data):
        piece = _record(inflated, at, max_record_bytes)
        if piece is None:
            break
        yield piece
        at = _skip_punctuation(data, at + len(piece.extent))
    if inflated.damaged:
        yield Piece(data[at:], None, DAMAGED)


def _skip_punctuation(data: bytes, at: int) -> int:
    match = _BETWEEN.match(data, at)
    assert match is not None
    return match.end()


def _record(inflated: Inflated, start: int, max_record_bytes: int) -> Piece[JsonValue] | None:
    """The record that begins at ``start``; nothing where it was cut off by a fault of the gzip."""
    data = inflated.data
    limit = min(len(data), start + max_record_bytes)
    overran = False
    try:
        if data[start] != 0x7B:
            raise SyntaxFault("no object")
        value, end = Parser(data, limit).value(start, 1)
        return whole_or_invalid(data[start:end], value)
    except RanOut:
        if inflated.damaged and limit == len(data):
            return None
        overran = limit < len(data)
    except SyntaxFault:
        pass
    end, is_closed = _malformed_extent(data, start)
    if inflated.damaged and not is_closed:
        return None
    is_long = overran or end - start > max_record_bytes
    return Piece(data[start:end], None, TOO_LONG if is_long else MALFORMED)


def _malformed_extent(data: bytes, start: int) -> tuple[int, bool]:
    """Where the extent ends, and whether bytes say so rather than the end of the bytes."""
    line_feed, pair = data.find(b"\n", start), data.find(b"}{", start)
    ends = [end for end in (line_feed, pair + 1 if pair >= 0 else -1) if end >= 0]
    return (min(ends), True) if ends else (len(data), False)
