"""What Firehose could not deliver lands again: once, where it belongs, and with a link to where it was found."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.attempts import Attempts, consent_event
from harness.jobs import KeptProcesses
from harness.product import HELD, NOTHING_STALE, Product
from harness.services import Services
from harness.worker import Ended
from oracle.tables import CONSENTS

Make = Callable[[str], Product]
# 2026-01-05T03:59:59.999Z
ARRIVED = 1767585599999
FAILED = "events/processing-failed/2026/01/05/04/clicks-1-2026-01-05-04-00-07-a1"
CONVERTED = "errors/format-conversion-failed/2026/01/05/05/clicks-1-2026-01-05-05-00-07-b2"


def envelope(raw: bytes, arrived: int | None = ARRIVED) -> bytes:
    """A line of an error object, as Firehose writes it."""
    members: dict[str, Any] = {
        "attemptsMade": 4,
        "arrivalTimestamp": arrived,
        "errorCode": "Lambda.FunctionError",
        "errorMessage": "The Lambda function was successfully invoked but it returned an error result.",
        "attemptEndingTimestamp": ARRIVED + 60_000,
        "rawData": base64.b64encode(raw).decode(),
        "dataCatalogTable": {"databaseName": "d", "rawData": "of no record"},
    }
    return json.dumps({name: value for name, value in members.items() if value is not None}).encode() + b"\n"


def errors(product: Product, *arguments: str) -> tuple[Ended, dict[str, Any]]:
    """Lands the errors again."""
    ended = product.job("ingest", "land", "errors", *arguments)
    return ended, json.loads(ended.lines[-1])


@pytest.fixture
def consents(product: Make) -> Iterator[Product]:
    """A pipeline whose errors lie below its own prefix, and elsewhere."""
    made = product(CONSENTS)
    made.land(FAILED, envelope(consent_event("e1", "u1"), ARRIVED + 5) + envelope(consent_event("e2", "u2") + b"\n"))
    made.land(CONVERTED, gzip.compress(envelope(consent_event("e3", "u3"), None)))
    made.land("events/datehour=2026-01-05-03/part-1.json", consent_event("e0", "u0"))
    yield made


def test_errors_become_rows_of_the_hour_in_which_they_arrived(services: Services, consents: Product) -> None:
    consents.run("2026-01-05T00", "2026-01-06T00")
    assert consents.rows("select id from millrace.consent_events") == [("e0",)]
    attempts = Attempts(services, consents, CONSENTS)
    attempts.killed_at("land.linked", "ingest", "land", "errors", run_id="killed")

    ended, report = errors(consents)
    assert (ended.code, report["objects"], report["records"], report["unreadable"]) == (0, 1, 2, 0)
    assert report["hours"] == ["2026-01-05T03"]
    (key,) = report["landed"]
    assert key.startswith("events/datehour=2026-01-05-03/consents-1-2026-01-05-03-00-00-")
    assert consents.landed(key) == consent_event("e1", "u1") + b"\n" + consent_event("e2", "u2") + b"\n"

    # Nothing is new, and nothing is doubled; elsewhere there is more.
    assert errors(consents)[0].code == NOTHING_STALE
    ended, report = errors(consents, "--prefix", "errors/")
    assert (ended.code, report["hours"]) == (0, ["2026-01-05T05"])
    assert len(consents.objects("events/datehour=")) == 3
    consents.run("2026-01-05T00", "2026-01-06T00")
    rows = consents.rows("select id, _object, _record from millrace.consent_events order by id")
    assert [row[0] for row in rows] == ["e0", "e1", "e2", "e3"]

    # From a row to where it was found.
    links = {row[:2]: row[2:] for row in consents.control_rows("select * from replayed_record")}
    etags = {content["Key"]: content["ETag"].strip('"') for content in consents.objects("")}
    found = {row[0]: links[row[1:]] for row in rows[1:]}
    assert found == {
        "e1": (FAILED, etags[FAILED], 1),
        "e2": (FAILED, etags[FAILED], 2),
        "e3": (CONVERTED, etags[CONVERTED], 1),
    }
    assert consents.metadata(key) == {
        "millrace-object": FAILED.replace("/", "%2F"),
        "millrace-etag": etags[FAILED],
    }


def test_what_is_no_envelope_is_told_and_spares_the_others(consents: Product) -> None:
    bad = b'{"rawData":"***","arrivalTimestamp":1}\nnot json\n\n{"attemptsMade":1}\n'
    consents.land("events/processing-failed/2026/01/05/04/c-2", bad + envelope(consent_event("e4", "u4"), None))
    consents.land("events/processing-failed/c-3", envelope(consent_event("e5", "u5"), None))
    ended, report = errors(consents)
    assert (ended.code, report["records"], report["unreadable"]) == (HELD, 3, 4)
    assert report["hours"] == ["2026-01-05T03", "2026-01-05T04"]
    for number in (1, 2, 4):
        assert f"Line {number} of s3://{consents.landing}/events/processing-failed/2026/01/05/04/c-2 is no" in ended.log
    assert f"Nothing says when the records of s3://{consents.landing}/events/processing-failed/c-3" in ended.log


def test_a_table_that_could_not_read_the_records_refuses_them(
    services: Services, kept: KeptProcesses, tmp_path: Path
) -> None:
    contract = (Path(__file__).parents[1] / "cases" / "parquet" / "contract.yaml").read_text(encoding="utf-8")
    parquet = Product.of_contract(services, kept, contract, "replayed-parquet", tmp_path / "parquet")
    refused = parquet.job("ingest", "land", "errors")
    assert refused.code == 2
    assert "what Firehose could not convert is no Parquet" in refused.log
    parquet.close()
