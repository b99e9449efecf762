"""A job's process that is asked to run again and again, so that hundreds of runs share one start."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.services import ROOT, class_path

# What runs in a job's process instead of the job, for tests alone.
STAND_INS = {"decode": ("ingest", "dev.millrace.ingest.decode.DecodeFiles")}
# What a kept process does before each run.
BEFORE = {"transform": ["dev.millrace.transform.SharedSpark"]}


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended, what it printed, and what it logged."""

    code: int
    lines: list[str]
    log: str


def job_command(job: str, options: Sequence[str] = ()) -> list[str]:
    """What starts a job's JVM, but for the job's arguments; options given here come after its own, and so win."""
    target = ROOT / "modules" / job / "target"
    return ["java", f"@{target / 'job.args'}", *options, f"@{target / 'main.args'}"]


def main_class(job: str) -> str:
    """The class that a job begins with."""
    return (ROOT / "modules" / job / "target" / "main.args").read_text(encoding="utf-8").strip()


class Worker:
    """One process of a job. Its log goes to a file."""

    def __init__(self, job: str, log: Path, environment: Mapping[str, str], *options: str) -> None:
        job, main = STAND_INS[job] if job in STAND_INS else (job, main_class(job))
        tests = [str(ROOT / "modules" / module / "target" / "test-classes") for module in ("job", job)]
        command = job_command(job, ["-Xmx2g", *options, "-cp", os.pathsep.join([class_path(job), *tests])])[:-1]
        command += ["dev.millrace.job.Worker", main, *BEFORE.get(job, [])]
        self._log = log.open("a+b")
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
        before = self._log.seek(0, os.SEEK_END)
        self._process.stdin.write("\t".join(arguments) + "\n")
        self._process.stdin.flush()
        lines: list[str] = []
        while not (line := self._line()).startswith("exit "):
            lines.append(line)
        self._log.seek(before)
        return Ended(int(line.removeprefix("exit ")), lines, self._log.read().decode("utf-8"))

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
