"""The engineer's command, with a state folder of its own, and what it leaves running."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.services import ROOT

_PATIENCE_SECONDS = 900


@dataclass(frozen=True, slots=True)
class Said:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str


class Command:
    """``./millrace`` as a user calls it."""

    def __init__(self, state: Path, project: Path | None = None) -> None:
        self.state = state
        self._project = project

    def run(self, *arguments: str) -> Said:
        """Runs a command to its end."""
        process = self.start(*arguments)
        out, err = process.communicate(timeout=_PATIENCE_SECONDS)
        return Said(process.returncode, out, err)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Starts a command and does not wait for it."""
        project = ["--project", str(self._project)] if self._project else []
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MILLRACE_")}
        return subprocess.Popen(
            [str(ROOT / "millrace"), *arguments, *project],
            env={**kept, "MILLRACE_STATE": str(self.state), "CI": "true"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            # Whoever runs the tests in the background has them, and all that they start, ignore Ctrl-C.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )

    def processes(self) -> dict[int, str]:
        """Everything that runs for this state folder: told of it, marked by it, or at work in it."""
        mark = f"MILLRACE_AIRFLOW={self.state / 'airflow'}".encode()
        found: dict[int, str] = {}
        for process in Path("/proc").glob("[0-9]*"):
            try:
                command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                marked = mark in (process / "environ").read_bytes().split(b"\0")
                works_here = str((process / "cwd").readlink()).startswith(str(self.state))
            except OSError:
                continue
            if int(process.name) != os.getpid() and (marked or works_here or str(self.state) in command):
                found[int(process.name)] = command
        return found

    def program(self, name: str) -> list[int]:
        """The processes that belong to a program of Airflow, the program itself first."""
        mark = f"MILLRACE_AIRFLOW_PROGRAM={name}".encode()
        found: list[int] = []
        for pid in self.processes():
            try:
                if mark in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"):
                    found.append(pid)
            except OSError:
                continue
        return sorted(found)

    def holder(self, lock: str) -> int:
        """Who holds a lock of the state folder."""
        return int((self.state / lock).read_text(encoding="ascii"))

    def kill(self, pid: int) -> None:
        """Ends a process without a word."""
        os.kill(pid, signal.SIGKILL)


class Airflow:
    """Airflow's REST interface, by what ``up`` wrote down."""

    def __init__(self, state: Path) -> None:
        members = json.loads((state / "airflow.json").read_text(encoding="utf-8"))
        self.address: str = members["address"]
        self.user: str = members["user"]
        self.password: str = members["password"]
        self._token = ""

    def token(self, password: str) -> tuple[int, str]:
        """Logs in: the status, and a token where it worked."""
        status, answer = self._send("POST", "/auth/token", {"username": self.user, "password": password}, "")
        return status, str(answer.get("access_token", ""))

    def get(self, path: str) -> dict[str, Any]:
        """Asks; anything but an answer is an assertion."""
        return self._call("GET", path, None)

    def patch(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Changes something."""
        return self._call("PATCH", path, body)

    def runs(self, dag: str, *types: str) -> list[dict[str, Any]]:
        """All runs of a pipeline, in the order of their intervals."""
        found: list[dict[str, Any]] = self.get(f"/api/v2/dags/{dag}/dagRuns?order_by=logical_date&limit=100")[
            "dag_runs"
        ]
        return [run for run in found if not types or run["run_type"] in types]

    def _call(self, method: str, path: str, body: dict[str, Any] | None) -> dict[str, Any]:
        if not self._token:
            status, self._token = self.token(self.password)
            assert status == 201, status
        status, answer = self._send(method, path, body, self._token)
        assert status in (200, 201), (path, status, answer)
        return answer

    def _send(self, method: str, path: str, body: dict[str, Any] | None, token: str) -> tuple[int, dict[str, Any]]:
        request = urllib.request.Request(
            self.address + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return response.status, json.loads(response.read() or b"{}")
        except urllib.error.HTTPError as refused:
            return refused.code, {"detail": refused.read().decode(errors="replace")}
