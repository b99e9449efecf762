"""What is wrong with the data is a quarantined record with its reason; what is wrong with the run is a sentence."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from harness.attempts import consent_event
from harness.jobs import OwnProcesses, environment_of
from harness.product import NOTHING_STALE, TABLES, Product
from harness.services import Services, running
from harness.worker import Ended
from oracle.operations import ChangeSettings
from oracle.tables import CHECKINS, CONSENTS, default_settings

Make = Callable[[str], Product]
DAY = ("2026-01-05T00", "2026-01-06T00")
PLAN = ("plan", "--from", DAY[0], "--to", DAY[1])
WRONG = "not-the-password"
USAGE, TEMPORARY = 2, 75


def _cut_off(data: bytes) -> bytes:
    """A gzip that ends in the middle, with everything before the cut readable."""
    packer = zlib.compressobj(wbits=31)
    return packer.compress(data) + packer.flush(zlib.Z_SYNC_FLUSH)


def _nested(depth: int) -> object:
    value: object = 0
    for _ in range(depth):
        value = [value]
    return value


def _run(product: Product, dataset: str, landed: dict[str, bytes]) -> tuple[list[Any], set[Any], dict[str, Any]]:
    """Base rows, quarantined records and the objects' books after all stages over what landed in one hour."""
    folder = {CONSENTS: "events/datehour=2026-01-05-03/", CHECKINS: "checkins/2026/01/05/03/"}[dataset]
    product.apply(ChangeSettings(replace(default_settings(dataset), quarantine_limit=100)))
    for name, data in landed.items():
        product.land(folder + name, data)
    ended = product.run(*DAY)
    assert (ended.plan, ended.commit, ended.transform, ended.load) == (0, 0, 0, 0)
    found = product.found()
    quarantined = {(bad[1].removeprefix(folder), *bad[3:]) for bad in found.quarantine}
    assert len(quarantined) == len(found.quarantine)
    books = {
        key[1].removeprefix(folder): (book.landed, book.clean, book.quarantined) for key, book in found.objects.items()
    }
    return found.base, quarantined, books


def test_bad_consents_through_all_stages(product: Make) -> None:
    one = product(CONSENTS)
    event = consent_event
    base, quarantined, books = _run(
        one,
        CONSENTS,
        {
            "bom": b"\xef\xbb\xbf" + event("after-bom", "u"),
            "deep": event("deep", "u", extra=_nested(200)) + event("deeper", "u", extra=_nested(300)) + b"\n",
            "empty": b"",
            "nul": event("n\0ul", "u") + event("no-nul", "u"),
            "times": event("t1", "u", datetime="2023-02-30")
            + event("t2", "u", datetime="2024-02-29T24:00:00")
            + event("t3", "u", datetime="2024-02-29"),
            "truncated.gz": _cut_off(event("g1", "u") + b"\n" + event("g2", "u") + b"\n" + event("g3", "u")[:20]),
            "utf8": event("bad", "u").replace(b"FR", b"F\xff") + event("good", "u"),
        },
    )  # fmt: skip
    assert sorted((row[0], row[-2]) for row in base) == [
        ("after-bom", 1), ("deep", 1), ("g1", 1), ("g2", 2), ("good", 2), ("no-nul", 2), ("t3", 3),
    ]  # fmt: skip
    assert next(row[1] for row in base if row[0] == "t3") == datetime(2024, 2, 29, tzinfo=UTC)
    assert quarantined == {
        ("deep", 2, "malformed", ""),
        ("nul", 1, "nul", "/id"),
        ("times", 1, "invalid-time", "/datetime"),
        ("times", 2, "invalid-time", "/datetime"),
        ("truncated.gz", 3, "damaged-compression", ""),
        ("utf8", 1, "invalid-utf8", ""),
    }
    assert books == {
        "bom": (1, 1, 0),
        "deep": (2, 1, 1),
        "empty": (0, 0, 0),
        "nul": (2, 1, 1),
        "times": (3, 1, 2),
        "truncated.gz": (3, 2, 1),
        "utf8": (2, 1, 1),
    }
    assert one.rows(f"select sum(pageviews) from millrace.{TABLES[CONSENTS][1]}") == [(7,)]


def test_bad_checkins_through_all_stages(product: Make) -> None:
    one = product(CHECKINS)
    header = b"user,timestamp,hours,project\n"
    base, quarantined, books = _run(
        one,
        CHECKINS,
        {
            "bom": b"\xef\xbb\xbf" + header + b"arya,2019-09-27,1.5,needle\n",
            "empty": b"",
            "nothing": header,
            "numbers": header
            + b"a,2019-09-27,999999.999,p\nb,2019-09-27,1000000,p\nc,2019-09-27,0.0001,p\n"
            + b"d,2019-09-27,1e400,p\ne,2019-09-27,eight,p\n",
            "quotes": header + b'a,2019-09-27,1,"two\nlines"\nb,2019-09-27,1,"never closed\nc,2019-09-27,1,p,more\n',
            "texts": header + b"n\0ul,2019-09-27,1,p\n\xff,2019-09-27,1,p\n,2023-02-30,1,p\n,2023-02-28,1,\n",
            "truncated": _cut_off(header + b"a,2019-09-27,1,p\nb,2019-09-27,2,p\nc,2019"),
        },
    )  # fmt: skip
    day = datetime(2019, 9, 27, tzinfo=UTC)
    assert sorted((row[-4].rsplit("/", 1)[1], row[-2], *row[:4]) for row in base) == [
        ("bom", 1, "arya", day, Decimal("1.500"), "needle"),
        ("numbers", 1, "a", day, Decimal("999999.999"), "p"),
        ("quotes", 1, "a", day, Decimal("1.000"), "two\nlines"),
        ("texts", 4, None, datetime(2023, 2, 28, tzinfo=UTC), Decimal("1.000"), None),
        ("truncated", 1, "a", day, Decimal("1.000"), "p"),
        ("truncated", 2, "b", day, Decimal("2.000"), "p"),
    ]
    assert quarantined == {
        ("numbers", 2, "out-of-range", "/hours"),
        ("numbers", 3, "out-of-range", "/hours"),
        ("numbers", 4, "out-of-range", "/hours"),
        ("numbers", 5, "wrong-type", "/hours"),
        ("quotes", 2, "malformed", ""),
        ("quotes", 3, "field-count", ""),
        ("texts", 1, "nul", "/user"),
        ("texts", 2, "invalid-utf8", ""),
        ("texts", 3, "invalid-time", "/timestamp"),
        ("truncated", 3, "damaged-compression", ""),
    }
    assert (books["empty"], books["nothing"], books["truncated"]) == ((0, 0, 0), (0, 0, 0), (3, 2, 1))


@pytest.fixture
def stopped(tmp_path: Path) -> Services:
    """A Postgres that was there, and has been stopped."""
    with running(tmp_path / "stopped") as services:
        pass
    return services


@contextmanager
def _changed(product: Product, part: str, **members: object) -> Iterator[None]:
    """Another environment for a while."""
    path = product.folder / "millrace.yaml"
    before = path.read_text(encoding="utf-8")
    other = json.loads(before)
    other["environments"]["test"][part].update(members)
    path.write_text(json.dumps(other), encoding="utf-8")
    yield
    path.write_text(before, encoding="utf-8")


def _told(services: Services, ended: Ended, code: int, *words: str) -> None:
    """It says in a sentence what is wrong and what to do, and nothing that only its authors or a thief would read."""
    assert ended.code == code, ended
    sentence = _sentence(ended.log)
    assert not [word for word in words if word.lower() not in sentence.lower()], sentence
    written = "\n".join([*ended.lines, ended.log])
    secrets = (services.password, services.secret_key, WRONG)
    for never in ("\tat ", "\\tat ", '"trace"', "Exception", *secrets):
        assert never not in written, (never, written)


def _sentence(log: str) -> str:
    """The one error that was logged; wrong usage is said plainly."""
    lines = [line for line in log.splitlines() if line.strip()]
    errors = [json.loads(line) for line in lines if line.startswith("{")]
    told = [error["message"] for error in errors if error["level"] == "error"]
    told += [line for line in lines if not line.startswith("{")]
    assert len(told) == 1, told
    return str(told[0])


def test_wrong_usage_is_told(services: Services, product: Make) -> None:
    one = product(CONSENTS)
    for start, end, words in (
        ("2026-01-06", "2026-01-05", ("2026-01-06", "not before", "2026-01-05")),
        ("2026-01-05T03", "2026-01-05T03", ("not before", "2026-01-05T03")),
        ("2026-02-30", "2026-03-01", ("2026-02-30", "such as 2026-01-05")),
        ("2026-01-05T24", "2026-01-07", ("2026-01-05T24", "such as 2026-01-05")),
        ("2026-01-05", "tomorrow", ("tomorrow", "such as 2026-01-05")),
    ):
        _told(services, one.job("ingest", "plan", "--from", start, "--to", end), USAGE, *words)


def test_a_missing_bucket_is_told(services: Services, product: Make) -> None:
    one = product(CONSENTS)
    one.land("events/datehour=2026-01-05-03/first", consent_event("first", "u"))
    assert one.job("ingest", *PLAN, run_id="plan").code == 0
    with _changed(one, "landing", bucket="no-such-landing"):
        _told(services, one.job("ingest", *PLAN, run_id="again"), USAGE, "no-such-landing", "check")
    with _changed(one, "lake", warehouse="s3://no-such-lake/tables"):
        ended = one.job("ingest", "run", "--plan", "plan", "--shard", "0", run_id="plan")
        _told(services, ended, USAGE, "no-such-lake", "check")


def test_an_hour_without_objects_a_wrong_password_and_a_stopped_postgres_are_told(
    services: Services, stopped: Services, product: Make, tmp_path: Path
) -> None:
    one = product(CONSENTS)
    ended = one.run(*DAY)
    assert (ended.plan, ended.transform) == (NOTHING_STALE, NOTHING_STALE)
    one.land("events/datehour=2026-01-05-03/first", consent_event("first", "u"))
    one.run(*DAY)
    ended = one.run("2026-01-05T04", "2026-01-05T05")
    assert (ended.plan, ended.transform, ended.load) == (NOTHING_STALE, NOTHING_STALE, NOTHING_STALE)

    secret = tmp_path / "secret"
    secret.write_text(WRONG, encoding="utf-8")
    wrong = {"password": {"file": str(secret)}}
    gone = {"url": f"jdbc:postgresql://{stopped.host}:{stopped.port}/postgres"}
    jobs: dict[str, tuple[str, ...]] = {"ingest": PLAN, "transform": (), "load": ()}
    for members, code, words in ((wrong, USAGE, "password"), (gone, TEMPORARY, "try again")):
        with _changed(one, "warehouse", **members):
            _told(services, one.job("load"), code, "warehouse", words)
        with _changed(one, "control", **members):
            for job, arguments in jobs.items():
                _told(services, one.job(job, *arguments), code, "control database", words)
    assert one.run(*DAY).load == NOTHING_STALE


def test_a_process_of_its_own_tells_by_its_exit_code(services: Services, product: Make) -> None:
    one = product(CONSENTS)
    processes = OwnProcesses(environment_of(services))
    common = ("--pipeline", CONSENTS, "--project", str(one.folder), "--env", "test", "--run-id", "r")
    turned = processes.run("ingest", "plan", "--from", "2026-01-06", "--to", "2026-01-05", *common)
    _told(services, turned, USAGE, "2026-01-06", "not before", "2026-01-05")
    with _changed(one, "warehouse", password={"env": "MILLRACE_TEST_NO_SUCH_PASSWORD"}):
        _told(services, processes.run("load", *common), USAGE, "MILLRACE_TEST_NO_SUCH_PASSWORD")
