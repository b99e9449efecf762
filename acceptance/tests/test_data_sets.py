"""Every data set from its sample to the warehouse: the books, the promises of its contract, and what masks hide."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml

from harness.jobs import KeptProcesses, environment_of
from harness.product import Product
from harness.services import ROOT, Services, class_path
from oracle.contracts import MODELS
from oracle.decode import QuarantinedRecord, decode
from oracle.hours import parse_hour
from oracle.masks import HASH_KEY, hashed, hashed_payload
from oracle.tables import ALL_DATASETS, USER_LOGINS, source_tables

FROM, TO = "2026-01-05", "2026-01-07"
ROWS = 4_800


def _sample(services: Services, product: Product, dataset: str) -> dict[str, Any]:
    """Lands a sample; gives the counts that it says it has."""
    said = subprocess.run(
        [
            "java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", f"-Dmillrace.home={ROOT}", "-cp", class_path("cli"),
            "dev.millrace.cli.MillraceMain", "sample", dataset, "--from", FROM, "--days", "2", "--rows", str(ROWS),
            "--seed", "7", "--json", "--project", str(product.folder), "--env", "test",
        ],
        env={**os.environ, **environment_of(services)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )  # fmt: skip
    assert said.returncode == 0, said.stderr
    counts: dict[str, Any] = json.loads(said.stdout)
    return counts


@pytest.mark.parametrize("dataset", ALL_DATASETS)
def test_a_sample_arrives_as_it_says_and_the_contract_holds(
    services: Services, kept: KeptProcesses, product: Callable[[str], Product], tmp_path: Path, dataset: str
) -> None:
    one = product(dataset)
    counts = _sample(services, one, dataset)
    end = one.run(FROM, TO)
    assert end.commit == 0, "no hour is held"

    found = one.found()
    books = found.objects.values()
    reasons = Counter(row[4] for row in found.quarantine)
    assert sum(book.landed for book in books) == counts["landed"]
    assert sum(book.clean for book in books) == counts["clean"]
    assert dict(reasons) == counts["quarantined"]
    assert len(found.base) == counts["base"]
    assert counts["landed"] == ROWS + counts["quarantined"].get("damaged-compression", 0)
    if dataset in MODELS:
        assert found.model

    failed = _contract_test(services, one, dataset, tmp_path)
    assert failed == []
    tables = [table.name for table in source_tables(dataset)]
    dropped = {table: _columns(one, table)[-1] for table in [*tables, *filter(None, [MODELS.get(dataset)])]}
    for table, column in dropped.items():
        one.execute(f"alter table millrace.{table} drop column {column}")
    broken = _contract_test(services, one, dataset, tmp_path)
    for column in dropped.values():
        assert [check for check in broken if column in check], (column, broken)


def _columns(product: Product, table: str) -> list[str]:
    contract = yaml.safe_load(_contract(product).read_text(encoding="utf-8"))
    (written,) = (one for one in contract["schema"] if one["name"] == table)
    return [column["name"] for column in written["properties"]]


def _contract(product: Product) -> Path:
    (file,) = product.folder.glob("dags/pipelines/*/contract.yaml")
    return file


def _contract_test(services: Services, product: Product, dataset: str, folder: Path) -> list[str]:
    """``datacontract test`` against the warehouse: the checks that did not pass."""
    contract = yaml.safe_load(_contract(product).read_text(encoding="utf-8"))
    contract["servers"] = [
        {
            "server": "warehouse",
            "type": "postgres",
            "host": services.host,
            "port": services.port,
            "database": product.warehouse,
            "schema": "millrace",
        }
    ]
    file = folder / f"{dataset}.yaml"
    file.write_text(yaml.safe_dump(contract, sort_keys=False, allow_unicode=True), encoding="utf-8")
    report = folder / "report.json"
    report.unlink(missing_ok=True)
    said = subprocess.run(
        [
            str(Path(sys.executable).parent / "datacontract"), "test", str(file), "--server", "warehouse",
            "--output", str(report), "--output-format", "json",
        ],
        env={
            **os.environ,
            "DATACONTRACT_POSTGRES_USERNAME": services.user,
            "DATACONTRACT_POSTGRES_PASSWORD": services.password,
        },
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )  # fmt: skip
    print(said.stdout[-3000:], said.stderr[-2000:])
    result = json.loads(report.read_text(encoding="utf-8"))
    failed = [f"{one['name']}: {one['reason']}" for one in result["checks"] if one["result"] != "passed"]
    assert result["checks"]
    assert (said.returncode == 0) == (not failed), said.stdout
    return failed


ADDRESS, DEVICE, SERIAL = "203.0.113.177", "593-47-5928-serial", "serial-of-a-body-that-is-none"


def _logins() -> bytes:
    """Sixty sound messages, of which some share a device, and three whose values nobody may ever find anywhere else."""
    lines: list[bytes] = []
    for number in range(60):
        body = {
            "user_id": f"u{number}",
            "app_version": "2.3.0",
            "ip": None if number % 3 == 0 else ADDRESS if number % 2 else f"{ADDRESS}-{number}",
            "device_id": DEVICE if number % 4 == 0 else f"{DEVICE}-{number}",
        }
        lines.append(_message(number, json.dumps(body)))
    lines.append(_message(60, f'{{"user_id": "x", "device_id": "{SERIAL}"'))
    lines.append(_message(61, json.dumps({"foo": SERIAL, "ip": ADDRESS})))
    lines.append(b'{"meta": {"id": "62"}, "ip": "%s", "device": %s}' % (ADDRESS.encode(), SERIAL.encode()))
    return b"\n".join(lines)


def _message(number: int, body: str) -> bytes:
    return json.dumps({"meta": {"id": str(number), "sentAt": 1767582000000 + number}, "body": body}).encode()


def test_masked_values_are_nowhere_but_where_they_landed(
    services: Services, product: Callable[[str], Product], kept: KeptProcesses, tmp_path: Path
) -> None:
    one = product(USER_LOGINS)
    key, landed = "user_logins/2026/01/05/03/user_logins-1-2026-01-05-03-00-00-x", _logins()
    one.land(key, landed)
    one.run(FROM, TO)

    rows = one.rows("select message_id::int, masked_ip, masked_device_id from millrace.user_logins order by 1")
    assert len(rows) == 60
    assert rows[0] == (0, None, hashed(DEVICE))
    assert rows[1] == (1, hashed(ADDRESS), hashed(f"{DEVICE}-1"))
    assert sum(device == hashed(DEVICE) for _, _, device in rows) == 15

    (table,) = source_tables(USER_LOGINS)
    bad = [
        record for record in decode(table, landed, parse_hour("2026-01-05T03")) if isinstance(record, QuarantinedRecord)
    ]
    found = _lake_files(services, one)
    payloads = [
        payload for name, rows in found.items() if "/quarantine" in name and isinstance(rows, list) for payload in rows
    ]
    text = repr(payloads)
    assert len(bad) == 3
    for record in bad:
        assert hashed_payload(record.payload).decode() in text

    haystack = [repr(found), *_databases(services, one), *_texts_below(one.folder), *_logs(kept)]
    assert any(hashed(ADDRESS) in hay for hay in haystack), "the search finds what is there"
    for secret in (ADDRESS, DEVICE, SERIAL, HASH_KEY):
        assert [hay[max(0, hay.index(secret) - 300) : hay.index(secret)] for hay in haystack if secret in hay] == []

    _another_key(one, rows)


def _another_key(one: Product, rows: list[tuple[Any, ...]]) -> None:
    """Without a key, or with one that is none, nothing happens; with another one everything is made anew."""
    file = one.folder / "millrace.yaml"
    environment = json.loads(file.read_text(encoding="utf-8"))
    masks = environment["environments"]["test"].pop("masks")
    file.write_text(json.dumps(environment), encoding="utf-8")
    refused = one.job("ingest", "plan", "--from", FROM, "--to", TO)
    assert refused.code == 2
    assert "masks columns with 'hash', and the environment test has no key for it" in refused.log

    secret = one.folder / "key"
    masks["hashKey"] = {"file": "key"}
    environment["environments"]["test"]["masks"] = masks
    file.write_text(json.dumps(environment), encoding="utf-8")
    secret.write_text("much too short\n", encoding="utf-8")
    refused = one.job("ingest", "plan", "--from", FROM, "--to", TO)
    assert refused.code == 2
    assert "too short; it needs at least 32 bytes" in refused.log
    assert "much" not in refused.log

    secret.write_text("another key that is long enough for it\n", encoding="utf-8")
    planned = one.job("ingest", "plan", "--from", FROM, "--to", TO, "--dry-run")
    assert "mask key changed" in planned.log + "".join(planned.lines)
    one.run(FROM, TO)
    again = one.rows("select message_id::int, masked_ip, masked_device_id from millrace.user_logins order by 1")
    assert [number for number, _, _ in again] == [number for number, _, _ in rows]
    for column in (1, 2):
        pairs = {(before[column], after[column]) for before, after in zip(rows, again, strict=True)}
        hashes = [pair for pair in pairs if pair != (None, None)]
        assert len({before for before, _ in hashes}) == len({after for _, after in hashes}) == len(hashes)
        assert all(before != after and after is not None for before, after in hashes)


def _lake_files(services: Services, product: Product) -> dict[str, Any]:
    """Everything in the lake's bucket: rows of Parquet, entries of manifests, and other files as they are."""
    s3 = services.s3()
    bucket = product.landing.removesuffix("-landing") + "-lake"
    found: dict[str, Any] = {}
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        for content in page.get("Contents", []):
            data = s3.get_object(Bucket=bucket, Key=content["Key"])["Body"].read()
            if content["Key"].endswith(".parquet"):
                file = pq.ParquetFile(io.BytesIO(data))
                found[content["Key"]] = file.read().to_pylist()
                found[content["Key"] + " statistics"] = str(file.metadata.to_dict())
            elif content["Key"].endswith(".avro"):
                found[content["Key"]] = _avro_blocks(data)
            else:
                found[content["Key"]] = data
    return found


def _avro_blocks(data: bytes) -> list[bytes]:
    """What an Avro file holds: its head, and its blocks inflated. They stand between the marks that it ends with."""
    head, *blocks = data.split(data[-16:])[:-1]
    assert b"deflate" in head
    inflated = [head]
    for block in blocks:
        # Two numbers of a few bytes stand before the data, which are as many bytes as the second says.
        start = 0
        for _ in range(2):
            while block[start] & 0x80:
                start += 1
            start += 1
        inflated.append(zlib.decompress(block[start:], -15))
    return inflated


def _databases(services: Services, product: Product) -> list[str]:
    """All rows of all tables of both databases."""
    texts: list[str] = []
    for database in (product.control, product.warehouse):
        with services.database(database) as connection:
            tables = connection.execute(
                "select format('%I.%I', schemaname, tablename) from pg_tables"
                " where schemaname not in ('pg_catalog', 'information_schema')"
            ).fetchall()
            for (table,) in tables:
                texts.append(repr(connection.execute(f"select * from {table}".encode()).fetchall()))
    return texts


def _texts_below(folder: Path) -> list[str]:
    return [path.read_text(encoding="latin-1") for path in folder.rglob("*") if path.is_file()]


def _logs(kept: KeptProcesses) -> list[str]:
    return [path.read_text(encoding="utf-8") for path in kept.logs.glob("*.log")]
