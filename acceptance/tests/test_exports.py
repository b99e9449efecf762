"""Models as files: what is in them, and that they are written when their model has changed and at no other time."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from harness.attempts import Attempts
from harness.product import NOTHING_STALE, Product
from harness.services import Services
from oracle.tables import CONSENTS

CASE = Path(__file__).resolve().parents[1] / "cases" / "consents-metrics"
FROM, TO = json.loads((CASE / "case.json").read_text(encoding="utf-8"))["runs"][0]
CURRENT, HISTORY = "metrics/current/", "metrics/hist/"


class _Files:
    """What is below the exports of a product."""

    def __init__(self, services: Services, product: Product) -> None:
        self._s3 = services.s3()
        self._bucket = product.landing.removesuffix("-landing") + "-lake"
        self._root = "tables/exports/consents/"

    def versions(self, folder: str) -> dict[str, tuple[str, Any]]:
        """ETag and time of each file by its path; what readers pass by is left out."""
        found = self._s3.list_objects_v2(Bucket=self._bucket, Prefix=self._root + folder).get("Contents", [])
        named = {content["Key"].removeprefix(self._root): content for content in found}
        return {
            key: (content["ETag"], content["LastModified"])
            for key, content in sorted(named.items())
            if not key.rpartition("/")[2].startswith("_")
        }

    def read(self, path: str) -> bytes:
        data: bytes = self._s3.get_object(Bucket=self._bucket, Key=self._root + path)["Body"].read()
        return data

    def remove(self, path: str) -> None:
        self._s3.delete_object(Bucket=self._bucket, Key=self._root + path)

    def agree(self, product: Product) -> None:
        """The current file and the last one of the history hold what the warehouse does."""
        rows = sorted(product.warehouse_rows("consent_metrics"), key=repr)
        expected = [[_text(value) for value in row[:-1]] for row in rows]
        (current,) = self.versions(CURRENT)
        header, *lines = csv.reader(io.StringIO(self.read(current).decode()), delimiter="|")
        assert header[0] == "datehour"
        assert header[-1] == "avg_pageviews_per_user"
        assert sorted(lines) == sorted(expected)
        last = max(self.versions(HISTORY).items(), key=lambda one: (one[1][1], one[0]))[0]
        table = pq.ParquetFile(io.BytesIO(self.read(last))).read()
        assert table.column_names == header
        found = [[_text(value) for value in row.values()] for row in table.to_pylist()]
        assert sorted(found) == sorted(expected)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _event(number: int) -> bytes:
    token = json.dumps({"purposes": {"enabled": [number]}})
    user = {"id": f"u{number}", "country": "F|R", "token": token}
    event = {"id": f"late-{number}", "datetime": "2021-01-23 10:00:00", "domain": "d", "type": "pageview", "user": user}
    return json.dumps(event).encode()


def _land(product: Product, number: int) -> None:
    product.land(f"events/datehour=2021-01-23-10/late-{number}.json", _event(number))


def test_a_model_is_exported_when_it_has_changed_and_only_then(
    services: Services, product: Callable[[str], Product]
) -> None:
    one = product(CONSENTS)
    files = _Files(services, one)
    landed = CASE / "landed"
    for path in sorted(landed.rglob("*")):
        if path.is_file():
            one.land(str(path.relative_to(landed)), path.read_bytes())
    one.run(FROM, TO)
    assert list(files.versions(CURRENT)) == ["metrics/current/consent_metrics.csv"]
    assert files.read("metrics/current/consent_metrics.csv").decode() == (CASE / "current.csv").read_text("utf-8")
    (first,) = files.versions(HISTORY)
    assert first.startswith("metrics/hist/year=20")
    assert [part.partition("=")[0] for part in first.split("/")[2:6]] == ["year", "month", "day", "time"]
    files.agree(one)

    before = files.versions("metrics/")
    assert one.run("2021-01-20", "2021-02-01").transform == NOTHING_STALE
    assert files.versions("metrics/") == before

    # What was removed is written anew, with the same bytes and in the same place.
    for removed in before:
        files.remove(removed)
        assert one.job("transform", run_id="again").code == 0
    after = files.versions("metrics/")
    assert {path: etag for path, (etag, _) in after.items()} == {path: etag for path, (etag, _) in before.items()}

    _land(one, 1)
    one.run(FROM, TO)
    files.agree(one)
    assert len(files.versions(HISTORY)) == 2
    assert list(files.versions(CURRENT)) == ["metrics/current/consent_metrics.csv"]


def test_an_export_that_was_killed_is_made_good_and_appends_once(
    services: Services, product: Callable[[str], Product]
) -> None:
    one = product(CONSENTS)
    files = _Files(services, one)
    attempts = Attempts(services, one, CONSENTS)
    _land(one, 0)
    one.run(FROM, TO)
    files.agree(one)
    for number, milestone in enumerate(("transform.export.written", "transform.export.reserved"), start=1):
        _land(one, number)
        planned = one.job("ingest", "plan", "--from", FROM, "--to", TO, run_id=milestone)
        plan = json.loads(planned.lines[-1])["plan"]
        assert one.job("ingest", "run", "--plan", plan, "--shard", "0", run_id=milestone).code == 0
        assert one.job("ingest", "commit", "--plan", plan, run_id=milestone).code == 0
        attempts.killed_at(milestone, "transform", run_id=milestone)
        one.run(FROM, TO)
        files.agree(one)
        assert len(files.versions(HISTORY)) == 1 + number
        assert one.job("transform", run_id="once more").code == NOTHING_STALE
