"""Random objects of the data sets whose records are flat: symbols, rides with weather, and logins in messages."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from oracle.samples import BAD_TIMES, NAMES, iso_time, not_utf8
from oracle.tables import MOBILITY, SYMBOLS, USER_LOGINS

_Record = dict[str, Any]
_SEPARATORS = (b"\n", b"\n", b"", b"", b"\r\n", b",\n", b",\n", b",", b"\n\n", b" ", b",,")
_UUIDS = ("a", "b", "c", "d", "U", "é", "\U0001f43a")
_SYMBOLS = ("a", "e", "y", "k", "z", "é", "à", "â", "E", "", "ae", "\U0001f43a", None)
_ZONES = (
    "Europe/Oslo", "Europe/Oslo", "Europe/Zurich", "America/New_York", "America/Argentina/Buenos_Aires", "UTC", "",
    "Europe/", None, "a/b\nc",
)  # fmt: skip
_CITIES = ("Oslo", "Oslo", "Zurich", "New York", "New_York", "Buenos Aires", "UTC", "", "Nowhere")
_NUMBERS: tuple[Any, ...] = (
    None, 0, -0.0, 29.09, 0.43, 0.0305, 0.0000005, -0.0000005, 1, 10.12, 1e12, -1e12, 999999999999.9999, 1e300, 5e-324,
    0.1, 0.2, 0.3, 123456.5, 999999.9995, 2.5, -17.25, 0.0125, 3,
)  # fmt: skip
_VERSIONS = (
    "2.3.0", "0.26", "2.6", "0.2.6", "10", "0", "2147.483.647", "2147.483.648", "2.1000", "1.02", "1.2.3.4", "",
    "2.3.0-rc", 2.3, 2, None,
)  # fmt: skip
_ADDRESSES = ("199.172.111.135", "::1", "", "None", "null", None, None, "ünïcode", "x" * 256, "y" * 257, "1\u00002")


def _symbol(rng: random.Random) -> _Record:
    at = datetime(2017, 6, rng.choice((27, 28, 28, 29)), rng.choice((0, 12, 23)), tzinfo=UTC)
    time = at + timedelta(microseconds=rng.choice((0, 1, rng.randrange(3_600_000_000))))
    text = time.strftime("%Y-%m-%d %H:%M:%S.%f") if rng.random() < 0.9 else iso_time(rng, 2017, 6)
    if rng.random() < 0.4:
        return {"event": "followup", "uuid": rng.choice(_UUIDS), "at": text}
    kind = "initial" if rng.random() < 0.95 else rng.choice(("Initial", "followup", "", "other"))
    return {
        "event": kind,
        "uuid": rng.choice(_UUIDS),
        "symbol": rng.choice(_SYMBOLS),
        "guess": rng.choice((True, False, None)),
        "at": text,
    }


def _mobility(rng: random.Random) -> _Record:
    if rng.random() < 0.4:
        measured = (
            "apparenttemperature", "humidity", "precipintensity", "precipprobability", "temperature", "visibility",
            "windspeed",
        )  # fmt: skip
        return {
            "weather_data.date_time": _day_time(rng),
            "weather_data.city": rng.choice(_CITIES),
            "weather_data.currently_preciptype": rng.choice(("rain", None)),
            **{f"weather_data.currently_{name}": rng.choice(_NUMBERS) for name in measured},
        }
    record: _Record = {
        "segment_tracks.original_timestamp_time": _day_time(rng),
        "segment_tracks.event_name": rng.choice(("Signup Started", "Ride Ended", "é", "")),
        "segment_tracks.context_timezone": rng.choice(_ZONES),
        "segment_tracks.context_os_version": rng.choice(("12.2", None)),
        "segment_tracks.anonymous_id": rng.choice((*NAMES[:4], None)),
        "segment_tracks.received_time": rng.choice((iso_time(rng, 2019, 5), None)),
        "segment_tracks.properties_rating": rng.choice((None, None, 5, 4.5)),
    }
    if rng.random() < 0.1:
        # A key of the other kind behind: the first decides.
        record["weather_data.city"] = "Oslo"
    return record


def _day_time(rng: random.Random) -> str:
    if rng.random() < 0.1:
        return rng.choice(("2019-05-13", "2019-05-14"))
    if rng.random() < 0.1:
        return iso_time(rng, 2019, 5)
    day, hour = rng.choice((13, 13, 14)), rng.choice((0, 0, 14, 23))
    return f"2019-05-{day} {hour:02d}:{rng.randrange(60):02d}:{rng.randrange(60):02d}"


def _login(rng: random.Random) -> _Record:
    body: Any = {
        "user_id": rng.choice(("424cdd21", "x" * 128, "x" * 129, "é")),
        "app_version": rng.choice(_VERSIONS[:6] if rng.random() < 0.8 else _VERSIONS),
        "device_type": rng.choice(("android", "iOS", None)),
        "ip": rng.choice(_ADDRESSES),
        "locale": rng.choice(("RU", None, "DE")),
        "device_id": rng.choice(_ADDRESSES),
    }
    if rng.random() < 0.1:
        body = {"foo": "oops_wrong_msg_type", "bar": "123"}
    text: Any = json.dumps(body, ensure_ascii=rng.random() < 0.5)
    if rng.random() < 0.1:
        text = rng.choice(("", "{", "[]", "1", "null", "{}", text + "}", None, 5, {"user_id": "x"}, "nul\0"))
    sent = rng.choice((1767582000000, 1767582000000, 1767571199999, 0, -1, 1767582000000.5, "1767582000000", None))
    meta = {"source": "sqs:login-queue", "id": f"{rng.getrandbits(24):06x}", "sentAt": sent}
    return {"meta": meta, "body": text}


_RECORDS: dict[str, Callable[[random.Random], _Record]] = {SYMBOLS: _symbol, MOBILITY: _mobility, USER_LOGINS: _login}


class FlatObjects:
    """Writes objects and remembers their records, so that later ones can repeat them."""

    def __init__(self, dataset: str, rng: random.Random, dirt: float) -> None:
        self._record_of = _RECORDS[dataset]
        self._rng = rng
        self._dirt = dirt
        self._landed: list[tuple[int, _Record]] = []

    def records(self, hour: int, count: int, window: int) -> bytes:
        """The bytes of about ``count`` records that land in ``hour``, in an array that may never be closed."""
        rng = self._rng
        separator = rng.choice((*_SEPARATORS, None))
        parts = [rng.choice((b"", b"", b"[", b"[\n"))]
        for _ in range(count):
            parts += [self._one(hour, window), rng.choice(_SEPARATORS) if separator is None else separator]
        if rng.random() < 0.7:
            parts.pop()
        return b"".join([*parts, rng.choice((b"", b"", b"]"))])

    def _one(self, hour: int, window: int) -> bytes:
        rng = self._rng
        record = self._again(hour, window) if self._landed and rng.random() < 0.25 else self._record_of(rng)
        if rng.random() < self._dirt:
            return self._dirty(record)
        self._landed.append((hour, record))
        return _written(rng, record)

    def _again(self, hour: int, window: int) -> _Record:
        """A record of before, most likely one at the edge of the window."""
        edges = [record for landed, record in self._landed if abs(hour - landed) in (window, window + 1)]
        return self._rng.choice(edges or [record for _, record in self._landed])

    def _dirty(self, record: _Record) -> bytes:
        rng = self._rng
        whole = _written(rng, record)
        name = rng.choice(sorted(record))
        match rng.randrange(6):
            case 0:
                return whole[: rng.randrange(1, len(whole))]
            case 1:
                wrong: Any = rng.choice((None, 5, 1.5, True, [], {}, "", "nul\0", "\ud800", 10**30, "x" * 300))
                return _written(rng, record | {name: wrong})
            case 2:
                return _written(rng, record | {name: rng.choice(BAD_TIMES)})
            case 3:
                return _written(rng, {other: value for other, value in record.items() if other != name})
            case 4:
                text = json.dumps(record | {name: "a\ue000b"}, ensure_ascii=False).encode("utf-8", "surrogatepass")
                return text.replace("\ue000".encode(), not_utf8(rng))
            case _:
                return rng.choice(
                    (b"5", b"{}", b'{"other.key":1}', b"{'a':1}", b'{"a":01}', b"}", b"{", b'"text"', b"null",
                     b'{"body":"{}"}', b'{"body":{}}', b'{"segment_tracks.":1}', b'{"a":{"weather_data.x":1}}')
                )  # fmt: skip


def _written(rng: random.Random, record: _Record) -> bytes:
    members = list(record.items())
    if rng.random() < 0.1:
        rng.shuffle(members)
    separators = rng.choice(((",", ":"), None))
    text = json.dumps(dict(members), ensure_ascii=rng.random() < 0.5, separators=separators)
    return text.encode("utf-8", "surrogatepass")
