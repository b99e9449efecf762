"""Random objects of check-ins."""

from __future__ import annotations

import random
from collections.abc import Callable

from oracle.samples import BAD_TIMES, NAMES, RUSSIAN_MONTHS, iso_time, not_utf8

_Dirt = Callable[[random.Random, list[bytes]], bytes]

_HEADER = ("user", "timestamp", "hours", "project")
_PROJECTS = ("bizdev", "opsandadmin", "security", "проект", "two words", "")
_PROJECTS_IN_QUOTES = ('say "so"', "a,b", "two\nlines", "two\r\nlines", '"', "x\r")
_HOURS = (
    "8.0",
    "0.6",
    "4",
    "0.0",
    "0",
    "30.0",
    "12.125",
    "0.001",
    "1e1",
    "25E-2",
    "-2.5",
    "-0",
    "-0.0",
    "999999.999",
    "1.50000",
)
_BLANKS = ("", " ", "\t", "  \t ")


class CheckinObjects:
    """Writes objects and remembers their rows, so that later ones can repeat them."""

    def __init__(self, rng: random.Random, dirt: float) -> None:
        self._rng = rng
        self._dirt = dirt
        self._landed: list[bytes] = []

    def records(self, hour: int, count: int, window: int) -> bytes:
        """The bytes of a CSV of about ``count`` records. Rows have no key, so that hour and window matter nothing."""
        line_end = self._rng.choice((b"\n", b"\n", b"\n", b"\r\n"))
        lines = [self._header()] if self._rng.random() < 0.97 else []
        lines += [self._line() for _ in range(count)]
        if self._rng.random() < 0.1:
            lines.insert(self._rng.randrange(len(lines) + 1), b"")
        text = line_end.join(lines)
        return text + line_end if self._rng.random() < 0.7 else text

    def _header(self) -> bytes:
        rng = self._rng
        names = list(_HEADER)
        if rng.random() < 0.1:
            rng.shuffle(names)
        if rng.random() < 0.06:
            names.insert(rng.randrange(5), rng.choice(("extra", "user", "hours", "")))
        header = ",".join(names)
        if rng.random() < self._dirt * 0.3:
            header = rng.choice((
                header.replace("user", "User"), header.replace("hours", " hours"), '"user,timestamp', "",
                header.replace(",project", ""), '"user"x,timestamp,hours,project', "user;timestamp;hours;project",
                header + "\x00", '"' + header.replace(",", '","') + '"',
            ))  # fmt: skip
        return header.encode()

    def _line(self) -> bytes:
        rng = self._rng
        if self._landed and rng.random() < 0.15:
            return rng.choice(self._landed)
        fields = [_quoted(rng, text) for text in (_user(rng), _time(rng), rng.choice(_HOURS), _project(rng))]
        if rng.random() < self._dirt:
            return rng.choice(_DIRT)(rng, fields)
        line = b",".join(fields)
        self._landed.append(line)
        return line


def _user(rng: random.Random) -> str:
    return rng.choice(_BLANKS) if rng.random() < 0.12 else rng.choice(NAMES)


def _project(rng: random.Random) -> str:
    return rng.choice(_PROJECTS_IN_QUOTES if rng.random() < 0.1 else _PROJECTS)


def _time(rng: random.Random) -> str:
    year, month = rng.choice(((2016, 2), (2017, 12), (2018, 1), (2019, 9)))
    kind = rng.random()
    if kind < 0.6:
        return iso_time(rng, year, month)
    day = rng.choice((1, 2, 9, 11, 12, 13, 27, 30))
    if kind < 0.8:
        half = rng.choice(("AM", "PM", "am", "Pm"))
        return f"{month:02d}/{day:02d}/{year} {rng.choice((1, 9, 11, 12)):02d}:{rng.randrange(60):02d} {half}"
    name = rng.choice(RUSSIAN_MONTHS)
    if rng.random() < 0.1:
        name = rng.choice((name.upper(), name.title()))
    written_day = rng.choice((f"{min(day, 28)}", f"{min(day, 28):02d}"))
    return f"{written_day} {name} {year} {rng.choice((0, 9, 23)):02d}:{rng.randrange(60):02d}"


def _quoted(rng: random.Random, text: str) -> bytes:
    needs_quotes = any(character in text for character in '",\n') or text.endswith("\r")
    return _in_quotes(text.encode()) if needs_quotes or rng.random() < 0.08 else text.encode()


def _in_quotes(text: bytes) -> bytes:
    return b'"' + text.replace(b'"', b'""') + b'"'


def _replaced(fields: list[bytes], position: int, value: bytes) -> bytes:
    return b",".join([*fields[:position], value, *fields[position + 1 :]])


def _bad_time(rng: random.Random, fields: list[bytes]) -> bytes:
    return _replaced(fields, 1, rng.choice(BAD_TIMES).encode())


def _other_time(rng: random.Random, fields: list[bytes]) -> bytes:
    """A time that only some settings take."""
    times = (
        b"1569542400000",
        b"-1",
        b"0",
        b"27/09/2019 12:00 AM",
        b"2019-09-27 nine",
        b"20190927",
        b"5 May 2019",
        b"05 may 2019",
    )
    return _replaced(fields, 1, rng.choice(times))


def _bad_hours(rng: random.Random, fields: list[bytes]) -> bytes:
    hours = (
        b"1000000", b"0.0001", b"1e6", b"1e-4", b"999999.9999", b"eight", b" 8.0", b"8.0 ", b"+8", b"08", b".5",
        b"8.", b"8,0", b"NaN", b"1e999999999", b"1e-999999999", b"0e999999999", b"0.0000000", b"1" + b"0" * 400,
        b"0x10", b"1_0", b"--1", b"1e", b"1000000e-1", b"0.0010e1", b"12345678901234567890e-15", b"1500e-5",
        "\uff18".encode(),
    )  # fmt: skip
    return _replaced(fields, 2, rng.choice(hours))


def _blank(rng: random.Random, fields: list[bytes]) -> bytes:
    return _replaced(fields, rng.randrange(4), rng.choice((*(blank.encode() for blank in _BLANKS), b'""', b'" "')))


def _bad_quotes(rng: random.Random, fields: list[bytes]) -> bytes:
    return rng.choice(
        (
            b'"ned"x,2019-09-27,1,p', b'"ned,2019-09-27,1,p', b'ned,2019-09-27,1,"p" ', b'n"ed,2019-09-27,1,p"',
            b'"a""b"c"', b'"ned"\r', b'ned,2019-09-27,1,"two\nlines" x', b' "ned",2019-09-27,1,p',
            b'ned,2019-09-27,1,p""', b'"', b'""', b'"""', b'""""', b'ned,2019-09-27,1,"p"\r\r',
        )
    )  # fmt: skip


def _field_count(rng: random.Random, fields: list[bytes]) -> bytes:
    return rng.choice(
        (b",".join(fields[:3]), b",".join([*fields, b""]), b" ", b"lonely", b"\r", b",", b",,,,", b"user,timestamp")
    )


def _bytes(rng: random.Random, fields: list[bytes]) -> bytes:
    position = rng.choice((0, 3))
    return _replaced(
        fields, position, b"a" + rng.choice((b"\0", not_utf8(rng), not_utf8(rng), b"\x01", b"\xef\xbb\xbf")) + b"b"
    )


def _long(rng: random.Random, fields: list[bytes]) -> bytes:
    project = rng.choice(
        (b"p" * 3000, _in_quotes((b"line " * 90 + b"\n") * 6), b'"' + b"never closed " * 200, b"q" * 260)
    )
    return _replaced(fields, 3, project)


_DIRT: tuple[_Dirt, ...] = (
    _bad_time, _bad_time, _other_time, _bad_hours, _bad_hours, _blank, _bad_quotes, _field_count, _bytes, _long,
)  # fmt: skip
