"""Says where what is there differs from what the oracle expects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from oracle.world import Expected

_SHOWN = 5


def differences(expected: Expected, found: Expected) -> list[str]:
    """One line for each difference; none where all agree to the row."""
    lines: list[str] = []
    for name in ("base", "model", "quarantine"):
        lines += _rows(name, getattr(expected, name), getattr(found, name))
    for name in ("objects", "periods"):
        lines += _members(name, getattr(expected, name), getattr(found, name))
    if expected.held != found.held:
        lines.append(f"held: expected {expected.held}, found {found.held}")
    return lines


def _comparable(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def _texts(rows: Iterable[tuple[Any, ...]]) -> Counter[str]:
    return Counter(repr(tuple(_comparable(value) for value in row)) for row in rows)


def _rows(name: str, expected: Iterable[tuple[Any, ...]], found: Iterable[tuple[Any, ...]]) -> list[str]:
    wanted, there = _texts(expected), _texts(found)
    missing, extra = wanted - there, there - wanted
    lines = [f"{name}: missing {row} ({count}x)" for row, count in missing.most_common(_SHOWN)]
    return lines + [f"{name}: unexpected {row} ({count}x)" for row, count in extra.most_common(_SHOWN)]


def _members(name: str, expected: dict[Any, Any], found: dict[Any, Any]) -> list[str]:
    keys = sorted(expected.keys() | found.keys())
    different = [key for key in keys if expected.get(key) != found.get(key)]
    return [f"{name}: {key}: expected {expected.get(key)}, found {found.get(key)}" for key in different[:_SHOWN]]
