"""The rows of Parquet and ORC files as the JSON objects that their fields make, as a library reads them."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from oracle.json_text import JsonNumber, JsonValue

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PARTS = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}


@dataclass(frozen=True, slots=True)
class FileRows:
    """The rows that were read, and whether all of the file could be."""

    rows: list[JsonValue]
    whole: bool


def file_rows(format: str, landed: bytes, fields: set[str]) -> FileRows:
    """The rows of a file, cut to some of their fields."""
    return _parquet_rows(landed, fields) if format == "parquet" else _orc_rows(landed, fields)


def _parquet_rows(landed: bytes, fields: set[str]) -> FileRows:
    import pyarrow
    import pyarrow.parquet

    try:
        file = pyarrow.parquet.ParquetFile(pyarrow.BufferReader(landed))
        names = [name for name in file.schema_arrow.names if name in fields]
        return FileRows(_rows(file.read(columns=names), names), True)
    except (pyarrow.ArrowException, OSError):
        return FileRows([], False)


def _orc_rows(landed: bytes, fields: set[str]) -> FileRows:
    """Stripe by stripe. Of a damaged one this reader gives no row; the rule gives the batches before the damage."""
    import pyarrow
    import pyarrow.orc

    rows: list[JsonValue] = []
    try:
        file = pyarrow.orc.ORCFile(pyarrow.BufferReader(landed))
        names = [field.name for field in file.schema if field.name in fields]
        if any(_holds_union(file.schema.field(name).type) for name in names):
            return FileRows([], False)
        for stripe in range(file.nstripes):
            rows += _rows(file.read_stripe(stripe, columns=names), names)
    except (pyarrow.ArrowException, OSError):
        return FileRows(rows, False)
    return FileRows(rows, True)


def _holds_union(kind: Any) -> bool:
    import pyarrow.types as types

    return types.is_union(kind) or any(_holds_union(kind.field(index).type) for index in range(kind.num_fields))


def _rows(table: Any, names: list[str]) -> list[JsonValue]:
    columns = {name: table.column(name) for name in names}
    return [{name: _value(column[row]) for name, column in columns.items()} for row in range(table.num_rows)]


def _value(scalar: Any) -> JsonValue:
    import pyarrow.types as types

    kind = scalar.type
    if not scalar.is_valid:
        return None
    if types.is_struct(kind):
        return {name: _value(scalar[name]) for name in [field.name for field in kind]}
    if types.is_map(kind):
        return {entry["key"].as_py(): _value(entry["value"]) for entry in scalar.values}
    if types.is_list(kind):
        return [_value(item) for item in scalar.values]
    if types.is_timestamp(kind):
        return _time(scalar.value, _PARTS[kind.unit])
    if types.is_float32(kind):
        return _real(_shortest(scalar.as_py()))
    return _plain(scalar.as_py())


def _plain(value: bool | int | float | Decimal | date | str | bytes) -> JsonValue:
    if isinstance(value, (bool, str)):
        return value
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return _real(repr(value))
    return JsonNumber(format(value, "f") if isinstance(value, Decimal) else str(value))


def _real(text: str) -> JsonValue:
    return text if text in ("nan", "inf", "-inf") else JsonNumber(text)


def _shortest(value: float) -> str:
    """The shortest text that names this value among those of four bytes."""
    packed = struct.pack(">f", value)
    texts = (f"{value:.{digits}g}" for digits in range(1, 10))
    return next((text for text in texts if struct.pack(">f", float(text)) == packed), repr(value))


def _time(value: int, parts: int) -> str:
    seconds, rest = divmod(value, parts)
    second = (_EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{second}.{rest * (1_000_000_000 // parts):09d}Z"
