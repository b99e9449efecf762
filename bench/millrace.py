"""Millrace's side of the work: its own jobs, each in a process, started as ``millrace run`` starts them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from datetime import datetime

from bench.contest import BenchError, Lap
from bench.sample import FROM, TO
from bench.stage import Stage
from harness.jobs import environment_of
from harness.measure import Measured, measured
from harness.product import Product
from harness.worker import Ended, job_command

# As JobProcess of module cli sees it.
SMALL_BYTES = 32 << 20
SLIGHT = {"plan", "commit"}
_DONE, _NOTHING_STALE = 0, 10


class _Processes:
    """Runs jobs and remembers what they cost."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._environment = environment_of(stage.services)
        self.last: Measured | None = None

    def run(self, job: str, *arguments: str) -> Ended:
        """Runs the job in a process of its own."""
        slight = arguments[0] in SLIGHT or self._stage.sample.size < SMALL_BYTES
        command = job_command(job, ["-XX:TieredStopAtLevel=1"] if slight else [])
        self.last = measured([*command, *arguments], self._environment, self._stage.patience)
        return Ended(self.last.code, self.last.out.splitlines(), self.last.err)


class Millrace:
    """A project with buckets and databases of its own, over which stages are run."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._processes = _Processes(stage)
        name = f"bench-{uuid.uuid4().hex[:8]}"
        self.product = Product(stage.services, self._processes, "consents", name, stage.folder / name)
        self.lake = f"{name}-lake"

    def land(self) -> None:
        """Puts the sample on the landing bucket."""
        for file in self._stage.sample.files():
            self.product.land(self._stage.sample.key(file), file.read_bytes())

    def run(self, stages: Sequence[str]) -> Lap:
        """Runs ``ingest``, ``transform`` and ``load``, or some of them."""
        servers = self._stage.servers_cpu()
        steps: dict[str, Measured] = {}
        for stage in stages:
            if stage == "ingest":
                self._ingest(steps)
            else:
                steps[stage] = self._job(stage, stage)
        parts = {name: step.wall_seconds for name, step in steps.items()}
        if "load" in steps:
            audit = _audit_seconds(steps["load"])
            parts |= {"load": parts["load"] - audit, "audit": audit}
        return Lap(
            sum(step.wall_seconds for step in steps.values()),
            sum(step.cpu_seconds for step in steps.values()),
            max(step.peak_bytes for step in steps.values()),
            self._stage.servers_cpu() - servers,
            parts,
        )

    def close(self) -> None:
        """Drops buckets and databases."""
        self.product.close()

    def _ingest(self, steps: dict[str, Measured]) -> None:
        steps["plan"] = self._job("plan", "ingest", "plan", "--from", FROM, "--to", TO)
        shards = json.loads(steps["plan"].out.splitlines()[-1])["shards"]
        for shard in range(shards):
            steps[f"run {shard}" if shards > 1 else "run"] = self._job(
                "run", "ingest", "run", "--plan", "run", "--shard", str(shard)
            )
        steps["commit"] = self._job("commit", "ingest", "commit", "--plan", "run")

    def _job(self, step: str, job: str, *arguments: str) -> Measured:
        ended = self.product.job(job, *arguments)
        last = self._processes.last
        assert last is not None
        if ended.code != _DONE:
            log = "\n".join(last.err.splitlines()[-10:])
            raise BenchError(f"Millrace's {step} ended with {ended.code} after {last.wall_seconds:.0f} s:\n{log}")
        return last


class FilledLake:
    """A lake and a warehouse that all stages have filled: what one benchmark leaves, another need not make again."""

    def __init__(self) -> None:
        self._left: Millrace | None = None

    def leave(self, millrace: Millrace) -> None:
        """Keeps it for whoever needs one."""
        self.close()
        self._left = millrace

    def of(self, stage: Stage) -> Millrace:
        """The one that was left, or a new one."""
        if self._left is None:
            self._left = Millrace(stage)
            self._left.land()
            self._left.run(["ingest", "transform", "load"])
        return self._left

    def close(self) -> None:
        """Drops its buckets and databases."""
        if self._left is not None:
            self._left.close()
            self._left = None


def _audit_seconds(load: Measured) -> float:
    """From the log line of the last table loaded to the end of the process."""
    loaded = [json.loads(line) for line in load.err.splitlines() if '"Loaded ' in line]
    if not loaded:
        return 0.0
    at = datetime.fromisoformat(loaded[-1]["time"]).timestamp()
    return load.began + load.wall_seconds - at
