"""``up --docker`` as its users have it: an Airflow in containers, whose tasks are containers beside it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.airflow import Airflow, Rules
from harness.containers import Containers
from harness.services import ROOT, class_path

_DAY = ("2026-01-05", "2026-01-06")
_VOLUMES = {"airflow", "postgres", "s3", "sources"}
_SERVICES = {"postgres", "s3", "sources", "api-server", "scheduler", "dag-processor", "triggerer"}


def _settings(file: Path) -> dict[str, str]:
    """What is in a file of variables."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines)


def _started(podman: Containers, state: Path) -> Airflow:
    """What ``up --docker`` has started, and an engineer who has read where it is."""
    variables = {
        "DOCKER_HOST": f"unix://{podman.socket}",
        "MILLRACE_STATE": str(state),
        # What a schedule begins by itself when a pipeline is switched on may have to wait.
        "MILLRACE_COMPOSE_SCHEDULES": "False",
    }
    up = Airflow(ROOT, Rules(state), variables).millrace("up", "--docker")
    assert up.returncode == 0, up.stderr
    told = _settings(state / "docker" / "compose.env")
    access = {
        "address": f"http://127.0.0.1:{told['MILLRACE_AIRFLOW_PORT']}",
        "user": "admin",
        "password": told["MILLRACE_COMPOSE_AIRFLOW_PASSWORD"],
    }
    assert f"{access['address']}, user admin, password {access['password']}" in up.stdout
    return Airflow(ROOT, Rules(state), {**variables, **_settings(state / "docker" / "host.env")}, access)


@pytest.fixture
def state(podman: Containers, tmp_path: Path) -> Iterator[Path]:
    """A state folder, which nothing of remains in the end."""
    if shutil.which("docker-compose") is None:
        pytest.skip("there is no docker-compose")
    folder = tmp_path / "state"
    folder.mkdir()
    yield folder
    if folder.exists():
        _clean(podman, folder)


def _clean(podman: Containers, state: Path) -> None:
    """``millrace clean`` of another checkout, whose images and packages nobody misses."""
    home = state.parent / "checkout"
    if not home.exists():
        home.mkdir()
        (home / "docker").symlink_to(ROOT / "docker")
        shutil.copy(ROOT / "millrace.yaml", home)
    java = ["java", f"-Dmillrace.home={home}", "-cp", class_path("cli"), "dev.millrace.cli.MillraceMain"]
    ended = subprocess.run(
        [*java, "clean", "--yes"],
        env={**os.environ, "MILLRACE_STATE": str(state), "DOCKER_HOST": f"unix://{podman.socket}"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert not state.exists()


def _assert_is_airflow_and_little_else(podman: Containers) -> None:
    """As the images of the jobs: it says what it is, runs as nobody in particular, and has no shell."""
    image = "millrace-airflow:local"
    config = json.loads(podman.podman("image", "inspect", image))[0]["Config"]
    assert config["Labels"]["org.opencontainers.image.title"] == "millrace-airflow"
    assert config["User"] == "10001:10001"
    shell = podman.run(["run", "--rm", "--network=none", "--entrypoint=/bin/sh", image, "-c", "true"])
    assert shell.returncode == 127, shell
    bill = json.loads((ROOT / ".millrace" / "images" / "millrace-airflow.cdx.json").read_text(encoding="utf-8"))
    assert {"apache-airflow", "libc6", "python3.11"} <= {component["name"] for component in bill["components"]}


def test_a_pipeline_goes_through_containers_alone_and_nothing_is_left(podman: Containers, state: Path) -> None:
    before = podman.left()
    airflow = _started(podman, state)
    _assert_is_airflow_and_little_else(podman)

    sampled = airflow.millrace("sample", "checkins", "--from", _DAY[0], "--days=1", "--rows=400", "--seed=3", "--json")
    assert sampled.returncode == 0, sampled.stderr
    backfilled = airflow.millrace("backfill", "checkins", "--from", _DAY[0], "--to", _DAY[1], "--unpause", "--json")
    assert backfilled.returncode == 0, backfilled.stdout + backfilled.stderr
    assert [run["state"] for run in json.loads(backfilled.stdout)["runs"]] == ["success"]
    rows = json.loads(sampled.stdout)["base"]
    assert rows > 300
    assert airflow.sql("select count(*) from checkins").split() == ["count", str(rows)]
    audited = airflow.millrace("audit", "checkins")
    assert audited.returncode == 0, audited.stderr

    names = podman.podman("ps", "--format", "{{.Names}}").split()
    project = _settings(state / "docker" / "compose.env")["COMPOSE_PROJECT_NAME"]
    services = {name.removeprefix(project).strip("_-").removesuffix("1").strip("_-"): name for name in names}
    assert services.keys() == _SERVICES, "a job has left its container"
    for name in services.values():
        podman.podman("healthcheck", "run", name)
    status = airflow.millrace("status", "--quick")
    assert "The containers of up --docker are up" in status.stdout, status

    down = airflow.millrace("down")
    assert down.returncode == 0, down.stderr
    left = podman.left()
    assert {name.removeprefix(f"{project}_") for name in set(left["volumes"]) - set(before["volumes"])} == _VOLUMES
    assert {**left, "volumes": []} == {**before, "volumes": []}
    _clean(podman, state)
    assert podman.left() == before
