"""A job's process that is asked to run again and again, so that hundreds of runs share one start."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.services import ROOT, class_path

MAINS = {
    "ingest": "dev.millrace.ingest.IngestMain",
    "transform": "dev.millrace.transform.TransformMain",
    "load": "dev.millrace.load.LoadMain",
}
# What runs in a job's process instead of the job, for tests alone.
STAND_INS = {"decode": ("ingest", "dev.millrace.ingest.decode.DecodeFiles")}
# What a kept process does before each run.
BEFORE = {"transform": ["dev.millrace.transform.SharedSpark"]}


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended, and what it printed."""

    code: int
    lines: list[str]


def jvm_options(job: str) -> list[str]:
    """What a job's JVM is started with, as the product starts it for a small interval."""
    options = ["-XX:+UseSerialGC"]
    shipped = ROOT / "modules" / job / "target" / "jvm.options"
    if shipped.exists():
        text = shipped.read_text(encoding="utf-8")
        options += [line for line in text.splitlines() if line and not line.startswith("#")]
    return options


class Worker:
    """One process of a job. Its log goes to a file."""

    def __init__(self, job: str, log: Path, environment: Mapping[str, str]) -> None:
        job, main = STAND_INS.get(job, (job, MAINS.get(job, "")))
        tests = [str(ROOT / "modules" / module / "target" / "test-classes") for module in ("job", job)]
        command = ["java", *jvm_options(job), "-Xmx2g", "-cp", os.pathsep.join([class_path(job), *tests])]
        command += ["dev.millrace.job.Worker", main, *BEFORE.get(job, [])]
        self._log = log.open("ab")
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env={**os.environ, **environment},
            text=True,
            encoding="utf-8",
        )
        if self._line() != "ready":
            raise RuntimeError(f"the {job} process did not start: see {log}")

    def run(self, *arguments: str) -> Ended:
        """Runs the job once with these arguments."""
        assert self._process.stdin is not None
        self._process.stdin.write("\t".join(arguments) + "\n")
        self._process.stdin.flush()
        lines: list[str] = []
        while not (line := self._line()).startswith("exit "):
            lines.append(line)
        return Ended(int(line.removeprefix("exit ")), lines)

    def close(self) -> None:
        """Ends the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=60)
        self._log.close()

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the process ended with {self._process.wait()}: see {self._log.name}")
        return line.rstrip("\n")
