"""After a warm-up, jobs start from archives of their classes."""

from __future__ import annotations

import subprocess

import pytest

from harness.archives import INSIST, assert_all_archived
from harness.containers import JOBS
from harness.services import ROOT
from harness.worker import job_command


@pytest.mark.parametrize("job", JOBS)
def test_a_job_takes_its_classes_from_the_archive(job: str) -> None:
    if not (ROOT / "modules" / job / "target" / "job.jsa").exists():
        pytest.skip("./millrace warm-up was not run since the last build")
    command = [*job_command(job, INSIST), "--version"]
    assert_all_archived(job, subprocess.run(command, capture_output=True, text=True, check=False))
