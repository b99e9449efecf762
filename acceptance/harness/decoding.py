"""What the product's decoder makes of an object, and what the oracle does, in the same words."""

from __future__ import annotations

import json
import struct
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from harness.worker import Worker
from oracle.decode import CleanRecord, Record, decode
from oracle.hours import hour_text
from oracle.tables import SourceTable
from oracle.values import Value

_LONGEST_PAYLOAD = 64 * 1024
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Line = dict[str, Any]


def expected_lines(table: SourceTable, landed: bytes, hour: int) -> list[Line]:
    """The oracle's records."""
    records = decode(table, landed, hour)
    return [_line(record) for record in records] + [{"count": len(records)}]


def decoded_lines(
    worker: Worker, contract: Path, table: SourceTable, landed: Path, hour: int, chunk: int = 0
) -> list[Line]:
    """The product's."""
    ended = worker.run(str(contract), table.name, hour_text(hour), str(landed), str(chunk))
    assert ended.code == 0, ended
    return [json.loads(line) for line in ended.lines if line]


def _line(record: Record) -> Line:
    if isinstance(record, CleanRecord):
        return {"record": record.number, "values": [_value(value) for value in record.values]}
    return {
        "record": record.number,
        "reason": record.reason,
        "pointer": record.pointer,
        "payload": record.payload[:_LONGEST_PAYLOAD].hex(),
        "bytes": len(record.payload),
    }


def _value(value: Value) -> str | int | None:
    """As a row holds it: a text, or a number that stands for the value."""
    if isinstance(value, datetime):
        passed = value - _EPOCH
        return (passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds
    if isinstance(value, date):
        return (value - _EPOCH.date()).days
    if isinstance(value, float):
        number: int = struct.unpack(">q", struct.pack(">d", value))[0]
        return number
    if isinstance(value, Decimal):
        exponent = value.as_tuple().exponent
        assert isinstance(exponent, int)
        return int(value.scaleb(-exponent))
    return int(value) if isinstance(value, bool) else value
