"""A data set from its first landed object on: what each run must leave behind."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from oracle.decode import CleanRecord, QuarantinedRecord, decode
from oracle.hours import hour_text, parse_hour
from oracle.keys import landing_hour
from oracle.models import Row, model_rows
from oracle.operations import ChangeModel, ChangeSettings, ModelVariant, Operation, Put, Remove, Run, Scenario
from oracle.tables import Settings, SourceTable, default_settings, source_tables


@dataclass(frozen=True, slots=True)
class Version:
    """A landed object: rewriting it under its key makes another version."""

    key: str
    etag: str
    size: int


@dataclass(frozen=True, slots=True)
class ObjectBook:
    """Where an object's records went. ``landed`` is the sum of the others."""

    etag: str
    landed: int
    clean: int
    duplicate: int
    quarantined: int


@dataclass(frozen=True, slots=True)
class PeriodBook:
    """Where a period's clean rows went. ``clean`` is the sum of the others."""

    clean: int
    base: int
    duplicates: int


@dataclass(frozen=True, slots=True)
class Expected:
    """Everything that can be compared after a run. Rows are tuples as psycopg returns them.

    ``base``: the contract's columns, then ``_object, _etag, _record, _period``.
    ``model``: the model's columns, then ``_period``.
    ``quarantine``: ``_hour, _object, _etag, _record, reason, pointer``.
    ``objects`` is keyed by hour and object key, ``periods`` by period; a period without clean rows has no book.
    """

    base: list[Row]
    model: list[Row]
    quarantine: list[Row]
    objects: dict[tuple[str, str], ObjectBook]
    periods: dict[str, PeriodBook]
    held: list[str]


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a run did about hours: those examined anew, among them those held, and those that joined its interval."""

    examined: list[str]
    held: list[str]
    joined: list[str]


@dataclass(frozen=True, slots=True)
class _RowSettings:
    """The settings that decide about an hour's rows."""

    required: frozenset[str]
    time_formats: tuple[str, ...]
    max_record_bytes: int


@dataclass(frozen=True, slots=True)
class _Examined:
    """An object as its hour's last examination found it."""

    version: Version
    is_duplicate: bool
    row_settings: _RowSettings
    records: int
    clean: tuple[CleanRecord, ...]
    quarantined: tuple[QuarantinedRecord, ...]

    @property
    def identity(self) -> tuple[str, str, bool]:
        return self.version.key, self.version.etag, self.is_duplicate


@dataclass(slots=True)
class _Hour:
    """What is stored of an hour. The clean rows are those of ``published``: what the last examination found by which
    the hour was not held."""

    examined: dict[str, _Examined] = field(default_factory=dict)
    published: dict[Version, _Examined] = field(default_factory=dict)
    row_settings: _RowSettings | None = None
    limit: int = 0
    is_held: bool = False


@dataclass(frozen=True, slots=True)
class _CleanRow:
    hour: int
    version: Version
    record: CleanRecord

    @property
    def order(self) -> tuple[int, bytes, int]:
        return self.hour, self.version.key.encode("utf-8"), self.record.number


@dataclass(frozen=True, slots=True)
class _Known:
    """An object of an hour that a run considers. ``is_gone`` can only be told of hours that were listed."""

    version: Version
    is_gone: bool


class World:
    """The bucket, the contract and what Millrace has stored, of one data set.

    Where that has several source tables, rows of base tables begin with their table's name, and hours and periods in
    books do.
    """

    def __init__(self, dataset: str) -> None:
        self._dataset = dataset
        self._variant: ModelVariant = "v1"
        self._landed = _Landed(default_settings(dataset))
        names = [table.name for table in source_tables(dataset)]
        self._sources = {name: _Source(dataset, position, self._landed) for position, name in enumerate(names)}
        self._model: list[Row] = []

    @staticmethod
    def after(scenario: Scenario) -> World:
        """The world at the end of a scenario."""
        world = World(scenario.dataset)
        for operation in scenario.operations:
            world.apply(operation)
        return world

    @property
    def settings(self) -> Settings:
        """The settings now in force."""
        return self._landed.settings

    def apply(self, operation: Operation) -> RunReport | None:
        """Carries out one operation; a run says what it did."""
        match operation:
            case Put(key, data):
                self._landed.bucket[key] = data
            case Remove(key):
                self._landed.bucket.pop(key, None)
            case ChangeSettings(settings):
                self._landed.settings = settings
            case ChangeModel(variant):
                self._variant = variant
            case Run(from_hour, to_hour):
                return self._run(range(parse_hour(from_hour), parse_hour(to_hour)))
        return None

    def expected(self) -> Expected:
        """What the last run left behind."""
        parts = [(name, source.expected()) for name, source in self._sources.items()]
        if len(parts) == 1:
            return replace(parts[0][1], model=self._model)
        return Expected(
            base=[(name, *row) for name, part in parts for row in part.base],
            model=self._model,
            quarantine=[row for _, part in parts for row in part.quarantine],
            objects={(f"{name} {hour}", key): one for name, part in parts for (hour, key), one in part.objects.items()},
            periods={f"{name} {period}": one for name, part in parts for period, one in part.periods.items()},
            held=[f"{name} {hour}" for name, part in parts for hour in part.held],
        )

    def clean_places(self) -> list[Row]:
        """Hour, object, ETag and record number of every clean row."""
        return [place for source in self._sources.values() for place in source.clean_places()]

    def _run(self, interval: range) -> RunReport:
        reports = [source.run(interval) for source in self._sources.values()]
        base = {name: source.base_values() for name, source in self._sources.items()}
        self._model = model_rows(self._dataset, self._variant, base)
        return RunReport(
            examined=[hour for report in reports for hour in report.examined],
            held=[hour for report in reports for hour in report.held],
            joined=[hour for report in reports for hour in report.joined],
        )


@dataclass(slots=True)
class _Landed:
    """What all source tables of a data set have in common."""

    settings: Settings
    bucket: dict[str, bytes] = field(default_factory=dict)


class _Source:
    """One source table: its hours and what is stored of them."""

    def __init__(self, dataset: str, position: int, landed: _Landed) -> None:
        self._dataset = dataset
        self._position = position
        self._landed = landed
        self._hours: dict[int, _Hour] = {}
        self._base: list[_CleanRow] = []
        self._clean: list[_CleanRow] = []

    @property
    def _settings(self) -> Settings:
        return self._landed.settings

    @property
    def _bucket(self) -> dict[str, bytes]:
        return self._landed.bucket

    def expected(self) -> Expected:
        """What the last run left behind, but for the model."""
        return Expected(
            base=[_base_row(row) for row in self._base],
            model=[],
            quarantine=list(self._quarantine()),
            objects=self._object_books(),
            periods=self._period_books(),
            held=[hour_text(number) for number, hour in sorted(self._hours.items()) if hour.is_held],
        )

    def base_values(self) -> list[tuple[Row, str]]:
        """Each base row's column values and its period."""
        return [(row.record.values, row.record.period) for row in self._base]

    def clean_places(self) -> list[Row]:
        """Hour, object, ETag and record number of every clean row."""
        return [(hour_text(row.hour), row.version.key, row.version.etag, row.record.number) for row in self._clean]

    def run(self, interval: range) -> RunReport:
        """All stages up to the base table."""
        hours, known, duplicates = self._plan(interval)
        examined = [number for number in sorted(hours) if self._examine(number, known[number], duplicates)]
        self._transform()
        return RunReport(
            examined=[hour_text(number) for number in examined],
            held=[hour_text(number) for number in examined if self._hours[number].is_held],
            joined=[hour_text(number) for number in sorted(hours) if number not in interval],
        )

    def _plan(self, interval: range) -> tuple[set[int], dict[int, list[_Known]], set[tuple[int, str]]]:
        """The hours of the run, the objects of every hour, and those that are duplicates.

        Later hours whose recorded objects turn into duplicates or back join the run and are listed like its own.
        """
        hours = set(interval)
        while True:
            known = self._known(hours)
            duplicates = self._duplicates(known)
            joining = {number for number in self._hours.keys() - hours if self._turns(number, hours, duplicates)}
            if not joining:
                return hours, known, duplicates
            hours |= joining

    def _known(self, listed: set[int]) -> dict[int, list[_Known]]:
        known: dict[int, dict[str, _Known]] = defaultdict(dict)
        for number, hour in self._hours.items():
            for key, examined in hour.examined.items():
                known[number][key] = _Known(examined.version, is_gone=number in listed)
        for key, data in self._bucket.items():
            landed = landing_hour(self._table(), key)
            if landed is not None and landed in listed:
                known[landed][key] = _Known(_version(key, data), is_gone=False)
        objects = {number: list(by_key.values()) for number, by_key in known.items()}
        return objects | {number: [] for number in listed - objects.keys()}

    def _duplicates(self, known: dict[int, list[_Known]]) -> set[tuple[int, str]]:
        """Objects, by hour and key, whose content an earlier one within the look-back has. What has gone stays what it
        was."""
        duplicates: set[tuple[int, str]] = set()
        latest: dict[tuple[str, int], int] = {}
        for number, one in sorted(_pairs(known), key=lambda pair: (pair[0], pair[1].version.key.encode("utf-8"))):
            content = (one.version.etag, one.version.size)
            repeats = content in latest and number - latest[content] <= self._settings.look_back
            latest[content] = number
            if self._was_duplicate(number, one) if one.is_gone else repeats and self._drops_repeated():
                duplicates.add((number, one.version.key))
        return duplicates

    def _drops_repeated(self) -> bool:
        return self._settings.repeated_objects == "duplicate"

    def _was_duplicate(self, number: int, one: _Known) -> bool:
        return self._hours[number].examined[one.version.key].is_duplicate

    def _turns(self, number: int, hours: set[int], duplicates: set[tuple[int, str]]) -> bool:
        is_near = any(0 < number - earlier <= self._settings.look_back for earlier in hours)
        examined = self._hours[number].examined.values()
        return is_near and any(one.is_duplicate != ((number, one.version.key) in duplicates) for one in examined)

    def _examine(self, number: int, known: list[_Known], duplicates: set[tuple[int, str]]) -> bool:
        """Rebuilds the hour where it is stale. Returns whether it was."""
        stored = self._hours.get(number)
        identities = {(one.version.key, one.version.etag, (number, one.version.key) in duplicates) for one in known}
        if self._is_fresh(stored, identities):
            return False
        hour = stored or _Hour()
        gone = [hour.examined[one.version.key] for one in known if one.is_gone]
        present = [self._decoded(number, one.version, duplicates) for one in known if not one.is_gone]
        examined = gone + present
        hour.is_held = self._is_over_limit(examined) or any(not _can_be_published(hour, one) for one in gone)
        hour.examined = {one.version.key: one for one in examined}
        hour.row_settings, hour.limit = self._row_settings(), self._settings.quarantine_limit
        if not hour.is_held:
            hour.published = {one.version: one for one in examined}
        self._hours[number] = hour
        return True

    def _is_fresh(self, stored: _Hour | None, identities: set[tuple[str, str, bool]]) -> bool:
        if stored is None:
            return not identities
        is_same = {one.identity for one in stored.examined.values()} == identities
        is_judged = not stored.is_held or stored.limit == self._settings.quarantine_limit
        return is_same and is_judged and stored.row_settings == self._row_settings()

    def _decoded(self, number: int, version: Version, duplicates: set[tuple[int, str]]) -> _Examined:
        records = decode(self._table(), self._bucket[version.key], number)
        is_duplicate = (number, version.key) in duplicates
        kept = [] if is_duplicate else records
        return _Examined(
            version,
            is_duplicate,
            self._row_settings(),
            len(records),
            tuple(record for record in kept if isinstance(record, CleanRecord)),
            tuple(record for record in kept if isinstance(record, QuarantinedRecord)),
        )

    def _is_over_limit(self, examined: Iterable[_Examined]) -> bool:
        counts = [(len(one.quarantined), len(one.clean)) for one in examined]
        quarantined, clean = sum(bad for bad, _ in counts), sum(good for _, good in counts)
        return quarantined * 100 > self._settings.quarantine_limit * (quarantined + clean)

    def _table(self) -> SourceTable:
        return source_tables(self._dataset, self._settings)[self._position]

    def _row_settings(self) -> _RowSettings:
        settings = self._settings
        return _RowSettings(settings.required, settings.time_formats, settings.max_record_bytes)

    def _transform(self) -> None:
        rows = [
            _CleanRow(number, version, record)
            for number, hour in self._hours.items()
            for version, one in hour.published.items()
            for record in one.clean
        ]
        self._clean = sorted(rows, key=lambda row: row.order)
        self._base = list(self._deduplicated(self._clean))

    def _deduplicated(self, rows: Iterable[_CleanRow]) -> Iterator[_CleanRow]:
        """Rows, given in their order, of which no earlier one within the window has the key."""
        table = self._table()
        positions = [index for index, column in enumerate(table.columns) if column.name in table.key]
        latest: dict[tuple[Any, ...], int] = {}
        for row in rows:
            key = tuple(row.record.values[position] for position in positions)
            if not key or key not in latest or row.hour - latest[key] > self._settings.dedup_window:
                yield row
            latest[key] = row.hour

    def _quarantine(self) -> Iterator[Row]:
        for number, hour in sorted(self._hours.items()):
            for one in hour.examined.values():
                for bad in one.quarantined:
                    version = one.version
                    yield hour_text(number), version.key, version.etag, bad.number, bad.reason, bad.pointer

    def _object_books(self) -> dict[tuple[str, str], ObjectBook]:
        return {
            (hour_text(number), key): _book(one)
            for number, hour in sorted(self._hours.items())
            for key, one in hour.examined.items()
        }

    def _period_books(self) -> dict[str, PeriodBook]:
        clean = Counter(row.record.period for row in self._clean)
        base = Counter(row.record.period for row in self._base)
        return {period: PeriodBook(count, base[period], count - base[period]) for period, count in clean.items()}


def _pairs(known: dict[int, list[_Known]]) -> Iterator[tuple[int, _Known]]:
    for number, objects in known.items():
        for one in objects:
            yield number, one


def _version(key: str, data: bytes) -> Version:
    return Version(key, hashlib.md5(data, usedforsecurity=False).hexdigest(), len(data))


def _can_be_published(hour: _Hour, gone: _Examined) -> bool:
    """Whether the clean rows stored of an object that has gone are those of its last decoding. They are not where that
    was held back, and nobody can decode it again."""
    published = hour.published.get(gone.version)
    if published is None:
        return not gone.clean
    return _decoding(published) == _decoding(gone) or not (published.clean or gone.clean)


def _decoding(one: _Examined) -> tuple[bool, _RowSettings]:
    return one.is_duplicate, one.row_settings


def _book(one: _Examined) -> ObjectBook:
    clean, quarantined = len(one.clean), len(one.quarantined)
    return ObjectBook(one.version.etag, one.records, clean, one.records - clean - quarantined, quarantined)


def _base_row(row: _CleanRow) -> Row:
    version, record = row.version, row.record
    return (*record.values, version.key, version.etag, record.number, record.period)
