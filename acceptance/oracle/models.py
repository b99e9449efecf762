"""The rows that each model makes of the base rows: ``v1`` as in the repository, ``v2`` as in ``models/<data set>``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from oracle.operations import ModelVariant
from oracle.tables import CHECKINS, CONSENTS
from oracle.values import Value

Row = tuple[Any, ...]

_EVENTS = ("pageview", "consent.asked", "consent.given")


def model_rows(dataset: str, variant: ModelVariant, base: Iterable[tuple[tuple[Value, ...], str]]) -> list[Row]:
    """The model's rows, each with its period last. ``base`` gives each base row's column values and its period."""
    by_period: dict[str, list[Row]] = defaultdict(list)
    for values, period in base:
        by_period[period].append(values)
    model = _MODELS[dataset]
    return [(*row, period) for period, rows in by_period.items() for row in model(rows, variant)]


def _consent_metrics(rows: list[Row], variant: ModelVariant) -> Iterator[Row]:
    """By landing hour, domain and country. ``v2`` counts only events whose country is known."""
    groups: dict[Row, list[Row]] = defaultdict(list)
    for _, _, domain, event, user, country, has_consent, datehour in rows:
        if variant == "v1" or country is not None:
            groups[datehour, domain, country].append((event, user, has_consent))
    for group, events in groups.items():
        counts: list[int] = []
        for name in _EVENTS:
            consents = [has_consent for event, _, has_consent in events if event == name]
            counts += [len(consents), consents.count(True)]
        users = {user for event, user, _ in events if event == "pageview" and user is not None}
        average = float(counts[0]) / float(len(users)) if users else None
        yield (*group, *counts, average)


def _checkin_daily_hours(rows: list[Row], variant: ModelVariant) -> Iterator[Row]:
    """By day, user and project. ``v2`` leaves out those without hours."""
    groups: dict[Row, list[Decimal]] = defaultdict(list)
    for user, time, hours, project in rows:
        assert isinstance(time, datetime)
        groups[time.date(), user, project].append(hours)
    for group, hours_booked in groups.items():
        total = sum(hours_booked, Decimal("0.000"))
        if variant == "v1" or total > 0:
            yield (*group, total, len(hours_booked))


_MODELS: dict[str, Callable[[list[Row], ModelVariant], Iterator[Row]]] = {
    CONSENTS: _consent_metrics,
    CHECKINS: _checkin_daily_hours,
}
