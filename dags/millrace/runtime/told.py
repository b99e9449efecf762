"""What a job tells while it runs: its log line by line, and its report at the end."""

from __future__ import annotations

import json
import logging
from typing import Any, Protocol

_LEVELS = {"error": logging.ERROR, "warn": logging.WARNING, "debug": logging.DEBUG, "trace": logging.DEBUG}
_PLACE = ("table", "partition")


class Log(Protocol):
    """Where lines of a job go: the log of the task."""

    def log(self, level: int, event: str) -> Any:
        """Tells one line."""


class Told:
    """Passes a job's log on, and remembers what its end is judged by."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._last = ""
        self.sentence = ""

    def logged(self, line: str) -> str:
        """A line of the log, as it is told; the last one about a failure says what is wrong."""
        level, text = _line(line.rstrip("\r\n"))
        if level >= logging.ERROR:
            self.sentence = text
        self._log.log(level, text)
        return text

    def printed(self, line: str) -> None:
        """A line of the output, of which the last one in JSON is the report."""
        if line.lstrip().startswith("{"):
            self._last = line

    def said(self, line: str) -> str:
        """A line of which nobody knows whether it is log or output: what has a level and a message is log."""
        event = _event(line)
        if event is not None and not ("level" in event and "message" in event):
            self._last = line
            return line
        return self.logged(line)

    @property
    def report(self) -> dict[str, Any]:
        """The report; nothing where it was cut short."""
        return _event(self._last) or {}


def _event(text: str) -> dict[str, Any] | None:
    try:
        event = json.loads(text)
    except json.JSONDecodeError:
        return None
    return event if isinstance(event, dict) else None


def _line(text: str) -> tuple[int, str]:
    """Level and message of a line. What is no line of ours, such as the JVM's own words, is told as it is."""
    event = _event(text)
    if event is None or "message" not in event:
        return logging.INFO, text
    place = " ".join(str(event[fact]) for fact in _PLACE if event.get(fact))
    trace = f"\n{event['trace']}" if event.get("trace") else ""
    level = _LEVELS.get(str(event.get("level")), logging.INFO)
    return level, f"{place}{' | ' if place else ''}{event['message']}{trace}"
