"""An Airflow of the test's own: its metadata in a file, no processes. Jobs are real, or a script stands in for them."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Airflow reads these when it is first imported.
_STATE = Path(tempfile.mkdtemp(prefix="millrace-dags-"))
for _name in [name for name in os.environ if name.startswith(("AIRFLOW_", "MILLRACE_"))]:
    del os.environ[_name]
os.environ |= {
    "AIRFLOW_HOME": str(_STATE),
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__CORE__DAGS_FOLDER": str(Path(__file__).resolve().parents[1]),
    "AIRFLOW__CORE__UNIT_TEST_MODE": "False",
    "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
}

import pytest  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]

# Stands in for java: what it does for each stage lies in files beside it.
_JAVA = """#!/bin/sh
folder=$(dirname "$(dirname "$0")")
for argument in "$@"; do
  case $argument in
    @*/ingest/target/main.args) stage=ingest ;;
    @*/target/main.args) stage=$(basename "$(dirname "$(dirname "${argument#@}")")") ;;
    plan | run | commit | land) [ "$stage" = ingest ] && stage=$argument ;;
  esac
done
echo "$stage $*" >>"$folder/calls"
number=$(grep -c "^$stage " "$folder/calls")
script=$folder/$stage.$number
[ -f "$script" ] || script=$folder/$stage
exec sh "$script"
"""

# A pipeline whose records wait in a queue.
FED = """
id: arrivals
name: Arrivals
version: 1.0.0
schema:
  - name: arrivals
    customProperties:
      - {property: queue, value: arrivals-queue}
    properties: [{name: who, physicalType: text}]
"""


@dataclass(frozen=True, slots=True)
class StandInJobs:
    """Jobs that end as they are told."""

    folder: Path

    def ends(
        self, stage: str, code: int, report: dict[str, Any] | None = None, *, try_: int = 0, log: str = ""
    ) -> None:
        """How a stage ends: always, or only when it is started for the n-th time."""
        line = json.dumps(report) if report is not None else ""
        logged = json.dumps({"level": "error", "message": log}) if log else ""
        self.runs(stage, f"echo '{logged}' >&2\necho '{line}'\nexit {code}\n", try_=try_)

    def runs(self, stage: str, script: str, *, try_: int = 0) -> None:
        """What a stage does, as a shell script."""
        (self.folder / (f"{stage}.{try_}" if try_ else stage)).write_text(script, encoding="utf-8")

    def calls(self, stage: str = "") -> list[str]:
        """The arguments of every start, in order."""
        calls = self.folder / "calls"
        lines = calls.read_text(encoding="utf-8").splitlines() if calls.exists() else []
        return [line for line in lines if line.startswith(stage)]


@pytest.fixture
def jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StandInJobs:
    """Jobs of an installation whose java is a script; by default every stage does a little."""
    home = tmp_path / "home"
    for job in ("ingest", "transform", "load"):
        target = home / "modules" / job / "target"
        target.mkdir(parents=True)
        for name in ("job.args", "main.args"):
            (target / name).touch()
    java = tmp_path / "jdk" / "bin" / "java"
    java.parent.mkdir(parents=True)
    java.write_text(_JAVA, encoding="utf-8")
    java.chmod(0o755)
    shutil.copytree(ROOT / "dags" / "pipelines", home / "dags" / "pipelines")
    monkeypatch.setenv("MILLRACE_HOME", str(home))
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "jdk"))
    monkeypatch.setenv("MILLRACE_RETRIES", "0")
    fed = home / "dags" / "pipelines" / "arrivals"
    fed.mkdir()
    (fed / "contract.yaml").write_text(FED, encoding="utf-8")
    made = StandInJobs(tmp_path / "jdk")
    landed = {"landed": ["a.gz"], "lastHour": "2026-01-07T00", "messages": 7, "repeated": 1}
    made.ends("land", 0, landed)
    made.ends("plan", 0, {"plan": "p1", "shards": 2, "objects": 3, "bytes": 100, "stale": [{}, {}], "held": []})
    made.ends("run", 0, {"objects": 1, "landed": 5, "clean": 3, "duplicate": 1, "quarantined": 1})
    totals = {"hours": 2, "landed": 10, "clean": 6, "duplicate": 2, "quarantined": 2}
    made.ends("commit", 0, {"held": [], "moved": [], "totals": totals, "tables": {"consent_events": totals}})
    periods = [
        {"table": "consent_events", "layer": "base", "period": "2026-01-05", "state": "rewritten", "rows": 4},
        {"table": "consent_events", "layer": "base", "period": "2026-01-06", "state": "rewritten", "rows": 2},
        {"table": "consent_metrics", "layer": "model", "period": "2026-01-05", "state": "unchanged", "rows": 1},
    ]
    made.ends("transform", 0, {"periods": periods})
    done = {"read": 6, "deleted": 0, "updated": 1, "inserted": 5}
    same = {"read": 1, "deleted": 0, "updated": 0, "inserted": 0}
    made.ends("load", 0, {"loaded": {"consent_events": done, "consent_metrics": same}})
    return made


@pytest.fixture(scope="session")
def database() -> Iterator[None]:
    """Airflow's metadata."""
    from airflow.utils.db import initdb

    initdb()
    yield
    shutil.rmtree(_STATE, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class Ran:
    """How a DAG run ended."""

    state: str
    tasks: dict[str, list[str]]
    events: dict[str, dict[str, Any]]


RunDag = Callable[..., Ran]


@pytest.fixture
def run_dag(database: None) -> RunDag:
    """Runs a pipeline's DAG to its end, in this process."""

    def run(pipeline: str, conf: dict[str, Any] | None = None) -> Ran:
        from airflow.models.asset import AssetEvent, AssetModel
        from airflow.utils.session import create_session
        from sqlalchemy import select

        from millrace.contract import read
        from millrace.factory import pipeline_dag
        from millrace.installation import Installation

        dag = pipeline_dag(read(Installation.here().pipelines / pipeline / "contract.yaml"))
        dag_run = dag.test(run_conf=conf or {"from": "2026-01-05", "to": "2026-01-07"})
        with create_session() as session:
            tasks: dict[str, list[str]] = {}
            for ti in dag_run.get_task_instances(session=session):
                tasks.setdefault(ti.task_id, []).append(str(ti.state))
            query = select(AssetModel.name, AssetEvent.extra).join(AssetEvent, AssetEvent.asset_id == AssetModel.id)
            events = session.execute(query.where(AssetEvent.source_run_id == dag_run.run_id)).all()
        return Ran(str(dag_run.state), tasks, {name: dict(extra) for name, extra in events})

    return run


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A skipped test proves nothing: with CI=true it fails the run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") == "true" and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
