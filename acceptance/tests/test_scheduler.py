"""Pipelines through the real scheduler: triggered by REST, backfilled, killed. All tests share one Airflow."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.airflow import Airflow, kill, up
from harness.patience import until
from harness.services import ROOT

FROM, TO = "2026-01-05", "2026-01-07"
DAYS = ("2026-01-05", "2026-01-06")
# All of them read the same objects, and differ in the names of their tables alone.
BY_DAG, BY_BACKFILL, BY_RUN, BY_KILLED = "by_dag", "by_backfill", "by_run", "by_killed"
BUG, USAGE, BROKEN, TEMPORARY = "ends_with_1", "ends_with_2", "ends_with_20", "ends_with_75"
TRIES = 3


@pytest.fixture(scope="module")
def airflow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Airflow]:
    """An Airflow of these tests, with an object of each of two days landed."""
    project = tmp_path_factory.mktemp("scheduled") / "project"
    project.mkdir()
    shutil.copy(ROOT / "millrace.yaml", project)
    for pipeline in (BY_DAG, BY_BACKFILL, BY_RUN, BY_KILLED, BUG, USAGE, BROKEN, TEMPORARY):
        _write_pipeline(project, pipeline)
    variables = {
        "MILLRACE_RETRIES": str(TRIES - 1),
        "MILLRACE_RETRY_SECONDS": "1",
        # Every object is a shard of its own.
        "MILLRACE_SHARD_BYTES": "1",
    }
    with up(project, variables) as started:
        for number, day in enumerate(DAYS):
            _land(started, f"{day}T03", number)
        yield started


def _write_pipeline(project: Path, name: str) -> None:
    source = ROOT / "dags" / "pipelines" / "consents"
    folder = project / "dags" / "pipelines" / name
    (folder / "models").mkdir(parents=True)
    text = (source / "contract.yaml").read_text(encoding="utf-8")
    changes = {
        "id: consents\n": f"id: {name}\n",
        "name: consent_events\n": f"name: {name}_events\n",
        "name: consent_metrics\n": f"name: {name}_metrics\n",
        "value: 30m}": "value: 0s}",
    }
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    (folder / "contract.yaml").write_text(text, encoding="utf-8")
    model = "models/consent_metrics.sql"
    sql = (source / model).read_text(encoding="utf-8").replace("consent_events", f"{name}_events")
    (folder / model).write_text(sql, encoding="utf-8")


def _land(airflow: Airflow, hour: str, number: int) -> None:
    """An object whose events are partly those of the day before, and of which one is wrong."""
    day, clock = hour.split("T")
    events = [_event(f"{day} {clock}:{minute:02}:00", f"{number + minute // 10}-{minute % 10}") for minute in range(20)]
    file = airflow.project / f"{hour}.json"
    file.write_text("\n".join([*events, '{"id": "without a time"}']), encoding="utf-8")
    landed = airflow.millrace("land", BY_RUN, "--project", str(airflow.project), "--hour", hour, str(file))
    assert landed.returncode == 0, landed.stderr


def _event(at: str, name: str) -> str:
    token = '{"purposes":{"enabled":["a"]}}' if name.endswith("3") else '{"purposes":{"enabled":[]}}'
    user = {"id": f"user-{name[-1]}", "country": "FR", "token": token}
    return json.dumps({"id": name, "datetime": at, "domain": "a.example", "type": "pageview", "user": user})


@pytest.fixture(scope="module")
def wanted(airflow: Airflow) -> str:
    """What ``millrace run`` makes of both days, as the warehouse tells it."""
    ran = airflow.millrace("run", BY_RUN, "--project", str(airflow.project), "--from", FROM, "--to", TO)
    assert ran.returncode == 0, ran.stderr
    rows = _rows(airflow, BY_RUN)
    assert rows.count("\n") > 20
    return rows


def _rows(airflow: Airflow, pipeline: str) -> str:
    """Every row of a pipeline's tables."""
    tables = (f"{pipeline}_events", f"{pipeline}_metrics")
    return "\n".join(airflow.sql(f"select * from {table} order by {table}::text") for table in tables)


def test_a_triggered_run_maps_ingest_and_what_it_left_undone_is_caught_up(airflow: Airflow, wanted: str) -> None:
    airflow.unpause(BY_DAG)
    airflow.rules.end(BY_DAG, "load", 1)
    first = airflow.trigger(BY_DAG, **{"from": FROM, "to": TO})
    assert airflow.await_run(BY_DAG, first) == "failed"
    assert airflow.states(BY_DAG, first) == {
        "plan": ["success"],
        "ingest": ["success", "success"],
        "commit": ["success"],
        "transform": ["success"],
        "load": ["failed"],
        "done": ["upstream_failed"],
    }
    airflow.rules.go_on(BY_DAG, "load")

    # Nothing has landed since, so that all stages but one have nothing to do.
    second = airflow.trigger(BY_DAG, **{"from": FROM, "to": TO})
    airflow.assert_succeeds(BY_DAG, second)
    assert airflow.states(BY_DAG, second) == {
        "plan": ["skipped"],
        "ingest": ["skipped"],
        "commit": ["skipped"],
        "transform": ["skipped"],
        "load": ["success"],
        "done": ["success"],
    }
    assert _rows(airflow, BY_DAG) == wanted
    _assert_counts(airflow, airflow.events(BY_DAG, first), airflow.events(BY_DAG, second))


def _assert_counts(airflow: Airflow, first: dict[str, Any], second: dict[str, Any]) -> None:
    events, metrics = (
        int(airflow.sql(f"select count(*) from {BY_DAG}_{table}").split()[1]) for table in ("events", "metrics")
    )
    told = {name: (facts.get("rows"), facts.get("inserted")) for name, facts in (first | second).items()}
    assert told == {
        f"clean.{BY_DAG}_events": (40, None),
        f"quarantine.{BY_DAG}_events": (2, None),
        f"base.{BY_DAG}_events": (events, None),
        f"model.{BY_DAG}_metrics": (metrics, None),
        f"warehouse.{BY_DAG}_events": (events, events),
        f"warehouse.{BY_DAG}_metrics": (metrics, metrics),
    }
    # Events of a day that the day before had too are duplicates.
    assert events == 30
    assert set(second) == {f"warehouse.{BY_DAG}_events", f"warehouse.{BY_DAG}_metrics"}


def test_only_what_may_pass_is_tried_again(airflow: Airflow) -> None:
    codes = {BUG: 1, USAGE: 2, BROKEN: 20, TEMPORARY: 75}
    runs: dict[str, str] = {}
    for pipeline, code in codes.items():
        airflow.rules.end(pipeline, "plan", code)
        for stage in ("transform", "load"):
            airflow.rules.end(pipeline, stage, 10)
        airflow.unpause(pipeline)
        runs[pipeline] = airflow.trigger(pipeline, **{"from": FROM, "to": TO})
    tries: dict[str, int] = {}
    for pipeline, run in runs.items():
        assert airflow.await_run(pipeline, run) == "failed"
        (plan,) = airflow.tasks(pipeline, run)["plan"]
        assert plan["state"] == "failed"
        tries[pipeline] = plan["try_number"]
        by_hand = [call for _, call in airflow.rules.calls(pipeline, "plan") if "scheduled__" not in call]
        assert len(by_hand) == tries[pipeline]
    assert tries == {BUG: 1, USAGE: 1, BROKEN: 1, TEMPORARY: TRIES}
    # A held hour is no reason for other hours to wait; any other failure is.
    assert airflow.states(BROKEN, runs[BROKEN])["load"] == ["skipped"]
    assert airflow.states(USAGE, runs[USAGE])["load"] == ["upstream_failed"]


def test_only_scheduled_runs_look_back(airflow: Airflow) -> None:
    airflow.unpause(BY_DAG)
    until(lambda: any("scheduled__" in call for _, call in airflow.rules.calls(BY_DAG, "plan")), "a scheduled run")
    looking = {"--look-back" in call: "scheduled__" in call for _, call in airflow.rules.calls(BY_DAG, "plan")}
    assert looking == {True: True, False: False}


@pytest.mark.parametrize("conf", [{"from": "yesterday"}, {"from": 5}, {"accept_held": "2026-01-05T03"}])
def test_what_fits_no_parameter_is_refused_before_there_is_a_run(airflow: Airflow, conf: dict[str, Any]) -> None:
    status, answer = airflow.answer("POST", f"/dags/{BY_DAG}/dagRuns", {"logical_date": None, "conf": conf})
    assert status == 400, answer


def test_a_backfill_with_a_failing_day_fails_and_a_second_one_redoes_only_that_day(
    airflow: Airflow, wanted: str
) -> None:
    airflow.rules.end(BY_BACKFILL, "plan", 2, start=f"{DAYS[1]}T00")
    command = ("backfill", BY_BACKFILL, "--project", str(airflow.project), "--from", FROM, "--to", TO)
    first = airflow.millrace(*command, "--unpause")
    assert first.returncode == 20, first.stdout + first.stderr
    airflow.rules.go_on(BY_BACKFILL, "plan", start=f"{DAYS[1]}T00")
    before = len(airflow.rules.calls(BY_BACKFILL, "plan"))
    second = airflow.millrace(*command)
    assert second.returncode == 0, second.stdout + second.stderr
    (_, redone), *others = airflow.rules.calls(BY_BACKFILL, "plan")[before:]
    assert not others
    assert f"--from {DAYS[1]}T00 --to {TO}T00" in redone
    assert _rows(airflow, BY_BACKFILL) == wanted


def test_a_killed_task_and_a_killed_scheduler_both_recover(airflow: Airflow, wanted: str) -> None:
    dag = BY_KILLED
    airflow.unpause(dag)
    airflow.rules.wait(dag, "commit")
    airflow.rules.wait(dag, "load")
    run = airflow.trigger(dag, **{"from": FROM, "to": TO})

    job = _awaited(airflow, dag, "commit")
    (task,) = airflow.tasks(dag, run)["commit"]
    kill(task["pid"])
    until(lambda: not _alive(job), "the job of the killed task has ended")
    airflow.rules.go_on(dag, "commit")

    job = _awaited(airflow, dag, "load")
    kill(airflow.processes("scheduler")[0])
    until(lambda: not _alive(job), "the job of the killed scheduler has ended")
    airflow.rules.go_on(dag, "load")
    airflow.assert_succeeds(dag, run)
    tasks = airflow.tasks(dag, run)
    tries = {name: instances[0]["try_number"] for name, instances in tasks.items()}
    assert (tries["plan"], tries["commit"], tries["transform"]) == (1, 2, 1)
    assert _rows(airflow, dag) == wanted


def _awaited(airflow: Airflow, pipeline: str, stage: str) -> int:
    """The process of a job that waits."""

    def waiting() -> list[int]:
        return [pid for pid, _ in airflow.rules.calls(pipeline, stage) if _alive(pid)]

    until(lambda: bool(waiting()), f"{stage} of {pipeline} is running")
    return waiting()[-1]


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"
