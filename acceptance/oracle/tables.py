"""The source tables of the contracts, and the settings of a contract that scenarios change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

CONSENTS, CHECKINS = "consents", "checkins"
SYMBOLS, MOBILITY, USER_LOGINS = "symbols", "mobility", "user_logins"
DATASETS = (CONSENTS, CHECKINS)
"""Whose tables are written down here by hand; those of the others are read from their contracts."""
ALL_DATASETS = (*DATASETS, SYMBOLS, MOBILITY, USER_LOGINS)

Take = Literal["value", "nonEmpty", "version"]


@dataclass(frozen=True, slots=True)
class Member:
    """A value of a JSON record, at ``pointer``; with ``within`` a value of the JSON text found there."""

    pointer: str
    within: str | None = None
    take: Take = "value"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a CSV record."""

    header: str


@dataclass(frozen=True, slots=True)
class Position:
    """A field of a CSV record without a header, counted from 1."""

    number: int


@dataclass(frozen=True, slots=True)
class CsvDialect:
    """How fields are written. ``quote`` and ``escape`` are empty where there is none."""

    delimiter: str = ","
    quote: str = '"'
    escape: str = ""
    has_header: bool = True
    null: str | None = None


@dataclass(frozen=True, slots=True)
class LandingHourText:
    """The landing hour as ``yyyy-MM-dd-HH``."""


Origin = Member | Field | Position | LandingHourText


@dataclass(frozen=True, slots=True)
class Type:
    """A column type by its SQL name; ``precision`` is a text's greatest length or a number's digits."""

    name: Literal["text", "varchar", "boolean", "integer", "bigint", "numeric", "double precision", "date",
                  "timestamptz"]  # fmt: skip
    precision: int = 0
    scale: int = 0


TEXT, BOOLEAN, TIMESTAMP = Type("text"), Type("boolean"), Type("timestamptz")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a source table."""

    name: str
    type: Type
    origin: Origin
    required: bool = False
    time_formats: tuple[str, ...] = ()
    is_masked: bool = False


@dataclass(frozen=True, slots=True)
class Settings:
    """What a contract may set differently from one run to the next.

    ``quarantine_limit`` is a percentage. ``dedup_window`` means nothing to a table without a key.
    """

    required: frozenset[str]
    time_formats: tuple[str, ...]
    quarantine_limit: int
    dedup_window: int = 24
    look_back: int = 24
    repeated_objects: Literal["duplicate", "keep"] = "duplicate"
    max_record_bytes: int = 16 * 1024 * 1024

    def to_json(self) -> dict[str, Any]:
        """A JSON object from which ``from_json`` makes the same settings."""
        members = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return members | {"required": sorted(self.required), "time_formats": list(self.time_formats)}

    @staticmethod
    def from_json(members: dict[str, Any]) -> Settings:
        """The settings that ``to_json`` wrote."""
        sets = {"required": frozenset(members["required"]), "time_formats": tuple(members["time_formats"])}
        return Settings(**(members | sets))


@dataclass(frozen=True, slots=True)
class Routing:
    """Whose the records of an object are that several tables share: the table's prefix of keys, and the others'."""

    own: str
    others: tuple[str, ...] = ()
    takes_the_rest: bool = True


@dataclass(frozen=True, slots=True)
class SourceTable:
    """A table read from landed objects: everything that decides about its rows."""

    name: str
    prefix: str
    layout: str
    """``firehose``, ``datehour`` or a pattern of folders."""
    format: Literal["json", "csv", "cloudwatch-logs", "parquet", "orc"]
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    event_time: str | None
    """The column that divides the table into periods; without one, the landing hour does."""
    period: Literal["hour", "day", "month", "year", "none"]
    max_record_bytes: int = 16 * 1024 * 1024
    csv: CsvDialect = CsvDialect()
    envelope: Literal["none", "message"] = "none"
    routing: Routing | None = None


_CONSENT_EVENTS = SourceTable(
    name="consent_events",
    prefix="events/",
    layout="datehour",
    format="json",
    columns=(
        Column("id", TEXT, Member("/id"), required=True),
        Column("at", TIMESTAMP, Member("/datetime"), required=True, time_formats=("iso",)),
        Column("domain", TEXT, Member("/domain"), required=True),
        Column("type", TEXT, Member("/type"), required=True),
        Column("user_id", TEXT, Member("/user/id"), required=True),
        Column("country", TEXT, Member("/user/country")),
        Column("has_consent", BOOLEAN, Member("/user/token", "/purposes/enabled", "nonEmpty"), required=True),
        Column("datehour", TEXT, LandingHourText(), required=True),
    ),
    key=("id",),
    event_time=None,
    period="day",
)

_CHECKINS = SourceTable(
    name="checkins",
    prefix="checkins/",
    layout="firehose",
    format="csv",
    columns=(
        Column("user_name", TEXT, Field("user")),
        Column(
            "checked_in_at",
            TIMESTAMP,
            Field("timestamp"),
            required=True,
            time_formats=("iso", "MM/dd/yyyy hh:mm a", "d MMMM yyyy HH:mm [ru]"),
        ),
        Column("hours", Type("numeric", 9, 3), Field("hours"), required=True),
        Column("project", TEXT, Field("project")),
    ),
    key=(),
    event_time="checked_in_at",
    period="year",
)

_TABLES = {CONSENTS: (_CONSENT_EVENTS,), CHECKINS: (_CHECKINS,)}
_LIMITS = {CONSENTS: 10}
_LIMIT = 5
_PIPELINES = Path(__file__).resolve().parents[2] / "dags" / "pipelines"


def source_table(dataset: str, settings: Settings | None = None) -> SourceTable:
    """The data set's first source table."""
    return source_tables(dataset, settings)[0]


def source_tables(dataset: str, settings: Settings | None = None) -> tuple[SourceTable, ...]:
    """The data set's source tables as its contract has them, with the settings applied that decide about rows."""
    tables = _written_tables(dataset)
    return tables if settings is None else tuple(_with(table, settings) for table in tables)


@cache
def _written_tables(dataset: str) -> tuple[SourceTable, ...]:
    if dataset in _TABLES:
        return _TABLES[dataset]
    from oracle.written import source_tables as read

    return tuple(read((_PIPELINES / dataset / "contract.yaml").read_text(encoding="utf-8")))


def default_settings(dataset: str) -> Settings:
    """The settings that the contract in the repository holds."""
    tables = source_tables(dataset)
    return Settings(
        required=frozenset(column.name for table in tables for column in table.columns if column.required),
        time_formats=time_column(tables[0]).time_formats,
        quarantine_limit=_LIMITS.get(dataset, _LIMIT),
    )


def time_column(table: SourceTable) -> Column:
    """A column whose time formats scenarios change, as they do those of all others of its data set."""
    return next(column for column in table.columns if column.time_formats)


def _with(table: SourceTable, settings: Settings) -> SourceTable:
    columns = tuple(_column_with(column, settings) for column in table.columns)
    return replace(table, columns=columns, max_record_bytes=settings.max_record_bytes)


def _column_with(column: Column, settings: Settings) -> Column:
    formats = settings.time_formats if column.time_formats else ()
    return replace(column, required=column.name in settings.required, time_formats=formats)
