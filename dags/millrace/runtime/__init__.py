"""Where jobs run. This is the one place that decides; everything else asks for a job and is told how it ended."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import yaml

from millrace.installation import Installation
from millrace.outcome import Exit, JobEnd, StageFailedError


@dataclass(frozen=True, slots=True)
class JobCall:
    """A job to be run: its arguments, and about how many bytes it is going to read."""

    job: str
    arguments: tuple[str, ...]
    bytes: int = 0


class Log(Protocol):
    """Where lines of a job go: the log of the task."""

    def log(self, level: int, event: str) -> Any:
        """Tells one line."""


class Runtime(Protocol):
    """Runs jobs to their end, one at a time."""

    def run(self, call: JobCall, log: Log) -> JobEnd:
        """Runs a job; however this is left, nothing of the job goes on running."""

    def kill(self) -> None:
        """Ends the job that is running, if there is one. May be called from a signal handler."""


def runtime(variables: Mapping[str, str] = os.environ) -> Runtime:
    """The one in force: ``MILLRACE_RUNTIME``, else what ``millrace.yaml`` says of the environment, else ``process``."""
    installation = Installation.here(variables)
    match chosen := _chosen(installation, variables):
        case "process":
            from millrace.runtime.process import ProcessRuntime

            return ProcessRuntime(installation, variables)
        case _:
            raise StageFailedError(f"There is no runtime '{chosen}'; allowed: process", Exit.USAGE)


def _chosen(installation: Installation, variables: Mapping[str, str]) -> str:
    if named := variables.get("MILLRACE_RUNTIME"):
        return named
    try:
        project = yaml.safe_load((installation.project / "millrace.yaml").read_text(encoding="utf-8"))
        environment = project["environments"][variables.get("MILLRACE_ENV") or "local"]
        return str(environment.get("runtime", "process"))
    except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError):
        # The job says what is wrong with the file, and where.
        return "process"
