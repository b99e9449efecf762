"""What the DAGs are made of."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from airflow.sdk import DAG, CronDataIntervalTimetable
from airflow.serialization.serialized_objects import DagSerialization
from conftest import FED, ROOT

from millrace.contract import Contract, contracts, read
from millrace.factory import pipeline_dag
from millrace.installation import Installation
from millrace.stages import Land

DAGS = ROOT / "dags"
MANY = 100
MOST_SECONDS = 2.0


@pytest.fixture(scope="module")
def dag() -> DAG:
    return pipeline_dag(read(DAGS / "pipelines" / "consents" / "contract.yaml"), {})


def many(folder: Path) -> Path:
    """A hundred contracts as long as a real one."""
    text = (DAGS / "pipelines" / "consents" / "contract.yaml").read_text(encoding="utf-8")
    pipelines = folder / "dags" / "pipelines"
    for number in range(MANY):
        name = f"consents_{number:03}"
        (pipelines / name).mkdir(parents=True)
        renamed = text.replace("id: consents\n", f"id: {name}\n").replace("- name: consent_", f"- name: n{number}_")
        (pipelines / name / "contract.yaml").write_text(renamed, encoding="utf-8")
    return pipelines


def test_stages_follow_each_other(dag: DAG) -> None:
    upstream = {task.task_id: sorted(task.upstream_task_ids) for task in dag.tasks}
    assert upstream == {
        "plan": [],
        "ingest": ["plan"],
        "commit": ["ingest", "plan"],
        "transform": ["commit"],
        "load": ["transform"],
        "done": ["commit", "load", "plan"],
    }
    assert [task.task_id for task in dag.tasks if task.is_mapped] == ["ingest"]
    assert {task.task_id: task.trigger_rule for task in dag.tasks} == {
        "plan": "all_success",
        "ingest": "all_success",
        "commit": "none_failed_min_one_success",
        "transform": "all_done",
        "load": "none_failed",
        "done": "none_failed",
    }


def test_parameters_are_the_dags_and_not_stored_again_with_each_task(dag: DAG) -> None:
    stored = DagSerialization.to_dict(dag)["dag"]
    assert [name for name, _ in stored["params"]] == ["from", "to", "accept_held", "accept_removals"]
    assert len(stored["tasks"]) == len(dag.tasks)
    assert "accept_held" not in json.dumps(stored["tasks"])


def test_a_queue_or_a_stream_lands_first(tmp_path: Path) -> None:
    file = tmp_path / "arrivals" / "contract.yaml"
    file.parent.mkdir()
    file.write_text(FED, encoding="utf-8")
    fed = pipeline_dag(read(file), {})
    assert fed.get_task("plan").upstream_task_ids == {"land"}
    assert (fed.get_task("land").retries, fed.get_task("plan").trigger_rule) == (4, "none_failed")
    assert "queue `arrivals-queue`" in str(fed.doc_md)
    file.write_text(FED.replace("queue,", "stream,"), encoding="utf-8")
    streamed = pipeline_dag(read(file), {}).get_task("land")
    assert isinstance(streamed, Land)
    assert streamed.feeds == [("kinesis", "arrivals")]


def test_intervals_are_whole_and_nothing_is_made_up_for(dag: DAG) -> None:
    assert isinstance(dag.timetable, CronDataIntervalTimetable)
    assert (dag.catchup, dag.max_active_runs) == (False, 1)
    assert dag.dagrun_timeout == timedelta(hours=24, minutes=30)


def test_every_job_has_a_pool_that_the_file_of_pools_holds_a_timeout_and_retries(dag: DAG) -> None:
    pools = json.loads((DAGS / "pools.json").read_text(encoding="utf-8"))
    for task in dag.tasks:
        if task.task_id == "done":
            continue
        assert task.pool in pools
        assert task.execution_timeout is not None
        assert (task.retries, task.retry_delay) == (4, timedelta(seconds=30))
        assert task.retry_exponential_backoff == 2.0
        assert task.on_failure_callback


def test_retries_may_be_set_for_all_pipelines() -> None:
    contract = Contract("orders", schedule="0 0 * * *")
    dag = pipeline_dag(contract, {"MILLRACE_RETRIES": "2", "MILLRACE_RETRY_SECONDS": "1"})
    assert {(task.retries, task.retry_delay.total_seconds()) for task in dag.tasks} == {(2, 1.0)}


def test_every_table_is_an_asset_of_one_task(dag: DAG) -> None:
    outlets = {task.task_id: sorted(asset.name for asset in task.outlets) for task in dag.tasks if task.outlets}
    assert outlets == {
        "commit": ["clean.consent_events", "quarantine.consent_events"],
        "transform": ["base.consent_events", "model.consent_metrics"],
        "load": ["warehouse.consent_events", "warehouse.consent_metrics"],
    }


def test_the_contract_documents_the_dag(dag: DAG) -> None:
    assert dag.dag_id == "consents"
    assert dag.doc_md is not None
    assert "Page views and consent decisions" in dag.doc_md
    assert dag.tags == {"millrace", "privacy"}


def test_a_broken_contract_still_has_a_dag_that_tells_so() -> None:
    dag = pipeline_dag(Contract("orders", title="orders", mistake="the id is missing"), {})
    assert "broken" in dag.tags
    assert "the id is missing" in str(dag.doc_md)
    assert DagSerialization.to_dict(dag)["dag"]["timetable"]["__type"].endswith("NullTimetable")


def test_a_hundred_contracts_become_dags_in_under_two_seconds(tmp_path: Path) -> None:
    pipelines = many(tmp_path)
    begun = time.process_time()
    dags = [pipeline_dag(contract, {}) for contract in contracts(pipelines)]
    took = time.process_time() - begun
    assert len(dags) == MANY
    assert {len(dag.tasks) for dag in dags} == {6}
    assert took < MOST_SECONDS


def test_importing_the_file_of_dags_costs_little_beside_airflow_and_reads_nothing_heavy(tmp_path: Path) -> None:
    took, number, heavy = _import(many(tmp_path), "")
    assert (int(number), heavy) == (MANY, "-")
    assert float(took) < MOST_SECONDS
    # The process of a task makes the one DAG that it needs.
    _, number, _ = _import(tmp_path / "dags" / "pipelines", "consents_042")
    assert int(number) == 1


_IMPORT = """
import sys, time
import airflow.sdk
from airflow.sdk import DAG, Asset, BaseOperator, CronDataIntervalTimetable, Param
before = set(sys.modules)
begun = time.process_time()
import millrace_pipelines
took = time.process_time() - begun
heavy = {"boto3", "pandas", "numpy", "psycopg2", "sqlalchemy", "requests", "httpx"} & (set(sys.modules) - before)
print(took, len(millrace_pipelines._dags), ",".join(sorted(heavy)) or "-")
"""


def _import(pipelines: Path, wanted: str) -> list[str]:
    variables = {"PYTHONPATH": str(DAGS), "MILLRACE_PIPELINES": str(pipelines)}
    if wanted:
        variables["_AIRFLOW_PARSING_CONTEXT_DAG_ID"] = wanted
    environment = {**os.environ, **variables}
    command = [sys.executable, "-c", _IMPORT]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=120)
    return ended.stdout.split()


def test_jobs_find_the_project_that_the_pipelines_belong_to() -> None:
    assert Installation.here({}) == Installation(ROOT, ROOT, DAGS / "pipelines")
    named = Installation.here({"MILLRACE_PIPELINES": "/p/dags/pipelines"})
    assert named == Installation(ROOT, Path("/p"), Path("/p/dags/pipelines"))
    assert Installation.here({"MILLRACE_HOME": "/h", "MILLRACE_PROJECT": "/p"}).pipelines == Path("/p/dags/pipelines")
