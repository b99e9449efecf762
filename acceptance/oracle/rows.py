"""The rows of Parquet files as the JSON objects that their fields make. What a file holds is the library's to say."""

from __future__ import annotations

import struct
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from oracle.json_text import JsonNumber, JsonValue

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PARTS = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}


def parquet_rows(landed: bytes, fields: set[str]) -> list[JsonValue] | None:
    """The rows, cut to some of their fields; nothing where the file cannot be read."""
    import pyarrow
    import pyarrow.parquet

    try:
        file = pyarrow.parquet.ParquetFile(pyarrow.BufferReader(landed))
        names = [name for name in file.schema_arrow.names if name in fields]
        table = file.read(columns=names)
        columns = {name: table.column(name) for name in names}
        return [{name: _value(column[row]) for name, column in columns.items()} for row in range(table.num_rows)]
    except (pyarrow.ArrowException, OSError):
        return None


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
