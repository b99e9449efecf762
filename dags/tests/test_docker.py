"""Jobs as containers, by podman: logs, ends and limits; ended with their task, or found by its next try."""

from __future__ import annotations

import json
import logging
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from docker.errors import NotFound
from harness.containers import Containers, built, containers, missing_tools
from test_process import Lines

from millrace.contract import Resources
from millrace.outcome import Exit, StageFailedError, StageInterruptedError, end_of
from millrace.runtime import JobCall, runtime
from millrace.runtime.docker import JobContainer, _forgotten

_PATIENCE_SECONDS = 120
# What a task's process does: it asks its job to end when it is asked itself.
TASK = """
import logging, signal, sys
from millrace.runtime import JobCall, runtime
one = runtime()
signal.signal(signal.SIGTERM, lambda number, frame: one.kill())
sys.exit(one.run(JobCall("load", tuple(sys.argv[1:])), logging.getLogger("job")).code.value)
"""


@pytest.fixture(scope="module")
def podman() -> Iterator[Containers]:
    """podman and a registry that has the load's image."""
    if missing := missing_tools():
        pytest.skip(f"containers need {', '.join(missing)}")
    if built() is None:
        pytest.skip("there are no images: run ./millrace images")
    with containers() as started:
        yield started


@pytest.fixture(scope="module")
def image(podman: Containers) -> str:
    """The load's image, which nobody has pulled yet."""
    return podman.pushed("load")


@pytest.fixture
def silent() -> Iterator[int]:
    """A port of this machine where somebody listens and never answers: a job that asks there waits."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield int(listening.getsockname()[1])


@pytest.fixture
def project(
    podman: Containers, image: str, silent: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """A project whose databases never answer; afterwards nothing is left of any container."""
    folder = tmp_path / "project"
    shutil.copytree(ROOT / "dags" / "pipelines", folder / "dags" / "pipelines")
    login = {
        "url": f"jdbc:postgresql://127.0.0.1:{silent}/x?sslmode=disable",
        "user": "millrace",
        "password": {"env": "LOGIN"},
    }
    store = {"endpoint": f"http://127.0.0.1:{silent}", "region": "us-east-1"}
    environment = {
        "landing": {"bucket": "landing", **store},
        "lake": {"warehouse": "s3://lake/tables", **store},
        "control": login,
        "warehouse": login,
        "runtime": "docker",
    }
    (folder / "millrace.yaml").write_text(json.dumps({"environments": {"test": environment}}), encoding="utf-8")
    variables = {
        "DOCKER_HOST": f"unix://{podman.socket}",
        "JAVA_HOME": "/nowhere",
        "LOGIN": "opensesame",
        "MILLRACE_DOCKER_NETWORK": "host",
        "MILLRACE_ENV": "test",
        "MILLRACE_LOAD_IMAGE": image,
        "MILLRACE_PROJECT": str(folder),
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    before = podman.left()
    yield folder
    assert podman.left() == before


def test_a_job_is_pulled_by_digest_and_its_log_names_container_and_digest(project: Path, image: str) -> None:
    log = Lines()
    end = runtime().run(JobCall("load", ("--no-such-option",)), log)
    assert end.code == Exit.USAGE
    named = [line for _, line in log.lines if re.fullmatch(rf"container [0-9a-f]{{64}} of {re.escape(image)}", line)]
    assert len(named) == 1
    assert any("--no-such-option" in line for _, line in log.lines)


def test_an_image_that_nobody_has_fails_at_once_and_a_registry_that_is_away_is_asked_again(
    project: Path, image: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = JobCall("load", arguments("r0"))
    missing = image.partition("@")[0] + "@sha256:" + 64 * "0"
    monkeypatch.setenv("MILLRACE_LOAD_IMAGE", missing)
    with pytest.raises(StageFailedError, match=f"There is no image {missing}: .*manifest unknown") as failed:
        runtime().run(call, Lines())
    assert failed.value.code == Exit.USAGE
    monkeypatch.setenv("MILLRACE_LOAD_IMAGE", "127.0.0.1:1/millrace-load@sha256:" + 64 * "0")
    with pytest.raises(StageInterruptedError, match=r"could not be fetched: .*connection refused") as interrupted:
        runtime().run(call, Lines())
    assert interrupted.value.code == Exit.TEMPORARY


def test_docker_itself_refuses_an_image_before_it_begins_to_answer(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Docker:
        def images(self, name: str) -> list[str]:
            return []

        def pull(self, name: str, **_: bool) -> None:
            raise NotFound("404", explanation=f"manifest for {name} not found: manifest unknown")

    monkeypatch.setattr(JobContainer, "cli", Docker())
    with pytest.raises(StageFailedError, match=r"There is no image .*manifest unknown"):
        runtime().run(JobCall("load", arguments("r0")), Lines())


@pytest.mark.parametrize(
    ("finished", "forgotten"),
    [
        ("0001-01-01T00:00:00Z", False),
        ("2026-01-05T12:00:00.123456789Z", True),
        (datetime.now(timezone(timedelta(hours=-8))).isoformat(), False),
        ((datetime.now(timezone(timedelta(hours=8))) - timedelta(hours=2)).isoformat(), True),
    ],
)
def test_what_has_ended_is_left_alone_for_as_long_as_its_task_may_ask(finished: str, forgotten: bool) -> None:
    assert _forgotten(finished) == forgotten


def test_the_last_error_of_the_log_says_why_a_job_failed(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILLRACE_RUNTIME", "docker")
    monkeypatch.setenv("MILLRACE_ENV", "nowhere")
    log = Lines()
    end = runtime().run(JobCall("load", arguments("r1")), log)
    errors = [line for level, line in log.lines if level >= logging.ERROR]
    assert end.code == Exit.USAGE
    assert end.sentence == errors[-1]
    assert "names no environment 'nowhere'" in end.sentence


def test_a_container_has_its_limits_and_its_task_takes_it_along(
    podman: Containers, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = started(project, "r2")
    try:
        (container,) = awaited(lambda: podman.running("load"), "the job runs")
        found = podman.inspected(container)
        assert found["HostConfig"]["Memory"] == 1536 << 20
        assert found["HostConfig"]["ReadonlyRootfs"]
        assert found["EffectiveCaps"] in (None, [])
        assert found["Config"]["User"] == "10001:10001"
        assert "opensesame" not in " ".join(found["Config"]["Cmd"] or [])
        task.send_signal(signal.SIGTERM)
        assert task.wait(timeout=_PATIENCE_SECONDS) == Exit.TEMPORARY
    finally:
        task.kill()
    assert podman.running("load") == []


def test_the_next_try_waits_for_the_container_of_a_task_that_died(podman: Containers, project: Path) -> None:
    first = started(project, "r3")
    try:
        (container,) = awaited(lambda: podman.running("load"), "the job runs")
        first.kill()
        first.wait(timeout=_PATIENCE_SECONDS)
        assert podman.running("load") == [container]
        second = started(project, "r3")
        try:
            log = awaited(lambda: said(second, "is still running: waiting for it"), "the next try finds it")
            assert container in log
            assert podman.running("load") == [container]
            podman.kill(container)
            # Killed, and so to be tried again.
            assert second.wait(timeout=_PATIENCE_SECONDS) == Exit.TEMPORARY
        finally:
            second.kill()
    finally:
        first.kill()


def test_no_job_takes_more_memory_than_it_may(
    podman: Containers, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A heap far beyond the limit, touched at once.
    monkeypatch.setenv("MILLRACE_LOAD_JAVA_OPTIONS", "-Xms512m -Xmx512m -XX:+AlwaysPreTouch")
    end = runtime().run(JobCall("load", arguments("r4"), resources=Resources(128 << 20)), Lines())
    # Not everything that speaks Docker's language says who has killed a container.
    assert (end.code, end.sentence) in [
        (Exit.TEMPORARY, "The load job was killed by signal 9."),
        (Exit.USAGE, end_of("load", 3, {}, "").sentence),
    ]


def arguments(run: str) -> tuple[str, ...]:
    return ("--pipeline", "consents", "--project", "/project", "--run-id", run)


def started(project: Path, run: str) -> subprocess.Popen[bytes]:
    """A task's process, whose log goes to a file."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "dags"), "AIRFLOW__LOGGING__LOGGING_LEVEL": "INFO"}
    with (project / "task.log").open("ab") as log:
        code = TASK.replace("import logging, signal, sys", "import logging, signal, sys\nlogging.basicConfig(level=20)")
        return subprocess.Popen([sys.executable, "-c", code, *arguments(run)], env=environment, stdout=log, stderr=log)


def said(task: subprocess.Popen[bytes], words: str) -> str:
    text = (Path(os.environ["MILLRACE_PROJECT"]) / "task.log").read_text(encoding="utf-8")
    assert task.poll() is None, text
    return next((line for line in text.splitlines() if words in line), "")


def awaited(find: Callable[[], Any], what: str) -> Any:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not (found := find()):
        assert time.monotonic() < deadline, what
        time.sleep(0.2)
    return found
