"""A real Airflow with its scheduler, started as a user starts it; jobs may be made to fail or to wait."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.patience import until
from harness.services import ROOT

# A look takes the time of Airflow's processes.
_REST_SECONDS = 1
_ENDED = ("success", "failed")
_TAIL = 4000

# Stands between Airflow and java. A file in its folder, named after pipeline and stage, makes a job end with the code
# that is in it, or wait for as long as the file is there. What it has nothing to say about is run by java.
_JAVA = """#!/bin/sh
folder=$(dirname "$0")
stage= pipeline= from= previous=
for argument in "$@"; do
  case $argument in
    @*/ingest/target/main.args) stage=ingest ;;
    @*/target/main.args) stage=$(basename "$(dirname "$(dirname "${argument#@}")")") ;;
    plan | run | commit | land) [ "$stage" = ingest ] && stage=$argument ;;
  esac
  case $previous in
    --pipeline) pipeline=$argument ;;
    --from) from=$argument ;;
    --run-id) run=$argument ;;
  esac
  previous=$argument
done
echo "$$ $pipeline $stage $*" >>"$folder/calls"
# What schedules begin by themselves when a pipeline is switched on is none of the tests' business.
case $run in
  *.scheduled__*) exit 10 ;;
esac
for rule in "$folder/$pipeline.$stage.$from" "$folder/$pipeline.$stage"; do
  if [ -f "$rule" ]; then
    code=$(cat "$rule")
    [ "$code" = wait ] || exit "$code"
    while [ -f "$rule" ]; do sleep 0.2; done
  fi
done
exec {java} "$@"
"""


@dataclass(frozen=True, slots=True)
class Rules:
    """What becomes of jobs before java is asked."""

    folder: Path

    def end(self, pipeline: str, stage: str, code: int, *, start: str = "") -> None:
        """Lets a stage end with a code; with a start, only the plan of the interval that begins there."""
        self._file(pipeline, stage, start).write_text(str(code), encoding="utf-8")

    def wait(self, pipeline: str, stage: str) -> None:
        """Lets a stage wait."""
        self._file(pipeline, stage, "").write_text("wait", encoding="utf-8")

    def go_on(self, pipeline: str, stage: str, *, start: str = "") -> None:
        """Takes back what was said of a stage."""
        self._file(pipeline, stage, start).unlink()

    def calls(self, pipeline: str, stage: str) -> list[tuple[int, str]]:
        """Process and arguments of every start of a stage, in order."""
        calls = self.folder / "calls"
        lines = calls.read_text(encoding="utf-8").splitlines() if calls.exists() else []
        split = [line.split(" ", 3) for line in lines]
        return [(int(pid), arguments) for pid, of, at, arguments in split if (of, at) == (pipeline, stage)]

    def _file(self, pipeline: str, stage: str, start: str) -> Path:
        return self.folder / ".".join(part for part in (pipeline, stage, start) if part)


@dataclass(slots=True)
class Airflow:
    """Airflow as its users meet it: the command, and REST."""

    project: Path
    rules: Rules
    variables: Mapping[str, str]
    access: dict[str, str] = field(default_factory=dict)
    _token: str = ""

    def millrace(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs the engineer's command on the project."""
        return subprocess.run(
            [str(ROOT / "millrace"), *arguments],
            env={**os.environ, **self.variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=900,
        )

    def sql(self, query: str) -> str:
        """Asks the warehouse; gives back CSV, byte for byte."""
        asked = self.millrace("sql", "--project", str(self.project), "--format", "csv", query)
        assert asked.returncode == 0, asked.stderr
        return asked.stdout

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """One call of REST that must succeed."""
        status, answer = self.answer(method, path, body)
        assert 200 <= status < 300, f"{method} {path}: {status} {answer}"
        return answer

    def answer(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """One call of REST: its status, and what was answered."""
        if not self._token:
            login = {"username": self.access["user"], "password": self.access["password"]}
            self._token = self._send("POST", "/auth/token", login)[1]["access_token"]
        return self._send(method, f"/api/v2{path}", body)

    def unpause(self, dag: str) -> None:
        """Switches a pipeline on."""
        until(lambda: self.answer("GET", f"/dags/{dag}")[0] == 200, f"Airflow knows {dag}", rest=_REST_SECONDS)
        self.call("PATCH", f"/dags/{dag}?update_mask=is_paused", {"is_paused": False})

    def trigger(self, dag: str, **conf: Any) -> str:
        """Starts a run by hand; gives back its id."""
        started = self.call("POST", f"/dags/{dag}/dagRuns", {"logical_date": None, "conf": conf})
        return str(started["dag_run_id"])

    def await_run(self, dag: str, run: str) -> str:
        """Waits until a run has ended; gives back its state."""
        path = f"/dags/{dag}/dagRuns/{urllib.parse.quote(run)}"
        until(lambda: self.call("GET", path)["state"] in _ENDED, f"run {run} of {dag} has ended", rest=_REST_SECONDS)
        return str(self.call("GET", path)["state"])

    def assert_succeeds(self, dag: str, run: str) -> None:
        """Waits until a run has ended well; says otherwise what the logs of its tasks say."""
        state = self.await_run(dag, run)
        assert state == "success", f"{run} of {dag}: {state} {self.states(dag, run)}\n{self.logs_of_failed(dag, run)}"

    def logs_of_failed(self, dag: str, run: str) -> str:
        """What tasks of a run wrote that failed, every try of them: the last thousands of characters."""
        folder = self.project / ".millrace"
        failed = {task for task, states in self.states(dag, run).items() if "failed" in states}
        logs = sorted(
            log
            for task in failed
            for log in folder.glob(f"**/dag_id={dag}/run_id={run}/task_id={task}/**/attempt=*.log")
        )
        return "\n".join(f"{log.relative_to(folder)}\n{log.read_text(encoding='utf-8')[-_TAIL:]}" for log in logs)

    def tasks(self, dag: str, run: str) -> dict[str, list[dict[str, Any]]]:
        """The task instances of a run, by their task."""
        path = f"/dags/{dag}/dagRuns/{urllib.parse.quote(run)}/taskInstances?limit=100"
        tasks: dict[str, list[dict[str, Any]]] = {}
        for task in self.call("GET", path)["task_instances"]:
            tasks.setdefault(task["task_id"], []).append(task)
        return tasks

    def states(self, dag: str, run: str) -> dict[str, list[str]]:
        """The states of a run's tasks."""
        return {name: [task["state"] for task in tasks] for name, tasks in self.tasks(dag, run).items()}

    def events(self, dag: str, run: str) -> dict[str, dict[str, Any]]:
        """What a run told of assets: by their names, with counts."""
        query = urllib.parse.urlencode({"source_dag_id": dag, "source_run_id": run, "limit": 100})
        events = self.call("GET", f"/assets/events?{query}")["asset_events"]
        return {event["name"]: event["extra"] for event in events}

    def processes(self, program: str) -> list[int]:
        """The processes of one of Airflow's programs, the eldest first."""
        mark = f"MILLRACE_AIRFLOW={self.project / '.millrace' / 'airflow'}".encode()
        named = f"MILLRACE_AIRFLOW_PROGRAM={program}".encode()
        found: list[int] = []
        for entry in Path("/proc").glob("[0-9]*/environ"):
            try:
                environment = entry.read_bytes().split(b"\0")
            except OSError:
                continue
            if mark in environment and named in environment:
                found.append(int(entry.parent.name))
        return sorted(found, key=lambda pid: (Path(f"/proc/{pid}").stat().st_ctime, pid))

    def _send(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        request = urllib.request.Request(
            self.access["address"] + path,
            data=None if body is None else json.dumps(body).encode(),
            method=method,
            headers={"Content-Type": "application/json", "Authorization": f"Bearer {self._token}"},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                text = response.read()
                return response.status, json.loads(text) if text else None
        except urllib.error.HTTPError as e:
            return e.code, json.loads(e.read() or b"null")


def kill(pid: int) -> None:
    """As abruptly as the kernel can."""
    os.kill(pid, signal.SIGKILL)


@contextmanager
def up(project: Path, variables: Mapping[str, str]) -> Iterator[Airflow]:
    """Services and Airflow of a project, up for as long as the block lasts."""
    folder = project / "java"
    folder.mkdir(parents=True)
    java = shutil.which("java") if "JAVA_HOME" not in os.environ else f"{os.environ['JAVA_HOME']}/bin/java"
    stand_in = folder / "java"
    stand_in.write_text(_JAVA.replace("{java}", str(java)), encoding="utf-8")
    stand_in.chmod(0o755)
    kept = {**variables, "MILLRACE_JAVA": str(stand_in), "MILLRACE_STATE": str(project / ".millrace")}
    airflow = Airflow(project, Rules(folder), kept)
    try:
        started = airflow.millrace("up", "--project", str(project))
        assert started.returncode == 0, started.stderr
        airflow.access = json.loads((project / ".millrace" / "airflow.json").read_text(encoding="utf-8"))
        yield airflow
    finally:
        stopped = airflow.millrace("down", "--project", str(project))
        assert stopped.returncode == 0, stopped.stderr
