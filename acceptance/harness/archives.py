"""Whether a JVM took a job's classes from its archive."""

from __future__ import annotations

from subprocess import CompletedProcess

# A JVM that finds another jar than the archive is of does without it, and says nothing; told to insist, it gives up.
INSIST = ("-Xshare:on", "-Xlog:class+load")


def assert_all_archived(job: str, started: CompletedProcess[str]) -> None:
    """Says which classes of the job came from elsewhere."""
    assert started.returncode == 0, started
    ours = [line for line in started.stdout.splitlines() if f" dev.millrace.{job}." in line]
    elsewhere = [line for line in ours if "source: shared objects file" not in line]
    assert ours and not elsewhere, elsewhere
