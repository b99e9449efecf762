"""Times as contracts write them, to aware datetimes in UTC; ``None`` for a text that is no time."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache

from oracle.json_text import JsonNumber

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MIN_MICROS = (datetime.min.replace(tzinfo=UTC) - _EPOCH) // timedelta(microseconds=1)
_MAX_MICROS = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // timedelta(microseconds=1)
_MICROS_OF_EPOCH_FORMAT = {"epoch-seconds": 1_000_000, "epoch-millis": 1_000, "epoch-micros": 1}
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]*)")
_LONGEST_WHOLE = 20

_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_ISO = re.compile(
    _DATE.pattern
    + r"(?:[Tt ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,9}))?)?"
    + r"(?:[Zz]| UTC|([+-])([0-9]{2})(?::?([0-9]{2}))?)?)?"
)
_MAX_OFFSET = timedelta(hours=18)

_MONTHS = {
    "en": "january february march april may june july august september october november december",
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
}
_LOCALE = re.compile(r"(.*?) *\[([a-z]+)\]", re.DOTALL)
_PATTERN_TOKEN = re.compile("yyyy|MMMM|MM|M|dd|d|HH|H|hh|h|mm|ss|a|.", re.DOTALL)
_TWO_DIGITS, _ONE_OR_TWO = "[0-9]{2}", "[0-9]{1,2}"
_PATTERN_PARTS = {
    "yyyy": ("year", "[0-9]{4}"),
    "MMMM": ("month_name", r"[^\W0-9_]+"),
    "MM": ("month", _TWO_DIGITS),
    "M": ("month", _ONE_OR_TWO),
    "dd": ("day", _TWO_DIGITS),
    "d": ("day", _ONE_OR_TWO),
    "HH": ("hour", _TWO_DIGITS),
    "H": ("hour", _ONE_OR_TWO),
    "hh": ("half_hour", _TWO_DIGITS),
    "h": ("half_hour", _ONE_OR_TWO),
    "mm": ("minute", _TWO_DIGITS),
    "ss": ("second", _TWO_DIGITS),
    "a": ("half", "[AaPp][Mm]"),
}

TimeReader = Callable[[str], "datetime | NoFit | None"]


class NoFit:
    """The text does not have the format's shape, so that the next format is tried."""


NO_FIT = NoFit()


def parse_date(text: str) -> date | None:
    """A day written ``yyyy-MM-dd``."""
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    try:
        return date(*(int(part) for part in match.groups()))
    except ValueError:
        return None


def parse_time(value: str | JsonNumber, formats: tuple[str, ...], numbers_as_text: bool) -> datetime | None:
    """The instant by the first format whose shape fits. Epoch formats take JSON numbers, or texts where a CSV has no
    other way to write a number."""
    for name in formats:
        if name in _MICROS_OF_EPOCH_FORMAT:
            time = _epoch(value, _MICROS_OF_EPOCH_FORMAT[name], numbers_as_text)
        elif isinstance(value, JsonNumber):
            continue
        else:
            time = _iso(value) if name == "iso" else _pattern_reader(name)(value)
        if not isinstance(time, NoFit):
            return time
    return None


def takes_numbers(formats: tuple[str, ...]) -> bool:
    """Whether a JSON number can be a time."""
    return any(name in _MICROS_OF_EPOCH_FORMAT for name in formats)


def _epoch(value: str | JsonNumber, unit: int, numbers_as_text: bool) -> datetime | NoFit | None:
    if isinstance(value, str) and not numbers_as_text:
        return NO_FIT
    text = value if isinstance(value, str) else value.text
    if _WHOLE.fullmatch(text) is None:
        return NO_FIT
    if len(text) > _LONGEST_WHOLE:
        return None
    micros = int(text) * unit
    return _EPOCH + timedelta(microseconds=micros) if _MIN_MICROS <= micros <= _MAX_MICROS else None


def _iso(text: str) -> datetime | NoFit | None:
    match = _ISO.fullmatch(text)
    if match is None:
        return NO_FIT
    year, month, day, hour, minute, second, fraction, sign, offset_hours, offset_minutes = match.groups()
    parts = (int(part or 0) for part in (year, month, day, hour, minute, second))
    micros = int((fraction or "").ljust(6, "0")[:6])
    if int(offset_minutes or 0) > 59:
        return None
    offset = timedelta(hours=int(offset_hours or 0), minutes=int(offset_minutes or 0))
    if offset > _MAX_OFFSET:
        return None
    try:
        local = datetime(*parts, micros, tzinfo=UTC)  # type: ignore[misc,arg-type]
        return local + offset if sign == "-" else local - offset
    except (ValueError, OverflowError):
        return None


@cache
def _pattern_reader(pattern: str) -> TimeReader:
    localised = _LOCALE.fullmatch(pattern)
    letters, locale = (localised.group(1), localised.group(2)) if localised else (pattern, "en")
    months = {name: number for number, name in enumerate(_MONTHS[locale].split(), start=1)}
    compiled = re.compile("".join(_regex_part(token) for token in _PATTERN_TOKEN.findall(letters)))

    def read(text: str) -> datetime | NoFit | None:
        match = compiled.fullmatch(text)
        if match is None or match.groupdict().get("month_name", "").lower() not in ("", *months):
            return NO_FIT
        return _of_parts(match.groupdict(), months)

    return read


def _regex_part(token: str) -> str:
    if token not in _PATTERN_PARTS:
        return re.escape(token)
    name, shape = _PATTERN_PARTS[token]
    return f"(?P<{name}>{shape})"


def _of_parts(parts: Mapping[str, str], months: Mapping[str, int]) -> datetime | None:
    month = months[parts["month_name"].lower()] if "month_name" in parts else int(parts.get("month", "1"))
    hour = int(parts.get("hour", "0"))
    if "half_hour" in parts:
        half_hour = int(parts["half_hour"])
        if not 1 <= half_hour <= 12:
            return None
        hour = half_hour % 12 + (12 if parts.get("half", "AM").upper() == "PM" else 0)
    day, minute, second = (int(parts.get(name, default)) for name, default in _DEFAULTS)
    try:
        return datetime(int(parts["year"]), month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None


_DEFAULTS = (("day", "1"), ("minute", "0"), ("second", "0"))
