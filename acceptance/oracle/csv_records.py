"""Where CSV records begin and end, and their fields."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from oracle.objects import Inflated
from oracle.pieces import DAMAGED, MALFORMED, TOO_LONG, Piece, whole_or_invalid

_QUOTE = b'"'


@dataclass(frozen=True, slots=True)
class CsvObject:
    """The header's fields, ``None`` where there is no header that can be read, and the records below it."""

    header: list[bytes] | None
    records: list[Piece[list[bytes]]]


@dataclass(frozen=True, slots=True)
class _Line:
    """A record as far as it could be read from ``start``.

    ``end`` is the position after its last field. ``fault`` is the position of a byte that must not be there. Without
    either the bytes ended within a quoted field, or so that only the next byte would tell.
    """

    fields: list[bytes]
    end: int | None = None
    fault: int | None = None


def read_csv(inflated: Inflated, delimiter: bytes, max_record_bytes: int) -> CsvObject:
    """The object's header and records in the order of their bytes; a fault of the gzip is the last record."""
    pieces = list(_split(inflated, delimiter, max_record_bytes))
    if not pieces or pieces[0].reason == DAMAGED:
        return CsvObject(None, pieces)
    return CsvObject(pieces[0].content, [_judged(piece) for piece in pieces[1:]])


def _judged(piece: Piece[list[bytes]]) -> Piece[list[bytes]]:
    return piece if piece.content is None else whole_or_invalid(piece.extent, piece.content)


def _split(inflated: Inflated, delimiter: bytes, max_record_bytes: int) -> Iterator[Piece[list[bytes]]]:
    data = inflated.data
    at = _skip_blank_lines(data, 0)
    while at < len(data):
        piece = _record(inflated, at, delimiter, max_record_bytes)
        if piece is None:
            break
        yield piece
        at = _skip_blank_lines(data, _after_line_end(data, at + len(piece.extent)))
    if inflated.damaged:
        yield Piece(data[at:], None, DAMAGED)


def _record(inflated: Inflated, start: int, delimiter: bytes, max_record_bytes: int) -> Piece[list[bytes]] | None:
    """The record that begins at ``start``; nothing where it was cut off by a fault of the gzip."""
    data = inflated.data
    line = _line(data, start, delimiter)
    if line.end is not None and line.end - start <= max_record_bytes:
        is_cut_off = inflated.damaged and line.end == len(data)
        return None if is_cut_off else Piece(data[start : line.end], line.fields)
    line_feed = data.find(b"\n", start)
    extent = data[start : line_feed if line_feed >= 0 else len(data)]
    is_long = _seen_before_verdict(data, line) - start > max_record_bytes or len(extent) > max_record_bytes
    if inflated.damaged and (line_feed < 0 or (line.fault is None and not is_long)):
        return None
    return Piece(extent, None, TOO_LONG if is_long else MALFORMED)


def _seen_before_verdict(data: bytes, line: _Line) -> int:
    """The position after the last byte that had to be read to know what the line is."""
    if line.fault is not None:
        return line.fault + 1
    return len(data) if line.end is None else line.end


def _line(data: bytes, start: int, delimiter: bytes) -> _Line:
    fields: list[bytes] = []
    at = start
    while True:
        if data[at : at + 1] == _QUOTE:
            field, at = _quoted(data, at + 1)
            if at < 0:
                return _Line(fields)
        else:
            field, at = _unquoted(data, at, delimiter)
        fields.append(field)
        if data[at : at + 1] == delimiter:
            at += 1
        elif at == len(data) or _after_line_end(data, at) > at:
            return _Line(fields, end=at)
        elif data[at:] == b"\r":
            return _Line(fields)
        else:
            return _Line(fields, fault=at)


def _quoted(data: bytes, at: int) -> tuple[bytes, int]:
    """The field's text and the position after its closing quote, -1 where it never closes."""
    parts = []
    while True:
        quote = data.find(_QUOTE, at)
        if quote < 0:
            return b"", -1
        parts.append(data[at:quote])
        if data[quote + 1 : quote + 2] != _QUOTE:
            return _QUOTE.join(parts), quote + 1
        at = quote + 2


def _unquoted(data: bytes, at: int, delimiter: bytes) -> tuple[bytes, int]:
    ends = [end for end in (data.find(delimiter, at), data.find(b"\n", at)) if end >= 0]
    end = min(ends, default=len(data))
    if data[end : end + 1] == b"\n" and end > at and data[end - 1 : end] == b"\r":
        end -= 1
    return data[at:end], end


def _after_line_end(data: bytes, at: int) -> int:
    """The position after the line end at ``at``; ``at`` itself where there is none."""
    for line_end in (b"\n", b"\r\n"):
        if data.startswith(line_end, at):
            return at + len(line_end)
    return at


def _skip_blank_lines(data: bytes, at: int) -> int:
    while (after := _after_line_end(data, at)) > at:
        at = after
    return at
