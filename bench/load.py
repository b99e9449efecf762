"""Rows of the lake become rows of the warehouse."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

from bench.contest import BenchError, Contestant, Facts, Lap, Outcome, contest
from bench.millrace import FilledLake, Millrace
from bench.stage import Stage

TABLES = {"consent_events": "base", "consent_metrics": "model"}


def load(stage: Stage, repeat: int, filled: FilledLake) -> Outcome:
    """Millrace's load with its audit, and what fills two equal tables without asking whether they were filled."""
    rows = stage.fresh_folder("rows")
    stage.tell("load: preparing the lake and the ready files")
    millrace = filled.of(stage)
    for table, namespace in TABLES.items():
        stage.download(millrace.lake, f"tables/{namespace}/{table}/data/", rows / table)
        _write_ready_file(stage, millrace.product.warehouse, table, rows)
    contestants: list[Contestant] = [MillraceLoad(stage, millrace), Psql(stage, rows), DuckdbCopy(stage, rows)]
    absent = []
    if _has_extension(stage):
        contestants.append(DuckdbPostgres(stage, rows))
    else:
        absent.append("DuckDB postgres extension: not available for this version of DuckDB from PyPI")
    work = f"{stage.sample.events - stage.sample.copies:,} rows of consent_events and those of consent_metrics"
    outcome = dataclasses.replace(contest("load", work, contestants, repeat, stage.tell), absent=absent)
    shutil.rmtree(rows, ignore_errors=True)
    return outcome


def _write_ready_file(stage: Stage, database: str, table: str, folder: Path) -> None:
    with (
        stage.services.database(database) as connection,
        connection.cursor().copy(f"copy millrace.{table} to stdout".encode()) as copy,
        (folder / f"{table}.txt").open("wb") as file,
    ):
        for block in copy:
            file.write(block)


def _has_extension(stage: Stage) -> bool:
    try:
        stage.duckdb("extension")
    except BenchError:
        return False
    return True


class MillraceLoad:
    """Whatever the empty warehouse lacks of the lake, in one transaction a table, then the audit of both sides."""

    name = "Millrace"

    def __init__(self, stage: Stage, millrace: Millrace) -> None:
        self._stage = stage
        self._millrace = millrace

    def prepare(self) -> None:
        self._stage.create_database(self._millrace.product.warehouse)

    def run(self) -> Lap:
        return self._millrace.run(["load"])

    def facts(self) -> Facts:
        return self._stage.warehouse_facts(self._millrace.product.warehouse)

    def close(self) -> None:
        pass


class _Peer:
    """Fills the tables of a database of its own."""

    name = ""

    def __init__(self, stage: Stage, rows: Path) -> None:
        self._stage = stage
        self._rows = rows
        self._database = f"bench-{rows.name}"
        self._output = stage.fresh_folder("csv")

    def prepare(self) -> None:
        self._stage.create_peer_database(self._database)

    def facts(self) -> Facts:
        return self._stage.warehouse_facts(self._database)

    def close(self) -> None:
        self._stage.drop_database(self._database)
        shutil.rmtree(self._output, ignore_errors=True)


class Psql(_Peer):
    """Two ready text files, one after the other."""

    name = "psql \\copy, ready file"

    def run(self) -> Lap:
        before = self._stage.servers_cpu()
        copies = []
        for table in TABLES:
            copies += ["-c", f"\\copy millrace.{table} from '{self._rows / table}.txt'"]
        ran = self._stage.process("psql", ["psql", "-qX", "-v", "ON_ERROR_STOP=1", *copies], self._database)
        return Lap(ran.wall_seconds, ran.cpu_seconds, ran.peak_bytes, self._stage.servers_cpu() - before)


class DuckdbCopy(_Peer):
    """The lake's Parquet files from the local disk to CSV, and that by psql."""

    name = "DuckDB, CSV, psql \\copy"
    work = "copy"

    def run(self) -> Lap:
        before = self._stage.servers_cpu()
        ran = self._stage.duckdb(self.work, "--input", self._rows, "--output", self._output, database=self._database)
        return Lap(ran.wall_seconds, ran.cpu_seconds, ran.peak_bytes, self._stage.servers_cpu() - before)


class DuckdbPostgres(DuckdbCopy):
    """The lake's Parquet files from the local disk by DuckDB's own client of Postgres."""

    name = "DuckDB postgres extension"
    work = "load"
