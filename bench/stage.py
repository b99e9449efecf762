"""Where a benchmark runs: services, one sample, a folder of its own, and how processes are started there."""

from __future__ import annotations

import json
import os
import sys
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from psycopg import sql

from bench import ROOT
from bench.contest import Facts, checked
from bench.sample import Sample
from harness.measure import Measured, cpu_seconds, measured
from harness.services import Services

_SQL = Path(__file__).resolve().parent / "sql"


@dataclass(frozen=True, slots=True)
class Stage:
    """What all tools of a run share."""

    services: Services
    sample: Sample
    folder: Path
    threads: int
    patience: float
    tell: Callable[[str], None]

    def fresh_folder(self, name: str) -> Path:
        """An empty folder under a name not used before."""
        folder = self.folder / f"{name}-{uuid.uuid4().hex[:8]}"
        folder.mkdir(parents=True)
        return folder

    def duckdb(self, work: str, *arguments: object, database: str = "") -> Measured:
        """DuckDB in a process of its own."""
        command = [sys.executable, "-m", "bench.duckdb_job", work, "--threads", str(self.threads)]
        return self.process("DuckDB", [*command, *(str(argument) for argument in arguments)], database)

    def process(self, tool: str, command: Sequence[str], database: str = "", *, keep_output: bool = True) -> Measured:
        """A command that must succeed."""
        environment = {**self.libpq(database), "PYTHONPATH": str(ROOT)}
        return checked(tool, measured(command, environment, self.patience, keep_output=keep_output))

    def libpq(self, database: str) -> dict[str, str]:
        """How psql and DuckDB get into a database."""
        services = self.services
        return {
            "PGHOST": services.host,
            "PGPORT": str(services.port),
            "PGUSER": services.user,
            "PGPASSWORD": services.password,
            "PGDATABASE": database,
            "PGTZ": "UTC",
        }

    def servers_cpu(self) -> float:
        """CPU seconds that Postgres and S3 have used."""
        return cpu_seconds(self.services.pid) + cpu_seconds(self._postmaster())

    def _postmaster(self) -> int:
        """Postgres is no child of the services' process."""
        with self.services.database("postgres") as connection:
            row = connection.execute("select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int").fetchone()
        return int(row[0]) if row else 0

    def create_database(self, name: str) -> None:
        """An empty database. What was written before is on disk, and does not burden what comes."""
        with self.services.database("postgres") as connection:
            connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
            connection.execute("checkpoint")
        os.sync()

    def create_peer_database(self, name: str) -> None:
        """A database with the warehouse's tables, empty."""
        self.create_database(name)
        with self.services.database(name) as connection:
            connection.execute((_SQL / "peer_tables.sql").read_bytes())

    def drop_database(self, name: str) -> None:
        """Where there is one."""
        with self.services.database("postgres") as connection:
            connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))

    def warehouse_facts(self, database: str) -> Facts:
        """What a warehouse holds."""
        with self.services.database(database) as connection:
            found = connection.execute((_SQL / "warehouse_facts.sql").read_bytes())
            row = found.fetchone()
            assert row is not None and found.description is not None
            return {column.name: str(row[at]) for at, column in enumerate(found.description)}

    def parquet_facts(self, folder: Path) -> Facts:
        """What the Parquet files below a folder hold."""
        facts: Facts = json.loads(self.duckdb("facts", "--input", folder).out)
        return facts

    def download(self, bucket: str, prefix: str, folder: Path) -> None:
        """The Parquet files under a prefix, side by side."""
        s3 = self.services.s3()
        folder.mkdir(parents=True, exist_ok=True)
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            for number, content in enumerate(page.get("Contents", [])):
                if content["Key"].endswith(".parquet"):
                    s3.download_file(bucket, content["Key"], str(folder / f"{number}.parquet"))
