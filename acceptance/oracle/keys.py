"""Which landing hour a key belongs to."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from oracle.hours import hour_of
from oracle.tables import SourceTable

_PARTITIONS = r"(?:[^/=]+=[^/]*/)*"
_LAYOUTS = {
    "firehose": _PARTITIONS + r"(?P<yyyy>[0-9]{4})/(?P<MM>[0-9]{2})/(?P<dd>[0-9]{2})/(?P<HH>[0-9]{2})/" + _PARTITIONS,
    "datehour": r"datehour=(?P<yyyy>[0-9]{4})-(?P<MM>[0-9]{2})-(?P<dd>[0-9]{2})-(?P<HH>[0-9]{2})/",
}
_DIGITS = {"yyyy": 4, "MM": 2, "dd": 2, "HH": 2}
_FAILED = re.compile(r"(?:.*/)?[^/]*-failed/.*", re.DOTALL)


def landing_hour(table: SourceTable, key: str) -> int | None:
    """The hour by the table's layout; none for a key that is not below its prefix or does not fit."""
    if not key.startswith(table.prefix):
        return None
    rest = key.removeprefix(table.prefix)
    match = re.fullmatch(_expression(table.layout) + r"[^/]+", rest, re.DOTALL)
    if match is None or _FAILED.fullmatch(rest) is not None:
        return None
    parts = {"HH": "00"} | match.groupdict()
    try:
        time = datetime(int(parts["yyyy"]), int(parts["MM"]), int(parts["dd"]), int(parts["HH"]), tzinfo=UTC)
    except ValueError:
        return None
    return hour_of(time)


def _expression(layout: str) -> str:
    if layout in _LAYOUTS:
        return _LAYOUTS[layout]
    expression = ""
    for part in re.split(r"(\{[^{}]*\})", layout):
        if part == "{*}":
            expression += "[^/]+"
        elif part.startswith("{"):
            name = part.strip("{}")
            expression += f"(?P<{name}>[0-9]{{{_DIGITS[name]}}})"
        else:
            expression += re.escape(part)
    return expression
