"""Cases with a contract of their own: what can land, and the rows and quarantined records that must come of it.

Each was written and read over by hand. The oracle and the product are held against it, and against one another on
objects that random changes make of what lands there.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import random
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from harness.decoding import decoded_lines, expected_lines
from harness.jobs import KeptProcesses
from harness.product import Product
from harness.services import Services
from harness.text import text_of
from harness.worker import Worker
from oracle.decode import CleanRecord, decode
from oracle.framing import reframed
from oracle.hours import hour_text, parse_hour
from oracle.keys import landing_hour
from oracle.mutation import mutated
from oracle.objects import open_object
from oracle.tables import SourceTable
from oracle.written import source_tables

CASES = Path(__file__).resolve().parents[1] / "cases"
NAMES = sorted(case.parent.name for case in CASES.glob("*/contract.yaml"))
# Changed at random these are nothing but damaged.
FILES_OF_ROWS = ("parquet", "orc")
OBJECTS = int(os.environ.get("MILLRACE_OBJECTS", "300"))
FIRST_SEED = int(os.environ.get("MILLRACE_SEED", "0"))

Rows = dict[str, list[list[str]]]


@pytest.fixture(scope="session")
def decoder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    """A process that decodes one file after another."""
    worker = Worker("decode", tmp_path_factory.mktemp("decoder") / "decoder.log", {})
    yield worker
    worker.close()


@pytest.mark.parametrize("name", NAMES)
def test_the_oracle_agrees_with_the_case(name: str) -> None:
    found: Rows = {table: [] for table in [*(table.name for table in _tables(name)), "quarantine"]}
    for table in _tables(name):
        for key, data in _landed(name).items():
            hour = landing_hour(table, key)
            if hour is None:
                continue
            etag = hashlib.md5(data, usedforsecurity=False).hexdigest()
            for record in decode(table, data, hour):
                row: tuple[Any, ...]
                if isinstance(record, CleanRecord):
                    period = _period(record.period)
                    found[table.name].append(_texts((*record.values, key, etag, record.number, *period)))
                else:
                    row = (hour_text(hour), key, etag, record.number, record.reason, record.pointer)
                    found["quarantine"].append(_texts(row))
    for table_name, rows in found.items():
        assert sorted(rows) == _expected(name, table_name), table_name


@pytest.mark.parametrize("name", NAMES)
def test_the_product_agrees_with_the_case(services: Services, kept: KeptProcesses, tmp_path: Path, name: str) -> None:
    product = Product.of_contract(services, kept, _contract(name), name, tmp_path / name)
    try:
        for key, data in _landed(name).items():
            product.land(key, data)
        case = json.loads((CASES / name / "case.json").read_text(encoding="utf-8"))
        for run in case["runs"]:
            end = product.run(*run)
            assert end.ingest_report["leftOut"] == case.get("leftOut", 0)
        for table in _tables(name):
            found = sorted(_texts(row) for row in product.warehouse_rows(table.name))
            assert found == _expected(name, table.name), table.name
        assert sorted(_texts(row) for row in product.quarantine()) == _expected(name, "quarantine")
    finally:
        product.close()


@pytest.mark.parametrize("name", [name for name in NAMES if name not in FILES_OF_ROWS])
def test_random_objects_are_decoded_as_the_oracle_does(decoder: Worker, tmp_path: Path, name: str) -> None:
    contract = CASES / name / "contract.yaml"
    landed = [
        data
        for key, data in _landed(name).items()
        if any(landing_hour(table, key) is not None for table in _tables(name))
    ]
    texts = [open_object(data, _tables(name)[0]).data for data in landed]
    hour = parse_hour("2026-01-05T03")
    for seed in range(FIRST_SEED, FIRST_SEED + OBJECTS):
        rng = random.Random(f"{name} {seed}")
        landed_object = reframed(rng, mutated(rng, rng.choice(texts), texts), rng.choice(landed))
        file = tmp_path / "object"
        file.write_bytes(landed_object)
        for table in _tables(name):
            expected = expected_lines(table, landed_object, hour)
            chunk = rng.choice((0, 0, 7, 64))
            assert decoded_lines(decoder, contract, table, file, hour, chunk) == expected, f"MILLRACE_SEED={seed}"


def _contract(name: str) -> str:
    return (CASES / name / "contract.yaml").read_text(encoding="utf-8")


def _tables(name: str) -> list[SourceTable]:
    return source_tables(_contract(name))


def _landed(name: str) -> dict[str, bytes]:
    landed = CASES / name / "landed"
    return {str(path.relative_to(landed)): path.read_bytes() for path in sorted(landed.rglob("*")) if path.is_file()}


def _expected(name: str, table: str) -> list[list[str]]:
    file = CASES / name / f"{table}.csv"
    if not file.exists():
        return []
    with file.open(newline="", encoding="utf-8") as lines:
        return sorted(csv.reader(lines))


def _texts(row: tuple[Any, ...]) -> list[str]:
    return [text_of(value) for value in row]


def _period(period: str) -> tuple[Any, ...]:
    return (date.fromisoformat(period),)
