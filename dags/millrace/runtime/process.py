"""Each job as a process on this machine, from the jars that ``./millrace`` runs."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import IO, Any

from millrace.installation import Installation
from millrace.outcome import Exit, JobEnd, StageFailedError, end_of
from millrace.runtime import JobCall, Log

# Compiling thoroughly takes longer than reading so much with code compiled quickly.
_SMALL_BYTES = 32 << 20
# Airflow gives a task five seconds between asking it to end and killing it.
_PATIENCE_SECONDS = 3.0
_LEVELS = {"error": logging.ERROR, "warn": logging.WARNING, "debug": logging.DEBUG, "trace": logging.DEBUG}
_PLACE = ("table", "partition")
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

    def run(self, call: JobCall, log: Log) -> JobEnd:
        """Runs a job; its log goes line by line to the task's."""
        command = self.command(call)
        with self._started(command) as process:
            report = _Report(process)
            report.start()
            sentence = _follow(process, log)
            returned = process.wait()
            report.join()
        return end_of(call.job, returned, report.found, sentence)

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
        before, main = target / "job.args", target / "main.args"
        if not before.exists() or not main.exists():
            raise StageFailedError(f"There are no jars in {target}: run ./millrace, which builds them.", Exit.USAGE)
        own = self._variables.get(f"MILLRACE_{call.job.upper()}_JAVA_OPTIONS", "").split()
        quickly = ["-XX:TieredStopAtLevel=1"] if call.bytes < _SMALL_BYTES else []
        return [Installation.java(self._variables), f"@{before}", *quickly, *own, f"@{main}", *call.arguments]

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


class _Report(threading.Thread):
    """Reads what the job prints; its last line of JSON is the report."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        super().__init__(daemon=True)
        self._out: IO[str] = _piped(process.stdout)
        self.found: dict[str, Any] = {}

    def run(self) -> None:
        last = ""
        with suppress(ValueError):
            for line in self._out:
                last = line if line.lstrip().startswith("{") else last
        with suppress(json.JSONDecodeError):
            self.found = json.loads(last)


def _follow(process: subprocess.Popen[str], log: Log) -> str:
    """Tells every line that the job logs; gives back the last one about a failure."""
    sentence = ""
    for line in _piped(process.stderr):
        level, text = _line(line.rstrip("\n"))
        if level >= logging.ERROR:
            sentence = text
        log.log(level, text)
    return sentence


def _line(text: str) -> tuple[int, str]:
    """Level and message of a line. What is no line of ours, such as the JVM's own words, is told as it is."""
    try:
        event = json.loads(text)
        message = str(event["message"])
    except (json.JSONDecodeError, KeyError, TypeError):
        return logging.INFO, text
    place = " ".join(str(event[fact]) for fact in _PLACE if event.get(fact))
    trace = f"\n{event['trace']}" if event.get("trace") else ""
    return _LEVELS.get(event.get("level"), logging.INFO), f"{place}{' | ' if place else ''}{message}{trace}"


def _piped(stream: IO[str] | None) -> IO[str]:
    assert stream is not None
    return stream


def _signal(process: subprocess.Popen[str], number: int) -> None:
    # The group's number is the process's, also after that one has ended and its children have not.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)
