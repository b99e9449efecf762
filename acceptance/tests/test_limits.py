"""Memory is bounded whatever an object holds, and nothing that landed is written to this machine's disk."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
import zlib
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from harness.jobs import environment_of
from harness.product import Product
from harness.services import Services
from harness.worker import job_command
from oracle.tables import CONSENTS

HEAP = "-Xmx256m"
MEBIBYTE = 1 << 20
LANDED_AT_LEAST, INFLATED_AT_LEAST = 200 * MEBIBYTE, 1 << 30
UNTERMINATED = 100 * MEBIBYTE
PATIENCE_SECONDS = 300
HOUR = "2026-01-05T03"
FOLDER = "events/datehour=2026-01-05-03/"

# What a JVM and its libraries write wherever they run: counters of the JVM, and native code that a jar brings.
_OF_THE_JVM = re.compile(
    r"/hsperfdata_[^/]*/|^\d+$|^/proc/|^/dev/|lib(zstd|snappy|netty|aws)[^/]*\.(so|lck)[^/]*$|snappy-[^/]*\.(so|lck)$"
)
_OPENED = re.compile(r'(?:open|openat|creat)\((?:AT_FDCWD|\d+)?,? ?"([^"]*)", ([A-Z_|]+)')
_WRITING = re.compile(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_TMPFILE")


class _Events:
    """A stream of consent events one after the other, as gzip of several members that end anywhere."""

    def __init__(self, block: int, repeats: int) -> None:
        records: list[bytes] = []
        size = 0
        while size < block:
            records.append(self._record())
            size += len(records[-1])
        data = b"".join(records)
        assert b"\n" not in data
        cuts = [0, len(data) // 4 + 7, len(data) // 2 + 77, len(data) * 3 // 4 + 777, len(data)]
        self._members = [self._member(data[a:b]) for a, b in pairwise(cuts)] * repeats
        self.records = len(records) * repeats
        self.inflated = len(data) * repeats
        self.landed = sum(len(member) for member in self._members)
        self._left = iter(self._members)
        self._rest = b""

    @staticmethod
    def _record() -> bytes:
        noise = os.urandom(160).hex().encode()
        return (
            b'{"id":"' + noise[:32] + b'","datetime":"2026-01-05 10:00:00","domain":"www.domain-A.eu",'
            b'"type":"pageview","user":{"id":"'
            + noise[32:64]
            + b'","country":"FR","token":"{\\"vendors\\":{\\"enabled\\":[\\"first\\",'
            b'\\"second\\",\\"third\\",\\"fourth\\",\\"fifth\\",\\"sixth\\",\\"seventh\\"],\\"disabled\\":[]},'
            b'\\"purposes\\":{\\"enabled\\":[\\"analytics\\",\\"advertising\\",\\"comfort\\"],\\"disabled\\":[]}}"},'
            b'"trace":"' + noise[64:] + b'"}'
        )

    @staticmethod
    def _member(data: bytes) -> bytes:
        packer = zlib.compressobj(level=1, wbits=31)
        return packer.compress(data) + packer.flush()

    def read(self, size: int = -1) -> bytes:
        """The next bytes, so that an upload need not hold them all."""
        while size < 0 or len(self._rest) < size:
            member = next(self._left, None)
            if member is None:
                break
            self._rest += member
        taken, self._rest = (self._rest, b"") if size < 0 else (self._rest[:size], self._rest[size:])
        return taken


def _unterminated() -> bytes:
    packer = zlib.compressobj(level=1, wbits=31)
    parts = [packer.compress(b'{"id":"')]
    parts += [packer.compress(b"a" * MEBIBYTE) for _ in range(UNTERMINATED // MEBIBYTE)]
    return b"".join([*parts, packer.flush()])


def _can_trace() -> bool:
    """Whether there is an strace, and it may do its work: not every container lets it."""
    if shutil.which("strace") is None:
        return False
    return subprocess.run(["strace", "-o", os.devnull, "true"], capture_output=True, check=False).returncode == 0


class _Watched:
    """A job's process, of which is known what it wrote to files."""

    def __init__(self, services: Services, folder: Path, job: str, *arguments: str) -> None:
        self._trace = folder / "trace"
        self._temporary = folder / "temporary"
        self._temporary.mkdir()
        self._traced = _can_trace()
        self.bytes_written = 0
        tracer = ["strace", "-f", "--seccomp-bpf", "-e", "trace=open,openat,creat", "-s", "300", "-o", str(self._trace)]
        command = job_command(job, [HEAP, f"-Djava.io.tmpdir={self._temporary}"])
        self._process = subprocess.Popen(
            [*(tracer if self._traced else []), *command, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=(folder / "log").open("wb"),
            env={**os.environ, **environment_of(services)},
            cwd=folder,
            text=True,
        )

    def end(self) -> int:
        """Waits for the end, but not for ever."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self._process.poll() is None:
            if time.monotonic() > deadline:
                self._process.kill()
                raise AssertionError("it takes too long")
            if not self._traced:
                self.bytes_written = max(self.bytes_written, self._written())
            time.sleep(0.05)
        return self._process.returncode

    def _written(self) -> int:
        """What the process caused to be written to disks, where nothing can trace it."""
        try:
            text = Path(f"/proc/{self._process.pid}/io").read_text(encoding="ascii")
        except OSError:
            return 0
        return int(re.findall(r"^write_bytes: (\d+)", text, re.MULTILINE)[0])

    def files_written(self) -> set[str]:
        """Files that were opened to be written, but for those that every JVM writes."""
        return {path for path in self._opened() if not _OF_THE_JVM.search(path)}

    def _opened(self) -> Iterator[str]:
        if self._traced:
            for line in self._trace.read_text(encoding="utf-8", errors="replace").splitlines():
                opened = _OPENED.search(line)
                if opened and (_WRITING.search(opened[2]) or " creat(" in line):
                    yield opened[1]
        yield from (str(path) for path in self._temporary.rglob("*") if path.is_file())


def test_a_gigabyte_without_a_line_feed_and_a_record_without_an_end(
    services: Services, product: Callable[[str], Product], tmp_path: Path
) -> None:
    one = product(CONSENTS)
    events = _Events(block=48 * MEBIBYTE, repeats=22)
    assert events.inflated >= INFLATED_AT_LEAST and events.landed >= LANDED_AT_LEAST
    services.s3().upload_fileobj(events, one.landing, f"{FOLDER}events")
    one.land(f"{FOLDER}unterminated", _unterminated())
    planned = one.job("ingest", "plan", "--from", HOUR, "--to", "2026-01-05T04", run_id="plan")
    assert (planned.code, json.loads(planned.lines[-1])["shards"]) == (0, 1)

    common = ("--pipeline", CONSENTS, "--project", str(one.folder), "--env", "test", "--run-id", "plan")
    watched = _Watched(services, tmp_path, "ingest", "run", "--plan", "plan", "--shard", "0", *common)
    assert watched.end() == 0, (tmp_path / "log").read_text(encoding="utf-8")[-3000:]
    assert watched.files_written() == set()
    assert watched.bytes_written < 16 * MEBIBYTE

    assert one.job("ingest", "commit", "--plan", "plan", run_id="plan").code == 0
    with services.database(one.control) as control:
        books: list[tuple[Any, ...]] = control.execute(
            "select object, landed, clean, quarantined from millrace.hour_object order by object"
        ).fetchall()
    assert books == [(f"{FOLDER}events", events.records, events.records, 0), (f"{FOLDER}unterminated", 1, 0, 1)]
    listed = [json.loads(line) for line in one.job("ingest", "quarantine").lines]
    assert [(bad["object"], bad["record"], bad["reason"]) for bad in listed] == [
        (f"{FOLDER}unterminated", 1, "too-long")
    ]
    assert "maxRecordBytes" in listed[0]["detail"]
