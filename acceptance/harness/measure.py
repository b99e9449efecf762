"""Runs a command in a process of its own, and tells what it cost."""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

SAMPLE_SECONDS = 0.01


@dataclass(frozen=True, slots=True)
class Measured:
    """How a process ended, its output, and what it cost.

    ``cpu_seconds`` counts the process and those children of it that it waited for, but no server that it talked to;
    ``peak_bytes`` is the resident memory of the process alone.
    """

    code: int
    out: str
    err: str
    began: float
    wall_seconds: float
    cpu_seconds: float
    peak_bytes: int


def measured(
    command: Sequence[str], environment: Mapping[str, str], patience_seconds: float, *, keep_output: bool = True
) -> Measured:
    """Runs a command to its end; one that takes longer than the patience is killed."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        began, start = time.time(), time.monotonic()
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out if keep_output else subprocess.DEVNULL,
            stderr=err,
            env={**os.environ, **environment},
        )
        peak = _Peak(process.pid)
        peak.start()
        killer = threading.Timer(patience_seconds, process.kill)
        killer.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            raise
        finally:
            killer.cancel()
        wall = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        peak.join()
        return Measured(
            process.returncode,
            _text(out),
            _text(err),
            began,
            wall,
            usage.ru_utime + usage.ru_stime,
            # The kernel's own figure begins with the memory of whoever started the process.
            peak.bytes or usage.ru_maxrss * 1024,
        )


def cpu_seconds(root: int) -> float:
    """CPU of a process and of all below it, the ended ones included; 0 where the system does not tell."""
    ticks: dict[int, int] = {}
    below: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = _stat_fields(entry)
        except OSError:
            continue
        pid = int(entry.parent.name)
        ticks[pid] = sum(int(field) for field in fields[11:15])
        below.setdefault(int(fields[1]), []).append(pid)
    waiting, total = [root], 0
    while waiting:
        pid = waiting.pop()
        total += ticks.get(pid, 0)
        waiting += below.get(pid, [])
    return total / os.sysconf("SC_CLK_TCK")


def own_cpu_seconds(process: Path) -> float:
    """CPU of a process alone, by its folder in /proc."""
    return sum(int(field) for field in _stat_fields(process / "stat")[11:13]) / os.sysconf("SC_CLK_TCK")


def high_water(process: Path) -> int:
    """The most memory that a process had so far, in bytes, by its folder in /proc; 0 where the kernel does not tell."""
    for line in (process / "status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


def _stat_fields(stat: Path) -> list[str]:
    """What follows the name of a process, which may hold anything."""
    return stat.read_text().rsplit(")", 1)[1].split()


class _Peak(threading.Thread):
    """Follows the high-water mark of a process's memory for as long as there is one."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._process = Path(f"/proc/{pid}")
        self.bytes = 0

    def run(self) -> None:
        with suppress(OSError):
            # One that has ended and was not waited for has no memory any more.
            while (peak := high_water(self._process)) > 0:
                self.bytes = peak
                time.sleep(SAMPLE_SECONDS)


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8", errors="replace")
