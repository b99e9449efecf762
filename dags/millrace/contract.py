"""What a DAG needs of a contract. The jobs read it too, and tell every mistake in it: here only few can be told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from croniter import CroniterError, croniter

FILE = "contract.yaml"
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CRON = re.compile(r"[0-9*,/-]+(\s+[0-9*,/-]+){4}")
_DURATION = re.compile(r"(\d{1,9})([smhd])")
JOBS = ("ingest", "transform", "load")
_MEMORY = re.compile(r"([1-9]\d{0,5})(MiB|GiB)")
_MEMORY_UNITS = {"MiB": 1 << 20, "GiB": 1 << 30}
_CORES = re.compile(r"[1-9]\d{0,2}(\.\d)?|0\.[1-9]")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table."""

    name: str
    type: str
    required: bool
    description: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the warehouse: read from landed objects, or made by a model."""

    name: str
    description: str
    columns: tuple[Column, ...]
    settings: dict[str, Any]

    @property
    def is_model(self) -> bool:
        """Whether SQL makes it."""
        return "model" in self.settings

    @property
    def feed(self) -> str:
        """What lands its records before they are read, as the job calls it; nothing where they land by themselves."""
        feeds = {"queue": "sqs", "stream": "kinesis"}
        return next((word for setting, word in feeds.items() if setting in self.settings), "")


@dataclass(frozen=True, slots=True)
class Resources:
    """What a job may take: bytes of memory, and cores; 0 where the contract leaves it to the job's own setting."""

    memory: int = 0
    cores: float = 0


NO_MORE = Resources()


@dataclass(frozen=True, slots=True)
class Contract:
    """A pipeline as its contract declares it, or what keeps the contract from being read."""

    pipeline: str
    title: str = ""
    version: str = ""
    domain: str = ""
    description: dict[str, str] = field(default_factory=dict)
    schedule: str | None = None
    settle: timedelta = timedelta()
    resources: dict[str, Resources] = field(default_factory=dict)
    tables: tuple[Table, ...] = ()
    mistake: str = ""


class _MistakeError(Exception):
    """What is wrong with a contract, in one sentence."""


def contracts(pipelines: Path) -> Iterator[Contract]:
    """All contracts of a folder, each read once, by name."""
    for file in sorted(pipelines.glob(f"*/{FILE}")):
        yield read(file)


def read(file: Path) -> Contract:
    """A contract; one that cannot be read says why, so that it takes no other pipeline with it."""
    pipeline = file.parent.name
    try:
        return _contract(pipeline, yaml.load(file.read_text(encoding="utf-8"), Loader=_LOADER))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, _MistakeError) as e:
        return Contract(pipeline, title=pipeline, mistake=str(e))


def _contract(pipeline: str, document: Any) -> Contract:
    root = _mapping(document, "the contract")
    if root.get("id") != pipeline:
        raise _MistakeError(f"the id '{root.get('id')}' differs from the name of its folder, '{pipeline}'")
    settings = _settings(root)
    return Contract(
        pipeline=pipeline,
        title=_text(root.get("name")) or pipeline,
        version=_text(root.get("version")),
        domain=_text(root.get("domain")),
        description={
            str(key): _text(value) for key, value in _mapping(root.get("description") or {}, "description").items()
        },
        schedule=_schedule(_text(settings.get("schedule", "0 0 * * *"))),
        settle=_duration(_text(settings.get("settle", "30m"))),
        resources={job: _resources(job, settings) for job in JOBS},
        tables=tuple(_table(table) for table in _sequence(root.get("schema"), "schema")),
    )


def _resources(job: str, settings: dict[str, Any]) -> Resources:
    memory, cores = _text(settings.get(f"{job}Memory")), _text(settings.get(f"{job}Cores"))
    found = _MEMORY.fullmatch(memory)
    if memory and not found:
        raise _MistakeError(f"'{memory}' is no amount of memory; allowed: a whole number and MiB or GiB, such as 4GiB")
    if cores and not _CORES.fullmatch(cores):
        raise _MistakeError(f"'{cores}' is no number of cores; allowed: such as 2 or 0.5")
    return Resources(int(found[1]) * _MEMORY_UNITS[found[2]] if found else 0, float(cores or 0))


def _table(written: Any) -> Table:
    table = _mapping(written, "a table of the schema")
    name = _text(table.get("name"))
    if not name:
        raise _MistakeError("a table of the schema has no name")
    columns = [_mapping(column, f"a property of {name}") for column in _sequence(table.get("properties"), name)]
    return Table(
        name=name,
        description=_text(table.get("description")),
        columns=tuple(
            Column(
                _text(column.get("name")),
                _text(column.get("physicalType")),
                bool(column.get("required")),
                _text(column.get("description")),
            )
            for column in columns
        ),
        settings=_settings(table),
    )


def _settings(written: dict[str, Any]) -> dict[str, Any]:
    """The custom properties by their names."""
    customs = [
        _mapping(custom, "a custom property")
        for custom in _sequence(written.get("customProperties"), "customProperties")
    ]
    return {_text(custom.get("property")): custom.get("value") for custom in customs}


def _schedule(text: str) -> str:
    try:
        if _CRON.fullmatch(text):
            # What never comes to pass, such as the 31st of February, is found here and not by the scheduler.
            croniter(text, datetime(2000, 1, 1, tzinfo=UTC)).get_next()
            return text
    except CroniterError:
        pass
    raise _MistakeError(f"'{text}' is no schedule; allowed: the five fields of cron in numbers, such as 0 0 * * *")


def _duration(text: str) -> timedelta:
    found = _DURATION.fullmatch(text)
    if not found:
        raise _MistakeError(f"'{text}' is no duration; allowed: a whole number and s, m, h or d, such as 30m")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def _mapping(value: Any, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _MistakeError(f"{what} must have members")
    return value


def _sequence(value: Any, what: str) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise _MistakeError(f"{what} must be a list")
    return value


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()
