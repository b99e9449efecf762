"""Random scenarios: a few days of landings with all their dirt, changes of mind, and runs over them in any order."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from oracle.checkin_objects import CheckinObjects
from oracle.consent_objects import ConsentObjects
from oracle.flat_objects import FlatObjects
from oracle.framing import framed
from oracle.hours import dashed_hour, hour_text, parse_hour
from oracle.keys import landing_hour
from oracle.operations import ChangeModel, ChangeSettings, Operation, Put, Remove, Run, Scenario
from oracle.tables import ALL_DATASETS, CHECKINS, CONSENTS, default_settings, source_table

_FIRST_DAY = parse_hour("2026-01-05T00")
_SPAN = 75
_OFFSETS = (1, 2, 3, 4, 22, 23, 24, 25, 26, 27, 47, 48, 49, 50, 51, 72)
_UNUSUAL_NAMES = ("z", "Z", "é", "a b", "a+b", "a=b", "~", "ﬀ", "\U0001f43a", "ред", "0")

_TIME_FORMATS: dict[str, tuple[tuple[str, ...], ...]] = {
    "consents": (
        ("iso", "epoch-millis"),
        ("epoch-seconds", "iso"),
        ("iso", "dd/MM/yyyy HH:mm:ss"),
        ("MM/dd/yyyy HH:mm:ss", "dd/MM/yyyy HH:mm:ss", "iso"),
        ("dd/MM/yyyy HH:mm:ss", "MM/dd/yyyy HH:mm:ss", "iso"),
    ),
    "checkins": (
        ("d MMMM yyyy HH:mm [ru]", "MM/dd/yyyy hh:mm a", "iso"),
        ("iso", "dd/MM/yyyy hh:mm a", "MM/dd/yyyy hh:mm a"),
        ("iso", "MM/dd/yyyy hh:mm a", "dd/MM/yyyy hh:mm a", "d MMMM yyyy HH:mm [ru]"),
        ("iso", "M/d/yyyy h:mm a", "dd MMMM yyyy H:mm [ru]", "epoch-millis"),
        ("iso",),
    ),
    "symbols": (("iso", "epoch-millis"), ("dd/MM/yyyy HH:mm:ss", "iso")),
    "mobility": (("iso", "epoch-millis"), ("dd/MM/yyyy HH:mm:ss", "iso")),
    "user_logins": (("epoch-seconds",), ("iso", "epoch-millis"), ("epoch-micros",)),
}
_OPTIONAL = {
    "consents": ("country", "type", "user_id"),
    "checkins": ("user_name", "project"),
    "symbols": ("symbol", "guess"),
    "mobility": ("context_timezone", "event_name", "city", "currently_preciptype"),
    "user_logins": ("user_id", "masked_ip", "locale", "app_version"),
}
_PREFIXES = {"consents": "events/"}


def generate(dataset: str, seed: int) -> Scenario:
    """The scenario of the seed: always the same one."""
    rng = random.Random(f"{dataset} {seed}")
    return Scenario(dataset, seed, tuple(_Draft(dataset, rng).operations()))


def _objects(dataset: str, rng: random.Random, dirt: float) -> ConsentObjects | CheckinObjects | FlatObjects:
    if dataset == CONSENTS:
        return ConsentObjects(rng, dirt)
    return CheckinObjects(rng, dirt) if dataset == CHECKINS else FlatObjects(dataset, rng, dirt)


class _Draft:
    def __init__(self, dataset: str, rng: random.Random) -> None:
        assert dataset in ALL_DATASETS
        self._dataset = dataset
        self._rng = rng
        self._settings = default_settings(dataset)
        dirt = rng.choice((0.03, 0.15, 0.4))
        self._damage = rng.choice((0.0, 0.1, 0.4))
        self._objects = _objects(dataset, rng, dirt)
        self._prefix = _PREFIXES.get(dataset, f"{dataset}/")
        self._start = _FIRST_DAY + rng.choice((0, 3, 21, 22, 23))
        self._hours = [self._start + offset for offset in sorted({0, *rng.sample(_OFFSETS, rng.randint(2, 5))})]
        self._present: dict[str, bytes] = {}
        self._gone: dict[str, bytes] = {}
        self._operations: list[Operation] = []

    def operations(self) -> list[Operation]:
        """A few rounds of landings and other events, each usually followed by a run, and a run over everything."""
        if self._rng.random() < 0.75:
            self._set(quarantine_limit=self._rng.choice((100, 100, 100, 60, 30)))
        self._land()
        for _ in range(self._rng.choice((1, 1, 1, 1, 2, 3))):
            self._event()
            if self._rng.random() < 0.75:
                self._run()
        if self._rng.random() < 0.9:
            self._operations.append(Run(hour_text(self._start), hour_text(self._start + _SPAN)))
        return self._operations

    def _event(self) -> None:
        for _ in range(self._rng.randint(1, 3)):
            action = self._rng.choice(_ACTIONS)
            action(self)

    def _land(self) -> None:
        for _ in range(self._rng.choice((1, 1, 2, 3, 5, 8))):
            hour = self._hour()
            self._put(self._key(hour), self._object(hour))

    def _repeat(self) -> None:
        """Bytes land a second time: in the same hour, or around the edge of the look-back before or after it."""
        if not self._present:
            return
        key = self._known_key()
        edge = self._settings.look_back
        again = self._hour_of(key) + self._rng.choice(
            (0, 0, 1, -1, -2, edge, edge + 1, -edge, -edge, -edge - 1, edge - 1)
        )
        self._put(self._key(again), self._present[key])
        self._perhaps_run(again)

    def _rewrite(self) -> None:
        if self._present:
            key = self._known_key()
            self._put(key, self._object(self._hour_of(key)))
            self._perhaps_run(self._hour_of(key))

    def _expire(self) -> None:
        """Some objects go: one, the oldest half, or all."""
        keys = sorted(self._present)
        count = self._rng.choice((1, 1, 2, len(keys) // 2, len(keys)))
        for key in self._rng.sample(keys, min(count, len(keys))) if self._rng.random() < 0.5 else keys[:count]:
            self._gone[key] = self._present.pop(key)
            self._operations.append(Remove(key))

    def _expire_and_accept(self) -> None:
        """Objects go, and hours that were held are to be accepted."""
        self._expire()
        self._set(quarantine_limit=100)

    def _return(self) -> None:
        if self._gone:
            key = self._rng.choice(sorted(self._gone))
            self._put(key, self._gone[key])

    def _misfit(self) -> None:
        """A key that is no data: a folder marker, an error prefix, an hour that does not exist, another folder."""
        folder = self._folder(self._hour())
        prefix = self._prefix
        path = folder.removeprefix(prefix)
        key = self._rng.choice(
            (
                folder, prefix, f"{prefix}processing-failed/{path}x", f"{prefix}team/{path}x",
                f"{prefix}result=format-conversion-failed/{path}x", f"{folder}deeper/part-1", f"other/{path}part-1",
                f"{prefix}2026/01/05/24/x", f"{prefix}2026/02/30/01/x", f"{prefix}datehour=2026-01-05-24/x",
                f"{prefix}readme.txt", f"{prefix}datehour=2026-02-30-01/x", f"{prefix}datehour=2026-01-05/x",
                f"{prefix}2026/1/5/03/x",
            )
        )  # fmt: skip
        self._operations.append(Put(key, b"" if key.endswith("/") else self._object(self._hour())))

    def _change_settings(self) -> None:
        rng = self._rng
        match rng.randrange(6):
            case 0 if source_table(self._dataset).key:
                self._set(dedup_window=rng.choice((1, 3, 23, 24, 25, 48)))
            case 1:
                self._set(quarantine_limit=rng.choice((0, 5, 10, 30, 50, 100, 100)))
            case 2:
                self._set(required=self._settings.required ^ {rng.choice(_OPTIONAL[self._dataset])})
            case 3:
                self._set(
                    time_formats=rng.choice(
                        (default_settings(self._dataset).time_formats, *_TIME_FORMATS[self._dataset])
                    )
                )
            case 4:
                other: Literal["keep", "duplicate"] = (
                    "keep" if self._settings.repeated_objects == "duplicate" else "duplicate"
                )
                self._set(repeated_objects=other)
            case _:
                self._set(
                    max_record_bytes=rng.choice((220, 400, 2000, default_settings(self._dataset).max_record_bytes))
                )

    def _change_model(self) -> None:
        self._operations.append(ChangeModel(self._rng.choice(("v1", "v2", "v2"))))

    def _run(self) -> None:
        """Over everything, an hour, a stretch between landings, a day, or hours without objects; sometimes twice."""
        hours = (self._hour(), self._hour())
        day = (self._hour() // 24) * 24
        start, end = self._rng.choice(
            (
                (self._start, self._start + _SPAN),
                (self._start - 30, self._start + _SPAN),
                (hours[0], hours[0] + 1),
                (min(hours), max(hours) + 1),
                (day, day + 24),
                (self._start + 5, self._start + 9),
            )
        )
        run = Run(hour_text(start), hour_text(end))
        self._operations += [run] * self._rng.choice((1, 1, 1, 1, 2))

    def _perhaps_run(self, hour: int) -> None:
        if self._rng.random() < 0.3:
            self._operations.append(Run(hour_text(hour), hour_text(hour + 1)))

    def _set(self, **changes: object) -> None:
        self._settings = replace(self._settings, **changes)  # type: ignore[arg-type]
        self._operations.append(ChangeSettings(self._settings))

    def _put(self, key: str, data: bytes) -> None:
        self._gone.pop(key, None)
        self._present[key] = data
        self._operations.append(Put(key, data))

    def _object(self, hour: int) -> bytes:
        if self._rng.random() < 0.04:
            return self._rng.choice((b"", b"\n", b" \r\n\n", b"\x1f\x8b", b"\x1f", b"\xef\xbb\xbf"))
        count = self._rng.choice((1, 2, 3, 5, 8, 13, 20, 40))
        records = self._objects.records(hour, count, self._settings.dedup_window)
        return framed(self._rng, records, self._damage)

    def _hour(self) -> int:
        return self._rng.choice(self._hours)

    def _known_key(self) -> str:
        return self._rng.choice(sorted(self._present))

    def _hour_of(self, key: str) -> int:
        hour = landing_hour(source_table(self._dataset), key)
        assert hour is not None
        return hour

    def _folder(self, hour: int) -> str:
        dashed = dashed_hour(hour)
        return self._prefix + (f"datehour={dashed}/" if self._dataset == CONSENTS else f"{dashed.replace('-', '/')}/")

    def _key(self, hour: int) -> str:
        folder = self._folder(hour)
        if self._dataset != CONSENTS and self._rng.random() < 0.15:
            # As dynamic partitioning names them.
            before, after = self._rng.choice(
                (("", "team=a b/"), ("team=x/", ""), ("team=é/", "kind=/"), ("a=1/b=2/", ""))
            )
            folder = f"{self._prefix}{before}{folder.removeprefix(self._prefix)}{after}"
        return folder + self._name(hour)

    def _name(self, hour: int) -> str:
        name = uuid.UUID(int=self._rng.getrandbits(128), version=4)
        if self._rng.random() < 0.1:
            return f"{self._rng.choice(_UNUSUAL_NAMES)}-{name.hex[:4]}"
        if self._dataset == CONSENTS:
            return f"part-{self._rng.randrange(3):05d}-{name}.json" + self._rng.choice(("", ".gz"))
        return f"{self._dataset}-{self._rng.choice((1, 2, 10))}-{dashed_hour(hour)}-00-00-{name}.gz"


_ACTIONS: tuple[Callable[[_Draft], None], ...] = (
    _Draft._land,
    _Draft._land,
    _Draft._land,
    _Draft._repeat,
    _Draft._repeat,
    _Draft._rewrite,
    _Draft._rewrite,
    _Draft._expire,
    _Draft._expire,
    _Draft._expire_and_accept,
    _Draft._return,
    _Draft._misfit,
    _Draft._change_settings,
    _Draft._change_settings,
    _Draft._change_settings,
    _Draft._change_model,
)
