"""Random objects of consent events."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

from oracle.samples import BAD_TIMES, iso_time, not_utf8

_Event = dict[str, Any]
_Dirt = Callable[[random.Random, _Event], bytes]

_DOMAINS = ("www.domain-A.eu", "www.domain-B.eu", "www.domain-C.eu", "пример.рф", "")
_COUNTRIES = ("FR", "DE", "DE", "GB", None, "", "ФР")
_TYPES = ("pageview", "pageview", "consent.asked", "consent.given", "click", "Pageview")
_SEPARATORS = (b"\n", b"\n", b"", b"", b"\r\n", b"\n\n", b" ", b"\t\n ")


class ConsentObjects:
    """Writes objects and remembers their events, so that later ones can repeat them."""

    def __init__(self, rng: random.Random, dirt: float) -> None:
        self._rng = rng
        self._dirt = dirt
        self._landed: list[tuple[int, _Event]] = []

    def records(self, hour: int, count: int, window: int) -> bytes:
        """The bytes of about ``count`` records that land in ``hour``, events of before the window's edge among them."""
        separator = self._rng.choice((*_SEPARATORS, None))
        parts: list[bytes] = []
        for _ in range(count):
            parts += [self._record(hour, window), self._rng.choice(_SEPARATORS) if separator is None else separator]
        if parts and self._rng.random() < 0.7:
            parts.pop()
        return b"".join(parts)

    def _record(self, hour: int, window: int) -> bytes:
        event = self._again(hour, window) if self._rng.random() < 0.3 else None
        if event is None:
            event = self._event()
        if self._rng.random() < self._dirt:
            return self._rng.choice(_DIRT)(self._rng, event)
        self._landed.append((hour, event))
        return _written(self._rng, event)

    def _again(self, hour: int, window: int) -> _Event | None:
        """An event of before, most likely one at the edge of the window, as it was or changed in all but its id."""
        if not self._landed:
            return None
        if self._rng.random() < 0.5:
            edges = [event for landed, event in self._landed if abs(hour - landed) in (window, window + 1)]
            event = self._rng.choice(edges or [event for _, event in self._landed])
        else:
            event = self._rng.choice(self._landed)[1]
        return event if self._rng.random() < 0.7 else self._event() | {"id": event["id"]}

    def _event(self) -> _Event:
        rng = self._rng
        user: _Event = {
            "id": rng.choice(("1705c98b", "2", "3", "4", "użytkownik", "\U0001f43a")),
            "country": rng.choice(_COUNTRIES),
            "token": _token(rng),
        }
        if rng.random() < 0.2:
            del user["country"]
        return {
            "id": f"{rng.getrandbits(32):08x}-{rng.getrandbits(16):04x}",
            "datetime": iso_time(rng, 2021, 1),
            "domain": rng.choice(_DOMAINS),
            "type": rng.choice(_TYPES),
            "user": user,
        }


def _token(rng: random.Random) -> str | None:
    enabled: Any = rng.choice(([], [], ["analytics"], ["a", "b"], {}, {"a": 1}, "", "yes", None, [None]))
    token: Any = {"vendors": {"enabled": ["v"], "disabled": []}, "purposes": {"enabled": enabled, "disabled": []}}
    if rng.random() < 0.1:
        token = rng.choice(({}, {"purposes": None}, {"purposes": []}, {"purposes": {}}, [], 5, None, "text"))
    text = json.dumps(token, indent=rng.choice((None, None, None, 1)))
    return None if rng.random() < 0.05 else rng.choice(("", "", " ", "\n")) + text


def _written(rng: random.Random, event: _Event) -> bytes:
    """The event in one of the ways of writing the same JSON object."""
    members = list(event.items())
    if rng.random() < 0.2:
        rng.shuffle(members)
    if rng.random() < 0.15:
        members.insert(rng.randrange(len(members) + 1), ("extra", _extra(rng)))
    text = json.dumps(
        dict(members),
        ensure_ascii=rng.random() < 0.5,
        indent=rng.choice((None, None, None, None, 2)),
        separators=rng.choice(((",", ":"), None)),
    )
    if rng.random() < 0.1:
        text = text.replace("/", "\\/").replace('"id"', '"\\u0069d"')
    return text.encode("utf-8", "surrogatepass")


def _extra(rng: random.Random) -> Any:
    return rng.choice(
        (
            None, True, -0.0, 1e300, 12345678901234567890, [{"a": [[]]}], {"id": "not this"}, "}{", "a\nb{\"c\"}{",
            "\ud800", _nested(20), "\0", "\x7f",
        )
    )  # fmt: skip


def _nested(depth: int) -> Any:
    value: Any = 0
    for level in range(depth):
        value = [value] if level % 2 else {"n": value}
    return value


def _compact(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _with(event: _Event, path: str, value: Any) -> bytes:
    """The event with the value at the path, or without what is there where the value is ``...``."""
    *parents, name = path.split("/")
    copy: _Event = json.loads(json.dumps(event))
    owner = copy
    for parent in parents:
        owner = owner[parent]
    if value is ...:
        owner.pop(name, None)
    else:
        owner[name] = value
    return _compact(copy)


_PATHS = ("id", "datetime", "domain", "type", "user/id", "user/country", "user/token", "user")
_WRONG: tuple[Any, ...] = (
    None,
    ...,
    5,
    1.5,
    True,
    False,
    [],
    {},
    ["x"],
    "",
    "nul\0here",
    "\ud800",
    "tail\udfff",
    "x\udfff\ud800y",
    -0,
    10**30,
)


def _wrong_value(rng: random.Random, event: _Event) -> bytes:
    return _with(event, rng.choice(_PATHS), rng.choice(_WRONG))


def _bad_time(rng: random.Random, event: _Event) -> bytes:
    return _with(event, "datetime", rng.choice(BAD_TIMES))


def _other_time(rng: random.Random, event: _Event) -> bytes:
    """A time that only some settings take."""
    times = (
        1611397431000, 1611397431, -1, 253402300800000, 10**17, 10**25, "1611397431000", "23/01/2021 10:23:51",
        "01/02/2021 03:04:05", "31/12/2021 23:59:59", "12/31/2021 23:59:59", 1611397431000.5, 0,
    )  # fmt: skip
    return _with(event, "datetime", rng.choice(times))


def _bad_token(rng: random.Random, event: _Event) -> bytes:
    tokens = (
        "", " ", "{", "{}{}", "{} x", "nul", '{"purposes":{"enabled":[1,]}}', "{'a':1}", '{"a":01}', "NaN",
        "\ufeff{}", '{"purposes":{"enabled":5}}', '{"purposes":{"enabled":true}}', '{"purposes":{"enabled":0}}',
        '{"a":"\\ud800"}', '{"purposes":{"enabled":"\\ud800"}}', '{"a":"\ud800"}', '{"a":"\0"}', '{"a":"\n"}',
        '{"a":"\\x"}', '{"purposes":{"enabled":["a"]},"purposes":{"enabled":[]}}',
        '{"purposes":{"enabled":["a"]},"purposes":{}}', json.dumps(_nested(256)), json.dumps(_nested(257)), "1",
        '"t"', "[1] ", "\u00a0{}", '{"\\u0070urposes":{"enabled":[1]}}',
    )  # fmt: skip
    return _with(event, "user/token", rng.choice(tokens))


def _invalid_utf8(rng: random.Random, event: _Event) -> bytes:
    at = "\ue000"
    path = rng.choice(("id", "domain", "user/country", "ignored"))
    return _with(event, path, "a" + at + "b").replace(b"\\ue000", not_utf8(rng))


def _cut(rng: random.Random, event: _Event) -> bytes:
    whole = _written(rng, event)
    return whole[: rng.randrange(1, len(whole))]


def _garbage(rng: random.Random, event: _Event) -> bytes:
    return rng.choice(
        (
            b"[1,2]", b"5", b'"text"', b"null", b"true", b"NaN", b"[", b"]", b"}", b"{", b"{{", b"}{", b"{}", b"{}}",
            b",", b"oops", b"\xef\xbb\xbf{}", b"\0", b"{'id':'x'}", b'{"id":"x",}', b'{"id" "x"}',
            b'{"id":"x" "b":1}', b'{id:"x"}', b'{"a":01}', b'{"a":+1}', b'{"a":.5}', b'{"a":1.}', b'{"a":1e}',
            b'{"a":-}', b'{"a":tru}', b'{"a":True}', b'{"a":"\\x"}', b'{"a":"\\u12"}', b'{"a":"\\u12G4"}',
            b'{"a":"tab\there"}', b'{"a":"line\nfeed"}', b'{"a":"cr\rhere"}', b'{"a":"\x1f"}', b'{"a":"never',
            b'{"a":[1,2}', b'{"a":1]', b'{"a":/*c*/1}', b'{"a":\xc2\xa01}', b'\xe2\x80\xa8{"a":1}', b'{"a":[,1]}',
            b'{"a":1,,"b":2}', b'{"a"}', b'{"a":}', b'{:1}', b'{"a":Infinity}', b'{"a":"\\ud800\\u0041"}',
            b'{"a":"\xff\\"}', b'{"b":}{"x"\n', b'{"b":}\n{',
        )
    )  # fmt: skip


def _deep(rng: random.Random, event: _Event) -> bytes:
    if rng.random() < 0.3:
        return rng.choice((b'{"a":' * 400, b'{"a":' + b"[" * 1000 + b"]" * 1000 + b"}"))
    return _with(event, "extra", _nested(rng.choice((255, 256, 300))))


def _twice(rng: random.Random, event: _Event) -> bytes:
    """The event with a member twice: the last counts, whole."""
    name = rng.choice(("id", "user", "type", "datetime"))
    values: tuple[Any, ...] = (event[name], None, 5, {"id": "later"}, {"country": "FR"}, "later")
    first, last = _compact(rng.choice(values)), _compact(rng.choice(values))
    rest = _compact({other: value for other, value in event.items() if other != name})
    return b'{"%s":%s,%s,"%s":%s}' % (name.encode(), first, rest[1:-1], name.encode(), last)


def _long(rng: random.Random, event: _Event) -> bytes:
    filler: Any = rng.choice(("x" * 3000, ["y" * 90] * 30, {"n": "}{" * 15, "m": "m" * 2000}, "z" * 250))
    text = json.dumps(event | {"extra": filler}, indent=rng.choice((None, 1)))
    return text.encode()[: rng.choice((None, -1, -5))]


_DIRT: tuple[_Dirt, ...] = (
    _wrong_value, _wrong_value, _wrong_value, _bad_time, _other_time, _bad_token, _bad_token, _invalid_utf8, _cut,
    _garbage, _garbage, _deep, _twice, _long,
)  # fmt: skip
