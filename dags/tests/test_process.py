"""Jobs as processes: what they say arrives, and none outlives its task."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT, StandInJobs

from millrace.installation import Installation
from millrace.outcome import Exit, StageFailedError
from millrace.runtime import JobCall, runtime
from millrace.runtime.process import ProcessRuntime

# Many processes may run beside these.
_PATIENCE_SECONDS = 90
CALL = JobCall("load", ("--pipeline", "orders"))
# Says which processes it consists of, and does not end by itself.
ENDLESS = "sleep 300 &\necho $$ $! >{pids}.new && mv {pids}.new {pids}\nwait\n"
# What a task's process does: it asks its job to end when it is asked itself.
TASK = """
import logging, signal, sys
from millrace.runtime import JobCall, runtime
one = runtime()
if sys.argv[1] == "asks":
    signal.signal(signal.SIGTERM, lambda number, frame: one.kill())
end = one.run(JobCall("load", ()), logging.getLogger("job"))
sys.exit(end.code.value)
"""


class Lines:
    """A log that can be read."""

    def __init__(self) -> None:
        self.lines: list[tuple[int, str]] = []

    def log(self, level: int, event: str) -> None:
        self.lines.append((level, event))


@pytest.fixture
def one(jobs: StandInJobs) -> ProcessRuntime:
    return ProcessRuntime(Installation.here(), os.environ)


def event(level: str, message: str, **facts: str) -> str:
    return json.dumps({"level": level, "message": message, **facts})


def test_every_line_of_the_log_arrives_with_its_level_while_the_job_runs(
    jobs: StandInJobs, one: ProcessRuntime, tmp_path: Path
) -> None:
    told = tmp_path / "told"
    first = event("info", "begun", table="orders", partition="2026-01-05", logger="x")
    last = event("error", "Table orders is locked.")
    script = f"echo '{first}' >&2\nwhile [ ! -e {told} ]; do sleep 0.05; done\necho 'not ours' >&2\necho '{last}' >&2\n"
    jobs.runs("load", script + "echo 'for people'\necho '{\"rows\": 3}'\nexit 75\n")
    log = Lines()

    class Telling(Lines):
        def log(self, level: int, event: str) -> None:
            told.touch()
            log.log(level, event)

    end = one.run(CALL, Telling())
    assert log.lines == [
        (logging.INFO, "orders 2026-01-05 | begun"),
        (logging.INFO, "not ours"),
        (logging.ERROR, "Table orders is locked."),
    ]
    assert (end.code, end.report, end.sentence) == (Exit.TEMPORARY, {"rows": 3}, "Table orders is locked.")


def test_much_output_on_both_sides_blocks_nobody(jobs: StandInJobs, one: ProcessRuntime) -> None:
    jobs.runs("load", "seq 1 60000 >&2\nseq 1 60000\necho '{\"rows\": 1}'\nseq 1 60000 >&2\n")
    log = Lines()
    end = one.run(CALL, log)
    assert (end.code, end.report, len(log.lines)) == (Exit.DONE, {"rows": 1}, 120_000)


def test_a_report_that_is_cut_short_is_none(jobs: StandInJobs, one: ProcessRuntime) -> None:
    jobs.runs("load", "printf '{\"rows\": '\nkill -9 $$\n")
    end = one.run(CALL, Lines())
    assert (end.code, end.report, end.sentence) == (Exit.TEMPORARY, {}, "The load job was killed by signal 9.")


def test_a_job_is_started_as_millrace_run_starts_it(
    jobs: StandInJobs, one: ProcessRuntime, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = Path(os.environ["MILLRACE_HOME"]) / "modules" / "load" / "target"
    java = f"{os.environ['JAVA_HOME']}/bin/java"
    quickly = [java, f"@{target}/job.args", "-XX:TieredStopAtLevel=1", f"@{target}/main.args", "--pipeline", "orders"]
    assert one.command(CALL) == quickly
    monkeypatch.setenv("MILLRACE_LOAD_JAVA_OPTIONS", "-Xmx4g -Xss1m")
    thoroughly = JobCall("load", (), 1 << 30)
    assert one.command(thoroughly) == [java, f"@{target}/job.args", "-Xmx4g", "-Xss1m", f"@{target}/main.args"]
    monkeypatch.setenv("MILLRACE_JAVA", "/opt/java25/bin/java")
    assert one.command(CALL)[0] == "/opt/java25/bin/java"


def test_what_is_not_there_fails_at_once(
    jobs: StandInJobs, one: ProcessRuntime, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(StageFailedError, match=r"run \./millrace, which builds them"):
        one.run(JobCall("serve", ()), Lines())
    monkeypatch.setenv("JAVA_HOME", "/nowhere")
    with pytest.raises(StageFailedError, match="Set JAVA_HOME to a JDK"):
        one.run(CALL, Lines())


def test_secrets_of_airflow_stay_with_airflow(
    jobs: StandInJobs, one: ProcessRuntime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "hunter2")
    monkeypatch.setenv("_AIRFLOW_X", "hunter2")
    monkeypatch.setenv("MILLRACE_ENV", "test")
    jobs.runs("load", "env >&2\n")
    log = Lines()
    one.run(CALL, log)
    told = [line for _, line in log.lines]
    assert "MILLRACE_ENV=test" in told
    assert "MILLRACE_LOG=json" in told
    assert not [line for line in told if "hunter2" in line]


def test_one_place_decides_where_jobs_run(jobs: StandInJobs) -> None:
    home = Path(os.environ["MILLRACE_HOME"])
    environments = {"aws": {"runtime": "moon"}, "local": {}}
    (home / "millrace.yaml").write_text(json.dumps({"environments": environments}), encoding="utf-8")
    assert isinstance(runtime(), ProcessRuntime)
    assert isinstance(runtime({**os.environ, "MILLRACE_ENV": "aws", "MILLRACE_RUNTIME": "process"}), ProcessRuntime)
    for variables in ({"MILLRACE_ENV": "aws"}, {"MILLRACE_RUNTIME": "moon"}):
        with pytest.raises(StageFailedError, match="no runtime 'moon'; allowed: process"):
            runtime({**os.environ, **variables})


def test_a_timeout_of_the_task_ends_the_job(jobs: StandInJobs, one: ProcessRuntime, tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    jobs.runs("load", ENDLESS.format(pids=pids))

    def expired(number: int, frame: object) -> None:
        if pids.exists():
            signal.setitimer(signal.ITIMER_REAL, 0)
            raise TimeoutError

    before = signal.signal(signal.SIGALRM, expired)
    signal.setitimer(signal.ITIMER_REAL, 0.5, 0.5)
    try:
        with pytest.raises(TimeoutError):
            one.run(CALL, Lines())
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert gone(pids)


@pytest.mark.parametrize(
    ("kind", "number", "stubborn"),
    [("asks", signal.SIGTERM, ""), ("asks", signal.SIGTERM, "trap '' TERM\n"), ("dies", signal.SIGKILL, "")],
)
def test_with_its_task_the_job_and_its_children_end(
    jobs: StandInJobs, tmp_path: Path, kind: str, number: signal.Signals, stubborn: str
) -> None:
    pids = tmp_path / "pids"
    jobs.runs("load", stubborn + ENDLESS.format(pids=pids))
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "dags")}
    task = subprocess.Popen([sys.executable, "-c", TASK, kind], env=environment)
    try:
        assert until(pids.exists)
        task.send_signal(number)
        returned = task.wait(timeout=_PATIENCE_SECONDS)
    finally:
        task.kill()
    # A job that was told to end is tried again.
    assert returned == (Exit.TEMPORARY if kind == "asks" else -signal.SIGKILL)
    assert gone(pids)


def gone(pids: Path) -> bool:
    return until(lambda: not any(alive(int(pid)) for pid in pids.read_text(encoding="utf-8").split()))


def alive(pid: int) -> bool:
    """Whether it runs; what has ended and was not waited for does not."""
    if Path("/proc/self/stat").exists():
        try:
            state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0]
        except OSError:
            return False
    else:
        ended = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
        state = ended.stdout.strip()
    return state != "" and not state.startswith("Z")


def until(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.1)
    return False
