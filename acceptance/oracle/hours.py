"""Landing hours, UTC: whole hours since 1970, written ``2026-01-05T03``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def parse_hour(text: str) -> int:
    """The hour that ``2026-01-05T03`` names."""
    return hour_of(datetime.strptime(text, "%Y-%m-%dT%H").replace(tzinfo=UTC))


def hour_of(time: datetime) -> int:
    """The hour in which an instant lies."""
    return (time - _EPOCH) // timedelta(hours=1)


def hour_start(hour: int) -> datetime:
    """The instant at which the hour begins."""
    return _EPOCH + timedelta(hours=hour)


def hour_text(hour: int) -> str:
    """As Millrace writes an hour: ``2026-01-05T03``."""
    return period_of(hour_start(hour), "hour")


def dashed_hour(hour: int) -> str:
    """As folders and columns write an hour: ``2026-01-05-03``."""
    return hour_text(hour).replace("T", "-")


def period_of(time: datetime, period: str) -> str:
    """The event period of an instant in UTC. Years have four digits, whatever the platform's ``strftime`` thinks."""
    day = f"{time.year:04d}-{time.month:02d}-{time.day:02d}"
    texts = {"hour": f"{day}T{time.hour:02d}", "day": day, "month": day[:7], "year": day[:4], "none": "all"}
    return texts[period]
