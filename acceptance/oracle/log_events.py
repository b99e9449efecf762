"""The events of envelopes of CloudWatch Logs, each with what is around it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator

from oracle.json_text import (
    JsonValue,
    Parser,
    RanOut,
    SyntaxFault,
    has_lone_surrogate,
    parse_text,
    skip_space,
)
from oracle.objects import inflate_members
from oracle.pieces import INVALID_UTF8, MALFORMED, TOO_LONG, Piece, is_utf8
from oracle.tables import SourceTable

_WRONG_TYPE, _MALFORMED_TEXT = "wrong-type", "malformed-text"

Event = tuple[Piece[JsonValue], str]
"""An event, and the pointer of what is wrong with it, if something is."""


def events(table: SourceTable, pieces: Iterator[Piece[JsonValue]]) -> Iterator[Event]:
    """The events of the envelopes that the pieces are; a piece that is none stays what it is."""
    for piece in pieces:
        if piece.content is None:
            yield piece, ""
        elif table.envelope == "message":
            yield from _of_message(piece, table.max_record_bytes)
        else:
            yield from _of_envelope(piece, piece.extent, b"", b"", "")


def _of_message(piece: Piece[JsonValue], longest: int) -> Iterator[Event]:
    assert isinstance(piece.content, dict)
    body = piece.content.get("body")
    start, end = _last_member(piece.extent, "body")
    if not isinstance(body, str):
        yield Piece(piece.extent, None, _WRONG_TYPE), "/body"
    elif has_lone_surrogate(body):
        yield Piece(piece.extent, None, INVALID_UTF8), "/body"
    else:
        text = _unpacked(body)
        if text is not None and len(text) > longest:
            yield Piece(piece.extent, None, TOO_LONG), ""
        elif text is None or not is_utf8(text):
            yield Piece(piece.extent, None, _MALFORMED_TEXT if text is None else INVALID_UTF8), "/body"
        else:
            yield from _of_envelope(piece, text, piece.extent[:start], piece.extent[end:], "/body")


def _unpacked(body: str) -> bytes | None:
    """The envelope's bytes; nothing where they are packed and cannot be unpacked."""
    if not body.startswith("H4sI"):
        return body.encode()
    padded = body if "=" in body else body + "=" * (-len(body) % 4)
    try:
        packed = base64.b64decode(padded.encode(), validate=True)
    except (binascii.Error, ValueError):
        return None
    return inflate_members(packed)


def _of_envelope(piece: Piece[JsonValue], text: bytes, before: bytes, after: bytes, place: str) -> Iterator[Event]:
    try:
        envelope = parse_text(text)
    except (SyntaxFault, RanOut):
        yield Piece(piece.extent, None, _MALFORMED_TEXT), "/body"
        return
    members = envelope if isinstance(envelope, dict) else {}
    if members.get("messageType") == "CONTROL_MESSAGE":
        return
    if not isinstance(members.get("logEvents"), list):
        yield Piece(piece.extent, None, _WRONG_TYPE), place + "/logEvents"
        return
    start, end = _last_member(text, "logEvents")
    for event_start, event_end in _items(text, start):
        event = text[event_start:event_end]
        record = before + text[:start] + event + text[end:] + after
        if not event.startswith(b"{"):
            yield Piece(record, None, _WRONG_TYPE), place + "/logEvents"
            continue
        try:
            yield Piece(record, parse_text(record)), ""
        except SyntaxFault:
            yield Piece(record, None, MALFORMED), ""


def _last_member(text: bytes, name: str) -> tuple[int, int]:
    """Where the value of the last member of that name begins and ends."""
    found = (0, 0)
    parser = Parser(text, len(text))
    at = skip_space(text, skip_space(text, 0) + 1)
    while text[at] != 0x7D:
        key, at = parser.value(at, 1)
        start = skip_space(text, skip_space(text, at) + 1)
        _, end = parser.value(start, 2)
        if key == name:
            found = (start, end)
        at = skip_space(text, end)
        if text[at] == 0x2C:
            at = skip_space(text, at + 1)
    return found


def _items(text: bytes, start: int) -> Iterator[tuple[int, int]]:
    parser = Parser(text, len(text))
    at = skip_space(text, start + 1)
    while text[at] != 0x5D:
        _, end = parser.value(at, 3)
        yield at, end
        at = skip_space(text, end)
        if text[at] == 0x2C:
            at = skip_space(text, at + 1)
