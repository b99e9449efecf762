"""The source tables of a contract as it is written: what of it decides about rows, and nothing else.

It takes a contract that is sound for granted.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, cast

from oracle.tables import (
    Column,
    CsvDialect,
    Field,
    LandingHourText,
    Member,
    Origin,
    Position,
    Routing,
    SourceTable,
    Type,
)

_TYPE = re.compile(r"([a-z ]+?)(?:\(([0-9]+)(?:, ?([0-9]+))?\))?")
_SIZES = {"B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}


def source_tables(contract: str) -> list[SourceTable]:
    """The tables that are read from landed objects, in the contract's order."""
    import yaml

    document = yaml.safe_load(contract)
    written = [table for table in document["schema"] if "model" not in _settings(table)]
    tables = [_table(table, document["id"]) for table in written]
    return [_among(table, tables) for table in tables]


def _among(table: SourceTable, tables: list[SourceTable]) -> SourceTable:
    """The table, knowing those that share its objects."""
    if table.routing is None:
        return table
    sharing = [other for other in tables if other.routing is not None and other.prefix == table.prefix]
    prefixes = [other.routing.own for other in sharing if other.routing is not None]
    others = tuple(prefix for prefix in prefixes if prefix != table.routing.own)
    return replace(table, routing=Routing(table.routing.own, others, prefixes[0] == table.routing.own))


def _settings(owner: dict[str, Any]) -> dict[str, Any]:
    return {one["property"]: one["value"] for one in owner.get("customProperties", [])}


def _table(written: dict[str, Any], pipeline: str) -> SourceTable:
    settings = _settings(written)
    kind = settings["format"]
    key_prefix = settings.get("keyPrefix", "")
    envelope = settings.get("envelope", "none")
    default = ("/body/" if envelope == "message" else "/") + _escaped(key_prefix)
    if kind == "cloudwatch-logs":
        default += "logEvents/"
    event_time = settings.get("eventTime", "landingHour")
    dialect = _dialect(settings)
    columns: list[Column] = []
    for one in written["properties"]:
        columns.append(_column(one, kind, default, dialect, columns))
    keys = [one for one in written["properties"] if one.get("primaryKey")]
    return SourceTable(
        name=written["name"],
        prefix=settings.get("prefix", pipeline + "/"),
        layout=settings["layout"],
        format=kind,
        columns=tuple(columns),
        key=tuple(one["name"] for one in sorted(keys, key=lambda one: one.get("primaryKeyPosition", 0))),
        event_time=None if event_time == "landingHour" else event_time,
        period=settings["period"],
        max_record_bytes=_size(settings.get("maxRecordBytes", "16MiB")),
        csv=dialect,
        envelope=envelope,
        routing=Routing(key_prefix) if key_prefix else None,
    )


def _dialect(settings: dict[str, Any]) -> CsvDialect:
    quote, escape = settings.get("csvQuote", '"'), settings.get("csvEscape", "none")
    return CsvDialect(
        delimiter=settings.get("csvDelimiter", ","),
        quote="" if quote == "none" else quote,
        escape="" if escape == "none" else escape,
        has_header=settings.get("csvHeader", "first-line") == "first-line",
        null=settings.get("csvNull"),
    )


def _column(written: dict[str, Any], kind: str, default: str, dialect: CsvDialect, before: list[Column]) -> Column:
    settings = _settings(written)
    name = written["name"]
    formats = settings.get("timeFormats", ["iso"] if written["physicalType"] == "timestamptz" else [])
    origin: Origin
    if "metadata" in settings:
        origin = LandingHourText()
    elif kind == "csv" and not dialect.has_header:
        positions = [column.origin.number for column in before if isinstance(column.origin, Position)]
        origin = Position(settings.get("position", positions[-1] + 1 if positions else 1))
    elif kind == "csv":
        origin = Field(settings.get("header", name))
    else:
        origin = Member(settings.get("pointer", default + name), settings.get("within"), settings.get("take", "value"))
    return Column(
        name=name,
        type=_type(written["physicalType"]),
        origin=origin,
        required=written.get("required", False),
        time_formats=(formats,) if isinstance(formats, str) else tuple(formats),
        is_masked=settings.get("mask") == "hash",
    )


def _type(written: str) -> Type:
    match = _TYPE.fullmatch(written)
    assert match is not None
    return Type(cast(Any, match.group(1)), int(match.group(2) or 0), int(match.group(3) or 0))


def _size(written: str) -> int:
    match = re.fullmatch(r"([0-9]+) ?([A-Za-z]+)", written)
    assert match is not None
    return int(match.group(1)) * _SIZES[match.group(2)]


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
