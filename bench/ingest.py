"""Landed objects become typed rows in Parquet, by hour."""

from __future__ import annotations

import shutil
from pathlib import Path

from bench.contest import Contestant, Facts, Lap, Outcome, contest
from bench.millrace import FilledLake, Millrace
from bench.stage import Stage


def ingest(stage: Stage, repeat: int, _: FilledLake) -> Outcome:
    """Millrace's ingest, DuckDB's COPY to Parquet, and gunzip alone, which does not even look at the bytes."""
    contestants: list[Contestant] = [MillraceIngest(stage), DuckdbIngest(stage), Gunzip(stage)]
    return contest("ingest", stage.sample.text, contestants, repeat, stage.tell)


class MillraceIngest:
    """Plan, run and commit: from the landing bucket into an empty Iceberg lake, both over HTTP, with books."""

    name = "Millrace"

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._millrace: Millrace | None = None

    def prepare(self) -> None:
        self._drop()
        self._millrace = Millrace(self._stage)
        self._millrace.land()

    def run(self) -> Lap:
        return self._there().run(["ingest"])

    def facts(self) -> Facts:
        folder = self._stage.fresh_folder("lake")
        self._stage.download(self._there().lake, "tables/clean/consent_events/data/", folder)
        facts = self._stage.parquet_facts(folder)
        shutil.rmtree(folder)
        return facts

    def close(self) -> None:
        self._drop()

    def _drop(self) -> None:
        if self._millrace is not None:
            self._millrace.close()
            self._millrace = None

    def _there(self) -> Millrace:
        assert self._millrace is not None
        return self._millrace


class DuckdbIngest:
    """The same files from the local disk to Parquet on the local disk."""

    name = "DuckDB"

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._output: Path | None = None

    def prepare(self) -> None:
        self.close()
        self._output = self._stage.fresh_folder("duckdb")

    def run(self) -> Lap:
        ran = self._stage.duckdb("ingest", "--input", self._stage.sample.folder, "--output", self._there())
        return Lap(ran.wall_seconds, ran.cpu_seconds, ran.peak_bytes, 0.0)

    def facts(self) -> Facts:
        return self._stage.parquet_facts(self._there())

    def close(self) -> None:
        if self._output is not None:
            shutil.rmtree(self._output, ignore_errors=True)
            self._output = None

    def _there(self) -> Path:
        assert self._output is not None
        return self._output


class Gunzip:
    """The floor: one process that inflates all and throws it away."""

    name = "gunzip alone"

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def prepare(self) -> None:
        pass

    def run(self) -> Lap:
        files = [str(file) for file in self._stage.sample.files()]
        ran = self._stage.process("gunzip", ["gzip", "-dc", *files], keep_output=False)
        return Lap(ran.wall_seconds, ran.cpu_seconds, ran.peak_bytes, 0.0)

    def facts(self) -> None:
        return None

    def close(self) -> None:
        pass
