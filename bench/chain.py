"""Landed objects become deduplicated rows and metrics in the warehouse."""

from __future__ import annotations

import shutil
from pathlib import Path

from bench.contest import Contestant, Facts, Lap, Outcome, contest
from bench.ingest import MillraceIngest
from bench.millrace import FilledLake
from bench.stage import Stage

_DATABASE = "bench-chain"


def chain(stage: Stage, repeat: int, filled: FilledLake) -> Outcome:
    """All stages of Millrace with the audit, and DuckDB with psql."""
    contestants: list[Contestant] = [MillraceChain(stage, filled), DuckdbChain(stage)]
    return contest("chain", stage.sample.text, contestants, repeat, stage.tell)


class MillraceChain(MillraceIngest):
    """From the landing bucket to an audited warehouse, through the lake; the last lap's lake is left for others."""

    def __init__(self, stage: Stage, filled: FilledLake) -> None:
        super().__init__(stage)
        self._filled = filled

    def run(self) -> Lap:
        return self._there().run(["ingest", "transform", "load"])

    def facts(self) -> Facts:
        return self._stage.warehouse_facts(self._there().product.warehouse)

    def close(self) -> None:
        self._filled.leave(self._there())
        self._millrace = None


class DuckdbChain:
    """From the local disk through memory and CSV files to equal tables, without lineage, lake or audit."""

    name = "DuckDB, CSV, psql \\copy"

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._output: Path | None = None

    def prepare(self) -> None:
        self._remove_files()
        self._stage.create_peer_database(_DATABASE)
        self._output = self._stage.fresh_folder("chain")

    def run(self) -> Lap:
        before = self._stage.servers_cpu()
        folders = ("--input", self._stage.sample.folder, "--output", self._output)
        ran = self._stage.duckdb("chain", *folders, database=_DATABASE)
        return Lap(ran.wall_seconds, ran.cpu_seconds, ran.peak_bytes, self._stage.servers_cpu() - before)

    def facts(self) -> Facts:
        return self._stage.warehouse_facts(_DATABASE)

    def close(self) -> None:
        self._remove_files()
        self._stage.drop_database(_DATABASE)

    def _remove_files(self) -> None:
        if self._output is not None:
            shutil.rmtree(self._output, ignore_errors=True)
            self._output = None
