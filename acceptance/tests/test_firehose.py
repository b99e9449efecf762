"""From a stream by way of Firehose into the warehouse: late objects, repeated records and errors, and each row once."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from harness.jobs import KeptProcesses
from harness.patience import until
from harness.product import Product
from harness.queues import stream_server
from harness.services import Services, class_path

CONTRACT = """
apiVersion: v3.1.0
kind: DataContract
id: views
version: 1.0.0
status: active
schema:
  - name: views
    logicalType: object
    physicalType: table
    customProperties:
      - {property: layout, value: firehose}
      - {property: format, value: json}
      - {property: eventTime, value: at}
      - {property: period, value: day}
      - {property: quarantineLimit, value: 100%}
    properties:
      - {name: id, physicalType: text, required: true, primaryKey: true, primaryKeyPosition: 1}
      - {name: at, physicalType: timestamptz, required: true}
      - {name: page, physicalType: text, required: true}
"""
_PATIENCE_SECONDS = 60
_RECORDS = 240
_FAIL_EVERY = 40


@contextmanager
def firehose(services: Services, **settings: Any) -> Iterator[None]:
    """The model of Firehose as a process, which delivers what it still has when the block ends."""
    given = [f"{name.replace('_', '-')}={value}" for name, value in {"services": services.state, **settings}.items()]
    process = subprocess.Popen(
        [
            *("java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", class_path("local")),
            *("dev.millrace.local.firehose.FirehoseMain", *given),
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline().startswith("reading")
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=_PATIENCE_SECONDS)


def test_a_stream_reaches_the_warehouse_by_way_of_firehose(
    services: Services, kept: KeptProcesses, tmp_path: Path
) -> None:
    product = Product.of_contract(services, kept, CONTRACT, "views-by-firehose", tmp_path / "views")
    begun = datetime.now(UTC)
    hours = (f"{begun - timedelta(hours=1):%Y-%m-%dT%H}", f"{begun + timedelta(hours=2):%Y-%m-%dT%H}")

    def ids() -> list[str]:
        return [row[0] for row in product.rows("select id from millrace.views order by id")]

    def objects() -> int:
        return len(product.objects("views/2"))

    with stream_server(tmp_path) as kinesis:
        kinesis.create_stream(StreamName="views", ShardCount=1)
        until(
            lambda: (
                kinesis.describe_stream_summary(StreamName="views")["StreamDescriptionSummary"]["StreamStatus"]
                == "ACTIVE"
            ),
            "the stream is there",
        )
        sent = [f"v{number:04}" for number in range(_RECORDS)]

        def put(some: list[str]) -> None:
            events = [{"id": one, "at": f"{begun:%Y-%m-%d %H:%M:%S}", "page": f"/{one}"} for one in some]
            records = [{"Data": json.dumps(event).encode(), "PartitionKey": "p"} for event in events]
            assert kinesis.put_records(StreamName="views", Records=records)["FailedRecordCount"] == 0

        delivery = {"name": "my-views", "prefix": "views/", "error_prefix": "views/", "bucket": product.landing}
        faults = {"fail_every": _FAIL_EVERY, "repeat_every": 3, "late_every": 4}
        buffering = {"buffer_bytes": 1500, "buffer_millis": 1000}
        endpoint = kinesis.meta.endpoint_url
        with firehose(services, stream="views", kinesis=endpoint, **delivery, **faults, **buffering):
            put(sent[:120])
            until(lambda: objects() >= 4, "some objects have landed")
            product.run(*hours)
            some = ids()
            assert 0 < len(some) < _RECORDS
            put(sent[120:])

    # All is delivered now: what was held up, what was left in the buffer, and what the processor failed at.
    failed = sent[_FAIL_EVERY - 1 :: _FAIL_EVERY]
    errors = product.job("ingest", "land", "errors")
    assert (errors.code, json.loads(errors.lines[-1])["records"]) == (0, len(failed))
    product.run(*hours)
    assert ids() == sent
    landed, clean, quarantined = product.control_rows(
        "select sum(landed), sum(clean), sum(quarantined) from hour_object"
    )[0]
    duplicates = product.control_rows("select sum(duplicates) from partition where layer = 'base'")[0][0]
    assert (landed > _RECORDS, quarantined) == (True, 0)
    assert clean - duplicates == _RECORDS
    # Objects hold several records, one after the other.
    assert any(b"}{" in product.landed(content["Key"]) for content in product.objects("views/2"))
    product.close()
