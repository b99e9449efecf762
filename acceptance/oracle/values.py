"""What a column makes of a value: a Python value as psycopg returns it, or a violation."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from oracle.json_text import (
    NUMBER,
    JsonNumber,
    JsonValue,
    RanOut,
    SyntaxFault,
    has_lone_surrogate,
    parse_text,
)
from oracle.tables import TIMESTAMP, Column, Member, Take, Type
from oracle.times import parse_date, parse_time, takes_numbers

Value = str | bool | int | float | Decimal | date | datetime | None


class Violation(Exception):
    """The record does not satisfy a column; ``str`` of it is the reason."""


WRONG_TYPE, OUT_OF_RANGE, INVALID_TIME = "wrong-type", "out-of-range", "invalid-time"

_NUMBER = re.compile(NUMBER)
_NUMBER_PARTS = re.compile(r"(-?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?")
_VERSION = re.compile(r"(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*)){0,2}")
_TRUE, _FALSE = {"true", "t", "1"}, {"false", "f", "0"}
_BITS = {"integer": 32, "bigint": 64}
_LONGEST_INTEGER = 20
_LONGEST_EXPONENT = 6


def message_body(record: JsonValue) -> JsonValue:
    """What the body of a message holds."""
    return _text_within(_member(record, "/body"))


def json_value(column: Column, origin: Member, record: JsonValue, body: JsonValue = None) -> Value:
    """The column's value in a JSON record, or in a message whose body holds ``body``."""
    if body is not None and origin.pointer.startswith("/body/"):
        found = _member(body, origin.pointer.removeprefix("/body"))
    else:
        found = _member(record, origin.pointer)
    if origin.within is not None and found is not None:
        found = _member(_text_within(found), origin.within)
    taken = _taken(origin.take, found)
    return None if taken is None else _of_json(column, taken)


def csv_value(column: Column, field: bytes) -> Value:
    """The column's value in a CSV field whose bytes are UTF-8."""
    text = field.decode("utf-8")
    return None if not text.strip(" \t") else _of_text(column, text)


def _member(value: JsonValue, pointer: str) -> JsonValue:
    for step in pointer.split("/")[1:]:
        if not isinstance(value, dict):
            return None
        value = value.get(step.replace("~1", "/").replace("~0", "~"))
    return value


def _text_within(found: JsonValue) -> JsonValue:
    if not isinstance(found, str):
        raise Violation(WRONG_TYPE)
    try:
        return parse_text(_sound(found).encode("utf-8"))
    except (SyntaxFault, RanOut):
        raise Violation("malformed-text") from None


def _taken(take: Take, found: JsonValue) -> JsonValue:
    if take == "value":
        return found
    if take == "version":
        return None if found is None else _version(found)
    if isinstance(found, (bool, JsonNumber)):
        raise Violation(WRONG_TYPE)
    return bool(found)


def _version(found: JsonValue) -> JsonNumber:
    if not isinstance(found, str) or _VERSION.fullmatch(_sound(found)) is None:
        raise Violation(WRONG_TYPE)
    major, minor, patch = (int(part) for part in [*found.split("."), "0", "0"][:3])
    if minor > 999 or patch > 999 or major > 999_999_999_999:
        raise Violation(OUT_OF_RANGE)
    return JsonNumber(str(major * 1_000_000 + minor * 1_000 + patch))


def _of_json(column: Column, value: JsonValue) -> Value:
    kind = column.type.name
    if kind == "date" and column.time_formats:
        time = _of_json(replace(column, type=TIMESTAMP), value)
        assert isinstance(time, datetime)
        return time.astimezone(UTC).date()
    if kind == "boolean" and isinstance(value, bool):
        return value
    if kind in _NUMBERS and isinstance(value, JsonNumber):
        return _NUMBERS[kind](value.text, column.type)
    if kind in ("text", "varchar") and isinstance(value, str):
        return _text(_sound(value), column.type)
    if kind == "date" and isinstance(value, str):
        return _date(_sound(value))
    if kind == "timestamptz" and isinstance(value, JsonNumber) and takes_numbers(column.time_formats):
        return _time(value, column, numbers_as_text=False)
    if kind == "timestamptz" and isinstance(value, str):
        return _time(_sound(value), column, numbers_as_text=False)
    raise Violation(WRONG_TYPE)


def _of_text(column: Column, text: str) -> Value:
    kind = column.type.name
    if kind == "boolean":
        return _boolean(text)
    if kind in _NUMBERS:
        if _NUMBER.fullmatch(text) is None:
            raise Violation(WRONG_TYPE)
        return _NUMBERS[kind](text, column.type)
    if kind == "date" and column.time_formats:
        return _time(text, column, numbers_as_text=True).astimezone(UTC).date()
    if kind == "date":
        return _date(text)
    if kind == "timestamptz":
        return _time(text, column, numbers_as_text=True)
    return _text(text, column.type)


def _sound(text: str) -> str:
    if has_lone_surrogate(text):
        raise Violation("invalid-utf8")
    return text


def _text(text: str, kind: Type) -> str:
    if "\0" in text:
        raise Violation("nul")
    if kind.name == "varchar" and len(text) > kind.precision:
        raise Violation(OUT_OF_RANGE)
    return text


def _boolean(text: str) -> bool:
    if not text.isascii() or text.lower() not in _TRUE | _FALSE:
        raise Violation(WRONG_TYPE)
    return text.lower() in _TRUE


def _date(text: str) -> date:
    day = parse_date(text)
    if day is None:
        raise Violation(INVALID_TIME)
    return day


def _time(value: str | JsonNumber, column: Column, numbers_as_text: bool) -> datetime:
    time = parse_time(value, column.time_formats, numbers_as_text)
    if time is None:
        raise Violation(INVALID_TIME)
    return time


def _integer(text: str, kind: Type) -> int:
    if not text.removeprefix("-").isdigit():
        raise Violation(WRONG_TYPE)
    bound = 1 << (_BITS[kind.name] - 1)
    if len(text) > _LONGEST_INTEGER or not -bound <= int(text) < bound:
        raise Violation(OUT_OF_RANGE)
    return int(text)


def _numeric(text: str, kind: Type) -> Decimal:
    """Exact, whatever the length of digits and exponent."""
    match = _NUMBER_PARTS.fullmatch(text)
    assert match is not None
    sign, whole, fraction, exponent = match.group(1), match.group(2), match.group(3) or "", match.group(4) or "0"
    digits = (whole + fraction).lstrip("0")
    significant = digits.rstrip("0")
    if not significant:
        return Decimal(0).scaleb(-kind.scale)
    if len(exponent.lstrip("+-0")) > _LONGEST_EXPONENT + len(str(len(text))):
        raise Violation(OUT_OF_RANGE)
    zeros = int(exponent) - len(fraction) + len(digits) - len(significant) + kind.scale
    if zeros < 0 or len(significant) + zeros > kind.precision:
        raise Violation(OUT_OF_RANGE)
    return Decimal(f"{sign}{significant}{'0' * zeros}e-{kind.scale}")


def _double(text: str, kind: Type) -> float:
    number = float(text)
    if math.isinf(number):
        raise Violation(OUT_OF_RANGE)
    return number + 0.0


_NUMBERS: dict[str, Callable[[str, Type], int | Decimal | float]] = {
    "integer": _integer,
    "bigint": _integer,
    "numeric": _numeric,
    "double precision": _double,
}
