"""JSON by RFC 8259 and nothing more, over bytes.

Strings are read byte by byte: bytes above 0x7f may stand in a string whether or not they form UTF-8, which is judged
for the whole record elsewhere. Numbers keep their text. Lone escaped surrogates stay in the strings they occur in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

MAX_NESTING = 256


@dataclass(frozen=True, slots=True)
class JsonNumber:
    """A number as it is written."""

    text: str


JsonValue: TypeAlias = "dict[str, JsonValue] | list[JsonValue] | str | JsonNumber | bool | None"


class SyntaxFault(Exception):
    """The bytes break the grammar at a byte that is there."""


class RanOut(Exception):
    """The bytes ended, or were not to be read further, before the value did."""


NUMBER = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"

_SPACE = re.compile(rb"[ \t\r\n]*")
_NUMBER = re.compile(NUMBER.encode())
_BEGUN_NUMBER = re.compile(rb"-|-?(?:0|[1-9][0-9]*)(?:\.|(?:\.[0-9]+)?[eE][+-]?)")
_PLAIN = re.compile(rb'[^"\\\x00-\x1f]*')
_HEX = re.compile(rb"[0-9a-fA-F]{0,4}")
_LITERALS: dict[int, tuple[bytes, bool | None]] = {
    ord("t"): (b"true", True),
    ord("f"): (b"false", False),
    ord("n"): (b"null", None),
}
_ESCAPES = {
    ord('"'): '"',
    ord("\\"): "\\",
    ord("/"): "/",
    ord("b"): "\b",
    ord("f"): "\f",
    ord("n"): "\n",
    ord("r"): "\r",
    ord("t"): "\t",
}


def skip_space(data: bytes, at: int) -> int:
    """The first position from ``at`` on that holds no JSON white space."""
    match = _SPACE.match(data, at)
    assert match is not None
    return match.end()


def parse_text(data: bytes) -> JsonValue:
    """The one value that the whole text holds, white space around it allowed."""
    parser = Parser(data, len(data))
    value, end = parser.value(skip_space(data, 0), 1)
    if skip_space(data, end) != len(data):
        raise SyntaxFault("more than one value")
    return value


class Parser:
    """Reads values of ``data`` and looks at no byte at or after ``limit``."""

    def __init__(self, data: bytes, limit: int) -> None:
        self._data = data
        self._limit = limit

    def value(self, at: int, depth: int) -> tuple[JsonValue, int]:
        """The value that begins at ``at``, and the position after it. ``depth`` counts it if it is a container."""
        byte = self._byte(at)
        if byte == 0x22:
            return self._string(at + 1)
        if byte == 0x7B:
            return self._object(at + 1, depth)
        if byte == 0x5B:
            return self._array(at + 1, depth)
        if byte in _LITERALS:
            return self._literal(at, *_LITERALS[byte])
        return self._number(at)

    def _byte(self, at: int) -> int:
        if at >= self._limit:
            raise RanOut
        return self._data[at]

    def _token(self, at: int) -> int:
        match = _SPACE.match(self._data, at, self._limit)
        assert match is not None
        return match.end()

    def _object(self, at: int, depth: int) -> tuple[dict[str, JsonValue], int]:
        _check_nesting(depth)
        members: dict[str, JsonValue] = {}
        at = self._token(at)
        if self._byte(at) == 0x7D:
            return members, at + 1
        while True:
            if self._byte(at) != 0x22:
                raise SyntaxFault("a key must be a string")
            key, at = self._string(at + 1)
            at = self._token(at)
            if self._byte(at) != 0x3A:
                raise SyntaxFault("no colon after a key")
            members[key], at = self.value(self._token(at + 1), depth + 1)
            at = self._token(at)
            if self._byte(at) == 0x7D:
                return members, at + 1
            if self._byte(at) != 0x2C:
                raise SyntaxFault("no comma between members")
            at = self._token(at + 1)

    def _array(self, at: int, depth: int) -> tuple[list[JsonValue], int]:
        _check_nesting(depth)
        items: list[JsonValue] = []
        at = self._token(at)
        if self._byte(at) == 0x5D:
            return items, at + 1
        while True:
            item, at = self.value(at, depth + 1)
            items.append(item)
            at = self._token(at)
            if self._byte(at) == 0x5D:
                return items, at + 1
            if self._byte(at) != 0x2C:
                raise SyntaxFault("no comma between items")
            at = self._token(at + 1)

    def _literal(self, at: int, word: bytes, meaning: bool | None) -> tuple[bool | None, int]:
        for offset, expected in enumerate(word):
            if self._byte(at + offset) != expected:
                raise SyntaxFault("no such literal")
        return meaning, at + len(word)

    def _number(self, at: int) -> tuple[JsonNumber, int]:
        if _BEGUN_NUMBER.fullmatch(self._data, at, self._limit):
            raise RanOut
        match = _NUMBER.match(self._data, at, self._limit)
        if match is None:
            raise SyntaxFault("no value")
        return JsonNumber(match.group().decode()), match.end()

    def _string(self, at: int) -> tuple[str, int]:
        parts: list[str] = []
        while True:
            match = _PLAIN.match(self._data, at, self._limit)
            assert match is not None
            parts.append(match.group().decode("utf-8", "replace"))
            at = match.end()
            byte = self._byte(at)
            if byte == 0x22:
                return _join_surrogates("".join(parts)), at + 1
            if byte != 0x5C:
                raise SyntaxFault("a control byte in a string")
            part, at = self._escape(at + 1)
            parts.append(part)

    def _escape(self, at: int) -> tuple[str, int]:
        byte = self._byte(at)
        if byte in _ESCAPES:
            return _ESCAPES[byte], at + 1
        if byte != 0x75:
            raise SyntaxFault("no such escape")
        digits = _HEX.match(self._data, at + 1, self._limit)
        assert digits is not None
        if len(digits.group()) < 4:
            self._byte(digits.end())
            raise SyntaxFault("an escape of fewer than four digits")
        return chr(int(digits.group(), 16)), digits.end()


def _check_nesting(depth: int) -> None:
    if depth > MAX_NESTING:
        raise SyntaxFault("nesting")


_PAIR = re.compile("([\ud800-\udbff])([\udc00-\udfff])")
_SURROGATE = re.compile("[\ud800-\udfff]")


def has_lone_surrogate(text: str) -> bool:
    """Whether the text cannot be written as UTF-8."""
    return _SURROGATE.search(text) is not None


def _join_surrogates(text: str) -> str:
    if text.isascii() or not has_lone_surrogate(text):
        return text
    return _PAIR.sub(lambda pair: _code_point(pair.group(1), pair.group(2)), text)


def _code_point(high: str, low: str) -> str:
    return chr(0x10000 + ((ord(high) - 0xD800) << 10) + (ord(low) - 0xDC00))
