"""A stream's records reach the base table once each and in order, through splits, merges and deaths."""

from __future__ import annotations

import gzip
import json
import signal
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from harness.attempts import TEMPORARY, Attempts
from harness.jobs import KeptProcesses, ended
from harness.patience import until
from harness.product import NOTHING_STALE, Product
from harness.queues import KEYS, landed_messages, stream_server
from harness.services import Services
from harness.worker import Ended

CONTRACT = """
apiVersion: v3.1.0
kind: DataContract
id: clicks
version: 1.0.0
status: active
schema:
  - name: clicks
    logicalType: object
    physicalType: table
    customProperties:
      - {property: layout, value: firehose}
      - {property: format, value: json}
      - {property: envelope, value: message}
      - {property: stream, value: STREAM}
      - {property: eventTime, value: landingHour}
      - {property: period, value: day}
      - {property: quarantineLimit, value: 100%}
    properties:
      - name: id
        physicalType: text
        required: true
        customProperties: [{property: pointer, value: /meta/id}]
      - {name: n, physicalType: bigint, required: true}
      - name: user_name
        physicalType: text
        required: true
        customProperties: [{property: pointer, value: /meta/partitionKey}]
"""


@pytest.fixture(scope="module")
def kinesis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A server of streams."""
    with stream_server(tmp_path_factory.mktemp("streams")) as server:
        yield server


class Clicks:
    """A pipeline that reads a stream of its own."""

    def __init__(self, services: Services, kept: KeptProcesses, kinesis: Any, folder: Path) -> None:
        self.stream = f"clicks-{uuid.uuid4().hex[:8]}"
        self.kinesis = kinesis
        self.make()
        contract = CONTRACT.replace("STREAM", self.stream)
        self.product = Product.of_contract(services, kept, contract, self.stream, folder / self.stream)
        self.product.connect(kinesis={"endpoint": kinesis.meta.endpoint_url, **KEYS})
        self.attempts = Attempts(services, self.product, "clicks")
        self.sent: list[int] = []

    def make(self) -> None:
        """A new stream of two shards."""
        self.kinesis.create_stream(StreamName=self.stream, ShardCount=2)
        self._settled()

    def put(self, count: int) -> None:
        """Puts so many records more, each user's in the order of their numbers."""
        numbers = range(len(self.sent), len(self.sent) + count)
        records = [{"Data": json.dumps({"n": n}).encode(), "PartitionKey": f"u{n % 7}"} for n in numbers]
        answer = self.kinesis.put_records(StreamName=self.stream, Records=records)
        assert answer["FailedRecordCount"] == 0, answer
        self.sent += numbers

    def open_shards(self) -> list[dict[str, Any]]:
        """The shards that may be written to, in the order of their keys."""
        shards = self.kinesis.list_shards(StreamName=self.stream)["Shards"]
        still = [shard for shard in shards if "EndingSequenceNumber" not in shard["SequenceNumberRange"]]
        return sorted(still, key=lambda shard: int(shard["HashKeyRange"]["StartingHashKey"]))

    def split(self, shard: dict[str, Any]) -> None:
        """Splits a shard in the middle."""
        first, last = (int(shard["HashKeyRange"][end]) for end in ("StartingHashKey", "EndingHashKey"))
        middle = str((first + last) // 2)
        self.kinesis.split_shard(StreamName=self.stream, ShardToSplit=shard["ShardId"], NewStartingHashKey=middle)
        self._settled()

    def merge(self, one: dict[str, Any], other: dict[str, Any]) -> None:
        """Merges two shards that lie side by side."""
        self.kinesis.merge_shards(
            StreamName=self.stream, ShardToMerge=one["ShardId"], AdjacentShardToMerge=other["ShardId"]
        )
        self._settled()

    def land(self, *arguments: str) -> Ended:
        """Lands what the stream holds, in the kept process."""
        return self.product.job("ingest", "land", "kinesis", *arguments)

    def landed(self) -> list[int]:
        """The numbers that have landed, in the order of objects and records."""
        messages = landed_messages(self.product, "clicks/")
        keys: dict[str, list[int]] = defaultdict(list)
        for message in messages:
            keys[message["meta"]["partitionKey"]].append(json.loads(message["body"])["n"])
        # Whoever reads the objects one after the other sees each user's records in their order.
        assert all(numbers == sorted(numbers) for numbers in keys.values()), keys
        return [number for numbers in keys.values() for number in numbers]

    def arrived_once_each(self) -> None:
        """Every record that was put is in one object and is one row."""
        assert Counter(self.landed()) == Counter(self.sent)
        now = datetime.now(UTC)
        start, end = now - timedelta(hours=1), now + timedelta(hours=1)
        self.product.run(f"{start:%Y-%m-%dT%H}", f"{end:%Y-%m-%dT%H}")
        rows = self.product.rows("select n, user_name from millrace.clicks order by n")
        assert rows == [(number, f"u{number % 7}") for number in self.sent]

    def _settled(self) -> None:
        def active() -> bool:
            found = self.kinesis.describe_stream_summary(StreamName=self.stream)["StreamDescriptionSummary"]
            return bool(found["StreamStatus"] == "ACTIVE")

        until(active, "the stream is as it shall be")


@pytest.fixture
def clicks(services: Services, kept: KeptProcesses, kinesis: Any, tmp_path: Path) -> Iterator[Clicks]:
    """A pipeline that reads a stream."""
    made = Clicks(services, kept, kinesis, tmp_path)
    yield made
    made.product.close()


def test_splits_and_merges_are_followed_and_a_later_run_goes_on_where_the_last_one_stopped(clicks: Clicks) -> None:
    clicks.put(40)
    assert clicks.land("--object-messages", "5").code == 0
    assert clicks.land().code == NOTHING_STALE
    clicks.put(20)
    low, high = clicks.open_shards()
    clicks.split(low)
    clicks.put(30)
    assert sorted(clicks.landed()) == clicks.sent[:40]
    # Parents and children in one run; then children that were merged, and a shard that is as old as the stream.
    landed = clicks.land()
    assert (landed.code, json.loads(landed.lines[-1])["messages"]) == (0, 50)
    lowest, second, last = clicks.open_shards()
    assert last["ShardId"] == high["ShardId"]
    clicks.put(10)
    clicks.merge(lowest, second)
    clicks.merge(*clicks.open_shards())
    assert len(clicks.open_shards()) == 1
    clicks.put(15)
    landed = clicks.land()
    assert (landed.code, json.loads(landed.lines[-1])["messages"]) == (0, 25)
    assert clicks.land().code == NOTHING_STALE
    clicks.arrived_once_each()


def test_a_run_that_dies_at_any_step_loses_and_doubles_nothing(clicks: Clicks) -> None:
    for number, milestone in enumerate(("land.received", "land.announced", "land.written", "land.booked")):
        clicks.put(20)
        if number == 2:
            clicks.split(clicks.open_shards()[0])
            clicks.put(5)
        clicks.attempts.killed_at(milestone, "ingest", "land", "kinesis", run_id=milestone)
        assert clicks.land().code == (NOTHING_STALE if milestone in ("land.written", "land.booked") else 0)
        assert Counter(clicks.landed()) == Counter(clicks.sent), milestone
    clicks.arrived_once_each()


def test_one_run_at_a_time_reads_and_sigterm_lands_what_was_read(clicks: Clicks) -> None:
    assert clicks.land().code == NOTHING_STALE
    clicks.put(30)
    process = clicks.attempts.start("ingest", "land", "kinesis", "--for", "5m", "--object-age", "5m", run_id="term")
    until(lambda: clicks.product.control_rows("select fence from fence") == [(2,)], "a second run lands")
    assert clicks.land().code == TEMPORARY
    assert clicks.landed() == []
    process.send_signal(signal.SIGTERM)
    done = ended(process)
    assert (done.code, json.loads(done.lines[-1])["messages"]) == (128 + signal.SIGTERM, 30)
    clicks.arrived_once_each()


def test_what_is_no_text_lands_as_base64_and_a_stream_of_the_same_name_is_another_one(clicks: Clicks) -> None:
    clicks.put(5)
    packed = gzip.compress(b'{"n": 99}')
    clicks.kinesis.put_record(StreamName=clicks.stream, Data=packed, PartitionKey="p")
    assert clicks.land().code == 0
    (binary,) = [one for one in landed_messages(clicks.product, "clicks/") if one["meta"].get("encoding") == "base64"]
    assert binary["body"].startswith("H4sI")
    assert binary["meta"]["source"] == f"kinesis:{clicks.stream}"
    clicks.kinesis.delete_stream(StreamName=clicks.stream, EnforceConsumerDeletion=True)
    until(lambda: clicks.stream not in clicks.kinesis.list_streams()["StreamNames"], "the stream is gone")
    gone = clicks.land()
    assert gone.code == 2
    assert f"There is no stream '{clicks.stream}'" in gone.log
    clicks.make()
    clicks.put(4)
    landed = clicks.land()
    assert (landed.code, json.loads(landed.lines[-1])["messages"]) == (0, 4)
