"""The rows that each model makes of the base rows: ``v1`` as in the repository, ``v2`` of fewer rows."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from oracle.contracts import MODELS
from oracle.operations import ModelVariant
from oracle.tables import CHECKINS, CONSENTS, MOBILITY, SYMBOLS

Row = tuple[Any, ...]

_EVENTS = ("pageview", "consent.asked", "consent.given")


def model_rows(dataset: str, variant: ModelVariant, base: Mapping[str, Sequence[tuple[Row, str]]]) -> list[Row]:
    """The model's rows, each with its period last. ``base`` gives each base row's column values and its period."""
    if dataset not in MODELS:
        return []
    if dataset == SYMBOLS:
        ((_, events),) = base.items()
        return [(*row, row[0].isoformat()) for row in _symbol_daily([row for row, _ in events], variant)]
    by_period: dict[str, dict[str, list[Row]]] = defaultdict(lambda: {name: [] for name in base})
    for name, rows in base.items():
        for values, period in rows:
            by_period[period][name].append(values)
    if dataset == MOBILITY:
        return [
            (*row, period) for period, tables in by_period.items() for row in _city_hours(**tables, variant=variant)
        ]
    model = _MODELS[dataset]
    (name,) = base
    return [(*row, period) for period, tables in by_period.items() for row in model(tables[name], variant)]


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


def _symbol_daily(rows: list[Row], variant: ModelVariant) -> Iterator[Row]:
    """Initials by day and symbol. A followup counts once, at the first initial of its uuid. ``v2`` leaves out symbols
    other than the letters a to z."""
    firsts: dict[str, Row] = {}
    groups: dict[Row, list[Row]] = defaultdict(list)
    for event, uuid, symbol, _, at in rows:
        if event == "initial":
            # Null comes before every text.
            turn = (at, symbol is not None, symbol or "")
            firsts[uuid] = min(firsts.get(uuid, turn), turn)
            groups[at.date(), symbol].append((uuid, at))
    followups: Counter[Row] = Counter()
    for event, uuid, *_ in rows:
        if event == "followup" and uuid in firsts:
            at, is_symbol, symbol = firsts[uuid]
            followups[at.date(), symbol if is_symbol else None] += 1
    for group, initials in groups.items():
        times = [at for _, at in initials]
        if variant == "v1" or (group[1] is not None and re.fullmatch("[a-z]", group[1])):
            yield (*group, len(initials), min(times), max(times), followups[group])


def _city_hours(track_events: list[Row], weather: list[Row], variant: ModelVariant) -> Iterator[Row]:
    """Events and riders by city and hour, and the means of what was observed there. ``v2`` counts only events of
    riders whose city is known."""
    groups: dict[Row, list[Row]] = defaultdict(list)
    for row in track_events:
        zone = row[2]
        city = None if zone is None else zone.rpartition("/")[2].replace("_", " ")
        if variant == "v1" or city is not None:
            groups[city, _hour(row[0])].append(row)
    observed: dict[Row, list[Row]] = defaultdict(list)
    for row in weather:
        observed[row[1], _hour(row[0])].append(row)
    for group, events in groups.items():
        riders = {row[12] for row in events if row[12] is not None}
        there = [] if group[0] is None else observed[group]
        means = (
            _mean([row[7] for row in there], 3, 9),
            _mean([row[4] for row in there], 6, 12),
            _mean([row[9] for row in there], 3, 9),
        )
        yield (*group, len(events), len(riders), *means)


def _hour(time: datetime) -> datetime:
    return time.replace(minute=0, second=0, microsecond=0)


def _mean(values: list[float | None], scale: int, precision: int) -> Decimal | None:
    """The mean of those that have at most twelve digits before the point, as decimals of six digits after it."""
    context = Context(prec=60, rounding=ROUND_HALF_UP)
    small = [Decimal(repr(value)) for value in values if value is not None and abs(value) < 10**13]
    exact = [context.quantize(value, Decimal("1E-6")) for value in small]
    kept = [value for value in exact if abs(value) < 10**12]
    if not kept:
        return None
    total = sum(kept, Decimal(0))
    mean = context.quantize(context.divide(total, Decimal(len(kept))), Decimal("1E-10"))
    rounded = context.quantize(mean, Decimal(1).scaleb(-scale))
    # There is no negative zero among the numbers of a database.
    return abs(rounded) if rounded.is_zero() else rounded if abs(rounded) < 10 ** (precision - scale) else None


_MODELS: dict[str, Callable[[list[Row], ModelVariant], Iterator[Row]]] = {
    CONSENTS: _consent_metrics,
    CHECKINS: _checkin_daily_hours,
}
