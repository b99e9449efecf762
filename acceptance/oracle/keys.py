"""Which landing hour a key belongs to."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from oracle.hours import hour_of
from oracle.tables import SourceTable

_LAYOUTS = {
    "firehose": re.compile(r"([0-9]{4})/([0-9]{2})/([0-9]{2})/([0-9]{2})/[^/]+", re.DOTALL),
    "datehour": re.compile(r"datehour=([0-9]{4})-([0-9]{2})-([0-9]{2})-([0-9]{2})/[^/]+", re.DOTALL),
}


def landing_hour(table: SourceTable, key: str) -> int | None:
    """The hour by the table's layout; none for a key that is not below its prefix or does not fit."""
    if not key.startswith(table.prefix):
        return None
    match = _LAYOUTS[table.layout].fullmatch(key, len(table.prefix))
    if match is None:
        return None
    try:
        time = datetime(*(int(part) for part in match.groups()), tzinfo=UTC)  # type: ignore[misc,arg-type]
    except ValueError:
        return None
    return hour_of(time)
