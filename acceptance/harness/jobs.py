"""Two ways to run a job: in a process kept for many runs, or in one of its own that may be killed."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from harness.product import HASH_KEY, PASSWORD, SECRET_KEY
from harness.services import Services
from harness.worker import Ended, Worker, job_command
from oracle import masks

_PATIENCE_SECONDS = 300
# The second compiler of the JVM takes more than it gives, also in the course of hundreds of runs over a few records.
_QUICK_TO_START = "-XX:TieredStopAtLevel=1"


def environment_of(services: Services) -> dict[str, str]:
    """The variables in which a test's ``millrace.yaml`` finds its secrets."""
    return {
        PASSWORD: services.password,
        SECRET_KEY: services.secret_key,
        HASH_KEY: masks.HASH_KEY,
        "MILLRACE_LOG": "json",
    }


class KeptProcesses:
    """One process for each job, started when it is first asked for."""

    def __init__(self, logs: Path, environment: Mapping[str, str]) -> None:
        self._logs = logs
        self._environment = environment
        self._workers: dict[str, Worker] = {}

    @property
    def logs(self) -> Path:
        """The folder of the logs."""
        return self._logs

    def run(self, job: str, *arguments: str) -> Ended:
        """Runs the job once more."""
        if job not in self._workers:
            self._workers[job] = Worker(job, self._logs / f"{job}.log", self._environment, _QUICK_TO_START)
        return self._workers[job].run(*arguments)

    def close(self) -> None:
        """Ends the processes."""
        for worker in self._workers.values():
            worker.close()


class OwnProcesses:
    """A new process for each run, as Airflow does it."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def run(self, job: str, *arguments: str) -> Ended:
        """Runs the job in a process of its own."""
        return ended(self.start(job, *arguments))

    def start(self, job: str, *arguments: str) -> subprocess.Popen[str]:
        """Starts the job and does not wait for it."""
        return subprocess.Popen(
            [*job_command(job, [_QUICK_TO_START]), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **self._environment},
            text=True,
            encoding="utf-8",
        )


def ended(process: subprocess.Popen[str]) -> Ended:
    """Waits for the end; a process that does not end is killed, and that is a failure."""
    try:
        out, err = process.communicate(timeout=_PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        raise AssertionError(f"did not end within {_PATIENCE_SECONDS} s: {err[-2000:]}") from None
    return Ended(process.returncode, out.splitlines(), err)
