"""The events that all tools read: seeded, so that the same request is the same bytes."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.services import class_path

FROM, TO = "2026-01-05T00", "2026-01-06T00"
_PATIENCE_SECONDS = 1800


@dataclass(frozen=True, slots=True)
class Sample:
    """Objects in a folder, each at its key, and what they hold."""

    folder: Path
    events: int
    objects: int
    size: int
    copies: int

    def files(self) -> list[Path]:
        """The objects, in the order of their keys."""
        return sorted(path for path in self.folder.rglob("*.json.gz") if path.is_file())

    def key(self, file: Path) -> str:
        """Where a file lands."""
        return file.relative_to(self.folder).as_posix()

    @property
    def text(self) -> str:
        """For the heading of a report."""
        return (
            f"{self.events:,} events in {self.objects} gzip objects of {self.size / 1e6:.1f} MB in all,"
            f" {self.copies:,} of them copies"
        )


def made(folder: Path, events: int, seed: int) -> Sample:
    """Writes the events into a folder; those that an earlier run left there are taken as they are."""
    note = folder / f"events-{events}-{seed}.json"
    if not note.exists():
        folder.mkdir(parents=True, exist_ok=True)
        main = ["dev.millrace.local.sample.BenchSampleMain", str(folder), FROM, str(seed), str(events)]
        command = ["java", "-XX:+UseSerialGC", "-cp", class_path("local"), *main]
        ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_PATIENCE_SECONDS)
        if ended.returncode != 0:
            raise RuntimeError(f"no sample: {ended.stderr.strip()}")
        note.write_text(ended.stdout, encoding="utf-8")
    counts: dict[str, Any] = json.loads(note.read_text(encoding="utf-8"))
    return Sample(folder, counts["landed"], counts["objects"], counts["bytes"], counts["duplicates"])
