"""A queue's messages reach the base table once each, whatever happens to those who bring them."""

from __future__ import annotations

import json
import random
import signal
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from harness.attempts import KILLED, TEMPORARY, Attempts
from harness.jobs import KeptProcesses, ended
from harness.patience import PATIENCE_SECONDS, until
from harness.product import NOTHING_STALE, Product
from harness.queues import KEYS, LAND, Queue, landed_messages, queue_server
from harness.services import Services
from harness.worker import Ended

CONTRACT = """
apiVersion: v3.1.0
kind: DataContract
id: arrivals
version: 1.0.0
status: active
schema:
  - name: arrivals
    logicalType: object
    physicalType: table
    customProperties:
      - {property: layout, value: firehose}
      - {property: format, value: json}
      - {property: envelope, value: message}
      - {property: queue, value: QUEUE}
      - {property: eventTime, value: landingHour}
      - {property: period, value: day}
      - {property: quarantineLimit, value: 100%}
    properties:
      - name: message_id
        physicalType: text
        required: true
        primaryKey: true
        primaryKeyPosition: 1
        customProperties: [{property: pointer, value: /meta/id}]
      - name: sent_at
        physicalType: timestamptz
        required: true
        customProperties:
          - {property: pointer, value: /meta/sentAt}
          - {property: timeFormats, value: epoch-millis}
      - {name: who, physicalType: text, required: true}
"""
QUICK = ("--wait", "1s", "--visibility", "2s")


@pytest.fixture(scope="module")
def sqs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A server of queues."""
    with queue_server(tmp_path_factory.mktemp("queues")) as server:
        yield server


class Arrivals:
    """A pipeline that reads a queue of its own."""

    def __init__(self, services: Services, kept: KeptProcesses, sqs: Any, folder: Path) -> None:
        name = f"arrivals-{uuid.uuid4().hex[:8]}"
        self.queue = Queue.make(sqs, name)
        self.product = Product.of_contract(services, kept, CONTRACT.replace("QUEUE", name), name, folder / name)
        self.product.connect(sqs={"endpoint": sqs.meta.endpoint_url, **KEYS})
        self.attempts = Attempts(services, self.product, "arrivals")
        self.sent: dict[str, str] = {}

    def send(self, count: int) -> None:
        """Sends so many messages more."""
        self.sent |= self.queue.send([json.dumps({"who": f"w{len(self.sent) + number}"}) for number in range(count)])

    def land(self, *arguments: str) -> Ended:
        """Lands what the queue holds, in the kept process."""
        return self.product.job("ingest", "land", "sqs", *QUICK, *arguments)

    def drain(self) -> int:
        """Lands until everything is gone from the queue, also what a dead run still hides; how many came again."""
        deadline, again = time.monotonic() + PATIENCE_SECONDS, 0
        while self.queue.count() != (0, 0):
            assert time.monotonic() < deadline, self.queue.count()
            landing = self.land()
            report = json.loads(landing.lines[-1])
            assert landing.code == (0 if report["landed"] else NOTHING_STALE)
            again += report["repeated"]
        return again

    def once_each(self) -> Counter[str]:
        """Every message that was sent, once."""
        return Counter(list(self.sent))

    def landed(self) -> Counter[str]:
        """How often each message has landed."""
        return Counter(message["meta"]["id"] for message in self.messages())

    def messages(self) -> list[dict[str, Any]]:
        """What has landed."""
        return landed_messages(self.product, "arrivals/")

    def run(self) -> None:
        """All stages over the hours in which the test runs."""
        now = datetime.now(UTC)
        start, end = now - timedelta(hours=1), now + timedelta(hours=1)
        self.product.run(f"{start:%Y-%m-%dT%H}", f"{end:%Y-%m-%dT%H}")

    def arrived_once_each(self) -> None:
        """Every message that was sent is in one object, and is one row; none came twice."""
        assert self.landed() == self.once_each()
        assert {message["meta"]["id"]: message["body"] for message in self.messages()} == self.sent
        self.run()
        rows = self.product.rows("select message_id, who from millrace.arrivals")
        assert sorted(rows) == sorted((key, json.loads(body)["who"]) for key, body in self.sent.items())
        books = self.product.control_rows(
            "select sum(landed), sum(clean), sum(duplicate), sum(quarantined) from hour_object"
        )
        assert [int(number) for number in books[0]] == [len(self.sent), len(self.sent), 0, 0]


@pytest.fixture
def arrivals(services: Services, kept: KeptProcesses, sqs: Any, tmp_path: Path) -> Iterator[Arrivals]:
    """A pipeline that reads a queue."""
    made = Arrivals(services, kept, sqs, tmp_path)
    yield made
    made.product.close()


def test_a_run_that_dies_at_any_step_loses_and_doubles_nothing(arrivals: Arrivals) -> None:
    for milestone in LAND:
        before = arrivals.landed()
        arrivals.send(25)
        dies = ("ingest", "land", "sqs", *QUICK, "--object-messages", "10", "--receivers", "1")
        arrivals.attempts.killed_at(milestone, *dies, run_id=milestone)
        by_the_dead = (arrivals.landed() - before).total()
        assert bool(by_the_dead) == (milestone not in ("land.received", "land.announced"))
        again = arrivals.drain()
        assert arrivals.landed() == arrivals.once_each(), milestone
        # What had landed and was still in the queue came again, and was deleted.
        assert again == (by_the_dead if milestone in ("land.written", "land.booked") else 0), milestone
    # An empty object stands where one was announced and never written: a request that was still on the way is refused.
    empty = [one["Key"] for one in arrivals.product.objects("arrivals/") if arrivals.product.landed(one["Key"]) == b""]
    assert len(empty) == 1
    arrivals.arrived_once_each()


def test_sigkill_at_any_moment_loses_and_doubles_nothing(arrivals: Arrivals) -> None:
    rng = random.Random("land sqs")
    for number in range(3):
        arrivals.send(200)
        process = arrivals.attempts.start(
            "ingest", "land", "sqs", *QUICK, "--for", "30s", "--object-messages", "10", run_id=f"killed-{number}"
        )
        # The moment is counted from when it begins to take messages.
        until(lambda: arrivals.queue.count()[1] > 0, "messages are taken")
        time.sleep(rng.uniform(0, 0.6))
        process.kill()
        assert ended(process).code in KILLED
    arrivals.drain()
    arrivals.arrived_once_each()


def test_messages_stay_hidden_for_as_long_as_they_wait_for_their_object(arrivals: Arrivals) -> None:
    arrivals.send(15)
    process = arrivals.attempts.start(
        "ingest", "land", "sqs", *QUICK, "--for", "7s", "--object-age", "60s", run_id="slow"
    )
    until(lambda: arrivals.queue.count()[0] == 0, "all messages are taken")
    begun = time.monotonic()
    seen: list[str] = []
    while time.monotonic() - begun < 4:
        seen += arrivals.queue.receive()
        time.sleep(0.2)
    assert seen == []
    assert arrivals.landed() == Counter()
    done = ended(process)
    report = json.loads(done.lines[-1])
    assert (done.code, report["messages"], report["repeated"]) == (0, 15, 0)
    arrivals.arrived_once_each()


def test_sigterm_lands_what_was_taken_and_others_have_to_wait_for_their_turn(arrivals: Arrivals) -> None:
    arrivals.send(30)
    process = arrivals.attempts.start(
        "ingest",
        "land",
        "sqs",
        "--wait",
        "20s",
        "--visibility",
        "10m",
        "--for",
        "10m",
        "--object-age",
        "5m",
        run_id="term",
    )
    until(lambda: arrivals.queue.count()[0] == 0, "all messages are taken")
    turned_away = arrivals.land()
    assert turned_away.code == TEMPORARY
    assert f"Source sqs:{arrivals.queue.name} is being landed by another run" in turned_away.log
    assert arrivals.landed() == Counter()
    begun = time.monotonic()
    process.send_signal(signal.SIGTERM)
    done = ended(process)
    assert time.monotonic() - begun < 10
    assert (done.code, json.loads(done.lines[-1])["messages"]) == (128 + signal.SIGTERM, 30)
    assert arrivals.queue.count() == (0, 0)
    arrivals.arrived_once_each()


def test_messages_that_make_no_sense_are_quarantined_and_in_nobodys_way(arrivals: Arrivals) -> None:
    bad = ["oops", '{"who": 7}', '{"who":', " ", '"text"', '{"other":"é\\u0000"}', "tab\tline\nend", "𝄞"]
    arrivals.queue.send(bad)
    arrivals.send(5)
    assert arrivals.land().code == 0
    assert arrivals.queue.count() == (0, 0)
    assert sorted(message["body"] for message in arrivals.messages()) == sorted([*bad, *arrivals.sent.values()])
    arrivals.run()
    assert len(arrivals.product.rows("select * from millrace.arrivals")) == 5
    assert len(arrivals.product.quarantine()) == len(bad)
    sent = arrivals.product.rows("select max(sent_at) > now() - interval '10 minutes' from millrace.arrivals")
    assert sent == [(True,)]


def test_a_run_ends_after_as_many_messages_as_it_was_told(arrivals: Arrivals) -> None:
    arrivals.send(25)
    some = arrivals.land("--max-messages", "13")
    assert (some.code, json.loads(some.lines[-1])["messages"]) == (0, 13)
    assert sum(arrivals.queue.count()) == 12
    arrivals.drain()
    assert arrivals.land().code == NOTHING_STALE
    arrivals.arrived_once_each()


def test_a_queue_that_is_not_there_is_told_in_a_sentence(arrivals: Arrivals, sqs: Any) -> None:
    sqs.delete_queue(QueueUrl=arrivals.queue.address)
    missing = arrivals.land()
    assert missing.code == 2
    assert f"There is no queue '{arrivals.queue.name}'" in missing.log
