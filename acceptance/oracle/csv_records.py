"""Where CSV records begin and end, and their fields."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from oracle.objects import Inflated
from oracle.pieces import DAMAGED, MALFORMED, TOO_LONG, Piece, whole_or_invalid
from oracle.tables import CsvDialect


@dataclass(frozen=True, slots=True)
class CsvField:
    """A field's text, and what stands there where nothing is around it."""

    text: bytes
    bare: bytes | None


@dataclass(frozen=True, slots=True)
class CsvObject:
    """The header's fields, ``None`` where there is no header that can be read, and the records below it."""

    header: list[bytes] | None
    records: list[Piece[list[CsvField]]]


@dataclass(frozen=True, slots=True)
class _Line:
    """A record as far as it could be read from ``start``.

    ``end`` is the position after its last field. ``fault`` is the position of a byte that must not be there. Without
    either the bytes ended within a quoted field, or so that only the next byte would tell.
    """

    fields: list[CsvField]
    end: int | None = None
    fault: int | None = None


def read_csv(inflated: Inflated, dialect: CsvDialect, max_record_bytes: int) -> CsvObject:
    """The object's header and records in the order of their bytes; a fault of the gzip is the last record."""
    pieces = list(_split(inflated, _Reader(inflated.data, dialect), max_record_bytes))
    if not dialect.has_header:
        return CsvObject(None, [_judged(piece) for piece in pieces])
    if not pieces or pieces[0].reason == DAMAGED:
        return CsvObject(None, pieces)
    names = pieces[0].content
    header = None if names is None else [name.text for name in names]
    return CsvObject(header, [_judged(piece) for piece in pieces[1:]])


def _judged(piece: Piece[list[CsvField]]) -> Piece[list[CsvField]]:
    return piece if piece.content is None else whole_or_invalid(piece.extent, piece.content)


def _split(inflated: Inflated, reader: _Reader, max_record_bytes: int) -> Iterator[Piece[list[CsvField]]]:
    data = inflated.data
    at = _skip_blank_lines(data, 0)
    while at < len(data):
        piece = _record(inflated, at, reader, max_record_bytes)
        if piece is None:
            break
        yield piece
        at = _skip_blank_lines(data, _after_line_end(data, at + len(piece.extent)))
    if inflated.damaged:
        yield Piece(data[at:], None, DAMAGED)


def _record(inflated: Inflated, start: int, reader: _Reader, max_record_bytes: int) -> Piece[list[CsvField]] | None:
    """The record that begins at ``start``; nothing where it was cut off by a fault of the gzip."""
    data = inflated.data
    line = reader.line(start)
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


class _Reader:
    """Takes lines apart. A quote or escape that the dialect lacks is an empty text, which no byte equals."""

    def __init__(self, data: bytes, dialect: CsvDialect) -> None:
        self._data = data
        self._delimiter, self._quote = dialect.delimiter.encode(), dialect.quote.encode()
        self._escape = dialect.escape.encode()

    def _at(self, at: int) -> bytes:
        return self._data[at : at + 1]

    def line(self, start: int) -> _Line:
        data = self._data
        fields: list[CsvField] = []
        at = start
        while True:
            if self._quote and self._at(at) == self._quote:
                field, at = self._quoted(at + 1)
                if at < 0:
                    return _Line(fields)
            else:
                field, at = self._unquoted(at)
            fields.append(field)
            if at < len(data) and self._at(at) == self._delimiter:
                at += 1
            elif at == len(data) or _after_line_end(data, at) > at:
                return _Line(fields, end=at)
            elif data[at:] == b"\r":
                return _Line(fields)
            else:
                return _Line(fields, fault=at)

    def _quoted(self, at: int) -> tuple[CsvField, int]:
        """The field, and the position after its closing quote, -1 where it never closes."""
        text = bytearray()
        while at < len(self._data):
            byte, following = self._at(at), self._at(at + 1)
            if byte == self._escape or (byte == self._quote and following == self._quote):
                text += following
                at += 2
            elif byte == self._quote:
                return CsvField(bytes(text), None), at + 1
            else:
                text += byte
                at += 1
        return CsvField(b"", None), -1

    def _unquoted(self, start: int) -> tuple[CsvField, int]:
        text, at, escaped_to = bytearray(), start, start
        while at < len(self._data) and self._at(at) not in (self._delimiter, b"\n"):
            if self._at(at) == self._escape and at + 1 < len(self._data):
                at += 1
                escaped_to = at + 1
            text += self._at(at)
            at += 1
        if self._at(at) == b"\n" and at > start and self._at(at - 1) == b"\r" and at > escaped_to:
            at -= 1
            del text[-1:]
        return CsvField(bytes(text), self._data[start:at]), at


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
