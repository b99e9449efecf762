"""The data sets through Airflow's scheduler with jobs as containers, beside the same as processes."""

from __future__ import annotations

import re
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from harness.airflow import Airflow, up
from harness.containers import JOBS, Containers
from harness.jobs import KeptProcesses, environment_of
from harness.patience import until
from harness.product import HASH_KEY, Product
from harness.services import ROOT, Services, of_state

DAYS = ("2026-01-05", "2026-01-06", "2026-01-07")
PIPELINES = {
    "checkins": ("checkins", "checkin_daily_hours"),
    "consents": ("consent_events", "consent_metrics"),
    "mobility": ("track_events", "weather", "city_hour_activity"),
    "symbols": ("symbol_events", "symbol_daily"),
    "user_logins": ("user_logins",),
}
_LANDING = "millrace-landing"
_WAREHOUSE = "warehouse"
NAMED = re.compile(r"container ([0-9a-f]{64}) of (\S+@sha256:[0-9a-f]{64})")


@pytest.fixture(scope="module")
def images(podman: Containers) -> dict[str, str]:
    """The images, published, and not yet pulled by anybody."""
    return {job: podman.pushed(job) for job in JOBS}


@pytest.fixture(scope="module")
def airflow(
    podman: Containers, images: dict[str, str], services: Services, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Airflow]:
    """An Airflow whose tasks are containers, with samples landed."""
    project = tmp_path_factory.mktemp("docker") / "project"
    _write_project(project)
    variables = {
        "DOCKER_HOST": f"unix://{podman.socket}",
        "MILLRACE_RUNTIME": "docker",
        "MILLRACE_RETRY_SECONDS": "1",
        # Otherwise the project has a key of its own, and other hashes by it.
        "MILLRACE_MASKS_HASH_KEY": environment_of(services)[HASH_KEY],
        **{f"MILLRACE_{job.upper()}_IMAGE": image for job, image in images.items()},
    }
    with up(project, variables) as started:
        for pipeline in PIPELINES:
            sampled = started.millrace(*_sample(pipeline), "--project", str(project))
            assert sampled.returncode == 0, sampled.stderr
        yield started


def _write_project(project: Path) -> None:
    shutil.copytree(ROOT / "dags" / "pipelines", project / "dags" / "pipelines")
    shutil.copy(ROOT / "millrace.yaml", project)
    for folder in (project / "dags" / "pipelines").iterdir():
        if folder.name not in PIPELINES:
            shutil.rmtree(folder)
            continue
        contract = folder / "contract.yaml"
        text = contract.read_text(encoding="utf-8")
        # What a schedule begins by itself when a pipeline is switched on must not wait for anything.
        contract.write_text(re.sub(r"(property: settle, value: )\w+", r"\g<1>0s", text), encoding="utf-8")


def _sample(pipeline: str) -> tuple[str, ...]:
    return ("sample", pipeline, "--from", DAYS[0], "--days", "2", "--seed", "3", "--rows", "400")


def _rows(connection: psycopg.Connection[Any], pipeline: str) -> list[tuple[str, str]]:
    """Every row of a pipeline's tables, with the object, its ETag and the record that it came from."""
    with connection:
        return [
            (table, row[0])
            for table in PIPELINES[pipeline]
            for row in connection.execute(f"select t::text from millrace.{table} t order by 1".encode())
        ]


def test_containers_make_the_same_rows_as_processes_and_leave_nothing(
    podman: Containers,
    airflow: Airflow,
    images: dict[str, str],
    services: Services,
    kept: KeptProcesses,
    tmp_path: Path,
) -> None:
    before = podman.left()
    runs = {}
    for pipeline in PIPELINES:
        airflow.unpause(pipeline)
        runs[pipeline] = airflow.trigger(pipeline, **{"from": DAYS[0], "to": DAYS[1]})
    for pipeline, run in runs.items():
        airflow.assert_succeeds(pipeline, run)
        _assert_logs_name_their_containers(airflow, pipeline, run, images)
    assert podman.left() == before
    # No task has asked for a Java of this machine.
    assert not (airflow.rules.folder / "calls").exists()
    _finish_after_a_kill(podman, airflow)
    assert podman.left() == before

    theirs = of_state(airflow.project / ".millrace")
    for pipeline in PIPELINES:
        name = f"processes-{pipeline}-{uuid.uuid4().hex[:8]}"
        processes = Product(services, kept, pipeline, name, tmp_path / pipeline)
        for key, data in _landed(theirs):
            processes.land(key, data)
        last = DAYS[2] if pipeline == "consents" else DAYS[1]
        processes.run(f"{DAYS[0]}T00", f"{last}T00")
        wanted = _rows(services.database(processes.warehouse), pipeline)
        assert len(wanted) > 20
        assert _rows(theirs.database(_WAREHOUSE), pipeline) == wanted
        processes.close()


def _landed(services: Services) -> Iterator[tuple[str, bytes]]:
    """All that has landed."""
    s3 = services.s3()
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=_LANDING):
        for content in page.get("Contents", []):
            yield content["Key"], s3.get_object(Bucket=_LANDING, Key=content["Key"])["Body"].read()


def _assert_logs_name_their_containers(airflow: Airflow, pipeline: str, run: str, images: dict[str, str]) -> None:
    logs = airflow.project / ".millrace"
    for stage, job in (("plan", "ingest"), ("ingest", "ingest"), ("commit", "ingest"), *((j, j) for j in JOBS[1:])):
        found = list(logs.glob(f"**/dag_id={pipeline}/run_id={run}/task_id={stage}/**/attempt=*.log"))
        assert found, f"there is no log of {stage}"
        for log in found:
            named = NAMED.findall(log.read_text(encoding="utf-8"))
            assert named, log.read_text(encoding="utf-8")
            assert {image for _, image in named} == {images[job]}


def _finish_after_a_kill(podman: Containers, airflow: Airflow) -> None:
    """The second day of consents, whose load is killed within its transaction."""
    services = of_state(airflow.project / ".millrace")
    with services.database(_WAREHOUSE, autocommit=False) as held:
        held.execute("lock table millrace.consent_metrics, millrace.consent_events in exclusive mode")
        run = airflow.trigger("consents", **{"from": DAYS[1], "to": DAYS[2]})
        until(lambda: _waits(services.database(_WAREHOUSE)), "the load waits within its transaction")
        (container,) = podman.running("load")
        podman.kill(container)
        until(lambda: container not in podman.running("load"), "the container is gone", rest=0.5)
        held.rollback()
    airflow.assert_succeeds("consents", run)
    (load,) = airflow.tasks("consents", run)["load"]
    assert load["try_number"] == 2
    audited = airflow.millrace("audit", "consents", "--project", str(airflow.project))
    assert audited.returncode == 0, audited.stdout


def _waits(connection: psycopg.Connection[Any]) -> bool:
    with connection:
        query = "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
        return connection.execute(query).fetchone() is not None
