"""From a landed object to its clean and its quarantined records."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from oracle.csv_records import CsvField, CsvObject, read_csv
from oracle.hours import dashed_hour, hour_start, period_of
from oracle.json_records import split_json
from oracle.json_text import JsonValue
from oracle.log_events import events
from oracle.masks import hashed
from oracle.objects import Inflated, open_object
from oracle.pieces import DAMAGED, Piece
from oracle.rows import file_rows
from oracle.tables import Column, Field, Member, Position, Routing, SourceTable
from oracle.values import Value, Violation, csv_value, json_value, message_body

MISSING, MISSING_COLUMN, FIELD_COUNT, UNROUTED = "missing", "missing-column", "field-count", "unrouted"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class CleanRecord:
    """A record that satisfies the table: its number in the object, its columns' values and its event period."""

    number: int
    values: tuple[Value, ...]
    period: str


@dataclass(frozen=True, slots=True)
class QuarantinedRecord:
    """A record that does not. ``pointer`` is where the violating column reads, empty where no column is to blame."""

    number: int
    reason: str
    pointer: str
    payload: bytes


Record = CleanRecord | QuarantinedRecord


def decode(table: SourceTable, landed: bytes, hour: int) -> list[Record]:
    """The object's records in the order of their bytes, numbered from 1."""
    if table.format in ("parquet", "orc"):
        return _row_records(table, landed, hour)
    inflated = open_object(landed, table)
    if table.format == "cloudwatch-logs":
        return _log_records(table, inflated, hour)
    return _json_records(table, inflated, hour) if table.format == "json" else _csv_records(table, inflated, hour)


def place(column: Column) -> str:
    """How a violation of the column says where it read."""
    if isinstance(column.origin, Member):
        return column.origin.pointer
    if isinstance(column.origin, Field):
        return "/" + column.origin.header.replace("~", "~0").replace("/", "~1")
    if isinstance(column.origin, Position):
        return f"/{column.origin.number}"
    return ""


def _json_records(table: SourceTable, inflated: Inflated, hour: int) -> list[Record]:
    pieces = split_json(inflated, table.max_record_bytes)
    return [
        _json_record(table, hour, number, piece)
        for number, piece in enumerate(pieces, start=1)
        if table.routing is None or _is_own(table.routing, piece)
    ]


def _row_records(table: SourceTable, landed: bytes, hour: int) -> list[Record]:
    def read(column: Column, record: JsonValue) -> Value:
        assert isinstance(column.origin, Member)
        return json_value(column, column.origin, record)

    origins = [column.origin for column in table.columns]
    fields = {origin.pointer.split("/")[1] for origin in origins if isinstance(origin, Member)}
    found = file_rows(table.format, landed, {field.replace("~1", "/").replace("~0", "~") for field in fields})
    pieces: list[Piece[JsonValue]] = [Piece(b"", row) for row in found.rows]
    records = [_judged(table, hour, number, piece, read) for number, piece in enumerate(pieces, start=1)]
    return records if found.whole else [*records, QuarantinedRecord(len(records) + 1, DAMAGED, "", b"")]


def _log_records(table: SourceTable, inflated: Inflated, hour: int) -> list[Record]:
    def read(column: Column, record: JsonValue) -> Value:
        assert isinstance(column.origin, Member)
        return json_value(column, column.origin, record)

    found = events(table, split_json(inflated, table.max_record_bytes))
    return [
        QuarantinedRecord(number, piece.reason or DAMAGED, pointer, piece.extent)
        if piece.content is None
        else _judged(table, hour, number, piece, read)
        for number, (piece, pointer) in enumerate(found, start=1)
    ]


def _json_record(table: SourceTable, hour: int, number: int, piece: Piece[JsonValue]) -> Record:
    body: JsonValue = None
    if piece.content is not None and table.routing is not None and _owner(table.routing, piece.content) is None:
        return QuarantinedRecord(number, UNROUTED, "", piece.extent)
    if piece.content is not None and table.envelope == "message":
        try:
            body = message_body(piece.content)
        except Violation as violation:
            return QuarantinedRecord(number, str(violation), "/body", piece.extent)
        body = {} if body is None else body

    def read(column: Column, record: JsonValue) -> Value:
        assert isinstance(column.origin, Member)
        return json_value(column, column.origin, record, body)

    return _judged(table, hour, number, piece, read)


def _is_own(routing: Routing, piece: Piece[JsonValue]) -> bool:
    """Whether the piece is the table's. Of what is no UTF-8 the keys still tell."""
    keys = piece.content if piece.content is not None else piece.unusable
    owner = None if keys is None else _owner(routing, keys)
    return owner == routing.own or (owner is None and routing.takes_the_rest)


def _owner(routing: Routing, record: JsonValue) -> str | None:
    """The prefix that the first of the record's keys begins with that begins with any."""
    assert isinstance(record, dict)
    for key in record:
        for prefix in (routing.own, *routing.others):
            if key.startswith(prefix):
                return prefix
    return None


def _csv_records(table: SourceTable, inflated: Inflated, hour: int) -> list[Record]:
    csv = read_csv(inflated, table.csv, table.max_record_bytes)
    positions = _positions(table, csv.header or [])
    judged = (_with_known_fields(table, piece, csv, positions) for piece in csv.records)
    null = None if table.csv.null is None else table.csv.null.encode()

    def read(column: Column, fields: list[CsvField]) -> Value:
        position = positions[column.name]
        assert position is not None
        field = fields[position]
        return None if null is not None and field.bare == null else csv_value(column, field.text)

    return [_judged(table, hour, number, piece, read) for number, piece in enumerate(judged, start=1)]


def _positions(table: SourceTable, header: list[bytes]) -> dict[str, int | None]:
    """Where each column's field stands; the first of several headers of one name."""
    positions: dict[str, int | None] = {}
    for column in table.columns:
        if isinstance(column.origin, Position):
            positions[column.name] = column.origin.number - 1
        elif isinstance(column.origin, Field):
            text = column.origin.header.encode()
            positions[column.name] = header.index(text) if text in header else None
    return positions


def _with_known_fields(
    table: SourceTable, piece: Piece[list[CsvField]], csv: CsvObject, positions: dict[str, int | None]
) -> Piece[list[CsvField]]:
    if piece.content is None:
        return piece
    if None in positions.values():
        return Piece(piece.extent, None, MISSING_COLUMN)
    if table.csv.has_header:
        fits = csv.header is not None and len(piece.content) == len(csv.header)
    else:
        fits = all(position is None or position < len(piece.content) for position in positions.values())
    return piece if fits else Piece(piece.extent, None, FIELD_COUNT)


def _judged(table: SourceTable, hour: int, number: int, piece: Piece[T], read: Callable[[Column, T], Value]) -> Record:
    if piece.content is None:
        return QuarantinedRecord(number, piece.reason or DAMAGED, "", piece.extent)
    values: list[Value] = []
    for column in table.columns:
        try:
            values.append(_column_value(table, hour, column, piece.content, read))
        except Violation as violation:
            return QuarantinedRecord(number, str(violation), place(column), piece.extent)
    return CleanRecord(number, tuple(values), _period(table, hour, values))


def _column_value(
    table: SourceTable, hour: int, column: Column, content: T, read: Callable[[Column, T], Value]
) -> Value:
    if not isinstance(column.origin, (Member, Field, Position)):
        return dashed_hour(hour) if column.type.name == "text" else hour_start(hour)
    value = read(column, content)
    if value is None and (column.required or column.name == table.event_time):
        raise Violation(MISSING)
    return hashed(value) if column.is_masked and isinstance(value, str) else value


def _period(table: SourceTable, hour: int, values: list[Value]) -> str:
    if table.event_time is None:
        return period_of(hour_start(hour), table.period)
    time = values[[column.name for column in table.columns].index(table.event_time)]
    assert isinstance(time, datetime)
    return period_of(time, table.period)
