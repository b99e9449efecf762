"""Each job as a process on this machine, from the jars that ``./millrace`` runs."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import IO

from millrace.installation import Installation
from millrace.outcome import Exit, JobEnd, StageFailedError, end_of
from millrace.runtime import JobCall, jvm
from millrace.runtime.told import Log, Told

# Airflow gives a task five seconds between asking it to end and killing it.
_PATIENCE_SECONDS = 3.0
# It holds the other end of a pipe: when that closes without a word, the task's process is gone, in whatever way, and
# the job has nobody to report to any more.
_GUARD = """
trap '' HUP INT TERM
read -r word
[ "$word" = done ] && exit 0
kill -TERM "-$1" 2>/dev/null || exit 0
sleep 5
kill -KILL "-$1" 2>/dev/null
"""


class ProcessRuntime:
    """Starts a job in a process group of its own, which ends when the task ends."""

    def __init__(self, installation: Installation, variables: Mapping[str, str]) -> None:
        self._installation = installation
        self._variables = variables
        self._process: subprocess.Popen[str] | None = None

    @property
    def project(self) -> str:
        """Where it is."""
        return str(self._installation.project)

    def run(self, call: JobCall, log: Log) -> JobEnd:
        """Runs a job; its log goes line by line to the task's."""
        command = self.command(call)
        told = Told(log)
        with self._started(command) as process:
            output = threading.Thread(target=_each, args=(process.stdout, told.printed), daemon=True)
            output.start()
            _each(process.stderr, told.logged)
            returned = process.wait()
            output.join()
        return end_of(call.job, returned, told.report, told.sentence)

    def kill(self) -> None:
        """Asks the job to end, and ends it where it does not."""
        process = self._process
        if process is None:
            return
        _signal(process, signal.SIGTERM)
        try:
            process.wait(_PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            pass
        _signal(process, signal.SIGKILL)

    def command(self, call: JobCall) -> list[str]:
        """What starts a job's JVM, as ``millrace run`` does it."""
        target = self._installation.target(call.job)
        if not (target / "job.args").exists() or not (target / "main.args").exists():
            raise StageFailedError(f"There are no jars in {target}: run ./millrace, which builds them.", Exit.USAGE)
        return jvm.command(Installation.java(self._variables), str(target), call, self._variables)

    def _environment(self) -> dict[str, str]:
        """Airflow's own settings, secrets among them, are none of the job's business."""
        kept = {name: value for name, value in self._variables.items() if not name.lstrip("_").startswith("AIRFLOW")}
        return {**kept, "MILLRACE_LOG": "json"}

    @contextmanager
    def _started(self, command: list[str]) -> Iterator[subprocess.Popen[str]]:
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=self._environment(),
                start_new_session=True,
                text=True,
                encoding="utf-8",
                errors="replace",
            )
        except OSError as e:
            raise StageFailedError(
                f"Cannot start {command[0]}: {e.strerror}. Set JAVA_HOME to a JDK.", Exit.USAGE
            ) from e
        self._process = process
        guard = subprocess.Popen(
            ["/bin/sh", "-c", _GUARD, "guard", str(process.pid)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            text=True,
        )
        try:
            yield process
        finally:
            # A timeout or any other exception of the task comes through here while the job still runs.
            if process.poll() is None:
                self.kill()
            self._process = None
            with suppress(OSError, subprocess.TimeoutExpired):
                guard.communicate("done\n", timeout=_PATIENCE_SECONDS)


def _each(stream: IO[str] | None, told: Callable[[str], object]) -> None:
    assert stream is not None
    # It may be closed while it is read, where the task ends before the job.
    with suppress(ValueError):
        for line in stream:
            told(line)


def _signal(process: subprocess.Popen[str], number: int) -> None:
    # The group's number is the process's, also after that one has ended and its children have not.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)
